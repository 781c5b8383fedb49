//! What holds in whatever order the tasks of a table, its writers and its readers run.

#![cfg(shuttle)]

mod cache;
mod closing;
mod rows;
mod settling;
mod subscribers;
mod writers;
