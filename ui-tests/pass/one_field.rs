//! The smallest entity: one field, and beside it nothing.

#![deny(missing_docs, warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::{FieldSet, LiveEntity};

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Note {
    text: String,
}

pub(super) fn main() {
    let (old, new) = (Note { text: "a".into() }, Note { text: "b".into() });

    assert_eq!(NoteField::ALL, [NoteField::Text]);
    assert_eq!(old.diff(&new), FieldSet::ALL);
    let NoteChange::Text { from, to } = Note::change(NoteField::Text, &old, &new);
    assert_eq!((from.as_str(), to.as_str()), ("a", "b"));
}
