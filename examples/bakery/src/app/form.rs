//! A form: an edit session of any entity, field by field, as text.

use std::collections::BTreeMap;

use vantage_live::edit::RefreshError;
use vantage_live::{Conflicts, Field, FieldSet, Id, LiveTable, RecordEdit, SaveError, SaveResult};

use crate::shown::{Shown, Three};
use crate::words::{self, Tone, Words};

/// One field as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldView {
    pub label: &'static str,
    pub text: String,
    /// What the store has, of a field that is modified.
    pub was: Option<String>,
    pub conflict: Option<Three>,
    /// Why what was typed is no value of this field, or why the store refused it.
    pub error: Option<String>,
    pub read_only: bool,
}

/// How the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Clean,
    Modified,
    New,
    Saving,
    Conflict,
    /// Somebody has deleted the record.
    Gone,
}

/// Whose value is to win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

/// An edit session without its type, for the keys and for drawing.
pub trait Form {
    fn id(&self) -> &Id;
    fn title(&self) -> String;
    fn standing(&self) -> Standing;
    fn fields(&self) -> Vec<FieldView>;
    /// The modified fields, as the record spells them.
    fn modified(&self) -> Vec<&'static str>;
    /// Puts what was typed into a field; what is no value of it stays as text beside the session.
    fn put(&mut self, at: usize, text: String);
    /// Nobody types any more.
    fn leave(&mut self);
    fn revert(&mut self, at: usize);
    fn revert_all(&mut self);
    fn decide(&mut self, at: usize, side: Side);
    /// Begins to save; what it has come to comes with a later [`tick`](Self::tick).
    fn save(&mut self) -> Result<(), Words>;
    /// Begins to save the record as a new one, after somebody has deleted it.
    fn bring_back(&mut self) -> Result<(), Words>;
    /// Takes in what the store has answered and what others have done.
    fn tick(&mut self) -> Option<Words>;
}

/// The session behind a form.
pub struct Session<E: Shown> {
    table: LiveTable<E>,
    pub edit: RecordEdit<'static, E>,
    /// What was typed, by the place of its field, and why it is no value.
    typed: BTreeMap<usize, (String, Option<String>)>,
    /// What the store has refused, until it is changed.
    refused: FieldSet<E::Field>,
    gone: bool,
}

impl<E: Shown> Session<E> {
    pub fn new(table: LiveTable<E>, edit: RecordEdit<'static, E>) -> Self {
        Session { table, edit, typed: BTreeMap::new(), refused: FieldSet::EMPTY, gone: false }
    }

    fn view(&self, at: usize, field: E::Field, conflicts: &E::Conflicts) -> FieldView {
        let typed = self.typed.get(&at);
        let refused = self.refused.contains(field).then(|| "the store refuses this".to_owned());
        FieldView {
            label: field.label(),
            text: typed.map_or_else(|| self.edit.value(field), |(text, _)| text.clone()),
            was: (self.edit.is_modified(field) && !self.edit.is_new()).then(|| self.edit.live_snapshot().value(field)),
            conflict: conflicts.get(field).map(E::three),
            error: typed.and_then(|(_, error)| error.clone()).or(refused),
            read_only: E::Field::READONLY.contains(field),
        }
    }

    /// Takes the table's row in, where it has news.
    fn follow(&mut self) -> Option<Words> {
        let there = self.table.row(self.edit.id()).is_some();
        if self.edit.is_saving() || self.edit.is_new() || !there && self.gone || !self.edit.is_stale() {
            return None;
        }
        let before = self.edit.conflicts().fields();
        match self.edit.rebase() {
            Ok(conflicts) => {
                self.gone = false;
                let new = conflicts.fields() - before;
                let text = || format!("somebody has changed {} too: ^O shows both, and you decide", words::labels(new));
                (!new.is_empty()).then(|| Words::new(Tone::Careful, "Conflict", text()))
            }
            Err(RefreshError::Deleted { .. }) => {
                self.gone = true;
                let kept = !self.edit.modified_fields().is_empty();
                let hint = if kept { "; what you have is kept here, and ^B brings it back" } else { "" };
                let text = format!("somebody has deleted {}{hint}", self.title());
                Some(Words::new(Tone::Bad, "Deleted", text))
            }
            Err(error) => Some(Words::new(Tone::Bad, "Error", error.to_string())),
        }
    }

