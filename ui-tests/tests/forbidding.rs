//! A program that forbids what a derive may be tempted to allow: an `#[allow]` of a forbidden lint is an error. What
//! compiles here without our derive, compiles with it. (serde's own allow `unused_qualifications` and some more.)

#![forbid(
    dead_code,
    deprecated,
    missing_docs,
    non_snake_case,
    private_bounds,
    private_interfaces,
    trivial_bounds,
    unreachable_code,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    unused_mut,
    unused_variables,
    clippy::enum_variant_names,
    clippy::pub_underscore_fields,
    clippy::struct_excessive_bools,
    clippy::struct_field_names
)]

use serde::{Deserialize, Serialize};
use vantage_live::{Id, LiveEntity};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(id)]
    id: Id,
    name: String,
    is_sold: bool,
    is_shown: bool,
    is_new: bool,
    #[live(nested)]
    inventory: Inventory,
    #[live(nested)]
    origin: Option<Origin>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inventory {
    stock: i64,
    stock_weight: f64,
    stock_place: String,
}

/// Nothing of what is generated is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Alone {
    text: String,
    _draft: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Origin {
    country: String,
}

/// All of it is nested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Around {
    #[live(nested)]
    inventory: Inventory,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Pair<T: Clone> {
    one: T,
    others: Vec<T>,
}

mod inside {
    use super::{Deserialize, LiveEntity, Serialize};

    /// A public one with a private field.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub(super) struct Page {
        pub(super) text: String,
        _hidden: i64,
        author: Author,
        #[live(nested)]
        pub(super) editor: Editor,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Author {
        email: String,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub(super) struct Editor {
        email: String,
    }

    pub(super) fn page() -> Page {
        Page { text: "a".to_owned(), _hidden: 1, author: Author::default(), editor: Editor::default() }
    }
}

#[test]
fn a_program_that_forbids_lints_can_derive() {
    let product = Product {
        id: Id::from(1),
        name: "a".to_owned(),
        is_sold: false,
        is_shown: true,
        is_new: true,
        inventory: Inventory { stock: 1, stock_weight: 1.0, stock_place: "a".to_owned() },
        origin: Some(Origin { country: "a".to_owned() }),
    };
    let (page, pair) = (inside::page(), Pair { one: 1, others: vec![2] });

    let alone = Alone { text: "a".to_owned(), _draft: true };
    assert!(!alone.text.is_empty());
    let around = Around { inventory: product.inventory.clone() };
    assert!(product.diff(&product.clone()).is_empty());
    assert!(around.diff(&around.clone()).is_empty());
    assert!(!page.text.is_empty() && page.diff(&page.clone()).is_empty());
    assert!(pair.diff(&pair.clone()).is_empty());
}
