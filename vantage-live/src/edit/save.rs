//! The state of one save: what was sent, what came back, and what the session makes of it.

use std::sync::Arc;

use futures::channel::oneshot;
use serde_json::Value;

use super::doubt::{Checks, Doubts};
use super::outcome::{EditError, SaveError, SaveResult, StoredOtherwise};
use crate::broken::{self, Broken};
use crate::dataset::{DataSetError, kept_apart};
use crate::entity::{EntityError, Field, FieldSet, LiveEntity, patch_over};
use crate::table::{Entry, Ids, Point, Policy, Seen, Shared, Written};
use crate::value::{
    Capabilities, Expectation, Expected, Guard, Id, IdempotencyKey, Operation, Patch, Path, Record, ValueError,
    ValueErrorKind,
};

/// What a save has sent.
#[derive(Clone)]
pub(super) struct Sent<E: LiveEntity> {
    /// The fields it writes, or is to write once it is found out what became of earlier writes.
    pub fields: FieldSet<E::Field>,
    /// What it checks; nothing, as long as it is not known what it writes.
    pub checks: Checks<E>,
    /// The session's state when it was sent; typing has gone on since. What it does not write has followed the store.
    pub local: E,
    /// The fields that have another value here since because they have followed the store, and not because of typing.
    pub followed: FieldSet<E::Field>,
    /// The fields that have followed the store at any time since: what was sent of them is wanted no more.
    pub ever_followed: FieldSet<E::Field>,
    /// The fields that were typed into when they were last shown in conflict, though it may be again what was sent.
    pub typed: FieldSet<E::Field>,
    /// The fields that were decided for the session's own value since, though it may be the one that was sent.
    pub kept: FieldSet<E::Field>,
}

impl<E: LiveEntity> Sent<E> {
    /// These fields of the session's state are to be written.
    pub fn new(fields: FieldSet<E::Field>, local: E, snapshot: &Arc<E>) -> Self {
        let none = FieldSet::EMPTY;
        let checks = Checks::new(none, snapshot, Point::NONE);
        Sent { fields, checks, local, followed: none, ever_followed: none, typed: none, kept: none }
    }

    /// Of the fields it writes, those that were typed into since it was sent, or decided for what is there. What has followed
    /// the store and is `modified` was typed since, though it may be what was sent.
    pub fn typed_since(&self, local: &E, modified: FieldSet<E::Field>) -> FieldSet<E::Field> {
        let again = self.ever_followed & modified;
        ((self.local.diff(local) - self.followed) | again | self.typed | self.kept) & self.fields
    }

    /// Of the fields it writes, those that stand there as it was sent.
    pub fn standing(&self, stored: &E) -> FieldSet<E::Field> {
        self.fields - self.local.diff(stored)
    }

    /// Whether it may have been written, as `stored`, after this state of the record: some of it is not there, what it checks
    /// is as it was, and nobody has changed there what is not changed in what was stored.
    pub fn may_come_after(&self, state: &E, stored: &E) -> bool {
        let lacks_some = !state.diff(stored).is_disjoint(self.fields);
        lacks_some && !self.checks.excludes(state) && !self.checks.is_later(state, stored)
    }

    /// These fields have followed the store, and are as in `local`; those that are modified were typed into since they have.
    pub fn follow(&mut self, fields: FieldSet<E::Field>, local: &E, modified: FieldSet<E::Field>) {
        self.local.copy_fields(local, fields - self.fields - modified);
        self.followed = (self.followed | fields) - modified;
        self.ever_followed |= fields;
        self.typed = self.typed - fields;
        self.kept = self.kept - fields;
    }
}

/// A save under way.
pub(super) struct Pending<E: LiveEntity> {
    pub sent: Sent<E>,
    pub answer: oneshot::Receiver<Result<Answer<E>, DataSetError>>,
    pub asked: Asked,
    /// The number of the rows that the session has taken its own in from since it was sent: it may be newer than the answer.
    pub rebased: Option<u64>,
}

/// What a session was before it was to be saved as a new record.
pub(super) struct Was<E: LiveEntity> {
    pub id: Id,
    pub doubts: Doubts<E>,
    /// What the store had made of its last save, where nobody was told.
    pub otherwise: Option<StoredOtherwise<E::Field>>,
}

/// What a save has asked the store, and what it knows by now.
pub(super) struct Asked {
    /// A write, and not a read that finds out about an earlier one.
    pub is_write: bool,
    /// How often the guard was refused for a reason that nobody could see.
    pub attempt: u8,
}

