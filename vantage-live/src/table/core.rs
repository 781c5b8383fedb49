//! The one place where rows change: every state of a record that reaches the table is observed here, under one lock,
//! and shown, passed over, put off or marked for reading. Nothing here waits or touches a store.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use futures::channel::oneshot;

use super::event::{Event, Origin};
use super::flights::{Flights, Released};
use super::order::{Moment, Moments, Room, Source, Verdict};
use super::rows::{Entry, Snapshot};
use super::settle::{Settled, Settling, Wanted};
use super::state::RejectedRow;
use super::subscribe::Subscribers;
use super::uncached::Uncached;
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
    /// Decodes a record, unless it is what is `shown`. Not under the lock: this is the expensive part.
    pub fn of(id: &Id, record: Option<&Record>, shown: Option<&Entry<E>>) -> Self {
        let Some(record) = record else { return Seen::Gone };
        if let Some(shown) = shown.filter(|shown| shown.is_record(record)) {
            return Seen::Row(shown.clone());
        }
        match Entry::decode(id, record) {
            Ok(entry) => Seen::Row(entry),
            Err(reason) => Seen::Unfit(reason.to_string().into()),
        }
    }

    /// Whether both are the same state.
    pub(super) fn is_like(&self, other: &Self) -> bool {
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
    /// The writes of ours that are under way.
    pub flights: Flights<E>,
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

/// How many temp ids are remembered after their records have real ones. Beyond it the oldest is forgotten.
const ALIASES: usize = 16_384;

impl<E: LiveEntity> Core<E> {
    pub fn new(keeps_cache: bool, feed: Option<Arc<dyn Feed>>) -> Self {
        Core {
            moments: Moments::new(feed),
            rejected: BTreeMap::new(),
            subscribers: Subscribers::default(),
            settling: Settling::default(),
            snapshot: Snapshot::empty(),
            aliases: VecDeque::new(),
            flights: Flights::default(),
            uncached: Uncached::new(keeps_cache),
            events: Vec::new(),
            changed: false,
        }
    }

    /// The number of the rows by now.
    pub fn sequence(&self) -> u64 {
        self.snapshot.sequence
    }

    /// The id that a record has: a temp id is the one that it has become.
    pub fn resolve(&self, id: &Id) -> Id {
        self.snapshot.resolve(id).clone()
    }

    /// Takes in what somebody has told of a record.
    pub fn observe(&mut self, id: &Id, seen: Seen<E>, source: Source, origin: Origin) -> Taken {
        self.take(id, seen, source, origin, true)
    }

    /// As [`observe`](Self::observe), of what a list tells.
    pub fn list(&mut self, id: &Id, seen: Seen<E>, source: Source) {
        if self.observe(id, seen, source, Origin::Remote) != Taken::Shown {
            self.moments.keep(id);
        }
    }

    /// As [`observe`](Self::observe), where it is known whether this may be a record that we are inserting, unless it is shown.
    fn take(&mut self, id: &Id, seen: Seen<E>, source: Source, origin: Origin, may_be_inserted: bool) -> Taken {
        if self.agrees(id, &seen) {
            self.agreed(id, source);
            return Taken::Shown;
        }
        if let Source::Event { .. } = source {
            // What waits for an answer of ours, whichever it is, is older than this.
            self.flights.forget_told(id);
        }
        let may_be_inserted = may_be_inserted && !self.snapshot.rows.contains_key(id);
        if self.flights.put_off_told(id, &seen, source, may_be_inserted) {
            return Taken::PutOff;
        }
        self.decide(id, seen, source, origin)
    }

    /// The feed has said that the record has changed, and no more.
    pub fn named(&mut self, id: Id) {
        self.moments.named(&id);
        // What waits is not what it has told last.
        if !broken::is(Broken::WaitingMakesNewer) {
            self.flights.forget_told(&id);
        }
        if !self.flights.put_off_named(&id, self.snapshot.rows.contains_key(&id)) {
            self.settling.want(id);
        }
    }

    /// The feed has dropped events: a list tells of them.
    pub fn missed(&mut self) {
        self.moments.missed();
        self.flights.doubt_told();
    }

    /// A new subscription begins.
    pub fn subscribed(&mut self) {
        self.moments.subscribed();
        self.flights.doubt_told();
    }

    /// Takes in what the store has answered to a write of ours that was sent then, and whether it was done: what others tell
    /// of the record has waited for this.
    pub fn answered(&mut self, id: &Id, seen: Seen<E>, began: Moment, write: bool) -> Taken {
        let source = Source::Request { began };
        let origin = if write { Origin::Local } else { Origin::Remote };
        if self.agrees(id, &seen) {
            self.agreed(id, source);
            return Taken::Shown;
        }
        match self.decide(id, seen.clone(), source, origin) {
            // P5: nothing else was shown or read since it was sent, so the answer is newer than what is. The feed has told the
            // same meanwhile, which may be newer still: that is settled in its own time.
            Taken::Settling if self.flights.is_as_it_was(id, began) => {
                self.show(id, seen, source, origin);
                Taken::Shown
            }
            taken => taken,
        }
    }

    /// Takes in what the cache has, which is older than whatever else is known of the record now, or will be.
    pub fn load(&mut self, id: &Id, seen: Seen<E>) {
        if !self.moments.has_learned(id) {
            self.put(id, seen, Origin::Remote);
        } else if !self.agrees(id, &seen) {
            // P7: what became of the record, the cache is to have too.
            self.uncached.add(id);
        }
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

    /// The receiver is told when the record was read, or the rows are known to be no older than what was learned by now.
    pub fn wait(&mut self, id: &Id) -> oneshot::Receiver<Settled> {
        let (wanted, receiver) = Wanted::by(self.moments.point());
        self.settling.put_back(id.clone(), wanted);
        receiver
    }

    /// As [`wait`](Self::wait), after the write of ours that is under way.
    pub fn wait_for_write(&mut self, id: &Id) -> oneshot::Receiver<Settled> {
        let (wanted, receiver) = Wanted::by(self.moments.point());
        self.put_off(id, wanted);
        receiver
    }

    /// The record was read, and has changed meanwhile. Where that was told by the feed, which has told by now what somebody
    /// waits with, or by an answer to a later request, the row is no older than that, and nobody waits for as long as others are
    /// busy with the record.
    pub fn overtaken(&mut self, id: Id, read: Wanted) {
        // What the feed has told, and is not taken in yet, is not shown.
        let waits = self.flights.holds_unknown(&id);
        let (told, waiters) = read.waiters.into_iter().partition(|waiter| {
            !waits && self.moments.has_told(&id, waiter.since.mark)
                || self.moments.was_asked_since(&id, waiter.since.moment)
        });
        self.settling.answer(told, &Ok(()));
        self.settling.put_back(id, Wanted { waiters });
    }

    /// What was read of a record waits until the write of ours that is under way has its answer.
    pub fn put_off(&mut self, id: &Id, read: Wanted) {
        if let Some(read) = self.flights.put_off_read(id, read) {
            self.settling.put_back(id.clone(), read);
        }
    }

    /// Shows a state, whatever is shown now.
    pub fn show(&mut self, id: &Id, seen: Seen<E>, source: Source, origin: Origin) {
        self.uncached.add(id);
        self.moments.applied(id, source);
        self.flights.has_changed(id);
        self.put(id, seen, origin);
    }

    /// The store has deleted every record that it had. What is still shown, and this answers with, was learned meanwhile, from
    /// before that or after: it is to be read, for there may be no feed to tell.
    pub fn all_deleted(&mut self) -> Vec<Id> {
        // P5, P6: what was asked for before this is read again before anybody sees it.
        self.moments.forget();
        self.flights.have_changed();
        self.snapshot.rows.keys().chain(self.rejected.keys()).cloned().collect()
    }

    fn put(&mut self, id: &Id, seen: Seen<E>, origin: Origin) {
        self.changed = true;
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

    /// The record that `temp` stood for has been saved as `id`, if it had another id before.
    pub fn identify(&mut self, temp: Option<&Id>, id: &Id, seen: &Seen<E>) {
        let is_news = |temp: &&Id| *temp != id && self.snapshot.aliases.get(*temp) != Some(id);
        let (Some(temp), Seen::Row(entry)) = (temp.filter(is_news), seen) else { return };
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
        if self.rejected.contains_key(id) && !self.moments.has_learned(id) {
            // The cache has it, and is to have rows alone.
            self.uncached.add(id);
        }
        match source {
            Source::Request { began } => {
                self.moments.agreed(id, began);
                self.flights.has_changed(id);
            }
            Source::Event { .. } => {
                self.moments.confirmed(id, source);
                // What waits for an answer of ours is older than this, and would take the row back.
                self.flights.forget_told(id);
            }
            Source::Hint => self.moments.confirmed(id, source),
        }
    }

    /// A list begins: when, and with which room.
    pub fn list_begins(&mut self) -> (Moment, Room) {
        self.moments.list_begins(self.snapshot.rows.len() + self.rejected.len())
    }

    /// A write of ours to `id` is about to be sent.
    pub fn write_begins(&mut self, id: &Id) -> Moment {
        let began = self.moments.next();
        self.flights.write_begins(id, began);
        began
    }

    /// It has its answer, or will have none, and what was put off because of it is taken in.
    pub fn write_ended(&mut self, id: &Id) {
        let released = self.flights.write_ended(id);
        self.take_in(released);
    }

    /// An insert of ours is about to be sent, and the store will choose its id.
    pub fn insert_begins(&mut self) -> Moment {
        let began = self.moments.next();
        self.flights.insert_begins(began);
        began
    }

    /// It has its answer, or will have none, and what was put off because of it is taken in.
    pub fn insert_ended(&mut self, began: Moment) {
        let released = self.flights.insert_ended(began);
        self.take_in(released);
    }

    /// Takes in what has waited for answers of ours too long; says whether there is more to look at later.
    pub fn look_at_what_waits(&mut self) -> bool {
        let Some(released) = self.flights.look() else { return false };
        self.take_in(released);
        true
    }

    fn take_in(&mut self, released: Vec<Released<E>>) {
        for released in released {
            match released {
                // The inserts that are under way by now were sent later than this was told.
                Released::Told(id, seen, source) => drop(self.take(&id, seen, source, Origin::Remote, false)),
                Released::Read(id, read) => self.settling.put_back(id, read),
            }
        }
    }

    /// What has changed since the last call, if anything has: the snapshot to publish, and the events to tell.
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
