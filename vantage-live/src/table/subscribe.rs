//! Subscriptions: typed events of a table, bounded, for the whole of it, one record or chosen fields.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use futures::Stream;
use futures::future::poll_fn;

use crate::broken::{self, Broken};
use crate::entity::{FieldSet, LiveEntity};
use crate::locks::{AtomicWaker, Mutex};
use crate::value::Id;

/// Where a change was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// By this table: a save, or a write through it.
    Local,
    /// Somewhere else: the feed, a list or a read has brought it, of another table of this process too. So too what becomes of
    /// a write of ours after its answer, such as a record that leaves a filtered table, and what a read finds of one whose
    /// answer was lost: nobody can tell from a record who has written it.
    Remote,
}

/// A change of a table's rows. The numbers of a table's events only grow; rows with
/// [`sequence`](crate::Rows::sequence) `n` have all events up to `n` in them.
#[derive(Clone)]
pub enum Event<E: LiveEntity> {
    /// A row has come.
    Inserted {
        /// The record's id.
        id: Id,
        /// The row.
        row: Arc<E>,
        /// The event's number.
        sequence: u64,
        /// Where it was made.
        origin: Origin,
    },
    /// A row has changed.
    Updated {
        /// The record's id.
        id: Id,
        /// The row as it is now.
        row: Arc<E>,
        /// The fields that have changed.
        fields: FieldSet<E::Field>,
        /// The event's number.
        sequence: u64,
        /// Where it was made.
        origin: Origin,
    },
    /// A row has gone.
    Removed {
        /// The record's id.
        id: Id,
        /// The row as it was.
        row: Arc<E>,
        /// The event's number.
        sequence: u64,
        /// Where it was made.
        origin: Origin,
    },
    /// A new record has been saved and has its real id; its row's [`Inserted`](Event::Inserted) comes next, unless the
    /// feed was faster. The temp id still finds the row.
    Identified {
        /// The id it had.
        temp: Id,
        /// The id it has.
        id: Id,
        /// The row.
        row: Arc<E>,
        /// The event's number.
        sequence: u64,
        /// Always [`Origin::Local`].
        origin: Origin,
    },
    /// This subscriber was too slow, and events had to be dropped: read the rows afresh.
    Reset {
        /// How many events were dropped.
        missed: u64,
        /// The number of the last one that was.
        sequence: u64,
    },
}

impl<E: LiveEntity> Event<E> {
    /// The record's id; `None` of a [`Reset`](Event::Reset).
    #[must_use]
    pub fn id(&self) -> Option<&Id> {
        match self {
            Event::Inserted { id, .. }
            | Event::Updated { id, .. }
            | Event::Removed { id, .. }
            | Event::Identified { id, .. } => Some(id),
            Event::Reset { .. } => None,
        }
    }

    /// The row as it is now, or of a [`Removed`](Event::Removed) as it was; `None` of a [`Reset`](Event::Reset).
    #[must_use]
    pub fn row(&self) -> Option<&Arc<E>> {
        match self {
            Event::Inserted { row, .. }
            | Event::Updated { row, .. }
            | Event::Removed { row, .. }
            | Event::Identified { row, .. } => Some(row),
            Event::Reset { .. } => None,
        }
    }

    /// The event's number.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        match self {
            Event::Inserted { sequence, .. }
            | Event::Updated { sequence, .. }
            | Event::Removed { sequence, .. }
            | Event::Identified { sequence, .. }
            | Event::Reset { sequence, .. } => *sequence,
        }
    }

    /// Where the change was made; `None` of a [`Reset`](Event::Reset), which stands for several.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        match self {
            Event::Inserted { origin, .. }
            | Event::Updated { origin, .. }
            | Event::Removed { origin, .. }
            | Event::Identified { origin, .. } => Some(*origin),
            Event::Reset { .. } => None,
        }
    }
}

impl<E: LiveEntity + fmt::Debug> fmt::Debug for Event<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mut fields) = match self {
            Event::Inserted { .. } => ("Inserted", None),
            Event::Updated { fields, .. } => ("Updated", Some(*fields)),
            Event::Removed { .. } => ("Removed", None),
            Event::Identified { .. } => ("Identified", None),
            Event::Reset { .. } => ("Reset", None),
        };
        let mut debug = f.debug_struct(name);
        if let Event::Identified { temp, .. } = self {
            debug.field("temp", temp);
        }
        if let Some(id) = self.id() {
            debug.field("id", id);
        }
        if let Some(fields) = fields.take() {
            debug.field("fields", &fields);
        }
        if let Some(row) = self.row() {
            debug.field("row", row);
        }
        if let Event::Reset { missed, .. } = self {
            debug.field("missed", missed);
        }
        debug.field("sequence", &self.sequence()).field("origin", &self.origin()).finish()
    }
}

