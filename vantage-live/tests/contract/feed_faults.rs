//! Each fault of the faulty feed does what it says.

use futures::{StreamExt, join};
use vantage_live::contract::{FaultyFeed, FeedFaults};
use vantage_live::{Feed, FeedEvent, FeedOrder, FeedStream, Id, ManualFeed, ValueErrorKind};

/// A feed to speak into, the hand on its faults, and a subscription behind them.
async fn link() -> (ManualFeed, FeedFaults, FeedStream) {
    let told = ManualFeed::new();
    let feed = FaultyFeed::new(told.clone());
    let events = feed.subscribe().await.unwrap();
    (told, feed.faults(), events)
}

async fn next(events: &mut FeedStream) -> Id {
    match events.next().await.unwrap().unwrap() {
        FeedEvent::Delete { id } => id,
        other => panic!("only deletes were told, and {other:?} came"),
    }
}

#[tokio::test]
async fn a_dropped_event_does_not_come() {
    let (told, faults, mut events) = link().await;

    faults.drop_next(2);
    for id in ["a", "b", "c"] {
        told.delete(id);
    }

    assert_eq!(next(&mut events).await, Id::from("c"));
    faults.dropped(2).await;
}

#[tokio::test]
async fn a_doubled_event_comes_twice() {
    let (told, faults, mut events) = link().await;

    faults.double_next(1);
    for id in ["a", "b"] {
        told.delete(id);
    }

    let ids = [next(&mut events).await, next(&mut events).await, next(&mut events).await];
    assert_eq!(ids, ["a", "a", "b"].map(Id::from));
}

#[tokio::test]
async fn held_events_come_when_they_are_released() {
    let (told, faults, mut events) = link().await;

    faults.hold();
    for id in ["a", "b"] {
        told.delete(id);
    }
    let test = async {
        faults.held(2).await;
        faults.release();
    };

    let (ids, ()) = join!(async { [next(&mut events).await, next(&mut events).await] }, test);
    assert_eq!(ids, ["a", "b"].map(Id::from));
    told.delete("c");
    assert_eq!(next(&mut events).await, Id::from("c"), "nothing is held any more");
}

#[tokio::test]
async fn events_that_are_released_reversed_come_last_first() {
    let (told, faults, mut events) = link().await;

    faults.hold();
    for id in ["a", "b", "c"] {
        told.delete(id);
    }
    let test = async {
        faults.held(3).await;
        faults.release_reversed();
    };

    let (ids, ()) = join!(async { [next(&mut events).await, next(&mut events).await, next(&mut events).await] }, test);
    assert_eq!(ids, ["c", "b", "a"].map(Id::from));
}

#[tokio::test]
async fn a_cut_ends_every_subscription_and_refuses_new_ones() {
    let told = ManualFeed::new();
    let feed = FaultyFeed::new(told.clone());
    let faults = feed.faults();
    let mut events = feed.subscribe().await.unwrap();

    faults.cut();
    assert_eq!(events.next().await.unwrap().unwrap_err().kind, ValueErrorKind::Unreachable);
    assert!(events.next().await.is_none());
    assert_eq!(feed.subscribe().await.err().unwrap().kind, ValueErrorKind::Unreachable);

    faults.restore();
    let mut events = feed.subscribe().await.unwrap();
    told.delete("a");
    assert_eq!(next(&mut events).await, Id::from("a"));
    assert_eq!(faults.subscriptions(), 3, "the attempt that failed counts");
}

#[tokio::test]
async fn a_cut_ends_a_subscription_that_waits_even_if_the_link_comes_back() {
    let (_told, faults, mut events) = link().await;

    let test = async {
        faults.cut();
        faults.restore();
    };

    let (event, ()) = join!(events.next(), test);
    assert_eq!(event.unwrap().unwrap_err().kind, ValueErrorKind::Unreachable);
}

#[tokio::test]
async fn a_feed_that_reorders_can_say_so() {
    let feed = FaultyFeed::new(ManualFeed::new());
    assert_eq!(feed.order(), FeedOrder::Commit);

    assert_eq!(feed.that_tells_in(FeedOrder::Unknown).order(), FeedOrder::Unknown);
}
