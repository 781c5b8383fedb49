//! Settling: reading the records of which it is not known whether a state is newer than the one that is shown.
//!
//! One worker per table reads what is wanted in batches, so a burst of events on one record costs one read at a time.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;

use super::core::Taken;
use super::event::Origin;
use super::order::{Point, Source};
use super::shared::Shared;
use super::state::count;
use crate::broken::{self, Broken};
use crate::entity::LiveEntity;
use crate::panics;
use crate::value::{Id, Operation, ValueError, ValueErrorKind};

/// The records that are to be read.
#[derive(Default)]
pub(super) struct Settling {
    wanted: BTreeMap<Id, Wanted>,
    /// What the worker is reading.
    reading: Reading,
    /// More are wanted than are remembered: the whole table is to be listed.
    everything: bool,
    /// Who has waited long enough, and is told so once the rows are published.
    answers: Vec<Answer>,
    working: bool,
    closed: bool,
}

/// What the worker is reading.
#[derive(Default)]
enum Reading {
    #[default]
    Nothing,
    Records(BTreeMap<Id, Wanted>),
    Everything,
}

/// A record that is to be read.
#[derive(Default)]
pub(super) struct Wanted {
    /// Who waits for it.
    pub waiters: Vec<Waiter>,
}

/// Who waits until a record was read.
pub(super) struct Waiter {
    /// Told `Ok` then, and else why it could not be.
    sender: oneshot::Sender<Settled>,
    /// When he has begun to wait.
    pub since: Point,
}

/// Whether a record was read.
pub(super) type Settled = Result<(), ValueErrorKind>;

/// Who waited, and what he is to be told.
#[must_use]
pub(super) struct Answer {
    waiters: Vec<Waiter>,
    settled: Settled,
}

impl Answer {
    /// Tells everyone. Without any lock: who waits may be a program's own code.
    pub fn send(self) {
        for waiter in self.waiters {
            // Who does not wait any more need not be told.
            let _ = waiter.sender.send(self.settled.clone());
        }
    }
}

/// How many records one read asks for.
const BATCH: usize = 256;
/// How many records may wait to be read, about 4 MiB of ids. With more, a list is cheaper.
const WANTED: usize = 65_536;
/// How long the worker waits after a read that failed. The feed, which lists afresh when it is back, has backed off too.
const PAUSE: Duration = Duration::from_millis(500);

impl Wanted {
    /// By one who has begun to wait then; and the receiver, which is told.
    pub fn by(since: Point) -> (Self, oneshot::Receiver<Settled>) {
        let (sender, receiver) = oneshot::channel();
        (Wanted { waiters: vec![Waiter { sender, since }] }, receiver)
    }
}

impl Settling {
    /// The record is to be read.
    pub fn want(&mut self, id: Id) {
        if self.closed || self.everything {
            return;
        }
        self.wanted.entry(id).or_default();
        // P8, and P7: what is not remembered is in the list.
        if self.wanted.len() > WANTED {
            self.want_everything();
        }
    }

    fn want_everything(&mut self) {
        self.everything = true;
        self.wanted.retain(|_, wanted| !wanted.waiters.is_empty());
    }

    /// The record is still to be read.
    pub fn put_back(&mut self, id: Id, back: Wanted) {
        if self.closed {
            return self.answer(back.waiters, &Err(ValueErrorKind::Closed));
        }
        if back.waiters.is_empty() {
            return self.want(id);
        }
        self.wanted.entry(id).or_default().waiters.extend(back.waiters);
    }

    /// Who waited for a record is to be told so. Not at once: P5, the rows that were read are not published yet.
    pub fn answer(&mut self, waiters: Vec<Waiter>, settled: &Settled) {
        if !waiters.is_empty() {
            self.answers.push(Answer { waiters, settled: settled.clone() });
        }
    }

    /// Who is to be told once the rows are published.
    pub fn take_answers(&mut self) -> Vec<Answer> {
        std::mem::take(&mut self.answers)
    }

    /// Nothing is read any more, and who waits is to be told so.
    pub fn close(&mut self) {
        self.closed = true;
        self.everything = false;
        for Wanted { waiters } in std::mem::take(&mut self.wanted).into_values() {
            self.answer(waiters, &Err(ValueErrorKind::Closed));
        }
    }

