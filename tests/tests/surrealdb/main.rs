//! The SurrealDB store, in process and over WebSocket.

mod connection;
mod contract;
mod elements;
mod feeds;
mod fidelity;
mod filtered;
mod keys;
mod permissions;
mod refusals;
mod support;
mod tls;
mod writes;
