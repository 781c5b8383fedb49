//! A link to the store: requests and answers that are slow, lost, doubled, reordered and cut. What is on its way is the
//! network's: it goes on when the process that has sent it is no more.

use std::time::Duration;

use futures::channel::oneshot;
use vantage_live::{
    Capabilities, DeleteOutcome, Expectation, Expected, Guard, Id, Operation, Path, Record, ValueError, ValueErrorKind,
    WriteOutcome,
};

use super::store::{Ask, By, Deed, Reply, Store};
use super::{Happened, State, World};
use crate::model::SentDelete;

/// How a process is connected.
#[derive(Clone, Default)]
pub(crate) struct Wire {
    pub is_cut: bool,
    /// How often it was cut: what was on its way then is lost.
    pub cuts: u64,
    /// How many changes the answers that have come can show, all in all.
    pub revision: u64,
    /// The number of the latest request that has arrived.
    pub newest: u64,
}

/// The store as a table of one process reaches it.
#[derive(Clone)]
pub(crate) struct Link {
    pub world: World,
    pub process: usize,
    pub capabilities: Capabilities,
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Passes,
    NotReached,
    LostRequest,
    LostAnswer,
    /// Reported lost, and applied afterwards.
    Late,
    Doubled,
    /// Doubled, and the second answer is the one that comes.
    Resent,
    /// The store refuses it, whatever it is.
    Refused,
}

impl State {
    /// How long something takes on its way.
    pub fn delay(&mut self) -> Duration {
        let rough = self.roughness;
        let slow = self.chance.in_a_thousand(rough.slow);
        self.tale.count(Happened::Slow, u64::from(slow));
        let most = if slow { rough.slow_ms * 1_000 } else { rough.quick_us };
        Duration::from_micros(self.chance.between(0, most))
    }

    fn fate(&mut self, ask: &Ask) -> Fate {
        let rough = self.roughness;
        let read = ask.is_read();
        let mut happens = |cases: u16| self.chance.in_a_thousand(cases);
        if happens(rough.unreachable) {
            Fate::NotReached
        } else if happens(rough.lost_request) {
            Fate::LostRequest
        } else if happens(rough.lost_answer) {
            Fate::LostAnswer
        } else if read {
            Fate::Passes
        } else if happens(rough.late) {
            Fate::Late
        } else if happens(rough.refused) {
            Fate::Refused
        } else if is_safe_twice(ask) && happens(rough.doubled) {
            Fate::Doubled
        } else if is_safe_twice(ask) && happens(rough.resent) {
            Fate::Resent
        } else {
            Fate::Passes
        }
    }

    /// The store does what it is asked to, and tells everyone.
    pub fn apply(&mut self, ask: &Ask, by: &By) -> Reply {
        let (coerced, refused) = (self.store.coerced, self.store.refused);
        let (reply, commits) = self.store.apply(ask, by);
        self.tale.count(Happened::Coerced, self.store.coerced - coerced);
        self.tale.count(Happened::GuardRefused, self.store.refused - refused);
        for commit in &commits {
            self.announce(commit);
            if let (Deed::Delete, Some(actor)) = (&commit.deed, by.actor) {
                let unguarded = SentDelete { place: commit.place, number: u64::MAX, guard: Guard::Nothing };
                self.deletes.entry((actor, commit.id.clone())).or_insert(unguarded);
            }
        }
        self.commits.extend(commits);
        reply
    }
}

/// No link sends a request twice by itself that would make a second record.
fn is_safe_twice(ask: &Ask) -> bool {
    !matches!(ask, Ask::Make { .. } | Ask::DeleteAll)
}

impl Link {
    pub(super) fn error(operation: Operation, id: Option<&Id>, kind: ValueErrorKind) -> ValueError {
        let error = ValueError::new(operation, "product", kind);
        if let Some(id) = id { error.on(id) } else { error }
    }

