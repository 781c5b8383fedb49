//! What a person says on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser};

/// The Hill Valley bakery: live tables on the left, a form on the right, and a colleague who edits the same records.
///
/// Without options it runs on a database inside this process, which is gone when the program ends: there is nothing to
/// install and nothing to break. The keys are shown on the screen.
#[derive(Parser)]
#[command(name = "bakery", version, after_help = EXAMPLES)]
pub struct Args {
    /// Run the same story without a terminal and print what happens.
    ///
    /// The story starts a server of its own on 127.0.0.1, cuts the connection to it, and ends it afterwards.
    #[arg(long, conflicts_with_all = ["url", "user", "seed", "colleague", "table", "picture"])]
    pub script: bool,

    /// Use this server instead: its namespace `hill_valley`, database `bakery`.
    #[arg(long, value_name = "ws://HOST:PORT")]
    pub url: Option<String>,

    /// The root user to sign in as.
    #[arg(long, default_value = "root", requires = "url")]
    pub user: String,

    /// That user's password.
    #[arg(long, env = "BAKERY_PASSWORD", hide_env_values = true, hide_default_value = true, default_value = "")]
    pub password: String,

    /// Make the bakery's tables and first records on the server, if it has none of them. Nothing that exists is touched.
    #[arg(long, requires = "url")]
    pub seed: bool,

    /// How often the colleague changes something: every so many seconds, or `off`.
    #[arg(long, value_name = "off|SECONDS", default_value = "6", value_parser = colleague)]
    pub colleague: Colleague,

    /// The table to show first: product, client, order or bakery.
    #[arg(long, value_name = "NAME", default_value = "product")]
    pub table: String,

    /// Draw the screen into this SVG file instead, with a scene on the database inside this process.
    #[arg(long, value_name = "FILE.svg", conflicts_with = "url")]
    pub picture: Option<PathBuf>,
}

impl Args {
    /// What stands on the command line; ends the program where that means nothing.
    pub fn read() -> Self {
        let mut command = Args::command();
        let matches = command.get_matches_mut();
        // `requires` would also ask for a server where the variable is set for another time.
        let has_typed_a_password = matches.value_source("password") == Some(ValueSource::CommandLine);
        let args = Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        if has_typed_a_password && args.url.is_none() {
            command.error(ErrorKind::MissingRequiredArgument, "--password is a server's: say which with --url").exit();
        }
        args
    }
}

/// When the colleague works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colleague(pub Option<Duration>);

/// The longest break that a colleague takes: a day.
const DAY: f64 = 86_400.0;

fn colleague(text: &str) -> Result<Colleague, String> {
    if text == "off" {
        return Ok(Colleague(None));
    }
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=DAY).contains(&seconds) => Ok(Colleague(Some(Duration::from_secs_f64(seconds)))),
        _ => Err(format!("say `off`, or a number of seconds from 0.1 to {DAY}")),
    }
}

const EXAMPLES: &str = "\
Examples:
  bakery                       everything on the screen, with nothing to install
  bakery --script              the same story as text
  bakery --colleague off       nobody else edits
  BAKERY_PASSWORD=… bakery --url ws://127.0.0.1:8000 --seed
                               on a SurrealDB server, with the bakery's tables made there first

It ends with 0 when you leave, 1 where it cannot go on and says why, 2 for a command line that it does not know.";
