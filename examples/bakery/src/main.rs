//! The Hill Valley bakery: live tables on the left, a form on the right, and a colleague who edits the same records.
//!
//! `model` and `seed.surql` are the bakery; `shown` and `words` say how it reads; `db`, `server`, `relay` and `colleague`
//! are the world; `app` is the state of the screen, `ui` draws it and `terminal` runs it; `script` is the story as text.

mod app;
mod args;
mod colleague;
mod db;
mod model;
mod picture;
mod relay;
mod script;
mod server;
mod shown;
mod terminal;
#[cfg(test)]
mod tests;
mod ui;
mod words;

use std::process::ExitCode;

use crate::args::Args;
use crate::db::{Database, Failure, Login, TABLES, sentence};

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == server::START) {
        return server::run();
    }
    match run(&Args::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bakery: {}", sentence(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    if !TABLES.contains(&args.table.as_str()) {
        return Err(format!("there is no table `{}`; the tables are {}", args.table, TABLES.join(", ")).into());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    if args.script {
        return runtime.block_on(until_stopped(script::run()));
    }
    if let Some(file) = &args.picture {
        return picture::draw(&runtime, file);
    }
    let database = match &args.url {
        None => runtime.block_on(Database::embedded())?,
        Some(url) => {
            let login = Login { url: url.clone(), user: args.user.clone(), password: args.password.clone() };
            runtime.block_on(Database::server(&login, args.seed))?
        }
    };
    terminal::run(&runtime, &database, &args.table, args.colleague)
}

/// Runs `work`, unless somebody stops the program: then everything that it has started ends with it.
async fn until_stopped(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => Err("stopped".into()),
    }
}