impl Default for Asked {
    fn default() -> Self {
        Asked { is_write: true, attempt: 0 }
    }
}

/// What the store has answered.
pub(super) enum Answer<E> {
    /// Nothing was modified; it was not asked.
    NotAsked,
    Written {
        after: Entry<E>,
        /// The number of the rows that it was in first, where it is known to be newer than those before.
        shown_in: Option<u64>,
    },
    Refused(Entry<E>),
    /// Refused, and what is there does not fit the entity.
    RefusedUnfit(DataSetError),
    Gone,
    Created(Id, Entry<E>),
    /// As `Created`, by a call whose answer was lost, or may have been, or does not tell what is stored: somebody may have
    /// changed the record since.
    CreatedBefore(Id, Entry<E>),
    /// Read, to find out what became of a write whose answer was lost.
    Found(Entry<E>),
}

/// What follows from an answer.
pub(super) enum Step<T> {
    Done(T),
    /// There is more to ask.
    Again,
}

/// How often a save goes on by itself where the guard was refused and no field that a person sees had changed: the store
/// spells a value in another way than before (null for absent, say). More often than this is no spelling.
pub(super) const UNSEEN: u8 = 3;

/// The last save that the store made other values of.
pub(super) struct Coerced<E: LiveEntity> {
    fields: FieldSet<E::Field>,
    sent: E,
    stored: Arc<E>,
}

/// What is written, and guarded by what.
pub(super) fn prepare<E: LiveEntity>(
    local: &E,
    snapshot: &Entry<E>,
    policy: Policy,
    fields: FieldSet<E::Field>,
    can: Capabilities,
) -> Result<(Patch, Guard), EntityError> {
    // P2: the modified fields and nothing else.
    let written = if broken::is(Broken::PatchesEverything) { FieldSet::ALL } else { fields };
    let stored = snapshot.record()?;
    let (patch, wholes) = patch_over(local, written, &stored)?;
    let guard = guard::<E>(&stored, policy, fields, can);
    if !can.guarded_write || broken::is(Broken::WritesIntoWhatHasGone) {
        return Ok((patch, guard));
    }
    let guard = match guard {
        Guard::Version { .. } => guard,
        // P2, P3: a nested entity that has come meanwhile is not overwritten by what the record had none of.
        guard => guard.and_as_in(&stored, &wholes),
    };
    let guard = patch.paths().fold(guard, |guard, path| and_is_there(guard, path, &stored));
    Ok((patch, guard))
}

/// This guard, and what the path is in is still there: a field written into a nested entity that has gone would be the only
/// one of it, and the record would not fit any more. No policy wants that, and no expectation of an absent field sees it.
fn and_is_there(guard: Guard, path: &Path, stored: &Record) -> Guard {
    let Some((_, around)) = path.names().split_last() else { return guard };
    let around: Path = around.iter().cloned().collect();
    if !around.get(stored).is_some_and(Value::is_object) {
        return guard;
    }
    let sees = |expected: &Expected| expected.what != Expectation::Absent && around.contains(&expected.path);
    let is_seen = match &guard {
        Guard::Version { .. } => true,
        Guard::Fields(fields) => fields.iter().any(sees),
        Guard::Nothing | Guard::Exists => false,
    };
    if is_seen { guard } else { guard.and_object(around) }
}

/// P3: what must still hold in the store, in the store's own spelling of the snapshot.
pub(super) fn guard<E: LiveEntity>(
    snapshot: &Record,
    policy: Policy,
    fields: FieldSet<E::Field>,
    can: Capabilities,
) -> Guard {
    // Under whatever name the record has the field: what stands under an alias is the field too.
    let expect = |guard: Guard, field: E::Field| guard.and_as_in(snapshot, field.places());
    let policy = if broken::is(Broken::SendsNoGuard) { Policy::Overwrite } else { policy };
    match (policy, E::VERSION) {
        (Policy::Overwrite, _) => Guard::Exists,
        (Policy::Version, Some(version)) if can.version_token => match version.find(snapshot) {
            Some((path, token)) => Guard::Version { path: path.clone(), token: token.clone() },
            None => expect(Guard::Exists, version),
        },
        (Policy::Fields | Policy::Version, version) => {
            // Whoever writes raises the version, or does not: the store does not see to it.
            let version = version.filter(|_| policy == Policy::Version).map(FieldSet::from).unwrap_or_default();
            (fields | version).into_iter().fold(Guard::Exists, expect)
        }
    }
}

