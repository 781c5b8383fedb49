//! `ProductField`: an enum with a variant per field.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

use super::{doc, doc_of, first_leaf, is_nested, lints, nested};
use crate::model::{Entity, Field};

pub fn item(entity: &Entity) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(), &entity.vis, &entity.names.field);
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
        #[#live::core::prelude::v1::derive(
            #live::core::clone::Clone, #live::core::marker::Copy, #live::core::fmt::Debug,
            #live::core::cmp::PartialEq, #live::core::cmp::Eq,
            #live::core::cmp::PartialOrd, #live::core::cmp::Ord, #live::core::hash::Hash,
        )]
        #vis enum #name { #(#variants),* }
    }
}

/// The field's own documentation, or its name.
fn docs_of(field: &Field) -> TokenStream {
    let docs = &field.docs;
    if docs.is_empty() { doc(&format!("The field `{}`.", field.name())) } else { quote!(#(#docs)*) }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let name = &entity.names.field;
    let (places, leaves, readonly) = (places(entity), leaves(entity), readonly(entity));
    let (index, table) = (index(entity), table(entity));
    quote! {
        #places

        #[automatically_derived]
        impl __live::Field for #name {
            const ALL: &'static [Self] = #leaves;
            const READONLY: __live::FieldSet<Self> = __live::FieldSet::from_bits(__live::Bits::EMPTY #(#readonly)*);

            fn index(self) -> __live::core::primitive::usize {
                #index
            }

            fn table() -> &'static __live::FieldTable {
                #table
            }
        }

        __live::impl_field!(#name);
    }
}

/// Where each field's leaves begin, the number of all leaves at the end; and that there are not too many.
fn places(entity: &Entity) -> TokenStream {
    if !entity.has_nested() {
        return TokenStream::new();
    }
    let count = Literal::usize_unsuffixed(entity.tracked().count() + 1);
    let lengths = entity.tracked().map(|(_, field, _)| {
        if is_nested(field) {
            let inner = nested_field(field);
            quote!(__live::leaves::<#inner>())
        } else {
            quote!(1)
        }
    });
    let all = first_leaf(entity, entity.tracked().count());
    quote! {
        const AT: [__live::core::primitive::usize; #count] = __live::offsets([#(#lengths,)* 0]);
        const _: () = __live::assert_capacity(#all);
    }
}

fn nested_field(field: &Field) -> TokenStream {
    nested(&quote!(__live), field, &quote!(Field))
}

/// Every leaf as a constant slice.
fn leaves(entity: &Entity) -> TokenStream {
    let name = &entity.names.field;
    if !entity.has_nested() {
        let variants = entity.tracked().map(|(_, _, variant)| variant);
        return quote!(&[#(Self::#variants),*]);
    }
    let count = first_leaf(entity, entity.tracked().count());
    let first = entity.tracked().next().map(|(_, field, variant)| {
        let inner = nested_field(field);
        if is_nested(field) {
            quote!(#name::#variant(<#inner as __live::Field>::ALL[0]))
        } else {
            quote!(#name::#variant)
        }
    });
    let fill = entity.tracked().map(|(place, field, variant)| fill(entity, place, field, variant));
    quote! {{
        const LEAVES: [#name; #count] = {
            let mut leaves = [#first; #count];
            #(#fill)*
            leaves
        };
        &LEAVES
    }}
}

fn fill(entity: &Entity, place: usize, field: &Field, variant: &Ident) -> TokenStream {
    let (name, at) = (&entity.names.field, first_leaf(entity, place));
    if !is_nested(field) {
        return quote!(leaves[#at] = #name::#variant;);
    }
    let (inner, end) = (nested_field(field), first_leaf(entity, place + 1));
    quote! {
        let mut at = #at;
        while at < #end {
            leaves[at] = #name::#variant(<#inner as __live::Field>::ALL[at - #at]);
            at += 1;
        }
    }
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
        const OWN: &[__live::OwnField] = &[#(#own),*];
        __live::FieldTable::get(&TABLE, OWN)
    }
}
