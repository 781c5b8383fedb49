//! The wrapper: every call goes through the faults on its way there and back.

use async_trait::async_trait;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};

use super::Faults;
use super::plan::{Fault, UnderWay};
use crate::value::{
    Capabilities, DeleteOutcome, Guard, Id, IdempotencyKey, InsertableValueSet, Operation, Patch, ReadableValueSet,
    Record, ValueError, ValueErrorKind, WritableValueSet, WriteOutcome,
};

/// A value set behind a link that fails on command, for tests of what stands above a store: a call can fail before it
/// reaches the store, be held until the test lets it go on, be repeated, or take effect and lose its answer. The calls are
/// noted, so that a test can tell one round trip from two. Without a fault it is the value set that it wraps.
///
/// ```
/// use serde_json::json;
/// use vantage_live::contract::FaultyValueSet;
/// use vantage_live::{Guard, Id, ImTable, Operation, Patch, ReadableValueSet, ValueErrorKind, WritableValueSet};
///
/// # futures::executor::block_on(async {
/// let table = ImTable::new("product");
/// let store = FaultyValueSet::new(table.clone());
/// let faults = store.faults();
/// let id = Id::from("flux_cupcake");
/// store.insert_id_value(&id, json!({"price": 120}).as_object().unwrap().clone()).await.unwrap();
/// faults.forget_calls();
///
/// faults.next(Operation::Write).loses_its_answer();
/// let error = store.write(&id, &Patch::new().set("price", 130), &Guard::Exists).await.unwrap_err();
/// assert_eq!(error.kind, ValueErrorKind::OutcomeUnknown);
/// assert_eq!(table.get_id_value(&id).await.unwrap().unwrap()["price"], 130, "it was written all the same");
/// assert_eq!(faults.operations(), [Operation::Write], "one write, no reads");
///
/// faults.cut();
/// assert_eq!(store.get_id_value(&id).await.unwrap_err().kind, ValueErrorKind::Unreachable);
/// faults.restore();
/// assert!(store.get_id_value(&id).await.is_ok());
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct FaultyValueSet<S> {
    store: S,
    faults: Faults,
}

impl<S: ReadableValueSet> FaultyValueSet<S> {
    /// `store`, with no fault planned.
    pub fn new(store: S) -> Self {
        FaultyValueSet { store, faults: Faults::default() }
    }

    /// The handle that plans the faults and knows the calls. It works on when the value set has been given away.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    fn error(&self, operation: Operation, kind: ValueErrorKind, id: Option<&Id>) -> ValueError {
        let error = ValueError::new(operation, self.store.name(), kind);
        if let Some(id) = id { error.on(id) } else { error }
    }

    /// The way to the store: held, cut or failed, in this order.
    async fn go(&self, call: &UnderWay) -> Result<(), ValueErrorKind> {
        if let Some(Fault::HoldCall(gate)) = &call.fault {
            gate.pass().await;
        }
        if self.faults.has_lost(call) {
            return Err(ValueErrorKind::Unreachable);
        }
        if let Some(Fault::Fail(kind)) = &call.fault {
            return Err(kind.clone());
        }
        self.faults.sends(call);
        Ok(())
    }

    /// The way back.
    async fn come_back(&self, call: &UnderWay, operation: Operation) -> Result<(), ValueErrorKind> {
        if let Some(Fault::HoldAnswer(gate)) = &call.fault {
            gate.pass().await;
        }
        if matches!(call.fault, Some(Fault::LoseAnswer)) || self.faults.has_lost(call) {
            let has_outcome = !matches!(operation, Operation::Read | Operation::Count);
            return Err(if has_outcome { ValueErrorKind::OutcomeUnknown } else { ValueErrorKind::Unreachable });
        }
        if matches!(call.fault, Some(Fault::GarbleAnswer)) {
            return Err(ValueErrorKind::Unreadable("it was garbled on the way".to_owned()));
        }
        Ok(())
    }

    /// Sends a call there and its answer back; the error is what the caller sees in place of an answer.
    async fn pass<'c, T: Send>(
        &self,
        operation: Operation,
        ids: Vec<Id>,
        send: &(dyn Fn() -> BoxFuture<'c, T> + Send + Sync),
    ) -> Result<T, ValueErrorKind> {
        let call = self.faults.begin(operation, ids);
        self.go(&call).await?;
        let mut answer = send().await;
        if let Some(Fault::Double | Fault::Resend) = call.fault {
            self.faults.sends(&call);
            let second = send().await;
            if matches!(call.fault, Some(Fault::Resend)) {
                answer = second;
            }
        }
        self.come_back(&call, operation).await?;
        Ok(answer)
    }

    /// A call on one record, or on none in particular.
    async fn one<'c, T: Send>(
        &self,
        operation: Operation,
        id: Option<&Id>,
        send: impl Fn() -> BoxFuture<'c, Result<T, ValueError>> + Send + Sync,
    ) -> Result<T, ValueError> {
        match self.pass(operation, id.into_iter().cloned().collect(), &send).await {
            Ok(answer) => answer,
            Err(kind) => Err(self.error(operation, kind, id)),
        }
    }

    /// A batch: one call, whose fault meets all of its parts.
    async fn many<'c, T: Send>(
        &self,
        operation: Operation,
        ids: Vec<Id>,
        send: impl Fn() -> BoxFuture<'c, Vec<Result<T, ValueError>>> + Send + Sync,
    ) -> Vec<Result<T, ValueError>> {
        match self.pass(operation, ids.clone(), &send).await {
            Ok(answers) => answers,
            Err(kind) => ids.iter().map(|id| Err(self.error(operation, kind.clone(), Some(id)))).collect(),
        }
    }

    /// One step of a stream: one call.
    async fn step<T: Send>(&self, stream: &mut BoxStream<'_, Result<T, ValueError>>) -> Option<Result<T, ValueError>> {
        let call = self.faults.begin(Operation::Read, Vec::new());
        let fail = |kind| Some(Err(self.error(Operation::Read, kind, None)));
        if let Err(kind) = self.go(&call).await {
            return fail(kind);
        }
        let batch = stream.next().await;
        match self.come_back(&call, Operation::Read).await {
            Ok(()) => batch,
            Err(kind) => fail(kind),
        }
    }
}