    /// Sends a request and waits for what comes back.
    pub(super) async fn ask(&self, ask: Ask) -> Result<Reply, ValueErrorKind> {
        let (answer, answered) = oneshot::channel();
        let world = &self.world;
        let (by, fate, cuts, number, place) = world.with(|state| {
            let actor = state.tasks.current.and_then(|owner| owner.actor);
            let permit = actor.and_then(|actor| state.permits.get(&actor).cloned());
            let fate = if state.wires[self.process].is_cut { Fate::NotReached } else { state.fate(&ask) };
            let number = state.tale.counts[Happened::Sent as usize];
            state.tell(Happened::Sent, [number, u64::from(actor.unwrap_or(0))], || {
                let who = actor.map_or_else(String::new, |actor| format!(" for {actor}"));
                format!("request {number} of {}{who}: {}", crate::profiles::PROCESSES[self.process], spelled(&ask))
            });
            let place = if let Ask::Delete { id, .. } = &ask { state.store.history(id).len() } else { 0 };
            (By { actor, permit }, fate, state.wires[self.process].cuts, number, place)
        });
        // Who is not answered with what is stored has its answer when that is read.
        let is_half = !self.capabilities.after_image
            && matches!(ask, Ask::Write { .. } | Ask::Insert { .. } | Ask::Make { .. } | Ask::Replace { .. });
        let read = if let Ask::Read(id) = &ask { Some(id.clone()) } else { None };
        let request = Request { world: world.clone(), process: self.process, cuts, number, ask, by: by.clone(), place };
        world.spawn(None, Box::pin(request.travel(fate, answer)));
        let Answer { reply, changed, emptied, found } = answered.await.unwrap_or(Err(ValueErrorKind::Unreachable))?;
        world.with(|state| {
            let answered = if is_half { &mut state.half_answered } else { &mut state.answered };
            answered.extend(by.actor.zip(changed));
            state.emptied.extend(by.actor.filter(|_| !emptied.is_empty()).map(|actor| (actor, emptied)));
            if let (Some(actor), Some(read)) = (by.actor, read)
                && let Some(half) = state.half_answered.remove(&actor).filter(|(id, _)| *id == read)
            {
                state.answered.insert(actor, half);
            }
            // From here on the table knows of them.
            let table = state.tasks.current.map_or(0, |owner| owner.table);
            let told = state.tale.counts[Happened::FeedTold as usize];
            state.found.extend(found.into_iter().map(|found| (table, Found { told, ..found })));
        });
        Ok(reply)
    }
}

/// A reply, and the places in their histories of the states that it tells of.
struct Answer {
    reply: Reply,
    /// What it has changed.
    changed: Option<(Id, usize)>,
    /// What it has deleted with everything else, and what had gone before.
    emptied: Vec<(Id, usize)>,
    /// What it was asked to read.
    found: Vec<Found>,
}

/// A state of a record that was read.
pub(crate) struct Found {
    pub id: Id,
    pub place: usize,
    /// `None`: there was none.
    pub record: Option<Record>,
    /// How much every feed had told when it was told.
    pub told: u64,
    /// The number of the request that has asked for it.
    pub number: u64,
}

struct Request {
    world: World,
    process: usize,
    cuts: u64,
    number: u64,
    ask: Ask,
    by: By,
    /// The place that the next state had in the history of the record, when this was sent.
    place: usize,
}

