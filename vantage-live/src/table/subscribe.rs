//! Subscriptions: typed events of a table, bounded, for the whole of it, one record or chosen fields.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use foldhash::quality::RandomState;
use futures::Stream;
use futures::future::poll_fn;

use super::event::Event;
use crate::broken::{self, Broken};
use crate::entity::{FieldSet, LiveEntity};
use crate::locks::{AtomicWaker, Mutex};
use crate::value::Id;

/// What a subscriber wants to hear of.
pub(super) enum Interest<F> {
    /// Everything.
    All,
    /// This record, under any id that it comes to have.
    Record(Id),
    /// Changes of these fields, and rows that come and go.
    Fields(FieldSet<F>),
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
    of_all: Vec<Subscriber<E>>,
    /// Who follows one record, by the id that it has by now: what becomes of other records costs nothing for them.
    of_records: HashMap<Id, Vec<Weak<Mailbox<E>>>, RandomState>,
    /// How many may come until it is looked for those that are gone.
    unswept: usize,
    /// Nothing is told any more, to whoever comes now either.
    closed: bool,
}

/// A subscriber, and beside the way to its mailbox the fields that it follows, if it does not follow all: a mailbox that an
/// event is not for is not touched.
struct Subscriber<E: LiveEntity> {
    fields: Option<FieldSet<E::Field>>,
    mailbox: Weak<Mailbox<E>>,
}

impl<E: LiveEntity> Subscriber<E> {
    fn wants(&self, event: &Event<E>) -> bool {
        match (self.fields, event) {
            (Some(wanted), Event::Updated { fields, .. }) => !wanted.is_disjoint(*fields),
            _ => true,
        }
    }
}

/// Of how few subscribers it is not looked for those that are gone.
const SWEPT: usize = 64;

impl<E: LiveEntity> Default for Subscribers<E> {
    fn default() -> Self {
        Subscribers { of_all: Vec::new(), of_records: HashMap::default(), unswept: SWEPT, closed: false }
    }
}

impl<E: LiveEntity> Subscribers<E> {
    pub fn add(&mut self, interest: Interest<E::Field>, capacity: usize) -> Subscription<E> {
        if self.unswept == 0 {
            self.sweep();
        }
        self.unswept -= 1;
        let queue = Queue { events: VecDeque::new(), capacity: capacity.max(1), closed: self.closed };
        let mailbox = Arc::new(Mailbox { queue: Mutex::new(queue), waker: AtomicWaker::new() });
        let to = Arc::downgrade(&mailbox);
        match interest {
            Interest::All => self.of_all.push(Subscriber { fields: None, mailbox: to }),
            Interest::Fields(fields) => self.of_all.push(Subscriber { fields: Some(fields), mailbox: to }),
            Interest::Record(id) => self.of_records.entry(id).or_default().push(to),
        }
        Subscription { mailbox }
    }

    /// P8: forgets those that are gone, also where no event comes for them.
    fn sweep(&mut self) {
        self.of_all.retain(|subscriber| subscriber.mailbox.strong_count() > 0);
        self.of_records.retain(|_, followers| {
            followers.retain(|mailbox| mailbox.strong_count() > 0);
            !followers.is_empty()
        });
        self.unswept = SWEPT.max(self.mailboxes().count());
    }

    fn mailboxes(&self) -> impl Iterator<Item = &Weak<Mailbox<E>>> {
        self.of_all.iter().map(|subscriber| &subscriber.mailbox).chain(self.of_records.values().flatten())
    }

    /// How many there are, without those that are gone.
    pub fn len(&self) -> usize {
        self.mailboxes().filter(|mailbox| mailbox.strong_count() > 0).count()
    }

