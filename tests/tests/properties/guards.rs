//! Guards: what holds for a record, against a model that spells it out.

use proptest::prelude::*;
use serde_json::Value;
use vantage_live::value::same;
use vantage_live::{Expectation, Expected, Guard, Path, Record};

use crate::json::{MANY, cases, path, record, value};

/// What stands at the path, one name at a time.
fn at(record: &Record, path: &Path) -> Option<Value> {
    if path.names().is_empty() {
        return None;
    }
    path.names().iter().try_fold(Value::Object(record.clone()), |value, name| value.get(&**name).cloned())
}

fn as_expected(record: &Record, path: &Path, what: &Expectation) -> bool {
    match (at(record, path), what) {
        (Some(now), Expectation::Value(value)) => same(&now, value),
        (Some(now), Expectation::Object) => now.is_object(),
        (now, Expectation::Absent) => now.is_none(),
        (None, _) => false,
    }
}

/// Expectations, of which many are what the record has.
fn expectations(record: Record) -> impl Strategy<Value = (Record, Vec<Expected>)> {
    let other =
        prop_oneof![Just(Expectation::Absent), value().prop_map(Expectation::Value), Just(Expectation::Object),];
    let one = (path(), other, proptest::bool::weighted(0.7));
    proptest::collection::vec(one, 0..4).prop_map(move |parts| {
        let expected = |(path, other, true_to_it): (Path, _, _)| {
            let spelled = at(&record, &path).map_or(Expectation::Absent, Expectation::Value);
            Expected { path, what: if true_to_it { spelled } else { other } }
        };
        (record.clone(), parts.into_iter().map(expected).collect())
    })
}

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn a_guard_of_fields_holds_when_each_is_as_expected((record, expected) in record().prop_flat_map(expectations)) {
        let each = expected.iter().all(|Expected { path, what }| as_expected(&record, path, what));

        prop_assert_eq!(Guard::Fields(expected.clone()).holds(Some(&record)), each);
        prop_assert!(!Guard::Fields(expected).holds(None));
    }

    #[test]
    fn a_guard_put_together_is_the_guard_of_its_fields((record, expected) in record().prop_flat_map(expectations)) {
        for start in [Guard::Nothing, Guard::Exists, Guard::Fields(vec![])] {
            let and = |guard: Guard, Expected { path, what }| match what {
                Expectation::Absent => guard.and(path, None),
                Expectation::Value(value) => guard.and(path, Some(value)),
                Expectation::Object => guard.and_object(path),
            };
            let put = expected.iter().cloned().fold(start, and);
            prop_assert_eq!(put.holds(Some(&record)), Guard::Fields(expected.clone()).holds(Some(&record)));
        }
    }

    #[test]
    fn a_guard_of_a_version_holds_when_the_token_is_the_one_that_was_read(
        record in record(), path in path(), token in value(), read in any::<bool>(),
    ) {
        let token = if read { at(&record, &path).unwrap_or(token) } else { token };
        let is_there = at(&record, &path).is_some_and(|now| same(&now, &token));
        let guard = Guard::Version { path, token };

        prop_assert_eq!(guard.holds(Some(&record)), is_there);
        prop_assert!(!guard.holds(None));
        prop_assert_eq!(guard.and("a", at(&record, &"a".into())).holds(Some(&record)), is_there);
    }

    #[test]
    fn a_guard_of_nothing_always_holds_and_one_of_existence_where_there_is_a_record(record in record()) {
        prop_assert!(Guard::Nothing.holds(Some(&record)) && Guard::Nothing.holds(None));
        prop_assert!(Guard::Exists.holds(Some(&record)) && !Guard::Exists.holds(None));
    }
}
