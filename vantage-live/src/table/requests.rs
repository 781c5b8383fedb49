//! The requests of a table to its backend: each shows what it is answered, and has an answer itself only when the rows are
//! no older than that (P5).

use std::sync::Arc;

use futures::channel::oneshot;

use super::core::{Core, Seen, Taken};
use super::event::Origin;
use super::order::{Moment, Source};
use super::rows::Entry;
use super::settle::Settled;
use super::shared::Shared;
use super::state::count;
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::LiveEntity;
use crate::value::{
    DeleteOutcome, Guard, Id, IdempotencyKey, Operation, Patch, Record, ValueError, ValueErrorKind, WriteOutcome,
};

/// What a guarded write through the table has come to.
pub(crate) enum Written<E> {
    Done {
        after: Entry<E>,
        /// The number of the rows that it was in first, where it is known to be newer than those before.
        shown_in: Option<u64>,
    },
    Refused(Entry<E>),
    /// Refused, and what is there does not fit the entity.
    RefusedUnfit(DataSetError),
    Gone,
}

/// A write as the store has answered it.
pub(super) struct Answered<E> {
    /// With a record, whether or not it fits the entity.
    pub outcome: WriteOutcome,
    pub seen: Seen<E>,
    /// The number of the rows that it was in first, where it is known to be newer than those before.
    pub shown_in: Option<u64>,
}

/// What a guarded delete through the table has come to.
pub(crate) enum Removed<E> {
    Deleted,
    Refused(Entry<E>),
    Gone,
}

/// How many rows one step of a change of all of them takes, so that nobody waits long for the lock.
pub(super) const STEP: usize = 1_024;

/// A write of ours that is under way. However it ends, nothing waits for it afterwards.
struct Flying<'s, E: LiveEntity> {
    shared: &'s Arc<Shared<E>>,
    began: Moment,
    /// The record; `None` where the store will choose its id.
    id: Option<Id>,
    has_landed: bool,
}

/// How many reads of a record may fail before nobody waits for it any more: a second, and what the reads take.
const READS: u32 = 3;

impl<'s, E: LiveEntity> Flying<'s, E> {
    fn to(shared: &'s Arc<Shared<E>>, id: &Id) -> Self {
        let began = shared.change(|core| core.write_begins(id));
        Flying { shared, began, id: Some(id.clone()), has_landed: false }
    }

    fn insert(shared: &'s Arc<Shared<E>>) -> Self {
        let began = shared.change(Core::insert_begins);
        Flying { shared, began, id: None, has_landed: false }
    }

    /// It has its answer: takes that in, and then what has waited for it.
    fn lands(&mut self, core: &mut Core<E>, id: &Id, seen: Seen<E>, write: bool) -> Taken {
        let hidden = broken::is(Broken::HidesAfterImages);
        let taken = if hidden { Taken::Shown } else { core.answered(id, seen, self.began, write) };
        self.ends(core);
        self.has_landed = true;
        taken
    }

    fn ends(&self, core: &mut Core<E>) {
        match &self.id {
            Some(id) => core.write_ended(id),
            None => core.insert_ended(self.began),
        }
    }
}

impl<E: LiveEntity> Drop for Flying<'_, E> {
    fn drop(&mut self) {
        if !self.has_landed {
            self.shared.change(|core| self.ends(core));
        }
    }
}

impl<E: LiveEntity> Shared<E> {
    /// The record does not fit the entity: an error, not a row.
    pub(super) fn entry(&self, id: &Id, seen: Seen<E>) -> Result<Option<Entry<E>>, DataSetError> {
        match seen {
            Seen::Row(entry) => Ok(Some(entry)),
            Seen::Gone => Ok(None),
            Seen::Unfit(reason) => {
                Err(DataSetError::KeptApart { table: self.table().to_owned(), id: id.clone(), reason })
            }
        }
    }

    /// Reads the record from the backend and shows it.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table(), %id))]
    pub(crate) async fn read(self: &Arc<Self>, id: &Id) -> Result<Option<Entry<E>>, DataSetError> {
        let id = &self.resolve(id);
        let began = self.change(|core| core.moments.next());
        let seen = self.see(id, self.backend.get_id_value(id).await?.as_ref());
        let settled =
            self.change(|core| match core.observe(id, seen.clone(), Source::Request { began }, Origin::Remote) {
                Taken::Shown => None,
                Taken::Settling => Some(core.wait(id)),
                Taken::PutOff => Some(core.wait_for_write(id)),
            });
        let Some(settled) = settled else { return self.entry(id, seen) };
        // P6: the rows have moved on meanwhile, and nobody gets an older state than they show. Where it is not known whether
        // this is one, it is an error and not an answer.
        settled.await.unwrap_or(Err(ValueErrorKind::Closed)).map_err(|kind| {
            let error = ValueError::new(Operation::Read, self.table(), kind).on(id);
            error.caused_by("it was changed while it was being read, and could not be read again")
        })?;
        let seen = self.core.lock().seen(id);
        self.entry(id, seen)
    }

