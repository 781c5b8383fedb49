//! The same on SurrealDB in process at 1,000 rows and at a million: `cargo bench --workspace --bench surrealdb -- --growth`
//! measures it, and draws the picture of the documentation.

use crate::connected;
use crate::measure::{fill, hearing, opening, saving};
use crate::plot::{Lines, SIZES, per_row};
use crate::raw::Raw;

const PICTURE: &str = "surrealdb.svg";

pub async fn draw() {
    let mut lines = Lines::default();
    for rows in SIZES {
        let raw = Raw::in_process().await;
        fill(&raw.database().table("product"), rows).await;
        for (name, nanos) in at(&raw, rows).await {
            lines.tell(name, rows, nanos);
        }
    }
    lines.draw(PICTURE);
}

/// How long each takes with so many rows, in nanoseconds.
async fn at(raw: &Raw, rows: u32) -> [(&'static str, f64); 6] {
    let shared = raw.database();
    let opened = opening(raw, &shared.table("product"), rows, 3).await;
    let (heard, _) = hearing(raw, raw, &shared, 100, 2).await;
    // A database of its own: of one that a client shares it is not known who is signed in, and the statement another one.
    let own = connected("mem://").await;
    fill(&own.table("product"), rows).await;
    let (saved, _) = saving(raw, &own, 200).await;
    [
        ("opening, per row", per_row(opened.ours, rows)),
        ("raw select and decode, per row", per_row(opened.theirs, rows)),
        ("a guarded save", per_row(saved.ours, 1)),
        ("the raw client's same statement", per_row(saved.theirs, 1)),
        ("a remote change to a subscriber", per_row(heard.ours, 1)),
        ("the raw LIVE stream", per_row(heard.theirs, 1)),
    ]
}
