//! The store: an ordered map, small enough to be seen right, that remembers every state a record has had.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;
use vantage_live::{
    DeleteOutcome, Guard, Id, IdempotencyKey, LiveEntity as _, Patch, Record, ValueErrorKind, WriteOutcome,
};

use crate::model::Permit;
use crate::product::{COUNT, PART, Product, Val, path, stored, typed, val};
use crate::profiles::Setting;

/// What a store is asked.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Write { id: Id, patch: Patch, guard: Guard },
    Insert { id: Id, record: Record },
    Make { record: Record, key: Option<IdempotencyKey> },
    Replace { id: Id, record: Record },
    Delete { id: Id, guard: Guard },
    DeleteAll,
    Read(Id),
    ReadMany(Vec<Id>),
    Page { after: Option<Id>, limit: usize },
    Count,
}

impl Ask {
    pub fn is_read(&self) -> bool {
        matches!(self, Ask::Read(_) | Ask::ReadMany(_) | Ask::Page { .. } | Ask::Count)
    }

    /// What it sends of each field.
    pub fn sent(&self) -> [Option<Val>; COUNT] {
        let mut written = Record::new();
        let (record, is_whole) = match self {
            Ask::Write { patch, .. } => {
                patch.apply(&mut written);
                (&written, false)
            }
            Ask::Insert { record, .. } | Ask::Make { record, .. } | Ask::Replace { record, .. } => (record, true),
            _ => return [const { None }; COUNT],
        };
        let names = |field| match self {
            Ask::Write { patch, .. } => {
                patch.paths().any(|written| written.contains(path(field)) || path(field).contains(written))
            }
            _ => is_whole,
        };
        // What is taken out of a part that stays is not away with it.
        let part = path(PART[0]);
        let writes_inside = |patch: &Patch| patch.paths().any(|written| part.contains(written) && written != part);
        let is_inside = matches!(self, Ask::Write { patch, .. } if writes_inside(patch));
        let sent = |field| match stored(record, field) {
            Val::Away if is_inside => Val::Nothing,
            val => val,
        };
        std::array::from_fn(|field| names(field).then(|| sent(field)))
    }
}

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Written(WriteOutcome),
    Record(Record),
    Made(Id, Record),
    Deleted(DeleteOutcome),
    Counted(u64),
    Found(Option<Record>),
    Rows(Vec<(Id, Record)>),
    No(ValueErrorKind),
}

/// A state of a record, as a table can show it.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Gone,
    Unfit,
    Row(Arc<Product>),
}

impl Shape {
    fn of(id: &Id, record: Option<&Record>) -> Self {
        match record.map(|record| Product::from_record(id, record)) {
            None => Shape::Gone,
            Some(Ok(product)) => Shape::Row(Arc::new(product)),
            Some(Err(_)) => Shape::Unfit,
        }
    }

    pub fn is_row(&self, row: &Product) -> bool {
        matches!(self, Shape::Row(product) if product.diff(row).is_empty())
    }
}

/// Who asks.
#[derive(Clone, Default)]
pub(crate) struct By {
    /// The session, or the call of a table; `None` is another program.
    pub actor: Option<u32>,
    /// What the model let it write when it sent this.
    pub permit: Option<Arc<Permit>>,
}

/// What a commit has done.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Write(Patch),
    Insert,
    Replace,
    Delete,
}

/// A change that took effect.
#[derive(Clone)]
pub(crate) struct Commit {
    pub by: By,
    pub id: Id,
    pub deed: Deed,
    pub before: Option<Record>,
    pub after: Option<Record>,
    /// The place of the new state in the record's history.
    pub place: usize,
    /// How many changes there had been, this one included.
    pub revision: u64,
}

impl Commit {
    /// Whether there is a record now that does not fit the entity.
    pub fn is_unfit(&self) -> bool {
        matches!(Shape::of(&self.id, self.after.as_ref()), Shape::Unfit)
    }

