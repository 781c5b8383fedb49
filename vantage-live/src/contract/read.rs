//! Reading: what is there, what is not, and in which order.

use std::collections::BTreeMap;

use futures::StreamExt;
use serde_json::json;

use super::Store;
use super::support::{assert_count, assert_same, assert_stored, expect, missing, record, seed, seed_many};
use crate::value::{Id, Record};

/// `get_id_value` answers with the record that stands under the id.
pub async fn a_record_is_read_by_its_id(store: &Store) {
    let cupcake = seed(store, "flux_cupcake", &json!({"name": "Flux Cupcake", "price": 120})).await;
    let pie = seed(store, "sea_pie", &json!({"name": "Sea Pie", "price": 350})).await;

    assert_stored(store, &cupcake, &json!({"name": "Flux Cupcake", "price": 120})).await;
    assert_stored(store, &pie, &json!({"name": "Sea Pie", "price": 350})).await;
}

/// A missing id is no error: `get_id_value` answers `None`.
pub async fn a_missing_id_reads_as_none(store: &Store) {
    seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let missing = missing(store).await;

    let found = expect("reading", store.get_id_value(&missing).await);

    assert_eq!(found, None, "there is no record under {missing:?}");
}

/// A record has the columns that were written into it and no other: its id is not among them, whichever way it is read.
pub async fn the_id_stands_beside_the_record_and_not_in_it(store: &Store) {
    let wanted = json!({"name": "Flux Cupcake"});
    let id = seed(store, "flux_cupcake", &wanted).await;

    let by_id = expect("reading", store.get_id_value(&id).await).expect("the record is there");
    let all = expect("reading all", store.get_values().await);
    let some = expect("reading some", store.get_some_value().await).expect("there is a record");
    let many = expect("reading many", store.get_id_values(std::slice::from_ref(&id)).await);
    let streamed = expect("streaming", store.stream_values(10).next().await.expect("there is a batch"));

    assert_same("the record from get_id_value", &by_id, &wanted);
    for (what, found) in [("get_values", &all[0]), ("get_some_value", &some), ("get_id_values", &many[0])] {
        assert_eq!(found.0, id, "the id from {what}");
        assert_same(&format!("the record from {what}"), &found.1, &wanted);
    }
    assert_eq!(streamed[0].0, id, "the id from stream_values");
    assert_same("the record from stream_values", &streamed[0].1, &wanted);
}

/// `get_values` answers with every record, in the order of the ids: text by its characters, capitals first, not as a
/// language would sort it.
pub async fn all_records_come_in_the_order_of_their_ids(store: &Store) {
    let mut wanted = Vec::new();
    for name in ["b", "a", "B", "ä", "a2", "a10", "Z", "_"] {
        wanted.push(seed(store, name, &json!({"name": name})).await);
    }
    wanted.sort();

    let found = expect("reading all", store.get_values().await);

    let ids: Vec<Id> = found.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, wanted, "the order of the ids");
}

/// An empty set has no records, none to choose one of, and a count of zero; its stream has no batch.
pub async fn an_empty_set_reads_as_empty(store: &Store) {
    assert_eq!(expect("reading all", store.get_values().await), vec![]);
    assert_eq!(expect("reading some", store.get_some_value().await), None);
    assert_count(store, 0).await;
    let batches = store.stream_values(10).count().await;
    assert_eq!(batches, 0, "the batches of an empty set");
}

/// `get_some_value` answers with one of the records, whichever.
pub async fn some_record_is_one_of_the_records(store: &Store) {
    let cupcake = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let pie = seed(store, "sea_pie", &json!({"price": 350})).await;

    let (id, record) = expect("reading some", store.get_some_value().await).expect("there are two records");

    assert!([&cupcake, &pie].contains(&&id), "{id:?} is neither {cupcake:?} nor {pie:?}");
    let price = if id == cupcake { 120 } else { 350 };
    assert_same("the record", &record, &json!({"price": price}));
}

/// `get_id_values` answers with each record that is there exactly once: a missing id is left out, and an id that is
/// asked for twice is found once.
pub async fn many_ids_find_each_record_that_is_there_once(store: &Store) {
    let cupcake = seed(store, "flux_cupcake", &json!({"price": 120})).await;
    let pie = seed(store, "sea_pie", &json!({"price": 350})).await;
    seed(store, "time_tart", &json!({"price": 220})).await;
    let missing = missing(store).await;

    let asked = [pie.clone(), missing, cupcake.clone(), pie.clone()];
    let mut found = expect("reading many", store.get_id_values(&asked).await);
    found.sort_by(|(a, _), (b, _)| a.cmp(b));

    let mut wanted = [(cupcake, 120), (pie, 350)];
    wanted.sort();
    let ids: Vec<&Id> = found.iter().map(|(id, _)| id).collect();
    assert_eq!(ids, wanted.iter().map(|(id, _)| id).collect::<Vec<_>>(), "the ids that were found");
    for ((_, record), (id, price)) in found.iter().zip(wanted) {
        assert_same(&format!("the record {id:?}"), record, &json!({"price": price}));
    }
}

/// `get_values`, `get_id_values` and `count` stop at no number: of 300 records they find 300.
pub async fn three_hundred_records_are_all_found(store: &Store) {
    let rows = (0..300).map(|n| (Id::from(format!("row_{n:03}")), record(&json!({"n": n}))));
    let ids = seed_many(store, rows.collect()).await;

    let all = expect("reading all", store.get_values().await);
    let many = expect("reading many", store.get_id_values(&ids).await);

    assert_count(store, 300).await;
    for (what, found) in [("get_values", all), ("get_id_values", many)] {
        let found: BTreeMap<Id, Record> = found.into_iter().collect();
        for (n, id) in ids.iter().enumerate() {
            let Some(record) = found.get(id) else { panic!("{what} finds {} of 300, and not {id:?}", found.len()) };
            assert_same(&format!("the record {id:?} from {what}"), record, &json!({"n": n}));
        }
        assert_eq!(found.len(), 300, "the records from {what}");
    }
}

/// `get_id_values` of no ids answers with no records, not with all of them.
pub async fn no_ids_find_nothing(store: &Store) {
    seed(store, "flux_cupcake", &json!({"price": 120})).await;

    assert_eq!(expect("reading many", store.get_id_values(&[]).await), vec![]);
}

/// `count` answers how many records there are.
pub async fn counting_counts_every_record(store: &Store) {
    seed(store, "flux_cupcake", &json!({"price": 120})).await;
    seed(store, "sea_pie", &json!({})).await;
    seed(store, "time_tart", &json!({"price": null})).await;

    assert_count(store, 3).await;
}
