//! A form: an edit session of any entity, field by field, as text.

use std::collections::BTreeMap;

use serde_json::Value;
use vantage_live::edit::{DeleteResult, EditError, RefreshError};
use vantage_live::{Conflicts, Field, FieldSet, Id, LiveTable, RecordEdit, SaveError, SaveResult};

use crate::shown::{Shown, Three, quoted, short_label};
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
    /// It is yes or no.
    pub is_switch: bool,
}

/// How the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Clean,
    Modified,
    New,
    Saving,
    Deleting,
    Conflict,
    /// Somebody has deleted the record.
    Gone,
    /// What somebody has made of the record does not fit the struct.
    Unfit,
}

/// Whose value is to win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

/// Why the record of a session has no row any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Away {
    Deleted,
    Unfit,
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
    /// Begins to delete the record.
    fn delete(&mut self) -> Result<(), Words>;
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
    /// What was sent to be saved last.
    sent: Option<E>,
    /// The record is new, and it is not known whether the store has made it.
    in_doubt: bool,
    away: Option<Away>,
    /// The person has deleted the record: there is nothing left to show.
    done: bool,
}

impl<E: Shown> Session<E> {
    pub fn new(table: LiveTable<E>, edit: RecordEdit<'static, E>) -> Self {
        let (typed, refused) = (BTreeMap::new(), FieldSet::EMPTY);
        Session { table, edit, typed, refused, sent: None, in_doubt: false, away: None, done: false }
    }

    /// Whether nothing would be lost if the form were closed.
    pub fn can_go(&self) -> bool {
        let nothing = self.edit.modified_fields().is_empty() && !self.has_no_value_yet() && !self.edit.is_new();
        self.done || nothing && !self.is_busy()
    }

    /// Whether something that was typed is no value yet.
    fn has_no_value_yet(&self) -> bool {
        self.typed.values().any(|(_, error)| error.is_some())
    }

    /// The values of the fields that were typed into, by their places.
    fn typed_values(&self) -> Vec<(usize, String)> {
        let value = |at: &usize| Some((*at, self.edit.value(*E::Field::ALL.get(*at)?)));
        self.typed.keys().filter_map(value).collect()
    }

    /// Whether the store is still to answer.
    fn is_busy(&self) -> bool {
        self.edit.is_saving() || self.edit.is_deleting()
    }

    /// Closes a form whose record is not in the store, for all that is known, unless that is just being found out.
    pub fn throw_away(&self) -> Result<Words, Words> {
        self.must_not_be_busy()?;
        let title = quoted(&self.title());
        Ok(if self.in_doubt {
            let text = format!("whether the store has made {title} is not known: look for it among the rows");
            Words::new(Tone::Careful, "Thrown away", text)
        } else {
            Words::new(Tone::Good, "Thrown away", format!("{title} was not in the store"))
        })
    }

    fn must_not_be_busy(&self) -> Result<(), Words> {
        let wait = || Words::new(Tone::Careful, "Wait", "the store has not answered yet");
        if self.is_busy() { Err(wait()) } else { Ok(()) }
    }

    /// The record is in the store, for all that is known.
    pub fn is_stored(&self) -> bool {
        !self.edit.is_new() && self.away != Some(Away::Deleted)
    }

    fn view(&self, at: usize, field: E::Field, conflicts: &E::Conflicts) -> FieldView {
        let typed = self.typed.get(&at);
        let refused = self.refused.contains(field).then(|| "the store refuses this".to_owned());
        FieldView {
            label: short_label(field),
            text: typed.map_or_else(|| self.edit.value(field), |(text, _)| text.clone()),
            was: (self.edit.is_modified(field) && !self.edit.is_new()).then(|| self.edit.live_snapshot().value(field)),
            conflict: conflicts.get(field).map(E::three),
            error: typed.and_then(|(_, error)| error.clone()).or(refused),
            read_only: E::Field::READONLY.contains(field),
            is_switch: matches!(self.edit.get_field(field), Ok(Some(Value::Bool(_)))),
        }
    }

    /// Takes the table's row in, where it has news.
    fn follow(&mut self) -> Option<Words> {
        if self.is_busy() || self.edit.is_new() {
            return None;
        }
        let before = self.away.take();
        let Some(why) = self.why_away() else {
            // What is being typed counts as changed, also while it is no value: whoever ends it is told of a conflict.
            return if self.has_no_value_yet() { None } else { self.rebase() };
        };
        self.away = Some(why.0);
        (before != self.away).then_some(why.1)
    }

    /// Why the table has no row of the record, and how that reads.
    fn why_away(&self) -> Option<(Away, Words)> {
        if self.table.row(self.edit.id()).is_some() {
            return None;
        }
        let title = self.title();
        let kept = !self.edit.modified_fields().is_empty();
        if let Some(apart) = self.table.rejected_rows().into_iter().find(|apart| apart.id == *self.edit.id()) {
            let hint = if kept { "; what you have is kept here" } else { "" };
            let text = format!("what somebody has made of {title} does not fit{hint}: {}", apart.reason);
            return Some((Away::Unfit, Words::new(Tone::Bad, "Kept apart", text)));
        }
        let hint = if kept { "; what you have is kept here, and ^B brings it back" } else { "" };
        let text = format!("somebody has deleted {title}{hint}");
        Some((Away::Deleted, Words::new(Tone::Bad, "Deleted", text)))
    }

