//! Live tables and edit sessions over a store in memory.

mod data_sets;
mod deletes;
mod edits;
mod executors;
mod new_records;
mod rebases;
mod rows;
mod subscriptions;