/// What a subscriber wants to hear of.
pub(super) struct Interest<F> {
    /// This record only, under any id it has had.
    pub id: Option<Id>,
    /// Changes of these fields only; rows that come and go always count.
    pub fields: Option<FieldSet<F>>,
}

impl<F: crate::entity::Field> Interest<F> {
    fn wants<E: LiveEntity<Field = F>>(&self, event: &Event<E>) -> bool {
        let record = match (&self.id, event) {
            (Some(wanted), Event::Identified { temp, id, .. }) => wanted == temp || wanted == id,
            (Some(wanted), event) => event.id() == Some(wanted),
            (None, _) => true,
        };
        let fields = match (self.fields, event) {
            (Some(wanted), Event::Updated { fields, .. }) => !wanted.is_disjoint(*fields),
            _ => true,
        };
        record && fields
    }
}

/// The events of a table, as they happen: a [`Stream`], and [`try_next`](Self::try_next) for a render loop. Dropping it
/// ends the subscription.
///
/// It holds a bounded number of events (see [`Builder::event_buffer`](crate::table::Builder::event_buffer)). When that is
/// not enough they give way to one [`Event::Reset`], and the table goes on without waiting.
///
/// ```
/// use vantage_live::{Event, Guard, ImTable, LiveEntity, LiveTable, Origin, Patch, WritableValueSet};
/// # use serde::{Deserialize, Serialize};
/// # use serde_json::json;
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// # struct Product { name: String, price: i64 }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = ImTable::new("product");
/// # let record = json!({"name": "Sea Pie", "price": 299});
/// # store.insert_id_value(&"sea_pie".into(), record.as_object().unwrap().clone()).await?;
/// let table = LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open().await?;
/// let mut prices = table.subscribe_fields(ProductField::Price);
///
/// // A colleague, past this table: a change of the name wakes nobody here, one of the price does.
/// let _ = store.write(&"sea_pie".into(), &Patch::new().set("name", "Enchantment Pie"), &Guard::Exists).await?;
/// let _ = store.write(&"sea_pie".into(), &Patch::new().set("price", 310), &Guard::Exists).await?;
///
/// match prices.next().await.ok_or("the table was closed")? {
///     Event::Updated { row, fields, origin, .. } => {
///         assert!(fields.contains(ProductField::Price));
///         assert_eq!((row.price, origin), (310, Origin::Remote));
///     }
///     Event::Reset { missed, .. } => println!("{missed} events were dropped: read the rows afresh"),
///     other => println!("a row has come or gone: {other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a subscription ends when it is dropped"]
pub struct Subscription<E: LiveEntity> {
    mailbox: Arc<Mailbox<E>>,
}

struct Mailbox<E: LiveEntity> {
    interest: Mutex<Interest<E::Field>>,
    queue: Mutex<Queue<E>>,
    waker: AtomicWaker,
}

struct Queue<E: LiveEntity> {
    events: VecDeque<Event<E>>,
    capacity: usize,
    closed: bool,
}

impl<E: LiveEntity> Subscription<E> {
    /// The next event; `None` once the table is closed. Cancellation safe: an event is taken or stays.
    pub async fn next(&mut self) -> Option<Event<E>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next event, if there is one by now.
    pub fn try_next(&mut self) -> Option<Event<E>> {
        self.mailbox.queue.lock().events.pop_front()
    }
}

impl<E: LiveEntity> Stream for Subscription<E> {
    type Item = Event<E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event<E>>> {
        self.mailbox.waker.register(context.waker());
        let mut queue = self.mailbox.queue.lock();
        match queue.events.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None if queue.closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl<E: LiveEntity> fmt::Debug for Subscription<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("waiting", &self.mailbox.queue.lock().events.len()).finish()
    }
}

/// The subscribers of a table.
pub(super) struct Subscribers<E: LiveEntity> {
    all: Vec<Subscriber<E>>,
    /// With so many it is looked for those that are gone.
    swept_at: usize,
    /// Nothing is told any more, to whoever comes now either.
    closed: bool,
}

