//! From tokens to an item. The compiler gives a derive nothing but whole items; an editor gives it what has been typed so
//! far, and shall still know the names that are generated.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{DeriveInput, Field, Token};

/// The item with the fields that can be read, and what is wrong with the rest.
pub fn item(tokens: TokenStream) -> (Option<DeriveInput>, Option<syn::Error>) {
    match syn::parse2(tokens.clone()) {
        Ok(item) => (Some(item), None),
        Err(error) => (syn::parse2(readable(tokens)).ok(), Some(error)),
    }
}

/// The tokens without what is no field between the braces.
fn readable(tokens: TokenStream) -> TokenStream {
    let readable = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let fields = fields.parse2(group.stream()).unwrap_or_default();
            TokenTree::Group(Group::new(Delimiter::Brace, quote!(#(#fields),*)))
        }
        other => other,
    };
    tokens.into_iter().map(readable).collect()
}

fn fields(input: ParseStream<'_>) -> syn::Result<Vec<Field>> {
    let mut fields = Vec::new();
    while !input.is_empty() {
        let ahead = input.fork();
        match ahead.call(Field::parse_named) {
            Ok(field) => {
                fields.push(field);
                input.advance_to(&ahead);
                input.parse::<Option<Token![,]>>()?;
            }
            // A name without a type, or worse: the next field begins somewhere behind.
            Err(_) => drop(input.parse::<TokenTree>()?),
        }
    }
    Ok(fields)
}
