//! The SurrealDB store, in process and over WebSocket.
#![allow(missing_docs)]

mod contract;
mod support;
