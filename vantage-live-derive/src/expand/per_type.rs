//! What is the same for all fields of one type: once per type in place of once per field. Finding out how a type is compared,
//! and whether it can be shown, is what costs the compiler most.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::is_nested;
use crate::model::{Entity, Field};
use crate::types;

/// A leaf with its place among the tracked fields, and its variant.
pub type Leaf<'e> = (usize, &'e Field, &'e Ident);

/// The leaves, those of one type together.
pub fn types(entity: &Entity) -> Vec<Vec<Leaf<'_>>> {
    let mut types: Vec<Vec<Leaf<'_>>> = Vec::new();
    let mut known = HashMap::new();
    for leaf in entity.tracked().filter(|(_, field, _)| !is_nested(field)) {
        let new = types.len();
        let at = leaf.1.shared_type.map_or(new, |number| *known.entry(number).or_insert(new));
        match types.get_mut(at) {
            Some(leaves) => leaves.push(leaf),
            None => types.push(vec![leaf]),
        }
    }
    types
}

/// Whether the type compares its values: not where the user does, nor where it was to be an entity and is none, which is
/// said, nor where it is not known, and said, whether it was to be compared. What serde alone is to refuse is compared: should
/// it take that, no change is to be lost.
pub fn is_compared(field: &Field) -> bool {
    field.live.eq.is_none() && field.live.nested.is_none() && !field.live.is_refused
}

/// The statements that find out which fields are the same in both, each under its [`same`]. An error stands at the first field
/// of the type that is compared.
pub fn compared(entity: &Entity) -> TokenStream {
    let compared = types(entity).into_iter().filter_map(|mut leaves| {
        leaves.retain(|(_, field, _)| is_compared(field) && !field.is_primitive());
        let span = leaves.first()?.1.ty.span();
        let same = leaves.iter().map(|(place, ..)| same(*place));
        let idents: Vec<_> = leaves.iter().map(|(_, field, _)| &field.ident).collect();
        // Named where they are used: at the span of a type that a macro has from elsewhere, others would be meant.
        let [ones, others] = ["__ones", "__others"].map(|name| Ident::new(name, span));
        let call = quote_spanned!(span=> (&__live::Comparing(#ones)).__live_same(#others));
        Some(quote! {
            let #ones = [#(&self.#idents),*];
            let #others = [#(&__other.#idents),*];
            let [#(#same),*] = #call;
        })
    });
    compared.collect()
}

/// Whether the field differs, where it is of one of the language's own types: no trait has to be looked for then. What has any
/// other name may be something else, by an alias too, and have floats in it.
pub fn differs(field: &Field) -> Option<TokenStream> {
    let ident = &field.ident;
    (is_compared(field) && field.is_primitive()).then(|| {
        if types::is_float(&field.spelt) {
            quote!(!__live::TotalOrder::same_value(&self.#ident, &__other.#ident))
        } else {
            quote!(self.#ident != __other.#ident)
        }
    })
}

/// Whether the field at `place` is the same in both, where that is [`compared`].
pub fn same(place: usize) -> Ident {
    format_ident!("__{place}")
}

/// The `values`, an array of what has one type, to be printed; where it is known to have `Debug`, nobody has to look for it.
fn show(values: &TokenStream, is_known: bool) -> TokenStream {
    if is_known { quote!(__live::shown(#values)) } else { quote!((&__live::Showing(#values)).__live_shown()) }
}

/// The body of a function that shows a variant. There is an arm for all fields of a type: `pattern` is that of some variants,
/// `values` an array of what they hold, `all` what is done with it. A nested variant shows itself and returns; where there is
/// no other, nothing may stand behind.
pub fn shown(
    entity: &Entity,
    pattern: impl Fn(&[&Ident]) -> TokenStream,
    values: &TokenStream,
    all: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let nested = entity.tracked().filter(|(_, field, _)| is_nested(field)).map(|(_, _, variant)| {
        let (name, shown) = (variant.to_string(), show(&quote!([__inner]), false));
        quote!(Self::#variant(ref __inner) => return __live::debug_nested(__f, #name, #shown))
    });
    let types = types(entity);
    let leaves = types.iter().map(|leaves| {
        let variants: Vec<_> = leaves.iter().map(|(_, _, variant)| *variant).collect();
        let is_known = leaves.first().is_some_and(|(_, field, _)| field.is_primitive());
        let (pattern, shown) = (pattern(&variants), show(values, is_known));
        quote!(#pattern => #shown)
    });
    let arms = nested.chain(leaves);
    let shown = quote!(match *self { #(#arms),* });
    if types.is_empty() { shown } else { all(shown) }
}
