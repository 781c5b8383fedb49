//! The story without a terminal: the same library, a real server, and what happened, in words.
//!
//! The frame is told here; every outcome, number and name in it comes from the library's answers and from the records.
//! What each step is to come to is known all the same: should it come to something else, the story ends there with an
//! error.

mod chapters;

use std::io::{Write, stdout};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use vantage_live::{Event, LiveTable, Origin, RecordEdit, SaveResult, Subscription};

use crate::colleague::Colleague;
use crate::db::{Database, Failure, Login, open};
use crate::model::{Bakery, Client, Order, Product};
use crate::relay::Relay;
use crate::server::Server;
use crate::shown::Shown;
use crate::words::{self, Words};

/// How long the story waits for something that must happen: the slowest is a table that finds its way back.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where a line of the transcript is broken.
const WIDTH: usize = 108;

/// Everybody in the story. Dropping it ends the server.
struct Story {
    bakeries: LiveTable<Bakery>,
    clients: LiveTable<Client>,
    products: LiveTable<Product>,
    orders: LiveTable<Order>,
    colleague: Colleague,
    relay: Relay,
    chapter: u32,
    _server: Server,
}

/// Tells the whole story.
pub async fn run() -> Result<(), Failure> {
    let mut story = Story::begin().await?;
    story.opens().await?;
    story.saves().await?;
    story.saves_what_the_store_changes().await?;
    story.saves_what_the_store_refuses().await?;
    story.meets_a_conflict().await?;
    story.makes_a_new_record().await?;
    story.loses_a_record_and_brings_it_back().await?;
    story.deletes().await?;
    story.loses_the_connection().await?;
    story.loses_an_answer().await?;
    story.meets_a_record_that_does_not_fit().await
}

impl Story {
    async fn begin() -> Result<Self, Failure> {
        let server = Server::start().await?;
        let relay = Relay::to(server.address).await?;
        // The colleague's connection is direct: yours can be cut.
        let direct = Database::server(&server.login, true).await?;
        let yours = Login { url: format!("ws://{}", relay.address), ..server.login.clone() };
        let store = open(&yours).await?;
        let database = Database { store, ..direct };
        let (products, clients, orders, bakeries) = database.tables().await?;
        Ok(Story {
            bakeries,
            clients,
            products,
            orders,
            colleague: Colleague::new(database.colleague),
            relay,
            chapter: 0,
            _server: server,
        })
    }

    fn chapter(&mut self, title: &str) -> Result<(), Failure> {
        self.chapter += 1;
        writeln!(stdout(), "\n{}. {title}", self.chapter)?;
        Ok(())
    }
}

/// A line of the transcript: who, and what.
fn say(who: &str, what: &str) -> Result<(), Failure> {
    let mut line = format!("   {who:<10}");
    for word in what.split(' ') {
        if line.chars().count() + word.chars().count() >= WIDTH {
            writeln!(stdout(), "{}", line.trim_end())?;
            line = " ".repeat(13);
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(stdout(), "{line}")?;
    Ok(())
}

/// A line that says what something has come to, which is to be the outcome of the name `due`.
fn outcome(due: &str, words: &Words) -> Result<(), Failure> {
    say("=>", &format!("{}: {}", words.name, words.text))?;
    must(words.name == due, || format!("the outcome {due} and not {}", words.name))
}

/// That it is as the story needs it, which is `what`.
fn must(is_so: bool, what: impl FnOnce() -> String) -> Result<(), Failure> {
    if is_so { Ok(()) } else { Err(format!("the story needed {} here, so it ends", what()).into()) }
}

/// Saves, and says what you had changed and what came of it, which is to be the outcome of the name `due`.
async fn save<E: Shown>(edit: &mut RecordEdit<'_, E>, due: &str) -> Result<SaveResult<E>, Failure> {
    let changes = words::changes(edit);
    let title = edit.title(edit.id());
    let what = if changes.is_empty() { format!("save {title}") } else { format!("save {title}: {changes}") };
    say("you", &what)?;
    let result = edit.save().await?;
    outcome(due, &words::saved(&result, edit.local(), edit))?;
    Ok(result)
}

/// Waits until it is so.
async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) -> Result<(), Failure> {
    let give_up = Instant::now() + PATIENCE;
    while !so().await {
        if Instant::now() > give_up {
            return Err(format!("the story waited {PATIENCE:?} in vain until {what}").into());
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// What others have done, as the table tells its subscribers; `before` is the row that each change began with.
fn heard<E: Shown>(events: &mut Subscription<E>, before: &vantage_live::Rows<E>) -> Result<(), Failure> {
    while let Some(event) = events.try_next() {
        if event.origin() != Some(Origin::Remote) {
            continue;
        }
        match event {
            Event::Inserted { id, row, .. } => say("table", &format!("{} has come", row.title(&id)))?,
            Event::Removed { id, row, .. } => say("table", &format!("{} has gone", row.title(&id)))?,
            Event::Updated { id, row, fields, .. } => {
                let told = before.get(&id).map(|before| words::news::<E>(fields, before, &row));
                say("table", &format!("{}: {}", row.title(&id), told.unwrap_or_default()))?;
            }
            Event::Identified { .. } | Event::Reset { .. } => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Tone;

    #[test]
    fn the_story_ends_where_something_else_happens_than_it_needs() {
        let lost = Words::new(Tone::Bad, "Unreachable", "the store was not reached");

        assert!(outcome("Unreachable", &lost).is_ok());
        let error = outcome("Saved", &lost).unwrap_err().to_string();

        assert_eq!(error, "the story needed the outcome Saved and not Unreachable here, so it ends");
    }
}