    fn start(&mut self) -> Result<(), Words> {
        self.refused = FieldSet::EMPTY;
        self.edit.start_save().map_err(|error| Words::new(Tone::Bad, "Error", error.to_string()))
    }
}

impl<E: Shown> Form for Session<E> {
    fn id(&self) -> &Id {
        self.edit.id()
    }

    fn title(&self) -> String {
        self.edit.title(self.edit.id())
    }

    fn standing(&self) -> Standing {
        if self.edit.is_saving() {
            Standing::Saving
        } else if self.gone {
            Standing::Gone
        } else if self.edit.is_new() {
            Standing::New
        } else if !self.edit.conflicts().is_empty() {
            Standing::Conflict
        } else if self.edit.modified_fields().is_empty() && self.typed.is_empty() {
            Standing::Clean
        } else {
            Standing::Modified
        }
    }

    fn fields(&self) -> Vec<FieldView> {
        let conflicts = self.edit.conflicts();
        E::Field::ALL.iter().enumerate().map(|(at, field)| self.view(at, *field, &conflicts)).collect()
    }

    fn modified(&self) -> Vec<&'static str> {
        self.edit.modified_fields().iter().map(Field::wire_name).collect()
    }

    fn put(&mut self, at: usize, text: String) {
        let Some(&field) = E::Field::ALL.get(at) else { return };
        let fits = E::read(field, &text).into_iter().any(|value| self.edit.set_field(field, value).is_ok());
        let error = (!fits).then(|| format!("this is no value of {}", field.label()));
        self.refused = self.refused - field.into();
        self.typed.insert(at, (text, error));
    }

    fn leave(&mut self) {
        self.typed.retain(|_, (_, error)| error.is_some());
    }

    fn revert(&mut self, at: usize) {
        if let Some(&field) = E::Field::ALL.get(at) {
            self.typed.remove(&at);
            self.refused = self.refused - field.into();
            self.edit.revert_field(field);
        }
    }

    fn revert_all(&mut self) {
        self.typed.clear();
        self.refused = FieldSet::EMPTY;
        self.edit.revert();
    }

    fn decide(&mut self, at: usize, side: Side) {
        let Some(&field) = E::Field::ALL.get(at) else { return };
        self.typed.remove(&at);
        match side {
            Side::Mine => self.edit.keep_local(field),
            Side::Theirs => self.edit.take_remote(field),
        }
    }

    fn save(&mut self) -> Result<(), Words> {
        if let Some((at, (text, _))) = self.typed.iter().find(|(_, (_, error))| error.is_some()) {
            let label = E::Field::ALL.get(*at).map_or("", |field| field.label());
            return Err(Words::new(Tone::Bad, "Not saved", format!("“{text}” is no value of {label}")));
        }
        if self.edit.is_saving() {
            return Err(Words::new(Tone::Careful, "Saving", "the store has not answered yet"));
        }
        self.start()
    }

    fn bring_back(&mut self) -> Result<(), Words> {
        if !self.gone {
            return Err(Words::new(Tone::Careful, "Not needed", format!("{} is in the store", self.title())));
        }
        self.edit = self.table.new_record_owned(self.edit.local().clone());
        self.gone = false;
        self.start()
    }

    fn tick(&mut self) -> Option<Words> {
        let Some(answer) = self.edit.poll_save() else { return self.follow() };
        let result = match answer {
            Ok(result) => result,
            Err(error) => return Some(Words::new(Tone::Bad, "Error", error.to_string())),
        };
        self.leave();
        match &result {
            SaveResult::Deleted => self.gone = true,
            SaveResult::Error(SaveError::Rejected { fields, .. }) => self.refused = *fields,
            _ => {}
        }
        Some(words::saved(&result, &self.edit))
    }
}
