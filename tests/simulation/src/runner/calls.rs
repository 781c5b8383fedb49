//! Calls of a session that are waited for.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::lock::Mutex as AsyncMutex;

use super::Run;
use super::people::Place;
use super::reports::{Before, Came, Reporter};
use crate::model::Edit;
use crate::world::Happened;

impl Run<'_> {
    /// What is waited for.
    pub(super) fn call(&mut self, at: usize, verb: &str, happened: Happened, call: Call) {
        let Place::Seated(seat) = &mut self.places[at] else { return };
        let edit = Arc::clone(&seat.edit);
        let (name, is_saving, is_modified) = {
            let Some(now) = edit.try_lock() else { return };
            if matches!(call, Call::Save | Call::Finish) && !now.conflicts().fields().is_empty() {
                self.world.with(|state| state.tale.count(Happened::IgnoredConflict, 1));
            }
            if matches!(call, Call::SaveAsNew) && !now.is_new() {
                seat.model.wants_all(&now);
                // One that was made, and of which nobody was told yet, is what was meant.
                let is_made = self.writes.has_made(seat.actor, now.id());
                if !is_made || seat.model.heard.as_ref() == Some(now.id()) {
                    seat.model.makes_another();
                }
            }
            seat.last = call;
            seat.model.asks(&now);
            seat.done_before.get_or_insert(self.writes.done(seat.actor));
            match call {
                Call::Delete => seat.asks_to_delete(&now, &self.writes),
                // What is deleted from now on may be another record.
                Call::SaveAsNew => {
                    seat.deletes = None;
                    seat.model.asks_to_save();
                }
                Call::Save => seat.model.asks_to_save(),
                Call::Finish | Call::Refresh => {}
            }
            (seat.model.name.clone(), now.is_saving(), !now.modified_fields().is_empty())
        };
        // An answer that is taken in on the way may be that nobody knows.
        seat.model.doubt |= is_saving;
        if matches!(call, Call::Save | Call::SaveAsNew) {
            let asks = is_modified && !is_saving || matches!(call, Call::SaveAsNew);
            self.world.with(|state| {
                state.tale.count(happened, 1);
                state.tale.count(Happened::SaveModified, u64::from(asks));
            });
        }
        self.world.tell(Happened::Waited, [u64::from(seat.actor), call as u64], || format!("{name} {verb}"));
        let owner = seat.owner();
        let permit = Arc::clone(seat.model.permit());
        self.world.with(|state| drop(state.permits.insert(seat.actor, permit)));
        let task = self.world.spawn(Some(owner), call.run(edit, seat.report.clone()));
        seat.busy = Some(task);
        self.world.poll(task);
        if !self.world.runs(task) {
            seat.busy = None;
        }
    }
}

/// The calls of a session that are waited for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    Save,
    Finish,
    SaveAsNew,
    Refresh,
    Delete,
}

impl Call {
    fn run(self, edit: Arc<AsyncMutex<Edit>>, report: Reporter) -> BoxFuture<'static, ()> {
        async move {
            let mut edit = edit.lock().await;
            let before = Before::of(&edit);
            let came = match self {
                Call::Save => Came::Saved(Box::new((edit.save().await, before))),
                Call::Finish => Came::Saved(Box::new((edit.finish_save().await, before))),
                Call::SaveAsNew => Came::Saved(Box::new((edit.save_as_new().await, before))),
                Call::Refresh => Came::Refreshed(Box::new(edit.refresh_snapshot().await)),
                Call::Delete => Came::Deleted(edit.delete().await),
            };
            report.report_of(&edit, came);
        }
        .boxed()
    }
}
