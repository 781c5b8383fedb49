//! Writes of ours that are under way: what others tell of their records meanwhile waits for the answers, so that our own
//! echoes are known for ours. It does not wait for ever: a write that hangs hides nothing for long.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::core::Seen;
use super::order::{Moment, Source};
use super::settle::Wanted;
use crate::broken::{self, Broken};
use crate::entity::LiveEntity;
use crate::value::Id;

/// How often it is looked whether something has waited too long. It waits through one look and is let go at the next, so
/// between one and two of these: longer than an answer takes, and not too long to miss a colleague's change.
pub(super) const LOOK: Duration = Duration::from_millis(400);
/// How many records may wait for an insert's answer. Beyond it they are shown as somebody else's.
const UNKNOWN: usize = 1_024;

/// The writes of ours that are under way.
pub(super) struct Flights<E> {
    writes: HashMap<Id, Flight<E>>,
    /// Inserts whose ids the store chooses, by when they began; and whether they were under way at the last look.
    inserts: BTreeMap<Moment, bool>,
    /// Records of which the feed has told since an insert began, and which may be ours: a few, and never more than
    /// [`UNKNOWN`].
    unknown: Vec<Unknown<E>>,
    /// Whether anything waits.
    waits: bool,
    looking: bool,
}

/// The writes of ours to one record.
struct Flight<E> {
    writes: usize,
    /// When the first of them was sent.
    began: Moment,
    /// Whether another state was shown, or the same was read again, since the first of them was sent.
    changed: bool,
    /// The last thing the feed has told of the record.
    told: Option<(Seen<E>, Source)>,
    /// A read has found something else than what is shown; who waits for it.
    read: Option<Wanted>,
    /// What waits has waited since the last look.
    looked_at: bool,
    /// It has waited too long, and nothing waits for these writes any more.
    overdue: bool,
}

/// A record that may be one that we are inserting.
struct Unknown<E> {
    id: Id,
    told: Put<E>,
    /// The youngest insert under way when it was told.
    insert: Moment,
}

enum Put<E> {
    Told(Seen<E>, Source),
    /// It was named, and is to be read.
    Named,
}

/// What has waited, and is to be taken in now.
pub(super) enum Released<E> {
    /// The feed has told this.
    Told(Id, Seen<E>, Source),
    /// The record is to be read.
    Read(Id, Wanted),
}

impl<E> Default for Flights<E> {
    fn default() -> Self {
        Flights { writes: HashMap::new(), inserts: BTreeMap::new(), unknown: Vec::new(), waits: false, looking: false }
    }
}

impl<E> Flight<E> {
    fn holds_something(&self) -> bool {
        self.told.is_some() || self.read.is_some()
    }

    fn release(&mut self, id: &Id, released: &mut Vec<Released<E>>) {
        released.extend(self.told.take().map(|(seen, source)| Released::Told(id.clone(), seen, source)));
        released.extend(self.read.take().map(|read| Released::Read(id.clone(), read)));
    }
}

impl<E: LiveEntity> Flights<E> {
    /// A write to `id` is about to be sent.
    pub fn write_begins(&mut self, id: &Id, began: Moment) {
        let flight = self.writes.entry(id.clone()).or_insert_with(|| Flight {
            writes: 0,
            began,
            changed: false,
            told: None,
            read: None,
            looked_at: false,
            overdue: false,
        });
        flight.writes += 1;
    }

    /// It has its answer, or will have none.
    pub fn write_ended(&mut self, id: &Id) -> Vec<Released<E>> {
        let mut released = Vec::new();
        if let Some(flight) = self.writes.get_mut(id) {
            flight.writes -= 1;
            if flight.writes == 0 {
                flight.release(id, &mut released);
                self.writes.remove(id);
            }
        }
        released
    }

    /// An insert that began then is about to be sent, and the store will choose its id.
    pub fn insert_begins(&mut self, began: Moment) {
        self.inserts.insert(began, false);
    }

    /// It has its answer, or will have none.
    pub fn insert_ended(&mut self, began: Moment) -> Vec<Released<E>> {
        self.inserts.remove(&began);
        self.release_unknown()
    }

    /// What came before any insert that is still under way is nobody's but others'.
    fn release_unknown(&mut self) -> Vec<Released<E>> {
        let oldest = self.inserts.keys().next().copied();
        let mut released = Vec::new();
        for unknown in std::mem::take(&mut self.unknown) {
            if oldest.is_some_and(|oldest| unknown.insert >= oldest) {
                self.unknown.push(unknown);
                continue;
            }
            released.push(match unknown.told {
                Put::Told(seen, source) => Released::Told(unknown.id, seen, source),
                Put::Named => Released::Read(unknown.id, Wanted::default()),
            });
        }
        released
    }

    fn take_unknown(&mut self, id: &Id) -> Option<Unknown<E>> {
        let at = self.unknown.iter().position(|unknown| unknown.id == *id)?;
        Some(self.unknown.remove(at))
    }

    /// Another state of the record is shown now, or the same was read again.
    pub fn has_changed(&mut self, id: &Id) {
        if let Some(flight) = self.writes.get_mut(id) {
            flight.changed = true;
        }
    }

    /// Every record may have changed since any write of ours that is under way was sent.
    pub fn have_changed(&mut self) {
        self.writes.values_mut().for_each(|flight| flight.changed = true);
    }

