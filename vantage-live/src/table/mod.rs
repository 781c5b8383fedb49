//! A live table: rows in memory that follow a store, and everything a program asks of them.
//!
//! Reads are synchronous and come from an immutable snapshot ([`Rows`]); writes reach the backend first. What decides is
//! pure and in `order` and `core`; what waits is thin and in `shared`, `sync`, `settle` and `cache`.

mod builder;
mod by_id;
mod cache;
mod core;
mod datasets;
mod env;
mod event;
mod flights;
mod lists;
mod order;
mod requests;
mod rows;
mod settle;
mod shared;
mod state;
mod subscribe;
mod sync;
mod uncached;
mod values;

use std::fmt;
use std::sync::Arc;

pub use builder::{Builder, OpenError};
pub(crate) use core::Seen;
pub use env::{Environment, Tokio};
pub use event::{Event, Origin};
pub(crate) use order::{Learned, Point};
pub(crate) use requests::{Removed, Written};
pub(crate) use rows::Entry;
pub use rows::Rows;
pub(crate) use shared::Shared;
pub use state::{Metrics, Progress, RejectedRow, SyncState};
pub use subscribe::Subscription;

use self::core::Core;
use self::subscribe::Interest;
use self::sync::Filled;
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::{FieldSet, LiveEntity};
use crate::locks::watch;
use crate::panics;
use crate::value::{Id, Operation, RwValueSet, ValueError};

/// What a save checks in the store before it overwrites.
///
/// ```
/// use vantage_live::{Guard, ImTable, LiveEntity, LiveTable, Patch, Policy, SaveResult, WritableValueSet};
/// # use serde::{Deserialize, Serialize};
/// # use serde_json::json;
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// # struct Product { name: String, price: i64 }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = ImTable::new("product");
/// # let record = json!({"name": "Sea Pie", "price": 299});
/// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
/// let table = LiveTable::<Product>::builder(store.clone()).open().await?;
/// let mut edit = table.edit_record("sea_pie").await?;
/// edit.price = 310;
/// # let raised = Patch::new().set("price", 305);
/// let _ = store.write(&"sea_pie".into(), &raised, &Guard::Exists).await?; // a colleague, at the same price
///
/// edit.set_policy(Policy::Overwrite);
/// assert!(matches!(edit.save().await?, SaveResult::Saved), "by default, this is a conflict");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Policy {
    /// The fields that are written still have the values that the session last agreed on: two people who edit different
    /// fields of one record both succeed.
    #[default]
    Fields,
    /// The record's version token is the one that the session last agreed on: any change of anybody's counts. It is for
    /// whoever writes, or for the store, to make another token of it each time. Where the store does not see to that itself
    /// ([`version_token`](crate::Capabilities::version_token)), the fields that are written are checked too, as by
    /// [`Fields`](Self::Fields).
    Version,
    /// Nothing but that the record exists: the last write wins. A field of a nested entity is written as long as that is
    /// still there; where it has gone, the whole is, for one field alone would not fit the entity, and one that was made here
    /// takes the place of whatever has come there. Only a store that cannot [guard](crate::Capabilities::guarded_write) is not
    /// asked whether it is there.
    Overwrite,
}

/// Who makes the id of a new record.
///
/// ```
/// use vantage_live::{Ids, ImTable, LiveEntity, LiveTable, SaveResult, WritableValueSet};
/// # use serde::{Deserialize, Serialize};
/// # use serde_json::json;
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// # struct Product { name: String, price: i64 }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = ImTable::new("product");
/// # let record = json!({"name": "Sea Pie", "price": 299});
/// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
/// let table = LiveTable::<Product>::builder(store.clone()).open().await?;
/// let mut cake = table.new_record(Product { name: "Clock Tower Cake".into(), price: 1_004 });
/// let temp = cake.id().clone();
/// assert!(temp.is_temp());
/// let SaveResult::Created(id) = cake.save().await? else { panic!("the store takes it") };
/// assert_eq!(cake.id(), &id);
/// assert_eq!(table.row(&temp), table.row(&id), "the temp id finds the row still");
///
/// let table = LiveTable::<Product>::builder(store).ids(Ids::ClientUuid).open().await?;
/// let mut cake = table.new_record(Product { name: "Clock Tower Cake".into(), price: 1_004 });
/// let real = cake.id().clone();
/// assert!(matches!(cake.save().await?, SaveResult::Created(id) if id == real));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ids {
    /// The store. Until it is saved, a new record has a temp id.
    #[default]
    Store,
    /// The client: a `UUIDv7`, as soon as the record is new. No id is swapped, and a create that is tried again cannot
    /// make a second record.
    ClientUuid,
}

