//! Settling: reading the records of which it is not known whether a state is newer than the one that is shown.
//!
//! One worker per table reads what is wanted in batches, so a burst of events on one record costs one read at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::oneshot;

use super::core::{Seen, Taken};
use super::order::Source;
use super::shared::Shared;
use super::state::count;
use super::subscribe::Origin;
use crate::broken::{self, Broken};
use crate::entity::LiveEntity;
use crate::value::Id;

/// The records that are to be read.
#[derive(Default)]
pub(super) struct Settling {
    wanted: BTreeMap<Id, Wanted>,
    /// Who has waited long enough, and is told so once the rows are published.
    answers: Vec<Answer>,
    /// How many the worker is reading.
    reading: usize,
    working: bool,
    closed: bool,
}

/// A record that is to be read.
#[derive(Default)]
pub(super) struct Wanted {
    /// Who waits for it.
    pub waiters: Vec<Waiter>,
}

/// Told `true` when the record was read, `false` when it could not be.
pub(super) type Waiter = oneshot::Sender<bool>;

/// Who waited, and what he is to be told.
#[must_use]
pub(super) struct Answer {
    waiters: Vec<Waiter>,
    read: bool,
}

impl Answer {
    /// Tells everyone.
    pub fn send(self) {
        for waiter in self.waiters {
            // Who does not wait any more need not be told.
            let _ = waiter.send(self.read);
        }
    }
}

/// How many records one read asks for.
const BATCH: usize = 256;
/// How many records may wait to be read, about 4 MiB of ids. With more, a list is cheaper.
const WANTED: usize = 65_536;
/// How long the worker waits after a read that failed. The feed, which lists afresh when it is back, has backed off too.
const PAUSE: Duration = Duration::from_millis(500);

impl Settling {
    /// The record is to be read.
    pub fn want(&mut self, id: Id) {
        self.wanted.entry(id).or_default();
    }

    /// The record is to be read, and the receiver told when it was.
    pub fn wait(&mut self, id: Id) -> oneshot::Receiver<bool> {
        let (sender, receiver) = oneshot::channel();
        self.put_back(id, Wanted { waiters: vec![sender] });
        receiver
    }

    /// The record is still to be read.
    pub fn put_back(&mut self, id: Id, back: Wanted) {
        if self.closed {
            return self.answer(back.waiters, false);
        }
        self.wanted.entry(id).or_default().waiters.extend(back.waiters);
    }

    /// Who waited for a record is to be told so. Not at once: P5, the rows that were read are not published yet.
    fn answer(&mut self, waiters: Vec<Waiter>, read: bool) {
        if !waiters.is_empty() {
            self.answers.push(Answer { waiters, read });
        }
    }

    /// Who is to be told once the rows are published.
    pub fn take_answers(&mut self) -> Vec<Answer> {
        std::mem::take(&mut self.answers)
    }

    /// Nothing is read any more, and who waits is told so.
    pub fn close(&mut self) {
        self.closed = true;
        for Wanted { waiters, .. } in std::mem::take(&mut self.wanted).into_values() {
            Answer { waiters, read: false }.send();
        }
    }

    /// How many records wait, or are being read.
    pub fn len(&self) -> usize {
        self.wanted.len() + self.reading
    }

    /// Whether a worker is to be started: the caller starts it.
    pub fn needs_worker(&mut self) -> bool {
        let needs = !self.working && !self.wanted.is_empty();
        self.working |= needs;
        needs
    }

    fn take_batch(&mut self) -> Option<Batch> {
        self.reading = 0;
        if self.wanted.is_empty() {
            self.working = false;
            return None;
        }
        if self.wanted.len() > WANTED {
            self.reading = self.wanted.len();
            return Some(Batch::Everything(std::mem::take(&mut self.wanted)));
        }
        let rest = self.wanted.keys().nth(BATCH).cloned().map(|id| self.wanted.split_off(&id)).unwrap_or_default();
        let batch = std::mem::replace(&mut self.wanted, rest);
        self.reading = batch.len();
        Some(Batch::Records(batch))
    }
}

enum Batch {
    Records(BTreeMap<Id, Wanted>),
    Everything(BTreeMap<Id, Wanted>),
}

/// Reads until nothing is wanted any more.
pub(super) async fn work<E: LiveEntity>(shared: Arc<Shared<E>>) {
    loop {
        let Some(batch) = shared.change(|core| core.settling.take_batch()) else { return };
        let failed = match batch {
            Batch::Records(wanted) => read(&shared, wanted).await,
            Batch::Everything(wanted) => {
                let listed = shared.list().await.is_ok();
                for Wanted { waiters, .. } in wanted.into_values() {
                    Answer { waiters, read: listed }.send();
                }
                !listed
            }
        };
        if shared.is_closed() {
            return;
        }
        if failed {
            shared.env.sleep(shared.env.jittered(PAUSE)).await;
        }
    }
}

/// Reads one batch, and says whether that failed.
async fn read<E: LiveEntity>(shared: &Arc<Shared<E>>, mut wanted: BTreeMap<Id, Wanted>) -> bool {
    let began = shared.change(|core| core.moments.next());
    let ids: Vec<Id> = wanted.keys().cloned().collect();
    let Ok(found) = shared.backend.get_id_values(&ids).await else {
        // Who waits is told; the records are still to be read, for what is shown of them may be old.
        shared.change(|core| {
            core.settling.reading = 0;
            for (id, Wanted { waiters }) in wanted {
                core.settling.answer(waiters, false);
                core.settling.want(id);
            }
        });
        return true;
    };
    count(&shared.counters.settled, ids.len() as u64);
    let mut found: BTreeMap<Id, _> = found.into_iter().collect();
    let seen: Vec<_> = ids.into_iter().map(|id| (Seen::of(&id, found.remove(&id)), id)).collect();
    shared.change(|core| {
        for (seen, id) in seen {
            let wanted = wanted.remove(&id).unwrap_or_default();
            match core.observe(&id, seen, Source::Request { began, write: false }, Origin::Remote) {
                Taken::Shown => {
                    if broken::is(Broken::SettlesForEver) {
                        core.settling.want(id);
                    }
                    core.settling.answer(wanted.waiters, true);
                }
                Taken::Settling => core.settling.put_back(id, wanted),
                Taken::PutOff => core.put_off(&id, wanted),
            }
        }
    });
    false
}
