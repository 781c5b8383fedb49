//! Meant: a name that is shared within a thread, and a draft that is changed behind a shared reference.

use std::cell::RefCell;
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

fn is_name(field: RowField) -> bool {
    field == RowField::Name
}

fn main() {}
