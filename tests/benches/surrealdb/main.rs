//! What a user waits for who works on SurrealDB, beside the raw client on the same rows in the same run:
//! `cargo bench --workspace --bench surrealdb`. One line for each figure; a ratio is the result.

#[path = "../../../vantage-live/benches/speed/board.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod board;
#[path = "../../../vantage-live/benches/speed/entity.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod entity;
mod growth;
mod measure;
#[path = "../../../vantage-live/benches/speed/plot.rs"]
mod plot;
mod raw;

use std::time::Duration;

use tests::servers::SurrealServer;
use vantage_live::store::surrealdb::SurrealDb;

use board::{judge, tell};
use measure::{fill, hearing, opening, saving};
use raw::Raw;

const ROWS: u32 = 100_000;
/// How often all rows are read by each.
const OPENINGS: usize = 5;
const SAVES: u32 = 400;
/// How many remote changes there are in a row, and how often.
const CHANGES: (u32, i64) = (100, 7);
/// How much later a subscriber may hear of a change than the raw stream.
const LATER: Duration = Duration::from_micros(50);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    // In a task, as a program is: whoever blocks on the runtime waits for a thread to wake at every answer.
    if std::env::args().any(|argument| argument == "--growth") {
        return runtime.block_on(runtime.spawn(growth::draw())).expect("no panic");
    }
    let server = SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"));
    runtime.block_on(runtime.spawn(all(server.url()))).expect("no panic");
}

async fn all(url: String) {
    let raw = Raw::in_process().await;
    // A database of its own for each.
    fill(&raw.database().table("product"), ROWS).await;
    let db = connected("mem://").await;
    opens("in process", &raw, &db).await;
    saves("in process", &raw, &db).await;
    drop((raw, db));
    let (raw, db) = (Raw::of(url.clone()).await, connected(url.clone()).await);
    opens("over WebSocket", &raw, &db).await;
    saves("over WebSocket", &raw, &db).await;
    changes(&raw, &Raw::of(url).await, &db).await;
}

async fn connected(url: impl Into<String>) -> SurrealDb {
    let (user, password) = SurrealServer::ROOT;
    let url = url.into();
    let connecting = SurrealDb::connect(url.clone());
    let connecting = if url == "mem://" { connecting } else { connecting.root(user, password) };
    connecting.namespace("bakery").database("hill_valley").await.expect("a database")
}

async fn opens(place: &str, raw: &Raw, db: &SurrealDb) {
    let products = db.table("product");
    fill(&products, ROWS).await;
    let opened = opening(raw, &products, ROWS, OPENINGS).await;
    let figure = format!("opening 100,000 rows from SurrealDB {place}");
    tell(&figure, "raw select and decode to `Vec<E>`", opened.ratio(), 1.2);
}

async fn saves(place: &str, raw: &Raw, db: &SurrealDb) {
    let (saved, requests) = saving(raw, db, SAVES).await;
    println!("a guarded save {place} takes {:?}, the statement {:?}", saved.ours, saved.theirs);
    tell(&format!("a guarded save on SurrealDB {place}"), "the raw client's same statement", saved.ratio(), 1.1);
    judge(&format!("round trips of {SAVES} guarded saves: {requests} (goal {SAVES})"), requests == u64::from(SAVES));
}

async fn changes(writer: &Raw, follower: &Raw, db: &SurrealDb) {
    let (many, rounds) = CHANGES;
    let (heard, read) = hearing(writer, follower, db, many, rounds).await;
    let later = heard.ours.saturating_sub(heard.theirs);
    println!(
        "from a change to a subscriber {:?}, to the raw stream {:?}, which reads the record by {read:?}",
        heard.ours, heard.theirs
    );
    let figure =
        format!("remote change to subscriber on SurrealDB: {later:?} more than the raw LIVE stream (goal {LATER:?})");
    judge(&figure, later <= LATER);
}
