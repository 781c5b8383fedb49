//! `impl LiveEntity for Product`.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::GenericParam;

use super::{
    Place, assertions, bits_of, bounds, first_leaf, has_fields, is_entity, is_nested, is_shared, kept, nested_bounds,
    nested_set, per_type, shared,
};
use crate::check::is_no_id;
use crate::model::Entity;
use crate::types::of_one_thread;

pub fn impls(entity: &Entity) -> TokenStream {
    let (ident, names) = (&entity.ident, &entity.names);
    let (declared, given, _) = entity.generics.split_for_impl();
    let (field, dirty) = (&names.field, &names.dirty);
    let (change, conflicts) = (&names.change, &names.conflicts);
    let params = entity.params();
    let e = entity.lifetime("'e");
    let (params_e, params) = (params.given(Some(&e)), params.given(None));
    let (clause, constants) = (clause(entity), constants(entity));
    let (diff, copy) = (diff(entity), copy(entity));
    let (changes, conflict) = (changes(entity), conflict(entity));
    let (fill_id, assertions) = (fill_id(entity), assertions::all(entity));
    let fields = fields(entity);
    quote! {
        #[automatically_derived]
        impl #declared __live::LiveEntity for #ident #given #clause {
            type Field = #field;
            type Dirty = #dirty;
            type Change<#e> = #change #params_e;
            type Conflicts = #conflicts #params;

            #constants

            #[inline]
            fn diff(&self, __other: &Self) -> __live::FieldSet<#field> {
                #diff
            }

            #[inline]
            fn copy_fields(&mut self, __from: &Self, __fields: __live::FieldSet<#field>) {
                let __bits = __fields.bits();
                #(#copy)*
            }

            #[inline]
            fn change<#e>(__field: #field, __from: &#e Self, __to: &#e Self) -> #change #params_e {
                match __field { #(#changes),* }
            }

            #[inline]
            fn conflicts(
                __fields: __live::FieldSet<#field>,
                __base: &Self,
                __local: &Self,
                __remote: &Self,
            ) -> #conflicts #params {
                let __bits = __fields.bits();
                #conflicts { #(#conflict),* }
            }

            #fill_id
        }

        #fields

        #assertions
    }
}

/// What the entity is where it is nested.
fn fields(entity: &Entity) -> TokenStream {
    let (ident, field) = (&entity.ident, &entity.names.field);
    let (declared, given, _) = entity.generics.split_for_impl();
    let own = entity.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let inner = nested_bounds(entity, has_fields);
    let has_id = entity.id().map(|_| {
        quote!(
            const HAS_ID: __live::bool = true;
        )
    });
    quote! {
        #[automatically_derived]
        impl #declared __live::NestedEntity for #ident #given where #(#own,)* #(#inner,)* {
            type Field = #field;
            #has_id
        }
    }
}

