//! An hour of mixed traffic on a SurrealDB server, and what is left of it: `cargo bench --workspace --bench endurance`, or
//! `-- MINUTES` for another time. One line a minute; the last ones say whether memory, tasks, subscriptions and LIVE queries
//! are at the end what they were when the traffic had settled. Before it, more records are made and deleted than a table
//! remembers, which the list that follows the first cut gives back.

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cap::Cap;
use serde::{Deserialize, Serialize};
use surrealdb::Surreal;
use surrealdb::engine::any::{Any, connect};
use surrealdb::opt::auth::Root;
use surrealdb::types::{RecordId, Value, vars};
use tests::servers::{Relay, SurrealServer};
use vantage_live::edit::DeleteResult;
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::value::IdKind;
use vantage_live::{Id, InsertableValueSet as _, LiveEntity, LiveTable, SaveResult};

/// Counts what the program has asked for and not given back. What is resident is what that was at its most, which is when
/// other programs keep this one waiting.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

const ROWS: i64 = 5_000;
/// People who edit, each after a pause.
const PEOPLE: u64 = 4;
const PAUSE: Duration = Duration::from_millis(40);
/// How long the connection is left alone at the least: it is cut after a look, which is once a minute.
const CUT: Duration = Duration::from_secs(45);
/// How many records are made and deleted before: what a table remembers of those that are gone, 57,344, and some.
const GONE: u64 = 66_000;
/// The part of the time in which everything settles.
const SETTLES: f64 = 0.15;
/// How many hundredths of the memory there was is too much at the end: a program's memory is never quite the same.
const MORE: usize = 105;
/// How often it is looked how much is in use, and after which pause: the least of it is what no request has that is under way.
const LOOKS: u32 = 40;
const LOOK: Duration = Duration::from_millis(25);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    name: String,
    price: i64,
    stock: i64,
    note: Option<String>,
}

/// What has happened.
#[derive(Default)]
struct Done {
    saved: AtomicU64,
    conflicts: AtomicU64,
    failed: AtomicU64,
    deleted: AtomicU64,
    made: AtomicU64,
    heard: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    /// Of memory in use.
    kib: usize,
    resident_kib: u64,
    tasks: usize,
    subscriptions: u64,
    live_queries: u64,
}

fn main() {
    let minutes = std::env::args().find_map(|argument| argument.parse::<f64>().ok()).unwrap_or(60.0);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let server = SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"));
    let is_held = runtime.block_on(lasts(&server, Duration::from_secs_f64(minutes * 60.0)));
    assert!(is_held, "something has grown");
}

async fn lasts(server: &SurrealServer, time: Duration) -> bool {
    let relay = Relay::to(server.address()).await;
    let (user, password) = SurrealServer::ROOT;
    let connecting = SurrealDb::connect(relay.url()).root(user, password);
    let db = connecting.namespace("bakery").database("hill_valley").await.expect("a database");
    let products = db.table("product");
    products.define().await.expect("a table");
    for n in 0..ROWS {
        // Under keys that the server makes, as those have that come later: a number takes less memory.
        products.insert_value(product(n).to_record().expect("a record"), None).await.expect("it is new");
    }
    let table = LiveTable::<Product>::builder(products.clone()).feed(products.feed()).open().await;
    let table = table.expect("an open table");
    let colleague = client(server).await;
    fills(&table).await;

    let done = Arc::new(Done::default());
    let person = |n| tokio::spawn(edits(table.clone(), colleague.clone(), n, Arc::clone(&done)));
    let mut busy: Vec<_> = (0..PEOPLE).map(person).collect();
    busy.push(tokio::spawn(changes(table.clone(), client(server).await)));
    busy.push(tokio::spawn(listens(table.clone(), Arc::clone(&done))));

    let began = Instant::now();
    let (mut settled, mut last_cut) = (None, began);
    let end = loop {
        tokio::time::sleep((time / 60).min(Duration::from_mins(1))).await;
        let held = held(&table, &colleague).await;
        println!("{:>5} s: {held:?}, {}", began.elapsed().as_secs(), told(&done));
        if began.elapsed() >= time {
            break held;
        }
        if began.elapsed().as_secs_f64() >= time.as_secs_f64() * SETTLES {
            settled.get_or_insert(held);
        }
        if last_cut.elapsed() >= CUT {
            last_cut = Instant::now();
            relay.cut();
            tokio::time::sleep(Duration::from_millis(300)).await;
            relay.restore();
        }
    };

    // In both the traffic goes on: a figure is of one moment, and the tasks that are under way are few.
    busy.iter().for_each(tokio::task::JoinHandle::abort);
    let settled = settled.expect("the time is longer than a look");
    let in_use = format!(
        "memory in use: {} KiB, {} at the end; resident {} and {}",
        settled.kib, end.kib, settled.resident_kib, end.resident_kib
    );
    let lines = [
        (in_use, end.kib * 100 <= settled.kib * MORE),
        (format!("tasks: {}, {} at the end", settled.tasks, end.tasks), end.tasks <= settled.tasks + 8),
        (
            format!("subscriptions: {}, {} at the end", settled.subscriptions, end.subscriptions),
            end.subscriptions <= settled.subscriptions + 2,
        ),
        (
            format!("LIVE queries on the server: {}, {} at the end", settled.live_queries, end.live_queries),
            (settled.live_queries, end.live_queries) == (1, 1),
        ),
    ];
    for (line, is_held) in &lines {
        println!("{line}: {}", if *is_held { "held" } else { "missed" });
    }
    lines.iter().all(|(_, is_held)| *is_held)
}

fn product(n: i64) -> Product {
    Product { name: format!("Cake {n}"), price: 100 + n % 50, stock: n % 70, note: Some("seen in turn 0".into()) }
}

