//! What all handles and tasks of a table share, and its requests to the backend.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::{StreamExt, TryStreamExt};

use super::core::{Core, Seen, Taken};
use super::env::Environment;
use super::order::Source;
use super::rows::{Entry, Snapshot};
use super::settle::{self, Answer};
use super::state::{Counters, Progress, SyncState, count};
use super::subscribe::Origin;
use super::{Ids, Policy};
use crate::broken::{self, Broken};
use crate::dataset::{DataSetError, fault};
use crate::entity::LiveEntity;
use crate::feed::Feed;
use crate::locks::{ArcSwap, AtomicBool, Mutex, watch};
use crate::value::{
    DeleteOutcome, Guard, Id, IdempotencyKey, Operation, Patch, Record, RwValueSet, ValueError, ValueErrorKind,
    WriteOutcome,
};

/// What all handles and tasks of a table share.
pub(crate) struct Shared<E: LiveEntity> {
    pub backend: Arc<dyn RwValueSet>,
    pub cache: Option<Arc<dyn RwValueSet>>,
    pub feed: Option<Arc<dyn Feed>>,
    pub env: Arc<dyn Environment>,
    pub policy: Policy,
    pub ids: Ids,
    pub event_buffer: usize,
    pub rows: ArcSwap<Snapshot<E>>,
    pub state: watch::Sender<SyncState>,
    pub(super) counters: Counters,
    pub(super) core: Mutex<Core<E>>,
    pub(super) progress: Option<Box<dyn Fn(Progress) + Send + Sync>>,
    pub(super) batch: usize,
    pub(super) closed: AtomicBool,
}

/// What a guarded write through the table has come to.
pub(crate) enum Written<E> {
    Done(Entry<E>),
    Refused(Entry<E>),
    Gone,
}

/// What a guarded delete through the table has come to.
pub(crate) enum Removed<E> {
    Deleted,
    Refused(Entry<E>),
    Gone,
}

