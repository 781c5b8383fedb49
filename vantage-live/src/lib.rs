//! Live tables and edit sessions over a remote database.
//!
//! A program shows records of a database to a person and lets that person edit them: a list, a form, a Save button.
//! Between the two stand latency, other writers, and a connection that drops. This crate is the layer in between. Reads
//! are synchronous and come from memory. A form knows which fields were touched, and which somebody else has changed
//! meanwhile. A save writes the fields that were modified and nothing else, and says exactly what happened.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use vantage_live::{LiveEntity, SaveResult};
//!
//! #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
//! struct Product {
//!     name: String,
//!     price: i64, // in cents
//!     #[live(nested)]
//!     inventory: Inventory,
//! }
//!
//! #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
//! struct Inventory {
//!     stock: i64,
//!     shelf: String,
//! }
//!
//! # use serde_json::json;
//! # use vantage_live::{Conflict, ImTable, LiveTable, WritableValueSet};
//! # #[derive(Default)]
//! # struct Form { marked: Vec<String>, closed: bool }
//! # impl Form {
//! #     fn mark(&mut self, field: &str, text: String) { self.marked.push(format!("{field}: {text}")) }
//! #     fn warn(&mut self, text: String) { panic!("{text}") }
//! #     fn ask(&mut self, price: Conflict<i64>) { panic!("{price:?}") }
//! #     fn close(&mut self) { self.closed = true }
//! # }
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let store = ImTable::new("product");
//! # let record = json!({"name": "Flux Cupcake", "price": 120, "inventory": {"stock": 50, "shelf": "A"}});
//! # store.insert_id_value(&"flux_cupcake".into(), record.as_object().unwrap().clone()).await?;
//! # let mut form = Form::default();
//! // `store` is any value set: a table of SurrealDB, or, as here, one in memory.
//! let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open().await?;
//!
//! let mut edit = table.edit_record("flux_cupcake").await?;
//! edit.price = 130;
//! edit.inventory.stock -= 3;
//!
//! // What the form marks as modified. A new field in the struct is an error here until the form handles it.
//! for change in edit.changes() {
//!     match change {
//!         ProductChange::Name { from, to } => form.mark("Name", format!("{from} → {to}")),
//!         ProductChange::Price { from, to } => form.mark("Price", format!("{to} ({:+})", to - from)),
//!         ProductChange::Inventory(InventoryChange::Stock { from, to }) => form.mark("Stock", format!("{from} → {to}")),
//!         ProductChange::Inventory(InventoryChange::Shelf { to, .. }) => form.mark("Shelf", to.clone()),
//!     }
//! }
//!
//! // Nobody has written the price or the stock meanwhile: that is checked in the store, in the same step as the write.
//! match edit.save().await? {
//!     SaveResult::Saved | SaveResult::Created(_) => form.close(),
//!     SaveResult::PartialSave(fields) => form.warn(format!("the store made other values of {fields}")),
//!     SaveResult::Conflict(conflicts) => match conflicts.price {
//!         Some(price) => form.ask(price), // its `base`, `local` and `remote`, as i64
//!         None => form.warn(format!("somebody else has changed {}", conflicts.fields())),
//!     },
//!     SaveResult::Deleted => form.warn("somebody has deleted it; save_as_new brings it back".into()),
//!     SaveResult::Error(error) => form.warn(error.to_string()),
//! }
//! # assert_eq!(form.marked, ["Price: 130 (+10)", "Stock: 50 → 47"]);
//! # assert!(form.closed);
//! # assert_eq!(table.row(&"flux_cupcake".into()).unwrap().inventory.stock, 47);
//! # Ok(())
//! # }
//! ```
//!
//! # Should I use this?
//!
//! Use it where a program keeps a table's rows on a screen, or at hand, while others write to the same table, and where
//! people edit records of it. A [`LiveTable`] holds **all** rows of its value set in memory; a set with a filter, such
//! as [a part of a SurrealDB table](#stores-and-features), keeps that in bounds.
//!
//! It is not an ORM: there are no queries, joins or migrations. It does not validate: a session may hold an address
//! that is half typed, and the store is the last judge. Not there yet: undo and redo, merging by a declared rule,
//! saving in the background with an outbox, several edits saved as one, and stores other than those
//! [below](#stores-and-features).
//!
//! What stands behind its promises, with the commands that show it: [`how_we_know`]. What it costs in time: [`how_fast`].
//!
//! # Usage
//!
//! The four ways in which a program uses an edit session.
//!
//! ### A simple edit form
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! # use serde_json::json;
//! # use vantage_live::{ImTable, LiveEntity, LiveTable, SaveError, SaveResult, WritableValueSet};
//! # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
//! # struct Client { name: String, email: String }
//! # #[derive(Default)]
//! # struct Form<'f> { bound: Vec<(&'static str, &'f mut String)> }
//! # #[derive(Default)]
//! # struct Shown { highlighted: Vec<ClientField> }
//! # impl<'f> Form<'f> {
//! #     fn bind(&mut self, label: &'static str, value: &'f mut String) { self.bound.push((label, value)) }
//! #     fn show(self) -> Shown {
//! #         for (label, value) in self.bound { if label == "email" { value.insert_str(0, "new.") } }
//! #         Shown::default()
//! #     }
//! # }
//! # impl Shown { fn highlight(&mut self, field: ClientField) { self.highlighted.push(field) } }
//! # fn show_error(error: SaveError<ClientField>) { panic!("{error}") }
//! # fn close_form() {}
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let store = ImTable::new("client");
//! # let record = json!({"name": "Marty McFly", "email": "marty@example.org"});
//! # store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await?;
//! # let live_table = LiveTable::<Client>::builder(store).open().await?;
//! # let mut form = Form::default();
//! # let save_clicked = true;
//! // Open form
//! let mut edit = live_table.edit_record("marty").await?;
//!
//! // Bind fields: two of them at once, through one borrow of the session
//! let local = edit.local_mut();
//! form.bind("name", &mut local.name);
//! form.bind("email", &mut local.email);
//! let mut form = form.show(); // the person types; the borrows end here
//!
//! // Highlight modified
//! for field in edit.modified_fields() {
//!     form.highlight(field);
//! }
//!
//! // Save button
//! if save_clicked {
//!     match edit.save().await? {
//!         SaveResult::Saved => close_form(),
//!         SaveResult::Error(e) => show_error(e),
//!         _ => {}
//!     }
//! }
//! # assert_eq!(form.highlighted, [ClientField::Email]);
//! # assert_eq!(live_table.row(&"marty".into()).unwrap().email, "new.marty@example.org");
//! # Ok(())
//! # }
//! ```
//!
//! ### A form with validation
//!
//! A session derefs to the entity, so that a function which checks a `&Client` takes it.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! # use serde_json::json;
//! # use std::error::Error;
//! # use vantage_live::{ImTable, LiveEntity, LiveTable, SaveResult, WritableValueSet};
//! # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
//! # struct Client { name: String, email: String }
//! # fn show_validation_errors(errors: Vec<(ClientField, &str)>) { assert_eq!(errors[0].0, ClientField::Email) }
//! fn validate(client: &Client) -> Result<(), Vec<(ClientField, &'static str)>> {
//!     if client.email.contains('@') { Ok(()) } else { Err(vec![(ClientField::Email, "there is no @ in it")]) }
//! }
//!
//! async fn edit_form(live_table: &LiveTable<Client>, user_input: String) -> Result<(), Box<dyn Error>> {
//!     let mut edit = live_table.edit_record("marty").await?;
//!
//!     // User edits (validation deferred)
//!     edit.email = user_input; // Might be incomplete
//!
//!     // Pre-save validation
//!     if let Err(e) = validate(&edit) {
//!         show_validation_errors(e);
//!         return Ok(());
//!     }
//!
//!     // Save
//!     match edit.save().await? {
//!         SaveResult::Saved => Ok(()),
//!         other => Err(format!("look at this: {other:?}").into()),
//!     }
//! }
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn Error>> {
//! # let store = ImTable::new("client");
//! # let record = json!({"name": "Marty McFly", "email": "marty@example.org"});
//! # store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await?;
//! # let live_table = LiveTable::<Client>::builder(store).open().await?;
//! # edit_form(&live_table, "mcfly".into()).await?;
//! # assert_eq!(live_table.row(&"marty".into()).unwrap().email, "marty@example.org");
//! # edit_form(&live_table, "mcfly@example.org".into()).await?;
//! # assert_eq!(live_table.row(&"marty".into()).unwrap().email, "mcfly@example.org");
//! # Ok(())
//! # }
//! ```
//!
//! ### Conflicts
//!
//! A map of open sessions holds owned ones: [`edit_record_owned`](LiveTable::edit_record_owned) gives a
//! `RecordEdit<'static, Client>`, which borrows nothing.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! # use serde_json::json;
//! # use std::collections::HashMap;
//! # use std::sync::Arc;
//! # use vantage_live::{Guard, Id, ImTable, LiveEntity, LiveTable, Patch, RecordEdit, SaveResult, WritableValueSet};
//! # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
//! # struct Client { name: String, email: String }
//! # struct ConflictDialog<'d> { remote: &'d Client, local: &'d Client, conflicts: ClientConflicts }
//! # #[allow(dead_code)]
//! # enum Resolution { KeepLocal, UseRemote, Merge(Client) }
//! # impl<'d> ConflictDialog<'d> {
//! #     fn new(remote: &'d Arc<Client>, local: &'d Client, conflicts: ClientConflicts) -> Self {
//! #         ConflictDialog { remote, local, conflicts }
//! #     }
//! #     fn show(self) -> Resolution {
//! #         let email = self.conflicts.email.expect("both have changed it");
//! #         assert_eq!(email.base, "marty@example.org");
//! #         assert_eq!((&email.local, &email.remote), (&self.local.email, &self.remote.email));
//! #         Resolution::Merge(Client { email: format!("{}, {}", email.local, email.remote), ..self.local.clone() })
//! #     }
//! # }
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let store = ImTable::new("client");
//! # let record = json!({"name": "Marty McFly", "email": "marty@example.org"});
//! # store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await?;
//! # let live_table = LiveTable::<Client>::builder(store.clone()).open().await?;
//! let mut active_edits: HashMap<Id, RecordEdit<'static, Client>> = HashMap::new();
//! active_edits.insert("marty".into(), live_table.edit_record_owned("marty").await?);
//! # active_edits.get_mut(&"marty".into()).unwrap().email = "mine@example.org".into();
//! # let _ = store.write(&"marty".into(), &Patch::new().set("email", "theirs@example.org"), &Guard::Exists).await?;
//!
//! // LIVE query callback (a table with a feed does this by itself)
//! live_table.on_backend_change("marty").await?;
//!
//! // User has form open
//! if let Some(edit) = active_edits.get_mut(&Id::from("marty")) {
//!     let conflicts = edit.refresh_snapshot().await?; // an error of its own if somebody has deleted it
//!
//!     if !conflicts.is_empty() {
//!         let dialog = ConflictDialog::new(
//!             edit.live_snapshot(), // Remote version
//!             edit.local(),         // Local version
//!             conflicts,            // Conflicting fields, each with its base, local and remote value
//!         );
//!
//!         match dialog.show() {
//!             Resolution::KeepLocal => { /* continue editing: a save now means "keep mine" */ }
//!             Resolution::UseRemote => edit.revert(),
//!             Resolution::Merge(merged) => *edit.local_mut() = merged,
//!         }
//!     }
//! }
//! # let edit = active_edits.get_mut(&Id::from("marty")).unwrap();
//! # assert!(matches!(edit.save().await?, SaveResult::Saved));
//! # assert_eq!(live_table.row(&"marty".into()).unwrap().email, "mine@example.org, theirs@example.org");
//! # Ok(())
//! # }
//! ```
//!
//! A dialog that asks field by field matches on `conflicts.iter()` and says [`keep_local`](RecordEdit::keep_local) or
//! [`take_remote`](RecordEdit::take_remote) of each.
//!
//! ### Trying again
//!
//! A save never tries again by itself. One that the store has made other values of says when the same values had that
//! outcome before ([`is_repeated`](edit::StoredOtherwise::is_repeated)), so that this loop ends.
//!
//! ```
//! # use serde::{Deserialize, Serialize, Serializer};
//! # use serde_json::json;
//! # use std::cell::RefCell;
//! # use vantage_live::{ImTable, LiveEntity, LiveTable, SaveResult, WritableValueSet};
//! # // Stands for a store that keeps addresses in lower case.
//! # fn lower<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
//! #     serializer.serialize_str(&text.to_lowercase())
//! # }
//! # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
//! # struct Client { name: String, #[serde(serialize_with = "lower")] email: String }
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let store = ImTable::new("client");
//! # let record = json!({"name": "Marty McFly", "email": "marty@example.org"});
//! # store.insert_id_value(&"marty".into(), record.as_object().unwrap().clone()).await?;
//! # #[cfg(feature = "contract")]
//! # let store = vantage_live::contract::FaultyValueSet::new(store);
//! # #[cfg(feature = "contract")]
//! # store.faults().next(vantage_live::Operation::Write).fails(vantage_live::ValueErrorKind::Unreachable);
//! # let live_table = LiveTable::<Client>::builder(store).open().await?;
//! # let mut edit = live_table.edit_record("marty").await?;
//! # edit.email = "McFly@example.org".into();
//! # let (told, asked) = (RefCell::new(Vec::new()), RefCell::new(0));
//! # let show_warning = |text: &str| told.borrow_mut().push(text.to_owned());
//! # let show_error = |error: &dyn std::error::Error| told.borrow_mut().push(error.to_string());
//! # let user_wants_retry = || { *asked.borrow_mut() += 1; true };
//! loop {
//!     match edit.save().await {
//!         Ok(SaveResult::Saved) => break,
//!         Ok(SaveResult::PartialSave(fields)) => {
//!             show_warning(&format!("These didn't save: {fields}"));
//!             if fields.is_repeated() || !user_wants_retry() {
//!                 break;
//!             }
//!         }
//!         Ok(SaveResult::Error(e)) => {
//!             show_error(&e);
//!             if !user_wants_retry() {
//!                 break;
//!             }
//!         }
//!         _ => break,
//!     }
//! }
//! # let told = told.into_inner();
//! # #[cfg(feature = "contract")]
//! # assert!(told[0].ends_with("the store was not reached"), "{told:?}");
//! # assert_eq!(told[told.len() - 2..], ["These didn't save: email", "These didn't save: email"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | entity | a Rust struct with named fields that derives [`LiveEntity`], and serde's two |
//! | record | its JSON form, an object without its id: [`Record`] |
//! | value set | a store of records by [`Id`], spoken to in JSON: [`RwValueSet`]; backend and cache are both value sets |
//! | backend | the permanent value set |
//! | cache | a value set that outlives the process or is shared beyond it, and shows rows before the backend has answered |
//! | feed | where the changes of others come from: [`Feed`] |
//! | snapshot | the state of the store that a session last agreed on: [`live_snapshot`](RecordEdit::live_snapshot) |
//! | local, remote | the session's own state; the store's state now |
//! | modified | a field whose local value differs from the snapshot's, by typed comparison |
//! | conflict | a field that is modified here and was changed there since, not to the same value: [`Conflict`] |
//! | patch | which paths of a record to set to what, and which to remove: [`Patch`] |
//! | guard | what must hold in the store for a write to happen: [`Guard`] |
//! | after-image | the record as the store holds it once a write is done |
//!
//! # Layers
//!
//! Each knows only those below it.
//!
//! | module | what lives there |
//! |---|---|
//! | [`edit`] | [`RecordEdit`]: snapshot, local state, conflicts, saving and deleting |
//! | [`table`] | [`LiveTable`]: the rows, following the store, [subscriptions](Subscription), [how it stands](SyncState) |
//! | [`feed`] | [`Feed`]: what others have changed; one that the program speaks into: [`ManualFeed`] |
//! | [`dataset`] | typed async traits that a live table and a plain table over one store both implement |
//! | [`entity`] | [`LiveEntity`], [`FieldSet`], changes and conflicts: what the derive implements |
//! | [`value`] | ids, records, patches, guards, and the traits of a store |
//! | [`store`] | the stores |
//! | `contract` | the exact meaning of a store's methods as tests that any store can run, and faults on command |
//!
//! # Stores and features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `derive` | yes | `#[derive(LiveEntity)]` |
//! | `surrealdb` | no | `store::surrealdb`: a table of a SurrealDB server over WebSocket, or of a database in this process, or the part of one that a filter lets through, with a LIVE query as its feed |
//! | `surrealdb-tls` | no | `surrealdb`, and its servers by TLS (`wss://`), with the system's roots or the program's own |
//! | `contract` | no | `contract`: the test kit for stores and feeds |
//!
//! [`ImTable`], a table in memory with a feed of its changes, needs no feature. Any other store is a type of yours that
//! implements the three traits of [`value`]; `contract_tests!` then says whether it does so as a table expects.
//!
//! The crates of SurrealDB have a licence of their own (Business Source License 1.1); they are dependencies of the
//! feature `surrealdb` alone.
//!
//! # Cancellation
//!
//! Every request of a table or a session runs as a task of the table's. Dropping its future loses the answer and
//! nothing else: a write that has begun goes on. What is more than one request ends between two of them: an
//! [`update`](dataset::WritableDataSet::update) of all rows is a write for each, many records that are written or
//! deleted through a table are a request each, a [`replace_id`](dataset::WritableDataSet::replace_id) reads first, and
//! a save or a delete that finds another one of its session under way waits for that before it is sent. A
//! session remembers that a save is under way ([`is_saving`](RecordEdit::is_saving)), and its next call takes the
//! answer in first. A conflict that nobody was shown because the future was dropped is the answer of the next save,
//! before anything is sent. Dropping the future of [`open`](table::Builder::open) closes the table.
//!
//! # Executors
//!
//! A table needs a [tokio](https://docs.rs/tokio) runtime with timers for its tasks: the one that it is opened in, or the one that
//! [`Builder::runtime`](table::Builder::runtime) names. Its futures, and those of its sessions and subscriptions, can
//! be awaited from any executor, or with a plain `block_on`. [`row`](LiveTable::row), [`rows`](LiveTable::rows),
//! [`sync_state`](LiveTable::sync_state), [`try_next`](Subscription::try_next) and [`poll_save`](RecordEdit::poll_save)
//! are synchronous, for a render loop.
//!
//! # What things cost
//!
//! - [`rows`](LiveTable::rows) clones one `Arc`, however many rows there are; [`row`](LiveTable::row) is a look-up by
//!   the id's hash. Neither waits for a writer.
//! - A record is decoded when it comes from the store, not when it is read. The same version of a row is always the
//!   same `Arc`.
//! - What the struct does not know of a record (columns, other spellings of a value) is kept beside the row as a
//!   [`Patch`]; where there is nothing, the row is held once. A cache in this process's memory is left alone for the
//!   same reason.
//! - Which fields are modified is found by comparing typed values, without allocating, and again at each question.
//! - A save asks the store once: the check and the write are one step there. After a lost answer it reads first.
//! - An event of a feed that keeps no order costs a read of the record, 256 records at most in one read; the LIVE
//!   queries of SurrealDB are such a feed.

// What a library does not do: it answers with an error, and says nothing on its own. Tests may (clippy.toml).
#![warn(
    clippy::dbg_macro,
    clippy::exit,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_used
)]

