//! The SurrealDB store beside the raw client, on the same database in the same run:
//! `cargo bench --workspace --bench surrealdb`. A line says how long each takes, by the median of its runs, how many
//! times as long the store takes, and how many requests it sends. A ratio is the result; the times are this machine's.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use surrealdb::Surreal;
use surrealdb::engine::any::{Any, connect};
use surrealdb::opt::auth::Root;
use surrealdb::types::{RecordId, Value, vars};
use tests::servers::SurrealServer;
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{Guard, Id, Patch, ReadableValueSet, Record, WritableValueSet, WriteOutcome};

const ROWS: u32 = 20_000;
const READS: usize = 7;
const WRITES: i64 = 300;

/// The same write as the store's, as one would write it by hand.
const GUARDED_WRITE: &str = "{
    LET $hit = (UPDATE $id SET price = $new WHERE price = $old RETURN AFTER);
    RETURN IF array::len($hit) > 0 { { written: $hit[0] } } ELSE { { now: (SELECT * FROM ONLY $id) } };
}";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let server = SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"));
    println!("{:<52} {:>10} {:>10} {:>7} {:>9}", "", "store", "raw", "ratio", "requests");
    runtime.block_on(async {
        let raw = connect("mem://").await.expect("a database in this process");
        raw.use_ns("bakery").use_db("hill_valley").await.expect("a database");
        measure("in process", SurrealDb::from_client(raw.clone()), raw).await;

        let raw = connect(server.url()).await.expect("a client of the SDK's");
        let (user, password) = SurrealServer::ROOT;
        let root = Root { username: user.to_owned(), password: password.to_owned() };
        raw.signin(root).await.expect("signing in");
        raw.use_ns("bakery").use_db("hill_valley").await.expect("a database");
        let connecting = SurrealDb::connect(server.url()).root(user, password);
        let db = connecting.namespace("bakery").database("hill_valley").await.expect("a database on the server");
        measure("WebSocket", db, raw).await;
    });
}

async fn measure(way: &str, db: SurrealDb, raw: Surreal<Any>) {
    let table = db.table("product");
    table.define().await.expect("a table");
    let before = db.round_trips();
    let rows: Vec<_> = (0..i64::from(ROWS)).map(|n| (Id::from(n), product(n))).collect();
    assert!(table.insert_id_values(rows.clone()).await.iter().all(Result::is_ok), "all are new");
    println!("{:<52} {:>48}", format!("{way}: {ROWS} inserts"), db.round_trips() - before);

    let mut pair = Pair::new(&db);
    for _ in 0..READS {
        pair.raw(async || assert_eq!(raw_rows(&raw).await.len(), rows.len())).await;
        pair.store(async || assert_eq!(table.get_values().await.expect("rows").len(), rows.len())).await;
    }
    pair.print(&format!("{way}: {ROWS} rows at once"));

    let mut pair = Pair::new(&db);
    for _ in 0..READS {
        pair.raw(async || assert_eq!(raw_rows(&raw).await.len(), rows.len())).await;
        pair.store(async || assert_eq!(streamed(&table).await, rows.len())).await;
    }
    pair.print(&format!("{way}: {ROWS} rows in batches of 1,000"));

    let mut pair = Pair::new(&db);
    for n in 0..WRITES {
        pair.raw(async || raw_write(&raw, n).await).await;
        pair.store(async || write(&table, n + 10_000).await).await;
    }
    pair.print(&format!("{way}: a guarded write"));

    let mut pair = Pair::new(&db);
    for n in 0..WRITES {
        let id = RecordId::new("product", n);
        pair.raw(async || drop(raw.query("SELECT * FROM ONLY $id").bind(("id", id.clone())).await.expect("a row")))
            .await;
        pair.store(async || assert!(table.get_id_value(&Id::from(n)).await.expect("a row").is_some())).await;
    }
    pair.print(&format!("{way}: a row by its id"));
}

fn product(n: i64) -> Record {
    let json = json!({
        "name": format!("Cake {n}"),
        "price": 120,
        "weight": 0.5,
        "in_stock": n % 2 == 0,
        "tags": ["sweet", "new"],
        "inventory": {"stock": n, "shelf": "B"},
    });
    json.as_object().expect("an object").clone()
}

async fn raw_rows(raw: &Surreal<Any>) -> Vec<Json> {
    let answer: Value = raw.query("SELECT * FROM product").await.expect("an answer").take(0).expect("rows");
    let Value::Array(rows) = answer else { panic!("rows are an array") };
    rows.into_vec().into_iter().map(Value::into_json_value).collect()
}

async fn streamed(table: &SurrealTable) -> usize {
    use futures::TryStreamExt;
    table.stream_values(1_000).try_fold(0, async |count, rows| Ok(count + rows.len())).await.expect("rows")
}

async fn raw_write(raw: &Surreal<Any>, n: i64) {
    let values = vars! { id: RecordId::new("product", n), new: 130, old: 120 };
    let answer: Value = raw.query(GUARDED_WRITE).bind(values).await.expect("an answer").take(0).expect("a record");
    assert!(answer.into_json_value().get("written").is_some(), "the price was 120");
}

async fn write(table: &SurrealTable, n: i64) {
    let guard = Guard::Exists.and("price", Some(json!(120)));
    let outcome = table.write(&Id::from(n), &Patch::new().set("price", 130), &guard).await.expect("an answer");
    assert!(matches!(outcome, WriteOutcome::Written(_)), "the price was 120");
}

/// How long the store and the raw client take for the same, in turns.
struct Pair<'d> {
    db: &'d SurrealDb,
    store: Vec<Duration>,
    raw: Vec<Duration>,
    requests: u64,
}

impl<'d> Pair<'d> {
    fn new(db: &'d SurrealDb) -> Self {
        Pair { db, store: Vec::new(), raw: Vec::new(), requests: 0 }
    }

    async fn store(&mut self, work: impl AsyncFnOnce()) {
        let before = self.db.round_trips();
        let began = Instant::now();
        work().await;
        self.store.push(began.elapsed());
        self.requests = self.db.round_trips() - before;
    }

    async fn raw(&mut self, work: impl AsyncFnOnce()) {
        let began = Instant::now();
        work().await;
        self.raw.push(began.elapsed());
    }

    fn print(mut self, what: &str) {
        let (store, raw) = (median(&mut self.store), median(&mut self.raw));
        let ratio = store.as_secs_f64() / raw.as_secs_f64();
        println!("{what:<52} {store:>10.2?} {raw:>10.2?} {ratio:>6.2}x {:>9}", self.requests);
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
