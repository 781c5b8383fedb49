//! The picture of the README: the real screen on the real database, through a scene of keys, as an SVG.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anstyle_svg::Term;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::{Color, Modifier, Style};
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::app::App;
use crate::colleague::Colleague;
use crate::db::{Database, Failure};
use crate::model::Product;
use crate::ui;

const WIDTH: u16 = 112;
const HEIGHT: u16 = 32;

/// How long something may take to show: it is a matter of milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Plays the scene and draws its last moment into `file`.
pub fn draw(runtime: &Runtime, file: &Path) -> Result<(), Failure> {
    let screen = runtime.block_on(scene())?;
    let svg = Term::new().render_svg(&ansi(&screen));
    std::fs::write(file, svg).map_err(|error| format!("could not write {}: {error}", file.display()))?;
    Ok(())
}

/// Two fields are modified, and the colleague changes one of them.
async fn scene() -> Result<Buffer, Failure> {
    let database = Database::embedded().await?;
    let colleague = Colleague::new(database.colleague.clone());
    let mut app = App::open(&database, "at work".to_owned()).await?;
    let begin = Instant::now();

    shows(&mut app, begin, |app| matches!(app.sheet().state(), vantage_live::SyncState::Live(_))).await?;
    press(&mut app, KeyCode::Down, KeyModifiers::NONE);
    press(&mut app, KeyCode::Enter, KeyModifiers::NONE);
    for key in [KeyCode::Down, KeyCode::Down, KeyCode::Backspace, KeyCode::Backspace, KeyCode::Char('4')] {
        press(&mut app, key, KeyModifiers::NONE);
    }
    press(&mut app, KeyCode::Char('5'), KeyModifiers::NONE);
    for key in [KeyCode::Up, KeyCode::Backspace, KeyCode::Char('5')] {
        press(&mut app, key, KeyModifiers::NONE);
    }
    for (id, set) in [
        ("sea_pie", "inventory.stock -= 2"),
        ("hover_cookies", "inventory.shelf = 'window'"),
        ("flux_cupcake", "price += 20"),
        ("time_tart", "price += 10"),
    ] {
        let so_far = app.news.len();
        colleague.changes::<Product>(id, set).await?;
        shows(&mut app, begin, |app| app.news.len() > so_far).await?;
    }
    shows(&mut app, begin, |app| !app.conflicts().is_empty()).await?;

    let mut terminal = Terminal::new(TestBackend::new(WIDTH, HEIGHT))?;
    terminal.draw(|frame| ui::draw(frame, &app))?;
    Ok(terminal.backend().buffer().clone())
}

fn press(app: &mut App, code: KeyCode, modifiers: KeyModifiers) {
    app.press(KeyEvent::new(code, modifiers));
}

/// Waits until the application shows it. Its clock stands still at `now`, so that what is fresh stays so.
async fn shows(app: &mut App, now: Instant, so: impl Fn(&App) -> bool) -> Result<(), Failure> {
    let give_up = Instant::now() + PATIENCE;
    loop {
        app.tick(now, SystemTime::now());
        if so(app) {
            return Ok(());
        }
        if Instant::now() > give_up {
            return Err(format!("the scene waited {PATIENCE:?} in vain for the screen to change").into());
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// The screen as a terminal gets it.
fn ansi(screen: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..screen.area.height {
        let mut before = Style::reset();
        for x in 0..screen.area.width {
            let Some(cell) = screen.cell((x, y)) else { continue };
            let style = cell.style();
            if style != before {
                text.push_str(&escape(style));
                before = style;
            }
            text.push_str(cell.symbol());
        }
        text.push_str("\x1b[0m\n");
    }
    text
}

fn escape(style: Style) -> String {
    let mut codes = String::from("\x1b[0");
    for (modifier, code) in [(Modifier::BOLD, 1), (Modifier::REVERSED, 7), (Modifier::CROSSED_OUT, 9)] {
        if style.add_modifier.contains(modifier) {
            // Writing to text cannot fail.
            let _ = write!(codes, ";{code}");
        }
    }
    let (red, green, blue) = style.fg.and_then(rgb).unwrap_or((215, 218, 224));
    let _ = write!(codes, "m\x1b[38;2;{red};{green};{blue}m");
    if let Some((red, green, blue)) = style.bg.and_then(rgb) {
        // A sequence of its own: anstyle-svg 1.1 mixes up two colours of one.
        let _ = write!(codes, "\x1b[48;2;{red};{green};{blue}m");
    }
    codes
}

/// A colour of the palette as the picture shows it; the screen uses no others.
fn rgb(color: Color) -> Option<(u8, u8, u8)> {
    Some(match color {
        Color::Black => (30, 32, 38),
        Color::Red => (224, 108, 117),
        Color::Green => (152, 195, 121),
        Color::Yellow => (229, 192, 123),
        Color::Magenta => (198, 120, 221),
        Color::Cyan => (86, 182, 194),
        Color::DarkGray => (112, 119, 131),
        _ => return None,
    })
}