    /// Tells everyone who wants to hear of it. Nobody is woken yet, since a waker is a program's own code.
    pub fn tell(&mut self, events: &[Event<E>]) -> Heard {
        let mut heard = Heard::default();
        let told = events.iter().try_fold(FieldSet::EMPTY, |told, event| match event {
            Event::Updated { fields, .. } => Some(told | *fields),
            _ => None,
        });
        self.of_all.retain(|subscriber| {
            // Rows that come and go are for everyone.
            if let (Some(told), Some(fields)) = (told, subscriber.fields)
                && fields.is_disjoint(told)
            {
                return true;
            }
            let Some(mailbox) = subscriber.mailbox.upgrade() else { return false };
            mailbox.put(events.iter().filter(|event| subscriber.wants(event)), &mut heard);
            true
        });
        if !self.of_records.is_empty() {
            for event in events {
                self.tell_of_record(event, &mut heard);
            }
        }
        heard
    }

    fn tell_of_record(&mut self, event: &Event<E>, heard: &mut Heard) {
        // Who follows a new record follows it under its real id from here on.
        if let Event::Identified { temp, id, .. } = event
            && let Some(followers) = self.of_records.remove(temp)
        {
            self.of_records.entry(id.clone()).or_default().extend(followers);
        }
        let Some((id, followers)) = event.id().and_then(|id| Some((id, self.of_records.get_mut(id)?))) else { return };
        followers.retain(|mailbox| {
            let Some(mailbox) = mailbox.upgrade() else { return false };
            mailbox.put([event], heard);
            true
        });
        if followers.is_empty() {
            self.of_records.remove(id);
        }
    }

    /// Nothing is told any more.
    pub fn close(&mut self) -> Heard {
        self.closed = true;
        let mut heard = Heard::default();
        for mailbox in self.mailboxes().filter_map(Weak::upgrade) {
            mailbox.queue.lock().closed = true;
            heard.wakers.extend(mailbox.waker.take());
        }
        (self.of_all, self.of_records) = (Vec::new(), HashMap::default());
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
    fn put<'e>(&self, events: impl IntoIterator<Item = &'e Event<E>>, heard: &mut Heard) {
        let mut queue = self.queue.lock();
        let mut woken = false;
        for event in events {
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

#[cfg(all(test, feature = "derive"))]
#[expect(dead_code, reason = "nothing here names a field")]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::Origin;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, crate::LiveEntity)]
    #[live(crate = crate)]
    struct Product {
        price: i64,
    }

    const PIE: &str = "sea_pie";

    fn none() -> Subscribers<Product> {
        Subscribers::default()
    }

    #[test]
    fn subscribers_that_are_gone_are_looked_for_now_and_then_also_where_no_event_comes_for_them() {
        for of_one in [false, true] {
            let mut subscribers = none();
            let interest = || if of_one { Interest::Record(PIE.into()) } else { Interest::All };
            for _ in 0..SWEPT {
                drop(subscribers.add(interest(), 1));
            }
            assert_eq!(subscribers.mailboxes().count(), SWEPT, "not each time");

            let _last = subscribers.add(interest(), 1);

            assert_eq!(subscribers.mailboxes().count(), 1);
        }
    }

    #[test]
    fn who_is_there_stays_however_often_it_is_looked_for_those_that_are_gone() {
        let mut subscribers = none();

        let of_all: Vec<_> = (0..10 * SWEPT).map(|_| subscribers.add(Interest::All, 1)).collect();
        let of_one: Vec<_> = (0..10 * SWEPT).map(|_| subscribers.add(Interest::Record(PIE.into()), 1)).collect();

        assert_eq!(subscribers.len(), of_all.len() + of_one.len());
    }

    #[test]
    fn a_record_that_nobody_follows_any_more_is_forgotten_with_its_next_event() {
        let mut subscribers = none();
        drop(subscribers.add(Interest::Record(PIE.into()), 1));

        let row = Arc::new(Product { price: 299 });
        let _ = subscribers.tell(&[Event::Removed { id: PIE.into(), row, sequence: 1, origin: Origin::Remote }]);

        assert!(subscribers.of_records.is_empty());
    }

    #[test]
    fn a_table_that_is_closed_holds_nobody() {
        let mut subscribers = none();
        let _all = subscribers.add(Interest::All, 1);
        let _one = subscribers.add(Interest::Record(PIE.into()), 1);

        subscribers.close().wake();

        assert_eq!(subscribers.mailboxes().count(), 0);
    }
}
