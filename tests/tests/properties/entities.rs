//! Entities: there and back to their records, field by field, and the patch of what differs.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::bakery::{Inventory, Product, ProductField};
use vantage_live::{EntityError, Field, FieldSet, Id, LiveEntity, Path, Record};

use crate::json::{MANY, cases};

/// A recipe: everything that serde writes in another way than it is called, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[serde(rename_all = "camelCase")]
struct Recipe {
    #[live(id)]
    #[serde(default)]
    key: Option<String>,
    full_title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(rename = "grams", default)]
    weight: f64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    steps: Vec<String>,
    #[live(nested)]
    oven: Oven,
    #[live(readonly)]
    #[serde(default)]
    baked: u32,
}

/// How hot, and how long where that is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Oven {
    degrees: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minutes: Option<u8>,
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![proptest::sample::select(vec!["", "a", "b"]).prop_map(str::to_owned), any::<String>()]
}

fn product() -> impl Strategy<Value = Product> {
    let time = proptest::option::of((0_i64..3).prop_map(|s| DateTime::<Utc>::from_timestamp(s, 0).unwrap()));
    (text(), -2_i64..3, -2_i64..3, text(), proptest::option::of(text()), time, 0_i64..3, any::<bool>()).prop_map(
        |(name, price, stock, shelf, note, updated_at, version, unfolded)| {
            let inventory = Inventory { stock, shelf };
            Product { id: Id::from("x"), name, price, inventory, note, updated_at, version, unfolded }
        },
    )
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let weight = prop_oneof![Just(0.0), Just(-0.0), Just(1.5), proptest::num::f64::NORMAL];
    let steps = proptest::collection::vec(text(), 0..3);
    let oven = (0..3, proptest::option::of(0_u8..3)).prop_map(|(degrees, minutes)| Oven { degrees, minutes });
    (text(), proptest::option::of(text()), weight, steps, oven, 0_u32..3).prop_map(
        |(full_title, hint, weight, steps, oven, baked)| Recipe {
            key: Some("x".into()),
            full_title,
            hint,
            weight,
            steps,
            oven,
            baked,
        },
    )
}

fn fields<F: Field>() -> impl Strategy<Value = FieldSet<F>> {
    proptest::collection::vec(proptest::sample::select(F::ALL.to_vec()), 0..4).prop_map(FieldSet::from_iter)
}

/// Columns that no struct here knows, beside and inside of what it does.
fn with_columns_of_others(mut record: Record, inside: &'static str) -> Record {
    record.insert("supplier".into(), json!("Doc"));
    Path::from_iter([inside, "aisle"]).set(&mut record, json!([1, 2]));
    record
}

/// The entity as it comes back from its record.
fn there_and_back<E: LiveEntity>(entity: &E) -> E {
    E::from_record(&Id::from("x"), &entity.to_record().unwrap()).unwrap()
}

/// What the patch of the difference makes of the first one's record, and what it should.
fn patched<E: LiveEntity>(first: &E, mut second: E, inside: &'static str) -> (Record, Record) {
    // What the store sets, nobody writes.
    second.copy_fields(first, E::Field::READONLY);
    let mut record = with_columns_of_others(first.to_record().unwrap(), inside);
    second.patch(first.diff(&second)).unwrap().apply(&mut record);
    (record, with_columns_of_others(second.to_record().unwrap(), inside))
}

fn differ_as_json<E: LiveEntity>(a: &E, b: &E) -> FieldSet<E::Field> {
    let differs = |field: &E::Field| a.get_field(*field).unwrap() != b.get_field(*field).unwrap();
    E::Field::ALL.iter().copied().filter(differs).collect()
}

