//! The stream of all records: each once, in order, in batches within their bound.

use futures::{StreamExt, TryStreamExt};
use serde_json::json;

use super::Store;
use super::support::{assert_count, assert_same, expect, record, seed_many};
use crate::value::{DeleteOutcome, Guard, Id, Record};

type Rows = Vec<(Id, Record)>;

fn row(n: usize) -> Id {
    Id::from(format!("row_{n:05}"))
}

/// Makes the records `row_00000`, `row_00001` and so on.
async fn seed_rows(store: &Store, numbers: impl IntoIterator<Item = usize>) {
    let rows: Rows = numbers.into_iter().map(|n| (row(n), record(&json!({"n": n, "name": "Flux Cupcake"})))).collect();
    for rows in rows.chunks(500) {
        seed_many(store, rows.to_vec()).await;
    }
}

async fn batches(store: &Store, batch: usize) -> Vec<Rows> {
    expect("streaming", store.stream_values(batch).try_collect().await)
}

fn ids(rows: &[(Id, Record)]) -> Vec<Id> {
    rows.iter().map(|(id, _)| id.clone()).collect()
}

/// All batches together are every record, once, in the order of the ids.
pub async fn a_stream_gives_every_record_once_in_the_order_of_their_ids(store: &Store) {
    seed_rows(store, (0..25).rev()).await;

    for batch in [1, 7, 25] {
        let rows = batches(store, batch).await.concat();
        assert_eq!(ids(&rows), (0..25).map(row).collect::<Vec<_>>(), "the ids in batches of {batch}");
        for (n, (_, record)) in rows.iter().enumerate() {
            assert_same("the record", record, &json!({"n": n, "name": "Flux Cupcake"}));
        }
    }
}

/// No batch has more records than asked for, and none has none.
pub async fn no_batch_is_larger_than_asked_for_or_empty(store: &Store) {
    seed_rows(store, 0..20).await;

    for batch in [1, 3, 10, 19, 20] {
        let sizes: Vec<usize> = batches(store, batch).await.iter().map(Vec::len).collect();
        assert!(sizes.iter().all(|size| (1..=batch).contains(size)), "batches of {batch} have the sizes {sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 20, "all records come in batches of {batch}");
    }
}

/// A batch of zero is taken for one of one: a stream that never gets anywhere helps nobody.
pub async fn a_batch_of_none_is_a_batch_of_one(store: &Store) {
    seed_rows(store, 0..3).await;

    let sizes: Vec<usize> = batches(store, 0).await.iter().map(Vec::len).collect();

    assert_eq!(sizes, [1, 1, 1], "the sizes of the batches");
}

/// A batch may be larger than the set, however much.
pub async fn a_batch_may_be_larger_than_the_set(store: &Store) {
    seed_rows(store, 0..3).await;

    for batch in [4, usize::MAX] {
        let rows = batches(store, batch).await.concat();
        assert_eq!(ids(&rows), (0..3).map(row).collect::<Vec<_>>(), "the ids in batches of {batch}");
    }
}

/// Ten thousand records come exactly once, in order.
pub async fn ten_thousand_records_stream_exactly_once(store: &Store) {
    seed_rows(store, 0..10_000).await;
    assert_count(store, 10_000).await;

    let rows = batches(store, 1_000).await.concat();

    assert_eq!(rows.len(), 10_000, "as many as there are");
    let wrong = rows.iter().enumerate().find(|(n, (id, record))| *id != row(*n) || record["n"] != json!(n));
    assert_eq!(wrong, None, "the first record that is not in its place");
}

/// While records are inserted, written and deleted around it, a stream gives each untouched record exactly once, and none
/// twice.
pub async fn untouched_records_stream_exactly_once_while_others_change(store: &Store) {
    seed_rows(store, (0..40).filter(|n| n % 2 == 0)).await;
    let touched = [10, 20, 30];

    let mut stream = store.stream_values(4);
    let mut rows = expect("the first batch", stream.next().await.expect("there is a first batch"));
    seed_rows(store, [1, 3, 21, 39]).await;
    let before = expect("the delete", store.delete_id(&row(0), &Guard::Nothing).await);
    let after = expect("the delete", store.delete_id(&row(30), &Guard::Nothing).await);
    assert_eq!((before, after), (DeleteOutcome::Deleted, DeleteOutcome::Deleted));
    for n in [10, 20] {
        expect("the replace", store.replace_id_value(&row(n), record(&json!({"n": "changed"}))).await);
    }
    while let Some(batch) = stream.next().await {
        rows.extend(expect("a batch", batch));
    }

    let streamed = ids(&rows);
    assert!(streamed.is_sorted_by(|a, b| a < b), "each once and in order: {streamed:?}");
    for n in (0..40).filter(|n| n % 2 == 0 && !touched.contains(n)) {
        assert!(streamed.contains(&row(n)), "{:?} was untouched and did not come: {streamed:?}", row(n));
    }
    for n in [10, 20] {
        assert!(streamed.contains(&row(n)), "{:?} was written and did not come: {streamed:?}", row(n));
    }
}

/// A stream can be dropped halfway; the store works on.
pub async fn a_stream_may_be_left_halfway(store: &Store) {
    seed_rows(store, 0..10).await;

    let mut stream = store.stream_values(3);
    expect("the first batch", stream.next().await.expect("there is a first batch"));
    drop(stream);

    assert_eq!(batches(store, 3).await.concat().len(), 10, "a later stream has all of them");
    seed_rows(store, 10..11).await;
    assert_count(store, 11).await;
}

/// Two streams over one store each give everything.
pub async fn two_streams_do_not_disturb_each_other(store: &Store) {
    seed_rows(store, 0..10).await;

    let (mut one, mut two) = (store.stream_values(3).fuse(), store.stream_values(4).fuse());
    let (mut first, mut second) = (Rows::new(), Rows::new());
    loop {
        let (a, b) = (one.next().await, two.next().await);
        if a.is_none() && b.is_none() {
            break;
        }
        first.extend(a.map(|batch| expect("a batch", batch)).unwrap_or_default());
        second.extend(b.map(|batch| expect("a batch", batch)).unwrap_or_default());
    }

    assert_eq!(ids(&first), (0..10).map(row).collect::<Vec<_>>(), "the first stream");
    assert_eq!(ids(&second), (0..10).map(row).collect::<Vec<_>>(), "the second stream");
}
