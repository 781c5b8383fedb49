//! `ProductConflicts`, a struct with an optional conflict per field, and `ProductConflict`, the enum of one of them.

use proc_macro2::TokenStream;
use quote::quote;

use super::{bounds, doc_field, doc_of, first_leaf, is_nested, lints, nested, per_type, where_clause};
use crate::model::Entity;

/// The struct.
pub fn item(entity: &Entity) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(), &entity.vis, &entity.names.conflicts);
    let params = entity.params();
    let (declared, clause) = (params.declared(None), where_clause(entity, []));
    let docs = doc_of(entity, "The fields of {} that were changed on both sides.");
    let fields = entity.tracked().map(|(_, field, _)| {
        let (docs, ident, ty) = (doc_field(field), &field.ident, &field.ty);
        let ty = if is_nested(field) {
            nested(&live, field, &quote!(Conflicts))
        } else {
            quote!(#live::core::option::Option<#live::Conflict<#ty>>)
        };
        quote!(#docs pub #ident: #ty)
    });
    quote! {
        #docs
        #lints
        #[must_use = "a conflict is for a person to decide"]
        #vis struct #name #declared #clause { #(#fields),* }
    }
}

/// The enum.
pub fn each(entity: &Entity) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(), &entity.vis, &entity.names.conflict);
    let params = entity.params();
    let (declared, clause) = (params.declared(Some(&quote!('c))), where_clause(entity, []));
    let docs = doc_of(entity, "One conflict of {}, to match on.");
    let variants = entity.tracked().map(|(_, field, variant)| {
        let (docs, ty) = (doc_field(field), &field.ty);
        if is_nested(field) {
            let inner = nested(&live, field, &quote!(Conflicts));
            quote!(#docs #variant(<#inner as #live::Conflicts>::Each<'c>))
        } else {
            quote!(#docs #variant(&'c #live::Conflict<#ty>))
        }
    });
    quote! {
        #docs
        #lints
        #vis enum #name #declared #clause { #(#variants),* }
    }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let (inherent, traits, each) = (inherent(entity), traits(entity), each_impls(entity));
    quote!(#inherent #traits #each)
}

/// The methods of [`Conflicts`], so that a user need not import it, and the trait by them.
fn inherent(entity: &Entity) -> TokenStream {
    let (name, field_enum, each) = (&entity.names.conflicts, &entity.names.field, &entity.names.conflict);
    let params = entity.params();
    let (declared, given) = (params.declared(None), params.given(None));
    let (given_elided, given_c) = (params.given(Some(&quote!('_))), params.given(Some(&quote!('c))));
    let clause = where_clause(
        entity,
        params.owned().chain(bounds(entity, |_| {
            quote!(__live::core::clone::Clone + __live::core::marker::Send + __live::core::marker::Sync + 'static)
        })),
    );
    let (fields, get) = (present(entity), get(entity));
    quote! {
        impl #declared #name #given #clause {
            /// Whether there is no conflict.
            #[must_use]
            #[inline]
            pub fn is_empty(&self) -> __live::core::primitive::bool {
                __live::Conflicts::is_empty(self)
            }

            /// The fields that are in conflict.
            #[must_use]
            #[inline]
            pub fn fields(&self) -> __live::FieldSet<#field_enum> {
                __live::Conflicts::fields(self)
            }

            /// The conflicts one by one, in the order in which their fields are declared.
            #[inline]
            pub fn iter(&self) -> impl __live::core::iter::Iterator<Item = #each #given_elided> {
                __live::Conflicts::iter(self)
            }

            /// The conflict of `field`, where there is one.
            #[must_use]
            #[inline]
            pub fn get(&self, field: #field_enum) -> __live::core::option::Option<#each #given_elided> {
                __live::Conflicts::get(self, field)
            }
        }

        #[automatically_derived]
        impl #declared __live::Conflicts for #name #given #clause {
            type Field = #field_enum;
            type Each<'c> = #each #given_c where Self: 'c;

            #[inline]
            fn fields(&self) -> __live::FieldSet<#field_enum> {
                __live::FieldSet::from_bits(#fields)
            }

            #[inline]
            fn get(&self, field: #field_enum) -> __live::core::option::Option<#each #given_elided> {
                match field { #(#get),* }
            }
        }
    }
}

fn present(entity: &Entity) -> TokenStream {
    let leaves = entity.tracked().filter(|(_, field, _)| !is_nested(field)).map(|(place, field, _)| {
        let (at, ident) = (first_leaf(entity, place), &field.ident);
        quote!((#at, __live::core::option::Option::is_some(&self.#ident)))
    });
    let nested = entity.tracked().filter(|(_, field, _)| is_nested(field)).map(|(place, field, _)| {
        let (at, ident) = (first_leaf(entity, place), &field.ident);
        quote!(.with_nested(#at, __live::Conflicts::fields(&self.#ident).bits()))
    });
    quote!(__live::Bits::of([#(#leaves),*]) #(#nested)*)
}

fn get(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    let (field_enum, each) = (&entity.names.field, &entity.names.conflict);
    entity.tracked().map(move |(_, field, variant)| {
        let ident = &field.ident;
        if is_nested(field) {
            quote! {
                #field_enum::#variant(inner) =>
                    __live::core::option::Option::map(__live::Conflicts::get(&self.#ident, inner), #each::#variant)
            }
        } else {
            quote!(#field_enum::#variant => __live::each(&self.#ident, #each::#variant))
        }
    })
}

/// `Clone`, `Default` and `Debug`, without the bounds on parameters that a derive would ask for.
fn traits(entity: &Entity) -> TokenStream {
    let (name, text, params) = (&entity.names.conflicts, entity.names.conflicts.to_string(), entity.params());
    let (declared, given) = (params.declared(None), params.given(None));
    let clause = where_clause(entity, []);
    let clone = quote!(__live::core::clone::Clone);
    let clone_clause = where_clause(entity, bounds(entity, |_| clone.clone()));
    let debug_clause = where_clause(
        entity,
        params.owned().chain(bounds(
            entity,
            |_| quote!(#clone + __live::core::fmt::Debug + __live::core::marker::Send + __live::core::marker::Sync + 'static),
        )),
    );
    let idents: Vec<_> = entity.tracked().map(|(_, field, _)| &field.ident).collect();
    let nothing = entity.tracked().map(|(_, field, _)| {
        let ident = &field.ident;
        if is_nested(field) {
            quote!(#ident: __live::core::default::Default::default())
        } else {
            quote!(#ident: __live::core::option::Option::None)
        }
    });
    quote! {
        #[automatically_derived]
        impl #declared #clone for #name #given #clone_clause {
            #[inline]
            fn clone(&self) -> Self {
                #name { #(#idents: #clone::clone(&self.#idents)),* }
            }
        }

        #[automatically_derived]
        impl #declared __live::core::default::Default for #name #given #clause {
            #[inline]
            fn default() -> Self {
                #name { #(#nothing),* }
            }
        }

        #[automatically_derived]
        impl #declared __live::core::fmt::Debug for #name #given #debug_clause {
            #[inline]
            fn fmt(&self, f: &mut __live::core::fmt::Formatter<'_>) -> __live::core::fmt::Result {
                __live::debug_conflicts(f, #text, self)
            }
        }
    }
}

fn each_impls(entity: &Entity) -> TokenStream {
    let (name, field_enum, params) = (&entity.names.conflict, &entity.names.field, entity.params());
    let (declared, given) = (params.declared(Some(&quote!('c))), params.given(Some(&quote!('c))));
    let clause = where_clause(entity, []);
    let debug_clause = where_clause(entity, bounds(entity, |_| quote!(__live::core::fmt::Debug)));
    let fields = entity.tracked().map(|(_, field, variant)| {
        if is_nested(field) {
            quote!(Self::#variant(inner) => #field_enum::#variant(__live::OfField::field(inner)))
        } else {
            quote!(Self::#variant(_) => #field_enum::#variant)
        }
    });
    let shown = entity.tracked().map(|(_, field, variant)| {
        let name = variant.to_string();
        if is_nested(field) {
            quote!(Self::#variant(inner) => __live::debug_nested(f, #name, (&__live::Showing(inner)).shown()))
        } else {
            let show = per_type::show(field);
            quote!(Self::#variant(conflict) => __live::debug_conflict(f, #name, conflict, #show))
        }
    });
    quote! {
        impl #declared #name #given #clause {
            /// The field that is in conflict.
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
        impl #declared __live::core::clone::Clone for #name #given #clause {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl #declared __live::core::marker::Copy for #name #given #clause {}

        #[automatically_derived]
        impl #declared __live::core::fmt::Debug for #name #given #debug_clause {
            #[inline]
            fn fmt(&self, f: &mut __live::core::fmt::Formatter<'_>) -> __live::core::fmt::Result {
                match self { #(#shown),* }
            }
        }
    }
}
