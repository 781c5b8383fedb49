//! What a user may write in attributes: `#[live(…)]` on the struct and on its fields, and the part of `#[serde(…)]`
//! that decides how the record looks; and of Rust's own, what holds for generated items too.
//!
//! Nothing is judged here but single attributes; what contradicts what is `check`'s.

mod entity;
mod field;
pub mod rust;
mod serde;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Path, Token, parenthesized, token};

pub use self::entity::EntityAttrs;
pub use self::field::FieldAttrs;
pub use self::serde::{EntitySerde, FieldSerde};

use crate::error::Errors;

/// An attribute's value, and its key as the user wrote it.
pub struct Given<T> {
    pub key: Ident,
    pub value: T,
}

/// One entry of an attribute's list: `key`, `key = value` or `key(list)`.
struct Entry {
    key: Ident,
    value: Value,
}

enum Value {
    None,
    Is(Box<Expr>),
    /// `None` where it is one of something else.
    List(Option<Vec<Entry>>),
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any).map_err(|error| {
            let message = "a name is expected here, as in `id` or `label = \"…\"`";
            syn::Error::new(error.span(), message)
        })?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(syn::Error::new(key.span(), format_args!("`{key}` has no value behind `=`: write one")));
            }
            Value::Is(Box::new(input.parse()?))
        } else if input.peek(token::Paren) {
            let list;
            parenthesized!(list in input);
            let ahead = list.fork();
            // A list of something else is still a list where none belongs, and hides no other mistake.
            let read = entries(&ahead).ok();
            list.parse::<TokenStream>()?;
            Value::List(read)
        } else if input.is_empty() || input.peek(Token![,]) {
            Value::None
        } else {
            return Err(
                input.error(format_args!("after `{key}` comes `=` or `,`: write `{key} = …`, or `{key}` alone"))
            );
        };
        Ok(Entry { key, value })
    }
}

fn entries(input: ParseStream<'_>) -> syn::Result<Vec<Entry>> {
    Ok(Punctuated::<Entry, Token![,]>::parse_terminated(input)?.into_iter().collect())
}

/// The entries of all `#[live(…)]` among `attrs`.
fn live_entries(attrs: &[Attribute], errors: &mut Errors) -> Vec<Entry> {
    let mut all = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("live")) {
        if attr.meta.require_list().is_err() {
            errors.at(attr, "`live` takes a list: write `#[live(…)]`");
            continue;
        }
        match attr.parse_args_with(entries) {
            Ok(entries) => all.extend(entries),
            Err(error) => errors.syntax(error),
        }
    }
    all
}

/// The entries of all `#[serde(…)]` among `attrs`. What cannot be read is passed over: serde says so itself.
fn serde_entries(attrs: &[Attribute]) -> Vec<Entry> {
    let serde = attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    serde.filter_map(|attr| attr.parse_args_with(entries).ok()).flatten().collect()
}

impl Entry {
    /// Puts the key into `slot`: an attribute without a value.
    fn flag(self, slot: &mut Option<Ident>, errors: &mut Errors) {
        let key = &self.key;
        match self.value {
            Value::None if slot.is_none() => *slot = Some(self.key),
            Value::None => twice(key, errors),
            Value::Is(_) | Value::List(_) => {
                errors.at(key, format_args!("`{key}` takes no value: write `{key}` alone"));
                slot.get_or_insert(self.key);
            }
        }
    }

    /// Puts a text into `slot`.
    fn text(self, slot: &mut Option<Given<LitStr>>, errors: &mut Errors) {
        let key = self.key;
        match self.value.literal() {
            Some(text) if text.value().trim().is_empty() => {
                errors.at(text, format_args!("`{key}` is empty: write a name, or take the attribute away"));
            }
            Some(value) => put(slot, Given { key, value }, errors),
            None => errors.at(&key, format_args!("`{key}` takes text: write `{key} = \"…\"`")),
        }
    }

