//! A field that holds the entity's own type, and one compared by the entity's own function.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Category<T> {
    parent: Option<Box<Self>>,
    sizes: [T; Category::<()>::SIZES],
    #[live(eq = Self::same_name)]
    name: String,
}

impl<T> Category<T> {
    const SIZES: usize = 2;

    fn same_name(one: &str, other: &str) -> bool {
        one.trim() == other.trim()
    }
}

pub(super) fn main() {
    let root = Category { parent: None, sizes: [1, 2], name: "root".into() };
    let child = Category { parent: Some(Box::new(root.clone())), name: " root ".into(), ..root.clone() };

    assert_eq!(root.diff(&child), CategoryField::Parent.into());
    match Category::change(CategoryField::Parent, &root, &child) {
        CategoryChange::Parent { from: None, to: Some(parent) } => assert_eq!(**parent, root),
        change => panic!("{change:?}"),
    }
}
