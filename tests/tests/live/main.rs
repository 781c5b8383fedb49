//! Live tables and edit sessions over a store in memory.

mod builder;
mod data_sets;
mod deletes;
mod edits;
mod executors;
mod feeds;
mod new_records;
mod rebases;
mod rows;
mod saves;
mod subscriptions;
