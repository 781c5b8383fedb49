//! Entities inside a function, with a nested one that only the function knows.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

fn one() -> &'static str {
    #[derive(Clone, Serialize, Deserialize, LiveEntity)]
    struct Row {
        #[live(nested)]
        inner: Inner,
    }

    #[derive(Clone, Serialize, Deserialize, LiveEntity)]
    struct Inner {
        one: i64,
    }

    let row = Row { inner: Inner { one: 1 } };
    assert!(row.diff(&row).is_empty());
    RowField::Inner(InnerField::One).name()
}

fn two() -> &'static str {
    #[derive(Clone, Serialize, Deserialize, LiveEntity)]
    struct Row {
        two: i64,
    }

    let row = Row { two: 1 };
    assert!(row.diff(&row).is_empty());
    RowField::Two.name()
}

pub(super) fn main() {
    assert_eq!((one(), two()), ("inner.one", "two"));
}
