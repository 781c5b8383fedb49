//! The derive of vantage-live.

#![forbid(unsafe_code)]

mod attr;
mod check;
mod error;
mod expand;
mod generics;
mod model;
mod naming;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::error::Errors;
use crate::model::Entity;

/// Derives `LiveEntity`.
#[proc_macro_derive(LiveEntity, attributes(live))]
pub fn live_entity(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive(&input).into()
}

/// Parse, check, expand; after an error still expand what makes sense, so that the error is the only message.
fn derive(input: &DeriveInput) -> proc_macro2::TokenStream {
    let (entity, errors) = read(input);
    let mut output = match entity {
        Some(entity) if check::can_expand(&entity) => expand::entity(&entity),
        _ => expand::fallback(input),
    };
    output.extend(errors.into_tokens());
    output
}

fn read(input: &DeriveInput) -> (Option<Entity>, Errors) {
    let mut errors = Errors::default();
    let entity = Entity::parse(input, &mut errors);
    check::shape(input, &mut errors);
    if let Some(entity) = &entity {
        check::entity(entity, &mut errors);
    }
    (entity, errors)
}
