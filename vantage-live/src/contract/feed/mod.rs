//! Feeds: what is told of a change, and that none is missed.
//!
//! A feed may sum up: an upsert may stand for several writes, and `Changed` for anything. So the cases ask for what a table
//! relies on: whatever has changed is told, whichever call has changed it, and the last that is told of a record is how it
//! is. A feed that claims [`FeedOrder::Commit`] is held to the order of the changes of one record, also where many write at
//! once; nothing is asked of the order of two records. What is never told is waited for 20 seconds, so a case that fails may
//! take that long.

mod hearing;

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use self::hearing::{
    Told, assert_delete, assert_upsert, hear_of_all, hear_to_the_end, last_of, next, next_of, next_or_end, subscribe,
};
use super::Store;
use super::support::{ROUNDS, WRITERS, expect, race, record, refused, seed, seed_many, written};
use crate::feed::{Feed, FeedEvent, FeedOrder};
use crate::value::{DeleteOutcome, FeedKind, Guard, Id, IdempotencyKey, Patch, Record};

/// An empty value set and the feed of its changes: what a case of this module examines.
pub struct Feeding {
    /// The value set.
    pub store: Store,
    /// Its feed.
    pub feed: Arc<dyn Feed>,
}

async fn delete(store: &Store, id: &Id) {
    assert_eq!(expect("the delete", store.delete_id(id, &Guard::Nothing).await), DeleteOutcome::Deleted);
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
    assert_delete(&next_of(&mut events, &id, "the delete").await);
}

/// A write and a delete are told whatever they are guarded by.
pub async fn what_changes_under_any_guard_is_told(feeding: &Feeding) {
    let store = &feeding.store;
    let can = store.capabilities();
    let mut guards = vec![Guard::Nothing, Guard::Exists];
    if can.guarded_write {
        let version = Guard::Version { path: "version".into(), token: json!(7) };
        guards.extend([Guard::Exists.and("price", Some(json!(120))), Guard::Exists.and("note", None), version]);
    }
    let mut events = subscribe(feeding).await;

    for (n, guard) in guards.into_iter().enumerate() {
        let id = seed(store, &format!("row_{n}"), &json!({"price": 120, "version": 7})).await;
        assert_upsert(&next_of(&mut events, &id, "the insert").await, &json!({"price": 120, "version": 7}));
        if can.patch {
            written(store.write(&id, &Patch::new().set("name", "Flux"), &guard).await);
            let told = next_of(&mut events, &id, &format!("the write under {guard:?}")).await;
            assert_upsert(&told, &json!({"price": 120, "version": 7, "name": "Flux"}));
        }
        assert_eq!(expect("the delete", store.delete_id(&id, &guard).await), DeleteOutcome::Deleted);
        assert_delete(&next_of(&mut events, &id, &format!("the delete under {guard:?}")).await);
    }
}

/// A record is told whichever way it was made: of an id that the store has chosen, with a key and without, and by a write
/// under `Guard::Nothing`.
pub async fn a_record_is_told_however_it_was_made(feeding: &Feeding) {
    let store = &feeding.store;
    let can = store.capabilities();
    let mut events = subscribe(feeding).await;

    for key in [None, Some(IdempotencyKey(Uuid::now_v7()))] {
        let (id, _) = expect("the insert", store.insert_value(record(&json!({"price": 120})), key).await);
        let told = next_of(&mut events, &id, &format!("the insert without an id, the key being {key:?}")).await;
        assert_upsert(&told, &json!({"price": 120}));
    }
    if can.patch && can.client_ids {
        let id = Id::from("flux_cupcake");
        written(store.write(&id, &Patch::new().set("price", 120), &Guard::Nothing).await);
        assert_upsert(&next_of(&mut events, &id, "the write that makes it").await, &json!({"price": 120}));
    }
}

