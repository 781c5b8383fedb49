//! `ProductDirty`: a flag per field.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc_field, doc_of, first_leaf, is_nested, lints, nested, nested_set};
use crate::model::Entity;

pub fn item(entity: &Entity) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(), &entity.vis, &entity.names.dirty);
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
        #[#live::core::prelude::v1::derive(
            #live::core::clone::Clone, #live::core::marker::Copy, #live::core::fmt::Debug,
            #live::core::default::Default, #live::core::cmp::PartialEq, #live::core::cmp::Eq,
        )]
        #vis struct #name { #(#fields),* }
    }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let (name, field_enum) = (&entity.names.dirty, &entity.names.field);
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
    quote! {
        #[automatically_derived]
        impl __live::core::convert::From<__live::FieldSet<#field_enum>> for #name {
            fn from(fields: __live::FieldSet<#field_enum>) -> Self {
                let bits = fields.bits();
                #name { #(#fields),* }
            }
        }
    }
}
