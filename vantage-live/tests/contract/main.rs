//! The contract kit: the stores that are here keep it, it catches those that do not, and its faults do what they say.

mod catches;
mod faults;
mod feed_faults;
mod memory;