/// Of many changes at once each is told.
pub async fn each_part_of_a_batch_is_told(feeding: &Feeding) {
    let store = &feeding.store;
    let can = store.capabilities();
    let mut events = subscribe(feeding).await;

    let rows = ["flux_cupcake", "sea_pie", "time_tart"].map(|id| (Id::from(id), record(&json!({"n": 1}))));
    let ids = seed_many(store, rows.into()).await;
    hear_of_all(&mut events, &ids, "the inserts", |told| assert_upsert(told, &json!({"n": 1}))).await;

    let replaces = ids.iter().map(|id| (id.clone(), record(&json!({"n": 2})))).collect();
    for answer in store.replace_id_values(replaces).await {
        expect("the replace", answer);
    }
    hear_of_all(&mut events, &ids, "the replaces", |told| assert_upsert(told, &json!({"n": 2}))).await;

    if can.patch {
        let writes = ids.iter().map(|id| (id.clone(), Patch::new().set("n", 3), Guard::Exists)).collect();
        for answer in store.write_many(writes).await {
            written(answer);
        }
        hear_of_all(&mut events, &ids, "the writes", |told| assert_upsert(told, &json!({"n": 3}))).await;
    }

    let deletes = ids.iter().map(|id| (id.clone(), Guard::Exists)).collect();
    for answer in store.delete_ids(deletes).await {
        assert_eq!(expect("the delete", answer), DeleteOutcome::Deleted);
    }
    hear_of_all(&mut events, &ids, "the deletes", assert_delete).await;
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
    hear_to_the_end(feeding, &mut events, &id, |_| {}).await;

    let mut events = subscribe(feeding).await;
    delete(store, &id).await;
    if store.capabilities().client_ids {
        expect("the replace", store.replace_id_value(&id, record(&json!({"price": 30}))).await);
        delete(store, &id).await;
    }
    hear_to_the_end(feeding, &mut events, &id, |_| {}).await;
}

/// However many replace and delete a record at once, the last that is told of it is how it is, where the feed tells in the
/// order of the commits.
pub async fn of_writers_at_once_the_last_that_is_told_is_how_it_is(feeding: &Feeding) {
    if feeding.feed.order() != FeedOrder::Commit {
        return;
    }
    let store = &feeding.store;
    // Where clients choose no ids, what is deleted cannot be made again.
    let deletes = store.capabilities().client_ids;
    for round in 0..ROUNDS {
        let id = seed(store, &format!("row_{round}"), &json!({"writer": null})).await;
        let mut events = subscribe(feeding).await;

        race(store, |store, n| {
            let id = id.clone();
            async move {
                for time in 0..2 {
                    if deletes && (round + n + time) % 4 == 0 {
                        let _ = expect("the delete", store.delete_id(&id, &Guard::Nothing).await);
                    } else {
                        let record = record(&json!({"writer": n, "time": time}));
                        expect("the replace", store.replace_id_value(&id, record).await);
                    }
                }
            }
        })
        .await;

        hear_to_the_end(feeding, &mut events, &id, |_| {}).await;
    }
}

/// However many write a record at once, no state of it is told after a later one, where the feed tells in the order of the
/// commits.
pub async fn writers_at_once_are_told_in_the_order_of_their_writes(feeding: &Feeding) {
    const TIMES: i64 = 5;
    if feeding.feed.order() != FeedOrder::Commit || !feeding.store.capabilities().patch {
        return;
    }
    let fields = |value: i64| (0..WRITERS).map(|n| (format!("f{n}"), json!(value))).collect::<Record>();
    let id = seed(&feeding.store, "flux_cupcake", &fields(0).into()).await;
    let mut events = subscribe(feeding).await;

    race(&feeding.store, |store, n| {
        let id = id.clone();
        async move {
            for time in 1..=TIMES {
                written(store.write(&id, &Patch::new().set(format!("f{n}"), time), &Guard::Exists).await);
            }
        }
    })
    .await;

    // Each writes a field of its own and counts it up: a field that goes back is one of an earlier state.
    let mut before = fields(0);
    hear_to_the_end(feeding, &mut events, &id, |now| {
        let is_later = before.iter().all(|(name, before)| now.get(name).and_then(Value::as_i64) >= before.as_i64());
        assert!(is_later, "an earlier state is told after a later one\n    later: {before:?}\n  earlier: {now:?}");
        before.clone_from(now);
    })
    .await;
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

/// Of five hundred changes that a subscriber has not yet taken, none is lost: each is told, or `Changed` in their place, or
/// the subscription breaks, after which whoever follows the feed reads everything afresh.
pub async fn a_burst_is_told_or_summed_up(feeding: &Feeding) {
    let mut events = subscribe(feeding).await;

    let rows = (0..500).map(|n| (Id::from(format!("row_{n:03}")), record(&json!({"n": n}))));
    let mut missed = seed_many(&feeding.store, rows.collect()).await;

    while !missed.is_empty() {
        let wanted = format!("the insert of {} more records", missed.len());
        let Some(Ok(event)) = next_or_end(&mut events, &wanted).await else { return };
        match event {
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
