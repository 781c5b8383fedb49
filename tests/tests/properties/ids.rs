//! Ids: their JSON, their order, how they are shown.

use std::cmp::Ordering;
use std::collections::HashSet;

use proptest::prelude::*;
use uuid::Uuid;
use vantage_live::Id;
use vantage_live::value::IdKind;

use crate::json::{MANY, cases};

fn id() -> impl Strategy<Value = Id> {
    let text = || {
        prop_oneof![
            proptest::sample::select(vec!["", "1", "-1", "a", "b", "\"", "temp_", "uuid", "ünï"])
                .prop_map(str::to_owned),
            any::<u8>().prop_map(|n| Uuid::from_u128(n.into()).to_string()),
            any::<String>(),
        ]
    };
    prop_oneof![
        (-2_i64..2).prop_map(Id::from),
        any::<i64>().prop_map(Id::from),
        any::<u8>().prop_map(|n| Id::from(Uuid::from_u128(n.into()))),
        any::<u128>().prop_map(|n| Id::from(Uuid::from_u128(n))),
        any::<u8>().prop_map(|n| Id::temp(Uuid::from_u128(n.into()))),
        text().prop_map(Id::from),
        text().prop_map(Id::opaque),
    ]
}

/// Integers, then uuids, then text, then opaque ones.
fn rank(id: &Id) -> u8 {
    match id.kind() {
        IdKind::Int(_) => 0,
        IdKind::Uuid(_) => 1,
        IdKind::Text(_) => 2,
        IdKind::Opaque(_) => 3,
        other => panic!("a kind that this test does not know: {other:?}"),
    }
}

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn an_id_comes_back_from_its_json(id in id()) {
        let value = serde_json::to_value(&id).unwrap();
        let text = serde_json::to_string(&id).unwrap();

        prop_assert_eq!(serde_json::from_value::<Id>(value).unwrap(), id.clone());
        prop_assert_eq!(serde_json::from_str::<Id>(&text).unwrap(), id);
    }

    #[test]
    fn ids_are_equal_when_neither_comes_first(a in id(), b in id()) {
        prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(HashSet::from([a.clone(), b.clone()]).len() == 1, a == b);
    }

    #[test]
    fn the_order_of_ids_goes_on_from_one_to_the_next(mut ids in [id(), id(), id()]) {
        ids.sort();
        prop_assert!(ids[0] <= ids[1] && ids[1] <= ids[2] && ids[0] <= ids[2]);
    }

    #[test]
    fn ids_of_different_kinds_stand_in_the_order_of_the_kinds(a in id(), b in id()) {
        prop_assert!(rank(&a) == rank(&b) || rank(&a).cmp(&rank(&b)) == a.cmp(&b));
    }

    #[test]
    fn ids_of_one_kind_are_shown_alike_only_when_they_are_equal(a in id(), b in id()) {
        prop_assert!(rank(&a) != rank(&b) || (a.to_string() == b.to_string()) == (a == b));
    }

    #[test]
    fn a_programmer_tells_any_two_ids_apart(a in id(), b in id()) {
        prop_assert_eq!(format!("{a:?}") == format!("{b:?}"), a == b);
    }

    #[test]
    fn text_and_opaque_ids_stand_in_the_order_of_their_text(a in any::<String>(), b in any::<String>()) {
        prop_assert_eq!(Id::from(&*a).cmp(&Id::from(&*b)), a.cmp(&b));
        prop_assert_eq!(Id::opaque(&*a).cmp(&Id::opaque(&*b)), a.cmp(&b));
    }

    #[test]
    fn an_id_is_temporary_only_when_it_was_made_so(n in any::<u128>(), text in any::<String>()) {
        let uuid = Uuid::from_u128(n);
        let opaque = Id::opaque(format!("temp_{uuid}"));
        prop_assert!(Id::temp(uuid).is_temp());
        prop_assert!(!Id::from(uuid).is_temp() && !opaque.is_temp());
        prop_assert!(!Id::from(text).is_temp());
    }
}
