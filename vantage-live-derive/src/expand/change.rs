//! `ProductChange`: an enum with both values of a field, typed.

use proc_macro2::TokenStream;
use quote::quote;

use super::{bounds, doc, doc_of, is_nested, lints, nested, per_type, where_clause};
use crate::model::Entity;

pub fn item(entity: &Entity, docs: &[TokenStream]) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(entity), &entity.vis, &entity.names.change);
    let (params, e) = (entity.params(), entity.lifetime("'e"));
    let (declared, clause) = (params.defined(Some(&e)), where_clause(entity, params.outlive(&e)));
    let about = doc_of(entity, "A field of {} with its two values, to match on.");
    let (from, to) = (doc("the value before"), doc("the value after"));
    let variants = entity.tracked().zip(docs).map(|((_, field, variant), docs)| {
        let ty = params.held(field, &live);
        if is_nested(field) {
            let inner = nested(&live, field, &quote!(Change<#e>));
            quote!(#docs #variant(#inner))
        } else {
            quote!(#docs #variant { #from from: &#e #ty, #to to: &#e #ty })
        }
    });
    quote! {
        #about
        #lints
        #vis enum #name #declared #clause { #(#variants),* }
    }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let (name, field_enum, params) = (&entity.names.change, &entity.names.field, entity.params());
    let e = entity.lifetime("'e");
    let (declared, given) = (params.declared(Some(&e)), params.given(Some(&e)));
    let clause = where_clause(entity, []);
    let debug_clause = where_clause(entity, bounds(entity, |_| quote!(__live::Debug)));
    let fields = entity.tracked().map(|(_, field, variant)| {
        if is_nested(field) {
            quote!(Self::#variant(__inner) => #field_enum::#variant(__live::OfField::field(__inner)))
        } else {
            quote!(Self::#variant { .. } => #field_enum::#variant)
        }
    });
    let shown = per_type::shown(
        entity,
        |variants| quote!(#(Self::#variants { from: __from, to: __to })|*),
        &quote!([__from, __to]),
        |shown| {
            quote! {
                let __shown: [&dyn __live::Debug; 2] = #shown;
                __live::debug_change(__f, __live::OfField::field(*self), __shown)
            }
        },
    );
    quote! {
        impl #declared #name #given #clause {
            /// The field that this is the change of.
            #[must_use]
            #[inline]
            pub fn field(self) -> #field_enum {
                __live::OfField::field(self)
            }
        }

        #[automatically_derived]
        impl #declared __live::OfField<#field_enum> for #name #given #clause {
            #[inline]
            fn field(self) -> #field_enum {
                match self { #(#fields),* }
            }
        }

        #[automatically_derived]
        impl #declared __live::Clone for #name #given #clause {
            #[inline]
            fn clone(&self) -> Self {
                __live::copied(self)
            }
        }

        #[automatically_derived]
        impl #declared __live::Copy for #name #given #clause {}

        #[automatically_derived]
        impl #declared __live::Debug for #name #given #debug_clause {
            #[inline]
            fn fmt(&self, __f: &mut __live::Formatter<'_>) -> __live::FmtResult {
                #shown
            }
        }
    }
}
