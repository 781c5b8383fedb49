//! SurrealDB: a table of a server or of a database in this process, or a table with a filter, as a value set with a feed.
//!
//! # Native types
//!
//! JSON has fewer types than SurrealDB. Every native value has one JSON, and several have the same: `"1h"` is a text or
//! a duration. Which of them is written is decided in this order: by the type that the column declares; by what stands
//! there in the record, in the statement itself; by what was seen there in other records; by what the JSON looks like.
//! So what was read is written back as what it was, by whoever has never read it too, in schemafull and in schemaless
//! tables. A guard holds where what stands there is any of the native values that have its JSON.
//!
//! In an array, where the guard names what stood there, as it does under [`Policy::Fields`](crate::Policy::Fields), what is
//! only moved stays what it was, and what is edited is like what it was made of; of two elements with the same JSON either
//! may be meant. Under the other policies the element of the same index decides. Of an array of which more than 64
//! elements are new or edited, in a column that declares no type for them, one must have read such a value. A record that is
//! brought back after somebody has deleted it is a new one: in a column of several types its values are what they look like.
//!
//! | SurrealDB | JSON | written | guarded | lost |
//! |---|---|---|---|---|
//! | `none` | no field; `null` as an element of an array | by `unset`; by `null` where the column is an `option` that knows no null | by absence | in an array, that it was not `null` |
//! | `null` | `null` | from `null` | apart from absence | |
//! | `bool`, `string` | themselves | as themselves, a text whatever it reads as | exactly, to the last character | |
//! | `int` | number | from any number that is whole, `130.0` too; beyond 64 bits with a sign it is refused, never rounded | by value: `1` is `1.0`; beyond 2^53 to the last digit | |
//! | `float` | number; `"NaN"`, `"Infinity"`, `"-Infinity"` | from any number, `130` too | by value | |
//! | `decimal` | text: `"12.50"` | from such a text, or a number | by value: `"12.5"` is `"12.50"` | |
//! | `datetime` | text: RFC 3339 in UTC, to the nanosecond | from any spelling of a moment, with any offset | by the moment | |
//! | `duration` | text: `"1h30m5ns"` | from such a text | by its length | |
//! | `uuid` | text | from such a text | by value | |
//! | `record` | text: ``"baker:doc"``, ``"baker:`42`"``, `"baker:[\"x\",1]"` | from such a text | by table and key; `baker:1` is not ``baker:`1` `` | |
//! | `bytes` | array of numbers from 0 to 255 | from such an array | whole | |
//! | `array` | array | from an array | element by element, in order | |
//! | `set` | array | from an array in which nothing is twice; of elements of several types the texts stay texts, unless the column declares more | element by element, in the set's order | |
//! | `object` | object | from an object | field by field | |
//! | `geometry` | `GeoJSON` object | from one; a part of it (`place.coordinates`) where it still makes a figure, and refused where it does not | as an object, or its parts; a `GeometryCollection` as a whole | |
//! | `regex` | text: `"/a+/"` | from such a text | by the pattern | |
//! | `range`, `table`, a `record` whose key is a range | text, as SurrealQL spells it | not: what is written there is a text | by its spelling; never where a name in it needs quotes, or it is a `record` | the type, when it is written |
//!
//! What is new, a record or a field that nothing is declared for and nothing was seen of, is written as it looks: a text
//! as a string, an array as an array. A program that wants a datetime there declares the column.
//!
//! # What a user may not do
//!
//! SurrealDB leaves undone, without a word, what the permissions of a table or a field forbid. Here it is
//! [`Rejected`](crate::ValueErrorKind::Rejected), with the field where it is one, and nothing of the write has happened.
//! To a user who may not see a record it is not there. A write that takes its record out of the user's own sight is
//! rejected as well: nobody could say what came of it. Whether a field was refused or has a `VALUE` clause that gives
//! its old value again looks the same to a record user, and is rejected. To whoever is not signed in at all a forbidden
//! field shows as a value that the store has made otherwise, and so it does to a record user where the field has no value
//! yet, comes with a new record or one that is replaced, or was to be taken away: a column with a `DEFAULT` comes back as
//! well. What was left so stands in the answer, and is a [`PartialSave`](crate::SaveResult::PartialSave). Nobody else is
//! bound by the permissions of a field.
//!
//! What the database keeps from a record user it keeps from a table too:
//!
//! - A record that somebody takes out of the user's sight is told by no LIVE query. It stays a row until the table lists
//!   again: [`refresh_all`](crate::LiveTable::refresh_all) now and then, where owners change.
//! - A field that may be written and not read is read as absent, so a guard on it checks nothing, and the answer to a write
//!   of it is a [`PartialSave`](crate::SaveResult::PartialSave). What cannot be seen in an object stays where a field beside it
//!   is written, also if the object itself cannot be seen (one write into more than four objects, those around them
//!   included, takes each as a whole), and goes where the object, or an array that it is in, is written as a whole.
//! - What an event has deleted after a write is not told from what has gone out of sight, and the write is answered with
//!   what it has written; so it is by [`SurrealDb::from_client`], which does not know who is signed in.
//!
//! # What it costs
//!
//! `cargo bench --workspace --bench surrealdb` does the same work with the SDK's client in turns, on the same database.
//! As many times as long as that, by the medians, the store has taken:
//!
//! | | in process | by WebSocket | requests |
//! |---|---|---|---|
//! | 20,000 rows at once | 0.99 | 1.01 | 1 |
//! | 20,000 rows in batches of 1,000 | 1.56 | 1.10 | 21 |
//! | a row by its id | 0.99 | 0.99 | 1 |
//! | a guarded write | 2.42 | 1.23 | 1 |

mod account;
mod assign;
mod changes;
mod connect;
mod database;
mod elements;
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
mod tagged;
#[cfg(feature = "surrealdb-tls")]
mod tls;
mod write;

pub use connect::Connecting;
pub use database::SurrealDb;
pub use feed::SurrealFeed;
pub use table::SurrealTable;
