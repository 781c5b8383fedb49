//! What serde is told and a record of fields cannot follow. What serde refuses itself is not looked at.

use std::collections::HashMap;

use proc_macro2::Ident;
use syn::LitStr;

use crate::attr::{EntitySerde, Given};
use crate::error::Errors;
use crate::model::{Entity, Field};

/// serde's attributes on the struct, and the names that its fields have in the record.
pub fn entity(entity: &Entity, errors: &mut Errors) {
    reshaping(&entity.serde, errors);
    let (write, read) = entity.serde.rules();
    if let Some(all) = entity.serde.rename_all.as_ref().filter(|_| write != read) {
        errors.at(&all.key, "a field has one name in the record, written or read: give one rule, `rename_all = \"…\"`");
    }
    if let (Some(tag), Some(key)) = (&entity.serde.tag, &entity.serde.deny_unknown_fields) {
        let tag = tag.value.value();
        errors.at(
            key,
            format_args!(
                "serde writes the tag \"{tag}\", and refuses to read it with `{key}`: take one of the two away"
            ),
        );
    }
    let flat = entity.fields.iter().find(|field| field.is_flat() && field.serde.skipped().is_none());
    if let (Some(flat), Some(key)) = (flat, &entity.serde.deny_unknown_fields) {
        let name = flat.name();
        errors.at(
            key,
            format_args!(
                "serde has no `{key}` beside a `flatten`, and may refuse to read what it writes of `{name}`: take one of \
                 the two away"
            ),
        );
    }
    for field in entity.fields.iter().filter(|field| entity.serde.panics_at(&field.name(), &field.serde)) {
        let name = field.name();
        errors.at(
            &field.ident,
            format_args!(
                "serde panics where it is to write `{name}` in camelCase, for want of a first letter from `a` to `z`: put \
                 `#[serde(rename = \"…\")]` on it"
            ),
        );
    }
    names(entity, errors);
}

/// Attributes that make something else of the record than the struct's fields.
fn reshaping(serde: &EntitySerde, errors: &mut Errors) {
    for Given { key, value } in &serde.reshaping {
        let named = value.as_ref().map(LitStr::value);
        let message = match (key.to_string().as_str(), named.as_deref()) {
            ("transparent", _) => {
                "makes the record of one field's value, and a record is an object: take it away, or make \
                                   the struct a field of an entity"
                    .to_owned()
            }
            ("remote", Some("Self")) => "leaves the record to impls written by hand: take it and them away, so that \
                                         serde's two derives are the impls"
                .to_owned(),
            ("remote", _) => {
                "derives for a type of somebody else's: take it away, and derive on a struct of your own".to_owned()
            }
            (_, Some(named)) => {
                format!(
                    "puts the record of `{named}` in place of this struct's fields: derive `LiveEntity` on `{named}`"
                )
            }
            (_, None) => continue,
        };
        errors.at(key, format_args!("`{key}` {message}"));
    }
}

/// Names in the record that differ between writing and reading, or that two fields share.
fn names(entity: &Entity, errors: &mut Errors) {
    let tag = entity.tag();
    let mut seen: HashMap<&str, String> = HashMap::new();
    if !tag.is_empty() {
        seen.insert(&tag, "tag".to_owned());
    }
    let in_record = || entity.fields.iter().filter(|field| field.serde.skipped().is_none() && !field.is_flat());
    for field in in_record() {
        let (written, name) = (&field.wire.written, field.name());
        let place = field.serde.rename.as_ref().map_or(&field.ident, |rename| &rename.key);
        if let Some(Given { value: read, .. }) = field.wire.read.first()
            && !field.wire.is_read()
            && field.is_tracked()
            && field.serde.rename.is_some()
        {
            // What is nested is not read under another name.
            let alias = if field.live.nested.is_none() { format!(", alias = \"{read}\"") } else { String::new() };
            errors.at(
                place,
                format_args!(
                    "`{name}` is written as \"{written}\" and read as \"{read}\", and a record has one name for it: \
                     write `rename = \"{written}\"{alias}`"
                ),
            );
        }
        if let Some(first) = seen.insert(written, name.clone())
            // Where it is declared twice, the compiler says so.
            && first != name
        {
            let message = format!("`{first}` and `{name}` are both \"{written}\" in the record: rename one of them");
            errors.at(place, message);
        }
    }
    let mut read: HashMap<&str, String> = HashMap::new();
    for field in in_record() {
        for Given { key, value } in field.wire.others() {
            let name = field.name();
            let message = if let Some(other) = seen.get(value.as_str()) {
                format!("the alias \"{value}\" of `{name}` is what `{other}` is called in the record: take it away")
            } else if let Some(other) = read.insert(value, name.clone()) {
                format!("`{other}` and `{name}` are both read from \"{value}\": take it away from one of them")
            } else {
                continue;
            };
            errors.at(key, message);
        }
    }
}

/// serde's attributes on a field.
pub fn field(entity: &Entity, field: &Field, errors: &mut Errors) {
    if let Some(key) = &field.serde.borrow {
        errors.at(key, format_args!("`borrow` on `{}`: an entity owns its values: take `borrow` away", field.name()));
    }
    if let Some(instead) = field.borrows().filter(|_| field.serde.borrow.is_none())
        && entity.generics.lifetimes().next().is_none()
    {
        let name = field.name();
        errors.at(&field.ty, format_args!("`{name}` borrows from a record that is gone afterwards: {instead}"));
    }
    if let Some(skipped) = field.serde.skipped() {
        for key in ["readonly", "version", "nested", "label", "eq"].iter().filter_map(|key| field.live.key(key)) {
            let name = field.name();
            let why = format!("which serde's `{skipped}` keeps out of the record: keep one of them");
            errors.at(key, format_args!("`{key}` on `{name}`, {why}"));
        }
    } else if field.live.id.is_some() {
        id(field, errors);
        unread(entity, field, errors);
    } else if field.live.skip.is_some() {
        skip(entity, field, errors);
    } else {
        tracked(entity, field, errors);
    }
}

