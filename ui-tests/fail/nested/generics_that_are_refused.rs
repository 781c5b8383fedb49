//! Meant: entities with parameters, each refused where it is derived, and no more said of it where it is nested.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
enum Price<T> {
    Fixed(T),
    Asked,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Pair<T, const N: usize>(T, [(); N])
where
    [(); N]: Serialize + for<'e> Deserialize<'e>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Label<'l, T: Ord> {
    text: Cow<'l, str>,
    of: T,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Product {
    #[live(nested)]
    price: Price<i64>,
    #[live(nested)]
    sizes: Pair<f64, 2>,
    #[live(nested)]
    label: Option<Label<'static, u8>>,
    sold: i64,
}

fn changed(old: &Product, new: &Product) -> bool {
    old.diff(new).contains(ProductField::Sold)
}

fn main() {}
