//! What has happened, in words: the same for the screen and for the script. Everything in it comes from the outcome, the
//! session and the records.

use vantage_live::edit::{DeleteResult, EditError};
use vantage_live::{Conflicts, FeedKind, Field, FieldSet, Id, RecordEdit, SaveError, SaveResult, SyncState};

use crate::shown::{Shown, Three, quoted};

/// How it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Careful,
    Bad,
}

/// An outcome: its name in the library, and what it means here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub tone: Tone,
    pub name: &'static str,
    pub text: String,
}

impl Words {
    pub fn new(tone: Tone, name: &'static str, text: impl Into<String>) -> Self {
        Words { tone, name, text: text.into() }
    }
}

/// What the session has changed, in words.
pub fn changes<E: Shown>(edit: &RecordEdit<'_, E>) -> String {
    told::<E>(edit.modified_fields(), edit.live_snapshot(), edit.local())
}

/// What became of `fields`.
pub fn told<E: Shown>(fields: FieldSet<E::Field>, from: &E, to: &E) -> String {
    fields.iter().map(|field| E::told(field, from, to)).collect::<Vec<_>>().join("; ")
}

/// What somebody has changed; what follows from that by itself only where there is nothing else.
pub fn news<E: Shown>(fields: FieldSet<E::Field>, from: &E, to: &E) -> String {
    let own = fields - E::Field::READONLY;
    told(if own.is_empty() { fields } else { own }, from, to)
}

/// A conflict of each field in it.
pub fn conflicts<E: Shown>(conflicts: &E::Conflicts) -> Vec<(E::Field, Three)> {
    let three = |field| Some((field, E::three(conflicts.get(field)?)));
    conflicts.fields().iter().filter_map(three).collect()
}

/// A conflict in a sentence.
pub fn conflict(label: &str, Three { base, mine, theirs }: &Three) -> String {
    format!("{label} was {}, you have {}, the store has {}", quoted(base), quoted(mine), quoted(theirs))
}

/// What a save of `sent` has come to. `edit` is the session after it: somebody may have typed on.
pub fn saved<E: Shown>(result: &SaveResult<E>, sent: &E, edit: &RecordEdit<'_, E>) -> Words {
    let title = edit.live_snapshot().title(edit.id());
    match result {
        SaveResult::Saved => {
            let since = edit.modified_fields();
            let text = if since.is_empty() {
                format!("the store has {title} as you have it")
            } else {
                format!(
                    "the store has {title} as you had it; what you have typed since is not saved: {}",
                    labels(since)
                )
            };
            Words::new(Tone::Good, "Saved", text)
        }
        SaveResult::Created(id) => created(format!("{title} is stored, and its id is {id}"), sent, edit),
        SaveResult::PartialSave(partial) => {
            let made = told::<E>(partial.fields(), sent, edit.live_snapshot());
            let again = if partial.is_repeated() { ", as it did before" } else { "" };
            Words::new(Tone::Careful, "PartialSave", format!("written, but the store made of it{again}: {made}"))
        }
        SaveResult::Conflict(found) => {
            let found = conflicts::<E>(found);
            let found =
                found.iter().map(|(field, three)| conflict(field.label(), three)).collect::<Vec<_>>().join("; ");
            Words::new(Tone::Careful, "Conflict", format!("nothing was written: {found}"))
        }
        SaveResult::Deleted => {
            Words::new(Tone::Bad, "Deleted", format!("{title} is no longer in the store; what you have is kept here"))
        }
        SaveResult::Error(error) => failed(error),
    }
}

/// A record that was made, of which the store may have made something else.
fn created<E: Shown>(text: String, sent: &E, edit: &RecordEdit<'_, E>) -> Words {
    let since = edit.modified_fields() & sent.diff(edit.local());
    let otherwise = edit.modified_fields() - since;
    let mut text = vec![text];
    if !otherwise.is_empty() {
        text.push(format!("the store made of it: {}", told(otherwise, sent, edit.live_snapshot())));
    }
    if !since.is_empty() {
        text.push(format!("what you have typed since is not saved: {}", labels(since)));
    }
    let tone = if otherwise.is_empty() { Tone::Good } else { Tone::Careful };
    Words::new(tone, "Created", text.join("; "))
}

/// Why a save, or a delete, was not done.
pub fn failed<F: Field>(error: &SaveError<F>) -> Words {
    match error {
        SaveError::Rejected { fields, message, .. } => {
            let on = if fields.is_empty() { String::new() } else { format!("{}: ", labels(*fields)) };
            Words::new(Tone::Bad, "Rejected", format!("{on}{message}"))
        }
        SaveError::Unreachable { source } => Words::new(Tone::Bad, "Unreachable", source.to_string()),
        SaveError::OutcomeUnknown { source } => Words::new(Tone::Careful, "OutcomeUnknown", source.to_string()),
        error => Words::new(Tone::Bad, "Error", error.to_string()),
    }
}

/// What should not happen to a session.
pub fn broken(error: &EditError) -> Words {
    Words::new(Tone::Bad, "Error", error.to_string())
}

/// What a delete has come to.
pub fn deleted<F: Field>(result: &DeleteResult<F>, title: &str) -> Words {
    match result {
        DeleteResult::Deleted => Words::new(Tone::Good, "Deleted", format!("{title} is gone, by you")),
        DeleteResult::AlreadyGone => Words::new(Tone::Careful, "AlreadyGone", format!("{title} had gone before")),
        DeleteResult::Changed(fields) => {
            let own = *fields - F::READONLY;
            let fields = labels(if own.is_empty() { *fields } else { own });
            Words::new(Tone::Careful, "Changed", format!("{title} was kept: somebody has changed {fields} meanwhile"))
        }
        DeleteResult::Error(error) => failed(error),
    }
}

/// The labels of `fields`, with commas between them.
pub fn labels<F: Field>(fields: FieldSet<F>) -> String {
    fields.iter().map(Field::label).collect::<Vec<_>>().join(", ")
}

/// How a table stands to its store.
pub fn state(state: &SyncState) -> Words {
    match state {
        SyncState::Live(kind) => Words::new(
            Tone::Good,
            "live",
            match kind {
                FeedKind::Coarse => "hears that something changes",
                FeedKind::Filtered => "hears of each record of its filter",
                _ => "hears of each record that changes",
            },
        ),
        SyncState::CatchingUp => Words::new(Tone::Careful, "catching up", "lists what it may have missed"),
        SyncState::Polling => Words::new(Tone::Good, "polling", "lists afresh every now and then"),
        SyncState::NoFeed => Words::new(Tone::Careful, "no feed", "as of the last list"),
        SyncState::Lost { why, .. } => Words::new(Tone::Bad, "lost", why.to_string()),
    }
}

/// An id as a person reads it: a temp one, and one that a machine made, cut short.
pub fn short(id: &Id) -> String {
    let text = id.to_string();
    match text.char_indices().nth(13) {
        Some((at, _)) if id.is_temp() || text.len() > 24 => format!("{}…", &text[..at]),
        _ => text,
    }
}
