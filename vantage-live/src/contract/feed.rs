//! Feeds: what is told of a change, and that none is missed.
//!
//! A feed may sum up: an upsert may stand for several writes, and `Changed` for anything. So the cases ask for what a table
//! relies on: whatever has changed is told, and the last that is told of a record is how it is.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};

use super::Store;
use super::support::{assert_same, expect, record, refused, seed, seed_many, written};
use crate::feed::{Feed, FeedEvent, FeedOrder, FeedStream};
use crate::value::{DeleteOutcome, FeedKind, Guard, Id, Patch, Record};

/// An empty value set and the feed of its changes: what a case of this module examines.
pub struct Feeding {
    /// The value set.
    pub store: Store,
    /// Its feed.
    pub feed: Arc<dyn Feed>,
}

/// How long an event may be on its way.
const PATIENCE: Duration = Duration::from_secs(20);

/// What has last been told of a record.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Upsert(Option<Record>),
    Delete,
    /// That something has changed: it may be this record.
    Changed,
}

async fn subscribe(feeding: &Feeding) -> FeedStream {
    expect("subscribing", feeding.feed.subscribe().await)
}

/// The next event; a feed that says nothing, ends or fails breaks its promise.
async fn next(events: &mut FeedStream, wanted: &str) -> FeedEvent {
    let Ok(event) = tokio::time::timeout(PATIENCE, events.next()).await else {
        panic!("the feed has told nothing for {PATIENCE:?}, where it should tell {wanted}");
    };
    let Some(event) = event else { panic!("the feed has ended, where it should tell {wanted}") };
    expect("the feed", event)
}

/// What is told of the record `id` next.
async fn next_of(events: &mut FeedStream, id: &Id, wanted: &str) -> Told {
    loop {
        match next(events, wanted).await {
            FeedEvent::Upsert { id: of, record } if of == *id => return Told::Upsert(record),
            FeedEvent::Delete { id: of } if of == *id => return Told::Delete,
            FeedEvent::Changed => return Told::Changed,
            FeedEvent::Upsert { .. } | FeedEvent::Delete { .. } | FeedEvent::Position(_) => {}
        }
    }
}

/// Writes one more record and hears of everything until then: the last that was told of `id`, `None` where nothing was.
async fn last_of(feeding: &Feeding, events: &mut FeedStream, id: &Id) -> Option<Told> {
    let end = seed(&feeding.store, "the_end", &json!({})).await;
    let mut last = None;
    loop {
        match next(events, "the insert of the last record").await {
            FeedEvent::Upsert { id: of, .. } if of == end => return last,
            // It may stand for the last record too.
            FeedEvent::Changed => return Some(Told::Changed),
            FeedEvent::Upsert { id: of, record } if of == *id => last = Some(Told::Upsert(record)),
            FeedEvent::Delete { id: of } if of == *id => last = Some(Told::Delete),
            FeedEvent::Upsert { .. } | FeedEvent::Delete { .. } | FeedEvent::Position(_) => {}
        }
    }
}

async fn delete(store: &Store, id: &Id) {
    assert_eq!(expect("the delete", store.delete_id(id, &Guard::Nothing).await), DeleteOutcome::Deleted);
}

/// Asserts that an upsert was told, whose record, where the feed tells it, is `wanted`.
fn assert_upsert(told: &Told, wanted: &Value) {
    match told {
        Told::Upsert(Some(record)) => assert_same("the record that is told", record, wanted),
        Told::Upsert(None) | Told::Changed => {}
        Told::Delete => panic!("a delete is told, where the record is {wanted}"),
    }
}

