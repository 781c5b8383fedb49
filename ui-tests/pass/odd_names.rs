//! Raw identifiers, and fields whose variants are called as something in the generated code.

#![deny(warnings)]
#![allow(non_snake_case, non_camel_case_types)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
struct Odd {
    r#type: i64,
    r#match: String,
    self_: i64,
    _1: i64,
    own: i64,
    output: i64,
    err: i64,
    error: i64,
    each: i64,
    field: i64,
    fields: i64,
    all: i64,
    a_l_l: i64,
    is_empty: i64,
    iter: i64,
    from: i64,
    to: i64,
    other: i64,
    bits: i64,
    base: i64,
    local: i64,
    remote: i64,
    inner: i64,
    f: i64,
    some: i64,
    none: i64,
    __live: i64,
    größe: i64,
    fooBar: i64,
    URL: String,
}

#[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
struct r#struct {
    r#fn: i64,
}

pub(super) fn main() {
    assert_eq!((OddField::Type.name(), OddField::Type.wire_name()), ("type", "type"));
    assert_eq!((OddField::Self_.name(), OddField::ALL_.name()), ("self_", "a_l_l"));
    assert_eq!((OddField::_1.name(), OddField::Größe.name(), OddField::URL.label()), ("_1", "größe", "Url"));
    let (old, new) = (Odd::default(), Odd { r#type: 1, output: 1, ..Odd::default() });
    assert_eq!(old.diff(&new), OddField::Type | OddField::Output);
    assert!(OddDirty::from(old.diff(&new)).r#type);
    assert!(matches!(Odd::change(OddField::Err, &old, &new), OddChange::Err { from: 0, to: 0 }));
    for &field in OddField::ALL {
        assert!(old.get_field(field).unwrap().is_some(), "{field}");
    }
    assert_eq!((r#struct::TABLE, structField::Fn.name()), ("struct", "fn"));
}