async fn client(server: &SurrealServer) -> Surreal<Any> {
    let client = connect(server.url()).await.expect("a client of the SDK's");
    let (user, password) = SurrealServer::ROOT;
    let root = Root { username: user.to_owned(), password: password.to_owned() };
    client.signin(root).await.expect("signing in");
    client.use_ns("bakery").use_db("hill_valley").await.expect("a database");
    client
}

/// Makes and deletes as many records as a table remembers.
async fn fills(table: &LiveTable<Product>) {
    let makes = |_| {
        let table = table.clone();
        tokio::spawn(async move {
            for _ in 0..GONE / PEOPLE {
                let mut made = table.new_record_owned(product(0));
                assert!(matches!(made.save().await, Ok(SaveResult::Created(_))), "it is new");
                assert!(matches!(made.delete().await, Ok(DeleteResult::Deleted)), "nobody else has it");
            }
        })
    };
    let began = Instant::now();
    for person in (0..PEOPLE).map(makes).collect::<Vec<_>>() {
        person.await.expect("no panic");
    }
    println!("{GONE} records made and deleted in {:.0?}", began.elapsed());
}

/// Somebody who opens a record, types, saves, decides, and now and then deletes one and makes another. Sometimes a colleague
/// is faster.
async fn edits(table: LiveTable<Product>, colleague: Surreal<Any>, person: u64, done: Arc<Done>) {
    let count = |counter: &AtomicU64| _ = counter.fetch_add(1, Ordering::Relaxed);
    for turn in 0_u64.. {
        tokio::time::sleep(PAUSE).await;
        let Some(id) = nth(&table, turn * 7_919 + person * 1_237) else { continue };
        let Some(mut edit) = table.edit_row(&id) else { continue };
        edit.price += 1;
        if turn % 3 == 0 {
            edit.note = Some(format!("seen in turn {turn}"));
        }
        if turn % 50 == 0 {
            match edit.delete().await {
                Ok(DeleteResult::Deleted) => count(&done.deleted),
                _ => continue,
            }
            if let Ok(SaveResult::Created(_)) = table.new_record_owned(product(0)).save().await {
                count(&done.made);
            }
            continue;
        }
        if turn % 11 == 0 {
            // The form is closed before the answer is there.
            drop(edit.start_save());
            continue;
        }
        if turn % 13 == 0 {
            let values = vars! { id: native(&id) };
            drop(colleague.query("UPDATE $id SET price -= 7 RETURN NONE").bind(values).await);
        }
        match edit.save().await {
            Ok(SaveResult::Saved) => count(&done.saved),
            Ok(SaveResult::Conflict(_)) => {
                count(&done.conflicts);
                if turn % 2 == 0 {
                    edit.keep_local(ProductField::Price);
                } else {
                    edit.take_remote(ProductField::Price);
                }
                match edit.save().await {
                    Ok(SaveResult::Saved) => count(&done.saved),
                    _ => count(&done.failed),
                }
            }
            _ => count(&done.failed),
        }
    }
}

/// The record, as the SDK names it.
fn native(id: &Id) -> RecordId {
    match id.kind() {
        IdKind::Int(number) => RecordId::new("product", number),
        _ => RecordId::new("product", id.to_string()),
    }
}

/// The id of some row.
fn nth(table: &LiveTable<Product>, n: u64) -> Option<Id> {
    let rows = table.rows();
    let at = usize::try_from(n).ok()?.checked_rem(rows.len())?;
    rows.iter().nth(at).map(|(id, _)| id.clone())
}

/// Somebody else, past the table.
async fn changes(table: LiveTable<Product>, client: Surreal<Any>) {
    for n in 0_u64.. {
        tokio::time::sleep(PAUSE / 4).await;
        let Some(id) = nth(&table, n * 31) else { continue };
        let values = vars! { id: native(&id), stock: n };
        drop(client.query("UPDATE $id SET stock = $stock RETURN NONE").bind(values).await);
    }
}

/// Subscriptions that come and go, and are read now and then.
async fn listens(table: LiveTable<Product>, done: Arc<Done>) {
    for turn in 0_u64.. {
        let Some(id) = nth(&table, turn) else { break };
        let mut open = [
            table.subscribe(),
            table.subscribe_record(id),
            table.subscribe_fields(ProductField::Price | ProductField::Note),
        ];
        tokio::time::sleep(Duration::from_millis(700)).await;
        for events in &mut open {
            while events.try_next().is_some() {
                done.heard.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

async fn held(table: &LiveTable<Product>, client: &Surreal<Any>) -> Held {
    let mut least = HEAP.allocated();
    for _ in 0..LOOKS {
        tokio::time::sleep(LOOK).await;
        least = least.min(HEAP.allocated());
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says so");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("resident memory");
    let info = client.query("RETURN object::len((INFO FOR TABLE product).lives)").await;
    let lives: Option<Value> = info.ok().and_then(|mut answer| answer.take(0).ok());
    Held {
        kib: least / 1_024,
        resident_kib: resident.trim().trim_end_matches(" kB").parse().expect("a number"),
        tasks: tokio::runtime::Handle::current().metrics().num_alive_tasks(),
        subscriptions: table.metrics().subscriptions,
        live_queries: lives.and_then(|lives| lives.into_json_value().as_u64()).unwrap_or_default(),
    }
}

fn told(done: &Done) -> String {
    let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    format!(
        "{} saved, {} conflicts, {} failed, {} deleted, {} made, {} events heard",
        of(&done.saved),
        of(&done.conflicts),
        of(&done.failed),
        of(&done.deleted),
        of(&done.made),
        of(&done.heard)
    )
}
