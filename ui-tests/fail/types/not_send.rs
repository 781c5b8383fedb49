//! Meant: a name that is shared within a thread, and a draft that is changed behind a shared reference.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: Rc<str>,
    draft: Option<RefCell<String>>,
    #[serde(skip)]
    shared: std::rc::Rc<str>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Seen {
    name: String,
    #[serde(skip)]
    times: Cell<u32>,
}

fn changed(old: &Row, new: &Row) -> bool {
    old.diff(new).contains(RowField::Name)
}

fn main() {}
