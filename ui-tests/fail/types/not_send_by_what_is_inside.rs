//! Meant: values that one thread changes behind a shared reference, and a type that has such a value inside.

use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    name: String,
    draft: Option<Cell<u8>>,
    again: Option<Cell<u8>>,
    of: PhantomData<*const u8>,
    own: Handle,
    #[serde(skip)]
    times: Cell<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Handle {
    of_one_thread: Rc<str>,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Generic<T> {
    value: T,
    count: Cell<u64>,
}

fn main() {}
