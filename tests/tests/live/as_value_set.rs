//! A live table keeps the contract of a value set: its rows lose nothing that its backend has.

use serde::{Deserialize, Serialize};
use vantage_live::{ImTable, LiveEntity, LiveTable};

/// Knows one column, so that everything else is one that the struct does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Loose {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known: Option<i64>,
}

mod with_a_feed {
    use super::*;

    vantage_live::contract_tests!({
        let store = ImTable::new("contract");
        LiveTable::<Loose>::builder(store.clone()).feed(store.feed()).open().await.unwrap()
    });
}

mod without_one {
    use super::*;

    vantage_live::contract_tests!(LiveTable::<Loose>::builder(ImTable::new("contract")).open().await.unwrap());
}
