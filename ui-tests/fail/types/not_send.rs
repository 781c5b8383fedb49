//! Meant: a name that is shared within a thread.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    #[serde(skip)]
    shared: Rc<str>,
}

fn main() {}
