//! Real servers that the tests start, kill and start again, and the relay between them and a client.

mod relay;
mod surreal;
mod tls;

pub use relay::Relay;
pub use surreal::SurrealServer;
pub use tls::Tls;
