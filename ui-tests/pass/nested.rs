//! Entities inside entities, three deep, some of them read-only, and beyond the first word of bits.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::{Field as _, FieldSet, LiveEntity};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Bakery {
    #[live(nested)]
    first: Shop,
    name: String,
    #[live(nested)]
    second: Shop,
    #[live(readonly, nested)]
    totals: Place,
    last: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Shop {
    a0: i8, a1: i8, a2: i8, a3: i8, a4: i8, a5: i8, a6: i8, a7: i8, a8: i8, a9: i8,
    b0: i8, b1: i8, b2: i8, b3: i8, b4: i8, b5: i8, b6: i8, b7: i8, b8: i8, b9: i8,
    c0: i8, c1: i8, c2: i8, c3: i8, c4: i8, c5: i8, c6: i8, c7: i8, c8: i8, c9: i8,
    #[live(nested)]
    place: Place,
    #[live(version)]
    version: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Place {
    #[live(label = "Street")]
    street_name: String,
    #[live(nested, label = "Map")]
    point: Point,
    #[serde(skip)]
    open: bool,
    #[live(skip)]
    #[serde(default)]
    seen: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Point {
    x: f64,
    #[live(readonly)]
    y: f64,
}

/// What says where something is.
trait Located {
    /// The place.
    type At;
}

impl Located for u8 {
    type At = Place;
}

/// One type under several names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Transport {
    #[live(nested)]
    from: <u8 as Located>::At,
    #[live(nested, readonly)]
    over: Option<<u8 as Located>::At>,
    #[live(nested)]
    to: Place,
    #[live(nested, readonly)]
    back: Option<Place>,
}

pub(super) fn main() {
    let y = BakeryField::Second(ShopField::Place(PlaceField::Point(PointField::Y)));
    assert_eq!((y.name(), y.label()), ("second.place.point.y", "Second: Place: Map: Y"));
    assert_eq!("second.place.point.y".parse(), Ok(y));
    assert_eq!(BakeryField::ALL.len(), 34 + 1 + 34 + 3 + 1);
    for (at, &field) in BakeryField::ALL.iter().enumerate() {
        assert_eq!(field.index(), at, "{field}");
        let set = FieldSet::from(field);
        assert_eq!(set.iter().collect::<Vec<_>>(), [field]);
        assert_eq!(Bakery::conflicts(set, &Bakery::default(), &Bakery::default(), &Bakery::default()).fields(), set);
        let change = Bakery::default();
        assert_eq!(Bakery::change(field, &change, &change).field(), field);
    }
    assert_eq!(
        BakeryField::READONLY.to_string(),
        "first.place.point.y, first.version, second.place.point.y, second.version, \
         totals.street_name, totals.point.x, totals.point.y"
    );
    assert_eq!((Bakery::VERSION, Shop::VERSION), (None, Some(ShopField::Version)));

    let old = Bakery::default();
    let mut new = old.clone();
    new.first.c9 = 1;
    new.second.place.point.y = 2.5;
    new.second.place.open = true;
    new.second.place.seen = true;
    new.totals.street_name = "Baker Street".into();
    new.last = 1;
    let changed = old.diff(&new);
    assert_eq!(changed.to_string(), "first.c9, second.place.point.y, totals.street_name, last");

    let dirty = BakeryDirty::from(changed);
    assert!(dirty.first.c9 && dirty.second.place.point.y && dirty.totals.street_name && dirty.last);
    assert!(!dirty.first.place.point.y && !dirty.name);

    let mut copy = old.clone();
    copy.copy_fields(&new, changed);
    assert!(copy.diff(&new).is_empty());
    assert!(!copy.second.place.open && !copy.second.place.seen, "skipped fields are not copied");
    copy.copy_fields(&old, FieldSet::ALL);
    assert_eq!(copy, old);

    let patch = new.patch(changed).unwrap();
    let paths: Vec<_> = patch.sets().map(|(path, _)| path.to_string()).collect();
    assert_eq!(paths, ["first.c9", "last"]);
    let record = serde_json::Value::Object(new.to_record().unwrap()).to_string();
    assert!(!record.contains("seen") && !record.contains("open"), "{record}");

    let conflicts = Bakery::conflicts(changed, &old, &new, &old);
    assert_eq!(conflicts.second.place.point.y.as_ref().map(|y| y.local), Some(2.5));
    assert_eq!(conflicts.iter().map(|conflict| conflict.field()).collect::<FieldSet<_>>(), changed);
    assert_eq!(
        format!("{:?}", conflicts.get(y)),
        "Some(Second(Place(Point(Y { base: 0.0, local: 2.5, remote: 0.0 }))))"
    );

    let (old, mut new) = (Transport::default(), Transport::default());
    new.from.point.x = 1.0;
    new.to.point.x = 1.0;
    assert_eq!(old.diff(&new).to_string(), "from.point.x, to.point.x");
}
