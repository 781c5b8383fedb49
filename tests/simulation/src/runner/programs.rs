//! Programs: they ask a table directly, and follow its events.

use vantage_live::dataset::{DataSetError, InsertableDataSet as _, WritableDataSet};
use vantage_live::{Guard, WritableValueSet, WriteOutcome};

use super::Run;
use super::reports::Came;
use super::tables::{Interest, Slow};
use crate::generation::Call;
use crate::model::{Broken, Promise, ensure};
use crate::product::{Product, plain, unheard, written};
use crate::profiles::PROCESSES;
use crate::world::{Happened, Owner};

impl Run<'_> {
    pub(super) fn program(&mut self, table: usize, call: Call) -> Result<(), Broken> {
        let Some((process, at)) = self.table_at(table) else { return Ok(()) };
        match call {
            Call::Subscribe { kind, record } => {
                let interest = match kind {
                    0 => Interest::All,
                    1 => Interest::Record(self.record(usize::from(record))),
                    _ => Interest::Prices,
                };
                if let Some(open) = &mut self.tables[process][at] {
                    open.slow = Some(Slow::new(&open.table, interest));
                }
                Ok(())
            }
            Call::Drain => self.drain(process, at),
            call => {
                self.ask(process, at, call);
                Ok(())
            }
        }
    }

    /// The slow subscriber reads what there is.
    pub(super) fn drain(&mut self, process: usize, at: usize) -> Result<(), Broken> {
        let most = self.story.setting.processes[process][at].event_buffer;
        let Some(open) = &mut self.tables[process][at] else { return Ok(()) };
        let Some(slow) = &mut open.slow else { return Ok(()) };
        let mut read = 0;
        while let Some(event) = slow.events.try_next() {
            read += 1;
            if slow.hears(event) {
                slow.reads_afresh(&open.table);
                self.world
                    .tell(Happened::Reset, [u64::from(open.number), 0], || "a slow subscriber reads afresh".into());
            }
        }
        let name = &open.model.name;
        ensure(read <= most, Promise::P8, || format!("{read} events waited for a subscriber of {name}, of {most}"))?;
        ensure(slow.knows(&open.table), Promise::P7, || {
            format!("a subscriber of {name} was told {:?}, of {:?}", slow.replica, open.table.rows())
        })
    }

    fn ask(&mut self, process: usize, at: usize, call: Call) {
        let actor = self.next_actor();
        self.unheard += 1;
        let fresh = self.unheard;
        let id = match call {
            Call::Hear { record } | Call::Write { record, .. } | Call::Replace { record } | Call::Delete { record } => {
                self.record(usize::from(record))
            }
            _ => vantage_live::Id::from("none"),
        };
        let Some(open) = &self.tables[process][at] else { return };
        let is_unfit = open.table.rejected_rows().iter().any(|row| row.id == id);
        let owner = Owner { process, table: open.number, actor: Some(actor) };
        let Some(report) = self.reporter_of(open.number, usize::MAX, actor) else { return };
        if matches!(call, Call::Replace { .. } | Call::Update) {
            self.bound.insert(actor);
        }
        self.world.tell(Happened::Waited, [u64::from(actor), 0], || {
            format!("a program asks table {at} of {} as {actor}: {call:?} of `{id}`", PROCESSES[process])
        });
        let work = async move {
            let table = report.table.clone();
            let came = match call {
                Call::RefreshAll => Came::Called("list", table.refresh_all().await, None),
                Call::Hear { .. } => Came::Called("hear", table.on_backend_change(id).await, None),
                Call::Write { field, .. } => {
                    let field = usize::from(field);
                    let patch = written(None, field, &unheard(field, fresh));
                    let written = WritableValueSet::write(&table, &id, &patch, &Guard::Exists).await;
                    let result = written.map(|outcome| matches!(outcome, WriteOutcome::Written(_)));
                    match result {
                        Ok(true) => Came::Called("write", Ok(()), Some(id)),
                        Ok(false) => Came::Called("refused", Ok(()), None),
                        Err(error) => Came::Called("write", Err(DataSetError::Store(error)), None),
                    }
                }
                Call::Replace { .. } => {
                    let product = plain(u8::try_from(fresh % 200).unwrap_or(0));
                    let replaced = WritableDataSet::replace_id(&table, &id, product).await.map(drop);
                    if is_unfit { Came::CalledOnUnfit(replaced) } else { Came::Called("replace", replaced, Some(id)) }
                }
                Call::Insert => match table.insert(plain(1)).await {
                    Ok(id) => Came::Called("insert", Ok(()), Some(id)),
                    Err(error) => Came::Called("insert", Err(error), None),
                },
                Call::DeleteAll => {
                    Came::Called("delete all", WritableDataSet::delete_all(&table).await.map(drop), None)
                }
                Call::Update => {
                    let mut change = |product: &mut Product| product.price += 1;
                    Came::Called("update", table.update(&mut change).await.map(drop), None)
                }
                _ => match WritableDataSet::delete_id(&table, &id).await {
                    Ok(_) => Came::Called("delete", Ok(()), Some(id)),
                    Err(error) => Came::Called("delete", Err(error), None),
                },
            };
            report.report(came);
        };
        let task = self.world.spawn(Some(owner), Box::pin(work));
        self.world.poll(task);
        self.calls.retain(|(_, task)| self.world.runs(*task));
        self.calls.push((owner.table, task));
    }
}
