//! A live table on the screen: its rows, what has just happened to them, and the forms that are open on them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use vantage_live::{Event, FieldSet, Id, LiveTable, Origin, RejectedRow, Subscription, SyncState};

use super::form::{Form, Session, Standing};
use crate::shown::{Shown, short_label};
use crate::words::{self, Words};

/// For how long a change stands out.
pub const FRESH: Duration = Duration::from_millis(2_500);

/// One row as it is drawn.
pub struct Row {
    pub id: Id,
    pub cells: Vec<Cell>,
    pub standing: Standing,
}

/// One value of a row.
pub struct Cell {
    pub text: String,
    /// It has just changed.
    pub fresh: bool,
}

/// Something that has happened to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// By this program.
    pub here: bool,
    pub text: String,
}

/// What a tick has brought.
#[derive(Default)]
pub struct Brought {
    pub news: Vec<News>,
    pub words: Option<Words>,
    /// The selected record has gone from the screen.
    pub has_left: bool,
}

/// A table without its type, for the keys and for drawing.
pub trait Sheet {
    fn name(&self) -> &str;
    fn columns(&self) -> Vec<&'static str>;
    fn rows(&self, now: Instant) -> Vec<Row>;
    fn len(&self) -> usize;
    fn state(&self) -> SyncState;
    fn rejected(&self) -> Vec<RejectedRow>;
    fn selected(&self) -> Option<&Id>;
    /// Selects the row that is so many further; forms without changes are closed behind it.
    fn step(&mut self, by: isize);
    /// The form of the selected row.
    fn form(&self) -> Option<&dyn Form>;
    fn form_mut(&mut self) -> Option<&mut dyn Form>;
    /// How many forms have something that is not saved.
    fn unsaved(&self) -> usize;
    fn add(&mut self);
    /// Begins to delete the selected record; of one that is not in the store, throws the form away.
    fn delete(&mut self) -> Option<Words>;
    fn tick(&mut self, now: Instant) -> Brought;
}

/// The table behind a sheet.
pub struct TableSheet<E: Shown> {
    table: LiveTable<E>,
    events: Subscription<E>,
    /// The rows as the last event left them, to tell what the next one changes.
    known: HashMap<Id, Arc<E>>,
    fresh: HashMap<Id, (Instant, FieldSet<E::Field>)>,
    forms: BTreeMap<Id, Session<E>>,
    selected: Option<Id>,
    /// Where the selected row stood, for when it goes.
    place: usize,
}

impl<E: Shown> TableSheet<E> {
    pub fn new(table: LiveTable<E>) -> Self {
        let (events, known) = (table.subscribe(), known(&table));
        let (fresh, forms) = (HashMap::new(), BTreeMap::new());
        let mut sheet = TableSheet { table, events, known, fresh, forms, selected: None, place: 0 };
        sheet.step(0);
        sheet
    }

    /// The ids of what is shown: the table's rows, then what only a form has.
    fn ids(&self) -> Vec<Id> {
        let rows = self.table.rows();
        let only_forms = self.forms.keys().filter(|id| rows.get(id).is_none()).cloned();
        rows.iter().map(|(id, _)| id.clone()).chain(only_forms).collect()
    }

    fn select(&mut self, id: Option<Id>) {
        self.forms.retain(|of, form| Some(of) == id.as_ref() || form.standing() != Standing::Clean);
        if let Some(id) = id.as_ref().filter(|id| !self.forms.contains_key(*id))
            && let Some(edit) = self.table.edit_row_owned(id)
        {
            self.forms.insert(id.clone(), Session::new(self.table.clone(), edit));
        }
        self.selected = id;
    }

    fn take(&mut self, event: Event<E>, now: Instant) -> Option<News> {
        let here = event.origin() == Some(Origin::Local);
        let text = match event {
            Event::Inserted { id, row, .. } => {
                self.fresh.insert(id.clone(), (now, FieldSet::ALL));
                let text = format!("{} has come", row.title(&id));
                self.known.insert(id, row);
                text
            }
            Event::Updated { id, row, fields, .. } => {
                self.fresh.insert(id.clone(), (now, fields));
                let before = self.known.insert(id.clone(), Arc::clone(&row))?;
                format!("{}: {}", before.title(&id), words::news::<E>(fields, &before, &row))
            }
            Event::Removed { id, row, .. } => {
                self.known.remove(&id);
                let apart = self.table.rejected_rows().into_iter().any(|apart| apart.id == id);
                format!("{} {}", row.title(&id), if apart { "does not fit any more" } else { "has gone" })
            }
            Event::Identified { temp, id, .. } => format!("{} has become {}", words::short(&temp), words::short(&id)),
            Event::Reset { missed, .. } => {
                self.known = known(&self.table);
                format!("{missed} changes at once")
            }
        };
        Some(News { here, text })
    }

