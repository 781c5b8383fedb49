//! The derive of vantage-live.
use proc_macro::TokenStream;

/// Stub.
#[proc_macro_derive(LiveEntity, attributes(live))]
pub fn live_entity(_input: TokenStream) -> TokenStream {
    TokenStream::new()
}
