//! The struct's parameters, and those of them that a generated type needs: one that no field of it mentions would be
//! refused as unused.

use proc_macro2::{Group, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, GenericParam, Generics, Ident, Lifetime, Type, WherePredicate, parse_quote};

use crate::model::Field;

/// The parameters that some fields mention, and those that their bounds mention, with the bounds that speak of nothing else.
pub struct Params<'g> {
    used: Vec<&'g GenericParam>,
    /// Those that no field mentions.
    by_bounds: Vec<&'g Ident>,
    generics: &'g Generics,
}

impl<'g> Params<'g> {
    pub fn new(generics: &'g Generics, types: impl Iterator<Item = TokenStream>) -> Self {
        // Most structs have none, and need not be read for them.
        let types: TokenStream = if generics.params.is_empty() { TokenStream::new() } else { types.collect() };
        let used = |param: &&GenericParam| name(param).is_some_and(|name| mentions(types.clone(), name));
        let mut params =
            Params { used: generics.params.iter().filter(used).collect(), by_bounds: Vec::new(), generics };
        let (by_fields, bounds) = (params.used.len(), bounds(generics));
        while by_fields > 0 && params.add_by(&bounds) {}
        params
    }

    /// Takes in what the bounds of the used ones mention: a field's type may need them. Whether there was more.
    fn add_by(&mut self, bounds: &[(TokenStream, TokenStream)]) -> bool {
        let of_used = bounds.iter().filter(|(of, bound)| self.covers(of) && !mentions_self(bound));
        let bounds: TokenStream = of_used.map(|(_, bound)| bound.clone()).collect();
        let is_used = |param: &&GenericParam| self.used.iter().any(|used| name(used) == name(param));
        let is_new = |param: &&GenericParam| name(param).is_some_and(|name| mentions(bounds.clone(), name));
        let more: Vec<_> = self.generics.params.iter().filter(|param| !is_used(param) && is_new(param)).collect();
        // In the order in which they are declared.
        let all = self.generics.params.iter().filter(|param| is_used(param) || is_new(param));
        self.used = all.collect();
        let types = more.iter().filter(|param| matches!(param, GenericParam::Type(_)));
        self.by_bounds.extend(types.filter_map(|param| name(param)));
        !more.is_empty()
    }