    /// A write to `id`, which may have had a temp id: sends it, shows what it tells, and has an answer only when the rows are
    /// no older than it.
    async fn writing<T>(
        self: &Arc<Self>,
        operation: Operation,
        (id, temp): (&Id, Option<&Id>),
        send: impl Future<Output = Result<(T, Seen<E>, bool), ValueError>>,
    ) -> Result<(T, Option<u64>), DataSetError> {
        let flying = Flying::to(self, id);
        let (answer, seen, write) = send.await.map_err(|error| self.unanswered(operation, Some(id), error))?;
        let shown_in = self.shown(operation, (id, temp), seen, write, flying).await?;
        Ok((answer, shown_in))
    }

    /// Shows what the store has answered to a write, and first which temp id the record had: whoever hears of that finds its
    /// row. Returns when the rows are no older than it (P5), with their number where it is known to be newer than those
    /// before.
    async fn shown(
        self: &Arc<Self>,
        operation: Operation,
        (id, temp): (&Id, Option<&Id>),
        seen: Seen<E>,
        write: bool,
        mut flying: Flying<'_, E>,
    ) -> Result<Option<u64>, ValueError> {
        let (settled, sequence) = self.change(|core| {
            core.identify(temp, id, &seen);
            let taken = flying.lands(core, id, seen, write);
            // Whether the answer is newer than the rows has to be read.
            ((taken == Taken::Settling).then(|| core.wait(id)), core.sequence())
        });
        match settled {
            Some(settled) => {
                // What the store has not done is not in doubt.
                let unread = if write { ValueErrorKind::OutcomeUnknown } else { ValueErrorKind::Unreachable };
                self.settled(operation, id, settled, unread).await.map(|()| None)
            }
            None => Ok(Some(sequence)),
        }
    }

    /// Waits until the record was read, or the table is closed.
    ///
    /// P5, P6: two answers of ours have crossed, and as long as the record cannot be read it is not known which is newer. The
    /// rows stay as they are, and the caller waits: it must find its write there. Where it cannot be read, nobody waits for
    /// ever: then it is not known what the record is by now.
    async fn settled(
        self: &Arc<Self>,
        operation: Operation,
        id: &Id,
        mut settled: oneshot::Receiver<Settled>,
        unread: ValueErrorKind,
    ) -> Result<(), ValueError> {
        if broken::is(Broken::AnswersUnsettled) {
            return Ok(());
        }
        for attempt in 1.. {
            let Ok(Err(why)) = settled.await else { break };
            if why == ValueErrorKind::Closed {
                break;
            }
            if attempt >= READS {
                let error = ValueError::new(operation, self.table(), unread).on(id);
                return Err(
                    error.caused_by("its answer has crossed another one, and the record could not be read since")
                );
            }
            settled = self.change(|core| core.wait(id));
        }
        Ok(())
    }

    /// What the store cannot check is not sent: P3, the table never pretends.
    fn must_guard(&self, operation: Operation, id: &Id, guard: &Guard) -> Result<(), ValueError> {
        if self.backend.capabilities().guarded_write || matches!(guard, Guard::Nothing | Guard::Exists) {
            return Ok(());
        }
        let kind = ValueErrorKind::Unsupported("check a guard and write in one step");
        Err(ValueError::new(operation, self.table(), kind).on(id))
    }

    /// The record as it is stored once a write is done: the answer, or from a store that does not tell, what is read then.
    async fn after(&self, operation: Operation, id: &Id, answer: Record) -> Result<Option<Record>, ValueError> {
        if self.backend.capabilities().after_image {
            return Ok(Some(answer));
        }
        self.backend.get_id_value(id).await.map_err(|error| self.unread(operation, id, error))
    }

    /// What has failed of a write that was sent. Who cannot read the answer does not know whether it was done.
    fn unanswered(&self, operation: Operation, id: Option<&Id>, error: ValueError) -> ValueError {
        if matches!(error.kind, ValueErrorKind::Unreadable(_)) { self.unknown(operation, id, error) } else { error }
    }

