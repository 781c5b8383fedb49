//! An entity that a macro writes, with names, types and attributes from outside and from inside of it.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

macro_rules! entity {
    ($name:ident, $table:literal, $eq:path, { $($field:ident: $ty:ty),* }) => {
        #[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
        #[live(table = $table)]
        struct $name {
            #[live(eq = $eq)]
            inside: i64,
            $(#[live(label = $table)] $field: $ty,)*
        }
    };
}

entity!(Row, "rows", i64::eq, { outside: Option<Vec<String>>, r#type: [f64; 2] });

pub(super) fn main() {
    assert_eq!(Row::TABLE, "rows");
    assert_eq!(RowField::ALL, [RowField::Inside, RowField::Outside, RowField::Type]);
    assert_eq!(RowField::Type.label(), "rows");
    assert!(Row::default().diff(&Row::default()).is_empty());
}
