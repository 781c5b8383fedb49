//! Fields under `#[cfg]` and attributes under `#[cfg_attr]`.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[cfg(not(any()))]
    here: i64,
    #[cfg(any())]
    gone: NoSuchType,
    #[cfg_attr(not(any()), live(label = "Yes"))]
    #[cfg_attr(any(), live(nonsense))]
    labelled: i64,
    #[cfg(any())]
    #[live(nested)]
    gone_too: NoSuchType,
    last: i64,
}

pub(super) fn main() {
    assert_eq!(RowField::ALL, [RowField::Here, RowField::Labelled, RowField::Last]);
    assert_eq!(RowField::Labelled.label(), "Yes");
    assert!(RowDirty::from(vantage_live::FieldSet::from(RowField::Last)).last);
}