    /// How many records wait, or are being read; a list of everything counts as one.
    pub fn len(&self) -> usize {
        let reading = match &self.reading {
            Reading::Nothing => 0,
            Reading::Records(records) => records.len(),
            Reading::Everything => 1,
        };
        self.wanted.len() + reading + usize::from(self.everything)
    }

    /// Whether a worker is to be started: the caller starts it.
    pub fn needs_worker(&mut self) -> bool {
        let needs = !self.working && (self.everything || !self.wanted.is_empty());
        self.working |= needs;
        needs
    }

    /// The last batch was read, or could not be. What to read next; `None` ends the worker.
    fn take_batch(&mut self) -> Option<Batch> {
        if std::mem::take(&mut self.everything) {
            self.reading = Reading::Everything;
            return Some(Batch::Everything);
        }
        let rest = self.wanted.keys().nth(BATCH).cloned().map(|id| self.wanted.split_off(&id)).unwrap_or_default();
        let records = std::mem::replace(&mut self.wanted, rest);
        self.working = !records.is_empty();
        let batch = self.working.then(|| Batch::Records(records.keys().cloned().collect()));
        self.reading = if self.working { Reading::Records(records) } else { Reading::Nothing };
        batch
    }

    /// One record of the last batch was read: who waits for it.
    fn take_read(&mut self, id: &Id) -> Wanted {
        match &mut self.reading {
            Reading::Records(records) => records.remove(id).unwrap_or_default(),
            Reading::Nothing | Reading::Everything => Wanted::default(),
        }
    }

    /// The last batch could not be read. Who waits is told; it is still to be read, for what is shown of it may be old.
    fn could_not_read(&mut self, why: &ValueErrorKind) {
        match std::mem::take(&mut self.reading) {
            Reading::Nothing => {}
            Reading::Everything => {
                self.want_everything();
                // As long as lists fail nobody is read alone: who waits for one record is not to wait for ever.
                for Wanted { waiters } in std::mem::take(&mut self.wanted).into_values() {
                    self.answer(waiters, &Err(why.clone()));
                }
            }
            Reading::Records(records) => {
                for (id, Wanted { waiters }) in records {
                    self.answer(waiters, &Err(why.clone()));
                    self.want(id);
                }
            }
        }
    }

    /// The worker has ended, and nobody reads until another one is started.
    fn stops(&mut self) {
        self.could_not_read(&ValueErrorKind::Closed);
        self.working = false;
    }
}

enum Batch {
    Records(Vec<Id>),
    Everything,
}

/// The worker. However it ends, another one can be started.
struct Worker<E: LiveEntity> {
    shared: Arc<Shared<E>>,
    is_done: bool,
}

impl<E: LiveEntity> Drop for Worker<E> {
    fn drop(&mut self) {
        if !self.is_done {
            // Not through `change`, which would start another worker on a runtime that may be gone.
            let answers = {
                let mut core = self.shared.core.lock();
                core.settling.stops();
                core.settling.take_answers()
            };
            answers.into_iter().for_each(Answer::send);
        }
    }
}

/// Reads until nothing is wanted any more.
pub(super) async fn work<E: LiveEntity>(shared: Arc<Shared<E>>) {
    let mut worker = Worker { shared: Arc::clone(&shared), is_done: false };
    loop {
        let Some(batch) = shared.change(|core| core.settling.take_batch()) else {
            worker.is_done = true;
            return;
        };
        let read = async {
            match batch {
                Batch::Records(ids) => read(&shared, ids).await,
                // Who waits for one record is told when that was read.
                Batch::Everything => shared.list().await,
            }
        };
        let read = AssertUnwindSafe(read)
            .catch_unwind()
            .await
            .unwrap_or_else(|panic| Err(ValueError::new(Operation::Read, shared.table(), panics::kind_of(&*panic))));
        if shared.is_closed() {
            return;
        }
        match read {
            Ok(()) => shared.can_read(),
            Err(error) => {
                tracing::warn!(table = shared.table(), %error, "could not read what may have changed, trying again");
                shared.change(|core| core.settling.could_not_read(&error.kind));
                shared.cannot_read(&error);
                shared.env.sleep(shared.env.jittered(PAUSE)).await;
            }
        }
    }
}

