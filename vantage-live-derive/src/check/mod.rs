//! Every misuse, all of them collected. Each message stands at the narrowest place that the user can change, and says
//! what to do.

use std::collections::HashMap;

use proc_macro2::Ident;
use syn::{Data, DataStruct, DeriveInput, Fields};

use crate::attr::Given;
use crate::error::Errors;
use crate::model::{Entity, Field, Kind};

/// As `Bits::CAPACITY` of the library, which checks it again where there are nested entities.
pub const CAPACITY: usize = 256;

/// Checks that the input is a struct with named fields that owns its values.
pub fn shape(input: &DeriveInput, errors: &mut Errors) {
    let name = &input.ident;
    match &input.data {
        Data::Enum(data) => errors.at(
            data.enum_token,
            format_args!("`{name}` is an enum, and an entity is a struct with named fields: make it a field of one"),
        ),
        Data::Union(data) => errors.at(
            data.union_token,
            format_args!("`{name}` is a union, and an entity is a struct with named fields: make it one"),
        ),
        Data::Struct(DataStruct { fields: Fields::Unnamed(fields), .. }) => {
            errors.at(fields, format_args!("an entity has named fields: write `struct {name} {{ name: Type, … }}`"));
        }
        Data::Struct(DataStruct { fields: Fields::Unit, .. }) => {
            errors.at(
                name,
                format_args!(
                    "`{name}` has no fields, and an entity has at least one: write `struct {name} {{ name: Type, … }}`"
                ),
            );
        }
        Data::Struct(_) => {}
    }
    for param in input.generics.lifetimes() {
        let lifetime = &param.lifetime;
        errors.at(
            lifetime,
            format_args!(
                "an entity owns its values: take `{lifetime}` away, and hold `String` in place of `&{lifetime} str`"
            ),
        );
    }
}

/// Whether what the derive generates for `entity` makes sense to the compiler, errors or not.
pub fn can_expand(entity: &Entity) -> bool {
    (1..=CAPACITY).contains(&entity.tracked().count()) && entity.generics.lifetimes().next().is_none()
}

/// Checks the struct as a whole, and each of its fields.
pub fn entity(entity: &Entity, errors: &mut Errors) {
    count(entity, errors);
    names(entity, errors);
    one_of(entity, "id", errors);
    one_of(entity, "version", errors);
    wire_names(entity, errors);
    reshaping(entity, errors);
    for field in &entity.fields {
        contradictions(field, errors);
        serde_contradictions(field, errors);
        variant(field, errors);
        nested(field, errors);
    }
}

fn count(entity: &Entity, errors: &mut Errors) {
    let (name, count) = (&entity.ident, entity.tracked().count());
    if count == 0 {
        let message = "nothing of `{}` can change: an entity has at least one field beside its id and the skipped ones";
        errors.at(name, message.replace("{}", &name.to_string()));
    }
    if count > CAPACITY {
        errors.at(
            name,
            format_args!("`{name}` has {count} fields, and an entity has at most {CAPACITY}: put some into a struct that is saved as a whole"),
        );
    }
}

/// Two generated types of one name, or one with the name of the struct.
fn names(entity: &Entity, errors: &mut Errors) {
    for Given { key, value } in &entity.names.taken {
        errors.at(value, format_args!("`{key}` names a new type, and `{value}` is taken: choose another name"));
    }
}

/// Two ids, two versions.
fn one_of(entity: &Entity, key: &str, errors: &mut Errors) {
    let mut marked = entity.fields.iter().filter_map(|field| Some((field, field.live.key(key)?)));
    let Some((first, _)) = marked.next() else { return };
    for (other, key) in marked {
        let (first, other) = (first.name(), other.name());
        errors.at(
            key,
            format_args!("two `#[live({key})]` fields; an entity has one: keep it on `{first}` or on `{other}`"),
        );
    }
}

/// Names in the record that differ between writing and reading, or that two fields share.
fn wire_names(entity: &Entity, errors: &mut Errors) {
    let (write, read) = entity.serde.rules();
    if let Some(all) = entity.serde.rename_all.as_ref().filter(|_| write != read) {
        errors.at(&all.key, "a field has one name in the record, written or read: give one rule, `rename_all = \"…\"`");
    }
    let mut seen: HashMap<&str, &Field> = HashMap::new();
    for field in entity.fields.iter().filter(|field| field.serde.skipped().is_none()) {
        let (written, read) = &field.wire;
        let place = field.serde.rename.as_ref().map_or(&field.ident, |rename| &rename.key);
        if written != read && field.is_tracked() && field.serde.rename.is_some() {
            errors.at(
                place,
                format_args!(
                    "`{}` is written as \"{written}\" and read as \"{read}\", and a record has one name for it: \
                     write `rename = \"{written}\", alias = \"{read}\"`",
                    field.name()
                ),
            );
        }
        if let Some(first) = seen.insert(written, field) {
            let (first, name) = (first.name(), field.name());
            errors.at(
                place,
                format_args!("`{first}` and `{name}` are both \"{written}\" in the record: rename one of them"),
            );
        }
    }
}