impl Request {
    async fn travel(self, fate: Fate, answer: oneshot::Sender<Result<Answer, ValueErrorKind>>) {
        self.wait().await;
        if fate == Fate::NotReached {
            self.tell(Happened::NotReached, "does not leave");
            return drop(answer.send(Err(ValueErrorKind::Unreachable)));
        }
        if self.is_cut() || fate == Fate::LostRequest {
            self.tell(Happened::LostRequest, "is lost on its way there");
            self.counts_write(Happened::LostWrite);
            return drop(answer.send(Err(self.lost())));
        }
        if fate == Fate::Refused {
            self.tell(Happened::Refused, "is refused by the store");
            let message = "not today".to_owned();
            return drop(answer.send(Err(ValueErrorKind::Rejected { fields: Vec::new(), message })));
        }
        if fate == Fate::Late {
            drop(answer.send(Err(self.lost())));
            self.wait().await;
            self.wait().await;
            self.tell(Happened::AppliedLate, "was reported lost, and arrives");
            return drop(self.apply());
        }
        let mut reply = self.apply();
        let mut revision = self.world.with(|state| state.store.revision());
        if let Fate::Doubled | Fate::Resent = fate {
            if let (Ask::Write { .. } | Ask::Delete { .. }, Some(actor)) = (&self.ask, self.by.actor) {
                self.world.with(|state| state.sent_twice.insert(actor));
            }
            self.tell(if fate == Fate::Resent { Happened::Resent } else { Happened::Doubled }, "arrives twice");
            self.wait().await;
            let second = self.apply();
            if fate == Fate::Resent {
                reply = second;
                revision = self.world.with(|state| state.store.revision());
            }
        }
        self.wait().await;
        if self.is_cut() || fate == Fate::LostAnswer {
            self.tell(Happened::LostAnswer, "has its answer lost");
            self.counts_write(Happened::LostWriteAnswer);
            return drop(answer.send(Err(self.lost())));
        }
        self.world.with(|state| {
            let heard = &mut state.wires[self.process].revision;
            *heard = revision.max(*heard);
        });
        drop(answer.send(match reply {
            Answer { reply: Reply::No(kind), .. } => Err(kind),
            reply => Ok(reply),
        }));
    }

    fn counts_write(&self, happened: Happened) {
        self.world.with(|state| state.tale.count(happened, u64::from(!self.ask.is_read())));
    }

    fn apply(&self) -> Answer {
        self.world.with(|state| {
            let newest = &mut state.wires[self.process].newest;
            let is_overtaken = self.number < *newest;
            *newest = self.number.max(*newest);
            state.tale.count(Happened::Overtaken, u64::from(is_overtaken));
            let before = state.commits.len();
            let reply = state.apply(&self.ask, &self.by);
            // Of attempts to make a record any may be the one that has made it.
            let is_there = matches!(reply, Reply::Made(..) | Reply::No(ValueErrorKind::AlreadyExists));
            if is_there && state.commits.len() == before {
                self.may_have_written(state);
            }
            // Who deletes everything does not hear of what was made on the way.
            let own = state.commits[before..].last().filter(|_| !matches!(self.ask, Ask::DeleteAll));
            let changed = own.map(|commit| (commit.id.clone(), commit.place));
            let ids = if matches!(self.ask, Ask::DeleteAll) { state.store.ids() } else { Vec::new() };
            let emptied = ids.into_iter().map(|id| (id.clone(), state.store.history(&id).len() - 1)).collect();
            let found = self.found(&reply, &state.store);
            state.tell(Happened::Applied, [self.number, state.store.revision()], || {
                format!("request {} is applied: {}", self.number, answered(&reply))
            });
            Answer { reply, changed, emptied, found }
        })
    }

    /// The states that are read.
    fn found(&self, reply: &Reply, store: &Store) -> Vec<Found> {
        let found = |id: &Id| {
            let (place, record) = (store.history(id).len() - 1, store.records().get(id).cloned());
            Found { id: id.clone(), place, record, told: 0, number: self.number }
        };
        match (&self.ask, reply) {
            (Ask::Read(id), _) => vec![found(id)],
            (Ask::ReadMany(ids), _) => ids.iter().map(found).collect(),
            (_, Reply::Rows(rows)) => rows.iter().map(|(id, _)| found(id)).collect(),
            _ => Vec::new(),
        }
    }

    /// What a caller is told of a request that has no answer.
    fn lost(&self) -> ValueErrorKind {
        if !self.ask.is_read() {
            self.world.with(|state| self.may_have_written(state));
        }
        if let (Ask::Delete { id, guard }, Some(actor)) = (&self.ask, self.by.actor) {
            let sent = SentDelete { place: self.place, number: self.number, guard: guard.clone() };
            self.world.with(|state| state.deletes.insert((actor, id.clone()), sent));
        }
        if self.ask.is_read() { ValueErrorKind::Unreachable } else { ValueErrorKind::OutcomeUnknown }
    }

