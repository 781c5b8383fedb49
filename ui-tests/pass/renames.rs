//! serde's names are honoured: every rule, and `rename` on a field, against what serde itself writes.

#![deny(warnings)]
#![allow(non_snake_case)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

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

pub(super) fn main() {
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