    /// Whether it is known that nothing was shown or read of the record since one of our writes was sent, at that moment. It
    /// is not of an insert whose id the store has chosen: what was shown before it had an answer was not seen to be its.
    pub fn is_as_it_was(&self, id: &Id, sent: Moment) -> bool {
        self.writes.get(id).is_some_and(|flight| flight.began <= sent && !flight.changed)
    }

    /// Keeps what others tell of a record until the write of ours that is under way has its answer, or while it may be one
    /// that we are inserting; says whether it does.
    pub fn put_off_told(&mut self, id: &Id, seen: &Seen<E>, source: Source, may_be_inserted: bool) -> bool {
        let Some(flight) = self.writes.get_mut(id).filter(|flight| !flight.overdue) else {
            return may_be_inserted && self.put_off_unknown(id, Some((seen, source))).is_ok();
        };
        match source {
            Source::Request { .. } => drop(flight.read.get_or_insert_default()),
            // P7: of two hints it is not known which is newer, and neither may take the other's place.
            Source::Hint
                if flight.told.as_ref().is_some_and(|(told, _)| !told.is_like(seen))
                    && !broken::is(Broken::LastHintCounts) =>
            {
                flight.read.get_or_insert_default();
            }
            Source::Event { .. } | Source::Hint => flight.told = Some((seen.clone(), source)),
        }
        self.waits = true;
        true
    }

    /// Keeps a record that the feed has told of, or (`None`) named, while it may be one that we are inserting.
    fn put_off_unknown(&mut self, id: &Id, told: Option<(&Seen<E>, Source)>) -> Result<(), ()> {
        if matches!(told, Some((_, Source::Request { .. }))) {
            return Err(());
        }
        let (&insert, _) = self.inserts.last_key_value().ok_or(())?;
        let before = self.take_unknown(id);
        // P8
        if self.unknown.len() >= UNKNOWN {
            return Err(());
        }
        let unordered = |before: &Seen<E>, seen: &Seen<E>, source| source == Source::Hint && !before.is_like(seen);
        let told = match (before.map(|unknown| unknown.told), told) {
            (_, None) | (Some(Put::Named), Some((_, Source::Hint))) => Put::Named,
            // P7: of two hints it is not known which is newer.
            (Some(Put::Told(before, _)), Some((seen, source))) if unordered(&before, seen, source) => Put::Named,
            (_, Some((seen, source))) => Put::Told(seen.clone(), source),
        };
        self.unknown.push(Unknown { id: id.clone(), told, insert });
        self.waits = true;
        Ok(())
    }

    /// Keeps a record that the feed has named, while it may be one that we are inserting; says whether it does.
    pub fn put_off_named(&mut self, id: &Id, is_shown: bool) -> bool {
        !is_shown && !self.writes.contains_key(id) && self.put_off_unknown(id, None).is_ok()
    }

    /// What was read of a record waits until the write of ours that is under way has its answer; where there is none, it is
    /// given back.
    pub fn put_off_read(&mut self, id: &Id, read: Wanted) -> Option<Wanted> {
        let Some(flight) = self.writes.get_mut(id).filter(|flight| !flight.overdue) else { return Some(read) };
        flight.read.get_or_insert_default().waiters.extend(read.waiters);
        self.waits = true;
        None
    }

    /// The feed has told what is shown: what waits is older, and would take the row back.
    pub fn forget_told(&mut self, id: &Id) {
        if let Some(flight) = self.writes.get_mut(id) {
            flight.told = None;
        }
        self.take_unknown(id);
    }

    /// What waits may not be what the feed has told last: the records are to be read.
    pub fn doubt_told(&mut self) {
        for flight in self.writes.values_mut() {
            if flight.told.take().is_some() {
                flight.read.get_or_insert_default();
            }
        }
        for unknown in &mut self.unknown {
            unknown.told = Put::Named;
        }
    }

    /// Whether something that the feed has told of the record waits for an insert.
    pub fn holds_unknown(&self, id: &Id) -> bool {
        self.unknown.iter().any(|unknown| unknown.id == *id)
    }

    /// Whether somebody is to look again and again, until nothing waits: the caller sees to it.
    pub fn needs_looking(&mut self) -> bool {
        let needs = self.waits && !self.looking;
        self.looking |= needs;
        needs
    }

    /// Nobody looks any more.
    pub fn stops_looking(&mut self) {
        self.looking = false;
    }

    /// Lets go what has waited since the last look; `None` where nothing waits, and nobody needs to look again.
    pub fn look(&mut self) -> Option<Vec<Released<E>>> {
        self.waits = false;
        let mut released = Vec::new();
        for (id, flight) in &mut self.writes {
            if !flight.holds_something() {
                flight.looked_at = false;
            } else if flight.looked_at {
                flight.overdue = true;
                flight.release(id, &mut released);
            } else {
                flight.looked_at = true;
                self.waits = true;
            }
        }
        if !self.unknown.is_empty() {
            self.inserts.retain(|_, looked_at| !std::mem::replace(looked_at, true));
            released.extend(self.release_unknown());
        }
        self.waits |= !self.unknown.is_empty();
        self.looking = self.waits || !released.is_empty();
        self.looking.then_some(released)
    }
}
