//! Listing the backend: what it has is shown batch by batch, and what it does not have any more disappears (P7).

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

use foldhash::quality::RandomState;
use futures::TryStreamExt;

use super::core::{Core, Seen};
use super::order::{Moment, Room, Source};
use super::requests::STEP;
use super::shared::Shared;
use super::state::{Progress, count};
use crate::broken::{self, Broken};
use crate::entity::LiveEntity;
use crate::panics;
use crate::value::{Id, ValueError};

/// A list that is under way. However it ends, it is not any more.
struct Listing<'s, E: LiveEntity> {
    shared: &'s Arc<Shared<E>>,
    began: Moment,
    room: Room,
}

impl<'s, E: LiveEntity> Listing<'s, E> {
    fn begin(shared: &'s Arc<Shared<E>>) -> Self {
        let (began, room) = shared.change(Core::list_begins);
        Listing { shared, began, room }
    }

    /// Where what it tells comes from.
    fn source(&self) -> Source {
        Source::Request { began: self.began }
    }

    /// Takes in what it tells.
    fn tells(&mut self, seen: Vec<(Seen<E>, Id)>) {
        let source = self.source();
        self.shared.change(|core| {
            core.moments.list_tells(&mut self.room, seen.len());
            for (seen, id) in seen {
                core.list(&id, seen, source);
            }
        });
    }
}

impl<E: LiveEntity> Drop for Listing<'_, E> {
    fn drop(&mut self) {
        self.shared.core.lock().moments.list_ended(mem::take(&mut self.room));
    }
}

impl<E: LiveEntity> Shared<E> {
    /// Every id that a list must confirm.
    pub(super) fn ids(&self) -> Vec<Id> {
        // At one moment: between two a record may come to fit, or not to, and would be found in neither place.
        let (rejected, rows): (Vec<Id>, _) = {
            let core = self.core.lock();
            (core.rejected.keys().cloned().collect(), self.rows.load_full())
        };
        rejected.into_iter().chain(rows.rows.keys().cloned()).collect()
    }

    /// Lists the backend and shows the difference.
    pub(super) async fn list(self: &Arc<Self>) -> Result<(), ValueError> {
        self.list_and(|_| {}).await
    }

    /// Lists the backend, and tells the program how far that is.
    pub(super) async fn fill(self: &Arc<Self>) -> Result<(), ValueError> {
        let Some(progress) = &self.progress else { return self.list().await };
        let total = self.backend.count().await?;
        self.list_and(|rows| {
            let told = panics::caught(|| progress(Progress { rows, total: total.max(rows) }));
            if let Err(panic) = told {
                tracing::error!(table = self.table(), panic, "the callback for the progress has panicked");
            }
        })
        .await
    }

    /// Lists the backend, batch by batch: nobody waits for the lock longer than one takes.
    #[tracing::instrument(name = "list", level = "debug", skip_all, fields(table = self.table()))]
    async fn list_and(self: &Arc<Self>, listed: impl Fn(u64)) -> Result<(), ValueError> {
        let mut listing = Listing::begin(self);
        let source = listing.source();
        let mut ids = HashSet::with_capacity_and_hasher(self.rows.load().rows.len(), RandomState::default());
        let mut batches = self.backend.stream_values(self.batch);
        while let Some(batch) = batches.try_next().await? {
            let seen: Vec<_> = batch.into_iter().map(|(id, record)| (self.see(&id, Some(&record)), id)).collect();
            ids.extend(seen.iter().map(|(_, id)| id.clone()));
            listing.tells(seen);
            listed(ids.len() as u64);
        }
        if ids.is_empty() {
            listed(0);
        }
        if !broken::is(Broken::ListForgetsDeletions) {
            // P7: what the list does not have is gone.
            let gone: Vec<Id> = self.ids().into_iter().filter(|id| !ids.contains(id)).collect();
            for gone in gone.chunks(STEP) {
                self.change(|core| {
                    for id in gone {
                        core.list(id, Seen::Gone, source);
                    }
                });
            }
        }
        self.change(|core| core.moments.listed(listing.began));
        count(&self.counters.resyncs, 1);
        Ok(())
    }
}

#[cfg(all(test, feature = "derive"))]
#[expect(dead_code, reason = "nothing here names a field")]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use crate::value::Record;
    use crate::{ImTable, LiveTable, WritableValueSet as _};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, crate::LiveEntity)]
    #[live(crate = crate)]
    struct Product {
        price: i64,
    }

    #[tokio::test]
    async fn a_list_that_has_ended_leaves_no_room_behind() {
        let store = ImTable::new("product");
        for (name, price) in [("sea_pie", json!(299)), ("time_tart", json!("ask Doc"))] {
            store.insert_id_value(&name.into(), Record::from_iter([("price".to_owned(), price)])).await.unwrap();
        }
        let table = LiveTable::<Product>::builder(store).open().await.unwrap();

        table.refresh_all().await.unwrap();

        assert_eq!((table.rows().len(), table.rejected_rows().len()), (1, 1));
        assert_eq!(table.shared().core.lock().moments.room(), 0);
    }
}
