//! SurrealDB: a table of a server or of a database in this process, or a table with a filter, as a value set with a feed.

mod changes;
mod connect;
mod error;
mod feed;
mod guard;
mod id;
mod json;
mod kinds;
mod link;
mod native;
mod plan;
mod read;
mod schema;
mod socket;
mod statement;
mod table;
mod write;

pub use connect::{Connecting, SurrealDb};
pub use feed::SurrealFeed;
pub use table::SurrealTable;
