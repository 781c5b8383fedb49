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
pub(super) struct Settling<E> {
    wanted: BTreeMap<Id, Wanted<E>>,
    /// How many the worker is reading.
    reading: usize,
    working: bool,
    closed: bool,
}

/// Why a record is to be read.
pub(super) struct Wanted<E> {
    /// Who waits for it.
    pub waiters: Vec<Waiter>,
    /// The last state of it that the feed has told: a read that finds the same is as far as the feed.
    pub told: Option<Seen<E>>,
}

impl<E> Default for Settling<E> {
    fn default() -> Self {
        Settling { wanted: BTreeMap::new(), reading: 0, working: false, closed: false }
    }
}

impl<E> Default for Wanted<E> {
    fn default() -> Self {
        Wanted { waiters: Vec::new(), told: None }
    }
}

/// Told `true` when the record was read, `false` when it could not be.
pub(super) type Waiter = oneshot::Sender<bool>;

/// How many records one read asks for.
const BATCH: usize = 256;
/// How many records may wait to be read, about 4 MiB of ids. With more, a list is cheaper.
const WANTED: usize = 65_536;
/// How long the worker waits after a read that failed. The feed, which lists afresh when it is back, has backed off too.
const PAUSE: Duration = Duration::from_millis(500);

impl<E> Settling<E> {
    /// The record is to be read; `told` is what the feed says of it.
    pub fn want(&mut self, id: Id, told: Option<Seen<E>>) {
        let wanted = self.wanted.entry(id).or_default();
        wanted.told = told.or(wanted.told.take());
    }

    /// The record is to be read, and the receiver told when it was.
    pub fn wait(&mut self, id: Id) -> oneshot::Receiver<bool> {
        let (sender, receiver) = oneshot::channel();
        self.put_back(id, Wanted { waiters: vec![sender], told: None });
        receiver
    }

    /// The record is still to be read.
    pub fn put_back(&mut self, id: Id, back: Wanted<E>) {
        if self.closed {
            return answer(back.waiters, false);
        }
        let wanted = self.wanted.entry(id).or_default();
        wanted.waiters.extend(back.waiters);
        wanted.told = wanted.told.take().or(back.told);
    }

    /// Nothing is read any more, and who waits is told so.
    pub fn close(&mut self) {
        self.closed = true;
        for wanted in std::mem::take(&mut self.wanted).into_values() {
            answer(wanted.waiters, false);
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

    fn take_batch(&mut self) -> Option<Batch<E>> {
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

enum Batch<E> {
    Records(BTreeMap<Id, Wanted<E>>),
    Everything(BTreeMap<Id, Wanted<E>>),
}

fn answer(waiters: Vec<Waiter>, read: bool) {
    for waiter in waiters {
        // Who does not wait any more need not be told.
        let _ = waiter.send(read);
    }
}

/// Reads until nothing is wanted any more.
pub(super) async fn work<E: LiveEntity>(shared: Arc<Shared<E>>) {
    loop {
        let Some(batch) = shared.change(|core| core.settling.take_batch()) else { return };
        let failed = match batch {
            Batch::Records(wanted) => read(&shared, wanted).await,
            Batch::Everything(wanted) => {
                let listed = shared.list().await.is_ok();
                for wanted in wanted.into_values() {
                    answer(wanted.waiters, listed);
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
async fn read<E: LiveEntity>(shared: &Arc<Shared<E>>, mut wanted: BTreeMap<Id, Wanted<E>>) -> bool {
    let began = shared.change(|core| core.moments.next());
    let ids: Vec<Id> = wanted.keys().cloned().collect();
    let Ok(found) = shared.backend.get_id_values(&ids).await else {
        // Who waits is told; the records are still to be read, for what is shown of them may be old.
        shared.change(|core| {
            core.settling.reading = 0;
            for (id, Wanted { waiters, told }) in wanted {
                answer(waiters, false);
                core.settling.want(id, told);
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
                        core.settling.want(id.clone(), None);
                    }
                    if let Some(told) = wanted.told {
                        core.told(&id, &told);
                    }
                    answer(wanted.waiters, true);
                }
                Taken::Settling => core.settling.put_back(id, wanted),
                Taken::PutOff => core.put_off(&id, wanted),
            }
        }
    });
    false
}
