//! Meant: refresh and go on; but somebody may have changed what is typed here.
#![deny(unused_must_use)]

use serde::{Deserialize, Serialize};
use vantage_live::edit::RefreshError;
use vantage_live::{LiveEntity, RecordEdit};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    name: String,
}

fn rebase(edit: &mut RecordEdit<'_, Product>) -> Result<(), RefreshError> {
    edit.rebase()?;
    Ok(())
}

fn main() {
    let _ = rebase;
}
