//! All that is wrong with one struct, so that it is said at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors found so far.
#[derive(Default)]
pub struct Errors(Vec<syn::Error>);

impl Errors {
    /// Reports `message` at `tokens`: the narrowest that the user can change.
    pub fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports what syn could not read.
    pub fn syntax(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The errors as `compile_error!`s.
    pub fn into_tokens(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }

    /// The source under each error, and its message.
    #[cfg(test)]
    pub fn told(&self) -> Vec<(String, String)> {
        let source = |error: &syn::Error| error.span().source_text().unwrap_or_default();
        self.0.iter().map(|error| (source(error), error.to_string())).collect()
    }
}