/// The fields that such a guard checks, at the least: of a version, which any write raises, what can be written too. What the
/// store alone sets may change without it.
pub(super) fn checks<E: LiveEntity>(policy: Policy, fields: FieldSet<E::Field>) -> FieldSet<E::Field> {
    match (policy, E::VERSION) {
        (Policy::Overwrite, _) => FieldSet::EMPTY,
        (Policy::Version, Some(version)) => (fields - E::Field::READONLY) | version,
        (Policy::Fields | Policy::Version, _) => fields,
    }
}

/// Asks the store to write.
pub(super) async fn write<E: LiveEntity>(
    shared: Arc<Shared<E>>,
    id: Id,
    patch: Patch,
    guard: Guard,
) -> Result<Answer<E>, DataSetError> {
    if broken::is(Broken::ReplacesTheRecord)
        && let Some(mut record) = shared.read(&id).await?.and_then(|entry| entry.record().ok())
    {
        patch.apply(&mut record);
        let after = shared.replace(&id, record).await?.unwrap_or_default();
        let after = Entry::decode(&id, &after).map_err(|e| shared.fault(&id, e))?;
        return Ok(Answer::Written { after, shown_in: None });
    }
    Ok(match shared.write(&id, &patch, &guard).await? {
        Written::Done { after, shown_in } => Answer::Written { after, shown_in },
        Written::Refused(entry) => Answer::Refused(entry),
        Written::RefusedUnfit(error) => Answer::RefusedUnfit(error),
        Written::Gone => Answer::Gone,
    })
}

/// Asks the store what became of a write whose answer was lost.
pub(super) async fn find_out<E: LiveEntity>(shared: Arc<Shared<E>>, id: Id) -> Result<Answer<E>, DataSetError> {
    Ok(shared.read(&id).await?.map_or(Answer::Gone, Answer::Found))
}

/// Whether the store makes the id of a new record, and knows the repetition of an insert.
pub(super) fn mints_id<E: LiveEntity>(shared: &Shared<E>) -> bool {
    shared.ids == Ids::Store && shared.backend.capabilities().idempotent_insert
}

/// Asks the store to make a new record, which was `first` asked for like this. The same key makes it once, however often this is
/// asked.
pub(super) async fn create<E: LiveEntity>(
    shared: Arc<Shared<E>>,
    temp: Id,
    record: Record,
    key: IdempotencyKey,
    first: E,
    in_doubt: bool,
) -> Result<Answer<E>, DataSetError> {
    let can = shared.backend.capabilities();
    // What is read afterwards may be somebody else's by then.
    let is_read = in_doubt || !can.after_image;
    let (id, after) = if mints_id(&shared) {
        shared.insert(record, Some(key), Some(&temp)).await?
    } else if can.client_ids {
        let id = if shared.ids == Ids::ClientUuid { temp.clone() } else { Id::from(key.0) };
        return create_id(&shared, id, &temp, record, first, is_read).await;
    } else if in_doubt {
        // The store cannot tell whether it has made the record, and a second one would be worse than an answer.
        let kind = ValueErrorKind::OutcomeUnknown;
        return Err(ValueError::new(Operation::Insert, shared.table(), kind).into());
    } else {
        shared.insert(record, None, Some(&temp)).await?
    };
    if in_doubt && shared.filters() {
        // P7: what the first attempt had made was told of then, and if a filter hides it nobody tells of it again.
        shared.look_again(&id);
    }
    let made = made_entry(&shared, &id, after)?.or_else(|| hidden(&shared, &id, first));
    Ok(made.map_or(Answer::Gone, |entry| created(id, entry, is_read)))
}

/// As [`create`], by an id that no other session has: where it is taken, an attempt whose answer was lost has made the record.
async fn create_id<E: LiveEntity>(
    shared: &Arc<Shared<E>>,
    id: Id,
    temp: &Id,
    record: Record,
    first: E,
    is_read: bool,
) -> Result<Answer<E>, DataSetError> {
    let sent = record.clone();
    let mut made = shared.insert_id(&id, record.clone(), Some(temp)).await;
    if is_taken(&made) {
        let mut before = shared.made_before(&id).await?;
        if before.is_none() && shared.filters() {
            // It has gone again; or a filter hides it, and then its id is still taken.
            made = shared.insert_id(&id, record, Some(temp)).await;
            before = is_taken(&made).then(|| hidden(shared, &id, first.clone())).flatten();
        }
        if let Some(entry) = before {
            shared.identify(temp, &id, &Seen::Row(entry.clone()));
            return Ok(Answer::CreatedBefore(id, entry));
        }
        if is_taken(&made) {
            return Ok(Answer::Gone);
        }
    }
    // This attempt has made it, and no other.
    let made = made?.or_else(|| shared.filters().then_some(sent));
    let made = made_entry(shared, &id, made)?;
    Ok(made.map_or(Answer::Gone, |entry| created(id, entry, is_read)))
}

