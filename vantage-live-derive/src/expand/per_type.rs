//! What is the same for all fields of one type: a function per type in place of code per field. Finding out how a type is
//! compared, and whether it can be shown, is what costs the compiler most.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

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
    let v = entity.lifetime("'__v");
    let functions = types.into_iter().map(|(number, field)| {
        let (same, show, ty) = (same_name(number), show_name(number), &field.ty);
        let spelt = quote!(__live::Itself<#ty>);
        let same = is_compared(field).then(|| {
            // Named where they are used: at the span of a type that a macro has from elsewhere, others would be meant.
            let [one, other] = ["__one", "__other"].map(|name| Ident::new(name, ty.span()));
            let body = compared(ty, &quote!(#one), &quote!(#other));
            quote!(#[inline] fn #same(#one: &#spelt, #other: &#spelt) -> __live::bool { #body })
        });
        quote! {
            #same
            #[inline]
            fn #show<#v>(__value: &#v #spelt) -> &#v dyn __live::Debug { (&__live::Showing(__value)).__live_shown() }
        }
    });
    quote! {
        use __live::{ByDebug as _, ByDots as _, ByEquality as _, ByNothing as _, ByTotalOrder as _};
        #(#functions)*
    }
}

/// Whether the type compares its values: not where the user does, nor where it was to be an entity and is none, which is
/// said, nor where it is not known whether it was to be compared.
fn is_compared(field: &Field) -> bool {
    field.live.eq.is_none() && field.live.nested.is_none() && !field.is_refused()
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
    let here = || compared(&field.ty, one, other);
    field.shared_type.map(same_name).map_or_else(here, |same| quote!(#same(#one, #other)))
}

/// The comparison, at the type of what is compared.
fn compared(ty: &Type, one: &TokenStream, other: &TokenStream) -> TokenStream {
    quote_spanned!(ty.span()=> (&__live::Comparing(#one)).__live_same(#other))
}

/// How the values of a variant are shown.
pub enum Show {
    /// By the function for all fields of the type.
    By(Ident),
    /// Each where it stands, by [`show`].
    Here,
}

/// A value where it stands, shown.
pub fn show(value: &TokenStream) -> TokenStream {
    quote!((&__live::Showing(#value)).__live_shown())
}

/// The body of a function that shows a variant. There is an arm for all fields of a type: `pattern` is that of some
/// variants, `values` an array of what is shown, `all` what is done with it. A nested variant shows itself and returns; where
/// there is no other, nothing may stand behind.
pub fn shown<'e>(
    entity: &'e Entity,
    pattern: impl Fn(&[&Ident]) -> TokenStream,
    values: impl Fn(Show) -> TokenStream,
    all: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let mut arms = Vec::new();
    let mut types: BTreeMap<usize, Vec<&'e Ident>> = BTreeMap::new();
    for (_, field, variant) in entity.tracked() {
        if is_nested(field) {
            let name = variant.to_string();
            let shown = show(&quote!(__inner));
            arms.push(quote!(Self::#variant(ref __inner) => return __live::debug_nested(__f, #name, #shown)));
        } else if let Some(number) = field.shared_type {
            types.entry(number).or_default().push(variant);
        } else {
            let (pattern, values) = (pattern(&[variant]), values(Show::Here));
            arms.push(quote!(#pattern => #values));
        }
    }
    for (number, variants) in types {
        let (pattern, values) = (pattern(&variants), values(Show::By(show_name(number))));
        arms.push(quote!(#pattern => #values));
    }
    let shown = quote!(match *self { #(#arms),* });
    if entity.tracked().all(|(_, field, _)| is_nested(field)) { shown } else { all(shown) }
}
