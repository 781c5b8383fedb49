//! The left side: tabs, the rows of the current table, and the latest changes.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Padding, Paragraph, Wrap};

use super::{style, width};
use crate::app::{App, Focus, Row, Sheet};

/// How many of the records that do not fit are named, each with its reason.
const APART: usize = 2;

/// How many lines one of them may take: a list is narrow, and a reason is a sentence.
const REASON: usize = 2;

/// Draws the current table.
pub fn draw(frame: &mut Frame<'_>, app: &App, area: Rect) {
    let focused = matches!(app.focus, Focus::List | Focus::Delete | Focus::Quit);
    let border = if focused { style::here() } else { style::quiet() };
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(border).title(tabs(app, area.width));
    let inside = block.inner(area);
    frame.render_widget(block, area);

    let rows = app.sheet().rows(app.now);
    let columns = app.sheet().columns();
    let widths = widths(&columns, &rows, usize::from(inside.width).saturating_sub(2));
    let apart = kept_apart(app);
    let room = usize::from(inside.width).saturating_sub(2).max(1);
    let heights = apart.iter().map(|text| width::of(text).div_ceil(room).min(REASON));
    let heights: Vec<_> = heights.filter_map(|height| u16::try_from(height).ok()).collect();
    let [heading, body, foot] = inside.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(heights.iter().sum()),
    ]));

    // Above numbers, the head stands where they do.
    let is_of_numbers = |at: usize| rows.first().and_then(|row| row.cells.get(at)).is_some_and(|c| is_number(&c.text));
    let head = |(at, (column, width)): (usize, (&&str, &usize))| {
        Span::styled(fit(column, *width, is_of_numbers(at)), style::quiet())
    };
    let heads = columns.iter().zip(&widths).enumerate().map(head);
    frame.render_widget([Span::raw("  ")].into_iter().chain(heads).collect::<Line<'_>>(), heading);

    let selected = rows.iter().position(|row| Some(&row.id) == app.sheet().selected()).unwrap_or(0);
    // The selected row stays in sight.
    let skip = (selected + 1).saturating_sub(usize::from(body.height));
    let lines = rows.iter().enumerate().skip(skip).map(|(at, row)| line(row, &widths, at == selected, focused));
    let none = rows.is_empty().then(|| Line::styled("  no rows: n makes one", style::quiet()));
    frame.render_widget(Paragraph::new(lines.chain(none).collect::<Vec<_>>()), body);

    let places = Layout::vertical(heights.into_iter().map(Constraint::Length)).split(foot);
    for (text, place) in apart.into_iter().zip(places.iter()) {
        let indented = Block::new().padding(Padding::left(2));
        frame.render_widget(
            Paragraph::new(text).style(style::wrong()).wrap(Wrap { trim: false }).block(indented),
            *place,
        );
    }
}

/// What is said of the records that do not fit.
fn kept_apart(app: &App) -> Vec<String> {
    let rejected = app.sheet().rejected();
    let named = rejected.iter().take(APART).map(|row| format!("kept apart: {}: {}", row.id, row.reason));
    let more = rejected.len().checked_sub(APART).filter(|more| *more > 0);
    named.chain(more.map(|more| format!("and {more} more that do not fit"))).collect()
}

/// The tables' names, with the number of rows of each where there is room for it.
fn tabs(app: &App, width: u16) -> Line<'static> {
    let tabs = |all_counts: bool| -> Line<'static> {
        let tab = |at: usize, sheet: &dyn Sheet| {
            let here = at == app.current;
            let style = if here { style::here().add_modifier(Modifier::REVERSED) } else { style::quiet() };
            let count = if here || all_counts { format!("{} ", sheet.len()) } else { String::new() };
            [Span::styled(format!(" {} {count}", sheet.name()), style), Span::raw(" ")]
        };
        app.sheets.iter().enumerate().flat_map(|(at, sheet)| tab(at, &**sheet)).collect()
    };
    let with_counts = tabs(true);
    if with_counts.width() <= usize::from(width) { with_counts } else { tabs(false) }
}

fn line(row: &Row, widths: &[usize], selected: bool, focused: bool) -> Line<'static> {
    let (sign, _, sign_style) = style::standing(row.standing);
    let bar = if selected { "▌" } else { " " };
    let base = match (selected, focused) {
        (true, true) => style::heading().add_modifier(Modifier::REVERSED),
        (true, false) => style::heading(),
        _ => ratatui::style::Style::new(),
    };
    let cells = row.cells.iter().zip(widths).map(|(cell, width)| {
        let style = if cell.fresh { style::fresh() } else { base };
        Span::styled(fit(&cell.text, *width, is_number(&cell.text)), style)
    });
    [Span::styled(bar, style::here()), Span::styled(sign, sign_style)].into_iter().chain(cells).collect()
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// The widths of the columns, each with one to spare: the first takes what is left, the last ones go
/// where there is no room.
fn widths(columns: &[&str], rows: &[Row], room: usize) -> Vec<usize> {
    let wanted = |at: usize| {
        let values = rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| width::of(&cell.text));
        values.chain([width::of(columns[at])]).max().unwrap_or(0) + 2
    };
    let mut widths: Vec<usize> = (0..columns.len()).map(wanted).collect();
    // Half a name says more than a column that nobody has asked for.
    while widths.len() > 2 && widths[1..].iter().sum::<usize>() + widths[0].min(22) > room {
        widths.pop();
    }
    let rest = room.saturating_sub(widths[1..].iter().sum());
    widths[0] = widths[0].min(rest).max(rest.min(12));
    widths
}

/// The text in exactly this width, cut where it is too long.
fn fit(text: &str, width: usize, right: bool) -> String {
    format!("{} ", width::padded(text, width.saturating_sub(1), right))
}

/// Draws the latest changes.
pub fn news(frame: &mut Frame<'_>, app: &App, area: Rect) {
    let title = Span::styled(" what has happened ", style::quiet());
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(style::quiet()).title(title);
    let lines = app.news.iter().map(|(table, news)| {
        let (who, style) = if news.here { ("you", style::modified()) } else { ("they", style::here()) };
        Line::from_iter([
            Span::styled(format!(" {table:<9}"), style::quiet()),
            Span::styled(format!("{who:<5} "), style),
            Span::raw(news.text.clone()),
        ])
    });
    let lines = lines.take(usize::from(area.height)).collect::<Vec<_>>();
    frame.render_widget(Paragraph::new(lines).block(block), area);
}
