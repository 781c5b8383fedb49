//! Meant: save and go on; but the save may not have written anything.
#![deny(unused_must_use)]

use serde::{Deserialize, Serialize};
use vantage_live::edit::EditError;
use vantage_live::{LiveEntity, RecordEdit};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    name: String,
}

async fn save(edit: &mut RecordEdit<'_, Product>) -> Result<(), EditError> {
    edit.save().await?;
    Ok(())
}

fn main() {
    let _ = save;
}
