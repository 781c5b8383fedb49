//! `ProductDirty`: a flag per field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::field::nested_field;
use super::{bits_of, doc_of, first_leaf, has_types, hidden, is_nested, lints, nested, nested_clause, nested_set};
use crate::model::Entity;
use crate::naming;

pub fn item(entity: &Entity, docs: &[TokenStream]) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(entity), &entity.vis, &entity.names.dirty);
    let clause = nested_clause(entity, has_types);
    let about = doc_of(entity, "A flag per field of {}: whether it is modified.");
    let fields = entity.tracked().zip(docs).map(|((_, field, _), docs)| {
        let ident = naming::generated(&field.ident);
        let ty = if is_nested(field) { nested(&live, field, &quote!(Dirty)) } else { quote!(#live::bool) };
        let hidden = hidden(field);
        quote!(#docs #hidden pub #ident: #ty)
    });
    quote! {
        #about
        #lints
        #vis struct #name #clause { #(#fields),* }
    }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let live = entity.private();
    let (name, field_enum, clause) = (&entity.names.dirty, &entity.names.field, nested_clause(entity, has_types));
    let (from, to) = (from_set(entity), to_set(entity));
    quote! {
        #live::impl_dirty!(#name #field_enum #clause);

        #[automatically_derived]
        impl __live::From<__live::FieldSet<#field_enum>> for #name #clause {
            #[inline]
            fn from(__fields: __live::FieldSet<#field_enum>) -> Self {
                #from
            }
        }

        #[automatically_derived]
        impl __live::From<#name> for __live::FieldSet<#field_enum> #clause {
            #[inline]
            fn from(__flags: #name) -> Self {
                __live::FieldSet::from_bits(#to)
            }
        }
    }
}

fn from_set(entity: &Entity) -> TokenStream {
    let name = &entity.names.dirty;
    let idents = entity.tracked().map(|(_, field, _)| &field.ident);
    if !entity.has_nested() {
        let flags: Vec<_> = entity.tracked().map(|(place, ..)| format_ident!("__{place}")).collect();
        return quote! {
            let [#(#flags),*] = __live::flags(__fields.bits());
            #name { #(#idents: #flags),* }
        };
    }
    let fields = entity.tracked().map(|(place, field, _)| {
        let ident = &field.ident;
        if is_nested(field) {
            let set = nested_set(entity, &quote!(__bits), place);
            quote!(#ident: __live::From::from(#set))
        } else {
            let at = first_leaf(entity, place);
            quote!(#ident: __bits.has(#at))
        }
    });
    quote! {
        let __bits = __fields.bits();
        #name { #(#fields),* }
    }
}

fn to_set(entity: &Entity) -> TokenStream {
    let leaves = bits_of(entity, |_, field| {
        let ident = &field.ident;
        quote!(__flags.#ident)
    });
    let nested = entity.tracked().filter(|(_, field, _)| is_nested(field)).map(|(place, field, _)| {
        let (at, ident, inner) = (first_leaf(entity, place), &field.ident, nested_field(&quote!(__live), field));
        quote!(.with_nested(#at, __live::FieldSet::<#inner>::bits(__live::Into::into(__flags.#ident))))
    });
    quote!(#leaves #(#nested)*)
}
