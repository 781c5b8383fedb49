//! `ProductField`: an enum with a variant per field.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::{Place, doc_of, first_leaf, fixed, has_fields, is_nested, lints, nested_clause, of_nested};
use crate::check::CAPACITY;
use crate::model::{Entity, Field, Kind};

/// The enum. It derives the one trait that makes its constants patterns, unless an entity is inside: where that is none,
/// what is derived would say so a second time. The rest goes by the index, in `impl_field!`.
pub fn item(entity: &Entity, docs: &[TokenStream]) -> TokenStream {
    let (live, lints, vis, name) = (entity.private(), lints(entity), &entity.vis, &entity.names.field);
    let about = doc_of(entity, "The fields of {}.");
    let equality = (!entity.has_nested()).then(|| quote!(#[#live::derive(#live::PartialEq)]));
    let variants = entity.tracked().zip(docs).map(|((_, field, variant), docs)| {
        if is_nested(field) {
            let inner = nested_field(&live, field);
            quote!(#docs #variant(#inner))
        } else {
            quote!(#docs #variant)
        }
    });
    quote! {
        #about
        #lints
        #equality
        #vis enum #name { #(#variants),* }
    }
}

pub fn impls(entity: &Entity) -> TokenStream {
    let live = entity.private();
    let (name, clause) = (&entity.names.field, nested_clause(entity, has_fields));
    let (places, leaves, optional, readonly) = (places(entity), leaves(entity), optional(entity), readonly(entity));
    let (index, own, wholes) = (index(entity), own(entity), wholes(entity));
    let equality = entity.has_nested().then(|| {
        quote! {
            #[automatically_derived]
            impl __live::PartialEq for #name #clause {
                #[inline]
                fn eq(&self, __other: &Self) -> __live::bool {
                    __live::Field::index(*self) == __live::Field::index(*__other)
                }
            }
        }
    });
    quote! {
        #places

        #[automatically_derived]
        impl __live::Field for #name #clause {
            const ALL: &'static [Self] = #leaves;
            #readonly
            #wholes
            const OPTIONAL: &'static [__live::OptionalField<Self>] = #optional;
            const OWN: __live::Own = #own;

            #[inline]
            fn index(self) -> __live::usize {
                #index
            }

            #[inline]
            fn table() -> &'static __live::FieldTable {
                static __TABLE: __live::FieldTable = __live::FieldTable::EMPTY;
                __live::FieldTable::get(&__TABLE, &<Self as __live::Field>::OWN)
            }
        }

        #equality
        #live::impl_field!(#name #clause);
    }
}

/// Where each field's leaves begin, the number of all leaves at the end; the leaves, and those of an `Option`.
///
/// No where-clause says here, nor at the enum, that what is nested is an entity: the compiler has to look, and where it is
/// none it has nothing more to say of these constants than that.
fn places(entity: &Entity) -> Option<TokenStream> {
    let name = entity.has_nested().then_some(&entity.names.field)?;
    let count = Literal::usize_unsuffixed(entity.tracked().count() + 1);
    let lengths = entity.tracked().map(|(_, field, _)| {
        if is_nested(field) {
            let inner = nested_field(&quote!(__live), field);
            quote!(__live::leaves::<#inner>())
        } else {
            quote!(1)
        }
    });
    let first = entity.tracked().next().map(|(_, field, variant)| leaf(field, variant, &quote!(0)));
    let fill_with = |wrap: &TokenStream, shift: usize| {
        let each = entity.tracked().map(|(place, field, variant)| fill(entity, place, field, variant, wrap, shift));
        each.collect::<TokenStream>()
    };
    let (fill, fill_optional) = (fill_with(&quote!(), 0), fill_with(&quote!(__live::OptionalField::Inside), 1));
    let optional = CAPACITY + 1;
    Some(quote! {
        impl #name {
            const __AT: [__live::usize; #count] = __live::offsets([#(#lengths,)* 0]);
            const __LEAVES: &'static [Self] = &{
                let mut __leaves = [const { #first }; #CAPACITY];
                #fill
                __leaves
            };
            const __OPTIONAL: &'static [__live::OptionalField<Self>] = &{
                let mut __leaves = [const { __live::OptionalField::Whole }; #optional];
                #fill_optional
                __leaves
            };
        }
    })
}

/// The enum of a nested field's type, and nothing asked of the type but that it is an entity.
pub fn nested_field(live: &TokenStream, field: &Field) -> TokenStream {
    of_nested(&field.ty, &quote!(#live::NestedEntity), &quote!(Field))
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

/// The leaves of an `Option` of the entity.
fn optional(entity: &Entity) -> TokenStream {
    let count = entity.tracked().count();
    if entity.has_nested() {
        let count = first_leaf(entity, count);
        quote!(__live::first(Self::__OPTIONAL, #count + 1))
    } else {
        let count = Literal::usize_unsuffixed(count + 1);
        quote!(&__live::optional_leaves::<Self, #count>(<Self as __live::Field>::ALL))
    }
}

/// The leaf of `field` at `index` inside of it.
fn leaf(field: &Field, variant: &Ident, index: &TokenStream) -> TokenStream {
    if is_nested(field) {
        let inner = nested_field(&quote!(__live), field);
        fixed(Place::of_entity(&field.ty).put(quote!(Self::#variant(<#inner as __live::Field>::ALL[#index]))))
    } else {
        quote!(Self::#variant)
    }
}

/// The statements that put the leaves of `field` into the array; what is beyond it is refused elsewhere.
fn fill(
    entity: &Entity,
    place: usize,
    field: &Field,
    variant: &Ident,
    wrap: &TokenStream,
    shift: usize,
) -> TokenStream {
    let (at, end) = (first_leaf(entity, place), first_leaf(entity, place + 1));
    // Named where it is used: at the span of a type that a macro has from elsewhere, another would be meant.
    let here = Ident::new("__at", if is_nested(field) { Place::of_entity(&field.ty).end } else { Span::call_site() });
    let leaf = leaf(field, variant, &quote!(#here - #at));
    let wrapped = if wrap.is_empty() { leaf } else { quote!(#wrap(#leaf)) };
    let wrapped = if is_nested(field) { Place::of_entity(&field.ty).put(wrapped) } else { wrapped };
    quote! {
        let mut #here = #at;
        while #here < #end && #here < #CAPACITY {
            __leaves[#here + #shift] = #wrapped;
            #here += 1;
        }
    }
}

/// The read-only fields, where there are any.
fn readonly(entity: &Entity) -> Option<TokenStream> {
    let added = entity.tracked().filter_map(move |(place, field, _)| {
        let at = first_leaf(entity, place);
        match (is_nested(field), field.is_readonly()) {
            (false, false) => None,
            (false, true) => Some(quote!(.with(#at))),
            (true, readonly) => {
                let inner = nested_field(&quote!(__live), field);
                let set = if readonly {
                    quote!(__live::FieldSet::<#inner>::ALL)
                } else {
                    quote!(<#inner as __live::Field>::READONLY)
                };
                Some(quote!(.with_nested(#at, #set.bits())))
            }
        }
    });
    let added: Vec<_> = added.collect();
    (!added.is_empty()).then(|| {
        quote! {
            const READONLY: __live::FieldSet<Self> = __live::FieldSet::from_bits(__live::Bits::EMPTY #(#added)*);
        }
    })
}

fn index(entity: &Entity) -> TokenStream {
    if !entity.has_nested() {
        return quote!(self as __live::usize);
    }
    let arms = entity.tracked().map(|(place, field, variant)| {
        let at = first_leaf(entity, place);
        if is_nested(field) {
            quote!(Self::#variant(__inner) => #at + __live::Field::index(__inner))
        } else {
            quote!(Self::#variant => #at)
        }
    });
    quote!(match self { #(#arms),* })
}

/// The fields that stand for a whole optional entity.
fn wholes(entity: &Entity) -> Option<TokenStream> {
    let nested = entity.tracked().filter(|(_, field, _)| is_nested(field)).map(|(place, field, _)| {
        let (at, inner) = (first_leaf(entity, place), nested_field(&quote!(__live), field));
        quote!(.with_nested(#at, <#inner as __live::Field>::WHOLES))
    });
    entity.has_nested().then(|| quote!(const WHOLES: __live::Bits = __live::Bits::EMPTY #(#nested)*;))
}

/// The fields that are tracked, and what serde writes beside them.
pub fn in_record(entity: &Entity) -> impl Iterator<Item = &Field> {
    let is_in_record = |field: &&Field| field.is_tracked() || field.kind() == Kind::Id || field.serde.writes();
    entity.fields.iter().filter(is_in_record)
}

/// The table of their names.
pub fn own(entity: &Entity) -> TokenStream {
    let names = in_record(entity).map(|field| {
        let (name, wire, label) = (field.name(), &field.wire.written, field.label());
        let variant =
            field.variant.as_ref().filter(|_| field.is_tracked()).map(ToString::to_string).unwrap_or_default();
        quote!([#name, #wire, #label, #variant])
    });
    let roles: Vec<_> =
        in_record(entity).enumerate().filter_map(|(place, field)| Some((place, role(field)?))).collect();
    let aliases: Vec<_> = in_record(entity)
        .enumerate()
        .filter_map(|(place, field)| {
            let aliases: Vec<_> = field.wire.others().map(|other| &other.value).collect();
            (field.serde.reads() && !aliases.is_empty()).then(|| quote!((#place, &[#(#aliases),*])))
        })
        .collect();
    let (names, tag) = (quote!(&[#(#names),*]), entity.tag());
    if roles.is_empty() && aliases.is_empty() && tag.is_empty() {
        return quote!(__live::Own::leaves(#names));
    }
    let roles = roles.into_iter().map(|(place, role)| quote!((#place, #role)));
    quote! {
        __live::Own {
            fields: #names,
            roles: &[#(#roles),*],
            aliases: &[#(#aliases),*],
            tag: #tag,
            optional: false,
        }
    }
}

/// What the field is, if it is no leaf.
fn role(field: &Field) -> Option<TokenStream> {
    if is_nested(field) {
        let (inner, role) =
            (nested_field(&quote!(__live), field), if field.is_flat() { quote!(Flat) } else { quote!(Nested) });
        Some(quote!(__live::Role::#role(<#inner as __live::Field>::OWN)))
    } else if field.is_tracked() {
        None
    } else {
        Some(if field.is_flat() { quote!(__live::Role::Rest) } else { quote!(__live::Role::Untracked) })
    }
}
