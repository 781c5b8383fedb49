//! Drawing: from the state to the screen, and nothing back.

mod bars;
mod form;
mod list;
mod popup;
mod style;
mod width;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};

use crate::app::{App, Focus};

/// The least height at which the latest changes have a place, and theirs.
const ROOM_FOR_NEWS: u16 = 30;
const NEWS: u16 = 9;

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, app: &App) {
    let area = frame.area();
    let news = if area.height < ROOM_FOR_NEWS { 0 } else { NEWS };
    let keys = bars::keys_height(app, area.width);
    let rows = [
        Constraint::Length(1),
        Constraint::Min(4),
        Constraint::Length(news),
        Constraint::Length(2),
        Constraint::Length(keys),
    ];
    let [top, middle, news, words, keys] = area.layout(&Layout::vertical(rows));
    let [left, right] = middle.layout(&Layout::horizontal([Constraint::Percentage(52), Constraint::Percentage(48)]));
    bars::top(frame, app, top);
    list::draw(frame, app, left);
    list::news(frame, app, news);
    form::draw(frame, app, right);
    bars::words(frame, app, words);
    bars::keys(frame, app, keys);
    match app.focus {
        Focus::Conflicts { field } => popup::conflicts(frame, app, field),
        Focus::Delete => popup::delete(frame, app),
        Focus::Quit => popup::quit(frame, app),
        Focus::List | Focus::Form { .. } => {}
    }
}
