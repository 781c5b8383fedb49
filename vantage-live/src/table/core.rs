//! The one place where rows change: every state of a record that reaches the table is observed here, under one lock,
//! and shown, passed over, put off or marked for reading. Nothing here waits or touches a store.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use futures::channel::oneshot;

use super::order::{Moment, Moments, Source, Verdict};
use super::rows::{Entry, Snapshot};
use super::settle::{Settling, Wanted};
use super::state::RejectedRow;
use super::subscribe::{Event, Origin, Subscribers};
use crate::broken::{self, Broken};
use crate::entity::LiveEntity;
use crate::feed::Feed;
use crate::value::{Id, Record};

/// A state of a record, as somebody has told it.
pub(crate) enum Seen<E> {
    /// The row.
    Row(Entry<E>),
    /// A record that does not fit the entity, and why.
    Unfit(Arc<str>),
    /// No record.
    Gone,
}

impl<E> Clone for Seen<E> {
    fn clone(&self) -> Self {
        match self {
            Seen::Row(entry) => Seen::Row(entry.clone()),
            Seen::Unfit(reason) => Seen::Unfit(Arc::clone(reason)),
            Seen::Gone => Seen::Gone,
        }
    }
}

impl<E: LiveEntity> Seen<E> {
    /// Decodes a record. Not under the lock: this is the expensive part.
    pub fn of(id: &Id, record: Option<Record>) -> Self {
        match record.map(|record| Entry::decode(id, &record)) {
            Some(Ok(entry)) => Seen::Row(entry),
            Some(Err(reason)) => Seen::Unfit(reason.to_string().into()),
            None => Seen::Gone,
        }
    }

    /// Whether both are the same state.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Seen::Row(a), Seen::Row(b)) => a.is_like(b),
            (Seen::Unfit(a), Seen::Unfit(b)) => a == b,
            (Seen::Gone, Seen::Gone) => true,
            _ => false,
        }
    }
}

/// The rows and everything that decides about them.
pub(super) struct Core<E: LiveEntity> {
    pub moments: Moments,
    pub rejected: BTreeMap<Id, RejectedRow>,
    pub subscribers: Subscribers<E>,
    pub settling: Settling,
    snapshot: Snapshot<E>,
    aliases: VecDeque<Id>,
    flights: HashMap<Id, Flight<E>>,
    /// Inserts under way whose ids the store chooses: a record that the feed brings meanwhile may be ours.
    inserts: usize,
    unknown: BTreeMap<Id, (Seen<E>, Source)>,
    /// What the cache has not been told.
    pub uncached: Uncached,
    events: Vec<Event<E>>,
    changed: bool,
}

/// What became of a state that was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is what is shown.
    Shown,
    /// It may be older than what is shown: the record will be read.
    Settling,
    /// It waits until a write of ours has its answer.
    PutOff,
}

/// The ids whose rows have changed since the cache was told: no more than there are rows.
#[derive(Default)]
pub(super) struct Uncached {
    kept: bool,
    /// What the cache has is not known, and can be wrong: it is to be read, now that the rows are.
    unread: bool,
    working: bool,
    /// How many the worker is writing.
    writing: usize,
    ids: BTreeSet<Id>,
}

impl Uncached {
    /// The row has changed.
    pub fn add(&mut self, id: &Id) {
        if self.kept {
            self.ids.insert(id.clone());
        }
    }

    /// The cache could not be read when the table was opened, and the rows have been listed since.
    pub fn must_be_read(&mut self) {
        self.unread = self.kept;
    }

    /// Whether it must be, which the caller does.
    pub fn take_unread(&mut self) -> bool {
        std::mem::take(&mut self.unread)
    }

    /// Whether a worker is to be started: the caller starts it.
    pub fn needs_worker(&mut self) -> bool {
        let needs = !self.working && (self.unread || !self.ids.is_empty());
        self.working |= needs;
        needs
    }

    /// Some ids to write; `None` ends the worker.
    pub fn take_batch(&mut self, most: usize) -> Option<BTreeSet<Id>> {
        let rest = self.ids.iter().nth(most).cloned().map(|id| self.ids.split_off(&id)).unwrap_or_default();
        let batch = std::mem::replace(&mut self.ids, rest);
        self.working = self.unread || !batch.is_empty();
        self.writing = batch.len();
        self.working.then_some(batch)
    }

    /// How many rows wait, or are being written.
    pub fn len(&self) -> usize {
        self.ids.len() + self.writing
    }
}

/// A write of ours that is under way: what others tell of the record waits until it has an answer, so that its echo is
/// known for one.
struct Flight<E> {
    writes: usize,
    /// The last thing the feed has told of the record.
    told: Option<(Seen<E>, Source)>,
    /// A read has found something else than what is shown; who waits for it.
    read: Option<Wanted>,
}