/// serde's attributes that make something else of the record than the struct's fields.
fn reshaping(entity: &Entity, errors: &mut Errors) {
    for key in &entity.serde.reshaping {
        let message = match key.to_string().as_str() {
            "transparent" => "makes the record of one field's value, and a record is an object: take it away",
            "tag" => "writes a field that the struct does not have: take it away, or make the tag a field",
            "remote" => "derives for a type of somebody else's: take it away, and derive on a struct of your own",
            _ => "puts another type's record in place of this struct's fields: derive `LiveEntity` on that type",
        };
        errors.at(key, format_args!("`{key}` {message}"));
    }
}

/// Attributes of which a field has one at most, and why.
const PAIRS: &[(&str, &str, &str)] = &[
    ("id", "skip", "the table fills the id in: take `skip` away"),
    ("id", "readonly", "nobody writes the id anyway: take `readonly` away"),
    ("id", "version", "a version changes and an id does not: keep one of them"),
    ("id", "nested", "an id is one value: take `nested` away"),
    ("id", "label", "the id is not among the fields that have labels: take `label` away"),
    ("id", "eq", "ids are not compared field by field: take `eq` away"),
    ("skip", "readonly", "what is skipped is the program's own, what is read-only the store's: keep one of them"),
    ("skip", "version", "a version has to be tracked: take `skip` away"),
    ("skip", "nested", "what is skipped has no fields: keep one of them"),
    ("skip", "label", "what is skipped is not among the fields that have labels: take `label` away"),
    ("skip", "eq", "what is skipped is not compared: take `eq` away"),
    ("nested", "version", "a version is one value: take `nested` away"),
    ("nested", "eq", "a nested entity is compared field by field: put `eq` on its fields, or take `nested` away"),
];

fn contradictions(field: &Field, errors: &mut Errors) {
    for (one, other, why) in PAIRS {
        if let (Some(_), Some(key)) = (field.live.key(one), field.live.key(other)) {
            errors.at(key, format_args!("`{one}` and `{other}` on `{}`: {why}", field.name()));
        }
    }
}

/// serde's attributes on a field that is tracked.
fn serde_contradictions(field: &Field, errors: &mut Errors) {
    let (name, serde) = (field.name(), &field.serde);
    if let Some(key) = &serde.flatten {
        errors.at(
            key,
            format_args!("`flatten` spreads `{name}` over the record: make it an object with `#[live(nested)]`, or move its fields here"),
        );
    }
    if let Some(skipped) = serde.skipped() {
        for key in ["readonly", "version", "nested", "label", "eq"].iter().filter_map(|key| field.live.key(key)) {
            errors.at(
                key,
                format_args!(
                    "`{key}` on `{name}`, which serde's `{skipped}` keeps out of the record: keep one of them"
                ),
            );
        }
        return;
    }
    if field.live.id.is_some() || field.live.skip.is_some() {
        return;
    }
    for (key, what) in [(&serde.skip_serializing, "written"), (&serde.skip_deserializing, "read")] {
        if let Some(key) = key {
            errors.at(
                key,
                format_args!("`{name}` is tracked but never {what}: add `#[live(skip)]`, or take `{key}` away"),
            );
        }
    }
    if field.live.nested.is_some() {
        for key in &serde.whole {
            errors.at(
                key,
                format_args!(
                    "`{key}` decides on `{name}` as a whole, `nested` goes into it field by field: keep one of them"
                ),
            );
        }
    }
}

fn variant(field: &Field, errors: &mut Errors) {
    let (ident, name) = (&field.ident, field.name());
    if !matches!(field.kind(), Kind::Leaf | Kind::Nested) {
        return;
    }
    match (&field.variant, &field.namesake) {
        (None, _) => errors.at(ident, format_args!("no variant can be named after `{name}`: give the field another name")),
        (Some(variant), Some(first)) => errors.at(
            ident,
            format_args!("`{first}` and `{name}` both give the variant `{variant}`: give one of them another name, and keep the record's with `#[serde(rename = \"…\")]`"),
        ),
        (Some(_), None) => {}
    }
}

/// A nested entity whose type depends on a parameter: the enum of the fields would have to be generic.
fn nested(field: &Field, errors: &mut Errors) {
    let nested: Option<&Ident> = field.live.nested.as_ref();
    if let (Some(key), Some(parameter)) = (nested, &field.parameter) {
        errors.at(
            key,
            format_args!(
                "the fields of `{}` depend on `{parameter}`, and the names of an entity's fields do not: name a type \
                 without it, or take `nested` away",
                field.name()
            ),
        );
    }
}
