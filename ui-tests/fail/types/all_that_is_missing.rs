//! What the types lack is said beside what is wrong with the attributes, and what one lacks beside another.

use std::cell::Cell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: Rc<str>,
    count: Cell<u8>,
}

#[derive(Clone, PartialEq, LiveEntity)]
struct Other {
    #[live(lable = "Name")]
    name: String,
    count: Cell<u8>,
}

fn main() {}
