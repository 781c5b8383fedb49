//! Interruptions of a feed: they are told, and each attempt to be back waits longer than the last, by some chance.

use std::time::Duration;

use tests::bakery::{self, Product};
use tests::still::{PAUSES, Still};
use tests::wait::until;
use vantage_live::contract::{FaultyFeed, FeedFaults};
use vantage_live::{LiveTable, ManualFeed, SyncState};

/// A table whose feed is never reached, with this chance; and what commands that feed.
async fn away(chance: u128) -> (LiveTable<Product>, Still, FeedFaults) {
    let (store, env) = (bakery::store().await, Still::with_chance(chance));
    let feed = FaultyFeed::new(store.feed());
    let faults = feed.faults();
    faults.cut();
    let table = LiveTable::builder(store).feed(feed).environment(env.clone()).open().await.unwrap();
    (table, env, faults)
}

#[tokio::test]
async fn each_pause_is_twice_as_long_as_the_last_up_to_five_seconds() {
    let (_table, env, faults) = away(0).await;

    faults.subscribed(PAUSES + 1).await;

    assert_eq!(env.slept()[..PAUSES], [50, 100, 200, 400, 800, 1_600, 2_500, 2_500], "half of it is sure");
}

#[tokio::test]
async fn up_to_half_of_a_pause_is_left_to_chance() {
    let (_table, env, faults) = away(500).await;

    faults.subscribed(PAUSES + 1).await;

    assert_eq!(env.slept()[..PAUSES], [75, 150, 300, 600, 1_200, 2_400, 3_750, 3_750], "half of the other half");
}

/// A table that is live by a feed that the test speaks into.
async fn live() -> (LiveTable<Product>, Still, ManualFeed) {
    let (env, feed) = (Still::with_chance(0), ManualFeed::new());
    let builder = LiveTable::builder(bakery::store().await).feed(feed.clone()).environment(env.clone());
    let table = builder.open().await.unwrap();
    (table, env, feed)
}

/// Interrupts the feed, and waits until the table is live again.
async fn interrupted(table: &LiveTable<Product>, env: &Still, feed: &ManualFeed) {
    until(|| feed.subscribers() == 1 && matches!(table.sync_state(), SyncState::Live(_))).await;
    let (slept, lists) = (env.slept().len(), table.metrics().resyncs);
    feed.interrupt("a mouse has bitten the cable");
    until(|| env.slept().len() > slept && table.metrics().resyncs > lists).await;
    until(|| matches!(table.sync_state(), SyncState::Live(_))).await;
}

#[tokio::test]
async fn an_interruption_is_told_with_its_reason_while_it_lasts() {
    let (table, env, feed) = live().await;
    env.ends_no_pause();

    feed.interrupt("a mouse has bitten the cable");

    until(|| matches!(table.sync_state(), SyncState::Lost { .. })).await;
    let SyncState::Lost { why, .. } = table.sync_state() else { panic!("nothing ends the pause") };
    assert!(why.contains("a mouse has bitten the cable"), "{why}");
}

#[tokio::test]
async fn a_feed_that_is_interrupted_as_soon_as_it_is_back_is_not_tried_faster() {
    let (table, env, feed) = live().await;

    for _ in 0..3 {
        interrupted(&table, &env, &feed).await;
    }

    assert_eq!(env.slept(), [50, 100, 200]);
}

#[tokio::test]
async fn after_a_feed_has_lasted_the_first_pause_is_short_again() {
    let (table, env, feed) = live().await;
    interrupted(&table, &env, &feed).await;
    interrupted(&table, &env, &feed).await;

    env.goes_on(Duration::from_secs(5));
    interrupted(&table, &env, &feed).await;

    assert_eq!(env.slept(), [50, 100, 50]);
}
