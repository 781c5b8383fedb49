//! The executor: tasks on one thread, of which chance says which goes on next, and a clock that stands still while any
//! task can.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::future::BoxFuture;
use parking_lot::Mutex;

use super::World;

/// A task, by the order of its making.
pub(crate) type TaskId = u64;

/// For whom a task runs. The network has none: what is on its way is not stopped by a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub process: usize,
    pub table: u32,
    /// The session, or the call of a table, that it acts for.
    pub actor: Option<u32>,
}

struct Task {
    future: Option<BoxFuture<'static, ()>>,
    waker: Waker,
    owner: Option<Owner>,
}

#[derive(Default)]
pub(crate) struct Tasks {
    all: BTreeMap<TaskId, Task>,
    made: TaskId,
    timers: BTreeMap<(u64, u64), Waker>,
    timer: u64,
    /// For whom the task that runs now does.
    pub current: Option<Owner>,
    /// How often a task was polled.
    pub polls: u64,
}

impl Tasks {
    /// How many tasks run for this table.
    pub fn of_table(&self, table: u32) -> usize {
        self.all.values().filter(|task| task.owner.is_some_and(|owner| owner.table == table)).count()
    }

    /// Wakes `waker` at this time.
    pub fn wake_at(&mut self, time: u64, waker: Waker) -> (u64, u64) {
        self.timer += 1;
        let key = (time, self.timer);
        self.timers.insert(key, waker);
        key
    }

    pub fn forget_timer(&mut self, key: (u64, u64)) {
        self.timers.remove(&key);
    }
}

/// The tasks that can go on, in the order of their making. Apart from the rest, since wakers are called anywhere.
#[derive(Default)]
pub(super) struct Ready(Mutex<Vec<TaskId>>);

impl Ready {
    fn add(&self, task: TaskId) {
        let mut ready = self.0.lock();
        if let Err(place) = ready.binary_search(&task) {
            ready.insert(place, task);
        }
    }

    fn remove(&self, task: TaskId) {
        let mut ready = self.0.lock();
        if let Ok(place) = ready.binary_search(&task) {
            ready.remove(place);
        }
    }
}

struct Alarm {
    task: TaskId,
    ready: Arc<Ready>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.ready.add(self.task);
    }
}

impl World {
    pub fn spawn(&self, owner: Option<Owner>, future: BoxFuture<'static, ()>) -> TaskId {
        let task = self.with(|state| {
            let tasks = &mut state.tasks;
            tasks.made += 1;
            let waker = Waker::from(Arc::new(Alarm { task: tasks.made, ready: Arc::clone(&self.ready) }));
            tasks.all.insert(tasks.made, Task { future: Some(future), waker, owner });
            tasks.made
        });
        self.ready.add(task);
        task
    }

    /// Lets one task go on, ready or not.
    pub fn poll(&self, task: TaskId) {
        self.ready.remove(task);
        let taken = self.with(|state| {
            let it = state.tasks.all.get_mut(&task)?;
            state.tasks.polls += 1;
            let before = std::mem::replace(&mut state.tasks.current, it.owner);
            Some((it.future.take()?, it.waker.clone(), before))
        });
        let Some((mut future, waker, before)) = taken else { return };
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        // Dropped here and not under the lock: what a future owns may speak to the world.
        let done = match polled {
            Poll::Ready(()) => Some(future),
            Poll::Pending => self.with(|state| match state.tasks.all.get_mut(&task) {
                Some(it) => {
                    it.future = Some(future);
                    None
                }
                None => Some(future),
            }),
        };
        if done.is_some() {
            drop(done);
            self.with(|state| state.tasks.all.remove(&task));
        }
        self.with(|state| state.tasks.current = before);
    }

    /// Does something at once for somebody, as one of its tasks would.
    pub fn acting<T>(&self, owner: Owner, act: impl FnOnce() -> T) -> T {
        let before = self.with(|state| state.tasks.current.replace(owner));
        let answer = act();
        self.with(|state| state.tasks.current = before);
        answer
    }

    /// Lets any one task go on that can; `false` where none can.
    pub fn turn(&self) -> bool {
        let task = {
            let ready = self.ready.0.lock();
            match ready.len() {
                0 => None,
                1 => Some(ready[0]),
                many => Some(ready[self.with(|state| state.chance.below(many))]),
            }
        };
        task.inspect(|task| self.poll(*task)).is_some()
    }

    /// Lets everything go on that can; `false` where there is no end to it.
    pub fn rest(&self) -> bool {
        /// Far more than any moment of a story takes.
        const ENOUGH: u32 = 50_000;
        (0..ENOUGH).any(|_| !self.turn())
    }

    /// Moves the clock, and lets everything happen until then; `false` where there is no end to it.
    pub fn advance(&self, by: Duration) -> bool {
        let until = self.with(|state| state.now) + u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        loop {
            if !self.rest() {
                return false;
            }
            let due = self.with(|state| {
                let next = state.tasks.timers.first_key_value().map(|(key, _)| key.0).filter(|time| *time <= until);
                state.now = next.unwrap_or(until).max(state.now);
                let rest = state.tasks.timers.split_off(&(state.now + 1, 0));
                (next.is_some(), std::mem::replace(&mut state.tasks.timers, rest))
            });
            if !due.0 {
                return true;
            }
            due.1.into_values().for_each(Waker::wake);
        }
    }

    /// Whether the task is still there.
    pub fn runs(&self, task: TaskId) -> bool {
        self.with(|state| state.tasks.all.contains_key(&task))
    }

    /// Drops a task where it stands.
    pub fn cancel(&self, task: TaskId) {
        self.ready.remove(task);
        drop(self.with(|state| state.tasks.all.remove(&task)));
    }

    /// Drops every task of a process where it stands.
    pub fn kill(&self, process: usize) {
        let killed: Vec<TaskId> = self.with(|state| {
            let of_it = |task: &Task| task.owner.is_some_and(|owner| owner.process == process);
            state.tasks.all.iter().filter(|(_, task)| of_it(task)).map(|(id, _)| *id).collect()
        });
        for task in killed {
            self.cancel(task);
        }
    }

    pub fn sleep(&self, duration: Duration) -> Sleep {
        let until = self.with(|state| state.now) + u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        Sleep { world: self.clone(), until, timer: None }
    }
}

/// Ends at a time.
pub(crate) struct Sleep {
    world: World,
    until: u64,
    timer: Option<(u64, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (until, before) = (self.until, self.timer.take());
        self.timer = self.world.with(|state| {
            before.inspect(|timer| state.tasks.forget_timer(*timer));
            (state.now < until).then(|| state.tasks.wake_at(until, context.waker().clone()))
        });
        if self.timer.is_some() { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            self.world.with(|state| state.tasks.forget_timer(timer));
        }
    }
}
