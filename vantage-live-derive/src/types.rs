//! What the tokens of a field's type tell: what it is, and what its values hold.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Ident, PathArguments, Type, parse_quote};

use crate::generics::mentions_anywhere;

/// What to write in place of what borrows.
pub const OWNED: &str = "hold `String`, or what else owns its value";

/// A type that came through a `macro_rules!` macro stands in an invisible group.
pub fn ungrouped(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}

/// What is in the `Option`, if `ty` is one.
pub fn optional(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(given) = &last.arguments else { return None };
    given.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

/// Whether it is a `&str` or a `&[u8]`, or an `Option` of one: these serde borrows without being told to.
pub fn is_borrowed(ty: &Type) -> bool {
    let Type::Reference(reference) = ungrouped(optional(ty).unwrap_or(ty)) else { return false };
    match ungrouped(&reference.elem) {
        Type::Slice(slice) => *ungrouped(&slice.elem) == parse_quote!(u8),
        elem => *elem == parse_quote!(str),
    }
}

/// The `Rc` or `RefCell` in `ty`, which keeps a row from being read by all threads.
pub fn of_one_thread(ty: &Type) -> Option<Ident> {
    held(ty.to_token_stream(), &|token, behind| match token {
        // With what is in it, it is nobody's own type.
        TokenTree::Ident(ident) if ident == "Rc" || ident == "RefCell" => {
            is_punct(behind.first(), '<').then(|| ident.clone())
        }
        _ => None,
    })
}

/// What to write in place of a `&` or a `Cow` without a lifetime, or with one that nobody declares.
pub fn without_lifetime(ty: &Type) -> Option<&'static str> {
    let tokens = ty.to_token_stream();
    let declares = mentions_anywhere(tokens.clone(), "for");
    let begins_with_lifetime = |tokens: &[TokenTree]| {
        is_punct(tokens.first(), '\'')
            && (declares || matches!(tokens.get(1), Some(TokenTree::Ident(name)) if name == "static"))
    };
    held(tokens, &|token, behind| match (token, behind) {
        (TokenTree::Ident(ident), [next, argument @ ..]) if ident == "Cow" && is_punct(Some(next), '<') => {
            (!begins_with_lifetime(argument)).then_some("write `Cow<'static, …>`")
        }
        (TokenTree::Punct(punct), _) if punct.as_char() == '&' => (!begins_with_lifetime(behind)).then_some(OWNED),
        (TokenTree::Punct(punct), [name, ..]) if punct.as_char() == '\'' => {
            (!declares && name.to_string() != "static").then_some(OWNED)
        }
        _ => None,
    })
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// The first that `is` finds in what is held, of a token and those behind it. What a function takes and gives is not held, nor
/// what an array's length is made of, or a macro makes a type of; what else stands behind it, the compiler finds.
fn held<T>(tokens: TokenStream, is: &dyn Fn(&TokenTree, &[TokenTree]) -> Option<T>) -> Option<T> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut tokens = tokens.as_slice();
    while let Some((token, behind)) = tokens.split_first() {
        tokens = behind;
        let found = match token {
            TokenTree::Ident(ident) if ["fn", "Fn", "FnMut", "FnOnce"].iter().any(|name| ident == name) => return None,
            TokenTree::Punct(punct) if [';', '!'].contains(&punct.as_char()) => return None,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => None,
            TokenTree::Group(group) => held(group.stream(), is),
            token => is(token, behind),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use syn::parse_str;

    use super::*;

    #[test]
    fn what_serde_borrows_on_its_own_is_text_or_bytes_or_an_option_of_them() {
        for ty in ["&'static str", "&'static [u8]", "Option<&'static str>", "std::option::Option<&'static [u8]>"] {
            assert!(is_borrowed(&parse_str(ty).expect(ty)), "{ty}");
        }
        for ty in ["&'static [u16]", "&'static Path", "Vec<&'static str>", "Option<Option<&'static str>>", "String"] {
            assert!(!is_borrowed(&parse_str(ty).expect(ty)), "{ty}");
        }
    }

    #[test]
    fn a_lifetime_is_missed_in_what_is_held() {
        let cow = "write `Cow<'static, …>`";
        let cases = [
            ("&str", Some(OWNED)),
            ("Option<&str>", Some(OWNED)),
            ("(u8, [&'_ str; 2])", Some(OWNED)),
            ("HashMap<&str, Cow<str>>", Some(OWNED)),
            ("Box<dyn Name + 'a>", Some(OWNED)),
            ("Text<'a>", Some(OWNED)),
            ("std::borrow::Cow<str>", Some(cow)),
            ("Option<Cow<'a, str>>", Some(cow)),
            ("Cow<'_, [u8]>", Some(cow)),
            ("Cow<'static, str>", None),
            ("Option<&'static str>", None),
            ("fn(&str) -> Cow<str>", None),
            ("Arc<dyn Fn(&str) -> bool>", None),
            ("Arc<dyn for<'a> Reads<&'a str, Cow<'a, str>>>", None),
            ("[u8; A & B]", None),
            ("Bits<{ A & B }>", None),
            ("text!(&str)", None),
            ("Cow", None),
        ];

        for (ty, expected) in cases {
            assert_eq!(without_lifetime(&parse_str(ty).expect(ty)), expected, "{ty}");
        }
    }
}
