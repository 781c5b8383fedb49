//! What the tokens of a field's type tell: what it is, and what its values hold.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericArgument, Ident, Lifetime, PathArguments, Type, parse_quote};

use crate::generics::mentions_anywhere;

/// What to write in place of what borrows.
pub const OWNED: &str = "hold `String`, or what else owns its value";

/// Types that are one value, by names that everyone knows.
pub const PLAIN: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "String", "u8", "u16", "u32",
    "u64", "u128", "usize",
];
/// Types that hold another.
pub const AROUND_ONE: &[&str] = &["Arc", "Box", "Rc", "Cow"];
/// Types that hold many others.
pub const AROUND_MANY: &[&str] = &[
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "HashMap",
    "HashSet",
    "IndexMap",
    "IndexSet",
    "LinkedList",
    "Vec",
    "VecDeque",
];

/// Types of others that any thread may read, by names that everyone knows. Where the name is that of another type, which only one
/// thread may read, the compiler says so all the same, but more than once, and not at the field.
const SHARED: &[&str] = &[
    "DateTime",
    "Decimal",
    "Duration",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "Option",
    "PathBuf",
    "SystemTime",
    "Url",
    "Utc",
    "Uuid",
];

/// Whether it is a type of floats.
pub fn is_float(name: &str) -> bool {
    ["f32", "f64"].contains(&name)
}

/// Whether it is one of the language's own types.
pub fn is_primitive(name: &str) -> bool {
    PLAIN.contains(&name) && name != "String"
}

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
    given(&last.arguments).next()
}

/// The name of the type that is in `ty`, in whatever holds one: that of `ty` itself, where it is not such.
pub fn innermost(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    let last = path.path.segments.last()?;
    if is_one_of(&last.ident, AROUND_ONE) || last.ident == "Option" {
        return given(&last.arguments).find_map(innermost);
    }
    // What has a path of its own may be somebody's own type of that name.
    (path.path.segments.len() == 1).then_some(&last.ident)
}

/// Whether any thread may read a value, as far as the names in the type tell.
pub fn is_shared(ty: &Type) -> bool {
    is_made_of(ty, &|name| {
        let known = [PLAIN, AROUND_ONE, AROUND_MANY, SHARED];
        name != "Rc" && known.iter().any(|names| names.contains(&name))
    })
}

/// Whether a value can be copied, as far as the names in the type tell: those that hardly anybody gives to another type.
pub fn is_of_std(ty: &Type) -> bool {
    is_made_of(ty, &|name| [PLAIN, AROUND_ONE, AROUND_MANY, &["Option"]].iter().any(|names| names.contains(&name)))
}

/// Whether all types that a value is made of have names that are `known`.
fn is_made_of(ty: &Type, known: &impl Fn(&str) -> bool) -> bool {
    let path = match ungrouped(ty) {
        Type::Path(path) if path.qself.is_none() => &path.path,
        Type::Tuple(tuple) => return tuple.elems.iter().all(|elem| is_made_of(elem, known)),
        Type::Array(array) => return is_made_of(&array.elem, known),
        _ => return false,
    };
    let Some(last) = path.segments.last() else { return false };
    known(&last.ident.to_string()) && given(&last.arguments).all(|ty| is_made_of(ty, known))
}

/// Whether the name is among the `names`.
pub fn is_one_of(name: &Ident, names: &[&str]) -> bool {
    names.iter().any(|one| name == one)
}

/// The types among the arguments.
fn given(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let given = match arguments {
        PathArguments::AngleBracketed(given) => Some(&given.args),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    given.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

/// Whether it is `<A as B>::C`, or an `Option` of that: a type that may have another name.
pub fn is_said_by_another(ty: &Type) -> bool {
    matches!(ungrouped(optional(ty).unwrap_or(ty)), Type::Path(path) if path.qself.is_some())
}

/// Whether no field can have the type, as the compiler says itself: nobody knows how large it is, or it is to be found out.
pub fn is_of_no_field(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Paren(paren) => is_of_no_field(&paren.elem),
        Type::Path(path) if path.qself.is_none() && path.path.is_ident("str") => true,
        ty => is_left_open(ty),
    }
}

/// Whether there is a `_` or an `impl Trait` in the place of a type.
fn is_left_open(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::ImplTrait(_) | Type::Infer(_) => true,
        Type::Array(array) => is_left_open(&array.elem),
        Type::Paren(paren) => is_left_open(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(is_left_open),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| given(&last.arguments).any(is_left_open)),
        _ => false,
    }
}

/// Whether it is a `&str` or a `&[u8]`, or an `Option` of one: these serde borrows without being told to.
pub fn is_borrowed(ty: &Type) -> bool {
    let Type::Reference(reference) = ungrouped(optional(ty).unwrap_or(ty)) else { return false };
    match ungrouped(&reference.elem) {
        Type::Slice(slice) => *ungrouped(&slice.elem) == parse_quote!(u8),
        elem => *elem == parse_quote!(str),
    }
}

