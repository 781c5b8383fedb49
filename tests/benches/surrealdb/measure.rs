//! What is measured on SurrealDB, by the library and by hand with the client of the SDK, in turns.

use std::time::{Duration, Instant};

use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{Event, Id, LiveTable, SaveResult, WritableValueSet as _};

use crate::board::median;
use crate::entity::{Product, record};
use crate::raw::Raw;

/// How long each of the two takes, by the median.
#[derive(Clone, Copy)]
pub struct Both {
    pub ours: Duration,
    pub theirs: Duration,
}

impl Both {
    fn of(mut ours: Vec<Duration>, mut theirs: Vec<Duration>) -> Self {
        Both { ours: median(&mut ours), theirs: median(&mut theirs) }
    }

    pub fn ratio(self) -> f64 {
        self.ours.as_secs_f64() / self.theirs.as_secs_f64()
    }
}

fn id(n: u32) -> Id {
    Id::from(i64::from(n))
}

/// Makes the rows of a table that has none.
pub async fn fill(products: &SurrealTable, rows: u32) {
    products.define().await.expect("a table");
    for from in (0..rows).step_by(100_000) {
        let some: Vec<_> = (from..rows.min(from + 100_000)).map(|n| (id(n), record(n))).collect();
        assert!(products.insert_id_values(some).await.iter().all(Result::is_ok), "all are new");
    }
}

/// Opening a table of so many rows, beside reading and decoding them.
pub async fn opening(raw: &Raw, products: &SurrealTable, rows: u32, times: usize) -> Both {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let began = Instant::now();
        let table = LiveTable::<Product>::builder(products.clone()).open().await.expect("an open table");
        ours.push(began.elapsed());
        assert_eq!(table.rows().len(), rows as usize);
        drop(table);
        let began = Instant::now();
        let read = raw.rows().await;
        theirs.push(began.elapsed());
        assert_eq!(read.len(), rows as usize);
    }
    Both::of(ours, theirs)
}

/// A save as a user makes it, beside the same statement by the raw client, of so many records each; and how many requests
/// the saves have taken.
pub async fn saving(raw: &Raw, db: &SurrealDb, saves: u32) -> (Both, u64) {
    let table = LiveTable::<Product>::builder(db.table("product")).open().await.expect("an open table");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let before = db.round_trips();
    for n in 0..saves {
        let mut edit = table.edit_row(&id(n)).expect("a row");
        edit.price += 1;
        let began = Instant::now();
        let saved = edit.save().await.expect("an answer");
        ours.push(began.elapsed());
        assert!(matches!(saved, SaveResult::Saved), "{saved:?}");
        let price = Product::number(n + saves).price;
        let began = Instant::now();
        let after = raw.write(n + saves, price, price + 1).await;
        theirs.push(began.elapsed());
        assert_eq!(after.price, price + 1);
    }
    (Both::of(ours, theirs), db.round_trips() - before)
}

/// From a change that somebody else makes to a subscriber of ours, and to who follows the raw stream; and how long it takes
/// until the latter has read the record, too.
pub async fn hearing(writer: &Raw, follower: &Raw, db: &SurrealDb, changes: u32, rounds: i64) -> (Both, Duration) {
    let (mut ours, mut theirs, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let mut stock = 1_000;
    for _ in 0..rounds {
        let products = db.table("product");
        let table = LiveTable::<Product>::builder(products.clone()).feed(products.feed()).open().await;
        let table = table.expect("an open table");
        let mut events = table.subscribe();
        for n in 0..changes {
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
        for n in 0..changes {
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
    (Both::of(ours, theirs), median(&mut read))
}