/// An insert, a replace, a write and a delete are told: by the record's id, if the feed tells rows.
pub async fn a_subscriber_hears_of_every_kind_of_change(feeding: &Feeding) {
    let mut events = subscribe(feeding).await;
    let store = &feeding.store;

    let id = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let told = next_of(&mut events, &id, "the insert").await;
    assert_upsert(&told, &json!({"price": 120}));
    if matches!(feeding.feed.kind(), FeedKind::PerRow | FeedKind::Filtered) {
        assert!(matches!(told, Told::Upsert(_)), "a feed that tells rows tells {told:?} of an insert");
    }

    expect("the replace", store.replace_id_value(&id, record(&json!({"price": 130}))).await);
    assert_upsert(&next_of(&mut events, &id, "the replace").await, &json!({"price": 130}));

    if store.capabilities().patch {
        written(store.write(&id, &Patch::new().set("price", 140), &Guard::Exists).await);
        assert_upsert(&next_of(&mut events, &id, "the write").await, &json!({"price": 140}));
    }

    delete(store, &id).await;
    let told = next_of(&mut events, &id, "the delete").await;
    assert!(matches!(told, Told::Delete | Told::Changed), "a delete is told as {told:?}");
}

/// When `subscribe` has returned, whatever happens from then on is told, however soon.
pub async fn what_happens_right_after_subscribing_is_told(feeding: &Feeding) {
    for round in 0..10 {
        let mut events = subscribe(feeding).await;
        let id = seed(&feeding.store, &format!("row_{round}"), &json!({"round": round})).await;

        assert_upsert(&next_of(&mut events, &id, "the insert").await, &json!({"round": round}));
    }
}

/// However much is summed up, the last that is told of a record is how it is: a record that was deleted and made again is
/// there, one that was made and deleted is not.
pub async fn the_last_that_is_told_of_a_record_is_how_it_is(feeding: &Feeding) {
    if feeding.feed.order() != FeedOrder::Commit {
        return;
    }
    let store = &feeding.store;
    let mut events = subscribe(feeding).await;

    let id = seed(store, "flux_cupcake", &json!({"price": 0})).await;
    for price in 1..=20 {
        expect("the replace", store.replace_id_value(&id, record(&json!({"price": price}))).await);
    }
    let last = last_of(feeding, &mut events, &id).await.expect("the record has changed, and nothing was told of it");
    assert_upsert(&last, &json!({"price": 20}));

    let mut events = subscribe(feeding).await;
    let end = expect("reading all", store.get_values().await).into_iter().map(|(id, _)| id).find(|other| *other != id);
    delete(store, &end.expect("the record that ended the first half")).await;
    expect("the replace", store.replace_id_value(&id, record(&json!({"price": 30}))).await);
    delete(store, &id).await;
    let last = last_of(feeding, &mut events, &id).await.expect("the record is gone, and nothing was told of it");
    assert!(matches!(last, Told::Delete | Told::Changed), "of a record that is gone, {last:?} is told last");
}

/// A feed that says where it is has told, by then, whatever could be read before it was asked.
pub async fn what_could_be_read_is_told_before_the_position_is(feeding: &Feeding) {
    let mut events = subscribe(feeding).await;
    let id = seed(&feeding.store, "flux_cupcake", &json!({"price": 0})).await;
    for price in 1..=20 {
        expect("the replace", feeding.store.replace_id_value(&id, record(&json!({"price": price}))).await);
        let Some(position) = feeding.feed.position() else { return };
        let mut last = None;
        loop {
            match next(&mut events, "its position").await {
                FeedEvent::Position(heard) if heard >= position => break,
                FeedEvent::Changed => last = Some(Told::Changed),
                FeedEvent::Upsert { id: of, record } if of == id => last = Some(Told::Upsert(record)),
                FeedEvent::Delete { id: of } if of == id => last = Some(Told::Delete),
                FeedEvent::Upsert { .. } | FeedEvent::Delete { .. } | FeedEvent::Position(_) => {}
            }
        }
        assert_upsert(&last.expect("nothing was told of the replace"), &json!({"price": price}));
    }
}

