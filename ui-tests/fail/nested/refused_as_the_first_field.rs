//! Meant: entities inside others, each of which is refused where it is derived.

use serde::{Deserialize, Serialize};
use vantage_live::{Id, LiveEntity};

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct OfAnEnum {
    #[live(nested)]
    state: State,
    price: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
enum State {
    Open,
    Closed,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct OfATuple {
    #[live(nested)]
    place: Place,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Place(i64, i64);

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct OfWhatIsPacked {
    #[live(nested)]
    packed: Packed,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, LiveEntity)]
#[repr(packed)]
struct Packed {
    price: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct OfAnId {
    #[live(nested)]
    only: Only,
    price: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Only {
    #[live(id)]
    id: Id,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct OfAnOption {
    #[live(nested)]
    state: Option<State>,
}

fn main() {}