    /// A write was done, and what has come of it cannot be read: nobody knows what the record is by now.
    fn unread(&self, operation: Operation, id: &Id, error: ValueError) -> ValueError {
        if broken::is(Broken::DoneIsUnreached) { error } else { self.unknown(operation, Some(id), error) }
    }

    fn unknown(&self, operation: Operation, id: Option<&Id>, cause: ValueError) -> ValueError {
        let unknown = ValueError::new(operation, self.table(), ValueErrorKind::OutcomeUnknown).caused_by(cause);
        match id {
            Some(id) => unknown.on(id),
            None => unknown,
        }
    }

    /// The primitive under every save.
    pub(crate) async fn write(
        self: &Arc<Self>,
        id: &Id,
        patch: &Patch,
        guard: &Guard,
    ) -> Result<Written<E>, DataSetError> {
        let Answered { outcome, seen, shown_in } = self.write_record(id, patch, guard).await?;
        Ok(match (outcome, self.entry(&self.resolve(id), seen)) {
            (WriteOutcome::Written(_), after) => match after? {
                Some(after) => Written::Done { after, shown_in },
                None => Written::Gone,
            },
            (WriteOutcome::Refused(_), Ok(Some(entry))) => Written::Refused(entry),
            (WriteOutcome::Refused(_), Err(error)) => Written::RefusedUnfit(error),
            (WriteOutcome::Refused(_), Ok(None)) | (WriteOutcome::Gone, _) => Written::Gone,
        })
    }

    /// As [`write`](Self::write), answered as the store has.
    #[tracing::instrument(level = "debug", name = "write", skip_all, fields(table = self.table(), %id))]
    pub(super) async fn write_record(
        self: &Arc<Self>,
        id: &Id,
        patch: &Patch,
        guard: &Guard,
    ) -> Result<Answered<E>, DataSetError> {
        let id = &self.resolve(id);
        self.must_guard(Operation::Write, id, guard)?;
        let ((outcome, seen), shown_in) = self
            .writing(Operation::Write, (id, None), async {
                let answer = self.backend.write(id, patch, guard).await?;
                let is_done = matches!(answer, WriteOutcome::Written(_));
                let (outcome, record) = match answer {
                    WriteOutcome::Written(record) => match self.after(Operation::Write, id, record).await? {
                        Some(after) => (WriteOutcome::Written(after.clone()), Some(after)),
                        None => (WriteOutcome::Gone, None),
                    },
                    WriteOutcome::Refused(now) => (WriteOutcome::Refused(now.clone()), Some(now)),
                    WriteOutcome::Gone => (WriteOutcome::Gone, None),
                };
                let seen = self.see(id, record.as_ref());
                Ok(((outcome, seen.clone()), seen, is_done))
            })
            .await?;
        if let WriteOutcome::Refused(_) = &outcome {
            count(&self.counters.conflicts, 1);
        }
        Ok(Answered { outcome, seen, shown_in })
    }

    /// A write of a whole record, which may have had a temp id: its after-image, which is shown by then; `None` where it was
    /// done, and the record had gone again before it could be read.
    async fn storing(
        self: &Arc<Self>,
        operation: Operation,
        (id, temp): (&Id, Option<&Id>),
        send: impl Future<Output = Result<Record, ValueError>>,
    ) -> Result<Option<Record>, DataSetError> {
        let (after, _) = self
            .writing(operation, (id, temp), async {
                let answer = send.await?;
                let after = self.after(operation, id, answer).await?;
                let seen = self.see(id, after.as_ref());
                Ok((after, seen, true))
            })
            .await?;
        Ok(after)
    }

    /// Replaces a whole record and shows its after-image; `None` where that has gone by then.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table(), %id))]
    pub(crate) async fn replace(self: &Arc<Self>, id: &Id, record: Record) -> Result<Option<Record>, DataSetError> {
        let id = &self.resolve(id);
        self.storing(Operation::Replace, (id, None), self.backend.replace_id_value(id, record)).await
    }

    /// Inserts a record of an id that the client chose and shows its after-image, with the temp id that it had; `None` where
    /// it has gone by then.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table(), %id))]
    pub(crate) async fn insert_id(
        self: &Arc<Self>,
        id: &Id,
        record: Record,
        temp: Option<&Id>,
    ) -> Result<Option<Record>, DataSetError> {
        let id = &self.resolve(id);
        self.storing(Operation::Insert, (id, temp), self.backend.insert_id_value(id, record)).await
    }

