//! What a key does, by where the person is.

use std::time::Duration;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::form::{FieldView, Side};
use super::{App, Focus};
use crate::words::{Tone, Words};

/// How long something is left to be read before a key takes it away.
const READ: Duration = Duration::from_secs(2);

impl App {
    /// A key was pressed.
    pub fn press(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if self.now.saturating_duration_since(self.said) > READ {
            self.words = None;
        }
        if control && key.code == KeyCode::Char('c') {
            self.done = true;
            return;
        }
        match self.focus {
            Focus::List => self.in_list(key.code, control),
            Focus::Form { field, cursor } => self.in_form(key.code, control, field, cursor),
            Focus::Conflicts { field } => self.in_conflicts(key.code, field),
            Focus::Delete => self.answer(key.code, Self::delete),
            Focus::Quit => self.answer(key.code, |app| app.done = true),
        }
    }

    fn in_list(&mut self, key: KeyCode, control: bool) {
        let sheets = self.sheets.len();
        match key {
            KeyCode::Char('s') if control => self.save(),
            KeyCode::Char('o') if control => self.look_at_conflicts(),
            KeyCode::Char('b') if control => self.bring_back(),
            _ if control => {}
            KeyCode::Tab | KeyCode::Right => self.current = (self.current + 1) % sheets,
            KeyCode::BackTab | KeyCode::Left => self.current = (self.current + sheets - 1) % sheets,
            KeyCode::Up | KeyCode::Char('k') => self.sheets[self.current].step(-1),
            KeyCode::Down | KeyCode::Char('j') => self.sheets[self.current].step(1),
            KeyCode::Enter => self.enter_field(0),
            KeyCode::Char('n') => {
                self.sheets[self.current].add();
                self.enter_field(0);
            }
            KeyCode::Char('d') | KeyCode::Delete if self.form().is_some() => self.focus = Focus::Delete,
            KeyCode::Char('R') => self.with_form(|form| form.revert_all()),
            KeyCode::Char('q') if self.unsaved() > 0 => self.focus = Focus::Quit,
            KeyCode::Char('q') => self.done = true,
            _ => {}
        }
    }

    fn in_form(&mut self, key: KeyCode, control: bool, field: usize, cursor: usize) {
        match key {
            KeyCode::Esc => {
                self.with_form(|form| form.leave());
                self.focus = Focus::List;
            }
            KeyCode::Up | KeyCode::BackTab => self.next_field(field, -1),
            KeyCode::Down | KeyCode::Tab | KeyCode::Enter => self.next_field(field, 1),
            KeyCode::Char('s') if control => self.save(),
            KeyCode::Char('o') if control => self.look_at_conflicts(),
            KeyCode::Char('b') if control => self.bring_back(),
            KeyCode::Char('r') if control => {
                self.with_form(|form| form.revert(field));
                self.enter_field(field);
            }
            KeyCode::Char('u') if control => {
                self.with_form(|form| form.revert_all());
                self.enter_field(field);
            }
            key if !control => self.write(key, field, cursor),
            _ => {}
        }
    }

    /// Text was pasted: into the field that the person is in, and nowhere else.
    pub fn paste(&mut self, pasted: &str) {
        let Focus::Form { field, cursor } = self.focus else { return };
        let Some(view) = self.view(field).filter(|view| !self.is_read_only(view)) else { return };
        // A field is one line.
        let pasted: Vec<&str> = pasted.split(char::is_control).filter(|part| !part.is_empty()).collect();
        let pasted: Vec<char> = pasted.join(" ").chars().collect();
        let mut text: Vec<char> = view.text.chars().collect();
        let cursor = cursor.min(text.len());
        let after = cursor + pasted.len();
        text.splice(cursor..cursor, pasted);
        self.focus = Focus::Form { field, cursor: after };
        self.with_form(|form| form.put(field, text.into_iter().collect()));
    }

    fn view(&self, field: usize) -> Option<FieldView> {
        self.form()?.fields().into_iter().nth(field)
    }

    /// Whether nobody can write there, which is said then.
    fn is_read_only(&mut self, view: &FieldView) -> bool {
        if view.read_only {
            self.say(Words::new(Tone::Careful, "Read-only", format!("the store sets {}", view.label)));
        }
        view.read_only
    }