    /// The field's type in the definition of a generated type, which is refused where a parameter stands in no field of it.
    pub fn held(&self, field: &Field, private: &TokenStream) -> TokenStream {
        let ty = field.ty.to_token_stream();
        if field.parameter.is_none() {
            return ty;
        }
        self.by_bounds.iter().fold(ty, |ty, name| quote!(<#ty as #private::Beside<#name>>::Itself))
    }

    /// `<'e, T: Bound, const N: usize>`, as an impl has it.
    pub fn declared(&self, lifetime: Option<&TokenStream>) -> TokenStream {
        let params = self.used.iter().map(|param| self.declaration(param));
        angled(lifetime.map(ToTokens::to_token_stream).into_iter().chain(params))
    }

    /// As [`declared`](Self::declared), with the defaults, as a type has it; where there is none, `<>`. Else the compiler
    /// offers a parameter of the name of a field's type that is not found, in a message that no other is equal to.
    pub fn defined(&self, lifetime: Option<&TokenStream>) -> TokenStream {
        // What has one stands behind what has none.
        let without = self.used.iter().rposition(|param| self.default(param).is_none());
        let params = self.used.iter().enumerate().map(|(at, param)| {
            let (declaration, default) = (self.declaration(param), self.default(param));
            let default = default.filter(|_| without.is_none_or(|without| at > without));
            default.map_or_else(|| declaration.clone(), |default| quote!(#declaration = #default))
        });
        let items: Vec<_> = lifetime.map(ToTokens::to_token_stream).into_iter().chain(params).collect();
        quote!(<#(#items),*>)
    }

    fn declaration(&self, param: &GenericParam) -> TokenStream {
        match param {
            GenericParam::Type(param) => {
                let (ident, bounds) = (&param.ident, param.bounds.iter().filter(|bound| self.covers(*bound)));
                quote!(#ident: #(#bounds)+*)
            }
            GenericParam::Const(param) => {
                let (ident, ty) = (&param.ident, &param.ty);
                quote!(const #ident: #ty)
            }
            GenericParam::Lifetime(_) => TokenStream::new(),
        }
    }

    fn default(&self, param: &GenericParam) -> Option<TokenStream> {
        let default = match param {
            GenericParam::Type(param) => param.default.as_ref().map(|(_, default)| default.to_token_stream()),
            GenericParam::Const(param) => param.default.as_ref().map(|(_, default)| default.to_token_stream()),
            GenericParam::Lifetime(_) => None,
        };
        default.filter(|default| self.covers(default))
    }

    /// `<'e, T, N>`
    pub fn given(&self, lifetime: Option<&TokenStream>) -> TokenStream {
        let params = self.used.iter().filter_map(|param| name(param)).map(ToTokens::to_token_stream);
        angled(lifetime.map(ToTokens::to_token_stream).into_iter().chain(params))
    }

    /// The where-clause: the struct's own, and `more`.
    pub fn filter(&self, more: impl IntoIterator<Item = TokenStream>) -> TokenStream {
        let own = self.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let own = own.filter(|predicate| self.covers(*predicate)).map(WherePredicate::to_token_stream);
        let all: Vec<_> = own.chain(more).collect();
        if all.is_empty() { TokenStream::new() } else { quote!(where #(#all),*) }
    }

    /// That the types are the program's own, as an entity's are.
    pub fn owned(&self) -> impl Iterator<Item = TokenStream> {
        let types = self.used.iter().filter(|param| matches!(param, GenericParam::Type(_)));
        types.filter_map(|param| name(param)).map(|name| quote!(#name: 'static))
    }

    /// That the types live as long as a reference to them in the definition of a generated type: where the type that is
    /// referred to is [`held`](Self::held), the compiler does not see that.
    pub fn outlive(&self, lifetime: &TokenStream) -> impl Iterator<Item = TokenStream> {
        let types = self.used.iter().filter(|param| matches!(param, GenericParam::Type(_)));
        let types = types.filter(|_| !self.by_bounds.is_empty()).filter_map(|param| name(param));
        types.map(move |name| quote!(#name: #lifetime))
    }

    /// Whether `tokens` mention no parameter but the used ones, nor the struct itself, which is another type in a generated
    /// one.
    fn covers(&self, tokens: impl ToTokens) -> bool {
        let tokens = tokens.to_token_stream();
        if mentions_self(&tokens) {
            return false;
        }
        let foreign = |param: &GenericParam| {
            let used = self.used.iter().any(|used| name(used) == name(param));
            !used && name(param).is_some_and(|name| mentions(tokens.clone(), name))
        };
        !self.generics.params.iter().any(foreign)
    }
}

/// What the bounds are of, and the bounds, whether they stand at the parameter or in the where-clause.
fn bounds(generics: &Generics) -> Vec<(TokenStream, TokenStream)> {
    let params = generics.type_params().map(|param| (param.ident.to_token_stream(), param.bounds.to_token_stream()));
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let predicates = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(of) => Some((of.bounded_ty.to_token_stream(), of.bounds.to_token_stream())),
        _ => None,
    });
    params.chain(predicates).collect()
}

fn angled(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    let items: Vec<_> = items.collect();
    if items.is_empty() { TokenStream::new() } else { quote!(<#(#items),*>) }
}

/// The first type or const parameter that `ty` mentions.
pub fn mentioned(generics: &Generics, ty: &Type) -> Option<Ident> {
    generics.params.iter().filter_map(name).find(|name| mentions(ty.to_token_stream(), name)).cloned()
}

fn name(param: &GenericParam) -> Option<&Ident> {
    match param {
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
        GenericParam::Lifetime(_) => None,
    }
}

fn mentions_self(tokens: &TokenStream) -> bool {
    mentions(tokens.clone(), &Ident::new("Self", Span::call_site()))
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    mention(tokens, name).is_some()
}

/// Where `name` stands in `tokens` at the beginning of a path: `T` or `T::Item`, but neither `other::T` nor `Iterator<T = u8>`.
pub fn mention(tokens: TokenStream, name: &Ident) -> Option<Ident> {
    let mut colons = 0;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let here = match &token {
            TokenTree::Ident(ident) => {
                let is_given = tokens.peek().is_some_and(|next| {
                    matches!(next, TokenTree::Punct(next) if next.as_char() == '=' && next.spacing() == Spacing::Alone)
                });
                (ident == name && colons != 2 && !is_given).then(|| ident.clone())
            }
            TokenTree::Group(group) => mention(group.stream(), name),
            TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        };
        if here.is_some() {
            return here;
        }
        // One stands between a name and its type.
        colons = if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':') { colons + 1 } else { 0 };
    }
    None
}

/// The lifetime, or another where one of that name is among the `taken`: no lifetime may stand for two.
pub fn free_lifetime(name: &str, taken: &[Ident]) -> TokenStream {
    let ident = Ident::new(name.trim_start_matches('\''), Span::call_site());
    let ident = if taken.contains(&ident) { format_ident!("__own_{ident}") } else { ident };
    Lifetime { apostrophe: Span::call_site(), ident }.to_token_stream()
}

/// The names of all lifetimes in `tokens`.
pub fn lifetimes(tokens: TokenStream) -> Vec<Ident> {
    let (mut names, mut after_apostrophe) = (Vec::new(), false);
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if after_apostrophe => names.push(ident.unraw()),
            TokenTree::Group(group) => names.extend(lifetimes(group.stream())),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        after_apostrophe = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
    }
    names
}

/// The field's type with the struct in place of `Self`, which is another type in a generated item.
pub fn without_self(ty: &Type, of: &DeriveInput) -> Type {
    let ident = &of.ident;
    let is_bare = matches!(ty, Type::TraitObject(_) | Type::ImplTrait(_));
    if !is_bare && !mentions_anywhere(ty.to_token_stream(), "Self") {
        return ty.clone();
    }
    let (_, given, _) = of.generics.split_for_impl();
    let given = given.as_turbofish();
    let replaced = replace_self(ty.to_token_stream(), &quote!(#ident #given));
    let ty = syn::parse2(replaced).unwrap_or_else(|_| ty.clone());
    // `dyn A + B` cannot stand behind a `&`.
    if matches!(ty, Type::TraitObject(_) | Type::ImplTrait(_)) { parse_quote!((#ty)) } else { ty }
}

/// Whether the name stands in `tokens`, wherever.
pub fn mentions_anywhere(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions_anywhere(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn replace_self(tokens: TokenStream, by: &TokenStream) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == "Self" => by.clone(),
        TokenTree::Group(group) => {
            let mut replaced = Group::new(group.delimiter(), replace_self(group.stream(), by));
            replaced.set_span(group.span());
            TokenTree::Group(replaced).into()
        }
        other => other.into(),
    };
    tokens.into_iter().map(replace).collect::<Vec<TokenStream>>().into_iter().collect()
}
