//! Many writers at once: the check and the write are one step, so that one wins and the others are told.
//!
//! The writers are tasks, so the cases prove the most on a runtime of several threads, as the tests have it. Those without
//! a guard are in [`unguarded`](super::unguarded).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Store;
use super::support::{
    ROUNDS, WRITERS, assert_absent, assert_count, assert_stored, expect, race, record, seed, written,
};
use crate::value::{
    DeleteOutcome, Guard, Id, IdempotencyKey, Patch, Path, Record, ValueError, ValueErrorKind, WriteOutcome,
};

fn version(token: i64) -> Guard {
    Guard::Version { path: Path::from("version"), token: json!(token) }
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
    one_write_or_delete_wins(store, &json!({"stock": 0}), &at(0), &Patch::new().set("stock", 1)).await;
}

/// Of eight writes under the version token that the first of them changes, exactly one is written.
pub async fn of_eight_writes_under_the_same_version_one_wins(store: &Store) {
    one_write_wins(store, &json!({"version": 1, "name": "Flux"}), &version(1), &Patch::new().set("version", 2)).await;
}

/// Of eight writes that expect the absence of what the first of them writes, exactly one is written.
pub async fn of_eight_writes_that_expect_an_absence_one_wins(store: &Store) {
    one_write_wins(store, &json!({"name": "Flux"}), &Guard::Exists.and("writer", None), &Patch::new()).await;
}

/// Asserts that of eight writes under `guard`, each of `breaks` and of its writer, one is written.
async fn one_write_wins(store: &Store, stored: &Value, guard: &Guard, breaks: &Patch) {
    let id = seed(store, "flux_cupcake", stored).await;

    for _ in 0..ROUNDS {
        expect("making the record", store.replace_id_value(&id, record(stored)).await);
        let outcomes = race(store, |store, n| {
            let (id, patch, guard) = (id.clone(), breaks.clone().set("writer", n), guard.clone());
            async move { expect("the write", store.write(&id, &patch, &guard).await) }
        })
        .await;

        let winners: Vec<i64> =
            (0..).zip(&outcomes).filter(|(_, o)| matches!(o, WriteOutcome::Written(_))).map(|(n, _)| n).collect();
        assert_eq!(winners.len(), 1, "one of eight wins: {outcomes:?}");
        let mut wanted = record(stored);
        breaks.clone().set("writer", winners[0]).apply(&mut wanted);
        assert_stored(store, &id, &wanted.into()).await;
    }
}

/// Of writes and deletes under the version token that the first of the writes changes, exactly one wins.
pub async fn a_write_and_a_delete_under_the_same_version_do_not_both_win(store: &Store) {
    one_write_or_delete_wins(store, &json!({"version": 1}), &version(1), &Patch::new().set("version", 2)).await;
}

/// Of writes and deletes that expect the absence of what the first of the writes writes, exactly one wins.
pub async fn a_write_and_a_delete_that_expect_an_absence_do_not_both_win(store: &Store) {
    one_write_or_delete_wins(store, &json!({}), &Guard::Exists.and("note", None), &Patch::new().set("note", "new"))
        .await;
}

/// Asserts that of writes of `breaks` and of deletes, all under `guard`, one wins.
async fn one_write_or_delete_wins(store: &Store, stored: &Value, guard: &Guard, breaks: &Patch) {
    for round in 0..ROUNDS {
        let id = seed(store, "flux_cupcake", stored).await;

        let wins = race(store, |store, n| {
            let (id, patch, guard) = (id.clone(), breaks.clone(), guard.clone());
            async move {
                if writes(round, n) {
                    let outcome = expect("the write", store.write(&id, &patch, &guard).await);
                    return matches!(outcome, WriteOutcome::Written(_));
                }
                expect("the delete", store.delete_id(&id, &guard).await) == DeleteOutcome::Deleted
            }
        })
        .await;

        let won = wins.iter().filter(|won| **won).count();
        assert_eq!(
            won,
            1,
            "one of eight wins ({} ones write): {wins:?}",
            if writes(round, 0) { "even" } else { "odd" }
        );
        expect("the delete", store.delete_all().await);
    }
}

/// Whether the `n`th of the writers writes, in this round, and does not delete: the first does now the one and now the
/// other, so that each has the chance to look before the other has acted.
fn writes(round: i64, n: i64) -> bool {
    (round + n) % 2 == 0
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