#[cfg(feature = "broken")]
#[doc(hidden)]
pub mod broken;
#[cfg(not(feature = "broken"))]
mod broken;
#[cfg(feature = "contract")]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test kit: that is how a test fails"
)]
pub mod contract;
pub mod dataset;
pub mod edit;
pub mod entity;
pub mod feed;
#[cfg(doc)]
#[doc = include_str!("how_fast.md")]
#[doc = include_str!("how_fast/growth.svg")]
#[doc = "\n\n"]
#[doc = "The same on SurrealDB in the process, by `cargo bench --workspace --bench surrealdb -- --growth`. A row is read in 12 µs of a"]
#[doc = "thousand rows and in 36 of a million, by the raw client in 8 and 18: the server's memory is no nearer than ours. A guarded save"]
#[doc = "takes 0.30 ms of a thousand and 0.35 of a million, the statement 0.22 and 0.26; a change of others reaches a subscriber in 0.2 ms"]
#[doc = "and in 0.3, where the raw stream has it after 0.1 and 0.3.\n\n"]
#[doc = include_str!("how_fast/surrealdb.svg")]
pub mod how_fast {}
#[cfg(doc)]
#[doc = include_str!("how_we_know.md")]
pub mod how_we_know {}

mod locks;
mod panics;
pub mod store;
pub mod table;
pub mod value;

