//! `ProductDirty`: a flag per field.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc_field, doc_of, first_leaf, is_nested, lints, nested, nested_clause, nested_set};
use crate::model::Entity;

pub fn item(entity: &Entity) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(), &entity.vis, &entity.names.dirty);
    let clause = nested_clause(entity);
    let docs = doc_of(entity, "A flag per field of {}: whether it is modified.");
    let fields = entity.tracked().map(|(_, field, _)| {
        let (docs, ident) = (doc_field(field), &field.ident);
        let ty =
            if is_nested(field) { nested(&live, field, &quote!(Dirty)) } else { quote!(#live::core::primitive::bool) };
        quote!(#docs pub #ident: #ty)
    });
    quote! {
        #docs
        #lints
        #vis struct #name #clause { #(#fields),* }
    }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let (name, field_enum, clause) = (&entity.names.dirty, &entity.names.field, nested_clause(entity));
    let fields = entity.tracked().map(|(place, field, _)| {
        let ident = &field.ident;
        let flag = if is_nested(field) {
            let set = nested_set(entity, &quote!(bits), place);
            quote!(__live::core::convert::From::from(#set))
        } else {
            let at = first_leaf(entity, place);
            quote!(bits.has(#at))
        };
        quote!(#ident: #flag)
    });
    let idents = entity.tracked().map(|(_, field, _)| &field.ident);
    quote! {
        __live::impl_dirty!(#name [#(#idents)*] #clause);

        #[automatically_derived]
        impl __live::core::convert::From<__live::FieldSet<#field_enum>> for #name #clause {
            fn from(fields: __live::FieldSet<#field_enum>) -> Self {
                let bits = fields.bits();
                #name { #(#fields),* }
            }
        }
    }
}
