//! `ProductField`: an enum with a variant per field.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

use super::{doc, doc_of, first_leaf, is_nested, lints, nested, nested_clause};
use crate::check::CAPACITY;
use crate::model::{Entity, Field};

/// The enum. It derives the one trait that makes its constants patterns; the rest goes by the index, in `impl_field!`.
pub fn item(entity: &Entity) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(), &entity.vis, &entity.names.field);
    let clause = nested_clause(entity);
    let docs = doc_of(entity, "The fields of {}.");
    let variants = entity.tracked().map(|(_, field, variant)| {
        let docs = docs_of(field);
        if is_nested(field) {
            let inner = nested(&live, field, &quote!(Field));
            quote!(#docs #variant(#inner))
        } else {
            quote!(#docs #variant)
        }
    });
    quote! {
        #docs
        #lints
        #[#live::core::prelude::v1::derive(#live::core::cmp::PartialEq)]
        #vis enum #name #clause { #(#variants),* }
    }
}

/// The field's own documentation, or its name.
fn docs_of(field: &Field) -> TokenStream {
    let docs = &field.docs;
    if docs.is_empty() { doc(&format!("The field `{}`.", field.name())) } else { quote!(#(#docs)*) }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let (name, clause) = (&entity.names.field, nested_clause(entity));
    let (places, leaves, readonly) = (places(entity), leaves(entity), readonly(entity));
    let (index, table, shown) = (index(entity), table(entity), shown(entity));
    quote! {
        #places

        #[automatically_derived]
        impl __live::Field for #name #clause {
            const ALL: &'static [Self] = #leaves;
            const READONLY: __live::FieldSet<Self> = __live::FieldSet::from_bits(__live::Bits::EMPTY #(#readonly)*);

            fn index(self) -> __live::core::primitive::usize {
                #index
            }

            fn table() -> &'static __live::FieldTable {
                #table
            }
        }

        #[automatically_derived]
        impl __live::core::fmt::Debug for #name #clause {
            fn fmt(&self, f: &mut __live::core::fmt::Formatter<'_>) -> __live::core::fmt::Result {
                match self { #(#shown),* }
            }
        }

        __live::impl_field!(#name #clause);
    }
}

/// Where each field's leaves begin, the number of all leaves at the end; and the leaves.
fn places(entity: &Entity) -> Option<TokenStream> {
    let (name, clause) = (&entity.names.field, nested_clause(entity)?);
    let count = Literal::usize_unsuffixed(entity.tracked().count() + 1);
    let lengths = entity.tracked().map(|(_, field, _)| {
        if is_nested(field) {
            let inner = nested_field(field);
            quote!(__live::leaves::<#inner>())
        } else {
            quote!(1)
        }
    });
    let first = entity.tracked().next().map(|(_, field, variant)| leaf(field, variant, &quote!(0)));
    let fill = entity.tracked().map(|(place, field, variant)| fill(entity, place, field, variant));
    Some(quote! {
        impl #name #clause {
            const __AT: [__live::core::primitive::usize; #count] = __live::offsets([#(#lengths,)* 0]);
            const __LEAVES: &'static [Self] = &{
                let mut leaves = [#first; #CAPACITY];
                #(#fill)*
                leaves
            };
        }
    })
}

fn nested_field(field: &Field) -> TokenStream {
    nested(&quote!(__live), field, &quote!(Field))
}

/// Every leaf as a constant slice.
fn leaves(entity: &Entity) -> TokenStream {
    if entity.has_nested() {
        let count = first_leaf(entity, entity.tracked().count());
        quote!(__live::first(Self::__LEAVES, #count))
    } else {
        let variants = entity.tracked().map(|(_, _, variant)| variant);
        quote!(&[#(Self::#variants),*])
    }
}

/// The leaf of `field` at `index` inside of it.
fn leaf(field: &Field, variant: &Ident, index: &TokenStream) -> TokenStream {
    let inner = nested_field(field);
    if is_nested(field) {
        quote!(Self::#variant(<#inner as __live::Field>::ALL[#index]))
    } else {
        quote!(Self::#variant)
    }
}

/// The statements that put the leaves of `field` into the array; what is beyond it is refused elsewhere.
fn fill(entity: &Entity, place: usize, field: &Field, variant: &Ident) -> TokenStream {
    let (at, end) = (first_leaf(entity, place), first_leaf(entity, place + 1));
    let leaf = leaf(field, variant, &quote!(at - #at));
    quote! {
        let mut at = #at;
        while at < #end && at < #CAPACITY {
            leaves[at] = #leaf;
            at += 1;
        }
    }
}

fn shown(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.tracked().map(|(_, field, variant)| {
        let name = variant.to_string();
        if is_nested(field) {
            quote!(Self::#variant(inner) => __live::debug_nested(f, #name, inner))
        } else {
            quote!(Self::#variant => __live::core::fmt::Formatter::write_str(f, #name))
        }
    })
}

/// The calls that add the read-only fields to an empty set.
fn readonly(entity: &Entity) -> impl Iterator<Item = TokenStream> {
    entity.tracked().filter_map(move |(place, field, _)| {
        let at = first_leaf(entity, place);
        match (is_nested(field), field.is_readonly()) {
            (false, false) => None,
            (false, true) => Some(quote!(.with(#at))),
            (true, readonly) => {
                let inner = nested_field(field);
                let set = if readonly {
                    quote!(__live::FieldSet::<#inner>::ALL)
                } else {
                    quote!(<#inner as __live::Field>::READONLY)
                };
                Some(quote!(.with_nested(#at, #set.bits())))
            }
        }
    })
}

fn index(entity: &Entity) -> TokenStream {
    if !entity.has_nested() {
        return quote!(self as __live::core::primitive::usize);
    }
    let arms = entity.tracked().map(|(place, field, variant)| {
        let at = first_leaf(entity, place);
        if is_nested(field) {
            quote!(Self::#variant(inner) => #at + __live::Field::index(inner))
        } else {
            quote!(Self::#variant => #at)
        }
    });
    quote!(match self { #(#arms),* })
}

/// The table of names: tracked fields, and what serde writes beside them.
fn table(entity: &Entity) -> TokenStream {
    let own = entity.fields.iter().filter_map(|field| {
        let (name, wire, label) = (field.name(), &field.wire.0, field.label());
        if is_nested(field) {
            let inner = nested_field(field);
            Some(quote!(__live::OwnField::nested::<#inner>(#name, #wire, #label)))
        } else if field.is_tracked() {
            Some(quote!(__live::OwnField::leaf(#name, #wire, #label)))
        } else {
            field.serde.writes().then(|| quote!(__live::OwnField::untracked(#name, #wire)))
        }
    });
    quote! {
        static TABLE: __live::FieldTable = __live::FieldTable::new();
        __live::FieldTable::get(&TABLE, const { &[#(#own),*] })
    }
}