fn ids<T>(rows: &[(Id, T)]) -> Vec<Id> {
    rows.iter().map(|(id, _)| id.clone()).collect()
}

#[async_trait]
impl<S: ReadableValueSet> ReadableValueSet for FaultyValueSet<S> {
    fn name(&self) -> &str {
        self.store.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    async fn get_values(&self) -> Result<Vec<(Id, Record)>, ValueError> {
        self.one(Operation::Read, None, || self.store.get_values()).await
    }

    async fn get_id_value(&self, id: &Id) -> Result<Option<Record>, ValueError> {
        self.one(Operation::Read, Some(id), || self.store.get_id_value(id)).await
    }

    async fn get_id_values(&self, ids: &[Id]) -> Result<Vec<(Id, Record)>, ValueError> {
        let answer = self.pass(Operation::Read, ids.to_vec(), &|| self.store.get_id_values(ids)).await;
        answer.unwrap_or_else(|kind| Err(self.error(Operation::Read, kind, None)))
    }

    async fn get_some_value(&self) -> Result<Option<(Id, Record)>, ValueError> {
        self.one(Operation::Read, None, || self.store.get_some_value()).await
    }

    fn stream_values(&self, batch: usize) -> BoxStream<'_, Result<Vec<(Id, Record)>, ValueError>> {
        stream::unfold(Some(self.store.stream_values(batch)), move |stream| async move {
            let mut stream = stream?;
            let batch = self.step(&mut stream).await?;
            // A stream ends after its first error.
            let rest = batch.is_ok().then_some(stream);
            Some((batch, rest))
        })
        .boxed()
    }

    async fn count(&self) -> Result<u64, ValueError> {
        self.one(Operation::Count, None, || self.store.count()).await
    }
}

#[async_trait]
impl<S: WritableValueSet> WritableValueSet for FaultyValueSet<S> {
    async fn write(&self, id: &Id, patch: &Patch, guard: &Guard) -> Result<WriteOutcome, ValueError> {
        self.one(Operation::Write, Some(id), || self.store.write(id, patch, guard)).await
    }

    async fn insert_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.one(Operation::Insert, Some(id), || self.store.insert_id_value(id, record.clone())).await
    }

    async fn replace_id_value(&self, id: &Id, record: Record) -> Result<Record, ValueError> {
        self.one(Operation::Replace, Some(id), || self.store.replace_id_value(id, record.clone())).await
    }

    async fn patch_id(&self, id: &Id, patch: &Patch) -> Result<Record, ValueError> {
        self.one(Operation::Write, Some(id), || self.store.patch_id(id, patch)).await
    }

    async fn delete_id(&self, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
        self.one(Operation::Delete, Some(id), || self.store.delete_id(id, guard)).await
    }

    async fn delete_all(&self) -> Result<u64, ValueError> {
        self.one(Operation::Delete, None, || self.store.delete_all()).await
    }

    async fn insert_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
        self.many(Operation::Insert, ids(&records), || self.store.insert_id_values(records.clone())).await
    }

    async fn replace_id_values(&self, records: Vec<(Id, Record)>) -> Vec<Result<Record, ValueError>> {
        self.many(Operation::Replace, ids(&records), || self.store.replace_id_values(records.clone())).await
    }

    async fn write_many(&self, writes: Vec<(Id, Patch, Guard)>) -> Vec<Result<WriteOutcome, ValueError>> {
        let ids = writes.iter().map(|(id, ..)| id.clone()).collect();
        self.many(Operation::Write, ids, || self.store.write_many(writes.clone())).await
    }

    async fn delete_ids(&self, deletes: Vec<(Id, Guard)>) -> Vec<Result<DeleteOutcome, ValueError>> {
        self.many(Operation::Delete, ids(&deletes), || self.store.delete_ids(deletes.clone())).await
    }
}

#[async_trait]
impl<S: InsertableValueSet> InsertableValueSet for FaultyValueSet<S> {
    async fn insert_value(&self, record: Record, key: Option<IdempotencyKey>) -> Result<(Id, Record), ValueError> {
        self.one(Operation::Insert, None, || self.store.insert_value(record.clone(), key)).await
    }
}