/// Reads one batch.
async fn read<E: LiveEntity>(shared: &Arc<Shared<E>>, ids: Vec<Id>) -> Result<(), ValueError> {
    let began = shared.change(|core| core.moments.next());
    let mut found: BTreeMap<Id, _> = shared.backend.get_id_values(&ids).await?.into_iter().collect();
    count(&shared.counters.settled, ids.len() as u64);
    let seen: Vec<_> = ids.into_iter().map(|id| (shared.see(&id, found.remove(&id).as_ref()), id)).collect();
    shared.change(|core| {
        for (seen, id) in seen {
            let taken = core.observe(&id, seen, Source::Request { began }, Origin::Remote);
            let wanted = core.settling.take_read(&id);
            match taken {
                Taken::Shown => {
                    if broken::is(Broken::SettlesForEver) {
                        core.settling.want(id);
                    }
                    core.settling.answer(wanted.waiters, &Ok(()));
                }
                Taken::Settling => core.overtaken(id, wanted),
                Taken::PutOff => core.put_off(&id, wanted),
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> Id {
        Id::from(i64::try_from(n).unwrap_or_default())
    }

    fn waiting(settling: &mut Settling) -> oneshot::Receiver<Settled> {
        let (wanted, receiver) = Wanted::by(Point::NONE);
        settling.put_back(id(0), wanted);
        receiver
    }

    #[test]
    fn with_too_many_records_everything_is_listed_and_a_list_that_fails_is_still_wanted() {
        let mut settling = Settling::default();
        for n in 0..WANTED {
            settling.want(id(n));
        }
        assert_eq!(settling.len(), WANTED, "so many are remembered");
        for n in WANTED..WANTED + 2 {
            settling.want(id(n));
            assert_eq!(settling.len(), 1);
        }
        assert!(matches!(settling.take_batch(), Some(Batch::Everything)));

        settling.could_not_read(&ValueErrorKind::Unreachable);

        assert!(matches!(settling.take_batch(), Some(Batch::Everything)));
        assert!(settling.take_batch().is_none());
    }

    #[test]
    fn what_nobody_waits_for_has_no_more_room_for_being_put_back() {
        let mut settling = Settling::default();

        for n in 0..=WANTED {
            settling.put_back(id(n), Wanted::default());
        }

        assert_eq!(settling.len(), 1, "all is listed");
    }

    #[test]
    fn who_waits_for_a_record_is_told_when_that_was_read() {
        let mut settling = Settling::default();
        let mut waiting = waiting(&mut settling);
        for n in 1..=WANTED {
            settling.want(id(n));
        }
        assert!(matches!(settling.take_batch(), Some(Batch::Everything)));
        settling.take_answers().into_iter().for_each(Answer::send);
        assert_eq!(waiting.try_recv(), Ok(None));

        assert!(matches!(settling.take_batch(), Some(Batch::Records(ids)) if ids == [id(0)]));
    }

    #[test]
    fn who_waits_for_a_record_is_told_where_everything_could_not_be_listed() {
        let mut settling = Settling::default();
        let mut waiting = waiting(&mut settling);
        for n in 1..=WANTED {
            settling.want(id(n));
        }
        assert!(matches!(settling.take_batch(), Some(Batch::Everything)));

        settling.could_not_read(&ValueErrorKind::Unreachable);
        settling.take_answers().into_iter().for_each(Answer::send);

        assert_eq!(waiting.try_recv(), Ok(Some(Err(ValueErrorKind::Unreachable))));
        assert!(matches!(settling.take_batch(), Some(Batch::Everything)), "the record is in the list");
    }

    #[test]
    fn who_waits_for_a_record_that_cannot_be_read_is_told_why_and_it_is_still_wanted() {
        let mut settling = Settling::default();
        let mut waiting = waiting(&mut settling);
        let _ = settling.take_batch();

        settling.could_not_read(&ValueErrorKind::Unreachable);
        settling.take_answers().into_iter().for_each(Answer::send);

        assert_eq!(waiting.try_recv(), Ok(Some(Err(ValueErrorKind::Unreachable))));
        assert!(matches!(settling.take_batch(), Some(Batch::Records(ids)) if ids == [id(0)]));
    }
}
