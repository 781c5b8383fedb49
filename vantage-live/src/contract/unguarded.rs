//! Many writers at once without a guard on what they write: each write is one step all the same.

use std::pin::pin;
use std::sync::Arc;

use futures::future::select;
use serde_json::json;

use super::Store;
use super::support::{ROUNDS, WRITERS, assert_absent, assert_stored, expect, race, record, seed, written};
use crate::value::{Guard, Id, Patch, Record};

/// Eight writes under `Guard::Nothing` of eight fields of a record that is not there yet all stay: one of them makes the
/// record, and the others write into it.
pub async fn writes_that_make_a_record_together_all_stay(store: &Store) {
    let can = store.capabilities();
    if !(can.patch && can.client_ids) {
        return;
    }
    for round in 0..ROUNDS {
        let id = Id::from(format!("flux_cupcake_{round}"));

        race(store, |store, n| {
            let (id, patch) = (id.clone(), Patch::new().set(format!("f{n}"), n));
            async move {
                let image = written(store.write(&id, &patch, &Guard::Nothing).await);
                assert_eq!(image.get(&format!("f{n}")), Some(&json!(n)), "what was written, in the after-image");
            }
        })
        .await;

        let wanted: Record = (0..WRITERS).map(|n| (format!("f{n}"), json!(n))).collect();
        assert_stored(store, &id, &wanted.into()).await;
    }
}

/// While records are replaced, a reader finds each of them, as it was or as it is: never none, and never half of one.
pub async fn a_replace_is_never_seen_half_way(store: &Store) {
    never_seen_half_way(store, |store, id, n| async move {
        let whole = json!({"left": n, "right": n, format!("writer_{n}"): true});
        expect("the replace", store.replace_id_value(&id, record(&whole)).await);
    })
    .await;
}

/// While a record is written, a reader finds all of what a write writes or nothing of it.
pub async fn a_write_is_never_seen_half_way(store: &Store) {
    if !store.capabilities().patch {
        return;
    }
    never_seen_half_way(store, |store, id, n| async move {
        let patch = Patch::new().set("left", n).set("right", n);
        drop(written(store.write(&id, &patch, &Guard::Exists).await));
    })
    .await;
}

/// Asserts that a reader always finds the record, and the two halves that `write` writes alike, while eight write.
async fn never_seen_half_way<F>(store: &Store, write: impl Fn(Store, Id, i64) -> F + Copy + Send + Sync + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    const TIMES: i64 = 4;
    let id = seed(store, "flux_cupcake", &json!({"left": 0, "right": 0})).await;

    let writing = race(store, |store, n| {
        let id = id.clone();
        async move {
            for time in 0..TIMES {
                write(Arc::clone(&store), id.clone(), n * TIMES + time).await;
            }
        }
    });
    let reading = async {
        loop {
            let Some(found) = expect("reading", store.get_id_value(&id).await) else {
                panic!("{id:?} is only ever written, and a reader finds no record");
            };
            assert_eq!(found.get("left"), found.get("right"), "the two halves of a write, in {found:?}");
            // A store in memory never waits: without this no one else would run where there is one thread.
            tokio::task::yield_now().await;
        }
    };
    select(pin!(writing), pin!(reading)).await;
}

/// A write under `Guard::Exists` does not bring a record back that is deleted at the same time.
pub async fn a_write_does_not_bring_back_what_is_deleted_meanwhile(store: &Store) {
    if !store.capabilities().patch {
        return;
    }
    for round in 0..ROUNDS {
        let id = seed(store, "flux_cupcake", &json!({"stock": 0})).await;

        race(store, |store, n| {
            let id = id.clone();
            async move {
                // The first does now the one and now the other, so that each may look before the other has acted.
                if (round + n) % 2 == 0 {
                    let answer = store.write(&id, &Patch::new().set("stock", n), &Guard::Exists).await;
                    drop(expect("the write", answer));
                } else {
                    let _ = expect("the delete", store.delete_id(&id, &Guard::Nothing).await);
                }
            }
        })
        .await;

        assert_absent(store, &id).await;
    }
}
