//! Which fault meets which call, and what calls there have been.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use super::Held;
use super::gate::Gate;
use crate::value::{Id, Operation, ValueErrorKind};

/// The test's hand on a [`FaultyValueSet`](super::FaultyValueSet): plans faults, cuts the link, and tells which calls
/// there were. A handle: clones plan for the same value set.
///
/// A fault is planned for the next call, or the next few, of one operation or of any. A call meets one fault at most:
/// of those planned for it, the one that was planned first. See [`Planned`] for what can happen to a call.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    shared: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    plans: Vec<Plan>,
    calls: Vec<Call>,
    /// How many calls before those in the list have been forgotten.
    forgotten: usize,
    is_cut: bool,
    /// How often the link has been cut: what was under way then is lost, even if the link is back.
    cuts: u64,
}

#[derive(Debug)]
struct Plan {
    operation: Option<Operation>,
    skip: usize,
    left: usize,
    fault: Fault,
}

#[derive(Clone)]
pub(super) enum Fault {
    Fail(ValueErrorKind),
    LoseAnswer,
    GarbleAnswer,
    Double,
    Resend,
    HoldCall(Arc<Gate>),
    HoldAnswer(Arc<Gate>),
}

/// A call to a value set, as the [`Faults`] have seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What it was.
    pub operation: Operation,
    /// The records that it named: one, or all of a batch, or none where it names none.
    pub ids: Vec<Id>,
    /// How often it has reached the store: 0 if it failed on the way, 2 if it was repeated.
    pub round_trips: usize,
}

/// Calls for which a fault is about to be planned; what happens to them comes last.
///
/// ```
/// use vantage_live::contract::FaultyValueSet;
/// use vantage_live::{Id, ImTable, Operation, ReadableValueSet, ValueErrorKind};
///
/// # futures::executor::block_on(async {
/// let store = FaultyValueSet::new(ImTable::new("product"));
/// store.faults().next(Operation::Read).after(1).times(2).fails(ValueErrorKind::Unreachable);
///
/// let id = Id::from("flux_cupcake");
/// let mut answers = Vec::new();
/// for _ in 0..4 {
///     answers.push(store.get_id_value(&id).await.is_ok());
/// }
/// assert_eq!(answers, [true, false, false, true]);
/// # });
/// ```
#[derive(Debug)]
#[must_use = "nothing is planned until it says what happens"]
pub struct Planned {
    faults: Faults,
    operation: Option<Operation>,
    skip: usize,
    times: usize,
}

/// A call under way.
pub(super) struct UnderWay {
    pub(super) fault: Option<Fault>,
    number: usize,
    cuts: u64,
}

impl Faults {
    /// Plans for the next call of this operation.
    pub fn next(&self, operation: Operation) -> Planned {
        Planned { faults: self.clone(), operation: Some(operation), skip: 0, times: 1 }
    }

    /// Plans for the next call, whatever it is.
    pub fn next_of_any(&self) -> Planned {
        Planned { faults: self.clone(), operation: None, skip: 0, times: 1 }
    }

    /// Cuts the link: until it is [restored](Self::restore) every call fails with `Unreachable`, and the answers to those
    /// that are under way are lost, with `OutcomeUnknown`.
    pub fn cut(&self) {
        let mut state = self.shared.lock();
        state.is_cut = true;
        state.cuts += 1;
    }

    /// Restores the link. Calls that were under way when it was cut stay lost.
    pub fn restore(&self) {
        self.shared.lock().is_cut = false;
    }

    /// Forgets the faults that are planned and have not happened, and restores the link.
    pub fn clear(&self) {
        let mut state = self.shared.lock();
        state.plans.clear();
        state.is_cut = false;
    }

    /// Every call since the beginning, or since the last [`forget_calls`](Self::forget_calls), in the order in which they
    /// were made. A batch is one call; each step of a stream is one.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().calls.clone()
    }

    /// What the [`calls`](Self::calls) were: `assert_eq!(faults.operations(), [Operation::Write])` is "one write, no reads".
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        self.shared.lock().calls.iter().map(|call| call.operation).collect()
    }

    /// How often calls of this operation have reached the store.
    #[must_use]
    pub fn round_trips(&self, operation: Operation) -> usize {
        let state = self.shared.lock();
        state.calls.iter().filter(|call| call.operation == operation).map(|call| call.round_trips).sum()
    }

    /// Begins the list of calls afresh. One that is under way is forgotten too, even if it reaches the store later.
    pub fn forget_calls(&self) {
        let mut state = self.shared.lock();
        state.forgotten += state.calls.len();
        state.calls.clear();
    }

    /// Notes a call and finds its fault.
    pub(super) fn begin(&self, operation: Operation, ids: Vec<Id>) -> UnderWay {
        let mut state = self.shared.lock();
        let number = state.forgotten + state.calls.len();
        state.calls.push(Call { operation, ids, round_trips: 0 });
        UnderWay { fault: state.take_fault(operation), number, cuts: state.cuts }
    }

    /// Notes that the call reaches the store.
    pub(super) fn sends(&self, call: &UnderWay) {
        let mut state = self.shared.lock();
        let place = call.number.checked_sub(state.forgotten);
        if let Some(call) = place.and_then(|place| state.calls.get_mut(place)) {
            call.round_trips += 1;
        }
    }

    /// Whether the link was cut since the call was made, or is now.
    pub(super) fn has_lost(&self, call: &UnderWay) -> bool {
        let state = self.shared.lock();
        state.is_cut || state.cuts != call.cuts
    }
}

