//! What Rust's own attributes say that holds for generated items, or against them.

use proc_macro2::Group;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Meta, Token, parse_quote};

/// The documentation.
pub fn docs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("doc") && attr.meta.require_name_value().is_ok())
}

/// What `attrs` say of the use of what they stand at.
pub fn notes(attrs: &[Attribute]) -> Vec<Attribute> {
    let note = |attr: &Attribute| {
        let path = attr.path();
        if path.is_ident("deprecated") || path.is_ident("allow") {
            Some(attr.clone())
        } else if path.is_ident("expect") {
            // Whether it is met at a copy too, nobody knows.
            let lints = &attr.meta.require_list().ok()?.tokens;
            Some(parse_quote!(#[allow(#lints)]))
        } else {
            is_hidden(attr).then(|| parse_quote!(#[doc(hidden)]))
        }
    };
    attrs.iter().filter_map(note).collect()
}

/// Whether it is `#[doc(hidden)]`, alone or among others.
fn is_hidden(attr: &Attribute) -> bool {
    let words = |input: ParseStream<'_>| input.parse_terminated(Meta::parse, Token![,]);
    let is_hidden = |meta: &Meta| matches!(meta, Meta::Path(path) if path.is_ident("hidden"));
    attr.path().is_ident("doc") && attr.parse_args_with(words).is_ok_and(|words| words.iter().any(is_hidden))
}

/// The word in `#[repr(packed)]`, alone or with a number.
pub fn packed(attrs: &[Attribute]) -> Option<Ident> {
    let mut packed = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("repr")) {
        let words = attr.parse_nested_meta(|meta| {
            packed = meta.path.get_ident().filter(|word| *word == "packed").cloned().or(packed.take());
            // The number of `align(8)`.
            meta.input.parse::<Option<Group>>().map(drop)
        });
        // What is wrong with it, the compiler says.
        drop(words);
    }
    packed
}
