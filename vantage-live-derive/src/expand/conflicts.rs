//! `ProductConflicts`, a struct with an optional conflict per field, and `ProductConflict`, the enum of one of them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{bounds, doc_of, hidden, is_nested, kept, lints, nested, per_type, shared, where_clause};
use crate::model::Entity;
use crate::naming;

/// The struct.
pub fn item(entity: &Entity, docs: &[TokenStream]) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(entity), &entity.vis, &entity.names.conflicts);
    let params = entity.params();
    let (declared, clause) = (params.defined(None), where_clause(entity, []));
    let about = doc_of(entity, "The fields of {} that were changed on both sides.");
    let fields = entity.tracked().zip(docs).map(|((_, field, _), docs)| {
        let ident = naming::generated(&field.ident);
        let ty = params.held(field, &live);
        let ty = if is_nested(field) {
            nested(&live, field, &quote!(Conflicts))
        } else {
            quote!(#live::Option<#live::Conflict<#ty>>)
        };
        let hidden = hidden(field);
        quote!(#docs #hidden pub #ident: #ty)
    });
    quote! {
        #about
        #lints
        #[must_use = "a conflict is for a person to decide"]
        #vis struct #name #declared #clause { #(#fields),* }
    }
}

/// The enum.
pub fn each(entity: &Entity, docs: &[TokenStream]) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(entity), &entity.vis, &entity.names.conflict);
    let (params, c) = (entity.params(), entity.lifetime("'c"));
    let (declared, clause) = (params.defined(Some(&c)), where_clause(entity, params.outlive(&c)));
    let about = doc_of(entity, "One conflict of {}, to match on.");
    let variants = entity.tracked().zip(docs).map(|((_, field, variant), docs)| {
        let ty = params.held(field, &live);
        if is_nested(field) {
            let inner = nested(&live, field, &quote!(Conflicts));
            quote!(#docs #variant(<#inner as #live::Conflicts>::Each<#c>))
        } else {
            quote!(#docs #variant(&#c #live::Conflict<#ty>))
        }
    });
    quote! {
        #about
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
    let (params, c) = (entity.params(), entity.lifetime("'c"));
    let (declared, given) = (params.declared(None), params.given(None));
    let (given_elided, given_c) = (params.given(Some(&quote!('_))), params.given(Some(&c)));
    let clause = where_clause(
        entity,
        params
            .owned()
            .chain(bounds(entity, |_| quote!(__live::Clone + __live::Send + __live::Sync + 'static)))
            .chain(shared(entity)),
    );
    let get = get(entity);
    quote! {
        impl #declared #name #given #clause {
            /// Whether there is no conflict.
            #[must_use]
            #[inline]
            pub fn is_empty(&self) -> __live::bool {
                __live::Conflicts::is_empty(self)
            }

            /// The fields that are in conflict.
            #[must_use]
            #[inline]
            pub fn fields(&self) -> __live::FieldSet<#field_enum> {
                __live::Conflicts::fields(self)
            }

            /// The conflicts one by one, in the order in which their fields are declared.
            #[must_use]
            #[inline]
            pub fn iter(&self) -> __live::ConflictIter<'_, Self> {
                __live::Conflicts::iter(self)
            }

            /// The conflict of the field, where there is one.
            #[must_use]
            #[inline]
            pub fn get(&self, __field: #field_enum) -> __live::Option<#each #given_elided> {
                __live::Conflicts::get(self, __field)
            }
        }

        #[automatically_derived]
        impl #declared __live::Conflicts for #name #given #clause {
            type Field = #field_enum;
            type Each<#c> = #each #given_c where Self: #c;

            #[inline]
            fn get(&self, __field: #field_enum) -> __live::Option<#each #given_elided> {
                match __field { #(#get),* }
            }
        }
    }
}

fn get(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    let (field_enum, each) = (&entity.names.field, &entity.names.conflict);
    entity.tracked().map(move |(_, field, variant)| {
        let ident = &field.ident;
        if is_nested(field) {
            quote!(#field_enum::#variant(__inner) =>
                __live::Option::map(__live::Conflicts::get(&self.#ident, __inner), #each::#variant))
        } else {
            quote!(#field_enum::#variant => __live::conflict_of(&self.#ident, #each::#variant))
        }
    })
}

/// `Clone`, `Default` and `Debug`, without the bounds on parameters that a derive would ask for.
fn traits(entity: &Entity) -> TokenStream {
    let (name, text, params) = (&entity.names.conflicts, entity.names.conflicts.to_string(), entity.params());
    let (declared, given) = (params.declared(None), params.given(None));
    let clause = where_clause(entity, []);
    let clone = quote!(__live::Clone);
    let clone_clause = where_clause(entity, bounds(entity, |_| clone.clone()));
    let debug_clause = where_clause(
        entity,
        params
            .owned()
            .chain(bounds(entity, |_| quote!(#clone + __live::Debug + __live::Send + __live::Sync + 'static)))
            .chain(shared(entity)),
    );
    let copies = entity.tracked().map(|(_, field, _)| {
        let ident = &field.ident;
        let copy = if is_nested(field) {
            quote!(#clone::clone(&self.#ident))
        } else {
            kept(field, |span, ident| quote_spanned!(span=> conflict_again(&self.#ident)))
        };
        quote!(#ident: #copy)
    });
    let nothing = entity.tracked().map(|(_, field, _)| {
        let ident = &field.ident;
        if is_nested(field) { quote!(#ident: __live::Default::default()) } else { quote!(#ident: __live::None) }
    });
    quote! {
        #[automatically_derived]
        impl #declared #clone for #name #given #clone_clause {
            #[inline]
            fn clone(&self) -> Self {
                #name { #(#copies),* }
            }
        }

        #[automatically_derived]
        impl #declared __live::Default for #name #given #clause {
            #[inline]
            fn default() -> Self {
                #name { #(#nothing),* }
            }
        }

        #[automatically_derived]
        impl #declared __live::Debug for #name #given #debug_clause {
            #[inline]
            fn fmt(&self, __f: &mut __live::Formatter<'_>) -> __live::FmtResult {
                __live::debug_conflicts(__f, #text, self)
            }
        }
    }
}

fn each_impls(entity: &Entity) -> TokenStream {
    let (name, field_enum, params) = (&entity.names.conflict, &entity.names.field, entity.params());
    let c = entity.lifetime("'c");
    let (declared, given) = (params.declared(Some(&c)), params.given(Some(&c)));
    let clause = where_clause(entity, []);
    let debug_clause = where_clause(entity, bounds(entity, |_| quote!(__live::Debug)));
    let fields = entity.tracked().map(|(_, field, variant)| {
        if is_nested(field) {
            quote!(Self::#variant(__inner) => #field_enum::#variant(__live::OfField::field(__inner)))
        } else {
            quote!(Self::#variant(_) => #field_enum::#variant)
        }
    });
    let shown = per_type::shown(
        entity,
        |variants| quote!(#(Self::#variants(__conflict))|*),
        &quote!(__live::values(__conflict)),
        |shown| {
            quote! {
                let __shown: [&dyn __live::Debug; 3] = #shown;
                __live::debug_conflict(__f, __live::OfField::field(*self), __shown)
            }
        },
    );
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
