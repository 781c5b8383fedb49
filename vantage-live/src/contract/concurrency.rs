//! Many writers at once: the check and the write are one step, so that one wins and the others are told.
//!
//! The writers are tasks, so the cases prove the most on a runtime of several threads, as the tests have it.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Store;
use super::run::joined;
use super::support::{assert_absent, assert_count, assert_stored, expect, seed, written};
use crate::value::{
    DeleteOutcome, Guard, Id, IdempotencyKey, Patch, Path, Record, ValueError, ValueErrorKind, WriteOutcome,
};

/// How many write at once.
const WRITERS: i64 = 8;

/// How often a race is run: one that is lost once in ten would not show in one.
const ROUNDS: i64 = 10;

/// Runs `task` for each of the writers at the same time and answers with their answers.
async fn race<T, F>(store: &Store, task: impl Fn(Store, i64) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..WRITERS).map(|n| tokio::spawn(task(Arc::clone(store), n))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(joined(task).await);
    }
    answers
}

fn at(stock: i64) -> Guard {
    Guard::Exists.and("stock", Some(json!(stock)))
}

/// Of eight writes whose guards all hold at first, exactly one is written, and its values are in the store.
pub async fn of_eight_writes_under_the_same_guard_one_wins(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"stock": 0, "writer": null})).await;

    for round in 0..ROUNDS {
        let outcomes = race(store, |store, n| {
            let (id, patch) = (id.clone(), Patch::new().set("stock", round + 1).set("writer", n));
            async move { expect("the write", store.write(&id, &patch, &at(round)).await) }
        })
        .await;

        let winners: Vec<i64> =
            (0..).zip(&outcomes).filter(|(_, o)| matches!(o, WriteOutcome::Written(_))).map(|(n, _)| n).collect();
        assert_eq!(winners.len(), 1, "one of eight wins: {outcomes:?}");
        assert_stored(store, &id, &json!({"stock": round + 1, "writer": winners[0]})).await;
    }
}

/// A counter that eight count up with compare-and-set, ten times each, stands at the number of wins: 80.
pub async fn a_counter_counts_every_win(store: &Store) {
    const TIMES: i64 = 10;
    let id = seed(store, "flux_cupcake", &json!({"stock": 0, "legacy": true})).await;

    let wins = race(store, |store, _| {
        let id = id.clone();
        async move {
            let (mut seen, mut wins, mut refusals) = (0, 0, 0);
            while wins < TIMES {
                // Each refusal shows a win of another that was not seen yet.
                assert!(refusals <= WRITERS * TIMES, "refused {refusals} times, where others win {TIMES} times each");
                match expect("the write", store.write(&id, &Patch::new().set("stock", seen + 1), &at(seen)).await) {
                    WriteOutcome::Written(_) => {
                        wins += 1;
                        seen += 1;
                    }
                    WriteOutcome::Refused(now) => {
                        refusals += 1;
                        seen = now["stock"].as_i64().expect("the counter is a number");
                    }
                    WriteOutcome::Gone => panic!("nobody has deleted the counter"),
                }
            }
            wins
        }
    })
    .await;

    assert_stored(store, &id, &json!({"stock": wins.iter().sum::<i64>(), "legacy": true})).await;
}

/// The record that comes with a refusal is at least as new as the one that refused: the guard does not hold for it.
pub async fn a_refusal_shows_what_refused_it(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"stock": 0})).await;

    for round in 0..ROUNDS {
        let outcomes = race(store, |store, _| {
            let id = id.clone();
            async move { expect("the write", store.write(&id, &Patch::new().set("stock", round + 1), &at(round)).await) }
        })
        .await;

        for outcome in outcomes {
            if let WriteOutcome::Refused(now) = outcome {
                assert_eq!(now.get("stock"), Some(&json!(round + 1)), "the record that comes with the refusal");
            }
        }
    }
}

