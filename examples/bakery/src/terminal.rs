//! The loop of the terminal: keys and ticks into the application, the application onto the screen. It waits for nothing
//! but the next key.

use std::io::{IsTerminal, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyEventKind};
use ratatui::crossterm::execute;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::app::App;
use crate::args::Colleague as When;
use crate::colleague::Colleague;
use crate::db::{Database, Failure};
use crate::ui;

/// How long to wait for a key before the screen is drawn again: 20 pictures a second.
const FRAME: Duration = Duration::from_millis(50);

/// How long the loop may take to end by itself.
const LEAVE: Duration = Duration::from_millis(500);

/// Runs the application until the person leaves.
pub fn run(runtime: &Runtime, database: &Database, table: &str, when: When) -> Result<(), Failure> {
    // The tables start their tasks where they are used.
    let _entered = runtime.enter();
    let says = when.0.map_or("off".to_owned(), |every| format!("every {} s", every.as_secs_f64()));
    let mut app = runtime.block_on(App::open(database, says))?;
    app.show(table);
    if !stdout().is_terminal() {
        return Err("the screen needs a terminal; `bakery --script` tells the same story as text".into());
    }
    let trouble = colleague(&app, database, when);
    let stopped = stopped();
    let mut terminal = ratatui::try_init()?;
    // What is pasted comes as one text, and not as keys: in the list they would do something. Who cannot sends keys.
    let pastes = execute!(stdout(), EnableBracketedPaste).is_ok();
    let result = until_done(&mut terminal, &mut app, &trouble, &stopped);
    if pastes {
        let _ = execute!(stdout(), DisableBracketedPaste);
    }
    // Drawn or failed: the terminal is the person's again. A panic restores it too.
    ratatui::try_restore()?;
    result
}

fn until_done(
    terminal: &mut DefaultTerminal,
    app: &mut App,
    trouble: &watch::Receiver<Option<String>>,
    stopped: &AtomicBool,
) -> Result<(), Failure> {
    while !app.done && !stopped.load(Ordering::Relaxed) {
        app.tick(Instant::now(), SystemTime::now());
        app.trouble.clone_from(&trouble.borrow());
        terminal.draw(|frame| ui::draw(frame, app))?;
        if !event::poll(FRAME)? {
            continue;
        }
        // All that waits, before the next picture: who types or pastes faster than it is drawn does not wait for pictures.
        while !app.done && event::poll(Duration::ZERO)? {
            match event::read()? {
                Event::Key(key) if key.kind == KeyEventKind::Press => app.press(key),
                Event::Paste(text) => app.paste(&text),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Sends the colleague to work; what comes back is what stands in the way of that.
fn colleague(app: &App, database: &Database, when: When) -> watch::Receiver<Option<String>> {
    let (trouble, is_in_trouble) = watch::channel(None);
    if let Some(every) = when.0 {
        tokio::spawn(Colleague::new(database.colleague.clone()).works(every, app.attention(), trouble));
    }
    is_in_trouble
}

/// Turns true when somebody ends the program from outside, so that the terminal is restored then too.
fn stopped() -> Arc<AtomicBool> {
    let stopped = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for kind in [tokio::signal::unix::SignalKind::terminate(), tokio::signal::unix::SignalKind::hangup()] {
        let stopped = Arc::clone(&stopped);
        tokio::spawn(async move {
            let Ok(mut signal) = tokio::signal::unix::signal(kind) else { return };
            signal.recv().await;
            stopped.store(true, Ordering::Relaxed);
            tokio::time::sleep(LEAVE).await;
            // Reading keys from a terminal that is gone does not come back.
            let _ = ratatui::try_restore();
            std::process::exit(1);
        });
    }
    stopped
}
