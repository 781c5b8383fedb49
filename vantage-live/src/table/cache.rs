//! The cache: rows from it while the backend is still being listed, and rows to it behind every change.

use std::collections::{BTreeSet, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, TryStreamExt};

use super::rows::{Entry, Snapshot};
use super::shared::Shared;
use super::uncached::Tell;
use crate::entity::LiveEntity;
use crate::value::{Guard, Id, Record, RwValueSet, ValueError};

/// How many rows one write to the cache takes.
const BATCH: usize = 256;
/// How long the worker waits after a write that failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Shows what the cache has, and says whether that was anything. The list of the backend that follows corrects it.
pub(super) async fn load<E: LiveEntity>(shared: &Arc<Shared<E>>) -> Result<bool, ValueError> {
    let Some(cache) = &shared.cache else { return Ok(false) };
    let mut batches = cache.stream_values(shared.batch);
    let mut found = false;
    while let Some(batch) = batches.try_next().await? {
        found |= !batch.is_empty();
        let seen: Vec<_> = batch.into_iter().map(|(id, record)| (shared.see(&id, Some(&record)), id)).collect();
        shared.change(|core| {
            for (seen, id) in seen {
                core.load(&id, seen);
            }
        });
    }
    Ok(found)
}

/// The worker. However it ends, another one can be started.
struct Worker<E: LiveEntity> {
    shared: Arc<Shared<E>>,
    is_done: bool,
}

impl<E: LiveEntity> Drop for Worker<E> {
    fn drop(&mut self) {
        if !self.is_done {
            // Not through `change`, which would start another worker on a runtime that may be gone.
            self.shared.core.lock().uncached.stops();
        }
    }
}

/// Writes to the cache until it has been told everything. One worker per table, so the last state of a row wins.
pub(super) async fn work<E: LiveEntity>(shared: Arc<Shared<E>>) {
    let Some(cache) = &shared.cache else { return };
    let mut worker = Worker { shared: Arc::clone(&shared), is_done: false };
    loop {
        let Some(tell) = shared.change(|core| core.uncached.take(BATCH)) else {
            worker.is_done = true;
            return;
        };
        let again = AssertUnwindSafe(told(&shared, &**cache, tell)).catch_unwind().await.unwrap_or(Some(Tell::All));
        if shared.is_closed() {
            return;
        }
        if let Some(again) = again {
            tracing::warn!(table = shared.table(), "the cache did not take what has changed, trying again");
            shared.change(|core| core.uncached.put_back(again));
            shared.env.sleep(shared.env.jittered(PAUSE)).await;
        }
    }
}

/// Tells the cache, and answers with what it must be told again.
async fn told<E: LiveEntity>(shared: &Arc<Shared<E>>, cache: &dyn RwValueSet, tell: Tell) -> Option<Tell> {
    match tell {
        Tell::Rows(ids) => {
            let failed = write(cache, &shared.rows.load_full(), ids).await;
            (!failed.is_empty()).then_some(Tell::Rows(failed))
        }
        Tell::All => match differing(shared, cache).await {
            Ok(ids) => {
                let mut failed = false;
                for ids in ids.chunks(BATCH) {
                    let ids = ids.iter().cloned().collect();
                    failed |= !write(cache, &shared.rows.load_full(), ids).await.is_empty();
                    if failed || shared.is_closed() {
                        break;
                    }
                }
                failed.then_some(Tell::All)
            }
            Err(error) => {
                tracing::warn!(table = shared.table(), %error, "the cache could not be read");
                Some(Tell::All)
            }
        },
    }
}

/// What the cache has otherwise than the rows: a record that is no row, and rows that it has not, or not like this.
async fn differing<E: LiveEntity>(shared: &Arc<Shared<E>>, cache: &dyn RwValueSet) -> Result<Vec<Id>, ValueError> {
    let snapshot = shared.rows.load_full();
    let mut missing: HashSet<&Id> = snapshot.rows.keys().collect();
    let mut differing = Vec::new();
    let mut batches = cache.stream_values(shared.batch);
    while let Some(batch) = batches.try_next().await? {
        for (id, record) in batch {
            missing.remove(&id);
            if stored(&snapshot, &id).as_ref() != Some(&record) {
                differing.push(id);
            }
        }
    }
    differing.extend(missing.into_iter().cloned());
    Ok(differing)
}

/// The record that the cache is to have.
fn stored<E: LiveEntity>(snapshot: &Snapshot<E>, id: &Id) -> Option<Record> {
    // It was written once, when the row was decoded; should it fail now, the cache is better without it.
    snapshot.rows.get(id).map(Entry::record)?.ok()
}

/// Makes the cache have these rows as they are, and answers with those that it did not take.
async fn write<E: LiveEntity>(cache: &dyn RwValueSet, snapshot: &Snapshot<E>, ids: BTreeSet<Id>) -> BTreeSet<Id> {
    let (mut rows, mut gone) = (Vec::new(), Vec::new());
    for id in ids {
        match stored(snapshot, &id) {
            Some(record) => rows.push((id, record)),
            None => gone.push((id, Guard::Nothing)),
        }
    }
    let ids: Vec<Id> = rows.iter().map(|(id, _)| id).chain(gone.iter().map(|(id, _)| id)).cloned().collect();
    let written = cache.replace_id_values(rows).await.into_iter().map(|answer| answer.is_err());
    let deleted = cache.delete_ids(gone).await.into_iter().map(|answer| answer.is_err());
    ids.into_iter().zip(written.chain(deleted)).filter(|(_, failed)| *failed).map(|(id, _)| id).collect()
}
