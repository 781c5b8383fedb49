//! Bounds that name a parameter which no tracked field mentions, where a field's type needs them.

#![deny(missing_docs, warnings)]

use std::borrow::Borrow;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vantage_live::{Id, IdField, LiveEntity};

/// What stands under a key of that type.
trait Shelf<K> {
    /// One of it.
    type Goods;
}

/// What has a key of a type of its own.
trait Keyed {
    /// The key.
    type Key;
}

#[derive(Clone, Debug, PartialEq)]
struct Bread;

impl Shelf<i64> for Bread {
    type Goods = String;
}

impl Keyed for Bread {
    type Key = i64;
}

/// The id is the one that mentions `K`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(bound(
    serialize = "K: Serialize, S::Goods: Serialize",
    deserialize = "K: DeserializeOwned, S::Goods: DeserializeOwned"
))]
struct Row<S: Shelf<K>, K: IdField> {
    #[live(id)]
    id: K,
    goods: S::Goods,
    others: Vec<S::Goods>,
}

/// What may be held of keyed things alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
struct Tag<T: Keyed>(PhantomData<fn() -> T>);

/// The parameter is what an associated type is said to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(bound(serialize = "K: Serialize", deserialize = "K: DeserializeOwned"))]
struct Tagged<T, K: IdField>
where
    T: Keyed<Key = K>,
{
    #[live(id)]
    id: K,
    tag: Tag<T>,
    price: i64,
}

/// A skipped field is the one that mentions `U`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(bound = "T::Item: Serialize + DeserializeOwned")]
struct Listed<T, U>
where
    T: IntoIterator<Item = U>,
    T::Item: Clone + PartialEq,
{
    all: Vec<T::Item>,
    #[serde(skip)]
    of: PhantomData<fn() -> (U, T)>,
}

/// The bound of a bound's parameter names a third one.
#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
#[serde(bound = "")]
struct Chain<T, U, V>
where
    T: Clone + PartialEq + Into<U> + Serialize + DeserializeOwned,
    U: Borrow<V>,
{
    first: T,
    #[serde(skip)]
    of: PhantomData<fn(V) -> U>,
}

pub(super) fn main() {
    let old = Row::<Bread, _> { id: 1, goods: "rye".to_owned(), others: Vec::new() };
    let new = Row { goods: "oat".to_owned(), ..old.clone() };
    assert_eq!(old.diff(&new), RowField::Goods.into());
    match Row::change(RowField::Goods, &old, &new) {
        RowChange::Goods { from, to } => assert_eq!((from.as_str(), to.as_str()), ("rye", "oat")),
        change @ RowChange::Others { .. } => panic!("{change:?}"),
    }
    let conflicts: RowConflicts<Bread, i64> = Row::conflicts(RowField::Goods.into(), &old, &new, &old);
    assert_eq!(conflicts.goods.map(|goods| goods.local), Some("oat".to_owned()));
    assert_eq!(Row::<Bread, i64>::from_record(&Id::from(1), &new.to_record().unwrap()).unwrap(), new);

    let tagged = Tagged::<Bread, _> { id: 1, tag: Tag(PhantomData), price: 1 };
    assert_eq!(tagged.diff(&Tagged { price: 2, ..tagged.clone() }), TaggedField::Price.into());

    let listed = Listed::<Vec<u8>, u8> { all: vec![1], of: PhantomData };
    assert_eq!(listed.diff(&Listed { all: vec![], ..listed.clone() }), ListedField::All.into());

    let chain = Chain::<String, String, String> { first: "a".to_owned(), of: PhantomData };
    assert!(chain.diff(&chain.clone()).is_empty());
}
