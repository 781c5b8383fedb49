//! The colleague: a second client that edits the same records, in plain `SurrealQL`, knowing nothing of this library. On
//! a server it is a second connection; in this process, where there is none, a second session of the same database.

use std::time::Duration;

use serde_json::Value;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use vantage_live::{Field, Id, LiveEntity};

use crate::db::{Failure, sentence};
use crate::shown::Shown;
use crate::words;

/// What the user looks at: the colleague likes to edit the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    pub table: String,
    pub id: String,
    /// The fields that the user has modified, as the record spells them.
    pub modified: Vec<&'static str>,
}

/// How long the colleague waits for the store: the SDK keeps requests while a server is away.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody else, whom only the database connects with the user.
#[derive(Clone)]
pub struct Colleague {
    db: Surreal<Any>,
}

/// What the colleague may do to a record: the table, the field that it is about, and the statement's assignment.
const HABITS: &[(&str, &str, &str)] = &[
    ("product", "price", "price += 7"),
    ("product", "inventory.stock", "inventory.stock = IF inventory.stock > 2 THEN inventory.stock - 2 ELSE 40 END"),
    ("product", "calories", "calories += 10"),
    ("product", "inventory.shelf", "inventory.shelf = IF inventory.shelf = 'window' THEN 'counter' ELSE 'window' END"),
    ("product", "name", "name = string::replace(name + ' (new)', ' (new) (new)', '')"),
    ("client", "balance", "balance += 1.25dec"),
    ("client", "phone", "phone = IF phone = '555-2015' THEN '555-1985' ELSE '555-2015' END"),
    ("order", "delivered", "delivered = !delivered"),
    ("order", "discount", "discount = IF discount < 1dec THEN discount + 0.25dec ELSE 0dec END"),
    ("bakery", "profit_margin", "profit_margin = IF profit_margin < 20dec THEN profit_margin + 0.5dec ELSE 15dec END"),
];

impl Colleague {
    pub fn new(db: Surreal<Any>) -> Self {
        Colleague { db }
    }

    /// Changes a record, whoever else is at it: `set` is what stands behind `SET`. Answers with what that changed.
    pub async fn changes<E: Shown>(&self, id: &str, set: &str) -> Result<String, Failure> {
        let before = self.reads::<E>(id).await?;
        self.update(E::TABLE, id, set).await?;
        let after = self.reads::<E>(id).await?;
        let fields = before.diff(&after) - E::Field::READONLY;
        Ok(format!("{}: {}", before.title(&Id::from(id)), words::told(fields, &before, &after)))
    }

    /// The record as the store has it.
    pub async fn reads<E: LiveEntity>(&self, id: &str) -> Result<E, Failure> {
        let read = "SELECT * OMIT id FROM ONLY type::record($table, $id)";
        let mut answer = self.db.query(read).bind(("table", E::TABLE)).bind(("id", id.to_owned())).await?;
        match answer.take::<Option<Value>>(0)? {
            Some(Value::Object(record)) => Ok(E::from_record(&Id::from(id), &record)?),
            _ => Err(format!("`{}` has no record `{id}`", E::TABLE).into()),
        }
    }

    /// Deletes the records of this name.
    pub async fn deletes(&self, table: &str, name: &str) -> Result<(), Failure> {
        let delete = "DELETE type::table($table) WHERE name = $name";
        self.db.query(delete).bind(("table", table.to_owned())).bind(("name", name.to_owned())).await?.check()?;
        Ok(())
    }

    /// Runs a statement of the story's own.
    pub async fn runs(&self, statement: &str) -> Result<(), Failure> {
        self.db.query(statement).await?.check()?;
        Ok(())
    }

    async fn update(&self, table: &str, id: &str, set: &str) -> Result<(), Failure> {
        let update = format!("UPDATE type::record($table, $id) SET {set}");
        self.db.query(update).bind(("table", table.to_owned())).bind(("id", id.to_owned())).await?.check()?;
        Ok(())
    }

    /// A record of `table`, another one at each turn.
    async fn some(&self, table: &str, turn: usize) -> Result<Option<String>, Failure> {
        let list = "SELECT VALUE record::id(id) FROM type::table($table)";
        let ids: Vec<Value> = self.db.query(list).bind(("table", table.to_owned())).await?.take(0)?;
        let ids: Vec<_> = ids.into_iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect();
        Ok(ids.get(turn % ids.len().max(1)).cloned())
    }

    /// Works for good: each turn one change, every second one on the record that the user looks at. What stands in the
    /// way of the last one is in `trouble`; the next is tried all the same.
    pub async fn works(
        self,
        every: Duration,
        attention: watch::Receiver<Option<Attention>>,
        trouble: watch::Sender<Option<String>>,
    ) {
        for turn in 0.. {
            sleep(every).await;
            let seen = attention.borrow().clone().filter(|_| turn % 2 == 0);
            let done = timeout(PATIENCE, self.turn(turn, seen)).await;
            trouble.send_replace(match done {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(sentence(&*error)),
                Err(_) => Some(format!("the store has not answered for {PATIENCE:?}")),
            });
        }
    }

    async fn turn(&self, turn: usize, seen: Option<Attention>) -> Result<(), Failure> {
        let Some(seen) = seen else {
            let (table, _, set) = HABITS[turn % HABITS.len()];
            return match self.some(table, turn).await? {
                Some(id) => self.update(table, &id, set).await,
                None => Ok(()),
            };
        };
        match habit(&seen, turn) {
            Some(set) => self.update(&seen.table, &seen.id, set).await,
            None => Ok(()),
        }
    }
}

/// What the colleague does to the record that the user looks at: to the field that the user has modified, where that is
/// a habit.
fn habit(seen: &Attention, turn: usize) -> Option<&'static str> {
    let of_table = || HABITS.iter().filter(|(table, ..)| *table == seen.table);
    let modified = of_table().find(|(_, field, _)| seen.modified.contains(field));
    modified.or_else(|| of_table().cycle().nth(turn / 2)).map(|(.., set)| *set)
}
