//! serde's names are honoured: every rule, and `rename` on a field, against what serde itself writes.

#![deny(warnings)]
#![allow(non_snake_case)]

use serde::{Deserialize, Serialize};
use serde_json::json;
use vantage_live::{Id, LiveEntity};

macro_rules! renamed {
    ($($entity:ident $field:ident $rule:literal)*) => {
        $(
            #[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
            #[serde(rename_all = $rule)]
            struct $entity {
                outcome: i64,
                very_tasty: i64,
                a: i64,
                z42: i64,
                _lead: i64,
                two__bars: i64,
                camelCase: i64,
                r#type: i64,
                größe_ö: i64,
                #[serde(rename = "given: by hand")]
                given: i64,
            }

            let written = $entity::default().to_record().unwrap();
            let mut names: Vec<_> = $field::ALL.iter().map(|field| field.wire_name()).collect();
            names.sort_unstable();
            assert_eq!(written.keys().collect::<Vec<_>>(), names, $rule);
            for &field in $field::ALL {
                assert_eq!(field.wire_name().parse(), Ok(field), $rule);
                assert_eq!(field.name().parse(), Ok(field), $rule);
            }
        )*
    };
}

/// A nested one: each level has its own rule.
#[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camelCase")]
struct Outer {
    #[live(nested)]
    #[serde(rename = "the inner one")]
    inner_one: Inner,
    #[live(nested)]
    inner_two: Inner,
}

#[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all(serialize = "UPPERCASE", deserialize = "UPPERCASE"))]
struct Inner {
    some_value: i64,
    #[serde(rename(serialize = "dotted.name", deserialize = "dotted.name"))]
    dotted: i64,
}

/// Each direction in an attribute of its own, and several names to read.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all(serialize = "camelCase"))]
#[serde(rename_all(deserialize = "camelCase"))]
struct Apart {
    #[serde(rename(serialize = "n"))]
    #[serde(rename(deserialize = "n"))]
    name: String,
    #[serde(rename(serialize = "p", deserialize = "cents", deserialize = "p"), alias = "pence")]
    price: i64,
    #[serde(rename(serialize = "stock_now"), alias = "stock_now")]
    in_stock: i64,
}

fn apart() {
    let wire: Vec<_> = ApartField::ALL.iter().map(|field| field.wire_name()).collect();
    assert_eq!(wire, ["n", "p", "stock_now"]);
    for stored in ["cents", "p", "pence"] {
        for stock in ["inStock", "stock_now"] {
            let mut record = json!({"n": "Sea Pie", stored: 299, stock: 3}).as_object().cloned().unwrap();
            let mut row = Apart::from_record(&Id::from(1), &record).unwrap();
            (row.price, row.in_stock) = (310, 2);
            row.patch(ApartField::Price | ApartField::InStock).unwrap().apply(&mut record);
            assert_eq!(record, row.to_record().unwrap(), "the record has each under one name, read from {stored}, {stock}");
            assert_eq!(Apart::from_record(&Id::from(1), &record).unwrap().price, 310);
        }
    }
}

pub(super) fn main() {
    apart();
    renamed! {
        Lower LowerField "lowercase"
        Upper UpperField "UPPERCASE"
        Pascal PascalField "PascalCase"
        Camel CamelField "camelCase"
        Snake SnakeField "snake_case"
        Screaming ScreamingField "SCREAMING_SNAKE_CASE"
        Kebab KebabField "kebab-case"
        Shouting ShoutingField "SCREAMING-KEBAB-CASE"
    }

    let one = OuterField::InnerOne(InnerField::SomeValue);
    assert_eq!((one.name(), one.wire_name()), ("inner_one.some_value", "the inner one.SOME_VALUE"));
    assert_eq!(OuterField::InnerTwo(InnerField::SomeValue).wire_name(), "innerTwo.SOME_VALUE");
    for &field in OuterField::ALL {
        assert_eq!(Outer::default().get_field(field).unwrap(), Some(0.into()), "{field}");
    }
}
