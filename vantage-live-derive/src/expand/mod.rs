//! Generated code: the five types, and one `const` with all impls. Mostly tables and calls into `vantage_live`.
//!
//! Hygiene: types name everything by its full path, impls through `__live`, so that a program may have an `Option` of
//! its own, and no prelude. What a pattern binds begins with `__`: with a constant `name` in scope, the pattern `name`
//! would be that one. Macros are called by their full path everywhere: the compiler follows no import to one while it
//! does not find another, and a misspelt derive beside ours would leave out all that they write.

mod assertions;
mod change;
mod conflicts;
mod dirty;
mod entity;
mod fallback;
mod field;
mod per_type;

use std::mem;

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{DeriveInput, Ident, Token, Type};

pub use self::fallback::fallback;
use crate::model::{Entity, Field, Kind};
use crate::types::{is_said_by_another, optional, ungrouped};

/// Everything that the derive generates for `entity`. Where that is not the `whole` of it, nobody knows what it lacks.
pub fn entity(entity: &Entity, whole: bool) -> TokenStream {
    let (impls, granted) = (entity::impls(entity), whole.then(|| entity::granted(entity)));
    all(entity, &quote!(#impls #granted))
}

/// What is generated for an `entity` of which nothing can be written or read: everything under its name, and an impl that does
/// nothing, so that our message is the only one.
pub fn refused(entity: &Entity, input: &DeriveInput) -> TokenStream {
    all(entity, &fallback::stub_of(entity, input))
}

fn all(entity: &Entity, of_entity: &TokenStream) -> TokenStream {
    let private = entity.private();
    let lints = lints_of_impls(entity);
    let docs: Vec<_> = entity.tracked().map(|(_, field, _)| doc_field(entity, field)).collect();
    let items = [
        field::item(entity, &docs),
        dirty::item(entity, &docs),
        change::item(entity, &docs),
        conflicts::item(entity, &docs),
        conflicts::each(entity, &docs),
    ];
    let impls = [field::impls(entity), dirty::impls(entity), change::impls(entity), conflicts::impls(entity)];
    quote! {
        #(#items)*

        #lints
        const _: () = {
            use #private as __live;
            use __live::{ByDebug as _, ByDots as _, ByEquality as _, ByNothing as _, ByTotalOrder as _};

            #(#impls)*
            #of_entity
        };
    }
}

/// What is allowed in generated code beyond what the struct allows. The compiler and clippy do not lint what a derive has
/// written, but speak again where a token is the user's: of a nested type, of what is deprecated. Nothing is allowed that need
/// not be: where a program forbids the lint, that would be an error.
fn lints(entity: &Entity) -> TokenStream {
    let deprecated = entity.is_deprecated().then(|| quote!(#[allow(deprecated)]));
    let private = entity.hides_nested().then(|| quote!(#[allow(private_bounds, private_interfaces)]));
    // As serde's derives do: the path to the library may be shorter where the type is.
    let qualified = entity.has_nested().then(|| quote!(#[allow(unused_qualifications)]));
    quote!(#deprecated #private #qualified)
}

/// As [`lints`], for the impls: what one of the fields allows, too.
fn lints_of_impls(entity: &Entity) -> TokenStream {
    let notes = entity.fields.iter().flat_map(|field| &field.notes).chain(&entity.notes);
    let allowed = notes.filter(|note| note.path().is_ident("allow"));
    // As of the derive: of what the user has written twice, for two fields, clippy would say that once is enough.
    let allowed = allowed.map(|note| Place::from(Span::call_site()).put(note.to_token_stream()));
    let lints = lints(entity);
    // A parameter has its own bounds, and those of the fields of its type.
    let is_bounded = entity.generics.type_params().any(|param| !param.bounds.is_empty());
    let bounds = is_bounded.then(|| quote!(#[allow(clippy::trait_duplication_in_bounds)]));
    quote!(#lints #(#allowed)* #bounds)
}

/// A doc comment.
fn doc(text: &str) -> TokenStream {
    quote!(#[doc = #text])
}

/// The doc comment of a generated type: `text`, in which `{}` is a link to the struct; and the struct's notes.
fn doc_of(entity: &Entity, text: &str) -> TokenStream {
    let (docs, notes) = (doc(&text.replace("{}", &format!("[`{}`]", entity.ident.unraw()))), &entity.notes);
    quote!(#docs #(#notes)*)
}

/// What is said of what a generated type has per field: the field's own documentation, or its name, and its notes.
fn doc_field(entity: &Entity, field: &Field) -> TokenStream {
    let (docs, notes) = (&field.docs, &field.notes);
    let docs = if docs.is_empty() { doc(&format!("`{}`", field.name())) } else { quote!(#(#docs)*) };
    // What a private field links to may be private too, and a copy is as public as the struct.
    let links =
        field.is_hidden_in(entity) && field.docs.iter().any(|doc| doc.to_token_stream().to_string().contains('['));
    let private = links.then(|| quote!(#[allow(rustdoc::private_intra_doc_links)]));
    quote!(#docs #private #(#notes)*)
}

/// What keeps clippy from saying that a public field is called as what is not used. Nothing is allowed that may be forbidden.
fn hidden(field: &Field) -> Option<TokenStream> {
    let is_hidden = field.notes.iter().any(|note| note.path().is_ident("doc"));
    (field.name().starts_with('_') && !is_hidden).then(|| quote!(#[doc(hidden)]))
}

/// `<Type as NestedTypes>::Item` of a nested field.
fn nested(live: &TokenStream, field: &Field, item: &TokenStream) -> TokenStream {
    of_nested(&field.ty, &quote!(#live::NestedTypes), item)
}

/// `<Type as Trait>::Item` of a nested field, where its entity is named, so that an error points there.
fn of_nested(ty: &Type, of: &TokenStream, item: &TokenStream) -> TokenStream {
    let place = Place::of_entity(ty);
    let ty = fixed(place.around(ty));
    fixed(place.put(quote!(<#ty as #of>::#item)))
}

/// Where all that is said of something stands, so that equal messages are one: at what it begins and ends with.
#[derive(Clone, Copy)]
struct Place {
    begin: Span,
    end: Span,
}

impl Place {
    /// The type that is named in a nested field's: no plain `Option` that is around it.
    fn of_entity(ty: &Type) -> Self {
        if let Some((_, inner)) = plain_option(ty) {
            return Self::of_entity(inner);
        }
        Self::of(ty)
    }

    /// The type.
    fn of(ty: &Type) -> Self {
        let mut tokens = ungrouped(ty).to_token_stream().into_iter();
        let begin = tokens.next().map_or_else(Span::call_site, |first| first.span());
        let end = tokens.last().map_or(begin, |last| last.span());
        // What is named there has one meaning, wherever a macro has the two from.
        Place { begin: end.located_at(begin), end }
    }

    /// The same, as the derive's own: of the derive's edition, and nothing that the compiler offers to change.
    fn own(self) -> Self {
        let own = |span| Span::call_site().located_at(span);
        Place { begin: own(self.begin), end: own(self.end) }
    }

    /// The nested field's type, of which the tokens that name the entity stay where they are: what is not found on the way
    /// to it is said of the field too, and equal messages are one.
    fn around(self, ty: &Type) -> TokenStream {
        let Some((option, inner)) = plain_option(ty) else { return ungrouped(ty).to_token_stream() };
        let inner = fixed(self.around(inner));
        self.put(quote!(#option<#inner>))
    }

    /// The tokens, all of them here but what is [`fixed`]: nothing that has a name of its own in a function, which is
    /// another's at another span. A `$crate` stays that of the macro that wrote it.
    fn put(self, tokens: TokenStream) -> TokenStream {
        let mut span = self.begin;
        let here = |mut token: TokenTree| {
            let (meant, span) = (token.span(), mem::replace(&mut span, self.end));
            if let TokenTree::Group(group) = token {
                if group.delimiter() == Delimiter::None {
                    return TokenTree::Group(group);
                }
                token = TokenTree::Group(Group::new(group.delimiter(), self.put(group.stream())));
            }
            let is_crate = matches!(&token, TokenTree::Ident(ident) if ident == "$crate");
            token.set_span(if is_crate { meant.located_at(span) } else { span });
            token
        };
        tokens.into_iter().map(here).collect()
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Place { begin: span, end: span }
    }
}

/// The `Option` and what is in it, where it is written without a way to it, which may be wrong as well.
fn plain_option(ty: &Type) -> Option<(&Ident, &Type)> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    let last = path.path.segments.last().filter(|_| path.path.segments.len() == 1)?;
    Some((&last.ident, optional(ty)?))
}

/// The tokens in a group that nobody sees: what is [put](Place::put) somewhere around it leaves them where they are.
fn fixed(tokens: TokenStream) -> TokenStream {
    Group::new(Delimiter::None, tokens).into_token_stream()
}

/// The index of the first leaf of the field at `place`: a literal, or out of the table where there are nested ones.
fn first_leaf(entity: &Entity, place: usize) -> TokenStream {
    let (place, name) = (Literal::usize_unsuffixed(place), &entity.names.field);
    if entity.has_nested() { quote!(#name::__AT[#place]) } else { quote!(#place) }
}

/// The bits of the leaves of which `is` says so. Without nested ones their places need not be written down.
fn bits_of(entity: &Entity, is: impl Fn(usize, &Field) -> TokenStream) -> TokenStream {
    let leaves = entity.tracked().filter(|(_, field, _)| !is_nested(field));
    if entity.has_nested() {
        let marked = leaves.map(|(place, field, _)| {
            let (at, is) = (first_leaf(entity, place), is(place, field));
            quote!((#at, #is))
        });
        quote!(__live::Bits::of([#(#marked),*]))
    } else {
        let flags = leaves.map(|(place, field, _)| is(place, field));
        quote!(__live::Bits::in_order([#(#flags),*]))
    }
}

/// The part of `bits` that belongs to the nested field at `place`, as a set of its fields.
fn nested_set(entity: &Entity, bits: &TokenStream, place: usize) -> TokenStream {
    let (from, to) = (first_leaf(entity, place), first_leaf(entity, place + 1));
    quote!(__live::FieldSet::from_bits(#bits.nested(#from, #to - #from)))
}

/// Per field whose type mentions a parameter, that it has `bounds`: the struct's own clauses need not say so.
fn bounds(entity: &Entity, bounds: impl Fn(&Field) -> TokenStream) -> Vec<TokenStream> {
    let of_parameters = entity.tracked().map(|(_, field, _)| field).filter(|field| field.parameter.is_some());
    of_parameters
        .map(|field| {
            let (ty, bounds) = (&field.ty, bounds(field));
            quote!(#ty: #bounds)
        })
        .collect()
}

/// The where-clause of a generated item with parameters: the struct's own as far as it applies, that what is nested has its
/// generated types, and `more`.
fn where_clause(entity: &Entity, more: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    entity.params().filter(nested_bounds(entity, has_types).chain(more))
}

/// The where-clause of a generated item without parameters: that what is nested has these bounds.
fn nested_clause(entity: &Entity, bounds: Bounds) -> Option<TokenStream> {
    entity.has_nested().then(|| {
        let bounds = nested_bounds(entity, bounds);
        quote!(where #(#bounds),*)
    })
}

/// The bounds of a nested type, with the path of what generated code names.
type Bounds = fn(&TokenStream, &Type) -> TokenStream;

/// That what is nested has these bounds. With the lifetime, the compiler takes it for granted on the item, right or wrong:
/// what is no entity is found out where the type is named without it, which is at one place.
fn nested_bounds(entity: &Entity, bounds: Bounds) -> impl Iterator<Item = TokenStream> {
    let private = entity.private();
    let is_alone = entity.nested().nth(1).is_none();
    entity.nested().map(move |field| {
        // What another type says that it is may have these bounds under its own name too, and then the compiler does not know
        // which of two to take.
        let bounds = if is_alone || !is_said_by_another(&field.ty) { bounds } else { has_fields };
        let (ty, bounds) = (&field.ty, bounds(&private, &field.ty));
        quote!(for<'__e> #ty: #bounds)
    })
}

/// It is an entity.
fn is_entity(private: &TokenStream, ty: &Type) -> TokenStream {
    quote!(#private::NestedEntity + #private::LiveEntity<Field = <#ty as #private::NestedEntity>::Field>)
}

/// It has its generated types.
fn has_types(private: &TokenStream, _: &Type) -> TokenStream {
    quote!(#private::NestedTypes)
}

/// It has its fields.
fn has_fields(private: &TokenStream, _: &Type) -> TokenStream {
    quote!(#private::NestedEntity)
}

/// That the conflicts can be read by all threads: taken for granted as what is nested, and found out per field. Where the
/// types' names tell, nothing is said: with the clause, the compiler finds out for each item anew.
fn shared(entity: &Entity) -> Option<TokenStream> {
    if entity.tracked().all(|(_, field, _)| is_shared(field)) {
        return None;
    }
    let (name, given) = (&entity.names.conflicts, entity.params().given(None));
    Some(quote!(for<'__e> #name #given: __live::Shared))
}

/// Whether the field can be read by all threads, as far as the names in its type tell.
fn is_shared(field: &Field) -> bool {
    !is_nested(field) && field.is_shared
}

/// The call of a function of a leaf's type, which `call` makes of a span and the field's name there. Where names tell that the
/// type has it, that is all. Else it stands at the type, where what it lacks is said, and is the derive's own, so that the compiler
/// does not offer to borrow what is there; and the type is spelt: one that is inferred, the compiler may print in other words, and
/// say the same once more.
fn kept(field: &Field, call: impl FnOnce(Span, &Ident) -> TokenStream) -> TokenStream {
    if field.is_of_std {
        let call = call(Span::call_site(), &field.ident);
        return quote!(__live::Kept::#call);
    }
    let Place { begin, end } = Place::of(&field.ty).own();
    let mut ident = field.ident.clone();
    ident.set_span(end);
    let (open, ty, call) = (Token![<](begin), &field.ty, call(end, &ident));
    quote_spanned!(end=> #open #ty as __live::Kept>::#call)
}

fn is_nested(field: &Field) -> bool {
    field.kind() == Kind::Nested
}
