//! Every misuse, all of them collected. Each message stands at the narrowest place that the user can change, and says
//! what to do.

mod serde;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DataStruct, DeriveInput, Fields};

use crate::attr::Given;
use crate::error::Errors;
use crate::model::{Entity, Field, Kind};
use crate::types::{is_of_no_field, of_one_thread};

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
            errors.at(
                fields,
                format_args!(
                    "an entity has named fields: write `struct {name} {{ name: Type, … }}`, or make it a field of one"
                ),
            );
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
        let has_text = mentions(&input.data, |token| matches!(token, TokenTree::Ident(ident) if ident == "str"));
        let string = if has_text {
            format!("hold `String` in place of `&{lifetime} str`")
        } else {
            "hold what owns its value in place of what borrows it".to_owned()
        };
        let owned = if mentions(&input.data, |token| matches!(token, TokenTree::Ident(ident) if ident == "Cow")) {
            let in_a_cow = "write `'static` in its place in a `Cow`";
            if has_reference(&input.data) { format!("{string}, and {in_a_cow}") } else { in_a_cow.to_owned() }
        } else {
            string
        };
        errors.at(lifetime, format_args!("an entity owns its values: take `{lifetime}` away, and {owned}"));
    }
}

/// Whether there is a `&` in the type of a field.
pub fn has_reference(data: &Data) -> bool {
    mentions(data, |token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '&'))
}

/// Whether there is such a token in the type of a field.
fn mentions(data: &Data, is: impl Fn(&TokenTree) -> bool + Copy) -> bool {
    fn inside(tokens: TokenStream, is: impl Fn(&TokenTree) -> bool + Copy) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => inside(group.stream(), is),
            token => is(&token),
        })
    }
    let Data::Struct(data) = data else { return false };
    data.fields.iter().any(|field| inside(field.ty.to_token_stream(), is))
}

/// Whether what the derive generates for `entity` makes sense to the compiler, errors or not.
pub fn can_expand(entity: &Entity) -> bool {
    has_fields(entity)
        && entity.generics.lifetimes().next().is_none()
        && !entity.fields.iter().any(|field| field.borrows().is_some())
        && entity.packed.is_none()
}

/// Whether the generated types can have the fields of `entity`.
pub fn has_fields(entity: &Entity) -> bool {
    (1..=CAPACITY).contains(&entity.tracked().count()) && !entity.fields.iter().any(|field| is_of_no_field(&field.ty))
}

/// Checks the struct, and each of its fields. Where they are not the `whole` of it, nobody knows what it lacks.
pub fn entity(entity: &Entity, whole: bool, errors: &mut Errors) {
    if let Some(packed) = &entity.packed {
        let name = &entity.ident;
        errors.at(packed, format_args!("a form points to the fields of `{name}`, and nothing can point into a packed struct: take `{packed}` away"));
    }
    count(entity, whole, errors);
    names(entity, errors);
    one_of(entity, "id", errors);
    one_of(entity, "version", errors);
    serde::entity(entity, errors);
    for field in &entity.fields {
        contradictions(field, errors);
        serde::field(entity, field, errors);
        variant(field, errors);
        nested(field, errors);
        shared(field, errors);
    }
}

fn count(entity: &Entity, whole: bool, errors: &mut Errors) {
    let (name, count) = (&entity.ident, entity.tracked().count());
    // What `flatten` spreads is to become an entity, with fields of its own.
    if whole && count == 0 && !entity.fields.iter().any(Field::is_refused_flat) {
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

/// Two generated types of one name, or one with the name of the struct or of a field's type.
fn names(entity: &Entity, errors: &mut Errors) {
    for Given { key, value } in &entity.names.taken {
        errors.at(value, format_args!("`{key}` names a new type, and `{value}` is taken: choose another name"));
    }
    for Given { key, value } in &entity.names.spelt {
        errors.at(
            value,
            format_args!(
                "`{value}` is a field's type, and the derive generates one of that name: give it another with `#[live({key} = Name)]`"
            ),
        );
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

/// The pairs that a field has.
fn pairs(field: &Field) -> impl Iterator<Item = (&'static str, &Ident, &'static str, &'static str)> {
    PAIRS.iter().filter_map(|(one, other, why)| {
        field.live.key(one)?;
        Some((*one, field.live.key(other)?, *other, *why))
    })
}

/// Whether the field has something that an id cannot be beside.
pub fn is_no_id(field: &Field) -> bool {
    pairs(field).any(|(one, ..)| one == "id")
}

fn contradictions(field: &Field, errors: &mut Errors) {
    for (one, key, other, why) in pairs(field) {
        errors.at(key, format_args!("`{one}` and `{other}` on `{}`: {why}", field.name()));
    }
}

fn variant(field: &Field, errors: &mut Errors) {
    let (ident, name) = (&field.ident, field.name());
    if !matches!(field.kind(), Kind::Leaf | Kind::Nested) {
        return;
    }
    match (&field.variant, &field.namesake) {
        (None, _) => errors.at(ident, format_args!("no variant can be named after `{name}`: give the field another name")),
        // The compiler says that it is declared twice.
        (Some(_), Some(first)) if first == ident => {}
        (Some(variant), Some(first)) => errors.at(
            ident,
            format_args!("`{}` and `{name}` both give the variant `{variant}`: give one of them another name, and keep the record's with `#[serde(rename = \"…\")]`", first.unraw()),
        ),
        (Some(_), None) => {}
    }
}

/// A nested entity whose type depends on a parameter: the enum of the fields would have to be generic.
fn nested(field: &Field, errors: &mut Errors) {
    let nested: Option<&Ident> = field.live.nested.as_ref();
    if field.kind() == Kind::Leaf
        && let (Some(key), Some(what)) = (nested, field.no_entity())
    {
        let name = field.name();
        errors.at(key, format_args!("`nested` on `{name}` goes into a struct, or an `Option` of one, and {what}"));
        return;
    }
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

/// What no other thread may see.
fn shared(field: &Field, errors: &mut Errors) {
    if let Some(holder) = of_one_thread(&field.ty) {
        let (holder_is, instead) = if holder == "Rc" {
            ("an `Rc`", "hold an `Arc` in its place")
        } else {
            ("a `RefCell`", "hold the value without it")
        };
        errors.at(holder, format_args!("a table's rows are read by all threads, and {holder_is} by one: {instead}"));
    }
}
