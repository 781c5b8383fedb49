//! Parameters, bounds and where-clauses: the enum of fields stays without any.

#![deny(missing_docs, warnings)]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vantage_live::{FieldSet, LiveEntity};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Titled<T, const N: usize = 2>
where
    [i64; N]: Serialize + DeserializeOwned,
{
    title: String,
    value: T,
    sizes: [i64; N],
}

/// A unit, as a type.
trait Unit: Clone + Send + Sync + 'static {
    /// In what the amount is counted.
    type Amount: Clone + Debug + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static;
}

#[derive(Clone, Debug)]
struct Gram;

impl Unit for Gram {
    type Amount = f64;
}

/// `M` is in a field that is not tracked, and in a bound that speaks of both.
#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
#[serde(bound = "")]
struct Weighed<U: Unit, M: Send + Sync>
where
    M: Clone + Into<U>,
{
    amount: U::Amount,
    #[serde(skip)]
    marker: PhantomData<fn() -> M>,
}

/// A nested entity with its parameters given.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Shelf {
    #[live(nested)]
    label: Titled<String>,
}

/// A parameter without `Debug` and without `PartialEq`, compared by a function.
#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Opaque<T> {
    #[live(eq = never)]
    value: T,
}

/// What has no bound of its own, and is another type's.
trait Owner {
    /// What is owned.
    type Goods;
}

#[derive(Clone, Debug)]
struct Doc;

impl Owner for Doc {
    type Goods = i64;
}

#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
#[serde(bound = "O::Goods: Serialize + DeserializeOwned")]
struct Owned<O: Owner>
where
    O::Goods: Clone + Debug + PartialEq,
    Self: Sized,
{
    goods: O::Goods,
}

/// A parameter behind a name and a colon, in a field that is tracked, and with an entity beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Marked<T> {
    marker: PhantomData<fn(value: T) -> i64>,
    #[live(nested)]
    shelf: Inner,
    value: T,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Inner {
    stock: i64,
}

/// What asks something of its parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ordered<T: Ord>(Vec<T>);

/// Only the where-clause says what is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Shelves<T>
where
    T: Ord,
{
    names: Ordered<T>,
    best: Option<T>,
}

/// serde is told what to ask of one field's parameter, and finds out what the other's needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Stalls<T, U> {
    #[serde(bound(deserialize = "T: Deserialize<'de> + Ord"))]
    taken: BTreeSet<T>,
    rent: U,
}

fn never<T>(_: &T, _: &T) -> bool {
    false
}

fn changed<E: LiveEntity>(old: &E, new: &E) -> FieldSet<E::Field> {
    old.diff(new)
}

fn changed_value<T>(old: &Titled<T>, new: &Titled<T>) -> bool
where
    Titled<T>: LiveEntity<Field = TitledField>,
{
    old.diff(new).contains(TitledField::Value)
}

/// Its types have the defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Defaults<T = String, const N: usize = 4> {
    text: T,
    #[serde(skip)]
    of: PhantomData<[u8; N]>,
    numbers: PhantomData<[T; N]>,
}

/// The default of the last parameter is one of the struct's alone, and before it the other's is of no use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct LastDefaults<T = u8, U = i64, V = U> {
    text: T,
    #[serde(skip)]
    of: Option<U>,
    other: Vec<V>,
}

/// A type of the name of the parameter is given to a trait, and the parameter is not meant.
#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
struct Given<Item> {
    #[serde(skip)]
    item: Option<Item>,
    #[live(eq = same)]
    of: PhantomData<fn() -> Box<dyn Iterator<Item = u8>>>,
}

fn same<T>(_: &T, _: &T) -> bool {
    true
}

pub(super) fn main() {
    let old = Titled { title: "a".to_owned(), value: 1, sizes: [1, 2] };
    let new = Titled { value: 2, sizes: [1, 3], ..old.clone() };
    assert_eq!(changed(&old, &new), TitledField::Value | TitledField::Sizes);
    assert!(changed_value(&old, &new));
    match Titled::change(TitledField::Value, &old, &new) {
        TitledChange::Value { from, to } => assert_eq!((from, to), (&1, &2)),
        change => panic!("{change:?}"),
    }
    let conflicts = Titled::conflicts(TitledField::Value.into(), &old, &new, &old);
    assert_eq!(format!("{:?}", conflicts.clone()), "TitledConflicts [Value { base: 1, local: 2, remote: 1 }]");
    assert!(TitledConflicts::<String, 2>::default().is_empty());
    let none: DefaultsConflicts = Defaults::conflicts(FieldSet::EMPTY, &Defaults::default(), &Defaults::default(), &Defaults::default());
    assert!(none.text.map(|text| text.local).is_none_or(|text| text == "a"));
    let last: LastDefaults<u8> = LastDefaults::default();
    let none: LastDefaultsConflicts<u8, i64> = LastDefaults::conflicts(FieldSet::EMPTY, &last, &last, &last);
    assert!(none.is_empty());
    let given = Given { item: Some(1), of: PhantomData };
    assert!(given.diff(&given.clone()).is_empty() && given.item.is_some());

    let heavy = Weighed::<Gram, Gram> { amount: 2.5, marker: PhantomData };
    assert!(heavy.diff(&heavy.clone()).is_empty());
    let record = heavy.to_record().unwrap();
    assert_eq!(Weighed::<Gram, Gram>::from_record(&1.into(), &record).unwrap().amount, 2.5);

    let shelf = Shelf { label: Titled { title: "x".into(), value: "y".to_owned(), sizes: [0, 0] } };
    assert!(shelf.diff(&shelf.clone()).is_empty());
    assert_eq!(ShelfField::Label(TitledField::Value).name(), "label.value");

    let owned = Owned::<Doc> { goods: 1 };
    assert_eq!(owned.diff(&Owned { goods: 2 }), OwnedField::Goods.into());

    let marked = Marked { marker: PhantomData, shelf: Inner { stock: 1 }, value: 1.5 };
    let moved = Marked { shelf: Inner { stock: 2 }, ..marked.clone() };
    assert_eq!(marked.diff(&moved), MarkedField::Shelf(InnerField::Stock).into());

    let shelves = Shelves { names: Ordered(vec![1, 2]), best: None };
    let others = Shelves { names: Ordered(vec![2]), ..shelves.clone() };
    assert_eq!(shelves.diff(&others), ShelvesField::Names.into());

    let stalls = Stalls { taken: BTreeSet::from([3, 5]), rent: 80 };
    let read = Stalls::<u8, i64>::from_record(&1.into(), &stalls.to_record().unwrap()).unwrap();
    assert_eq!(read, stalls);
    assert_eq!(stalls.diff(&Stalls { taken: BTreeSet::new(), ..read }), StallsField::Taken.into());

    let opaque = Opaque { value: 1 };
    assert_eq!(opaque.diff(&opaque), OpaqueField::Value.into());
}
