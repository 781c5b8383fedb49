//! How a table is opened.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::core::Core;
use super::env::{Environment, Tokio};
use super::rows::Snapshot;
use super::shared::Shared;
use super::state::{Counters, Progress, Standing};
use super::sync::{self, Filled};
use super::{Ids, LiveTable, Open, Policy};
use crate::entity::LiveEntity;
use crate::feed::Feed;
use crate::locks::{ArcSwap, AtomicBool, Mutex, watch};
use crate::panics::has_timers;
use crate::value::{RwValueSet, ValueError};

/// Why a table could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The backend could not be listed.
    #[error(transparent)]
    Store(Arc<ValueError>),
    /// There is no tokio runtime here, and none was given: its stores need one. Or it has no timers: `Builder::enable_all`
    /// of tokio turns them on.
    #[error(
        "no tokio runtime with timers is running here: open the table inside of one, or give it one with `runtime`"
    )]
    NoRuntime,
    /// The table's policy is [`Policy::Version`], and the entity has no version.
    #[error("the policy is `Version`, and no field of the entity is #[live(version)]")]
    NoVersionField,
    /// The store cannot write some fields of a record and leave the rest alone, which every save is.
    #[error("`{0}` cannot write some fields of a record and leave the rest alone")]
    NoPatch(String),
    /// The store cannot check and write in one step, and the policy is not [`Policy::Overwrite`].
    #[error("`{0}` cannot check and write in one step: with it, the policy can only be `Overwrite`")]
    NoGuardedWrite(String),
    /// New records are to have ids of the client's, and the store does not take them.
    #[error("`{0}` does not take the ids of new records from the client")]
    NoClientIds(String),
}

/// What is to be known of a table before it is opened. See [`LiveTable::builder`].
///
/// ```
/// use vantage_live::{ImTable, LiveEntity, LiveTable, Policy, SyncState, WritableValueSet};
/// # use serde::{Deserialize, Serialize};
/// # use serde_json::json;
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// # struct Product { name: String, price: i64 }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = ImTable::new("product");
/// # let record = json!({"name": "Sea Pie", "price": 299});
/// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
/// let table = LiveTable::<Product>::builder(store.clone())
///     .feed(store.feed())
///     .policy(Policy::Fields)
///     .on_progress(|progress| println!("{} of {} rows", progress.rows, progress.total))
///     .start()?;
///
/// // Rows can be read while they come.
/// table.filled().await?;
/// assert_eq!(table.rows().len(), 1);
/// assert!(matches!(table.sync_state(), SyncState::Live(_)));
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until the table is opened"]
pub struct Builder<E: LiveEntity> {
    backend: Arc<dyn RwValueSet>,
    cache: Option<Arc<dyn RwValueSet>>,
    feed: Option<Arc<dyn Feed>>,
    policy: Policy,
    ids: Ids,
    progress: Option<Box<dyn Fn(Progress) + Send + Sync>>,
    poll_every: Option<Duration>,
    event_buffer: usize,
    batch: usize,
    env: Option<Arc<dyn Environment>>,
    runtime: Option<Handle>,
    entity: PhantomData<fn() -> E>,
}

impl<E: LiveEntity> Builder<E> {
    pub(super) fn new(backend: impl RwValueSet + 'static) -> Self {
        Builder {
            backend: Arc::new(backend),
            cache: None,
            feed: None,
            policy: Policy::default(),
            ids: Ids::default(),
            progress: None,
            poll_every: None,
            event_buffer: 1_024,
            batch: 1_000,
            env: None,
            runtime: None,
            entity: PhantomData,
        }
    }

    /// Keeps the rows in `cache` too: they are shown from there at once while the backend is listed, and outlive the process.
    /// A cache in this process's memory would hold every row twice for nothing, and is left alone.
    ///
    /// The cache is this table's alone, and another value set than the backend: the table writes into it whatever it shows,
    /// without asking what is there, and deletes what it does not show. Two tables, or two filters of one, have a cache each.
    pub fn cache(mut self, cache: impl RwValueSet + 'static) -> Self {
        self.cache = cache.capabilities().outlives_process.then(|| Arc::new(cache) as Arc<dyn RwValueSet>);
        self
    }

    /// Follows the changes of others through `feed`. Without one, the rows are as of the last list, read or write.
    pub fn feed(mut self, feed: impl Feed + 'static) -> Self {
        self.feed = Some(Arc::new(feed));
        self
    }