    /// Writes into a field, or moves in it.
    fn write(&mut self, key: KeyCode, field: usize, cursor: usize) {
        let Some(view) = self.view(field) else { return };
        let mut text: Vec<char> = view.text.chars().collect();
        let cursor = cursor.min(text.len());
        let moved = match key {
            KeyCode::Left => Some(cursor.saturating_sub(1)),
            KeyCode::Right => Some((cursor + 1).min(text.len())),
            KeyCode::Home => Some(0),
            KeyCode::End => Some(text.len()),
            _ => None,
        };
        if let Some(cursor) = moved {
            self.focus = Focus::Form { field, cursor };
            return;
        }
        if self.is_read_only(&view) {
            return;
        }
        let cursor = match key {
            KeyCode::Char(' ') if view.is_switch => {
                text = (view.text != "true").to_string().chars().collect();
                text.len()
            }
            KeyCode::Char(char) => {
                text.insert(cursor, char);
                cursor + 1
            }
            KeyCode::Backspace if cursor > 0 => {
                text.remove(cursor - 1);
                cursor - 1
            }
            KeyCode::Delete if cursor < text.len() => {
                text.remove(cursor);
                cursor
            }
            _ => return,
        };
        self.focus = Focus::Form { field, cursor };
        self.with_form(|form| form.put(field, text.into_iter().collect()));
    }

    fn in_conflicts(&mut self, key: KeyCode, field: usize) {
        let fields: Vec<usize> = self.conflicts().into_iter().map(|(field, _)| field).collect();
        let Some(at) = fields.iter().position(|of| *of == field) else { return };
        let last = fields.len() - 1;
        match key {
            KeyCode::Char('m') => self.decide(field, Side::Mine),
            KeyCode::Char('t') => self.decide(field, Side::Theirs),
            KeyCode::Up => self.focus = Focus::Conflicts { field: fields[at.saturating_sub(1)] },
            KeyCode::Down => self.focus = Focus::Conflicts { field: fields[(at + 1).min(last)] },
            KeyCode::Esc => self.enter_field(field),
            _ => {}
        }
    }

    /// Decides one conflict, and goes to the next.
    fn decide(&mut self, field: usize, side: Side) {
        self.with_form(|form| form.decide(field, side));
        let left = self.conflicts();
        if let Some((next, _)) = left.iter().find(|(of, _)| *of > field).or(left.first()) {
            self.focus = Focus::Conflicts { field: *next };
            return;
        }
        let is_clean = self.form().is_some_and(|form| form.modified().is_empty());
        let text = if is_clean { "you have what the store has" } else { "^S saves what is yours" };
        self.say(Words::new(Tone::Good, "Decided", text));
        self.enter_field(field);
    }

    fn answer(&mut self, key: KeyCode, yes: impl FnOnce(&mut Self)) {
        self.focus = Focus::List;
        if matches!(key, KeyCode::Char('y' | 'Y')) {
            yes(self);
        }
    }

    fn delete(&mut self) {
        if let Some(words) = self.sheets[self.current].delete() {
            self.say(words);
        }
    }

    /// Saves, once there is nothing left to decide.
    fn save(&mut self) {
        if self.conflicts().is_empty() {
            self.begin(|form| form.save());
        } else {
            self.look_at_conflicts();
        }
    }

    fn bring_back(&mut self) {
        self.begin(|form| form.bring_back());
    }

    fn begin(&mut self, start: impl FnOnce(&mut dyn super::Form) -> Result<(), Words>) {
        let Some(form) = self.sheets[self.current].form_mut() else { return };
        match start(form) {
            Ok(()) => self.words = None,
            Err(words) => self.say(words),
        }
    }

    fn look_at_conflicts(&mut self) {
        match self.conflicts().first() {
            Some((field, _)) => self.focus = Focus::Conflicts { field: *field },
            None => self.say(Words::new(Tone::Good, "No conflict", "nobody has changed what you have changed")),
        }
    }

    fn next_field(&mut self, field: usize, by: isize) {
        let Some(form) = self.form() else { return };
        let last = form.fields().len().saturating_sub(1);
        let next = field.saturating_add_signed(by).min(last);
        self.with_form(|form| form.leave());
        self.enter_field(next);
    }

    /// Goes to the end of a field.
    pub(super) fn enter_field(&mut self, field: usize) {
        let Some(form) = self.form() else { return };
        let cursor = form.fields().get(field).map_or(0, |view| view.text.chars().count());
        self.focus = Focus::Form { field, cursor };
    }

    fn with_form(&mut self, change: impl FnOnce(&mut dyn super::Form)) {
        if let Some(form) = self.sheets[self.current].form_mut() {
            change(form);
        }
    }
}
