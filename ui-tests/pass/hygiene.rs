//! A program with an `Option`, a `Result` and so on of its own, and without a prelude.

#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code, reason = "what is derived is looked at, not every field")]

struct Option;
struct Result;
struct String;
struct Vec;
struct Box;
struct Some;
struct None;
struct Ok;
struct Err;
trait Clone {}
trait Copy {}
trait Default {}
trait From {}
trait Into {}
trait Iterator {}
trait Debug {}
trait Send {}
trait Sync {}
trait Field {}
trait Conflicts {}
mod core {}
mod std {}
mod alloc {}
mod serde {}
mod vantage_live {}
mod live {}

/// Has the methods that generated code calls, for every type.
trait Confusing: ::core::marker::Sized {
    fn len(self) {}
    fn bits(self) {}
    fn is_some(self) {}
    fn is_none(self) {}
    fn as_ref(self) {}
    fn clone(self) {}
    fn diff(self) {}
    fn change(self) {}
    fn get(self) {}
    fn iter(self) {}
    fn fields(self) {}
    fn field(self) {}
    fn map(self) {}
    fn fmt(self) {}
    fn finish(self) {}
    fn pad(self) {}
}

impl<T> Confusing for T {}

#[::core::prelude::v1::derive(
    ::core::clone::Clone, ::serde::Serialize, ::serde::Deserialize, ::vantage_live::LiveEntity,
)]
struct Product {
    #[live(id)]
    id: ::vantage_live::Id,
    name: ::std::string::String,
    note: ::core::option::Option<i64>,
    #[live(nested)]
    inventory: Inventory,
}

#[::core::prelude::v1::derive(
    ::core::clone::Clone, ::serde::Serialize, ::serde::Deserialize, ::vantage_live::LiveEntity,
)]
struct Inventory {
    stock: i64,
}

pub(super) fn main() {
    let product = Product {
        id: <::vantage_live::Id as ::core::convert::From<i64>>::from(1),
        name: ::std::string::String::new(),
        note: ::core::option::Option::None,
        inventory: Inventory { stock: 1 },
    };
    ::std::assert!(::vantage_live::LiveEntity::diff(&product, &product).is_empty());
    ::std::assert_eq!(ProductField::ALL.len(), 3);
}
