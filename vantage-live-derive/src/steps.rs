//! Parse, check, expand: the derive from its input to its output.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::error::Errors;
use crate::model::Entity;
use crate::{check, expand, parse};

/// What the compiler gets for the tokens of an item.
pub fn output(tokens: TokenStream) -> TokenStream {
    let (item, unreadable) = parse::item(tokens);
    let unreadable = unreadable.as_ref().map(syn::Error::to_compile_error);
    let derived = item.map(|item| derive(&item, unreadable.is_none()));
    let (mut output, errors) = derived.unwrap_or_default();
    output.extend(errors.into_tokens());
    output.extend(unreadable);
    output
}

/// The generated code and the errors. After an error, what makes sense is still expanded, so that the error is the only
/// message. Where the input is not the `whole` of the item, something is wrong with it already.
pub fn derive(input: &DeriveInput, whole: bool) -> (TokenStream, Errors) {
    let (entity, errors) = read(input, whole);
    let output = match entity {
        Some(entity) if check::can_expand(&entity) => expand::entity(&entity, whole),
        Some(mut entity) if check::has_fields(&entity) => {
            if entity.lasts() {
                expand::refused(&entity, input)
            } else {
                expand::fallback(input, Some(entity.names))
            }
        }
        entity => expand::fallback(input, entity.map(|entity| entity.names)),
    };
    (output, errors)
}

/// The struct, where it is one, and all that is wrong with it.
pub fn read(input: &DeriveInput, whole: bool) -> (Option<Entity>, Errors) {
    let mut errors = Errors::default();
    let entity = Entity::parse(input, &mut errors);
    check::shape(input, &mut errors);
    if let Some(entity) = &entity {
        check::entity(entity, whole, &mut errors);
    }
    (entity, errors)
}
