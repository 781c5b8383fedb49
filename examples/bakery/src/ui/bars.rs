//! The lines across the screen: where one is and how the connection stands, what was said last, the keys.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};
use vantage_live::SyncState;

use super::{style, width};
use crate::app::{App, Focus, Standing};
use crate::words::{self, Tone, Words};

/// Draws the first line. The state of the connection is always there; the rest where there is room.
pub fn top(frame: &mut Frame<'_>, app: &App, area: Rect) {
    let state = app.sheet().state();
    let words = words::state(&state);
    let stands = match state {
        SyncState::Lost { since, .. } => {
            let seconds = app.today.duration_since(since).unwrap_or(Duration::ZERO).as_secs();
            format!("● {} for {seconds} s, trying again", words.name)
        }
        _ => format!("● {}", words.name),
    };
    let stands = Span::styled(stands, style::tone(words.tone));
    let title = Span::styled(" Hill Valley Bakery", style::here());
    let colleague = if app.trouble.is_some() { "held up" } else { &app.colleague };
    let wheres = [format!("{} · colleague {colleague}   ", app.place), format!("{}   ", app.place), String::new()];
    let room = usize::from(area.width).saturating_sub(title.width() + stands.width() + 3);
    let place = wheres.into_iter().find(|text| width::of(text) <= room).unwrap_or_default();
    frame.render_widget(Line::from(title), area);
    let right = Line::from_iter([Span::styled(place, style::quiet()), stands, Span::raw(" ")]);
    frame.render_widget(right.alignment(Alignment::Right), area);
}

/// Draws what was said last.
pub fn words(frame: &mut Frame<'_>, app: &App, area: Rect) {
    // Where nothing else is to be said: why the connection is lost, or what the colleague's trouble is.
    let else_wise = match app.sheet().state() {
        state @ SyncState::Lost { .. } => Some(words::state(&state)),
        _ => app.trouble.as_ref().map(|why| Words::new(Tone::Careful, "Colleague", format!("held up: {why}"))),
    };
    let Some(words) = app.words.as_ref().or(else_wise.as_ref()) else { return };
    let line = Line::from_iter([
        Span::styled(format!(" {}", words.name), style::tone(words.tone).add_modifier(ratatui::style::Modifier::BOLD)),
        Span::raw(format!("  {}", words.text)),
    ]);
    frame.render_widget(Paragraph::new(line).wrap(Wrap { trim: false }), area);
}

fn keys_of(app: &App) -> Vec<(&'static str, &'static str)> {
    let standing = app.form().map(crate::app::Form::standing);
    let mut keys = match app.focus {
        Focus::List => {
            vec![("Tab", "table"), ("↑↓", "row"), ("Enter", "edit"), ("n", "new"), ("d", "delete"), ("q", "quit")]
        }
        Focus::Form { .. } => vec![
            ("↑↓", "field"),
            ("^S", "save"),
            ("^R", "revert field"),
            ("^U", "revert all"),
            ("Esc", "back to the rows"),
        ],
        Focus::Conflicts { .. } => vec![("↑↓", "field"), ("m", "keep mine"), ("t", "take theirs"), ("Esc", "later")],
        Focus::Delete | Focus::Quit => vec![("y", "yes"), ("any other key", "no")],
    };
    let at_record = matches!(app.focus, Focus::List | Focus::Form { .. });
    match standing {
        Some(Standing::Conflict) if at_record => keys.push(("^O", "decide conflicts")),
        Some(Standing::Gone) if at_record => keys.push(("^B", "bring it back")),
        Some(Standing::Modified) if app.focus == Focus::List => keys.extend([("^S", "save"), ("R", "revert all")]),
        Some(Standing::New) if app.focus == Focus::List => keys.push(("^S", "save")),
        _ => {}
    }
    keys
}

/// The keys as text of one line or more, none of them broken.
fn keys_lines(app: &App, width: u16) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default()];
    let mut used = 0;
    for (key, what) in keys_of(app) {
        let spans =
            [Span::raw(" "), Span::styled(key, style::here()), Span::styled(format!(" {what} "), style::quiet())];
        let length: usize = spans.iter().map(Span::width).sum();
        if used > 0 && used + length > usize::from(width) {
            lines.push(Line::default());
            used = 0;
        }
        used += length;
        if let Some(line) = lines.last_mut() {
            line.spans.extend(spans);
        }
    }
    lines
}

/// How many lines the keys take.
pub fn keys_height(app: &App, width: u16) -> u16 {
    u16::try_from(keys_lines(app, width).len()).unwrap_or(1)
}

/// Draws the keys.
pub fn keys(frame: &mut Frame<'_>, app: &App, area: Rect) {
    frame.render_widget(Paragraph::new(keys_lines(app, area.width)), area);
}