/// A table of records that follows its store: a handle, cheap to clone, with `&self` everywhere. Dropping the last one
/// (edit sessions hold one too) ends its tasks.
///
/// Its rows are the records that fit the entity; those that do not are [`rejected_rows`](Self::rejected_rows). As a data set
/// and as a value set too it gives its rows alone, and counts them: ask the store itself for every record that it has.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
/// use vantage_live::{Id, ImTable, LiveEntity, LiveTable, WritableValueSet};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Product { name: String, price: i64 }
///
/// # tokio_test(async {
/// let store = ImTable::new("product");
/// let record = json!({"name": "Sea Pie", "price": 299});
/// store.insert_id_value(&Id::from("sea_pie"), record.as_object().unwrap().clone()).await?;
///
/// let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open().await?;
///
/// // A render loop reads without waiting.
/// assert_eq!(table.row(&"sea_pie".into()).unwrap().price, 299);
/// for (id, product) in table.rows().iter() {
///     println!("{id}: {} at {}", product.name, product.price);
/// }
/// # Ok(())
/// # });
/// # fn tokio_test(test: impl Future<Output = Result<(), Box<dyn std::error::Error>>>) {
/// #     tokio::runtime::Runtime::new().unwrap().block_on(test).unwrap();
/// # }
/// ```
pub struct LiveTable<E: LiveEntity> {
    open: Arc<Open<E>>,
}

/// What the handles share and the tasks do not, so that the last handle can end them.
struct Open<E: LiveEntity> {
    shared: Arc<Shared<E>>,
    stop: watch::Sender<bool>,
    filled: watch::Receiver<Filled>,
}

impl<E: LiveEntity> Drop for Open<E> {
    fn drop(&mut self) {
        if broken::is(Broken::TasksOutliveTheirTable) {
            return std::mem::forget(self.stop.clone());
        }
        self.shared.close();
        self.stop.send_replace(true);
    }
}

impl<E: LiveEntity> LiveTable<E> {
    /// Opens a table over `backend` with `cache` and without a feed, and waits until it is filled. For the rest there is
    /// [`builder`](Self::builder).
    ///
    /// # Errors
    /// As [`Builder::open`].
    pub async fn new(backend: impl RwValueSet + 'static, cache: impl RwValueSet + 'static) -> Result<Self, OpenError> {
        Self::builder(backend).cache(cache).open().await
    }

    /// A table over `backend`, yet to be opened.
    pub fn builder(backend: impl RwValueSet + 'static) -> Builder<E> {
        Builder::new(backend)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared<E>> {
        &self.open.shared
    }

    /// The backend's name for the table.
    #[must_use]
    pub fn name(&self) -> &str {
        self.shared().table()
    }

    /// The row `id`, or `None` where there is none: at once, without locking writers out. The same version of a row is
    /// always the same `Arc`. The temp id of a record that was new finds it still, while 16,384 more get their ids.
    #[must_use]
    pub fn row(&self, id: &Id) -> Option<Arc<E>> {
        let row = self.shared().rows.load().row(id).map(Arc::clone);
        self.shared().counters.looked(row.is_some());
        row
    }

    /// All rows as they are now: at once, however many there are, without locking writers out.
    #[must_use]
    pub fn rows(&self) -> Rows<E> {
        Rows { at: self.shared().rows.load_full() }
    }

    /// How the table stands to its store, at once.
    #[must_use]
    pub fn sync_state(&self) -> SyncState {
        self.shared().standing.borrow().state()
    }

    /// The stored records that do not fit the entity, in the order of their ids. They have no row, and nothing that goes
    /// through the entity overwrites them.
    #[must_use]
    pub fn rejected_rows(&self) -> Vec<RejectedRow> {
        self.shared().core.lock().rejected.values().cloned().collect()
    }

    /// What the table has counted.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let core = self.shared().core.lock();
        self.shared().counters.read(core.settling.len(), core.uncached.len(), core.subscribers.len())
    }