    /// Lists the backend every `interval`, and every millisecond at most, where there is no feed.
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = Some(interval.max(Duration::from_millis(1)));
        self
    }

    /// What a save checks before it overwrites; by default [`Policy::Fields`].
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Who makes the id of a new record; by default [`Ids::Store`].
    pub fn ids(mut self, ids: Ids) -> Self {
        self.ids = ids;
        self
    }

    /// Is told how far the table has filled, after every batch of its first list, and once where that is empty, from a task of the table's: it must not
    /// block, and a panic in it is logged and no more. Where that list is interrupted, it is told of the next one from its
    /// beginning.
    pub fn on_progress(mut self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// How many events a subscription holds before they give way to a [`Reset`](super::Event::Reset): at least 1, by
    /// default 1,024.
    pub fn event_buffer(mut self, events: usize) -> Self {
        self.event_buffer = events.max(1);
        self
    }

    /// How many records a list asks for at a time: at least 1, by default 1,000.
    pub fn batch(mut self, records: usize) -> Self {
        self.batch = records.max(1);
        self
    }

    /// Runs the table's tasks on this tokio runtime, which has timers; by default, the one that the table is opened in.
    pub fn runtime(mut self, handle: Handle) -> Self {
        self.env = None;
        self.runtime = Some(handle);
        self
    }

    /// Takes time, randomness and tasks from here: for a simulation.
    pub fn environment(mut self, environment: impl Environment) -> Self {
        self.env = Some(Arc::new(environment));
        self
    }

    /// Opens the table and waits until the backend has been listed; where that fails and the cache has rows, opens it with
    /// all of those. A feed that is not reached does not keep it from opening: the table is [`Lost`](super::SyncState::Lost)
    /// then, and tries again. Touches the store; dropping the future closes the table.
    ///
    /// # Errors
    /// [`OpenError`] where the backend cannot be listed to its end and the cache has nothing, or could not be read to its
    /// end either; where the parts do not fit; and where the runtime has ended meanwhile.
    pub async fn open(self) -> Result<LiveTable<E>, OpenError> {
        let table = self.start()?;
        match table.filled().await {
            // Part of a list is not enough, and neither is part of a cache.
            Err(error) if !table.is_cached() => Err(OpenError::Store(error)),
            _ => Ok(table),
        }
    }

    /// Opens the table at once, and fills it in the background: rows can be read while they come, and
    /// [`filled`](LiveTable::filled) waits for all of them. A backend that is not reached is tried again.
    ///
    /// The table asks the backend for its [capabilities](crate::Capabilities), which say what it does where one is missing.
    ///
    /// # Errors
    /// [`OpenError`] where the parts do not fit.
    pub fn start(self) -> Result<LiveTable<E>, OpenError> {
        if self.policy == Policy::Version && E::VERSION.is_none() {
            return Err(OpenError::NoVersionField);
        }
        let (can, name) = (self.backend.capabilities(), || self.backend.name().to_owned());
        if !can.patch {
            return Err(OpenError::NoPatch(name()));
        }
        if !can.guarded_write && self.policy != Policy::Overwrite {
            return Err(OpenError::NoGuardedWrite(name()));
        }
        if self.ids == Ids::ClientUuid && !can.client_ids {
            return Err(OpenError::NoClientIds(name()));
        }
        let env = if let Some(env) = self.env {
            env
        } else {
            let runtime = self.runtime.or_else(|| Handle::try_current().ok());
            Arc::new(Tokio::new(runtime.filter(has_timers).ok_or(OpenError::NoRuntime)?))
        };
        let shared = Arc::new(Shared {
            core: Mutex::new(Core::new(self.cache.is_some(), self.feed.clone())),
            backend: self.backend,
            cache: self.cache,
            feed: self.feed,
            env: Arc::clone(&env),
            policy: self.policy,
            ids: self.ids,
            event_buffer: self.event_buffer,
            rows: ArcSwap::from_pointee(Snapshot::empty()),
            standing: watch::Sender::new(Standing::new()),
            counters: Counters::default(),
            progress: self.progress,
            batch: self.batch,
            closed: AtomicBool::new(false),
        });
        let (filled, watched) = watch::channel(Filled::Filling);
        let (stop, stopped) = watch::channel(false);
        env.spawn(Box::pin(sync::live(Arc::clone(&shared), filled, self.poll_every, stopped)));
        Ok(LiveTable { open: Arc::new(Open { shared, stop, filled: watched }) })
    }
}

impl<E: LiveEntity> fmt::Debug for Builder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("backend", &self.backend.name())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
