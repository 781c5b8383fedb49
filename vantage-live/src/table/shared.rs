//! What all handles and tasks of a table share: one way to change the rows, and one to run a task.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;

use super::core::{Core, Seen};
use super::env::Environment;
use super::flights::LOOK;
use super::rows::Snapshot;
use super::settle::{self, Answer};
use super::state::{Counters, Progress, Standing, SyncState, count};
use super::subscribe::Heard;
use super::{Ids, Policy};
use crate::dataset::{DataSetError, fault};
use crate::entity::LiveEntity;
use crate::feed::Feed;
use crate::locks::{ArcSwap, AtomicBool, Mutex, MutexGuard, watch};
use crate::panics;
use crate::value::{FeedKind, Id, Operation, Record, RwValueSet, ValueError, ValueErrorKind};

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
    pub(super) standing: watch::Sender<Standing>,
    pub(super) counters: Counters,
    pub(super) core: Mutex<Core<E>>,
    pub(super) progress: Option<Box<dyn Fn(Progress) + Send + Sync>>,
    pub(super) batch: usize,
    pub(super) closed: AtomicBool,
}

impl<E: LiveEntity> Shared<E> {
    /// Changes the rows, shows what has changed, and starts the tasks that it makes necessary.
    pub(super) fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut Core<E>) -> T) -> T {
        let mut core = self.core.lock();
        let answer = change(&mut core);
        self.follow_up(core);
        answer
    }

    /// What comes after a change. Apart from it, so that it is compiled once for an entity and not for each change.
    fn follow_up(self: &Arc<Self>, mut core: MutexGuard<'_, Core<E>>) {
        let (mut before, mut heard) = (None, Heard::default());
        if let Some((snapshot, events)) = core.take_changes() {
            before = Some(self.rows.swap(Arc::new(snapshot)));
            heard = core.subscribers.tell(&events);
        }
        let looks = core.flights.needs_looking();
        let settles = core.settling.needs_worker();
        let caches = core.uncached.needs_worker();
        let answers = core.settling.take_answers();
        drop(core);
        // What may be a program's own code (a waker, an entity's `Drop`) runs without the lock.
        drop(before);
        count(&self.counters.lagged, heard.lagged);
        heard.wake();
        answers.into_iter().for_each(Answer::send);
        if looks {
            self.env.spawn(Box::pin(look(Arc::clone(self))));
        }
        if settles {
            self.env.spawn(Box::pin(settle::work(Arc::clone(self))));
        }
        if caches {
            self.env.spawn(Box::pin(super::cache::work(Arc::clone(self))));
        }
    }

    /// Nothing happens any more, and everyone who waits is told.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let (heard, answers) = {
            let mut core = self.core.lock();
            core.settling.close();
            (core.subscribers.close(), core.settling.take_answers())
        };
        heard.wake();
        answers.into_iter().for_each(Answer::send);
    }

    /// The state of the record `id` that somebody has told.
    pub(super) fn see(&self, id: &Id, record: Option<&Record>) -> Seen<E> {
        Seen::of(id, record, self.rows.load().rows.get(id))
    }

    /// Whether a filter hides records of the backend.
    pub(crate) fn filters(&self) -> bool {
        self.backend.capabilities().feed == FeedKind::Filtered
    }

    /// The record is to be read: what an answer has shown of it may be hidden by a filter.
    pub(crate) fn look_again(self: &Arc<Self>, id: &Id) {
        self.change(|core| core.settling.want(id.clone()));
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// The id that a record has: a temp id is the one that it has become.
    pub(super) fn resolve(&self, id: &Id) -> Id {
        self.rows.load().resolve(id).clone()
    }

    pub(crate) fn table(&self) -> &str {
        self.backend.name()
    }

    pub(super) fn closed_error(&self, operation: Operation) -> ValueError {
        ValueError::new(operation, self.table(), ValueErrorKind::Closed)
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
        self.start(operation, work).await.unwrap_or_else(|_| Err(self.closed_error(operation).into()))
    }

    /// As [`run`](Self::run), for a caller that keeps the receiver: it is told nothing where the runtime was shut down. A
    /// store that panics at a write has lost the answer.
    pub(crate) fn start<T: Send + 'static>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, DataSetError>> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, DataSetError>> {
        answering(&*self.env, self.table().to_owned(), operation, Box::pin(work))
    }

    /// Why the record `id` is kept apart, where it is.
    pub(crate) fn rejection(&self, id: &Id) -> Option<Arc<str>> {
        self.core.lock().rejected.get(id).map(|row| Arc::clone(&row.reason))
    }

    /// The error of an entity that cannot be written as a record.
    pub(crate) fn fault(&self, id: &Id, source: crate::entity::EntityError) -> DataSetError {
        fault(self.table(), id, source)
    }

    /// The life of the table goes like this now.
    pub(super) fn set_state(&self, state: SyncState) {
        self.standing.send_modify(|standing| standing.goes(state));
    }

    /// What may have changed cannot be read: the table is not what a feed that is up would make of it.
    pub(super) fn cannot_read(&self, error: &ValueError) {
        self.standing.send_modify(|standing| standing.cannot_read(self.env.now(), reason(error)));
    }

    /// It can be read.
    pub(super) fn can_read(&self) {
        self.standing.send_modify(Standing::can_read);
    }
}

/// Runs `work` as a task, and has its answer told. Compiled once for what is answered, and not for each request.
fn answering<T: Send + 'static>(
    env: &dyn Environment,
    table: String,
    operation: Operation,
    work: BoxFuture<'static, Result<T, DataSetError>>,
) -> oneshot::Receiver<Result<T, DataSetError>> {
    let (sender, receiver) = oneshot::channel();
    env.spawn(Box::pin(async move {
        let answer = AssertUnwindSafe(work).catch_unwind().await;
        let answer = answer.unwrap_or_else(|panic| Err(panics::error_of(operation, table, &*panic).into()));
        // Nobody waits any more: the work is done all the same.
        drop(sender.send(answer));
    }));
    receiver
}

/// An error in a sentence, with what has caused it.
pub(super) fn reason(error: &ValueError) -> Arc<str> {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}").into(),
        None => error.to_string().into(),
    }
}

/// Whoever looks for what has waited too long. However it ends, another one can be started.
struct Looking<E: LiveEntity> {
    shared: Arc<Shared<E>>,
    is_done: bool,
}

impl<E: LiveEntity> Drop for Looking<E> {
    fn drop(&mut self) {
        if !self.is_done {
            self.shared.core.lock().flights.stops_looking();
        }
    }
}

/// Looks now and then whether something has waited too long for an answer of ours, until nothing waits.
async fn look<E: LiveEntity>(shared: Arc<Shared<E>>) {
    let mut looking = Looking { shared: Arc::clone(&shared), is_done: false };
    while !looking.is_done {
        shared.env.sleep(LOOK).await;
        looking.is_done = shared.is_closed() || !shared.change(Core::look_at_what_waits);
    }
}
