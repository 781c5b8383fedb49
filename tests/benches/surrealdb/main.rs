//! What a user waits for who works on SurrealDB, beside the raw client on the same rows in the same run:
//! `cargo bench --workspace --bench surrealdb`. One line for each figure; a ratio is the result.

#[path = "../../../vantage-live/benches/speed/board.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod board;
#[path = "../../../vantage-live/benches/speed/entity.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod entity;
mod raw;

use std::time::{Duration, Instant};

use tests::servers::SurrealServer;
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::{Event, Id, LiveTable, SaveResult, WritableValueSet as _};

use board::{judge, median, tell};
use entity::{Product, record};
use raw::Raw;

const ROWS: u32 = 100_000;
/// How often all rows are read by each.
const OPENINGS: usize = 5;
const SAVES: u32 = 400;
/// How many remote changes there are in a row, and how often.
const CHANGES: (u32, usize) = (100, 7);
/// How much later a subscriber may hear of a change than the raw stream.
const LATER: Duration = Duration::from_micros(50);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let server = SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"));
    let url = server.url();
    // In a task, as a program is: whoever blocks on the runtime waits for a thread to wake at every answer.
    runtime.block_on(runtime.spawn(all(url))).expect("no panic");
}

async fn all(url: String) {
    opens("in process", &Raw::in_process().await, &connected("mem://").await).await;
    let (raw, db) = (Raw::of(url.clone()).await, connected(url.clone()).await);
    opens("over WebSocket", &raw, &db).await;
    saves(&raw, &db).await;
    changes(&raw, &Raw::of(url).await, &db).await;
}

async fn connected(url: impl Into<String>) -> SurrealDb {
    let (user, password) = SurrealServer::ROOT;
    let url = url.into();
    let connecting = SurrealDb::connect(url.clone());
    let connecting = if url == "mem://" { connecting } else { connecting.root(user, password) };
    connecting.namespace("bakery").database("hill_valley").await.expect("a database")
}

fn id(n: u32) -> Id {
    Id::from(i64::from(n))
}

async fn opens(place: &str, raw: &Raw, db: &SurrealDb) {
    let products = db.table("product");
    // A server's raw client reads the same rows; each database in this process has its own.
    for products in [Some(products.clone()), raw.own_store()].into_iter().flatten() {
        products.define().await.expect("a table");
        let rows: Vec<_> = (0..ROWS).map(|n| (id(n), record(n))).collect();
        assert!(products.insert_id_values(rows).await.iter().all(Result::is_ok), "all are new");
    }

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        let began = Instant::now();
        let table = LiveTable::<Product>::builder(products.clone()).open().await.expect("an open table");
        ours.push(began.elapsed());
        assert_eq!(table.rows().len(), ROWS as usize);
        drop(table);
        let began = Instant::now();
        let rows = raw.rows().await;
        theirs.push(began.elapsed());
        assert_eq!(rows.len(), ROWS as usize);
    }
    let opened = ratio(&mut ours, &mut theirs);
    tell(&format!("opening 100,000 rows from SurrealDB {place}"), "raw select and decode to `Vec<E>`", opened, 1.2);
}

/// A save as a user makes it, beside the same statement by the raw client.
async fn saves(raw: &Raw, db: &SurrealDb) {
    let table = LiveTable::<Product>::builder(db.table("product")).open().await.expect("an open table");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let before = db.round_trips();
    for n in 0..SAVES {
        let mut edit = table.edit_row(&id(n)).expect("a row");
        edit.price += 1;
        let began = Instant::now();
        let saved = edit.save().await.expect("an answer");
        ours.push(began.elapsed());
        assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
        let price = Product::number(n + SAVES).price;
        let began = Instant::now();
        let after = raw.write(n + SAVES, price, price + 1).await;
        theirs.push(began.elapsed());
        assert_eq!(after.price, price + 1);
    }
    let requests = db.round_trips() - before;
    let saved = ratio(&mut ours, &mut theirs);
    println!("a guarded save takes {:?}, the statement {:?}", median(&mut ours), median(&mut theirs));
    tell("a guarded save on SurrealDB", "the raw client's same statement", saved, 1.1);
    judge(&format!("round trips of {SAVES} guarded saves: {requests} (goal {SAVES})"), requests == u64::from(SAVES));
}

/// How much later a subscriber hears of a change that somebody else makes than who follows the raw stream.
async fn changes(writer: &Raw, follower: &Raw, db: &SurrealDb) {
    let (many, rounds) = CHANGES;
    let (mut ours, mut theirs, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let mut stock = 1_000;
    for _ in 0..rounds {
        let products = db.table("product");
        let table = LiveTable::<Product>::builder(products.clone()).feed(products.feed()).open().await;
        let table = table.expect("an open table");
        let mut events = table.subscribe();
        for n in 0..many {
            stock += 1;
            let began = Instant::now();
            writer.sets_stock(n, stock).await;
            while let Some(event) = events.next().await {
                if matches!(&event, Event::Updated { row, .. } if row.stock == stock) {
                    break;
                }
            }
            ours.push(began.elapsed());
        }
        drop((table, events));
        let mut stream = follower.follows().await;
        for n in 0..many {
            stock += 1;
            let began = Instant::now();
            writer.sets_stock(n, stock).await;
            stream.hears(stock).await;
            theirs.push(began.elapsed());
            // What is told comes in any order: who shows no older state than before reads the record.
            drop(follower.reads(n).await);
            read.push(began.elapsed());
        }
    }
    let (ours, theirs, read) = (median(&mut ours), median(&mut theirs), median(&mut read));
    let later = ours.saturating_sub(theirs);
    println!(
        "from a change to a subscriber {ours:?}, to the raw stream {theirs:?}, which reads the record by {read:?}"
    );
    let figure =
        format!("remote change to subscriber on SurrealDB: {later:?} more than the raw LIVE stream (goal {LATER:?})");
    judge(&figure, later <= LATER);
}

fn ratio(ours: &mut [Duration], theirs: &mut [Duration]) -> f64 {
    median(ours).as_secs_f64() / median(theirs).as_secs_f64()
}