    /// Forms of records that were new have other keys now.
    fn rename_forms(&mut self) {
        let moved: Vec<Id> =
            self.forms.iter().filter(|(id, form)| form.id() != *id).map(|(id, _)| id.clone()).collect();
        for id in moved {
            let Some(form) = self.forms.remove(&id) else { continue };
            if self.selected.as_ref() == Some(&id) {
                self.selected = Some(form.id().clone());
            }
            self.forms.insert(form.id().clone(), form);
        }
    }

    /// What has gone and has nothing of the user's leaves the screen; says whether the selected record has.
    fn close_gone(&mut self) -> bool {
        let rows = self.table.rows();
        self.forms.retain(|id, form| !form.can_go() || rows.get(id).is_some());
        let has_left = self.selected.as_ref().is_some_and(|id| !self.forms.contains_key(id));
        if has_left || self.selected.is_none() {
            self.step(0);
        }
        has_left
    }
}

fn known<E: Shown>(table: &LiveTable<E>) -> HashMap<Id, Arc<E>> {
    table.rows().iter().map(|(id, row)| (id.clone(), Arc::clone(row))).collect()
}

impl<E: Shown> Sheet for TableSheet<E> {
    fn name(&self) -> &str {
        self.table.name()
    }

    fn columns(&self) -> Vec<&'static str> {
        E::COLUMNS.iter().map(|field| short_label(*field)).collect()
    }

    fn rows(&self, now: Instant) -> Vec<Row> {
        let rows = self.table.rows();
        let row = |id: Id| {
            let form = self.forms.get(&id);
            let shown = rows.get(&id).map(|row| &**row).or(form.map(|form| form.edit.local()));
            let fresh = self.fresh.get(&id).filter(|(at, _)| now.saturating_duration_since(*at) < FRESH);
            let cell = |field: &E::Field| Cell {
                text: shown.map(|row| row.value(*field)).unwrap_or_default(),
                fresh: fresh.is_some_and(|(_, fields)| fields.contains(*field)),
            };
            let standing = form.map_or(Standing::Clean, Session::standing);
            Row { cells: E::COLUMNS.iter().map(cell).collect(), standing, id }
        };
        self.ids().into_iter().map(row).collect()
    }

    fn len(&self) -> usize {
        self.table.rows().len()
    }

    fn state(&self) -> SyncState {
        self.table.sync_state()
    }

    fn rejected(&self) -> Vec<RejectedRow> {
        self.table.rejected_rows()
    }

    fn selected(&self) -> Option<&Id> {
        self.selected.as_ref()
    }

    fn step(&mut self, by: isize) {
        let ids = self.ids();
        let at = self.selected.as_ref().and_then(|selected| ids.iter().position(|id| id == selected));
        self.place = at.unwrap_or(self.place).saturating_add_signed(by).min(ids.len().saturating_sub(1));
        self.select(ids.get(self.place).cloned());
    }

    fn form(&self) -> Option<&dyn Form> {
        self.forms.get(self.selected.as_ref()?).map(|form| form as _)
    }

    fn form_mut(&mut self) -> Option<&mut dyn Form> {
        self.forms.get_mut(self.selected.as_ref()?).map(|form| form as _)
    }

    fn unsaved(&self) -> usize {
        self.forms.values().filter(|form| form.standing() != Standing::Clean).count()
    }

    fn add(&mut self) {
        let edit = self.table.new_record_owned(E::blank());
        let id = edit.id().clone();
        self.forms.insert(id.clone(), Session::new(self.table.clone(), edit));
        self.select(Some(id));
    }

    fn delete(&mut self) -> Option<Words> {
        let id = self.selected.clone()?;
        let form = self.forms.get_mut(&id)?;
        if form.is_stored() {
            return form.delete().err();
        }
        let thrown_away = form.throw_away();
        if thrown_away.is_ok() {
            self.forms.remove(&id);
            self.step(0);
        }
        Some(thrown_away.unwrap_or_else(|wait| wait))
    }

    fn tick(&mut self, now: Instant) -> Brought {
        let mut brought = Brought::default();
        while let Some(event) = self.events.try_next() {
            brought.news.extend(self.take(event, now));
        }
        self.fresh.retain(|_, (at, _)| now.saturating_duration_since(*at) < FRESH);
        for form in self.forms.values_mut() {
            brought.words = form.tick().or(brought.words);
        }
        self.rename_forms();
        brought.has_left = self.close_gone();
        brought
    }
}
