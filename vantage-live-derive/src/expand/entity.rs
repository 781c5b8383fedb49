//! `impl LiveEntity for Product`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::GenericParam;
use syn::spanned::Spanned;

use super::{bounds, first_leaf, is_nested, nested_bounds, nested_set};
use crate::check::CAPACITY;
use crate::model::{Entity, Field};

pub fn impls(entity: &Entity) -> TokenStream {
    let (ident, names) = (&entity.ident, &entity.names);
    let (declared, given, _) = entity.generics.split_for_impl();
    let (field, dirty) = (&names.field, &names.dirty);
    let (change, conflicts) = (&names.change, &names.conflicts);
    let params = entity.params();
    let (params_e, params) = (params.given(Some(&quote!('e))), params.given(None));
    let (clause, constants) = (clause(entity), constants(entity));
    let (diff, copy) = (diff(entity), copy(entity));
    let (changes, conflict) = (changes(entity), conflict(entity));
    let (fill_id, assertions) = (fill_id(entity), assertions(entity));
    quote! {
        #[automatically_derived]
        impl #declared __live::LiveEntity for #ident #given #clause {
            type Field = #field;
            type Dirty = #dirty;
            type Change<'e> = #change #params_e;
            type Conflicts = #conflicts #params;

            #constants

            fn diff(&self, other: &Self) -> __live::FieldSet<#field> {
                #[allow(unused_imports)]
                use __live::{ByEquality as _, ByNothing as _, ByTotalOrder as _};
                __live::FieldSet::from_bits(__live::Bits::EMPTY #(#diff)*)
            }

            fn copy_fields(&mut self, from: &Self, fields: __live::FieldSet<#field>) {
                let bits = fields.bits();
                #(#copy)*
            }

            fn change<'e>(field: #field, from: &'e Self, to: &'e Self) -> #change #params_e {
                match field { #(#changes),* }
            }

            fn conflicts(fields: __live::FieldSet<#field>, base: &Self, local: &Self, remote: &Self) -> #conflicts #params {
                let bits = fields.bits();
                #conflicts { #(#conflict),* }
            }

            #fill_id
        }

        #assertions
    }
}

/// The struct's own clauses; and for a generic struct, what a concrete one would be found out to have.
fn clause(entity: &Entity) -> TokenStream {
    let own = entity.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let types: Vec<_> = entity.generics.type_params().map(|param| &param.ident).collect();
    let generic = entity.generics.params.iter().any(|param| !matches!(param, GenericParam::Lifetime(_)));
    let whole = generic.then(|| {
        quote! {
            Self: __live::core::clone::Clone + __live::core::marker::Send + __live::core::marker::Sync
                + __live::serde::Serialize + __live::serde::de::DeserializeOwned
        }
    });
    let fields = bounds(entity, |field| {
        let equality = field.live.eq.is_none().then(|| quote!(+ __live::core::cmp::PartialEq));
        quote!(__live::core::clone::Clone + __live::core::marker::Send + __live::core::marker::Sync + 'static #equality)
    });
    let whole = whole.into_iter();
    let nested = nested_bounds(entity);
    quote!(where #(#nested,)* #(#own,)* #(#types: 'static,)* #(#fields,)* #(#whole),*)
}

fn constants(entity: &Entity) -> TokenStream {
    let (field_enum, table) = (&entity.names.field, entity.table());
    let id = entity.id().filter(|id| id.serde.reads()).map(|id| {
        let name = &id.wire.1;
        quote! {
            const ID: __live::core::option::Option<&'static __live::core::primitive::str> =
                __live::core::option::Option::Some(#name);
        }
    });
    let version = entity.tracked().find(|(_, field, _)| field.live.version.is_some() && !is_nested(field));
    let version = version.map(|(_, _, variant)| {
        quote! {
            const VERSION: __live::core::option::Option<#field_enum> =
                __live::core::option::Option::Some(#field_enum::#variant);
        }
    });
    quote! {
        const TABLE: &'static __live::core::primitive::str = #table;
        #id
        #version
    }
}

fn diff(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.tracked().map(|(place, field, _)| {
        let (at, ident) = (first_leaf(entity, place), &field.ident);
        if is_nested(field) {
            quote!(.with_nested(#at, __live::LiveEntity::diff(&self.#ident, &other.#ident).bits()))
        } else {
            let same = same(field);
            quote!(.with_if(#at, !#same))
        }
    })
}

fn same(field: &Field) -> TokenStream {
    let ident = &field.ident;
    let eq = field.live.eq.as_ref().map(|eq| &eq.value);
    eq.map_or_else(
        // An error in it stands at the field's type.
        || quote_spanned!(field.ty.span()=> (&__live::Comparing(&self.#ident)).same(&other.#ident)),
        |path| quote!(#path(&self.#ident, &other.#ident)),
    )
}

fn copy(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.tracked().map(|(place, field, _)| {
        let (at, ident) = (first_leaf(entity, place), &field.ident);
        if is_nested(field) {
            let set = nested_set(entity, &quote!(bits), place);
            quote!(__live::LiveEntity::copy_fields(&mut self.#ident, &from.#ident, #set);)
        } else {
            quote!(if bits.has(#at) { self.#ident = __live::core::clone::Clone::clone(&from.#ident); })
        }
    })
}

fn changes(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    let (field_enum, change) = (&entity.names.field, &entity.names.change);
    entity.tracked().map(move |(_, field, variant)| {
        let (ident, ty) = (&field.ident, &field.ty);
        if is_nested(field) {
            quote! {
                #field_enum::#variant(inner) =>
                    #change::#variant(<#ty as __live::LiveEntity>::change(inner, &from.#ident, &to.#ident))
            }
        } else {
            quote!(#field_enum::#variant => #change::#variant { from: &from.#ident, to: &to.#ident })
        }
    })
}

fn conflict(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.tracked().map(|(place, field, _)| {
        let (at, ident, ty) = (first_leaf(entity, place), &field.ident, &field.ty);
        let values = quote!(&base.#ident, &local.#ident, &remote.#ident);
        if is_nested(field) {
            let set = nested_set(entity, &quote!(bits), place);
            quote!(#ident: <#ty as __live::LiveEntity>::conflicts(#set, #values))
        } else {
            quote!(#ident: __live::conflict(bits.has(#at), #values))
        }
    })
}

fn fill_id(entity: &Entity) -> Option<TokenStream> {
    entity.id().map(|id| {
        let (ident, ty) = (&id.ident, &id.ty);
        quote! {
            fn fill_id(
                &mut self,
                id: &__live::Id,
            ) -> __live::core::result::Result<(), __live::IdentityMismatch> {
                <#ty as __live::IdField>::from_id(id).map(|id| self.#ident = id)
            }
        }
    })
}

/// That no nested entity has an id, which nobody would fill in, and that there are not too many leaves.
fn assertions(entity: &Entity) -> Option<TokenStream> {
    let no_id = entity.nested().map(|field| {
        let (ty, name) = (&field.ty, field.name());
        let message = format!(
            "`{name}` is nested and its type has an `#[live(id)]` field: an id belongs to a whole record, take one of \
             the two away"
        );
        let is_none = quote!(__live::core::option::Option::is_none(&<#ty as __live::LiveEntity>::ID));
        quote_spanned!(ty.span()=> __live::core::assert!(#is_none, #message);)
    });
    let leaves = entity.nested().map(|field| {
        let ty = &field.ty;
        quote!(<[_]>::len(<<#ty as __live::LiveEntity>::Field as __live::Field>::ALL))
    });
    let (own, name) = (entity.tracked().count() - entity.nested().count(), &entity.ident);
    let message = format!(
        "`{name}` has more than {CAPACITY} fields, those of its nested entities included: take `nested` away where a \
         field can be compared and saved as a whole"
    );
    entity.has_nested().then(|| {
        quote! {
            const _: () = {
                #(#no_id)*
                __live::core::assert!(#own #(+ #leaves)* <= #CAPACITY, #message);
            };
        }
    })
}
