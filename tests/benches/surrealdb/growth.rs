//! The same on SurrealDB in process at 1,000 rows and at a million: `cargo bench --workspace --bench surrealdb -- --growth`
//! measures it, and draws the picture of the documentation.

use vantage_live::store::surrealdb::SurrealDb;

use crate::measure::{fill, hearing, opening, saving};
use crate::plot::{Lines, SIZES, per_row};
use crate::raw::Raw;

const PICTURE: &str = "surrealdb.svg";

pub async fn draw() {
    let mut lines = Lines::default();
    for rows in SIZES {
        // One database for both: a million rows take some gigabytes.
        let raw = Raw::in_process().await;
        let db = raw.database();
        fill(&db.table("product"), rows).await;
        for (name, nanos) in at(&raw, &db, rows).await {
            lines.tell(name, rows, nanos);
        }
    }
    lines.draw(PICTURE);
}

/// How long each takes with so many rows, in nanoseconds.
async fn at(raw: &Raw, db: &SurrealDb, rows: u32) -> [(&'static str, f64); 6] {
    let opened = opening(raw, &db.table("product"), rows, 3).await;
    let (saved, _) = saving(raw, db, 200).await;
    let (heard, _) = hearing(raw, raw, db, 100, 2).await;
    [
        ("opening, per row", per_row(opened.ours, rows)),
        ("raw select and decode, per row", per_row(opened.theirs, rows)),
        ("a guarded save", per_row(saved.ours, 1)),
        ("the raw client's same statement", per_row(saved.theirs, 1)),
        ("a remote change to a subscriber", per_row(heard.ours, 1)),
        ("the raw LIVE stream", per_row(heard.theirs, 1)),
    ]
}
