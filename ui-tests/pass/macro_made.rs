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

/// A macro that adds the derives to what it is given.
macro_rules! derived {
    ($item:item) => {
        #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
        $item
    };
}

macro_rules! derived_tokens {
    ($($token:tt)*) => {
        #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
        $($token)*
    };
}

derived! {
    struct Shelf<T> {
        #[live(nested)]
        place: Place,
        weight: f64,
        what: T,
    }
}

derived_tokens! {
    struct Place {
        #[live(eq = i64::eq)]
        row: i64,
        #[live(readonly)]
        bay: Option<String>,
    }
}

/// A type of this crate's in an entity that another crate's macro writes, with the library as that crate has it.
mod of_another_crate {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Mine {
        name: String,
    }

    ui_tests::entity_of_a_macro! {
        pub struct Page {
            #[live(nested)]
            mine: Mine,
            #[live(nested)]
            theirs: ui_tests::models::Stamp,
            text: String,
        } with Stamp
    }

    pub fn has_all_fields() {
        let names: Vec<_> = PageField::ALL.iter().map(|field| field.name()).collect();
        assert_eq!(names, ["mine.name", "theirs.by", "text", "made.by", "changed", "changed.by"]);
    }
}

/// Under the same path as another crate's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Value(f64);

macro_rules! entity_of_two_crates {
    ($name:ident) => {
        ui_tests::entity_of_two_crates!($name, $crate::macro_made::Value);
    };
}

entity_of_two_crates!(OfTwo);

pub(super) fn main() {
    let of_two = OfTwo::default();
    assert_eq!(of_two.diff(&OfTwo { theirs: Value(1.0), ..of_two.clone() }), OfTwoField::Theirs.into());
    of_another_crate::has_all_fields();
    let shelf = Shelf { what: 1, ..Shelf::default() };
    let place = Place { row: 1, ..Place::default() };
    let moved = Shelf { place, weight: f64::NAN, what: 2 };
    assert_eq!(shelf.diff(&moved).iter().count(), 3);
    assert_eq!(Row::TABLE, "rows");
    assert_eq!(RowField::ALL, [RowField::Inside, RowField::Outside, RowField::Type]);
    assert_eq!(RowField::Type.label(), "rows");
    assert!(Row::default().diff(&Row::default()).is_empty());
}