impl<E: LiveEntity> Shared<E> {
    /// Changes the rows, shows what has changed, and starts the tasks that it makes necessary.
    pub(super) fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut Core<E>) -> T) -> T {
        let mut core = self.core.lock();
        let answer = change(&mut core);
        if let Some((snapshot, events)) = core.take_changes() {
            self.rows.store(Arc::new(snapshot));
            count(&self.counters.lagged, core.subscribers.tell(&events));
        }
        let settle = core.settling.needs_worker();
        let cache = core.uncached.needs_worker();
        let answers = core.settling.take_answers();
        drop(core);
        answers.into_iter().for_each(Answer::send);
        if settle {
            self.env.spawn(Box::pin(settle::work(Arc::clone(self))));
        }
        if cache {
            self.env.spawn(Box::pin(super::cache::work(Arc::clone(self))));
        }
        answer
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(super) fn table(&self) -> &str {
        self.backend.name()
    }

    fn closed_error(&self, operation: Operation) -> ValueError {
        ValueError::new(operation, self.table(), ValueErrorKind::Closed)
    }

    /// The record was read, and changed at the same time, and could not be read again.
    fn not_settled(&self, id: &Id) -> ValueError {
        let kind = if self.is_closed() { ValueErrorKind::Closed } else { ValueErrorKind::Unreachable };
        ValueError::new(Operation::Read, self.table(), kind).on(id)
    }

    /// Runs `work` on the table's runtime, so that any executor can await it and dropping the future stops nothing.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        operation: Operation,
        work: impl Future<Output = Result<T, DataSetError>> + Send + 'static,
    ) -> Result<T, DataSetError> {
        if self.is_closed() {
            return Err(self.closed_error(operation).into());
        }
        self.env.run(work).await.unwrap_or_else(|| Err(self.closed_error(operation).into()))
    }

    /// Why the record `id` is kept apart, where it is.
    pub(crate) fn rejection(&self, id: &Id) -> Option<Arc<str>> {
        self.core.lock().rejected.get(id).map(|row| Arc::clone(&row.reason))
    }

    /// The record does not fit the entity: an error, not a row.
    fn entry(&self, id: &Id, seen: Seen<E>) -> Result<Option<Entry<E>>, DataSetError> {
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
        let began = self.change(|core| core.moments.next());
        let seen = Seen::of(id, self.backend.get_id_value(id).await?);
        let settled = self.change(|core| {
            match core.observe(id, seen.clone(), Source::Request { began, write: false }, Origin::Remote) {
                Taken::Shown => None,
                Taken::Settling => Some(core.settling.wait(id.clone())),
                Taken::PutOff => Some(core.wait(id)),
            }
        });
        let Some(settled) = settled else { return self.entry(id, seen) };
        if !settled.await.unwrap_or(false) {
            // P6: which is newer is not known, and nobody gets an older state than the rows show.
            return Err(self.not_settled(id).into());
        }
        let seen = self.core.lock().seen(id);
        self.entry(id, seen)
    }

    /// A write to `id`: sends it, shows what it tells, and has an answer only when the rows are no older than it.
    async fn writing<T>(
        self: &Arc<Self>,
        id: &Id,
        send: impl Future<Output = Result<(T, Seen<E>, bool), ValueError>>,
    ) -> Result<T, DataSetError> {
        let began = self.change(|core| core.write_begins(id));
        let answer = send.await;
        let (answer, seen, write) = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.change(|core| core.write_ended(id));
                return Err(error.into());
            }
        };
        self.shown(id, seen, Source::Request { began, write }, |core| core.write_ended(id)).await;
        Ok(answer)
    }

    /// Shows what the store has answered to a write; returns when the rows are no older than it (P5).
    async fn shown(self: &Arc<Self>, id: &Id, seen: Seen<E>, source: Source, ended: impl FnOnce(&mut Core<E>)) {
        let write = matches!(source, Source::Request { write: true, .. });
        let origin = if write { Origin::Local } else { Origin::Remote };
        let settled = self.change(|core| {
            let hidden = broken::is(Broken::HidesAfterImages);
            let taken = if hidden { Taken::Shown } else { core.answered(id, seen.clone(), source, origin) };
            ended(core);
            (taken == Taken::Settling).then(|| core.settling.wait(id.clone()))
        });
        let Some(mut settled) = settled else { return };
        // P5, P6: as long as the record cannot be read it is not known which of two answers is newer. The rows stay as they
        // are, and the caller waits: it must find its write there.
        while !broken::is(Broken::AnswersUnsettled) && !settled.await.unwrap_or(false) && !self.is_closed() {
            settled = self.change(|core| core.settling.wait(id.clone()));
        }
    }

    /// The primitive under every save.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table(), %id))]
    pub(crate) async fn write(
        self: &Arc<Self>,
        id: &Id,
        patch: &Patch,
        guard: &Guard,
    ) -> Result<Written<E>, DataSetError> {
        let (outcome, seen) = self
            .writing(id, async {
                let outcome = self.backend.write(id, patch, guard).await?;
                let (kind, record) = match outcome {
                    WriteOutcome::Written(record) => (Outcome::Done, Some(record)),
                    WriteOutcome::Refused(record) => (Outcome::Refused, Some(record)),
                    WriteOutcome::Gone => (Outcome::Gone, None),
                };
                let seen = Seen::of(id, record);
                Ok(((kind, seen.clone()), seen, matches!(kind, Outcome::Done)))
            })
            .await?;
        if matches!(outcome, Outcome::Refused) {
            count(&self.counters.conflicts, 1);
        }
        Ok(match (outcome, self.entry(id, seen)?) {
            (Outcome::Done, Some(entry)) => Written::Done(entry),
            (Outcome::Refused, Some(entry)) => Written::Refused(entry),
            (_, _) => Written::Gone,
        })
    }

    /// Replaces a whole record and shows its after-image.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table(), %id))]
    pub(crate) async fn replace(self: &Arc<Self>, id: &Id, record: Record) -> Result<Record, DataSetError> {
        self.writing(id, async {
            let after = self.backend.replace_id_value(id, record).await?;
            Ok((after.clone(), Seen::of(id, Some(after)), true))
        })
        .await
    }

    /// Inserts a record of an id that the client chose and shows its after-image.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table(), %id))]
    pub(crate) async fn insert_id(self: &Arc<Self>, id: &Id, record: Record) -> Result<Record, DataSetError> {
        self.writing(id, async {
            let after = self.backend.insert_id_value(id, record).await?;
            Ok((after.clone(), Seen::of(id, Some(after)), true))
        })
        .await
    }

    /// Inserts a record of an id that the store chooses and shows its after-image.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table()))]
    pub(crate) async fn insert(
        self: &Arc<Self>,
        record: Record,
        key: Option<IdempotencyKey>,
        temp: Option<&Id>,
    ) -> Result<(Id, Record), DataSetError> {
        let began = self.change(Core::insert_begins);
        let (id, after) = match self.backend.insert_value(record, key).await {
            Ok(made) => made,
            Err(error) => {
                self.change(Core::insert_ended);
                return Err(error.into());
            }
        };
        let seen = Seen::of(&id, Some(after.clone()));
        self.identify(temp, &id, &seen);
        self.shown(&id, seen, Source::Request { began, write: true }, Core::insert_ended).await;
        Ok((id, after))
    }

    /// Says which record a temp id has become, before its row is shown.
    pub(crate) fn identify(self: &Arc<Self>, temp: Option<&Id>, id: &Id, seen: &Seen<E>) {
        if let (Some(temp), Seen::Row(entry)) = (temp, seen) {
            self.change(|core| core.identify(temp, id, entry));
        }
    }

    /// Deletes a record and its row.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table(), %id))]
    pub(crate) async fn delete(self: &Arc<Self>, id: &Id, guard: &Guard) -> Result<Removed<E>, DataSetError> {
        let (outcome, seen) = self
            .writing(id, async {
                let (kind, record) = match self.backend.delete_id(id, guard).await? {
                    DeleteOutcome::Deleted => (Outcome::Done, None),
                    DeleteOutcome::Gone => (Outcome::Gone, None),
                    DeleteOutcome::Refused(record) => (Outcome::Refused, Some(record)),
                };
                let seen = Seen::of(id, record);
                Ok(((kind, seen.clone()), seen, matches!(kind, Outcome::Done)))
            })
            .await?;
        if matches!(outcome, Outcome::Refused) {
            count(&self.counters.conflicts, 1);
        }
        Ok(match (outcome, self.entry(id, seen)?) {
            (Outcome::Done, _) => Removed::Deleted,
            (Outcome::Refused, Some(entry)) => Removed::Refused(entry),
            (_, _) => Removed::Gone,
        })
    }

    /// Deletes every record. What others insert meanwhile comes by the feed, or with the next list.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table()))]
    pub(crate) async fn delete_all(self: &Arc<Self>) -> Result<u64, DataSetError> {
        let (began, ids) = self.change(|core| (core.moments.next(), core.ids()));
        let deleted = self.backend.delete_all().await?;
        let settled = self.change(|core| {
            let mut settled = Vec::new();
            for id in ids {
                match core.observe(&id, Seen::Gone, Source::Request { began, write: true }, Origin::Local) {
                    Taken::Shown => {}
                    Taken::Settling => settled.push(core.settling.wait(id)),
                    Taken::PutOff => settled.push(core.wait(&id)),
                }
            }
            settled
        });
        futures::future::join_all(settled).await;
        Ok(deleted)
    }

    /// Lists the backend and shows the difference, at once: a row that is not in the list any more disappears (P7).
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table()))]
    pub(super) async fn list(self: &Arc<Self>) -> Result<(), ValueError> {
        let began = self.change(|core| core.moments.next());
        let mut listed = Vec::new();
        let mut batches = self.backend.stream_values(self.batch);
        while let Some(batch) = batches.try_next().await? {
            listed.extend(batch.into_iter().map(|(id, record)| (Seen::of(&id, Some(record)), id)));
        }
        let ids: HashSet<Id> = listed.iter().map(|(_, id)| id.clone()).collect();
        let source = Source::Request { began, write: false };
        self.change(|core| {
            for (seen, id) in listed {
                core.observe(&id, seen, source, Origin::Remote);
            }
            Self::remove_unlisted(core, &ids, source);
        });
        count(&self.counters.resyncs, 1);
        Ok(())
    }

    /// Lists the backend for the first time, showing each batch as it comes.
    #[tracing::instrument(level = "debug", skip_all, fields(table = self.table()))]
    pub(super) async fn fill(self: &Arc<Self>) -> Result<(), ValueError> {
        let began = self.change(|core| core.moments.next());
        let source = Source::Request { began, write: false };
        let total = if self.progress.is_some() { self.backend.count().await? } else { 0 };
        let mut ids = HashSet::new();
        let mut batches = self.backend.stream_values(self.batch);
        while let Some(batch) = batches.next().await {
            let seen: Vec<_> = batch?.into_iter().map(|(id, record)| (Seen::of(&id, Some(record)), id)).collect();
            ids.extend(seen.iter().map(|(_, id)| id.clone()));
            self.change(|core| {
                for (seen, id) in seen {
                    core.observe(&id, seen, source, Origin::Remote);
                }
            });
            if let Some(progress) = &self.progress {
                progress(Progress { rows: ids.len() as u64, total: total.max(ids.len() as u64) });
            }
        }
        self.change(|core| Self::remove_unlisted(core, &ids, source));
        count(&self.counters.resyncs, 1);
        Ok(())
    }

    /// What the list does not have is gone (P7).
    fn remove_unlisted(core: &mut Core<E>, listed: &HashSet<Id>, source: Source) {
        for id in core.ids() {
            if !listed.contains(&id) && !broken::is(Broken::ListForgetsDeletions) {
                core.observe(&id, Seen::Gone, source, Origin::Remote);
            }
        }
        core.moments.listed();
    }

    /// The error of an entity that cannot be written as a record.
    pub(crate) fn fault(&self, id: &Id, source: crate::entity::EntityError) -> DataSetError {
        fault(self.table(), id, source)
    }

    /// Shows `state`, unless the table is closed.
    pub(super) fn set_state(&self, state: SyncState) {
        self.state.send_replace(state);
    }
}

#[derive(Clone, Copy)]
enum Outcome {
    Done,
    Refused,
    Gone,
}