/// How many temp ids are remembered after their records have real ones. Beyond it the oldest is forgotten.
const ALIASES: usize = 16_384;
/// How many records may wait for an insert's answer. Beyond it they are shown as somebody else's.
const UNKNOWN: usize = 1_024;

impl<E: LiveEntity> Core<E> {
    pub fn new(keeps_cache: bool, feed: Option<Arc<dyn Feed>>) -> Self {
        Core {
            moments: Moments::new(feed),
            rejected: BTreeMap::new(),
            subscribers: Subscribers::default(),
            settling: Settling::default(),
            snapshot: Snapshot::empty(),
            aliases: VecDeque::new(),
            flights: HashMap::new(),
            inserts: 0,
            unknown: BTreeMap::new(),
            uncached: Uncached { kept: keeps_cache, ..Uncached::default() },
            events: Vec::new(),
            changed: false,
        }
    }

    /// Every id that a list must confirm.
    pub fn ids(&self) -> Vec<Id> {
        self.snapshot.rows.keys().chain(self.rejected.keys()).cloned().collect()
    }

    /// Takes in what somebody has told of a record.
    pub fn observe(&mut self, id: &Id, seen: Seen<E>, source: Source, origin: Origin) -> Taken {
        if self.agrees(id, &seen) {
            self.agreed(id, source);
            return Taken::Shown;
        }
        if self.puts_off(id, &seen, source) {
            return Taken::PutOff;
        }
        self.decide(id, seen, source, origin)
    }

    /// Takes in what the store has answered to a write of ours: what others tell of the record has waited for this.
    pub fn answered(&mut self, id: &Id, seen: Seen<E>, source: Source, origin: Origin) -> Taken {
        if self.agrees(id, &seen) {
            self.agreed(id, source);
            return Taken::Shown;
        }
        self.decide(id, seen, source, origin)
    }

    fn decide(&mut self, id: &Id, seen: Seen<E>, source: Source, origin: Origin) -> Taken {
        match self.moments.judge(id, source) {
            Verdict::Apply => {
                self.show(id, seen, source, origin);
                Taken::Shown
            }
            Verdict::Settle => {
                self.settling.want(id.clone());
                Taken::Settling
            }
        }
    }

    /// What is shown of a record.
    pub fn seen(&self, id: &Id) -> Seen<E> {
        match (self.snapshot.rows.get(id), self.rejected.get(id)) {
            (Some(entry), _) => Seen::Row(entry.clone()),
            (None, Some(row)) => Seen::Unfit(Arc::clone(&row.reason)),
            (None, None) => Seen::Gone,
        }
    }

    /// The receiver is told when the record was read, after the write of ours that is under way.
    pub fn wait(&mut self, id: &Id) -> oneshot::Receiver<bool> {
        let (sender, receiver) = oneshot::channel();
        self.put_off(id, Wanted { waiters: vec![sender] });
        receiver
    }

    /// What was read of a record waits until the write of ours that is under way has its answer.
    pub fn put_off(&mut self, id: &Id, read: Wanted) {
        match self.flights.get_mut(id) {
            Some(flight) => flight.read.get_or_insert_default().waiters.extend(read.waiters),
            None => self.settling.put_back(id.clone(), read),
        }
    }

    /// Shows a state, whatever is shown now.
    pub fn show(&mut self, id: &Id, seen: Seen<E>, source: Source, origin: Origin) {
        self.moments.applied(id, source);
        self.changed = true;
        self.uncached.add(id);
        let id = id.clone();
        self.rejected.remove(&id);
        let before = match &seen {
            Seen::Row(entry) => self.snapshot.rows.insert(id.clone(), entry.clone()),
            Seen::Unfit(_) | Seen::Gone => self.snapshot.rows.remove(&id),
        };
        let sequence = self.snapshot.sequence + 1;
        let event = match (before, seen) {
            (None, Seen::Row(entry)) => Event::Inserted { id, row: entry.row, sequence, origin },
            (Some(before), Seen::Row(entry)) => {
                let fields = before.row.diff(&entry.row);
                if fields.is_empty() {
                    return;
                }
                Event::Updated { id, row: entry.row, fields, sequence, origin }
            }
            (before, seen) => {
                if let Seen::Unfit(reason) = seen {
                    self.rejected.insert(id.clone(), RejectedRow { id: id.clone(), reason });
                }
                let Some(before) = before else { return };
                Event::Removed { id, row: before.row, sequence, origin }
            }
        };
        self.tell(event);
    }