    /// Waits until the first complete list is shown. Cancellation safe.
    ///
    /// # Errors
    /// Where the first attempt failed; the table goes on trying. [`Closed`](crate::ValueErrorKind::Closed), where the table's
    /// runtime has ended before.
    pub async fn filled(&self) -> Result<(), Arc<ValueError>> {
        let mut filled = self.open.filled.clone();
        let is_known = |filled: &Filled| !matches!(filled, Filled::Filling);
        // An error here means that the runtime, and the table's task with it, has ended; the last word counts.
        let known = filled.wait_for(is_known).await.map(|filled| filled.clone());
        match known.unwrap_or_else(|_| self.open.filled.borrow().clone()) {
            Filled::Done => Ok(()),
            Filled::Failed { error, .. } => Err(error),
            Filled::Filling => Err(Arc::new(self.shared().closed_error(Operation::Read))),
        }
    }

    /// Whether all rows of the cache are shown while the backend is not reached.
    fn is_cached(&self) -> bool {
        matches!(*self.open.filled.borrow(), Filled::Failed { is_cached: true, .. } | Filled::Done)
    }

    /// Follows the changes of the whole table.
    pub fn subscribe(&self) -> Subscription<E> {
        self.subscribe_to(|_| Interest::All)
    }

    /// Follows the changes of one record, which need not exist yet.
    pub fn subscribe_record(&self, id: impl Into<Id>) -> Subscription<E> {
        let id = id.into();
        // A temp id whose record has been saved by now stands for that record.
        self.subscribe_to(|core| Interest::Record(core.resolve(&id)))
    }

    /// Follows the changes of these fields, and rows that come and go: a change of other fields wakes nobody.
    pub fn subscribe_fields(&self, fields: impl Into<FieldSet<E::Field>>) -> Subscription<E> {
        self.subscribe_to(|_| Interest::Fields(fields.into()))
    }

    fn subscribe_to(&self, interest: impl FnOnce(&Core<E>) -> Interest<E::Field>) -> Subscription<E> {
        let mut core = self.shared().core.lock();
        let interest = interest(&core);
        core.subscribers.add(interest, self.shared().event_buffer)
    }

    /// Calls `callback` for every change that was made elsewhere, and once for a [`Reset`](Event::Reset) where it was too
    /// slow, from a task of the table's, one at a time: it must not block. Ends when the listener is dropped, or the table;
    /// a panic in it ends that call and is logged, and the next change calls it again.
    pub fn on_remote_change(&self, mut callback: impl FnMut(Event<E>) + Send + 'static) -> Listener {
        let mut subscription = self.subscribe();
        let (listener, mut dropped) = watch::channel(());
        let shared = Arc::downgrade(self.shared());
        self.shared().env.spawn(Box::pin(async move {
            let listen = async {
                while let Some(event) = subscription.next().await {
                    if event.origin() != Some(Origin::Local) {
                        let called = panics::caught(|| callback(event));
                        if let (Err(panic), Some(shared)) = (called, shared.upgrade()) {
                            tracing::error!(
                                table = shared.table(),
                                panic,
                                "the callback for remote changes has panicked"
                            );
                        }
                    }
                }
            };
            let dropped = dropped.changed();
            futures::pin_mut!(listen, dropped);
            futures::future::select(listen, dropped).await;
        }));
        Listener { _alive: listener }
    }

    /// Somebody has changed the record `id`: reads it from the backend and shows it. For callers who run a feed of their
    /// own. Touches the store; dropping the future stops nothing.
    ///
    /// # Errors
    /// Where the backend is not reached, or the record does not fit the entity.
    pub async fn on_backend_change(&self, id: impl Into<Id>) -> Result<(), DataSetError> {
        let (shared, id) = (Arc::clone(self.shared()), id.into());
        self.shared().run(Operation::Read, async move { shared.read(&id).await.map(drop) }).await
    }

    /// Lists the backend and shows the difference, as it comes. Touches the store; dropping the future stops nothing.
    ///
    /// # Errors
    /// Where the backend is not reached.
    pub async fn refresh_all(&self) -> Result<(), DataSetError> {
        let shared = Arc::clone(self.shared());
        self.shared().run(Operation::Read, async move { Ok(shared.list().await?) }).await
    }
}

impl<E: LiveEntity> Clone for LiveTable<E> {
    fn clone(&self) -> Self {
        LiveTable { open: Arc::clone(&self.open) }
    }
}

impl<E: LiveEntity> fmt::Debug for LiveTable<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveTable")
            .field("name", &self.name())
            .field("rows", &self.rows().len())
            .field("sync_state", &self.sync_state())
            .finish()
    }
}

/// Keeps an [`on_remote_change`](LiveTable::on_remote_change) callback going; dropping it ends it.
#[derive(Debug)]
#[must_use = "the callback ends when its listener is dropped"]
pub struct Listener {
    _alive: watch::Sender<()>,
}
