//! What the application knows: its sheets, where the person is, what was said last. Keys and ticks change it; `ui` draws
//! it and changes nothing.

mod form;
mod keys;
mod sheet;

use std::collections::VecDeque;
use std::time::{Instant, SystemTime};

use tokio::sync::watch;

pub use form::{FieldView, Form, Standing};
pub use sheet::{News, Row, Sheet};

use self::sheet::TableSheet;
use crate::colleague::Attention;
use crate::db::{Database, Failure, Tables};
use crate::words::Words;

/// How many of the latest changes are kept to be shown.
const NEWS: usize = 50;

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Among the rows.
    List,
    /// In a field of the form, before the character of this number.
    Form { field: usize, cursor: usize },
    /// At the form's conflict in this field.
    Conflicts { field: usize },
    /// Asked whether to delete the selected record.
    Delete,
    /// Asked whether to leave with something unsaved.
    Quit,
}

/// The application's state.
pub struct App {
    pub sheets: Vec<Box<dyn Sheet>>,
    pub current: usize,
    pub focus: Focus,
    /// What was said last, and when.
    pub words: Option<Words>,
    said: Instant,
    /// The latest change first, with its table.
    pub news: VecDeque<(String, News)>,
    pub place: String,
    /// When the colleague works.
    pub colleague: String,
    /// What stands in the colleague's way.
    pub trouble: Option<String>,
    pub now: Instant,
    pub today: SystemTime,
    pub done: bool,
    attention: watch::Sender<Option<Attention>>,
}

impl App {
    /// Opens the four tables of `database`.
    pub async fn open(database: &Database, colleague: String) -> Result<Self, Failure> {
        Ok(App::of(database.tables().await?, database.place.clone(), colleague))
    }

    /// With these tables.
    pub fn of((products, clients, orders, bakeries): Tables, place: String, colleague: String) -> Self {
        let sheets: Vec<Box<dyn Sheet>> = vec![
            Box::new(TableSheet::new(products)),
            Box::new(TableSheet::new(clients)),
            Box::new(TableSheet::new(orders)),
            Box::new(TableSheet::new(bakeries)),
        ];
        App {
            sheets,
            current: 0,
            focus: Focus::List,
            words: None,
            said: Instant::now(),
            news: VecDeque::new(),
            place,
            colleague,
            trouble: None,
            now: Instant::now(),
            today: SystemTime::now(),
            done: false,
            attention: watch::Sender::new(None),
        }
    }

    /// Shows the table of this name first.
    pub fn show(&mut self, table: &str) {
        self.current = self.sheets.iter().position(|sheet| sheet.name() == table).unwrap_or(0);
    }

    /// Where the colleague sees what the person looks at.
    pub fn attention(&self) -> watch::Receiver<Option<Attention>> {
        self.attention.subscribe()
    }

    pub fn sheet(&self) -> &dyn Sheet {
        &*self.sheets[self.current]
    }

    pub fn form(&self) -> Option<&dyn Form> {
        self.sheet().form()
    }

    /// The form's conflicts: the place of each field, and the field.
    pub fn conflicts(&self) -> Vec<(usize, FieldView)> {
        let fields = self.form().map(Form::fields).unwrap_or_default();
        fields.into_iter().enumerate().filter(|(_, field)| field.conflict.is_some()).collect()
    }

    /// How many forms have something that is not saved.
    pub fn unsaved(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.unsaved()).sum()
    }

    /// Takes in what has happened by `now`.
    pub fn tick(&mut self, now: Instant, today: SystemTime) {
        (self.now, self.today) = (now, today);
        let mut has_left = false;
        for (at, sheet) in self.sheets.iter_mut().enumerate() {
            let brought = sheet.tick(now);
            has_left |= brought.has_left && at == self.current;
            let table = sheet.name().to_owned();
            for news in brought.news {
                self.news.push_front((table.clone(), news));
            }
            if brought.words.is_some() {
                (self.words, self.said) = (brought.words, now);
            }
        }
        self.news.truncate(NEWS);
        match self.focus {
            // What is typed or answered from here on was not meant for the record that is selected now.
            Focus::Form { .. } | Focus::Conflicts { .. } | Focus::Delete if has_left => self.focus = Focus::List,
            Focus::Form { .. } | Focus::Delete if self.form().is_none() => self.focus = Focus::List,
            // The store has decided it.
            Focus::Conflicts { field } if self.conflicts().iter().all(|(at, _)| *at != field) => {
                self.enter_field(field);
            }
            _ => {}
        }
        self.pay_attention();
    }

    fn say(&mut self, words: Words) {
        (self.words, self.said) = (Some(words), self.now);
    }

    fn pay_attention(&self) {
        let seen = self.sheet().form().map(|form| Attention {
            table: self.sheet().name().to_owned(),
            id: form.id().to_string(),
            modified: form.modified(),
        });
        self.attention.send_if_modified(|attention| {
            let changed = *attention != seen;
            *attention = seen;
            changed
        });
    }
}
