//! Floats, wherever they stand in a field: modified when their bits differ, and only then.

use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::sync::Arc;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use vantage_live::{FieldSet, LiveEntity};

use crate::json::{MANY, cases};

/// A float in everything that may hold one.
#[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
struct Scales {
    short: f32,
    long: f64,
    maybe: Option<f64>,
    pair: (f64, f64),
    list: Vec<f64>,
    fixed: [f64; 2],
    queue: VecDeque<f64>,
    #[expect(clippy::linkedlist, reason = "some programs have one")]
    linked: LinkedList<f64>,
    sorted: BTreeMap<u8, f64>,
    hashed: HashMap<u8, f64>,
    boxed: Box<f64>,
    shared: Arc<f64>,
    named: (String, bool, f64),
}

/// Few floats, so that two are often the same: two zeros, and what is never equal to itself.
fn float() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![Just(0.0), Just(-0.0), Just(f64::NAN)]
}

fn short() -> impl Strategy<Value = f32> {
    prop_oneof![Just(0.0), Just(-0.0), Just(f32::NAN)]
}

fn floats() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(float(), 0..3)
}

fn keyed() -> impl Strategy<Value = BTreeMap<u8, f64>> {
    proptest::collection::btree_map(0..3_u8, float(), 0..3)
}

fn scales() -> impl Strategy<Value = Scales> {
    let one =
        (short(), float(), proptest::option::of(float()), (float(), float()), [float(), float()], float(), float());
    let many = (floats(), floats(), floats(), keyed(), keyed(), ("a|b", any::<bool>(), float()));
    (one, many).prop_map(
        |((short, long, maybe, pair, fixed, boxed, shared), (list, queue, linked, sorted, hashed, named))| Scales {
            short,
            long,
            maybe,
            pair,
            list,
            fixed,
            queue: queue.into(),
            linked: linked.into_iter().collect(),
            sorted,
            hashed: hashed.into_iter().collect(),
            boxed: Box::new(boxed),
            shared: Arc::new(shared),
            named,
        },
    )
}

/// The bits of each field, in the order of the fields.
fn bits(scales: &Scales) -> [String; 13] {
    let of = |floats: &mut dyn Iterator<Item = f64>| format!("{:?}", floats.map(f64::to_bits).collect::<Vec<_>>());
    let keyed = |floats: BTreeMap<u8, f64>| {
        format!("{:?}", floats.into_iter().map(|(key, float)| (key, float.to_bits())).collect::<Vec<_>>())
    };
    let (name, flag, float) = &scales.named;
    [
        scales.short.to_bits().to_string(),
        scales.long.to_bits().to_string(),
        of(&mut scales.maybe.into_iter()),
        of(&mut [scales.pair.0, scales.pair.1].into_iter()),
        of(&mut scales.list.iter().copied()),
        of(&mut scales.fixed.into_iter()),
        of(&mut scales.queue.iter().copied()),
        of(&mut scales.linked.iter().copied()),
        keyed(scales.sorted.clone()),
        keyed(scales.hashed.iter().map(|(key, float)| (*key, *float)).collect()),
        scales.boxed.to_bits().to_string(),
        scales.shared.to_bits().to_string(),
        format!("{name} {flag} {}", float.to_bits()),
    ]
}

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn a_field_of_floats_is_modified_when_the_bits_of_one_differ(one in scales(), other in scales()) {
        let (before, after) = (bits(&one), bits(&other));
        let differ = ScalesField::ALL.iter().zip(before.iter().zip(&after)).filter(|(_, (a, b))| a != b);
        let expected: FieldSet<ScalesField> = differ.map(|(field, _)| *field).collect();

        prop_assert_eq!(one.diff(&other), expected);
    }
}
