//! The derive on arbitrary tokens: it never panics, what it writes can be read, and an error stands where it was made.

mod pieces;

use arbitrary::Unstructured;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{DeriveInput, File, Item};

use crate::steps;

/// As deep as anything sensible, and less than what syn's own recursion needs a bigger stack for.
const DEPTH: usize = 48;

/// An item: any text, text in a place where the derive looks, or put together of pieces.
pub fn derive(data: &[u8]) {
    let Some((form, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let source = match form % 8 {
        0 => text.into_owned(),
        1 => format!("#[live({text})] struct Row {{ name: String }}"),
        2 => format!("struct Row {{ #[live({text})] name: String, price: i64 }}"),
        3 => format!("#[serde({text})] struct Row {{ #[serde({text})] name: String, #[live(nested)] inner: Inner }}"),
        4 => format!("struct Row<T, const N: usize> {{ name: {text}, {text} }}"),
        5 => format!("struct Row{text}"),
        _ => pieces::item(&mut Unstructured::new(rest)).unwrap_or_default(),
    };
    if deepest(&source) <= DEPTH
        && let Ok(tokens) = source.parse::<TokenStream>()
    {
        // The compiler lets no derive see what is no item, but an editor does.
        let whole = syn::parse2::<DeriveInput>(tokens.clone());
        drop(steps::output(tokens));
        if let Ok(input) = whole {
            expands(&input, &source);
            // It takes as long again.
            if form & 0x80 != 0 {
                comes_out_alike(&input);
            }
        }
    }
    // Else the sources of all inputs so far are kept, for their spans.
    proc_macro2::extra::invalidate_current_thread_spans();
}

fn deepest(source: &str) -> usize {
    let opened = source.bytes().scan(0_usize, |depth, byte| {
        match byte {
            // Angle brackets, signs and the like nest what syn reads, too.
            b'(' | b'[' | b'{' | b'<' | b'&' | b'*' | b'-' | b'!' | b'|' | b'=' => *depth += 1,
            b')' | b']' | b'}' | b'>' | b',' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    opened.max().unwrap_or(0)
}

fn derived(input: &DeriveInput) -> (TokenStream, TokenStream) {
    let (output, errors) = steps::derive(input, true);
    (output, errors.into_tokens())
}

fn expands(input: &DeriveInput, source: &str) {
    let (output, errors) = derived(input);
    let read = |tokens: &TokenStream| {
        syn::parse2::<File>(tokens.clone())
            .unwrap_or_else(|error| panic!("{error} in what is made of {source:?}: {tokens}"))
    };
    let (file, told) = (read(&output), read(&errors));

    assert!(told.items.iter().all(is_error), "{errors}");
    let entity = file.items.iter().any(|item| matches!(item, Item::Impl(_) | Item::Const(_)));
    assert!(entity || !told.items.is_empty(), "neither an entity nor an error of {source:?}: {output}");
    for item in &told.items {
        let place = item.span().source_text().unwrap_or_default();
        assert!(!place.is_empty(), "an error stands nowhere in {source:?}: {}", item.to_token_stream());
    }
}

fn comes_out_alike(input: &DeriveInput) {
    let [one, other] =
        [derived(input), derived(input)].map(|(output, errors)| (output.to_string(), errors.to_string()));
    assert_eq!(one, other, "the same in every build");
}

fn is_error(item: &Item) -> bool {
    matches!(item, Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error"))
}
