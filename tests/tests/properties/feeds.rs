//! Tables behind a link that drops, doubles, holds, reorders and breaks: rows never go back, and in the end they are what
//! the store has (P6 and P7).

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;
use tests::bakery::{self, Colleague as _, Product};
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyFeed, FaultyValueSet, FeedFaults};
use vantage_live::{
    Event, FeedOrder, Guard, Id, ImTable, LiveEntity as _, LiveTable, Patch, ReadableValueSet as _, Subscription,
    SyncState, WritableValueSet as _,
};

use crate::json::{SOME, cases};
use crate::world::{World, runtime, turns};

#[derive(Clone, Debug)]
enum Step {
    /// A colleague writes beside the table.
    Colleague(usize),
    /// This process writes through the table.
    Own(usize),
    ColleagueDeletes(usize),
    OwnDeletes(usize),
    Drop(usize),
    Double(usize),
    Hold,
    Release,
    ReleaseReversed,
    CutFeed,
    RestoreFeed,
    CutStore,
    RestoreStore,
    Turns,
}

const RECORDS: usize = 3;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..RECORDS).prop_map(Step::Colleague),
        6 => (0..RECORDS).prop_map(Step::Own),
        1 => (0..RECORDS).prop_map(Step::ColleagueDeletes),
        1 => (0..RECORDS).prop_map(Step::OwnDeletes),
        1 => (1_usize..3).prop_map(Step::Drop),
        1 => (1_usize..3).prop_map(Step::Double),
        2 => Just(Step::Hold),
        2 => Just(Step::Release),
        2 => Just(Step::ReleaseReversed),
        1 => Just(Step::CutFeed),
        1 => Just(Step::RestoreFeed),
        1 => Just(Step::CutStore),
        1 => Just(Step::RestoreStore),
        6 => Just(Step::Turns),
    ]
}

fn id(number: usize) -> Id {
    bakery::product_records()[number].0.clone()
}

/// A table behind a bad link. Whoever writes sets a higher price than anyone before, so that a row that goes back shows.
struct Link {
    table: LiveTable<Product>,
    disk: ImTable,
    feed: FeedFaults,
    store: Faults,
    order: FeedOrder,
    events: Subscription<Product>,
    price: i64,
    seen: BTreeMap<Id, i64>,
    has_dropped: bool,
}

impl Link {
    async fn begin(order: FeedOrder) -> Self {
        let disk = bakery::store().await;
        let store = FaultyValueSet::new(disk.clone());
        let feed = FaultyFeed::new(disk.feed()).that_tells_in(order);
        let (store_faults, feed_faults) = (store.faults(), feed.faults());
        let builder = LiveTable::builder(store).feed(feed).environment(World::new()).batch(2);
        let table: LiveTable<Product> = builder.open().await.expect("a store in memory opens");
        let events = table.subscribe();
        let (price, seen) = (1_000, BTreeMap::new());
        Link { table, disk, feed: feed_faults, store: store_faults, order, events, price, seen, has_dropped: false }
    }

