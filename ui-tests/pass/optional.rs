//! A nested entity that may be absent: as a whole where it comes or goes, field by field where it is there.

#![deny(warnings)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vantage_live::entity::{OptionalChange, OptionalField};
use vantage_live::{Conflict, Field as _, FieldSet, Id, LiveEntity};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Client {
    name: String,
    #[live(nested)]
    address: Option<Address>,
    #[live(nested)]
    #[serde(rename = "invoiceTo", skip_serializing_if = "Option::is_none")]
    invoice_to: Option<Address>,
    last: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Address {
    street: String,
    #[live(nested)]
    point: Option<Point>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Point {
    x: i64,
    y: i64,
}

const WHOLE: ClientField = ClientField::Address(OptionalField::Whole);
const STREET: ClientField = ClientField::Address(OptionalField::Inside(AddressField::Street));
const POINT: ClientField = ClientField::Address(OptionalField::Inside(AddressField::Point(OptionalField::Whole)));
const X: ClientField =
    ClientField::Address(OptionalField::Inside(AddressField::Point(OptionalField::Inside(PointField::X))));

fn at(street: &str, point: Option<(i64, i64)>) -> Client {
    let point = point.map(|(x, y)| Point { x, y });
    Client { address: Some(Address { street: street.into(), point }), ..Client::default() }
}

/// A part with something of the program's own in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Order {
    #[live(nested)]
    parcel: Option<Parcel>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Parcel {
    weight: i64,
    #[live(skip)]
    #[serde(default)]
    expanded: bool,
    #[live(skip)]
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

fn what_is_skipped() {
    let rest = [("unknown".to_owned(), json!(1))].into();
    let order = Order { parcel: Some(Parcel { weight: 5, expanded: true, rest }) };
    let whole = OrderField::Parcel(OptionalField::Whole);
    let patch = order.patch(whole.into()).unwrap();
    assert_eq!(patch.sets().map(|(_, value)| value.clone()).collect::<Vec<_>>(), [json!({"weight": 5})]);
    assert_eq!(order.get_field(whole).unwrap(), Some(json!({"weight": 5})));
}

pub(super) fn main() {
    what_is_skipped();
    names();
    sets();
    differences();
    patches();
    conflicts();
}

fn names() {
    let names: Vec<_> = ClientField::ALL.iter().map(|field| field.name()).collect();
    let address = ["address", "address.street", "address.point", "address.point.x", "address.point.y"];
    assert_eq!((names[0], &names[1..6], names[11]), ("name", &address[..], "last"));
    assert_eq!(WHOLE.label(), "Address");
    assert_eq!(ClientField::InvoiceTo(OptionalField::Whole).wire_name(), "invoiceTo");
    assert_eq!((format!("{X:?}"), X.label()), ("Address(Inside(Point(Inside(X))))".into(), "Address: Point: X"));
    for (at, &field) in ClientField::ALL.iter().enumerate() {
        assert_eq!((field.index(), field.name().parse()), (at, Ok(field)), "{field}");
    }
}

fn sets() {
    let whole = FieldSet::from(WHOLE);
    assert!(whole.contains(STREET) && whole.contains(POINT) && whole.contains(X) && !whole.contains(ClientField::Last));
    assert_eq!((whole.iter().collect::<Vec<_>>(), whole.len()), (vec![WHOLE], 1));
    assert_eq!((whole - FieldSet::from(X)).to_string(), "address.street, address.point.y", "a part of it is no whole");
    assert_eq!((FieldSet::from(POINT) | STREET).to_string(), "address.street, address.point");
    assert!(!whole.is_subset(FieldSet::from(POINT) | STREET) && FieldSet::from(X).is_subset(whole));
    assert_eq!(!!whole, whole);
    assert_eq!(FieldSet::<ClientField>::ALL.iter().collect::<FieldSet<_>>(), FieldSet::ALL);
    let mut set = whole;
    assert!(set.remove(POINT) && set.insert(POINT) && !set.contains(WHOLE));
}

fn differences() {
    let (none, some) = (Client::default(), at("Lyon Estates", Some((1, 2))));
    assert_eq!(none.diff(&some), WHOLE.into());
    assert_eq!(some.diff(&none), WHOLE.into());
    assert_eq!(some.diff(&at("Lyon Estates", Some((3, 2)))), X.into());
    assert_eq!(some.diff(&at("Lyon Estates", None)), POINT.into());
    let dirty = ClientDirty::from(none.diff(&some));
    assert!(dirty.address.whole && dirty.address.inside.street && !dirty.invoice_to.whole);
    assert_eq!(FieldSet::from(dirty), none.diff(&some));

    match Client::change(WHOLE, &none, &some) {
        ClientChange::Address(OptionalChange::Whole { from: None, to: Some(to) }) => assert_eq!(to.street, "Lyon Estates"),
        change => panic!("{change:?}"),
    }
    let mut copy = none.clone();
    copy.copy_fields(&some, STREET.into());
    assert_eq!(copy, none, "a part of what is absent cannot be copied alone");
    copy.copy_fields(&some, WHOLE.into());
    assert_eq!(copy, some);
    copy.set_field(X, json!(9)).unwrap();
    assert_eq!(copy, at("Lyon Estates", Some((9, 2))));
    copy.set_field(POINT, json!(null)).unwrap();
    assert_eq!(copy, at("Lyon Estates", None));
    let mut copy = none.clone();
    copy.set_field(STREET, json!("Main Street")).unwrap();
    assert_eq!(copy, at("Main Street", None), "what a field was set in has come");
}

fn patches() {
    let (none, some) = (Client::default(), at("Lyon Estates", Some((1, 2))));
    let patch = some.patch(none.diff(&some)).unwrap();
    let set: Vec<_> = patch.sets().map(|(path, value)| (path.to_string(), value.clone())).collect();
    assert_eq!(set, [("address".to_owned(), json!({"street": "Lyon Estates", "point": {"x": 1, "y": 2}}))]);
    let patch = none.patch(some.diff(&none)).unwrap();
    assert_eq!(patch.sets().map(|(_, value)| value.clone()).collect::<Vec<_>>(), [json!(null)], "as serde writes it");

    let moved = at("Lyon Estates", Some((7, 2)));
    let patch = moved.patch(some.diff(&moved)).unwrap();
    assert!(patch.paths().map(ToString::to_string).eq(["address.point.x"]), "inside, paths");

    let billed = Client { invoice_to: some.address.clone(), ..none.clone() };
    let mut record = billed.to_record().unwrap();
    none.patch(billed.diff(&none)).unwrap().apply(&mut record);
    assert_eq!(Value::Object(record.clone()), json!({"name": "", "address": null, "last": 0}), "left out, so removed");
    assert_eq!(Client::from_record(&Id::from(1), &record).unwrap(), none);
}

fn conflicts() {
    let (base, local, none) = (at("Lyon Estates", None), at("Main Street", None), Client::default());
    let both = Client::conflicts(STREET.into(), &base, &local, &at("Side Street", None));
    let street = both.address.inside.street.as_ref().expect("changed on both sides");
    assert_eq!((street.local.as_str(), street.remote.as_str()), ("Main Street", "Side Street"));
    assert!(both.address.whole.is_none());

    let gone = Client::conflicts(STREET.into(), &base, &local, &none);
    let Some(Conflict { local: Some(local), remote: None, .. }) = &gone.address.whole else { panic!("{gone:?}") };
    assert_eq!(local.street, "Main Street");
    assert_eq!((gone.fields(), gone.iter().count()), (WHOLE.into(), 1));
    assert_eq!(gone.iter().map(|conflict| conflict.field()).collect::<Vec<_>>(), [WHOLE]);
}