/// What the impls take for granted, found out at one place each: that serde can write the entity and read it, and that any
/// thread may read its fields. What is nested is an entity, and found out there.
pub fn granted(entity: &Entity) -> TokenStream {
    let ident = &entity.ident;
    // What makes something else of the record is refused, and what serde lacks then is for another day.
    let is_reshaped = !entity.serde.reshaping.is_empty();
    let stored = (!is_generic(entity) && !entity.is_refused_by_serde() && !is_reshaped).then(|| {
        let stored = Place::from(ident.span()).put(quote!(__live::stored::<#ident>()));
        if entity.serde.default {
            // serde says itself that there is no default, and then reads nothing.
            quote!(const fn __granted() where for<'__e> #ident: __live::Default { #stored })
        } else {
            quote!(const _: () = #stored;)
        }
    });
    let mut known = BTreeSet::new();
    let types = entity.fields.iter().filter(|field| !is_nested(field) && known.insert(field.shared_type));
    // Where a lifetime is missing, the compiler says so of the field, and would once more of its type here.
    let types = types.filter(|field| field.shared_type.is_some() && field.without_lifetime().is_none());
    let types = types.filter(|field| !is_shared(field) && of_one_thread(&field.ty).is_none());
    let shared = types.map(|field| {
        let ty = &field.ty;
        quote!(__live::shared::<#ty>();)
    });
    let shared: Vec<_> = shared.collect();
    let shared = (!shared.is_empty()).then(|| quote!(const _: () = { #(#shared)* };));
    quote!(#shared #stored)
}

fn is_generic(entity: &Entity) -> bool {
    entity.generics.params.iter().any(|param| !matches!(param, GenericParam::Lifetime(_)))
}

/// The struct's own clauses; and for a generic struct, what a concrete one would be found out to have.
fn clause(entity: &Entity) -> TokenStream {
    let own = entity.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let types: Vec<_> = entity.generics.type_params().map(|param| &param.ident).collect();
    let generic = is_generic(entity);
    let whole = generic.then(|| {
        quote! {
            Self: __live::Clone + __live::Shared + __live::Stored
        }
    });
    let fields = bounds(entity, |field| {
        let equality = field.live.eq.is_none().then(|| quote!(+ __live::PartialEq));
        quote!(__live::Clone + __live::Send + __live::Sync + 'static #equality)
    });
    let whole = whole.into_iter();
    let entities = nested_bounds(entity, is_entity);
    // As with what is nested: taken for granted here, and found out in `granted`.
    let stored = (!generic).then(|| quote!(for<'__e> Self: __live::Stored));
    let is_known = entity.fields.iter().all(is_shared);
    let itself = (!is_known).then(|| quote!(for<'__e> Self: __live::Shared));
    let whole = whole.chain(stored).chain(itself).chain(shared(entity));
    quote!(where #(#entities,)* #(#own,)* #(#types: 'static,)* #(#fields,)* #(#whole),*)
}

/// The id, and what it is called.
fn constants(entity: &Entity) -> TokenStream {
    let (field_enum, table) = (&entity.names.field, entity.table());
    let id = entity.id().filter(|id| id.serde.reads()).map(|id| {
        let mut names = id.wire.read.iter().map(|given| &given.value);
        let (name, ident) = (names.next(), &id.ident);
        let aliases: Vec<_> = names.collect();
        let aliases = (!aliases.is_empty())
            .then(|| quote!(const ID_ALIASES: &'static [&'static __live::str] = &[#(#aliases),*];));
        let is_left_out = id.serde.skip_serializing_if.is_some() && !id.may_be_missing(&entity.serde);
        let unwritten = (!id.serde.writes() || !id.wire.is_read() || is_left_out).then(|| {
            quote! {
                fn unwritten_id(
                    &self,
                ) -> __live::Option<__live::serde_json::Result<__live::serde_json::Value>> {
                    __live::Some(__live::to_json(&self.#ident))
                }
            }
        });
        quote! {
            const ID: __live::Option<&'static __live::str> =
                __live::Some(#name);
            #aliases
            #unwritten
        }
    });
    let version = entity.tracked().find(|(_, field, _)| field.live.version.is_some() && !is_nested(field));
    let version = version.map(|(_, _, variant)| {
        quote! {
            const VERSION: __live::Option<#field_enum> =
                __live::Some(#field_enum::#variant);
        }
    });
    quote! {
        const TABLE: &'static __live::str = #table;
        #id
        #version
    }
}

fn diff(entity: &Entity) -> TokenStream {
    let compared = per_type::compared(entity);
    let leaves = bits_of(entity, |place, field| {
        let (ident, same) = (&field.ident, per_type::same(place));
        let Some(path) = field.live.eq.as_ref().map(|eq| &eq.value) else {
            let differs = per_type::differs(field);
            return differs
                .unwrap_or_else(|| if per_type::is_compared(field) { quote!(!#same) } else { quote!(false) });
        };
        // The call ends where the path does: what is no `bool` is found out there.
        let end = path.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
        // As in `kept`: what the function does not take, the compiler does not offer to make of what is there.
        let place = Place::from(Span::call_site().located_at(end));
        let mut values = Group::new(Delimiter::Parenthesis, place.put(quote!(&self.#ident, &__other.#ident)));
        values.set_span(end);
        quote!(!{ let __same: __live::bool = #path #values; __same })
    });
    let nested = entity.tracked().filter(|(_, field, _)| is_nested(field)).map(|(place, field, _)| {
        let (at, ident) = (first_leaf(entity, place), &field.ident);
        quote!(.with_nested(#at, __live::LiveEntity::diff(&self.#ident, &__other.#ident).bits()))
    });
    quote!(#compared __live::FieldSet::from_bits(#leaves #(#nested)*))
}

fn copy(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.tracked().map(|(place, field, _)| {
        let (at, ident) = (first_leaf(entity, place), &field.ident);
        if is_nested(field) {
            let set = nested_set(entity, &quote!(__bits), place);
            quote!(__live::LiveEntity::copy_fields(&mut self.#ident, &__from.#ident, #set);)
        } else {
            kept(field, |span, ident| quote_spanned!(span=> copy_at(__bits, #at, &mut self.#ident, &__from.#ident);))
        }
    })
}

fn changes(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    let (field_enum, change) = (&entity.names.field, &entity.names.change);
    entity.tracked().map(move |(_, field, variant)| {
        let (ident, ty) = (&field.ident, &field.ty);
        if is_nested(field) {
            quote! {
                #field_enum::#variant(__inner) =>
                    #change::#variant(<#ty as __live::LiveEntity>::change(__inner, &__from.#ident, &__to.#ident))
            }
        } else {
            quote!(#field_enum::#variant => #change::#variant { from: &__from.#ident, to: &__to.#ident })
        }
    })
}

fn conflict(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.tracked().map(|(place, field, _)| {
        let (at, ident, ty) = (first_leaf(entity, place), &field.ident, &field.ty);
        let conflict = if is_nested(field) {
            let set = nested_set(entity, &quote!(__bits), place);
            quote!(<#ty as __live::LiveEntity>::conflicts(#set, &__base.#ident, &__local.#ident, &__remote.#ident))
        } else {
            kept(field, |span, ident| {
                quote_spanned!(span=> conflict_at(__bits, #at, &__base.#ident, &__local.#ident, &__remote.#ident))
            })
        };
        quote!(#ident: #conflict)
    })
}

fn fill_id(entity: &Entity) -> Option<TokenStream> {
    // What is something else as well is refused, and whether it could hold an id is no news.
    entity.id().filter(|id| !is_no_id(id)).map(|id| {
        let (ident, ty) = (&id.ident, &id.ty);
        quote! {
            #[inline]
            fn fill_id(
                &mut self,
                __id: &__live::Id,
            ) -> __live::Result<(), __live::IdentityMismatch> {
                <#ty as __live::IdField>::from_id(__id).map(|__id| self.#ident = __id)
            }
        }
    })
}
