//! Sets of fields against a sorted set of their numbers, in an entity whose bits fill more than two words.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use vantage_live::entity::Bits;
use vantage_live::{Field as _, FieldSet, LiveEntity};

use crate::json::{MANY, cases};

/// A shelf of eight boards: what each holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Shelf {
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
}

/// A cupboard of nine shelves, and its number: 73 fields, which begin beside no word's edge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Cupboard {
    number: u8,
    #[live(nested)]
    first: Shelf,
    #[live(nested)]
    second: Shelf,
    #[live(nested)]
    third: Shelf,
    #[live(nested)]
    fourth: Shelf,
    #[live(nested)]
    fifth: Shelf,
    #[live(nested)]
    sixth: Shelf,
    #[live(nested)]
    seventh: Shelf,
    #[live(nested)]
    eighth: Shelf,
    #[live(nested)]
    ninth: Shelf,
}

/// A storeroom: three cupboards around a door, 220 fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Storeroom {
    #[live(nested)]
    left: Cupboard,
    door: u8,
    #[live(nested)]
    middle: Cupboard,
    #[live(nested)]
    right: Cupboard,
}

/// A box that may be empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Box {
    lid: u8,
    #[live(nested)]
    inside: Option<Shelf>,
}

#[test]
fn an_optional_entity_counts_as_one_field_where_the_whole_of_it_is_in_a_set_and_else_as_those_that_are() {
    let parts: FieldSet<BoxField> = BoxField::ALL.iter().copied().filter(|field| field.name().contains('.')).collect();
    let whole = FieldSet::from("inside".parse::<BoxField>().unwrap());

    assert_eq!((parts.len(), parts.iter().count()), (8, 8));
    assert_eq!((whole.len(), whole.iter().count()), (1, 1));
    assert_eq!(FieldSet::<BoxField>::ALL.len(), 2);
}

type Field = StoreroomField;
type Model = BTreeSet<usize>;

const FIELDS: usize = 3 * 73 + 1;

fn numbers() -> impl Strategy<Value = Model> {
    let any = proptest::sample::subsequence((0..FIELDS).collect::<Vec<_>>(), 0..=FIELDS);
    prop_oneof![3 => any.prop_map(Model::from_iter), 3 => few(), 1 => Just((0..FIELDS).collect::<Model>())]
}

fn few() -> impl Strategy<Value = Model> {
    proptest::collection::vec(0..FIELDS, 0..6).prop_map(Model::from_iter)
}

fn set(model: &Model) -> FieldSet<Field> {
    model.iter().map(|number| Field::ALL[*number]).collect()
}

/// Some of all the bits that there are.
fn bits() -> impl Strategy<Value = Model> {
    let any = proptest::sample::subsequence((0..256).collect::<Vec<_>>(), 0..=256);
    prop_oneof![3 => any.prop_map(Model::from_iter), 1 => Just((0..256).collect::<Model>())]
}

fn bits_of(model: &Model) -> Bits {
    model.iter().fold(Bits::EMPTY, |bits, number| bits.with(*number))
}

fn numbers_of(bits: Bits) -> Model {
    (0..Bits::CAPACITY).filter(|number| bits.has(*number)).collect()
}

#[test]
fn a_set_is_written_as_the_names_of_its_fields_with_commas_between_them() {
    let written = |numbers: &[usize]| set(&numbers.iter().copied().collect()).to_string();

    assert_eq!(written(&[]), "");
    assert_eq!(written(&[73]), "door");
    assert_eq!(written(&[73, 0, 74]), "left.number, door, middle.number");
}

#[test]
fn an_entity_has_room_for_256_fields() {
    assert_eq!(Bits::CAPACITY, 256);
}