    /// Who has sent this does not know whether it was this that has written what stands there.
    fn may_have_written(&self, state: &mut State) {
        let Some(actor) = self.by.actor else { return };
        let unanswered = state.unanswered.entry(actor).or_default();
        for (known, sent) in unanswered.iter_mut().zip(self.ask.sent()) {
            known.extend(sent);
        }
    }

    fn is_cut(&self) -> bool {
        self.world.with(|state| state.wires[self.process].cuts > self.cuts)
    }

    async fn wait(&self) {
        let delay = self.world.with(State::delay);
        self.world.sleep(delay).await;
    }

    fn tell(&self, happened: Happened, what: &str) {
        self.world.tell(happened, [self.number, 0], || format!("request {} {what}", self.number));
    }
}

fn spelled(ask: &Ask) -> String {
    match ask {
        Ask::Write { id, patch, guard } => {
            let sets = patch.sets().map(|(path, value)| format!("{} = {value}, ", dotted(path)));
            let unsets = patch.unsets().map(|path| format!("no {}, ", dotted(path)));
            format!("write `{id}`: {}{}", sets.chain(unsets).collect::<String>(), guarded(guard))
        }
        Ask::Insert { id, record } => format!("insert `{id}` as {}", serde_json::Value::Object(record.clone())),
        Ask::Make { record, .. } => format!("insert {}", serde_json::Value::Object(record.clone())),
        Ask::Replace { id, record } => format!("replace `{id}` by {}", serde_json::Value::Object(record.clone())),
        Ask::Delete { id, guard } => format!("delete `{id}`, {}", guarded(guard)),
        Ask::DeleteAll => "delete all".into(),
        Ask::Read(id) => format!("read `{id}`"),
        Ask::ReadMany(ids) => format!("read {ids:?}"),
        Ask::Page { after, limit } => format!("list {limit} after {after:?}"),
        Ask::Count => "count".into(),
    }
}

fn dotted(path: &Path) -> String {
    path.names().join(".")
}

fn guarded(guard: &Guard) -> String {
    match guard {
        Guard::Nothing => "come what may".into(),
        Guard::Exists => "if it is there".into(),
        Guard::Fields(fields) => {
            let spell = |it: &Expected| match &it.what {
                Expectation::Value(value) => format!("{} is {value}", dotted(&it.path)),
                Expectation::Object => format!("there is {}", dotted(&it.path)),
                Expectation::Absent => format!("{} is not there", dotted(&it.path)),
            };
            format!("if {}", fields.iter().map(spell).collect::<Vec<_>>().join(" and "))
        }
        Guard::Version { token, .. } => format!("if it is version {token}"),
    }
}

fn answered(reply: &Reply) -> String {
    let json = |record: &Record| serde_json::Value::Object(record.clone());
    match reply {
        Reply::Written(WriteOutcome::Written(record)) => format!("written, {}", json(record)),
        Reply::Written(WriteOutcome::Refused(record)) | Reply::Deleted(DeleteOutcome::Refused(record)) => {
            format!("the guard does not hold, {}", json(record))
        }
        Reply::Written(WriteOutcome::Gone) | Reply::Deleted(DeleteOutcome::Gone) | Reply::Found(None) => "gone".into(),
        Reply::Deleted(DeleteOutcome::Deleted) => "deleted".into(),
        Reply::Record(record) | Reply::Found(Some(record)) => json(record).to_string(),
        Reply::Made(id, record) => format!("made `{id}`, {}", json(record)),
        Reply::Counted(count) => count.to_string(),
        Reply::Rows(rows) => {
            let rows: Vec<String> = rows.iter().map(|(id, record)| format!("`{id}` {}", json(record))).collect();
            rows.join(" ")
        }
        Reply::No(kind) => kind.to_string(),
    }
}

/// A cache that outlives its process: the same store of JSON, near, and rarely in trouble.
#[derive(Clone)]
pub(crate) struct Disk {
    pub world: World,
    pub table: vantage_live::ImTable,
}
