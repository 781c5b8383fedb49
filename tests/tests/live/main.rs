//! Live tables and edit sessions over a store in memory.

mod as_value_set;
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