    /// The record that `temp` stood for has been saved as `id`.
    pub fn identify(&mut self, temp: &Id, id: &Id, entry: &Entry<E>) {
        if self.aliases.len() >= ALIASES
            && let Some(oldest) = self.aliases.pop_front()
        {
            self.snapshot.aliases.remove(&oldest);
        }
        self.snapshot.aliases.insert(temp.clone(), id.clone());
        self.aliases.push_back(temp.clone());
        self.changed = true;
        let sequence = self.snapshot.sequence + 1;
        let row = Arc::clone(&entry.row);
        self.tell(Event::Identified { temp: temp.clone(), id: id.clone(), row, sequence, origin: Origin::Local });
    }

    fn tell(&mut self, event: Event<E>) {
        self.snapshot.sequence = event.sequence();
        self.events.push(event);
    }

    /// Whether this is what is shown already.
    fn agrees(&self, id: &Id, seen: &Seen<E>) -> bool {
        match (seen, self.snapshot.rows.get(id), self.rejected.get(id)) {
            (Seen::Row(new), Some(old), _) => old.is_like(new),
            (Seen::Unfit(new), _, Some(old)) => *new == old.reason,
            (Seen::Gone, None, None) => true,
            _ => false,
        }
    }

    fn agreed(&mut self, id: &Id, source: Source) {
        match source {
            Source::Request { write: true, .. } => self.moments.applied(id, source),
            Source::Request { began, .. } => self.moments.confirmed(id, Some(began)),
            Source::Event => {
                self.moments.confirmed(id, None);
                // What waits for an answer of ours is older than this, and would take the row back.
                self.flights.entry(id.clone()).and_modify(|flight| flight.told = None);
                self.unknown.remove(id);
            }
            Source::Hint => self.moments.confirmed(id, None),
        }
    }

    /// Keeps what others tell of a record until the write of ours that is under way has its answer.
    fn puts_off(&mut self, id: &Id, seen: &Seen<E>, source: Source) -> bool {
        if let Some(flight) = self.flights.get_mut(id) {
            match source {
                Source::Request { .. } => drop(flight.read.get_or_insert_default()),
                // P7: of two hints it is not known which is newer, and neither may take the other's place.
                Source::Hint
                    if flight.told.as_ref().is_some_and(|(told, _)| !told.is_like(seen))
                        && !broken::is(Broken::LastHintCounts) =>
                {
                    flight.read.get_or_insert_default();
                }
                Source::Event | Source::Hint => flight.told = Some((seen.clone(), source)),
            }
            return true;
        }
        let may_be_ours = self.inserts > 0
            && matches!(source, Source::Event | Source::Hint)
            && !self.snapshot.rows.contains_key(id)
            && (self.unknown.len() < UNKNOWN || self.unknown.contains_key(id));
        if may_be_ours {
            let before = self.unknown.insert(id.clone(), (seen.clone(), source));
            if source == Source::Hint && before.is_some_and(|(before, _)| !before.is_like(seen)) {
                self.settling.want(id.clone());
            }
        }
        may_be_ours
    }

    /// A write of ours to `id` is about to be sent.
    pub fn write_begins(&mut self, id: &Id) -> Moment {
        self.flights.entry(id.clone()).or_insert(Flight { writes: 0, told: None, read: None }).writes += 1;
        self.moments.next()
    }

    /// It has its answer, and what was put off because of it is taken in.
    pub fn write_ended(&mut self, id: &Id) {
        let Some(flight) = self.flights.get_mut(id) else { return };
        flight.writes -= 1;
        if flight.writes > 0 {
            return;
        }
        let Some(flight) = self.flights.remove(id) else { return };
        if let Some((seen, source)) = flight.told {
            self.observe(id, seen, source, Origin::Remote);
        }
        if let Some(read) = flight.read {
            self.settling.put_back(id.clone(), read);
        }
    }

    /// An insert of ours is about to be sent, and the store will choose its id.
    pub fn insert_begins(&mut self) -> Moment {
        self.inserts += 1;
        self.moments.next()
    }

    /// It has its answer, and what was put off because of it is taken in.
    pub fn insert_ended(&mut self) {
        self.inserts = self.inserts.saturating_sub(1);
        if self.inserts == 0 {
            for (id, (seen, source)) in std::mem::take(&mut self.unknown) {
                self.observe(&id, seen, source, Origin::Remote);
            }
        }
    }

    /// What has changed since the last call: the snapshot to publish, if any, and how many events subscribers missed.
    /// The caller publishes the snapshot before anyone can act on an event, so an event is never ahead of the rows.
    pub fn take_changes(&mut self) -> Option<(Snapshot<E>, Vec<Event<E>>)> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let snapshot = Snapshot {
            rows: self.snapshot.rows.clone(),
            aliases: self.snapshot.aliases.clone(),
            sequence: self.snapshot.sequence,
        };
        Some((snapshot, std::mem::take(&mut self.events)))
    }
}