    /// Puts a path into `slot`; `what` says to what.
    fn path(self, slot: &mut Option<Given<ExprPath>>, what: &str, errors: &mut Errors) {
        let key = self.key;
        match self.value {
            Value::Is(expr) => match ungrouped(*expr) {
                Expr::Path(value) => put(slot, Given { key, value }, errors),
                other => errors
                    .at(other, format_args!("`{key}` takes the path of {what}: write `{key} = path`, without quotes")),
            },
            Value::None | Value::List(_) => {
                errors.at(&key, format_args!("`{key}` takes the path of {what}: write `{key} = path`"));
            }
        }
    }

    /// Puts the path of a module into `slot`; `what` says which.
    fn module(self, slot: &mut Option<Given<Path>>, what: &str, errors: &mut Errors) {
        let mut path = None;
        let key = self.key.clone();
        self.path(&mut path, what, errors);
        if let Some(Given { value: path, .. }) = path {
            let mut segments = path.path.segments.iter();
            if path.qself.is_none() && segments.all(|segment| segment.arguments.is_none() && segment.ident != "Self") {
                put(slot, Given { key, value: path.path }, errors);
            } else {
                errors
                    .at(&path, format_args!("`{key}` takes the path of {what}, which is a module: write names alone"));
            }
        }
    }

    /// Puts the name of a type into `slot`.
    fn name(self, slot: &mut Option<Given<Ident>>, errors: &mut Errors) {
        let key = self.key;
        let message =
            format!("`{key}` names a new type beside the struct: write `{key} = Name`, one name without quotes");
        let Value::Is(expr) = self.value else { return errors.at(&key, message) };
        // `Self`, `self`, `super` and `crate` are paths, but no names.
        match syn::parse2::<Ident>(ungrouped((*expr).clone()).to_token_stream()) {
            Ok(value) => put(slot, Given { key, value }, errors),
            Err(_) => errors.at(&*expr, message),
        }
    }
}

impl Value {
    fn literal(&self) -> Option<LitStr> {
        let Value::Is(expr) = self else { return None };
        match ungrouped((**expr).clone()) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
            _ => None,
        }
    }
}

/// A value that came through a `macro_rules!` macro stands in an invisible group.
fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}

fn put<T>(slot: &mut Option<Given<T>>, given: Given<T>, errors: &mut Errors) {
    match slot {
        None => *slot = Some(given),
        Some(_) => twice(&given.key, errors),
    }
}

fn twice(key: &Ident, errors: &mut Errors) {
    errors.at(key, format_args!("`{key}` is given twice: keep one"));
}

/// What to say of an attribute that nobody knows: where it belongs, or which one was meant.
fn unknown(key: &Ident, is_on_field: bool) -> String {
    let name = key.to_string();
    let (known, elsewhere, there) = if is_on_field {
        (field::KNOWN, entity::KNOWN, "the struct")
    } else {
        (entity::KNOWN, field::KNOWN, "a field")
    };
    if elsewhere.contains(&name.as_str()) {
        return format!("`{name}` belongs on {there}: move it there");
    }
    if name == "merge" {
        return "`merge` is not there yet: take it away, and decide conflicts in the program".to_owned();
    }
    if let Some(hint) = serde::hint(&name, is_on_field) {
        return hint;
    }
    match nearest(&name, known) {
        Some(near) => format!("unknown attribute `{name}`; did you mean `{near}`?"),
        None => format!("unknown attribute `{name}`; known here are `{}`", known.join("`, `")),
    }
}

/// The known name that is so near that a slip of the finger explains the difference.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let name = name.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&name, known);
    let near = known.iter().copied().min_by_key(|known| distance(known))?;
    let bound = (near.len().max(name.len()) / 3).max(1);
    (distance(near) <= bound).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["id", "skip", "readonly", "version", "nested", "label", "eq"];

    #[test]
    fn a_slip_finds_the_nearest_name() {
        for (slip, meant) in [
            ("nestd", "nested"),
            ("lable", "label"),
            ("read_only", "readonly"),
            ("Skip", "skip"),
            ("ID", "id"),
            ("versoin", "version"),
        ] {
            assert_eq!(nearest(slip, KNOWN), Some(meant), "{slip}");
        }
    }

    #[test]
    fn a_stranger_finds_none() {
        for stranger in ["table", "primary_key", "x"] {
            assert_eq!(nearest(stranger, KNOWN), None, "{stranger}");
        }
    }
}