pub use edit::{RecordEdit, SaveError, SaveResult};
pub use entity::{Conflict, Conflicts, EntityError, Field, FieldSet, LiveEntity};
pub use feed::{Feed, FeedEvent, FeedOrder, FeedStream, ManualFeed};
pub use store::ImTable;
pub use table::{
    Event, Ids, LiveTable, OpenError, Origin, Policy, Progress, RejectedRow, Rows, Subscription, SyncState,
};
pub use value::{
    Capabilities, DeleteOutcome, Expectation, Expected, FeedKind, Guard, Id, IdField, IdempotencyKey,
    InsertableValueSet, Operation, Patch, Path, ReadableValueSet, Record, RwValueSet, ValueError, ValueErrorKind,
    WritableValueSet, WriteOutcome,
};
#[cfg(feature = "derive")]
pub use vantage_live_derive::LiveEntity;

/// What generated code names. Not for people: it may change with every release.
#[doc(hidden)]
pub mod __private {
    // By short paths: each token of generated code is read and resolved once per field.
    pub use ::core::clone::Clone;
    pub use ::core::cmp::{Eq, Ord, Ordering, PartialEq, PartialOrd};
    pub use ::core::convert::{From, Into};
    pub use ::core::default::Default;
    pub use ::core::fmt::{Debug, Display, Formatter, Result as FmtResult};
    pub use ::core::hash::{Hash, Hasher};
    pub use ::core::iter::Iterator;
    pub use ::core::marker::{Copy, Send, Sync};
    pub use ::core::ops::BitOr;
    pub use ::core::option::Option::{self, None, Some};
    pub use ::core::prelude::v1::derive;
    pub use ::core::primitive::{bool, str, usize};
    pub use ::core::result::Result;
    pub use ::core::str::FromStr;
    pub use ::core::{assert, stringify};
    pub use ::serde;
    pub use ::serde_json;

    pub use crate::__impl_dirty as impl_dirty;
    pub use crate::__impl_field as impl_field;
    pub use crate::entity::derived::{
        Beside, ByDebug, ByDots, Showing, conflict_of, copied, debug_change, debug_conflict, debug_conflicts,
        debug_dirty, debug_field, debug_nested, deserialize_field, first, flags, in_order, leaves, offsets, refused,
        same_flags, shown, to_json, values, with_field,
    };
    pub use crate::entity::{
        Bits, ByEquality, ByNothing, ByTotalOrder, Comparing, Conflict, ConflictIter, Conflicts, Field, FieldSet,
        FieldTable, Kept, LiveEntity, NestedEntity, NestedTypes, OfField, OptionalField, Own, ParseFieldError, Role,
        Shared, Stored, TotalOrder, optional_leaves, shared, stored,
    };
    pub use crate::value::{Id, IdField, IdentityMismatch};
}
