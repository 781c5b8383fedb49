//! What stands in for the generated items when the input cannot be expanded, so that our message is the only one.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DataStruct, DeriveInput, Fields, GenericParam};

use super::{bounds, is_entity, nested_bounds, shared};
use crate::attr::{EntityAttrs, FieldSerde};
use crate::check::has_reference;
use crate::error::Errors;
use crate::generated::Names;
use crate::model::{Entity, private};

/// The types under their names, without fields, and an impl that does nothing.
pub fn fallback(input: &DeriveInput, names: Option<Names>) -> TokenStream {
    // Whatever is wrong with the attributes has been reported already.
    let live = EntityAttrs::parse(&input.attrs, &mut Errors::default());
    let names = names.unwrap_or_else(|| Names::new(&input.ident, &live));
    let (private, vis) = (private(&live), &input.vis);
    let types = Types {
        field: quote!(#private::refused::NoField),
        dirty: quote!(#private::refused::NoDirty),
        change: quote!(#private::refused::NoField),
        conflicts: quote!(#private::refused::NoConflicts),
    };
    let entity = stub(input, &private, &types, &[]);
    let Names { field, dirty, change, conflicts, conflict, .. } = names;
    let docs = "Stands in for a type that the derive could not generate.";
    quote! {
        #[doc = #docs] #vis type #field = #private::refused::NoField;
        #[doc = #docs] #vis type #dirty = #private::refused::NoDirty;
        #[doc = #docs] #vis type #change<'__e> = #private::refused::NoField;
        #[doc = #docs] #vis type #conflicts = #private::refused::NoConflicts;
        #[doc = #docs] #vis type #conflict<'__e> = #private::refused::NoField;
        #entity
    }
}

/// The types of an entity, with the lifetime `'__e`.
struct Types {
    field: TokenStream,
    dirty: TokenStream,
    change: TokenStream,
    conflicts: TokenStream,
}

/// An impl that does nothing, with the types that are generated all the same.
pub fn stub_of(entity: &Entity, input: &DeriveInput) -> TokenStream {
    let (names, params) = (&entity.names, entity.params());
    let (field, dirty, change, conflicts) = (&names.field, &names.dirty, &names.change, &names.conflicts);
    let (given, given_e) = (params.given(None), params.given(Some(&quote!('__e))));
    let types = Types {
        field: quote!(#field),
        dirty: quote!(#dirty),
        change: quote!(#change #given_e),
        conflicts: quote!(#conflicts #given),
    };
    let of_fields = bounds(entity, |_| quote!(__live::Clone + __live::Send + __live::Sync + 'static));
    let nested = nested_bounds(entity, is_entity);
    let more: Vec<_> = of_fields.into_iter().chain(nested).chain(shared(entity)).collect();
    stub(input, &quote!(__live), &types, &more)
}

/// The impl, where `more` holds as well.
fn stub(input: &DeriveInput, live: &TokenStream, types: &Types, more: &[TokenStream]) -> TokenStream {
    let ident = &input.ident;
    let Types { field, dirty, change, conflicts } = types;
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
    let clause = quote!(
        where #(#own,)* #(#owned: 'static,)* #(#more,)* for<'__e> Self: #live::Stored + #live::Shared #clone
    );
    let set = quote!(#live::FieldSet<#field>);
    // Of what serde borrows, it says itself that not every record can be read, and then nothing else may be taken for granted.
    let entity = (!borrows(input)).then(|| {
        quote! {
            #[automatically_derived]
            impl #declared #live::LiveEntity for #ident #given #clause {
                type Field = #field;
                type Dirty = #dirty;
                type Change<'__e> = #change;
                type Conflicts = #conflicts;

                const TABLE: &'static #live::str = "";

                fn diff(&self, __other: &Self) -> #set {
                    #live::FieldSet::EMPTY
                }

                fn copy_fields(&mut self, __from: &Self, __fields: #set) {}

                fn change<'__e>(__field: #field, __from: &'__e Self, __to: &'__e Self) -> #change {
                    loop {}
                }

                fn conflicts(
                    __fields: #set,
                    __base: &Self,
                    __local: &Self,
                    __remote: &Self,
                ) -> #conflicts {
                    loop {}
                }
            }
        }
    });
    quote! {
        #entity

        #[automatically_derived]
        impl #declared #live::NestedEntity for #ident #given #own_clause {
            type Field = #field;
        }
    }
}

/// Whether a field borrows for as long as one of the type's lifetimes.
fn borrows(input: &DeriveInput) -> bool {
    let Data::Struct(data) = &input.data else { return false };
    let is_told = data.fields.iter().any(|field| FieldSerde::parse(&field.attrs).borrow.is_some());
    input.generics.lifetimes().next().is_some() && (is_told || has_reference(&input.data))
}
