//! Other programs: they write to the store beside every table, and know nothing of sessions.

use serde_json::json;
use vantage_live::{Guard, Id, Patch, Record};

use super::Run;
use crate::generation::Deed;
use crate::product::{SUPPLIER, Val, named, record, typed, unheard, written};
use crate::world::{Ask, By, Happened, Shape};

impl Run<'_> {
    pub(super) fn other(&mut self, number: usize, deed: Deed) {
        let id = self.record(number);
        self.unheard += 1;
        let fresh = self.unheard;
        let (exists, is_unfit) = self.world.with(|state| {
            let now = state.store.history(&id).last();
            (!matches!(now, None | Some(Shape::Gone)), matches!(now, Some(Shape::Unfit)))
        });
        match deed {
            Deed::Make | Deed::Write { .. } if !exists => self.makes(&id),
            Deed::Write { field } => {
                let field = usize::from(field);
                let val = unheard(field, fresh);
                let patch = self.written(&id, field, &val);
                self.writes(Happened::ForeignWrote, &id, patch, &format!("{} = {val}", named(field)));
            }
            Deed::WriteTyped { field, number } => {
                let field = usize::from(field);
                let val = typed(field, number);
                let patch = self.written(&id, field, &val);
                self.writes(Happened::ForeignWrote, &id, patch, &format!("{} = {val}", named(field)));
            }
            Deed::WriteBack { field } => {
                let field = usize::from(field);
                if let Some(before) = self.world.with(|state| state.store.before(&id, field)) {
                    let patch = self.written(&id, field, &before);
                    self.writes(Happened::ForeignWroteBack, &id, patch, &format!("{} = {before} again", named(field)));
                }
            }
            Deed::MakeAgain if !exists => {
                if let Some(buried) = self.world.with(|state| state.store.buried(&id)) {
                    self.inserts(&id, buried, Happened::ForeignMadeAgain, "as it was");
                }
            }
            Deed::WriteUnknown => {
                let patch = Patch::new().set(SUPPLIER, json!(fresh));
                self.writes(Happened::ForeignUnknown, &id, patch, "a column that nobody knows");
            }
            Deed::Respell => {
                let note = self.world.with(|state| state.store.records().get(&id).map(|it| it.get("note").cloned()));
                let patch = match note.flatten() {
                    Some(serde_json::Value::Null) => Patch::new().unset("note"),
                    None => Patch::new().set("note", json!(null)),
                    Some(_) => return,
                };
                self.writes(Happened::ForeignRespelled, &id, patch, "no note in another spelling");
            }
            Deed::Delete => {
                let sentence = || format!("another program deletes `{id}`");
                self.world.tell(Happened::ForeignDeleted, [fresh, 0], sentence);
                let ask = Ask::Delete { id: id.clone(), guard: Guard::Nothing };
                self.world.with(|state| drop(state.apply(&ask, &By::default())));
            }
            Deed::Unfit { field } => {
                let column = ["price", "name", "delivery"][usize::from(field) % 3];
                let patch = Patch::new().set(column, json!({"ask": "Doc"}));
                self.writes(Happened::ForeignUnfit, &id, patch, &format!("a {column} that is none"));
            }
            Deed::Mend if is_unfit => self.mends(&id),
            Deed::Mend | Deed::Make | Deed::MakeAgain => {}
        }
    }

    /// Another program makes the record, anew where it was there before.
    pub(super) fn makes(&mut self, id: &Id) {
        self.unheard += 1;
        let fresh = self.unheard;
        let was_there = self.world.with(|state| state.store.history(id).len() > 1);
        let happened = if was_there { Happened::ForeignRemade } else { Happened::ForeignMade };
        self.inserts(id, record(fresh), happened, "of its own");
    }

    fn inserts(&mut self, id: &Id, record: Record, happened: Happened, how: &str) {
        self.world.tell(happened, [self.unheard, 0], || format!("another program makes `{id}`, {how}"));
        let ask = Ask::Insert { id: id.clone(), record };
        self.world.with(|state| drop(state.apply(&ask, &By::default())));
    }

    /// Another program makes fit again what did not fit.
    pub(super) fn mends(&mut self, id: &Id) {
        self.unheard += 1;
        let fresh = self.unheard;
        let patch = Patch::new().set("price", unheard(1, fresh).to_json()).set("name", unheard(0, fresh).to_json());
        let patch = patch.set("delivery", json!(null));
        self.writes(Happened::ForeignMended, id, patch, "what fits");
    }

    /// What it writes to have a field of the record like this.
    fn written(&self, id: &Id, field: usize, val: &Val) -> Patch {
        self.world.with(|state| written(state.store.records().get(id), field, val))
    }

    fn writes(&mut self, happened: Happened, id: &Id, patch: Patch, what: &str) {
        let fresh = self.unheard;
        self.world.tell(happened, [fresh, 0], || format!("another program writes to `{id}` {what}"));
        let ask = Ask::Write { id: id.clone(), patch, guard: Guard::Exists };
        self.world.with(|state| drop(state.apply(&ask, &By::default())));
    }
}
