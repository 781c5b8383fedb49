//! What is measured in a process of its own: what a row takes, as the system sees it, for each way; and how long events take,
//! where the memory that one way asks for and gives back would make the other slower.

use std::collections::HashMap;
use std::env;
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;

use vantage_live::{Id, LiveTable, ManualFeed};

use crate::ROWS;
use crate::board::tell as tell_ratio;
use crate::entity::{Product, id};
use crate::feeds::{self, runtime};
use crate::store::Made;

const ASKED: &str = "VANTAGE_LIVE_APART";
const TABLE: &str = "table";
/// A table with a feed, which has learned of every row since: it remembers when, of as many as it can.
const FOLLOWED: &str = "followed";
const MAP: &str = "map";

/// Where this process was started to be measured: in what it is to hold rows, and how many.
pub fn asked_for() -> Option<(String, u32)> {
    let asked = env::var(ASKED).ok()?;
    let (holder, rows) = asked.split_once(' ')?;
    Some((holder.to_owned(), rows.parse().ok()?))
}

/// Holds the rows, and says how many bytes they have taken.
pub fn measure(holder: &str, rows: u32) {
    if let Some(took) = feeds::apart(holder) {
        return println!("{}", took.as_nanos());
    }
    let runtime = runtime();
    let store = Made::new(rows);
    let before = resident();
    if holder == MAP {
        let map: HashMap<Id, Arc<Product>> = (0..rows).map(|n| (id(n), Arc::new(Product::number(n)))).collect();
        println!("{}", resident() - before);
        black_box((store, map));
    } else {
        let builder = LiveTable::<Product>::builder(store);
        let builder = if holder == FOLLOWED { builder.feed(ManualFeed::new()) } else { builder };
        let table = runtime.block_on(builder.open()).expect("an open table");
        for n in (0..rows).filter(|_| holder == FOLLOWED) {
            runtime.block_on(table.on_backend_change(id(n))).expect("it is there");
        }
        println!("{}", resident() - before);
        black_box(table);
    }
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux says so");
    let pages: u64 = status.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("the second number");
    pages * 4_096
}

/// What a process says that holds so many rows.
pub fn asked(holder: &str, rows: u32) -> f64 {
    let program = env::current_exe().expect("this program");
    let output = Command::new(program).env(ASKED, format!("{holder} {rows}")).output();
    let output = output.expect("this program again");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

/// The bytes of a row, as a process says that holds so many.
fn of(holder: &str, rows: u32) -> f64 {
    asked(holder, rows) / f64::from(rows)
}

/// The bytes of a row in a table of so many.
pub fn of_a_row(rows: u32) -> f64 {
    of(TABLE, rows)
}

/// What a row takes in a table, beside what it takes in a map.
pub fn tell() {
    let (table, followed, map) = (of(TABLE, ROWS), of(FOLLOWED, ROWS), of(MAP, ROWS));
    println!("{table:.0} bytes a row, {followed:.0} once each was told of, {map:.0} in the map");
    tell_ratio("memory per row", "`HashMap<Id, Arc<E>>`", table / map, 1.5);
    tell_ratio("memory per row, once each was told of", "`HashMap<Id, Arc<E>>`", followed / map, 1.5);
}
