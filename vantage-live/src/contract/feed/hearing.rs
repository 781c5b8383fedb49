//! Hearing what a feed tells, with patience and not for ever.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};

use super::super::support::{assert_same, expect, seed};
use super::Feeding;
use crate::feed::{FeedEvent, FeedStream};
use crate::value::{Guard, Id, Record, ValueError, same};

/// How long an event may be on its way.
const PATIENCE: Duration = Duration::from_secs(20);

/// What has last been told of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Upsert(Option<Record>),
    Delete,
    /// That something has changed: it may be this record.
    Changed,
}

pub(super) async fn subscribe(feeding: &Feeding) -> FeedStream {
    expect("subscribing", feeding.feed.subscribe().await)
}

/// The next event; a feed that says nothing, ends or fails breaks its promise.
pub(super) async fn next(events: &mut FeedStream, wanted: &str) -> FeedEvent {
    let Some(event) = next_or_end(events, wanted).await else {
        panic!("the feed has ended, where it should tell {wanted}");
    };
    expect("the feed", event)
}

/// The next event, an error, or `None` where the feed has ended.
pub(super) async fn next_or_end(events: &mut FeedStream, wanted: &str) -> Option<Result<FeedEvent, ValueError>> {
    let Ok(event) = tokio::time::timeout(PATIENCE, events.next()).await else {
        panic!("the feed has told nothing for {PATIENCE:?}, where it should tell {wanted}");
    };
    event
}

/// What is told of the record `id` next.
pub(super) async fn next_of(events: &mut FeedStream, id: &Id, wanted: &str) -> Told {
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
pub(super) async fn last_of(feeding: &Feeding, events: &mut FeedStream, id: &Id) -> Option<Told> {
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

/// Asserts that an upsert was told, whose record, where the feed tells it, is `wanted`.
pub(super) fn assert_upsert(told: &Told, wanted: &Value) {
    match told {
        Told::Upsert(Some(record)) => assert_same("the record that is told", record, wanted),
        Told::Upsert(None) | Told::Changed => {}
        Told::Delete => panic!("a delete is told, where the record is {wanted}"),
    }
}

/// Asserts that a delete was told.
#[track_caller]
pub(super) fn assert_delete(told: &Told) {
    assert!(matches!(told, Told::Delete | Told::Changed), "a delete is told as {told:?}");
}

/// Hears of each of `ids` once, in whatever order, and has `check` look at what is told of it.
pub(super) async fn hear_of_all(events: &mut FeedStream, ids: &[Id], wanted: &str, check: impl Fn(&Told)) {
    let mut missed = ids.to_vec();
    while !missed.is_empty() {
        let (id, told) = match next(events, wanted).await {
            FeedEvent::Upsert { id, record } => (id, Told::Upsert(record)),
            FeedEvent::Delete { id } => (id, Told::Delete),
            FeedEvent::Changed => return,
            FeedEvent::Position(_) => continue,
        };
        if let Some(at) = missed.iter().position(|of| *of == id) {
            check(&told);
            missed.remove(at);
        }
    }
}

/// Hears of `id` until all has been told: the last that is told of it is how it is in the store. `check` looks at each
/// record that is told of it.
pub(super) async fn hear_to_the_end(
    feeding: &Feeding,
    events: &mut FeedStream,
    id: &Id,
    mut check: impl FnMut(&Record),
) {
    let stored = expect("reading", feeding.store.get_id_value(id).await);
    // The order of the changes of two records is not defined: that the end is told does not say that all else is.
    let (end, mut ended) = (seed(&feeding.store, "the_end", &json!({})).await, false);
    let mut last = None;
    while !(ended && last.as_ref().is_some_and(|last| tells(last, stored.as_ref()))) {
        match next(events, &format!("that {id:?} is {stored:?}, and not last {last:?}")).await {
            FeedEvent::Upsert { id: of, .. } if of == end => ended = true,
            FeedEvent::Upsert { id: of, record } if of == *id => {
                record.iter().for_each(&mut check);
                last = Some(Told::Upsert(record));
            }
            FeedEvent::Delete { id: of } if of == *id => last = Some(Told::Delete),
            // It may stand for all of it.
            FeedEvent::Changed => break,
            FeedEvent::Upsert { .. } | FeedEvent::Delete { .. } | FeedEvent::Position(_) => {}
        }
    }
    let _ = expect("the delete", feeding.store.delete_id(&end, &Guard::Nothing).await);
}

fn tells(told: &Told, stored: Option<&Record>) -> bool {
    match (told, stored) {
        (Told::Upsert(Some(told)), Some(stored)) => same(&told.clone().into(), &stored.clone().into()),
        (Told::Upsert(None), Some(_)) | (Told::Delete, None) | (Told::Changed, _) => true,
        _ => false,
    }
}
