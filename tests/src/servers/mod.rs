//! Real servers that the tests start, kill and start again, and the relay between them and a client.

mod relay;
mod surreal;

pub use relay::Relay;
pub use surreal::SurrealServer;