    async fn play(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Colleague(number) => {
                self.price += 1;
                let patch = Patch::new().set("price", self.price);
                let outcome = self.disk.write(&id(number), &patch, &Guard::Exists).await.expect("it is in memory");
                if outcome == vantage_live::WriteOutcome::Gone {
                    let record = json!({"name": "Back", "price": self.price, "inventory": {"stock": 1, "shelf": "B"}});
                    self.disk.colleague_inserts(&id(number).to_string(), record).await;
                }
            }
            Step::Own(number) => {
                self.price += 1;
                let patch = Patch::new().set("price", self.price);
                let written = self.table.write(&id(number), &patch, &Guard::Exists).await;
                if let Ok(vantage_live::WriteOutcome::Written(_)) = written {
                    let row = self.table.row(&id(number)).map(|row| row.price);
                    prop_assert_eq!(row, Some(self.price), "P5");
                }
            }
            Step::ColleagueDeletes(number) => {
                self.disk.delete_id(&id(number), &Guard::Exists).await.map(drop).expect("it is in memory");
            }
            Step::OwnDeletes(number) => {
                if self.table.delete_id(&id(number), &Guard::Exists).await.is_ok() {
                    prop_assert!(self.table.row(&id(number)).is_none(), "P5");
                }
            }
            Step::Drop(events) => {
                self.feed.drop_next(events);
                self.has_dropped = true;
            }
            Step::Double(events) => self.feed.double_next(events),
            Step::Hold => self.feed.hold(),
            // A feed that says it tells in the order of the commits must keep it.
            Step::ReleaseReversed if self.order == FeedOrder::Unknown => self.feed.release_reversed(),
            Step::Release | Step::ReleaseReversed => self.feed.release(),
            Step::CutFeed => self.feed.cut(),
            Step::RestoreFeed => self.feed.restore(),
            Step::CutStore => self.store.cut(),
            Step::RestoreStore => self.store.restore(),
            Step::Turns => turns().await,
        }
        self.check()
    }

    /// P6: no subscriber is told of a price that is lower than one it has been told of.
    fn check(&mut self) -> Result<(), TestCaseError> {
        while let Some(event) = self.events.try_next() {
            let (Event::Inserted { id, row, .. } | Event::Updated { id, row, .. }) = &event else { continue };
            let before = self.seen.insert(id.clone(), row.price).unwrap_or(0);
            prop_assert!(before <= row.price, "{} went back from {} to {}", id, before, row.price);
        }
        Ok(())
    }

    /// The link gets better; a link that has lost events breaks first, as a real one does.
    async fn calm_down(&mut self) -> Result<(), TestCaseError> {
        self.store.clear();
        self.feed.release();
        if self.has_dropped {
            self.feed.cut();
        }
        self.feed.restore();
        let disk = self.disk.get_values().await.expect("it is in memory");
        until(|| self.agrees(&disk)).await;
        self.check()?;

        // It stays that way: nothing is on its way that would change it.
        until(|| matches!(self.table.sync_state(), SyncState::Live(_))).await;
        turns().await;
        prop_assert!(self.agrees(&disk));
        self.check()
    }

    fn agrees(&self, disk: &[(Id, vantage_live::Record)]) -> bool {
        let rows = self.table.rows();
        let is_shown = |(id, record): &(Id, _)| {
            let stored = Product::from_record(id, record).expect("it is a product");
            rows.get(id).is_some_and(|row| row.diff(&stored).is_empty())
        };
        rows.len() == disk.len() && disk.iter().all(is_shown)
    }
}

proptest! {
    #![proptest_config(cases(2 * SOME))]

    #[test]
    fn a_table_equals_its_store_when_the_link_has_calmed_down(
        ordered in any::<bool>(), steps in proptest::collection::vec(step(), 1..32),
    ) {
        runtime().block_on(async {
            let mut link = Link::begin(if ordered { FeedOrder::Commit } else { FeedOrder::Unknown }).await;
            for step in &steps {
                link.play(step).await?;
            }
            link.calm_down().await
        })?;
    }
}

proptest! {
    #![proptest_config(cases(SOME))]

    #[test]
    fn the_late_echoes_of_a_tables_own_writes_never_take_its_row_back(
        prices in proptest::collection::vec(1_i64..4, 1..8), ordered in any::<bool>(), doubled in 0_usize..3,
    ) {
        runtime().block_on(async {
            let mut link = Link::begin(if ordered { FeedOrder::Commit } else { FeedOrder::Unknown }).await;
            link.feed.double_next(doubled);
            link.feed.hold();
            for price in &prices {
                let patch = Patch::new().set("price", *price);
                link.table.write(&id(0), &patch, &Guard::Exists).await.map(drop).expect("it is in memory");
            }
            while link.events.try_next().is_some() {}

            link.feed.release();
            turns().await;

            let told = link.events.try_next();
            prop_assert!(told.is_none(), "the row was {:?}, and an echo made it {:?}", prices.last(), told);
            prop_assert_eq!(link.table.row(&id(0)).map(|row| row.price), prices.last().copied());
            Ok(())
        })?;
    }
}

#[test]
fn what_was_held_goes_on_before_what_comes_after_the_release() {
    runtime().block_on(async {
        let mut link = Link::begin(FeedOrder::Commit).await;
        for step in [Step::Hold, Step::Colleague(0), Step::Turns, Step::Colleague(0), Step::Release, Step::Turns] {
            link.play(&step).await.unwrap();
        }

        assert_eq!(link.table.row(&id(0)).map(|row| row.price), Some(link.price));
    });
}