impl State {
    fn take_fault(&mut self, operation: Operation) -> Option<Fault> {
        for plan in &mut self.plans {
            if plan.left == 0 || plan.operation.is_some_and(|planned| planned != operation) {
                continue;
            }
            if plan.skip > 0 {
                plan.skip -= 1;
                continue;
            }
            plan.left -= 1;
            return Some(plan.fault.clone());
        }
        None
    }
}

impl Planned {
    /// This many calls, not one.
    pub fn times(mut self, calls: usize) -> Self {
        self.times = calls;
        self
    }

    /// Not before this many others have gone by.
    pub fn after(mut self, calls: usize) -> Self {
        self.skip = calls;
        self
    }

    /// They fail with this kind before they reach the store: nothing happens there. `Unreachable` is a link that is down,
    /// `Rejected` a store that refuses.
    pub fn fails(self, kind: ValueErrorKind) {
        self.plan(Fault::Fail(kind));
    }

    /// They reach the store and take effect, and the answer is lost: `OutcomeUnknown`, or `Unreachable` for what only
    /// reads and has no outcome.
    pub fn loses_its_answer(self) {
        self.plan(Fault::LoseAnswer);
    }

    /// They reach the store and take effect, and nobody can make anything of the answer: `Unreadable`.
    pub fn garbles_its_answer(self) {
        self.plan(Fault::GarbleAnswer);
    }

    /// They reach the store twice, as over a link that doubles, and the caller sees the first answer. A step of a stream
    /// is not doubled.
    pub fn is_doubled(self) {
        self.plan(Fault::Double);
    }

    /// They reach the store twice, as over a link that loses the first answer and sends again by itself: the caller sees
    /// the second answer, so that a guarded write may find itself refused by its own first time. A step of a stream is not
    /// sent again.
    pub fn is_resent(self) {
        self.plan(Fault::Resend);
    }

    /// They wait before they reach the store, until the test lets them go on.
    ///
    /// ```
    /// use serde_json::json;
    /// use vantage_live::contract::FaultyValueSet;
    /// use vantage_live::{Guard, Id, ImTable, Operation, Patch, ReadableValueSet, WritableValueSet};
    ///
    /// # futures::executor::block_on(async {
    /// let table = ImTable::new("product");
    /// let id = Id::from("flux_cupcake");
    /// table.insert_id_value(&id, json!({"price": 120}).as_object().unwrap().clone()).await.unwrap();
    /// let store = FaultyValueSet::new(table.clone());
    ///
    /// let held = store.faults().next(Operation::Write).is_held();
    /// let patch = Patch::new().set("price", 130);
    /// let write = store.write(&id, &patch, &Guard::Exists);
    /// let meanwhile = async {
    ///     held.arrived().await;
    ///     assert_eq!(table.get_id_value(&id).await.unwrap().unwrap()["price"], 120);
    ///     held.release();
    /// };
    /// let (outcome, ()) = futures::join!(write, meanwhile);
    ///
    /// assert!(outcome.is_ok());
    /// assert_eq!(table.get_id_value(&id).await.unwrap().unwrap()["price"], 130);
    /// # });
    /// ```
    pub fn is_held(self) -> Held {
        let (held, gate) = Held::new(self.times);
        self.plan(Fault::HoldCall(gate));
        held
    }

    /// They reach the store and take effect, and the answer waits until the test lets it go on.
    pub fn has_its_answer_held(self) -> Held {
        let (held, gate) = Held::new(self.times);
        self.plan(Fault::HoldAnswer(gate));
        held
    }

    fn plan(self, fault: Fault) {
        let plan = Plan { operation: self.operation, skip: self.skip, left: self.times, fault };
        self.faults.shared.lock().plans.push(plan);
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Fail(kind) => write!(f, "fails: {kind}"),
            Fault::LoseAnswer => f.write_str("loses its answer"),
            Fault::GarbleAnswer => f.write_str("garbles its answer"),
            Fault::Double => f.write_str("is doubled"),
            Fault::Resend => f.write_str("is sent again"),
            Fault::HoldCall(_) => f.write_str("is held"),
            Fault::HoldAnswer(_) => f.write_str("has its answer held"),
        }
    }
}
