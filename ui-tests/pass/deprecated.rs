//! A deprecated field or type warns where a person uses it, not in generated code.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::{FieldSet, LiveEntity};

mod model {
    #![allow(deprecated)]

    use super::*;

    #[deprecated]
    #[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
    pub struct Old(i64);

    #[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
    pub struct Row {
        pub value: Old,
    }
}

// serde's derives use the field too, and do not mind: so must ours.
#[derive(Clone, Default, LiveEntity, Serialize, Deserialize)]
struct Row {
    #[deprecated = "use `new`"]
    old: i64,
    new: i64,
}

// What is made of a deprecated struct is deprecated too, and minds as little.
#[deprecated = "use `Row`"]
#[derive(Clone, Default, LiveEntity, Serialize, Deserialize)]
struct Past {
    old: i64,
}

#[expect(deprecated)]
fn past(field: PastField) -> &'static str {
    field.name()
}

pub(super) fn main() {
    #[expect(deprecated)]
    let field = PastField::Old;
    assert_eq!(past(field), "old");
    assert!(Row::default().diff(&Row::default()).is_empty());
    assert!(model::Row::default().diff(&model::Row::default()).is_empty());
    assert_eq!(Row::conflicts(FieldSet::ALL, &Row::default(), &Row::default(), &Row::default()).iter().count(), 2);
}
