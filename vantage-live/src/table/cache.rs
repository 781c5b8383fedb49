//! The cache: rows from it while the backend is still being listed, and rows to it behind every change.

use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;

use super::core::{Seen, Taken};
use super::order::Source;
use super::shared::Shared;
use super::subscribe::Origin;
use crate::entity::LiveEntity;
use crate::value::{Guard, Id, RwValueSet, ValueError};

/// How many rows one write to the cache takes.
const BATCH: usize = 256;
/// How long the worker waits after a write that failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Shows what the cache has, and says whether that was anything. The list of the backend that follows corrects it.
pub(super) async fn load<E: LiveEntity>(shared: &Arc<Shared<E>>) -> Result<bool, ValueError> {
    let Some(cache) = &shared.cache else { return Ok(false) };
    let began = shared.change(|core| core.moments.next());
    let mut batches = cache.stream_values(shared.batch);
    let mut found = false;
    while let Some(batch) = batches.try_next().await? {
        found |= !batch.is_empty();
        let seen: Vec<_> = batch.into_iter().map(|(id, record)| (Seen::of(&id, Some(record)), id)).collect();
        shared.change(|core| {
            for (seen, id) in seen {
                let taken = core.observe(&id, seen, Source::Request { began, write: false }, Origin::Remote);
                if taken != Taken::Shown {
                    // P7: something newer is known of it. What becomes of the row, the cache is to have too.
                    core.uncached.add(&id);
                }
            }
        });
    }
    Ok(found)
}

async fn ids(cache: &dyn RwValueSet, batch: usize) -> Result<Vec<Id>, ValueError> {
    let mut ids = Vec::new();
    let mut batches = cache.stream_values(batch);
    while let Some(batch) = batches.try_next().await? {
        ids.extend(batch.into_iter().map(|(id, _)| id));
    }
    Ok(ids)
}

/// Writes to the cache until it has been told everything. One worker per table, so the last state of a row wins.
pub(super) async fn work<E: LiveEntity>(shared: Arc<Shared<E>>) {
    let Some(cache) = &shared.cache else { return };
    loop {
        if shared.change(|core| core.uncached.take_unread()) {
            match ids(&**cache, shared.batch).await {
                // What is no row is deleted from the cache, and the rest written over.
                Ok(ids) => shared.change(|core| ids.iter().for_each(|id| core.uncached.add(id))),
                Err(error) => {
                    tracing::warn!(table = shared.table(), %error, "the cache could not be read, trying again");
                    shared.change(|core| core.uncached.must_be_read());
                    shared.env.sleep(shared.env.jittered(PAUSE)).await;
                }
            }
            if shared.is_closed() {
                return;
            }
        }
        let Some(batch) = shared.change(|core| core.uncached.take_batch(BATCH)) else { return };
        let (mut rows, mut gone) = (Vec::new(), Vec::new());
        let snapshot = shared.rows.load_full();
        for id in batch {
            match snapshot.rows.get(&id).map(super::rows::Entry::record) {
                Some(Ok(record)) => rows.push((id, record)),
                // It was written once, when the row was decoded; should it fail now, the cache is better without it.
                Some(Err(_)) | None => gone.push((id, Guard::Nothing)),
            }
        }
        let failed: Vec<Id> = {
            let ids: Vec<Id> = rows.iter().map(|(id, _)| id).chain(gone.iter().map(|(id, _)| id)).cloned().collect();
            let written = cache.replace_id_values(rows).await.into_iter().map(|answer| answer.is_err());
            let deleted = cache.delete_ids(gone).await.into_iter().map(|answer| answer.is_err());
            ids.into_iter().zip(written.chain(deleted)).filter(|(_, failed)| *failed).map(|(id, _)| id).collect()
        };
        if shared.is_closed() {
            return;
        }
        if !failed.is_empty() {
            tracing::warn!(
                table = shared.table(),
                rows = failed.len(),
                "the cache did not take these rows, trying again"
            );
            shared.change(|core| failed.iter().for_each(|id| core.uncached.add(id)));
            shared.env.sleep(shared.env.jittered(PAUSE)).await;
        }
    }
}