/// `set_field` of each of `fields` does what `copy_fields` does, and neither touches another one.
fn set_like_copied<E: LiveEntity + PartialEq + std::fmt::Debug>(
    a: &E,
    b: &E,
    fields: FieldSet<E::Field>,
) -> Result<(), TestCaseError> {
    let (mut set, mut copied) = (a.clone(), a.clone());
    let fields = fields - E::Field::READONLY;
    for field in fields {
        // What serde writes nothing for has no JSON to be set from.
        let Some(value) = b.get_field(field).unwrap() else {
            set.copy_fields(b, field.into());
            continue;
        };
        set.set_field(field, value).unwrap();
        prop_assert_eq!(set.get_field(field).unwrap(), b.get_field(field).unwrap());
    }
    copied.copy_fields(b, fields);
    prop_assert_eq!(&set, &copied);
    prop_assert_eq!(copied.diff(b), a.diff(b) - fields);
    prop_assert_eq!(copied.diff(a), a.diff(b) & fields);
    Ok(())
}

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn an_entity_comes_back_from_its_record(product in product(), recipe in recipe()) {
        let stored = Product { unfolded: false, ..product.clone() };
        prop_assert_eq!(there_and_back(&product), stored, "the program's own field is not stored");
        prop_assert_eq!(there_and_back(&recipe), recipe);
    }

    #[test]
    fn a_record_has_neither_the_id_nor_the_programs_own_fields(product in product(), recipe in recipe()) {
        let record = product.to_record().unwrap();
        prop_assert!(!record.contains_key("id") && !record.contains_key("unfolded"));
        prop_assert!(!recipe.to_record().unwrap().contains_key("key"));
        let new = product.to_new_record().unwrap();
        prop_assert!(!new.contains_key("version") && !new.contains_key("updated_at"), "the store sets them");
    }

    #[test]
    fn a_record_is_an_entitys_where_it_would_write_the_same_to_the_last_bit(a in recipe(), b in recipe()) {
        let written = |recipe: &Recipe| serde_json::to_string(&recipe.to_record().unwrap()).unwrap();
        let record = b.to_record().unwrap();
        prop_assert_eq!(a.is_record(&record), written(&a) == written(&b));
        prop_assert!(b.is_record(&record));
        for name in record.keys() {
            let (mut less, mut other) = (record.clone(), record.clone());
            less.remove(name);
            other.insert(name.clone(), json!({"something": "else"}));
            prop_assert!(!b.is_record(&less) && !b.is_record(&other), "{}", name);
        }
        prop_assert!(!b.is_record(&with_columns_of_others(record, "oven")));
    }

    #[test]
    fn the_patch_of_what_differs_makes_the_seconds_record_of_the_firsts(a in product(), b in product()) {
        let (made, expected) = patched(&a, b, "inventory");
        prop_assert_eq!(made, expected);
    }

    #[test]
    fn the_patch_of_what_differs_removes_what_serde_does_not_write(a in recipe(), b in recipe()) {
        let (made, expected) = patched(&a, b, "oven");
        prop_assert_eq!(made, expected);
    }

    #[test]
    fn a_patch_of_fields_names_exactly_their_paths(a in product(), b in recipe(), of_a in fields(), of_b in fields()) {
        let paths = |patch: vantage_live::Patch| patch.paths().cloned().collect::<std::collections::BTreeSet<_>>();
        prop_assert_eq!(paths(a.patch(of_a).unwrap()), (of_a - ProductField::READONLY).iter().map(|f| f.path().clone()).collect());
        prop_assert_eq!(paths(b.patch(of_b).unwrap()), (of_b - RecipeField::READONLY).iter().map(|f| f.path().clone()).collect());
    }

    #[test]
    fn the_fields_that_differ_are_those_whose_json_does(a in product(), b in product()) {
        prop_assert_eq!(a.diff(&b), differ_as_json(&a, &b));
        prop_assert_eq!(a.diff(&b), b.diff(&a));
        prop_assert!(a.diff(&a).is_empty());
    }

    #[test]
    fn the_fields_of_a_recipe_that_differ_are_those_whose_json_does(a in recipe(), b in recipe()) {
        // By total order, 0 and -0 are two weights; as JSON values they are equal.
        let zeros = a.weight == 0.0 && b.weight == 0.0;
        let weight = if zeros { FieldSet::from(RecipeField::Weight) } else { FieldSet::EMPTY };
        prop_assert_eq!(a.diff(&b) - weight, differ_as_json(&a, &b) - weight);
        prop_assert_eq!(a.diff(&b), b.diff(&a));
    }

    #[test]
    fn a_field_of_a_product_is_set_from_json_as_it_is_copied(a in product(), b in product(), fields in fields()) {
        set_like_copied(&a, &b, fields)?;
    }

    #[test]
    fn a_field_of_a_recipe_is_set_from_json_as_it_is_copied(a in recipe(), b in recipe(), fields in fields()) {
        set_like_copied(&a, &b, fields)?;
    }

    #[test]
    fn a_field_that_cannot_be_set_leaves_everything_as_it_is(mut product in product(), n in any::<i64>()) {
        let before = product.clone();

        let read_only = product.set_field(ProductField::Version, n.into());
        let wrong = product.set_field(ProductField::Price, json!({"amount": n}));

        prop_assert!(matches!(read_only, Err(EntityError::ReadOnly("version"))));
        prop_assert!(matches!(wrong, Err(EntityError::Decode(_))));
        prop_assert_eq!(product, before);
    }

    #[test]
    fn a_change_shows_both_values(a in product(), b in product()) {
        use tests::bakery::ProductChange;
        for field in a.diff(&b) {
            if let ProductChange::Name { from, to } = Product::change(field, &a, &b) {
                prop_assert_eq!((from, to), (&a.name, &b.name));
            }
            let shown = format!("{:?}", Product::change(field, &a, &b));
            let value = |entity: &Product| entity.get_field(field).unwrap().unwrap_or(Value::Null);
            prop_assert_ne!(value(&a), value(&b), "{}", shown);
        }
    }
}