    /// Whether there was a record that did not fit the entity.
    pub fn was_unfit(&self) -> bool {
        matches!(Shape::of(&self.id, self.before.as_ref()), Shape::Unfit)
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each is an independent yes or no")]
pub(crate) struct Store {
    records: BTreeMap<Id, Record>,
    history: BTreeMap<Id, Vec<Shape>>,
    /// What was deleted, as it was.
    buried: BTreeMap<Id, Record>,
    keys: BTreeMap<Uuid, Id>,
    revision: u64,
    inserted: i64,
    stamps: bool,
    shouts: bool,
    rounds: bool,
    drops: bool,
    guards: bool,
    recognises: bool,
    pub coerced: u64,
    pub refused: u64,
}

/// What every record was before it was made.
const NEVER: &[Shape] = &[Shape::Gone];

impl Store {
    pub fn new(setting: &Setting) -> Self {
        Store {
            records: BTreeMap::new(),
            history: BTreeMap::new(),
            buried: BTreeMap::new(),
            keys: BTreeMap::new(),
            revision: 0,
            inserted: 100,
            stamps: setting.stamps,
            shouts: setting.shouts,
            rounds: setting.rounds,
            drops: setting.drops,
            guards: setting.guards,
            recognises: setting.recognises,
            coerced: 0,
            refused: 0,
        }
    }

    pub fn records(&self) -> &BTreeMap<Id, Record> {
        &self.records
    }

    /// Every id that there ever was.
    pub fn ids(&self) -> Vec<Id> {
        self.history.keys().cloned().collect()
    }

    /// Every state of a record, from before it was made on.
    pub fn history(&self, id: &Id) -> &[Shape] {
        self.history.get(id).map_or(NEVER, Vec::as_slice)
    }

    /// Whether there ever was a record that did not fit; of a temp id, any.
    pub fn was_unfit(&self, id: &Id) -> bool {
        let of = |history: &[Shape]| history.iter().any(|shape| matches!(shape, Shape::Unfit));
        self.history.get(id).map_or_else(|| self.history.values().any(|history| of(history)), |history| of(history))
    }

    /// Whether a field of the record, or of any, was ever this.
    pub fn had(&self, id: &Id, field: usize, value: &Val, of_any: bool) -> bool {
        let was = |shape: &Shape| matches!(shape, Shape::Row(row) if val(row, field) == *value);
        self.history(id).iter().any(was) || of_any && self.history.values().flatten().any(was)
    }

    /// Whether the record is there since it was first made.
    pub fn stays(&self, id: &Id) -> bool {
        let mut since = self.history(id).iter().skip_while(|shape| matches!(shape, Shape::Gone));
        since.all(|shape| !matches!(shape, Shape::Gone))
    }

    /// Whether there ever was no record.
    pub fn was_away(&self, id: &Id) -> bool {
        self.history(id).iter().any(|shape| matches!(shape, Shape::Gone))
    }

    /// What a field of a record was before it became what it is.
    pub fn before(&self, id: &Id, field: usize) -> Option<Val> {
        let now = stored(self.records.get(id)?, field);
        let was = |shape: &Shape| match shape {
            Shape::Row(row) => Some(val(row, field)).filter(|was| *was != now),
            Shape::Gone | Shape::Unfit => None,
        };
        self.history(id).iter().rev().find_map(was)
    }

    /// The record as it was when it was deleted last.
    pub fn buried(&self, id: &Id) -> Option<Record> {
        self.buried.get(id).cloned()
    }

    /// How many changes there were, all in all.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether it was asked to check what it cannot.
    pub fn cannot(&self, ask: &Ask) -> bool {
        let (Ask::Write { guard, .. } | Ask::Delete { guard, .. }) = ask else { return false };
        !self.guards && !matches!(guard, Guard::Nothing | Guard::Exists)
    }

    pub fn apply(&mut self, ask: &Ask, by: &By) -> (Reply, Vec<Commit>) {
        let mut commits = Vec::new();
        let reply = match ask {
            _ if self.cannot(ask) => Reply::No(ValueErrorKind::Unsupported("check a guard")),
            Ask::Write { id, patch, guard } => self.write(id, patch, guard, by, &mut commits),
            Ask::Insert { id, record } if self.records.contains_key(id) => {
                let _ = record;
                Reply::No(ValueErrorKind::AlreadyExists)
            }
            Ask::Insert { id, record } => match self.insert(id, record, by, &mut commits) {
                Ok(record) => Reply::Record(record),
                Err(kind) => Reply::No(kind),
            },
            Ask::Make { record, key } => self.make(record, *key, by, &mut commits),
            Ask::Replace { id, record } => {
                let mut record = record.clone();
                match self.accept(&mut record) {
                    Some(kind) => Reply::No(kind),
                    None => Reply::Record(self.change(id, Deed::Replace, record, by, &mut commits)),
                }
            }
            Ask::Delete { id, guard } => match self.records.get(id) {
                None => Reply::Deleted(DeleteOutcome::Gone),
                Some(now) if !guard.holds(Some(now)) => {
                    self.refused += 1;
                    Reply::Deleted(DeleteOutcome::Refused(now.clone()))
                }
                Some(_) => {
                    self.remove(id, by, &mut commits);
                    Reply::Deleted(DeleteOutcome::Deleted)
                }
            },
            Ask::DeleteAll => {
                let ids: Vec<Id> = self.records.keys().cloned().collect();
                for id in &ids {
                    self.remove(id, by, &mut commits);
                }
                Reply::Counted(ids.len() as u64)
            }
            Ask::Read(id) => Reply::Found(self.records.get(id).cloned()),
            Ask::ReadMany(ids) => {
                Reply::Rows(ids.iter().filter_map(|id| Some((id.clone(), self.records.get(id)?.clone()))).collect())
            }
            Ask::Page { after, limit } => {
                let from = after.clone().map_or(Bound::Unbounded, Bound::Excluded);
                let rows = self.records.range((from, Bound::Unbounded)).take(*limit);
                Reply::Rows(rows.map(|(id, record)| (id.clone(), record.clone())).collect())
            }
            Ask::Count => Reply::Counted(self.records.len() as u64),
        };
        (reply, commits)
    }

    fn write(&mut self, id: &Id, patch: &Patch, guard: &Guard, by: &By, commits: &mut Vec<Commit>) -> Reply {
        let mut record = match self.records.get(id) {
            Some(now) if !guard.holds(Some(now)) => {
                self.refused += 1;
                return Reply::Written(WriteOutcome::Refused(now.clone()));
            }
            None if !guard.holds(None) || patch.sets().len() == 0 => return Reply::Written(WriteOutcome::Gone),
            now => now.cloned().unwrap_or_default(),
        };
        if patch.is_empty() {
            return Reply::Written(WriteOutcome::Written(record));
        }
        let mut written = Record::new();
        patch.apply(&mut written);
        if let Some(kind) = self.accept(&mut written) {
            return Reply::No(kind);
        }
        patch.unsets().for_each(|path| drop(path.remove(&mut record)));
        for (path, _) in patch.sets() {
            path.set(&mut record, path.get(&written).cloned().unwrap_or_default());
        }
        let after = self.change(id, Deed::Write(patch.clone()), record, by, commits);
        Reply::Written(WriteOutcome::Written(after))
    }

    fn insert(
        &mut self,
        id: &Id,
        record: &Record,
        by: &By,
        commits: &mut Vec<Commit>,
    ) -> Result<Record, ValueErrorKind> {
        let mut record = record.clone();
        match self.accept(&mut record) {
            Some(kind) => Err(kind),
            None => Ok(self.change(id, Deed::Insert, record, by, commits)),
        }
    }

    fn make(&mut self, record: &Record, key: Option<IdempotencyKey>, by: &By, commits: &mut Vec<Commit>) -> Reply {
        let known = key.filter(|_| self.recognises).and_then(|key| self.keys.get(&key.0).cloned());
        if let Some((id, now)) = known.as_ref().and_then(|id| Some((id, self.records.get(id)?))) {
            return Reply::Made(id.clone(), now.clone());
        }
        let id = known.unwrap_or_else(|| {
            self.inserted += 1;
            Id::from(self.inserted)
        });
        match self.insert(&id, record, by, commits) {
            Ok(record) => {
                key.inspect(|key| drop(self.keys.insert(key.0, id.clone())));
                Reply::Made(id, record)
            }
            Err(kind) => Reply::No(kind),
        }
    }

    /// What triggers and assertions make of values that are written.
    fn accept(&mut self, record: &mut Record) -> Option<ValueErrorKind> {
        let price = record.get("price").and_then(Value::as_i64);
        if price.is_some_and(|price| price < 0) {
            let message = "a price is not below nothing".to_owned();
            return Some(ValueErrorKind::Rejected { fields: vec!["price".into()], message });
        }
        if let Some(price) = price.filter(|price| self.rounds && price % 10 != 0) {
            record.insert("price".into(), json!(price / 10 * 10));
            self.coerced += 1;
        }
        if let Some(Value::String(name)) = record.get_mut("name")
            && self.shouts
            && *name != name.to_uppercase()
        {
            *name = name.to_uppercase();
            self.coerced += 1;
        }
        None
    }

    /// What the store may make of a value that is typed into this field.
    pub fn coerce(&self, field: usize, val: &Val) -> Option<Val> {
        match (field, val) {
            (0, Val::Text(name)) if self.shouts => Some(Val::Text(name.to_uppercase())),
            (1, Val::Number(price)) if self.rounds => Some(Val::Number(price / 10 * 10)),
            (6, _) if self.drops => Some(Val::Nothing),
            (7 | 8, _) if self.drops => Some(Val::Away),
            _ => None,
        }
    }

    fn change(&mut self, id: &Id, deed: Deed, mut record: Record, by: &By, commits: &mut Vec<Commit>) -> Record {
        self.revision += 1;
        // Where it does not deliver to, it delivers nothing.
        if self.drops && stored(&record, PART[1]) == typed(PART[1], 5) {
            record.insert("delivery".into(), Value::Null);
            self.coerced += 1;
        }
        if self.stamps {
            record.insert("revision".into(), json!(self.revision));
        }
        let before = self.records.insert(id.clone(), record.clone());
        self.commit(id, deed, before, Some(&record), by, commits);
        record
    }

    fn remove(&mut self, id: &Id, by: &By, commits: &mut Vec<Commit>) {
        self.revision += 1;
        let before = self.records.remove(id);
        self.buried.extend(before.clone().map(|record| (id.clone(), record)));
        self.commit(id, Deed::Delete, before, None, by, commits);
    }

    fn commit(
        &mut self,
        id: &Id,
        deed: Deed,
        before: Option<Record>,
        after: Option<&Record>,
        by: &By,
        commits: &mut Vec<Commit>,
    ) {
        let history = self.history.entry(id.clone()).or_insert_with(|| NEVER.to_vec());
        history.push(Shape::of(id, after));
        let place = history.len() - 1;
        let (by, id, after) = (by.clone(), id.clone(), after.cloned());
        commits.push(Commit { by, id, deed, before, after, place, revision: self.revision });
    }
}