/// On the id, which the table fills in: nothing may stand between.
fn id(field: &Field, errors: &mut Errors) {
    let name = field.name();
    for key in field.serde.with.iter().chain(&field.serde.flatten) {
        errors.at(
            key,
            format_args!(
                "`{key}` on `{name}`: the table fills the id in as it is: take `{key}` away, or add `#[serde(skip)]`"
            ),
        );
    }
}

/// What serde writes and does not know when it reads.
fn unread(entity: &Entity, field: &Field, errors: &mut Errors) {
    if let (Some(key), Some(deny)) = (&field.serde.skip_deserializing, &entity.serde.deny_unknown_fields) {
        errors.at(
            key,
            format_args!(
                "serde writes `{}`, and refuses to read it with `{deny}`: put `skip` in place of `{key}`, or take \
                 `{deny}` away",
                field.name()
            ),
        );
    }
}

/// On a field of the program's own, which no record has.
fn skip(entity: &Entity, field: &Field, errors: &mut Errors) {
    let name = field.name();
    if let Some(key) = &field.live.skip
        && field.serde.reads()
        && !field.is_flat()
        && !field.may_be_missing(&entity.serde)
    {
        let message = format_args!("no record has the skipped `{name}`: add `#[serde(skip)]`, or `#[serde(default)]`");
        errors.at(key, message);
    }
    unread(entity, field, errors);
    let is_lost = field.serde.writes() && field.serde.reads() && !field.is_flat() && !field.wire.is_read();
    let rename = field.serde.rename.as_ref().filter(|_| is_lost);
    if let (Some(rename), Some(deny)) = (rename, &entity.serde.deny_unknown_fields) {
        let written = &field.wire.written;
        errors.at(
            &rename.key,
            format_args!(
                "serde writes `{name}` as \"{written}\", and refuses to read that with `{deny}`: write \
                 `rename = \"{written}\"`, or take `{deny}` away"
            ),
        );
    }
}

fn tracked(entity: &Entity, field: &Field, errors: &mut Errors) {
    let (name, serde) = (field.name(), &field.serde);
    if let Some(key) = &serde.skip_serializing {
        // What serde leaves out lest it be sent, a program may still want to show.
        let instead = if field.is_readonly() {
            format!("take `{key}` away")
        } else {
            format!("put `#[live(readonly)]` in place of `{key}` where the store alone sets it")
        };
        errors.at(key, format_args!("`{name}` is tracked but never written: add `#[live(skip)]`, or {instead}"));
    }
    if let Some(key) = &serde.skip_deserializing {
        let is_key = entity.id().is_none() && (name == "id" || field.wire.written == "id");
        let id = if is_key { "add `#[live(id)]` where it is the record's key, " } else { "" };
        errors
            .at(key, format_args!("`{name}` is tracked but never read: {id}add `#[live(skip)]`, or take `{key}` away"));
    }
    if let Some(key) = serde.flatten.as_ref().filter(|_| field.live.nested.is_none()) {
        let nested = if field.is_option() {
            ", where nothing tells whether it is there: take the `Option` away and add `#[live(nested)]` where it is an \
             entity, add"
        } else {
            ": add `#[live(nested)]` where it is an entity,"
        };
        errors.at(
            key,
            format_args!(
                "`flatten` spreads `{name}` over the record{nested} `#[live(skip)]` where it takes in the columns that the \
                 struct does not know, or take `flatten` away where it is neither"
            ),
        );
        return;
    }
    match &field.live.nested {
        Some(nested) => inside(field, nested, errors),
        None => missing(entity, field, errors),
    }
}

/// On a nested entity, which is written field by field.
fn inside(field: &Field, nested: &Ident, errors: &mut Errors) {
    let (name, serde) = (field.name(), &field.serde);
    let unless_none = serde.skip_serializing_if.as_ref().filter(|given| !(field.is_option() && is_none(given)));
    for key in serde.with.iter().chain(unless_none.map(|given| &given.key)) {
        let what = format!("`{key}` decides on `{name}` as a whole, `{nested}` goes into it field by field");
        errors.at(key, format_args!("{what}: keep one of them"));
    }
    if let Some(Given { key, .. }) = field.wire.others().next().filter(|_| field.wire.is_read()) {
        errors.at(
            key,
            format_args!(
                "`alias` on the nested `{name}`: what is saved field by field under one name cannot stand under another: \
                 take `alias` away, or `{nested}`"
            ),
        );
    }
}

/// Whether serde writes nothing for `None`, and for nothing else.
fn is_none(given: &Given<Option<syn::LitStr>>) -> bool {
    let text = given.value.as_ref().map(syn::LitStr::value).unwrap_or_default();
    let of = text.split('<').next().map(|path| path.trim_end_matches("::"));
    of.is_some_and(|path| path == "Option" || path.ends_with("::Option")) && text.ends_with("::is_none")
        || text == "Option::is_none"
        || text.ends_with("::Option::is_none")
}

/// What serde leaves out of a record, it must be able to read.
fn missing(entity: &Entity, field: &Field, errors: &mut Errors) {
    if let Some(given) = field.serde.skip_serializing_if.as_ref().filter(|_| !field.may_be_missing(&entity.serde)) {
        errors.at(
            &given.key,
            format_args!("a record that `{}` was left out of has to be read again: add `default` here", field.name()),
        );
    }
}