/// The record that was made and is not found: where a filter may hide it, it is as it was first sent, for all that anybody here
/// can see.
fn hidden<E: LiveEntity>(shared: &Shared<E>, id: &Id, mut first: E) -> Option<Entry<E>> {
    shared.filters().then(|| {
        drop(first.fill_id(id));
        Entry { row: Arc::new(first), rest: None }
    })
}

fn is_taken<T>(made: &Result<T, DataSetError>) -> bool {
    matches!(made, Err(DataSetError::Store(error)) if error.kind == ValueErrorKind::AlreadyExists)
}

fn created<E>(id: Id, entry: Entry<E>, is_read: bool) -> Answer<E> {
    if is_read { Answer::CreatedBefore(id, entry) } else { Answer::Created(id, entry) }
}

/// The record as the store has made it, which may be one that does not fit the entity, or have gone by now.
fn made_entry<E: LiveEntity>(
    shared: &Shared<E>,
    id: &Id,
    made: Option<Record>,
) -> Result<Option<Entry<E>>, DataSetError> {
    let decode = |made| Entry::decode(id, &made).map_err(|source| kept_apart(shared.table(), id, &source));
    made.map(decode).transpose()
}

/// Whether the store has stored what was sent, or made other values of it, and whether it had made the same of the same
/// before.
pub(super) fn judge<E: LiveEntity>(
    sent: Sent<E>,
    stored: Arc<E>,
    coerced: &mut Option<Box<Coerced<E>>>,
) -> SaveResult<E> {
    let differs = sent.local.diff(&stored);
    let otherwise = (differs & sent.fields).with_wholes_of(differs);
    if otherwise.is_empty() {
        *coerced = None;
        return SaveResult::Saved;
    }
    let repeated = coerced.as_ref().is_some_and(|before| {
        otherwise.is_subset(before.fields)
            && before.sent.diff(&sent.local).is_disjoint(otherwise)
            && before.stored.diff(&stored).is_disjoint(otherwise)
    });
    *coerced = Some(Box::new(Coerced { fields: otherwise, sent: sent.local, stored }));
    SaveResult::PartialSave(StoredOtherwise::new(otherwise, repeated))
}

/// An error of the table as a result of the save, or as a misuse or bug.
pub(super) fn failed<F: Field>(error: DataSetError) -> Result<SaveError<F>, EditError> {
    let error = match error {
        DataSetError::Store(error) => error,
        DataSetError::Entity { table, id, source } => return Err(EditError::Entity { table, id, source }),
        DataSetError::KeptApart { table, id, reason } => return Err(EditError::KeptApart { table, id, reason }),
    };
    let kind = error.kind.clone();
    let message = kind.to_string();
    let source = Arc::new(error);
    Ok(match kind {
        ValueErrorKind::Unreachable => SaveError::Unreachable { source },
        ValueErrorKind::OutcomeUnknown => SaveError::OutcomeUnknown { source },
        ValueErrorKind::Unsupported(_) => SaveError::Unsupported { source },
        ValueErrorKind::Rejected { fields: paths, message } => {
            // A path inside a field, or around one, names it too.
            let is_or_holds = |path: &Path, own: &Path| own.contains(path) || path.contains(own);
            let names = |field: &F, path: &_| field.places().any(|own| is_or_holds(path, own));
            let of = |path| F::ALL.iter().copied().filter(move |field| names(field, path));
            let fields = paths.iter().flat_map(of).collect();
            let other = paths.iter().filter(|path| of(path).next().is_none()).cloned().collect();
            SaveError::Rejected { fields, other, message, source }
        }
        ValueErrorKind::AlreadyExists | ValueErrorKind::Missing => {
            SaveError::Rejected { fields: FieldSet::EMPTY, other: Vec::new(), message, source }
        }
        ValueErrorKind::Closed => return Err(EditError::Closed),
        ValueErrorKind::Unreadable(_) => {
            return Err(EditError::Store(Arc::try_unwrap(source).unwrap_or_else(|source| {
                ValueError::new(source.operation, source.table.clone(), source.kind.clone())
            })));
        }
    })
}