/// A subscriber, and beside the way to its mailbox the fields that it follows: a mailbox that an event is not for is not
/// touched.
struct Subscriber<E: LiveEntity> {
    fields: Option<FieldSet<E::Field>>,
    mailbox: Weak<Mailbox<E>>,
}

/// From how many subscribers on it is looked for those that are gone.
const SWEPT: usize = 64;

impl<E: LiveEntity> Default for Subscribers<E> {
    fn default() -> Self {
        Subscribers { all: Vec::new(), swept_at: SWEPT, closed: false }
    }
}

impl<E: LiveEntity> Subscribers<E> {
    pub fn add(&mut self, interest: Interest<E::Field>, capacity: usize) -> Subscription<E> {
        // P8: also where no event comes for those that are gone.
        if self.all.len() >= self.swept_at {
            self.all.retain(|subscriber| subscriber.mailbox.strong_count() > 0);
            self.swept_at = SWEPT.max(self.all.len() * 2);
        }
        let fields = interest.fields;
        let queue = Queue { events: VecDeque::new(), capacity: capacity.max(1), closed: self.closed };
        let mailbox =
            Arc::new(Mailbox { interest: Mutex::new(interest), queue: Mutex::new(queue), waker: AtomicWaker::new() });
        self.all.push(Subscriber { fields, mailbox: Arc::downgrade(&mailbox) });
        Subscription { mailbox }
    }

    /// How many there are, without those that are gone.
    pub fn len(&self) -> usize {
        self.all.iter().filter(|subscriber| subscriber.mailbox.strong_count() > 0).count()
    }

    /// Tells everyone who wants to hear of it. Nobody is woken yet, since a waker is a program's own code.
    pub fn tell(&mut self, events: &[Event<E>]) -> Heard {
        let mut heard = Heard::default();
        let told = events.iter().try_fold(FieldSet::EMPTY, |told, event| match event {
            Event::Updated { fields, .. } => Some(told | *fields),
            _ => None,
        });
        self.all.retain(|subscriber| {
            // Rows that come and go are for everyone.
            if let (Some(told), Some(fields)) = (told, subscriber.fields)
                && fields.is_disjoint(told)
            {
                return true;
            }
            let Some(mailbox) = subscriber.mailbox.upgrade() else { return false };
            mailbox.put(events, &mut heard);
            true
        });
        heard
    }

    /// Nothing is told any more.
    pub fn close(&mut self) -> Heard {
        self.closed = true;
        let mut heard = Heard::default();
        for mailbox in self.all.drain(..).filter_map(|subscriber| subscriber.mailbox.upgrade()) {
            mailbox.queue.lock().closed = true;
            heard.wakers.extend(mailbox.waker.take());
        }
        heard
    }
}

/// What telling has come to.
#[derive(Default)]
#[must_use]
pub(super) struct Heard {
    /// How many events had to be dropped.
    pub lagged: u64,
    wakers: Vec<Waker>,
}

impl Heard {
    /// Wakes who has heard something. Without any lock.
    pub fn wake(self) {
        self.wakers.into_iter().for_each(Waker::wake);
    }
}

impl<E: LiveEntity> Mailbox<E> {
    fn put(&self, events: &[Event<E>], heard: &mut Heard) {
        let mut interest = self.interest.lock();
        let mut queue = self.queue.lock();
        let mut woken = false;
        for event in events {
            if !interest.wants(event) {
                continue;
            }
            // Who follows a new record follows it under its real id from here on.
            if let (Some(wanted), Event::Identified { id, .. }) = (&mut interest.id, event) {
                wanted.clone_from(id);
            }
            heard.lagged += queue.push(event.clone());
            woken = true;
        }
        if woken {
            heard.wakers.extend(self.waker.take());
        }
    }
}

impl<E: LiveEntity> Queue<E> {
    /// Adds an event; where there is no room, all of them give way to one that says so.
    fn push(&mut self, event: Event<E>) -> u64 {
        if self.events.len() < self.capacity || broken::is(Broken::UnboundedSubscriptions) {
            self.events.push_back(event);
            return 0;
        }
        let (mut dropped, mut before) = (1, 0);
        while let Some(event) = self.events.pop_front() {
            match event {
                Event::Reset { missed, .. } => before += missed,
                _ => dropped += 1,
            }
        }
        self.events.push_back(Event::Reset { missed: before + dropped, sequence: event.sequence() });
        dropped
    }
}