/// The `Rc` or `RefCell` in `ty`, which keeps a row from being read by all threads. What is in somebody's own type, or in a
/// lock, may be read by all: the compiler knows.
pub fn of_one_thread(ty: &Type) -> Option<&Ident> {
    match ungrouped(ty) {
        Type::Array(array) => of_one_thread(&array.elem),
        Type::Paren(paren) => of_one_thread(&paren.elem),
        Type::Reference(reference) => of_one_thread(&reference.elem),
        Type::Slice(slice) => of_one_thread(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(of_one_thread),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            // With what is in it, it is nobody's own type.
            let is = |names| is_one_of(&last.ident, names);
            if is(&["Rc", "RefCell"]) {
                return given(&last.arguments).next().map(|_| &last.ident);
            }
            let holds = is(AROUND_ONE) || is(AROUND_MANY) || is(&["Option", "PhantomData", "Result"]);
            given(&last.arguments).filter(|_| holds).find_map(of_one_thread)
        }
        _ => None,
    }
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

/// The type with `'static` in place of every lifetime, those that are left out too; `None` where it has one of its own, or one
/// may be left out unseen.
pub fn static_of(ty: &Type) -> Option<Type> {
    let tokens = ty.to_token_stream();
    if mentions_anywhere(tokens.clone(), "for") {
        return None;
    }
    let ty = syn::parse2(with_static(tokens)).ok()?;
    without_lifetime(&ty).is_none().then_some(ty)
}

fn with_static(tokens: TokenStream) -> TokenStream {
    let (mut written, mut tokens) = (TokenStream::new(), tokens.into_iter().peekable());
    let is_static = |span| Lifetime::new("'static", span).into_token_stream();
    while let Some(token) = tokens.next() {
        let (span, next) = (token.span(), tokens.peek());
        let begins = is_punct(next, '\'');
        match token {
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), with_static(group.stream()));
                inside.set_span(group.span());
                written.extend([TokenTree::Group(inside)]);
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                tokens.next();
                written.extend(is_static(span));
            }
            TokenTree::Punct(ref punct) if punct.as_char() == '&' && !begins => {
                written.extend([token]);
                written.extend(is_static(span));
            }
            TokenTree::Ident(ref ident) if ident == "Cow" && is_punct(next, '<') => {
                written.extend([token]);
                written.extend(tokens.next());
                if !is_punct(tokens.peek(), '\'') {
                    let lifetime = is_static(span);
                    written.extend(quote!(#lifetime,));
                }
            }
            token => written.extend([token]),
        }
    }
    written
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
    fn what_has_no_size_or_is_left_open_is_no_type_of_a_field() {
        for ty in [
            "[u8]",
            "str",
            "dyn Name + Send",
            "(dyn Name)",
            "impl Clone",
            "_",
            "Option<(u8, Vec<_>)>",
            "[impl Clone; 2]",
        ] {
            assert!(is_of_no_field(&parse_str(ty).expect(ty)), "{ty}");
        }
        for ty in ["Box<[u8]>", "Arc<str>", "Box<dyn Name>", "fn(_: u8) -> u8", "own::str", "[u8; 2]"] {
            assert!(!is_of_no_field(&parse_str(ty).expect(ty)), "{ty}");
        }
    }

    #[test]
    fn what_is_for_one_thread_is_found_where_nothing_else_may_guard_it() {
        let cases = [
            ("std::rc::Rc<str>", Some("Rc")),
            ("Option<(u8, [RefCell<u8>; 2])>", Some("RefCell")),
            ("HashMap<String, Vec<&'static Rc<u8>>>", Some("Rc")),
            ("Arc<RefCell<u8>>", Some("RefCell")),
            ("Arc<Mutex<RefCell<u8>>>", None),
            ("&'static LocalKey<RefCell<u8>>", None),
            ("PhantomData<fn(Rc<u8>) -> RefCell<u8>>", None),
            ("Rc", None),
        ];

        for (ty, expected) in cases {
            let found = of_one_thread(&parse_str(ty).expect(ty)).map(ToString::to_string);
            assert_eq!(found.as_deref(), expected, "{ty}");
        }
    }

    #[test]
    fn every_lifetime_can_be_written_as_one_that_lasts() {
        let cases = [
            ("&str", Some("&'static str")),
            ("Option<&'a [Cow<'b, str>]>", Some("Option<&'static [Cow<'static, str>]>")),
            ("(std::borrow::Cow<[u8]>, Text<'_>)", Some("(std::borrow::Cow<'static, [u8]>, Text<'static>)")),
            ("Box<dyn Name + 'a>", Some("Box<dyn Name + 'static>")),
            ("Vec<u8>", Some("Vec<u8>")),
            ("Box<dyn for<'a> Reads<&'a str>>", None),
        ];

        for (ty, expected) in cases {
            let written = static_of(&parse_str(ty).expect(ty));
            assert_eq!(written, expected.map(|ty| parse_str(ty).expect(ty)), "{ty}");
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