fn model(set: FieldSet<Field>) -> Model {
    set.iter().map(vantage_live::Field::index).collect()
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn a_set_has_the_fields_that_were_put_in_in_the_order_of_their_declaration(numbers in numbers()) {
        let set = set(&numbers);

        let listed: Vec<usize> = set.iter().map(vantage_live::Field::index).collect();
        prop_assert_eq!(&listed, &numbers.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!((set.len(), set.iter().len(), set.is_empty()), (numbers.len(), numbers.len(), numbers.is_empty()));
        prop_assert!((0..FIELDS).all(|number| set.contains(Field::ALL[number]) == numbers.contains(&number)));
    }

    #[test]
    fn the_algebra_of_sets_is_the_one_of_sets_of_numbers(a in numbers(), b in numbers()) {
        let (x, y) = (set(&a), set(&b));

        prop_assert_eq!(model(x | y), &a | &b);
        prop_assert_eq!(model(x & y), &a & &b);
        prop_assert_eq!(model(x - y), &a - &b);
        prop_assert_eq!(model(x ^ y), &a ^ &b);
        prop_assert_eq!(model(!x), (0..FIELDS).filter(|number| !a.contains(number)).collect::<Model>());
        prop_assert_eq!((x.is_subset(y), x.is_disjoint(y)), (a.is_subset(&b), a.is_disjoint(&b)));
        let mut united = x;
        united |= y;
        prop_assert_eq!(united, x | y);
    }

    #[test]
    fn sets_are_equal_and_hash_alike_when_they_have_the_same_fields(a in numbers(), b in numbers()) {
        let (x, y) = (set(&a), set(&b));

        prop_assert_eq!(x == y, a == b);
        let backwards: FieldSet<Field> = a.iter().rev().map(|number| Field::ALL[*number]).collect();
        prop_assert_eq!((x, hash(x)), (backwards, hash(backwards)));
        prop_assert_eq!(hash(x) == hash(y), a == b, "a map of sets is searched in one place");
    }

    #[test]
    fn one_field_goes_in_and_out_as_with_a_set_of_numbers(numbers in numbers(), number in 0..FIELDS) {
        let (mut set, mut model_of_it, field) = (set(&numbers), numbers, Field::ALL[number]);

        prop_assert_eq!(set | field, set | FieldSet::from(field));
        prop_assert_eq!(set.insert(field), model_of_it.insert(number));
        prop_assert_eq!(model(set), model_of_it.clone());
        prop_assert_eq!((set.insert(field), set.remove(field), set.remove(field)), (false, true, false));
        model_of_it.remove(&number);
        prop_assert_eq!(model(set), model_of_it);
    }

    #[test]
    fn a_set_grows_by_what_it_is_extended_with(a in numbers(), b in numbers()) {
        let mut extended = set(&a);
        extended.extend(b.iter().map(|number| Field::ALL[*number]));

        prop_assert_eq!(model(extended), &a | &b);
    }

    #[test]
    fn the_fields_that_differ_are_those_that_were_changed(numbers in few()) {
        let (plain, mut changed) = (Storeroom::default(), Storeroom::default());
        for number in &numbers {
            changed.set_field(Field::ALL[*number], 7.into()).unwrap();
        }

        prop_assert_eq!(model(plain.diff(&changed)), numbers.clone());
        prop_assert_eq!(StoreroomDirty::from(set(&numbers)).door, numbers.contains(&73));
    }

    #[test]
    fn exactly_the_chosen_fields_are_copied(a in few(), chosen in numbers()) {
        let (plain, mut target) = (Storeroom::default(), Storeroom::default());
        for number in &a {
            target.set_field(Field::ALL[*number], 7.into()).unwrap();
        }

        target.copy_fields(&plain, set(&chosen));

        prop_assert_eq!(model(plain.diff(&target)), &a - &chosen);
    }

    #[test]
    fn the_bits_of_a_nested_entity_are_those_between_its_first_and_its_last(
        numbers in bits(),
        offset in 0..=Bits::CAPACITY,
        len in 0..=Bits::CAPACITY,
    ) {
        let nested = bits_of(&numbers).nested(offset, len);

        let inside: Model = (0..len).filter(|number| numbers.contains(&(offset + number))).collect();
        prop_assert_eq!(numbers_of(nested), inside.clone());
        prop_assert_eq!(nested.is_empty(), inside.is_empty());
    }

    #[test]
    fn the_bits_of_a_nested_entity_come_after_those_before_it(
        numbers in bits(),
        nested in bits(),
        offset in 0..=Bits::CAPACITY,
    ) {
        let both = bits_of(&numbers).with_nested(offset, bits_of(&nested));

        let inside = nested.iter().map(|number| offset + number).filter(|number| *number < Bits::CAPACITY);
        prop_assert_eq!(numbers_of(both), numbers.iter().copied().chain(inside).collect::<Model>());
    }

    #[test]
    fn a_field_comes_back_from_its_name(number in 0..FIELDS) {
        let field = Field::ALL[number];

        prop_assert_eq!(field.index(), number);
        prop_assert_eq!(field.name().parse::<Field>().unwrap(), field);
        prop_assert_eq!(serde_json::from_value::<Field>(serde_json::to_value(field).unwrap()).unwrap(), field);
    }
}