    /// Reads a record of an id that nobody else has, and which is taken: it was made, by an attempt whose answer was lost, or
    /// by a link that has sent it twice. Where it cannot be read, nobody knows what it is by now.
    pub(crate) async fn made_before(self: &Arc<Self>, id: &Id) -> Result<Option<Entry<E>>, DataSetError> {
        self.read(id).await.map_err(|error| match error {
            DataSetError::Store(error) => self.unread(Operation::Insert, id, error).into(),
            error => error,
        })
    }

    /// Inserts a record of an id that the store chooses and shows its after-image, with the temp id that it had; `None` where
    /// it has gone by then.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table()))]
    pub(crate) async fn insert(
        self: &Arc<Self>,
        record: Record,
        key: Option<IdempotencyKey>,
        temp: Option<&Id>,
    ) -> Result<(Id, Option<Record>), DataSetError> {
        let flying = Flying::insert(self);
        let made = self.backend.insert_value(record, key).await;
        let (id, answer) = made.map_err(|error| self.unanswered(Operation::Insert, None, error))?;
        let after = self.after(Operation::Insert, &id, answer).await?;
        let seen = self.see(&id, after.as_ref());
        self.shown(Operation::Insert, (&id, temp), seen, true, flying).await?;
        Ok((id, after))
    }

    /// Says which record a temp id has become.
    pub(crate) fn identify(self: &Arc<Self>, temp: &Id, id: &Id, seen: &Seen<E>) {
        self.change(|core| core.identify(Some(temp), id, seen));
    }

    /// Deletes a record and its row.
    pub(crate) async fn delete(self: &Arc<Self>, id: &Id, guard: &Guard) -> Result<Removed<E>, DataSetError> {
        let (outcome, seen) = self.delete_record(id, guard).await?;
        Ok(match (outcome, self.entry(&self.resolve(id), seen)?) {
            (DeleteOutcome::Deleted, _) => Removed::Deleted,
            (DeleteOutcome::Refused(_), Some(entry)) => Removed::Refused(entry),
            (_, _) => Removed::Gone,
        })
    }

    /// As [`delete`](Self::delete), answered as the store has: with a record, whether or not it fits the entity.
    #[tracing::instrument(level = "debug", name = "delete", skip_all, fields(table = self.table(), %id))]
    pub(super) async fn delete_record(
        self: &Arc<Self>,
        id: &Id,
        guard: &Guard,
    ) -> Result<(DeleteOutcome, Seen<E>), DataSetError> {
        let id = &self.resolve(id);
        self.must_guard(Operation::Delete, id, guard)?;
        let (answer, _) = self
            .writing(Operation::Delete, (id, None), async {
                let outcome = self.backend.delete_id(id, guard).await?;
                let is_done = matches!(outcome, DeleteOutcome::Deleted);
                let record = match &outcome {
                    DeleteOutcome::Refused(now) => Some(now.clone()),
                    DeleteOutcome::Deleted | DeleteOutcome::Gone => None,
                };
                let seen = self.see(id, record.as_ref());
                Ok(((outcome, seen.clone()), seen, is_done))
            })
            .await?;
        if let (DeleteOutcome::Refused(_), _) = &answer {
            count(&self.counters.conflicts, 1);
        }
        Ok(answer)
    }

    /// Deletes every record. What others insert meanwhile comes by the feed, or with the next list; what this table has shown
    /// of such is read before this has an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table()))]
    pub(crate) async fn delete_all(self: &Arc<Self>) -> Result<u64, DataSetError> {
        let ids = self.ids();
        // What the feed tells of them before the answer comes is ours.
        let mut flying: Vec<_> = ids.iter().map(|id| Flying::to(self, id)).collect();
        let deleted = self.backend.delete_all().await;
        let deleted = deleted.map_err(|error| self.unanswered(Operation::Delete, None, error))?;
        for (ids, flying) in ids.chunks(STEP).zip(flying.chunks_mut(STEP)) {
            self.change(|core| {
                for (id, flying) in ids.iter().zip(flying) {
                    let _ = flying.lands(core, id, Seen::Gone, true);
                }
            });
        }
        // P8: not all at once, of however many that is.
        for ids in self.change(Core::all_deleted).chunks(STEP) {
            let waiting: Vec<_> = self.change(|core| ids.iter().map(|id| core.wait(id)).collect());
            for (id, settled) in ids.iter().zip(waiting) {
                self.settled(Operation::Delete, id, settled, ValueErrorKind::OutcomeUnknown).await?;
            }
        }
        Ok(deleted)
    }
}