/// Of eight deletes of one record exactly one answers `Deleted`, and the others `Gone`.
pub async fn of_eight_deletes_one_finds_the_record(store: &Store) {
    for _ in 0..ROUNDS {
        let id = seed(store, "flux_cupcake", &json!({"stock": 0})).await;

        let outcomes = race(store, |store, _| {
            let id = id.clone();
            async move { expect("the delete", store.delete_id(&id, &Guard::Nothing).await) }
        })
        .await;

        let deleted = outcomes.iter().filter(|outcome| **outcome == DeleteOutcome::Deleted).count();
        assert_eq!(deleted, 1, "one of eight deletes it: {outcomes:?}");
        assert_absent(store, &id).await;
    }
}

/// Of writes and deletes under a guard that the first of them breaks, exactly one wins.
pub async fn a_write_and_a_delete_under_the_same_guard_do_not_both_win(store: &Store) {
    for _ in 0..ROUNDS {
        let id = seed(store, "flux_cupcake", &json!({"stock": 0})).await;

        let wins = race(store, |store, n| {
            let id = id.clone();
            async move {
                if n % 2 == 0 {
                    let outcome = expect("the write", store.write(&id, &Patch::new().set("stock", 1), &at(0)).await);
                    return matches!(outcome, WriteOutcome::Written(_));
                }
                expect("the delete", store.delete_id(&id, &at(0)).await) == DeleteOutcome::Deleted
            }
        })
        .await;

        assert_eq!(wins.iter().filter(|won| **won).count(), 1, "one of eight wins (even ones write): {wins:?}");
        expect("the delete", store.delete_all().await);
    }
}

/// Of eight inserts of one id exactly one makes the record, and the others find the id taken.
pub async fn of_eight_inserts_of_one_id_one_wins(store: &Store) {
    if !store.capabilities().client_ids {
        return;
    }
    for round in 0..ROUNDS {
        let id = Id::from(format!("flux_cupcake_{round}"));
        let answers: Vec<Result<_, ValueError>> = race(store, |store, n| {
            let (id, record) = (id.clone(), [("writer".to_owned(), json!(n))].into_iter().collect());
            async move { store.insert_id_value(&id, record).await }
        })
        .await;

        let winners: Vec<&Value> = answers.iter().flatten().map(|record| &record["writer"]).collect();
        assert_eq!(winners.len(), 1, "one of eight wins: {answers:?}");
        assert_stored(store, &id, &json!({"writer": winners[0]})).await;
        for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert_eq!(error.kind, ValueErrorKind::AlreadyExists, "the answer to those who come later");
        }
    }
}

/// Eight writers of eight fields of one record all stay: none writes an older state of the others' fields back.
pub async fn writes_to_different_fields_all_stay(store: &Store) {
    let id = seed(store, "flux_cupcake", &json!({"inventory": {}})).await;

    for round in 0..ROUNDS {
        race(store, |store, n| {
            let shelf = Path::from_iter(["inventory".to_owned(), format!("shelf_{n}")]);
            let (id, patch) = (id.clone(), Patch::new().set(shelf, round).set(format!("f{n}"), round));
            async move { drop(written(store.write(&id, &patch, &Guard::Exists).await)) }
        })
        .await;

        let inner: Record = (0..WRITERS).map(|n| (format!("shelf_{n}"), json!(round))).collect();
        let mut wanted: Record = (0..WRITERS).map(|n| (format!("f{n}"), json!(round))).collect();
        wanted.insert("inventory".to_owned(), inner.into());
        assert_stored(store, &id, &wanted.into()).await;
    }
}

/// Eight inserts with one key at once make one record, and all are answered with its id.
pub async fn one_key_makes_one_record_however_many_ask_at_once(store: &Store) {
    if !store.capabilities().idempotent_insert {
        return;
    }
    for round in 1..=ROUNDS {
        let key = Some(IdempotencyKey(Uuid::now_v7()));
        let mut ids: Vec<Id> = race(store, |store, _| {
            let record = [("price".to_owned(), json!(120))].into_iter().collect();
            async move { expect("the insert", store.insert_value(record, key).await).0 }
        })
        .await;

        ids.dedup();
        assert_eq!(ids.len(), 1, "all are answered with one id: {ids:?}");
        assert_count(store, round.unsigned_abs()).await;
    }
}
