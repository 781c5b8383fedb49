//! What the tests share: the bakery's entities and stores, real servers, and waiting on conditions.

pub mod bakery;
pub mod below;
pub mod claiming;
pub mod coercing;
pub mod filtering;
pub mod numbering;
pub mod servers;
pub mod sessions;
pub mod still;
pub mod wait;
