//! What stands in for the generated items when the input cannot be expanded, so that our message is the only one.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DataStruct, DeriveInput, Fields, GenericParam};

use crate::attr::{EntityAttrs, FieldSerde};
use crate::check::has_reference;
use crate::error::Errors;
use crate::generated::Names;
use crate::model::private;

/// The types under their names, without fields, and an impl that does nothing.
pub fn fallback(input: &DeriveInput, names: Option<Names>) -> TokenStream {
    // Whatever is wrong with the attributes has been reported already.
    let live = EntityAttrs::parse(&input.attrs, &mut Errors::default());
    let names = names.unwrap_or_else(|| Names::new(&input.ident, &live));
    let (private, vis) = (private(&live), &input.vis);
    let Names { field, dirty, change, conflicts, conflict, .. } = names;
    let docs = "Stands in for a type that the derive could not generate.";
    let entity = stub(input, &private);
    quote! {
        #[doc = #docs] #vis type #field = #private::refused::NoField;
        #[doc = #docs] #vis type #dirty = #private::refused::NoDirty;
        #[doc = #docs] #vis type #change<'__e> = #private::refused::NoField;
        #[doc = #docs] #vis type #conflicts = #private::refused::NoConflicts;
        #[doc = #docs] #vis type #conflict<'__e> = #private::refused::NoField;
        #entity
    }
}

/// The impl.
fn stub(input: &DeriveInput, live: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let (declared, given, own_clause) = input.generics.split_for_impl();
    // What can be no entity at all need not learn to be cloned; and what can depends on a parameter.
    let apt = matches!(&input.data, Data::Struct(DataStruct { fields: Fields::Named(_), .. }))
        && input.generics.type_params().next().is_none();
    let clone = (!apt).then(|| quote!(+ #live::Clone));
    // What it lacks of serde's derives, and whether threads may share it, is for another day.
    let own = own_clause.iter().flat_map(|clause| &clause.predicates);
    let owned = input.generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) => Some(param.lifetime.to_token_stream()),
        GenericParam::Type(param) => Some(param.ident.to_token_stream()),
        GenericParam::Const(_) => None,
    });
    let clause = quote!(where #(#own,)* #(#owned: 'static,)* for<'__e> Self: #live::Stored + #live::Shared #clone);
    let set = quote!(#live::FieldSet<#live::refused::NoField>);
    // Of what serde borrows, it says itself that not every record can be read, and then nothing else may be taken for granted.
    let entity = (!borrows(input)).then(|| {
        quote! {
            #[automatically_derived]
            impl #declared #live::LiveEntity for #ident #given #clause {
                type Field = #live::refused::NoField;
                type Dirty = #live::refused::NoDirty;
                type Change<'__e> = #live::refused::NoField;
                type Conflicts = #live::refused::NoConflicts;

                const TABLE: &'static #live::str = "";

                fn diff(&self, __other: &Self) -> #set {
                    #live::FieldSet::EMPTY
                }

                fn copy_fields(&mut self, __from: &Self, __fields: #set) {}

                fn change<'__e>(
                    __field: #live::refused::NoField,
                    __from: &'__e Self,
                    __to: &'__e Self,
                ) -> #live::refused::NoField {
                    __field
                }

                fn conflicts(
                    __fields: #set,
                    __base: &Self,
                    __local: &Self,
                    __remote: &Self,
                ) -> #live::refused::NoConflicts {
                    #live::refused::NoConflicts
                }
            }
        }
    });
    quote! {
        #entity

        #[automatically_derived]
        impl #declared #live::NestedEntity for #ident #given #own_clause {
            type Field = #live::refused::NoField;
        }
    }
}

/// Whether a field borrows for as long as one of the type's lifetimes.
fn borrows(input: &DeriveInput) -> bool {
    let Data::Struct(data) = &input.data else { return false };
    let is_told = data.fields.iter().any(|field| FieldSerde::parse(&field.attrs).borrow.is_some());
    input.generics.lifetimes().next().is_some() && (is_told || has_reference(&input.data))
}
