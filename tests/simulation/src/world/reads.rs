//! Reading through a link, and from a cache.

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt as _};
use vantage_live::{Capabilities, Id, Operation, ReadableValueSet, Record, ValueError, ValueErrorKind};

use super::store::{Ask, Reply};
use super::{Disk, Happened, Link};

impl Link {
    async fn rows(&self, ask: Ask) -> Result<Vec<(Id, Record)>, ValueError> {
        match self.ask(ask).await {
            Ok(Reply::Rows(rows)) => Ok(rows),
            Ok(other) => Err(odd(Operation::Read, &other)),
            Err(kind) => Err(Link::error(Operation::Read, None, kind)),
        }
    }
}

/// The store has answered something else than it was asked: a fault of the simulation.
pub(super) fn odd(operation: Operation, reply: &Reply) -> ValueError {
    Link::error(operation, None, ValueErrorKind::Unreadable(format!("{reply:?}")))
}

#[async_trait]
impl ReadableValueSet for Link {
    fn name(&self) -> &'static str {
        "product"
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        self.rows(Ask::Page { after: None, limit: usize::MAX }).await
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        match self.ask(Ask::Read(id.clone())).await {
            Ok(Reply::Found(record)) => Ok(record),
            Ok(other) => Err(odd(Operation::Read, &other)),
            Err(kind) => Err(Link::error(Operation::Read, Some(id), kind)),
        }
    }

    async fn get_id_values(&self, ids: &[Id]) -> Result<Vec<(Id, Record)>, ValueError> {
        self.rows(Ask::ReadMany(ids.to_vec())).await
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        Ok(self.rows(Ask::Page { after: None, limit: 1 }).await?.pop())
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        // `Some(after)` while there may be more.
        stream::unfold(Some(None), move |after: Option<Option<Id>>| async move {
            let rows = match self.rows(Ask::Page { after: after?, limit: batch.max(1) }).await {
                Ok(rows) => rows,
                Err(error) => return Some((Err(error), None)),
            };
            let last = rows.last()?.0.clone();
            Some((Ok(rows), Some(Some(last))))
        })
        .boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        match self.ask(Ask::Count).await {
            Ok(Reply::Counted(count)) => Ok(count),
            Ok(other) => Err(odd(Operation::Count, &other)),
            Err(kind) => Err(Link::error(Operation::Count, None, kind)),
        }
    }
}

impl Disk {
    /// One call: it takes its time, and fails now and then.
    pub(super) async fn go(&self, operation: Operation) -> Result<(), ValueError> {
        let (delay, fails) = self.world.with(|state| {
            let rough = state.roughness;
            (state.chance.between(0, 500), state.chance.in_a_thousand(rough.cache_failed))
        });
        self.world.sleep(std::time::Duration::from_micros(delay)).await;
        if fails {
            self.world.tell(Happened::CacheFailed, [0, 0], || format!("a cache fails to {operation}"));
            return Err(ValueError::new(operation, "cache", ValueErrorKind::Unreachable));
        }
        Ok(())
    }
}

#[async_trait]
impl ReadableValueSet for Disk {
    fn name(&self) -> &'static str {
        "cache"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { outlives_process: true, ..self.table.capabilities() }
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        self.go(Operation::Read).await?;
        self.table.get_values().await
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        self.go(Operation::Read).await?;
        self.table.get_id_value(id).await
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        self.go(Operation::Read).await?;
        self.table.get_some_value().await
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        stream::unfold(Some(self.table.stream_values(batch)), move |rows| async move {
            let mut rows = rows?;
            if let Err(error) = self.go(Operation::Read).await {
                return Some((Err(error), None));
            }
            Some((rows.next().await?, Some(rows)))
        })
        .boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        self.go(Operation::Count).await?;
        self.table.count().await
    }
}