    fn rebase(&mut self) -> Option<Words> {
        if !self.edit.is_stale() {
            return None;
        }
        let (before, values) = (self.edit.conflicts().fields(), self.typed_values());
        match self.edit.rebase() {
            Ok(conflicts) => {
                // What is being typed stays as it is spelled, as long as it is the same value.
                let now = self.typed_values();
                let stays = |at: usize| values.iter().any(|value| value.0 == at && now.contains(value));
                self.typed.retain(|at, _| stays(*at));
                let new = conflicts.fields() - before;
                let text = || format!("somebody has changed {} too: ^O shows both, and you decide", words::labels(new));
                (!new.is_empty()).then(|| Words::new(Tone::Careful, "Conflict", text()))
            }
            // It has gone since it was looked at: the next tick says so.
            Err(RefreshError::Deleted { .. }) => None,
            Err(error) => Some(Words::new(Tone::Bad, "Error", error.to_string())),
        }
    }

    /// Begins something that the store is to answer, unless it has not answered the last yet.
    fn begin(&mut self, start: impl FnOnce(&mut RecordEdit<'static, E>) -> Result<(), EditError>) -> Result<(), Words> {
        self.must_not_be_busy()?;
        self.refused = FieldSet::EMPTY;
        self.sent = Some(self.edit.local().clone());
        start(&mut self.edit).map_err(|error| words::broken(&error))
    }

    /// What a save has come to.
    fn saved(&mut self, answer: Result<SaveResult<E>, EditError>) -> Words {
        let result = match answer {
            Ok(result) => result,
            Err(error) => return words::broken(&error),
        };
        let sent = self.sent.take();
        let mut words = words::saved(&result, sent.as_ref().unwrap_or(self.edit.local()), &self.edit);
        match &result {
            SaveResult::Deleted => self.away = Some(Away::Deleted),
            SaveResult::Created(_) => (self.away, self.in_doubt) = (None, false),
            SaveResult::Error(SaveError::OutcomeUnknown { .. }) => self.in_doubt = self.edit.is_new(),
            SaveResult::Error(SaveError::Rejected { fields, .. }) => self.refused = *fields,
            _ => {}
        }
        let is_stored_otherwise = matches!(result, SaveResult::PartialSave(_) | SaveResult::Created(_));
        if is_stored_otherwise && words.tone == Tone::Careful {
            words.text.push_str("; ^R in the field takes that");
        }
        words
    }

    /// What a delete has come to.
    fn deleted(&mut self, answer: Result<DeleteResult<E::Field>, EditError>) -> Words {
        match answer {
            Ok(result) => {
                self.done = matches!(result, DeleteResult::Deleted | DeleteResult::AlreadyGone);
                words::deleted(&result, &self.title())
            }
            Err(error) => words::broken(&error),
        }
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
        } else if self.edit.is_deleting() {
            Standing::Deleting
        } else if let Some(away) = self.away {
            match away {
                Away::Deleted => Standing::Gone,
                Away::Unfit => Standing::Unfit,
            }
        } else if self.edit.is_new() {
            Standing::New
        } else if !self.edit.conflicts().is_empty() {
            Standing::Conflict
        } else if self.edit.modified_fields().is_empty() && !self.has_no_value_yet() {
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
        let error = (!fits).then(|| format!("no value of {}", short_label(field)));
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
        match side {
            // What was typed stays, also where it is no value yet.
            Side::Mine => self.edit.keep_local(field),
            Side::Theirs => {
                self.typed.remove(&at);
                self.edit.take_remote(field);
            }
        }
    }

    fn save(&mut self) -> Result<(), Words> {
        if let Some((at, (text, _))) = self.typed.iter().find(|(_, (_, error))| error.is_some()) {
            let label = E::Field::ALL.get(*at).map_or("", |field| short_label(*field));
            return Err(Words::new(Tone::Bad, "Not saved", format!("“{text}” is no value of {label}")));
        }
        self.begin(RecordEdit::start_save)
    }

    fn bring_back(&mut self) -> Result<(), Words> {
        if self.away != Some(Away::Deleted) {
            return Err(Words::new(Tone::Careful, "Not needed", format!("{} is in the store", self.title())));
        }
        self.begin(RecordEdit::start_save_as_new)
    }

    fn delete(&mut self) -> Result<(), Words> {
        self.begin(RecordEdit::start_delete)
    }

    fn tick(&mut self) -> Option<Words> {
        if let Some(answer) = self.edit.poll_save() {
            Some(self.saved(answer))
        } else if let Some(answer) = self.edit.poll_delete() {
            Some(self.deleted(answer))
        } else {
            self.follow()
        }
    }
}
