//! What a row takes, as the system sees it: in a process of its own for each way.

use std::collections::HashMap;
use std::env;
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;

use vantage_live::{Id, LiveTable};

use crate::ROWS;
use crate::board::tell as tell_ratio;
use crate::entity::{Product, id};
use crate::store::Made;

const ASKED: &str = "VANTAGE_LIVE_MEMORY";
const TABLE: &str = "table";
const MAP: &str = "map";

/// The rows that this process is to hold, where it is one that was started to be measured.
pub fn asked_for() -> Option<String> {
    env::var(ASKED).ok()
}

/// Holds the rows, and says how many bytes they have taken.
pub fn measure(rows: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let store = Made::new(ROWS);
    let before = resident();
    if rows == TABLE {
        let table = runtime.block_on(LiveTable::<Product>::builder(store).open()).expect("an open table");
        println!("{}", resident() - before);
        black_box(table);
    } else {
        let map: HashMap<Id, Arc<Product>> = (0..ROWS).map(|n| (id(n), Arc::new(Product::number(n)))).collect();
        println!("{}", resident() - before);
        black_box((store, map));
    }
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux says so");
    let pages: u64 = status.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("the second number");
    pages * 4_096
}

/// What a process that holds these rows says.
fn of(rows: &str) -> f64 {
    let program = env::current_exe().expect("this program");
    let output = Command::new(program).env(ASKED, rows).output().expect("this program again");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

/// What a row takes in a table, beside what it takes in a map.
pub fn tell() {
    let (table, map) = (of(TABLE), of(MAP));
    println!("{:.0} bytes a row, {:.0} in the map", table / f64::from(ROWS), map / f64::from(ROWS));
    tell_ratio("memory per row", "`HashMap<Id, Arc<E>>`", table / map, 1.5);
}
