//! Meant: a draft that is the program's own. serde would refuse to read "shown", which it writes.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[live(skip)]
    #[serde(default, rename(serialize = "shown"))]
    draft: String,
}

fn main() {}
