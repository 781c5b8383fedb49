//! A table, or the part of it that a filter lets through: the handle that reads, writes and follows.

use std::fmt;
use std::sync::Arc;

use surrealdb::types::{RecordId, RecordIdKey, Table, Value, Variables};

use super::database::{Memory, SurrealDb};
use super::error::{Cause, Failure};
use super::feed::SurrealFeed;
use super::schema::Schema;
use super::statement::{Filter, Statement, quote};
use super::{id, json};
use crate::value::{Id, Operation, Record, ValueError, ValueErrorKind};

/// A table of a [`SurrealDb`], or the part of it that a filter lets through. A handle, cheap to clone; clones and other
/// handles of the same table share what is known of its columns.
///
/// The records of a relation are read, edited and deleted like others. A new one is
/// [`Rejected`](crate::ValueErrorKind::Rejected): the server takes none that was not made by `RELATE`.
#[derive(Clone)]
pub struct SurrealTable {
    pub(super) db: SurrealDb,
    pub(super) name: String,
    pub(super) filter: Option<Arc<Filter>>,
    pub(super) memory: Arc<Memory>,
}

impl SurrealTable {
    pub(super) fn new(db: SurrealDb, name: String, memory: Arc<Memory>) -> Self {
        SurrealTable { db, name, filter: None, memory }
    }

    /// The part of the table that meets `condition`, in SurrealQL, with the values that it binds. A second filter takes
    /// the place of the first.
    ///
    /// A record that does not meet it is not there: reading does not find it, a write finds it gone, and
    /// [`delete_all`](crate::WritableValueSet::delete_all) leaves it alone. A record may be inserted, or written, that
    /// does not meet it; it is then there for others. A live table shows what was saved, and then that the row has gone, as
    /// [`Remote`](crate::Origin::Remote) news: a session that saves once more finds the record deleted, and saving it as new
    /// would make a second one.
    ///
    /// The condition is for what stands in the record: that it is met, or is not any more, by a change of another record
    /// that it follows a link to, the feed does not tell.
    ///
    /// The condition is pasted into statements: it is for the programmer to write, and what users enter goes into
    /// `values`.
    ///
    /// ```no_run,standalone_crate
    /// use surrealdb::types::vars;
    /// # fn example(bakery: &vantage_live::store::surrealdb::SurrealDb) {
    /// let cheap = bakery.table("product").filter("price < $most", vars! { most: 200 });
    /// # }
    /// ```
    #[must_use]
    pub fn filter(self, condition: impl Into<String>, values: impl Into<Variables>) -> Self {
        let filter = Filter { text: condition.into(), bindings: values.into() };
        SurrealTable { filter: Some(Arc::new(filter)), ..self }
    }

    /// The feed of this table's changes, by a LIVE query.
    #[must_use]
    pub fn feed(&self) -> SurrealFeed {
        SurrealFeed::new(self.clone())
    }

    /// Whether the database has this table. Touches the store.
    ///
    /// SurrealDB makes a table at the first insert, unless it is strict; reading one that is not there is an error.
    ///
    /// # Errors
    /// As the store's: not reached, or not allowed.
    pub async fn exists(&self) -> Result<bool, ValueError> {
        Ok(self.db.tables().await?.contains(&self.name))
    }

    /// Makes the table, schemaless, where the database has none of this name. Touches the store.
    ///
    /// # Errors
    /// As the store's: not reached, or not allowed.
    pub async fn define(&self) -> Result<(), ValueError> {
        let mut statement = Statement::new(None);
        statement.push(&format!("DEFINE TABLE IF NOT EXISTS {} SCHEMALESS", quote(&self.name)));
        let answer = self.db.ask(statement.finish()).await;
        answer.map(drop).map_err(|failure| self.failed(Operation::Write, None, failure.of_write()))
    }

    pub(super) fn statement(&self) -> Statement {
        Statement::new(self.filter.as_deref())
    }

    pub(super) fn native_table(&self) -> Value {
        Value::Table(Table::new(self.name.as_str()))
    }

    pub(super) fn native_id(&self, key: RecordIdKey) -> Value {
        Value::RecordId(RecordId::new(self.name.as_str(), key))
    }

    /// The record that `id` names, or `None` where none can have it.
    pub(super) fn native(&self, id: &Id) -> Option<Value> {
        id::key(id).map(|key| self.native_id(key))
    }

    /// A record as it came.
    pub(super) fn record(&self, operation: Operation, value: Value) -> Result<(Id, Record), ValueError> {
        json::record(value, &mut self.memory.learned.lock())
            .map_err(|why| ValueError::new(operation, &self.name, ValueErrorKind::Unreadable(why)))
    }

    pub(super) fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.memory.schema.lock())
    }

    /// Asks what the columns are. A server that does not tell this user is asked no more than others.
    pub(super) async fn learn_schema(&self) {
        let mut statement = Statement::new(None);
        let table = statement.bind(self.name.clone());
        statement.push(&format!("INFO FOR TABLE {table} STRUCTURE"));
        if let Ok(info) = self.db.ask(statement.finish()).await {
            *self.memory.schema.lock() = Arc::new(Schema::of(info));
        }
    }

    /// Notes the type that a refusal of this record names: what a column is, a record user is told in no other way. The
    /// column, where its type was news.
    pub(super) fn learn_from<'f>(&self, failure: &'f Failure, record: &str) -> Option<&'f str> {
        let (column, kind) = failure.wanted_type(record)?;
        Arc::make_mut(&mut self.memory.schema.lock()).notes(column, kind).then_some(column)
    }

    pub(super) fn failed(&self, operation: Operation, id: Option<&Id>, why: (ValueErrorKind, Cause)) -> ValueError {
        let (kind, cause) = why;
        let error = ValueError::new(operation, &self.name, kind).caused_by(cause);
        match id {
            Some(id) => error.on(id),
            None => error,
        }
    }

    /// Why a write failed. An index that refused it is asked for its columns.
    pub(super) async fn write_failed(&self, operation: Operation, id: Option<&Id>, failure: Failure) -> ValueError {
        let index = failure.index();
        let mut why = failure.of_write();
        if let (Some(index), ValueErrorKind::Rejected { fields, .. }) = (index, &mut why.0) {
            if !self.schema().indexes.contains_key(&index) {
                self.learn_schema().await;
            }
            *fields = self.schema().indexes.get(&index).cloned().unwrap_or_default();
        }
        self.failed(operation, id, why)
    }
}

impl fmt::Debug for SurrealTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filter = self.filter.as_ref().map(|filter| &filter.text);
        f.debug_struct("SurrealTable")
            .field("db", &self.db)
            .field("name", &self.name)
            .field("filter", &filter)
            .finish_non_exhaustive()
    }
}