/// Where a feed tells the record, it is the one that a read finds: the same columns and values, its id not among them.
pub async fn a_record_that_is_told_is_as_it_is_read(feeding: &Feeding) {
    let wanted = json!({
        "name": "it's `⟨Flux⟩`", "price": i64::MAX, "ratio": 0.1, "note": null, "tags": [], "inventory": {"stock": 50},
        "created": "2026-02-28T12:30:00Z", "link": "product:flux_cupcake",
    });
    let mut events = subscribe(feeding).await;

    let id = seed(&feeding.store, "flux_cupcake", &wanted).await;

    assert_upsert(&next_of(&mut events, &id, "the insert").await, &wanted);
}

/// What was refused did not happen, and is not told: a write whose guard fails, and a delete.
pub async fn a_change_that_did_not_happen_is_not_told(feeding: &Feeding) {
    let store = &feeding.store;
    let can = store.capabilities();
    if !(can.patch && can.guarded_write) || feeding.feed.kind() == FeedKind::Coarse {
        return;
    }
    let id = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let mut events = subscribe(feeding).await;

    let guard = Guard::Exists.and("price", None);
    refused(store.write(&id, &Patch::new().set("price", 130), &guard).await);
    assert!(matches!(expect("the delete", store.delete_id(&id, &guard).await), DeleteOutcome::Refused(_)));

    match last_of(feeding, &mut events, &id).await {
        None | Some(Told::Changed) => {}
        // A feed that lists tells what it finds; it must not tell what was refused.
        Some(told) => assert_upsert(&told, &json!({"price": 120})),
    }
}

/// A delete of all records is told of each, or summed up.
pub async fn a_delete_of_all_is_told(feeding: &Feeding) {
    let cupcake = seed(&feeding.store, "flux_cupcake", &json!({})).await;
    let pie = seed(&feeding.store, "sea_pie", &json!({})).await;
    let mut events = subscribe(feeding).await;

    expect("deleting all", feeding.store.delete_all().await);

    let mut missed = vec![cupcake, pie];
    while !missed.is_empty() {
        match next(&mut events, "that all records are deleted").await {
            FeedEvent::Delete { id } => missed.retain(|of| *of != id),
            FeedEvent::Changed => missed.clear(),
            FeedEvent::Position(_) => {}
            FeedEvent::Upsert { id, .. } => panic!("an upsert of {id:?} is told, where all are deleted"),
        }
    }
}

/// Of five hundred changes that a subscriber has not yet taken, none is lost: each is told, or `Changed` in their place.
pub async fn a_burst_is_told_or_summed_up(feeding: &Feeding) {
    let mut events = subscribe(feeding).await;

    let rows = (0..500).map(|n| (Id::from(format!("row_{n:03}")), record(&json!({"n": n}))));
    let mut missed = seed_many(&feeding.store, rows.collect()).await;

    while !missed.is_empty() {
        match next(&mut events, &format!("the insert of {} more records", missed.len())).await {
            FeedEvent::Upsert { id, .. } => missed.retain(|of| *of != id),
            FeedEvent::Changed => missed.clear(),
            FeedEvent::Position(_) => {}
            FeedEvent::Delete { id } => panic!("a delete of {id:?} is told, where none was deleted"),
        }
    }
}

/// Two subscribers are each told of a change.
pub async fn every_subscriber_is_told_everything(feeding: &Feeding) {
    let (mut one, mut two) = (subscribe(feeding).await, subscribe(feeding).await);

    let id = seed(&feeding.store, "flux_cupcake", &json!({"price": 120})).await;

    assert_upsert(&next_of(&mut one, &id, "the insert to the first").await, &json!({"price": 120}));
    assert_upsert(&next_of(&mut two, &id, "the insert to the second").await, &json!({"price": 120}));
}

/// Dropping a subscription ends that one only, and the store works on.
pub async fn a_subscription_that_is_dropped_leaves_the_others(feeding: &Feeding) {
    let (one, mut two) = (subscribe(feeding).await, subscribe(feeding).await);
    drop(one);

    let id = seed(&feeding.store, "flux_cupcake", &json!({"price": 120})).await;

    assert_upsert(&next_of(&mut two, &id, "the insert").await, &json!({"price": 120}));
}
