//! What calls have come to: reported by the task that has waited, at the moment when it goes on.

use std::sync::Arc;

use parking_lot::Mutex;
use vantage_live::dataset::DataSetError;
use vantage_live::edit::{DeleteResult, EditError, RefreshError};
use vantage_live::{FieldSet, Id, LiveTable, SaveResult};

use crate::model::Edit;
use crate::product::{Product, ProductConflicts, ProductField};
use crate::world::World;

/// A call that has its answer.
pub(super) struct Done {
    pub place: usize,
    pub actor: u32,
    pub table: u32,
    pub came: Came,
    /// What the table shows of the records at that moment, and which changes of the caller's it must show.
    pub shown: Vec<Shown>,
}

/// What it has come to.
pub(super) enum Came {
    Opened(Result<Box<Edit>, EditError>),
    Saved(Box<(Result<SaveResult<Product>, EditError>, Before)>),
    Refreshed(Box<Result<ProductConflicts, RefreshError>>),
    Deleted(Result<DeleteResult<ProductField>, EditError>),
    Called(&'static str, Result<(), DataSetError>, Option<Id>),
    /// As `Called`, of a record that did not fit when it was called.
    CalledOnUnfit(Result<(), DataSetError>),
}

impl Came {
    fn has_failed(&self) -> bool {
        match self {
            Came::Saved(saved) => matches!(**saved, (Ok(SaveResult::Error(_)), _)),
            Came::Refreshed(refreshed) => matches!(**refreshed, Err(RefreshError::Edit(_))),
            Came::Deleted(Ok(DeleteResult::Error(_))) | Came::Called(_, Err(_), _) | Came::CalledOnUnfit(Err(_)) => {
                true
            }
            _ => false,
        }
    }
}

/// A session before a save.
pub(super) struct Before {
    pub local: Product,
    /// What must be as it was where the save fails: of a session that is saving already it is not known, for what has been
    /// saved follows the store.
    pub modified: FieldSet<ProductField>,
}

impl Before {
    pub fn of(edit: &Edit) -> Self {
        let modified = if edit.is_saving() { FieldSet::EMPTY } else { edit.modified_fields() };
        Before { local: edit.local().clone(), modified }
    }
}

/// What a table shows at the moment when a call has its answer.
pub(super) struct Shown {
    pub id: Id,
    pub row: Option<Arc<Product>>,
    pub place: usize,
}

/// The caller's hand on the list of what was done.
#[derive(Clone)]
pub(super) struct Reporter {
    pub place: usize,
    pub actor: u32,
    pub number: u32,
    pub table: LiveTable<Product>,
    pub world: World,
    pub done: Arc<Mutex<Vec<Done>>>,
}

impl Reporter {
    /// As [`report`](Self::report), of a session: while it waits for something else too, it is not known which of its changes
    /// it was told of.
    pub fn report_of(&self, edit: &Edit, came: Came) {
        self.expects_nothing_of(&came);
        if edit.is_saving() || edit.is_deleting() {
            let (place, actor, table) = (self.place, self.actor, self.number);
            self.done.lock().push(Done { place, actor, table, came, shown: Vec::new() });
        } else {
            self.report(came);
        }
    }

    /// Who is told that it has failed expects nothing, whatever the store has answered.
    fn expects_nothing_of(&self, came: &Came) {
        if came.has_failed() {
            self.world.with(|state| (state.answered.remove(&self.actor), state.emptied.remove(&self.actor)));
        }
    }

    pub fn report(&self, came: Came) {
        self.expects_nothing_of(&came);
        let (answered, emptied) = self.world.with(|state| {
            (state.answered.get(&self.actor).cloned(), state.emptied.remove(&self.actor).unwrap_or_default())
        });
        let answered = answered.into_iter().chain(emptied);
        let shown = answered.map(|(id, place)| Shown { row: self.table.row(&id), id, place }).collect();
        self.done.lock().push(Done { place: self.place, actor: self.actor, table: self.number, came, shown });
    }
}
