//! What is the same for all fields of one type: a function per type in place of code per field. Finding out how a type is
//! compared, and whether it can be shown, is what costs the compiler most.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::is_nested;
use crate::model::{Entity, Field};

/// The functions.
pub fn functions(entity: &Entity) -> TokenStream {
    let mut types: BTreeMap<usize, &Field> = BTreeMap::new();
    for (_, field, _) in entity.tracked().filter(|(_, field, _)| !is_nested(field)) {
        let Some(number) = field.shared_type else { continue };
        let first = types.entry(number).or_insert(field);
        // An error stands at a field that is compared.
        if !is_compared(first) {
            *first = field;
        }
    }
    let functions = types.into_iter().map(|(number, field)| {
        let (same, show, ty) = (same_name(number), show_name(number), &field.ty);
        let same = is_compared(field).then(|| {
            let body = quote_spanned!(ty.span()=> (&__live::Comparing(one)).same(other));
            quote!(#[inline] fn #same(one: &#ty, other: &#ty) -> __live::core::primitive::bool { #body })
        });
        quote! {
            #same
            #[inline]
            fn #show<'v>(value: &'v #ty) -> &'v dyn __live::core::fmt::Debug { (&__live::Showing(value)).shown() }
        }
    });
    quote! {
        #[allow(unused_imports)]
        use __live::{ByDebug as _, ByDots as _, ByEquality as _, ByNothing as _, ByTotalOrder as _};
        #(#functions)*
    }
}

/// Whether the type compares its values: not where the user does, nor where it was to be an entity and is none, which is
/// said.
fn is_compared(field: &Field) -> bool {
    field.live.eq.is_none() && field.live.nested.is_none()
}

fn same_name(number: usize) -> Ident {
    format_ident!("__same_{number}")
}

fn show_name(number: usize) -> Ident {
    format_ident!("__show_{number}")
}

/// Whether the field's values `one` and `other` are the same.
pub fn same(field: &Field, one: &TokenStream, other: &TokenStream) -> TokenStream {
    if !is_compared(field) {
        return quote!(true);
    }
    let here = || quote_spanned!(field.ty.span()=> (&__live::Comparing(#one)).same(#other));
    field.shared_type.map(same_name).map_or_else(here, |same| quote!(#same(#one, #other)))
}

/// The function that shows the field's values.
pub fn show(field: &Field) -> TokenStream {
    let here = || quote!(|value| (&__live::Showing(value)).shown());
    field.shared_type.map(show_name).map_or_else(here, |show| quote!(#show))
}
