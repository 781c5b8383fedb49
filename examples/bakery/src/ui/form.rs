//! The right side: the selected record, field by field.

use chrono::{DateTime, Utc};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph};

use super::{style, width};
use crate::app::{App, FieldView, Focus};
use crate::words;

/// Draws the form of the selected row.
pub fn draw(frame: &mut Frame<'_>, app: &App, area: Rect) {
    let focus = match app.focus {
        Focus::Form { field, cursor } => Some((field, cursor)),
        _ => None,
    };
    let border = if focus.is_some() { style::here() } else { style::quiet() };
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(border);
    let Some(form) = app.form() else {
        frame.render_widget(block.title(Span::styled(" no record ", style::quiet())), area);
        return;
    };
    let (_, word, word_style) = style::standing(form.standing());
    let title = Line::from_iter([
        Span::styled(format!(" {} ", words::short(form.id())), style::heading()),
        Span::styled(word, word_style),
        Span::raw(if word.is_empty() { "" } else { " " }),
    ]);
    let block = block.title(title);
    let inside = block.inner(area);

    let fields = form.fields();
    let label = fields.iter().map(|field| width::of(field.label)).max().unwrap_or(0) + 2;
    let room = usize::from(inside.width).saturating_sub(label + 3);
    let mut lines = Vec::new();
    let mut focused_at = 0;
    for (at, field) in fields.iter().enumerate() {
        let cursor = focus.filter(|(focused, _)| *focused == at).map(|(_, cursor)| cursor);
        if cursor.is_some() {
            focused_at = lines.len();
        }
        let text = if field.read_only { since(&field.text, app) } else { None };
        let field = FieldView { text: text.unwrap_or_else(|| field.text.clone()), ..field.clone() };
        lines.extend(self::field(&field, cursor, label, room));
        if usize::from(inside.height) >= 2 * fields.len() + 2 {
            lines.push(Line::default());
        }
    }
    // The field that is typed into stays in sight, with what is said below it.
    let skip = (focused_at + 3).min(lines.len()).saturating_sub(usize::from(inside.height));
    let lines = lines.into_iter().skip(skip).collect::<Vec<_>>();
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

/// How long ago a point in time was.
fn since(text: &str, app: &App) -> Option<String> {
    let then = DateTime::parse_from_rfc3339(text).ok()?;
    if then.timestamp() <= 0 {
        return Some("not yet".to_owned());
    }
    let seconds = DateTime::<Utc>::from(app.today).signed_duration_since(then).num_seconds();
    Some(match seconds {
        ..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        _ => then.format("%Y-%m-%d %H:%M").to_string(),
    })
}

/// A field, and below it what there is to say of it.
fn field(view: &FieldView, cursor: Option<usize>, label: usize, room: usize) -> Vec<Line<'static>> {
    let bar = if cursor.is_some() { "▌" } else { " " };
    let (name, value) = match view {
        FieldView { conflict: Some(_), .. } => (style::conflict(), style::conflict().add_modifier(Modifier::BOLD)),
        FieldView { error: Some(_), .. } => (style::wrong(), style::wrong()),
        FieldView { was: Some(_), .. } => (style::modified(), style::modified().add_modifier(Modifier::BOLD)),
        FieldView { read_only: true, .. } => (style::quiet(), style::quiet()),
        _ if cursor.is_some() => (style::here(), Style::new()),
        _ => (Style::new(), Style::new()),
    };
    let mut first = vec![Span::styled(bar, style::here()), Span::styled(format!("{:<label$}", view.label), name)];
    first.extend(input(&view.text, cursor, room, value));
    let mut lines = Vec::new();
    let below = |text: String, style| {
        Line::from_iter([Span::raw(format!("{:label$} ", ""))].into_iter().chain(input(&text, None, room + 2, style)))
    };
    match (&view.conflict, &view.was) {
        (Some(three), _) => {
            lines.push(below(format!("was    {}", three.base), style::quiet()));
            lines.push(below(format!("theirs {}", three.theirs), style::conflict()));
        }
        (None, Some(was)) if width::of(&view.text) + width::of(was) + 5 <= room => {
            first.push(Span::styled("  ← ", style::quiet()));
            first.push(Span::styled(was.clone(), style::quiet().add_modifier(Modifier::CROSSED_OUT)));
        }
        (None, Some(was)) => lines.push(below(format!("← {was}"), style::quiet())),
        (None, None) => {}
    }
    lines.extend(view.error.iter().map(|error| below(error.clone(), style::wrong())));
    lines.insert(0, Line::from(first));
    lines
}

/// The text of a field, with the cursor in it; the part around the cursor where it is too long.
fn input(text: &str, cursor: Option<usize>, room: usize, style: Style) -> Vec<Span<'static>> {
    let Some(cursor) = cursor else { return vec![Span::styled(width::cut(text, room), style)] };
    let chars: Vec<char> = text.chars().chain([' ']).collect();
    let cursor = cursor.min(chars.len() - 1);
    let columns = |from: usize| chars[from..=cursor].iter().map(|char| width::of_char(*char)).sum::<usize>();
    let skip = (0..cursor).find(|from| columns(*from) <= room).unwrap_or(cursor);
    let end = skip + width::fitting(&chars[skip..], room);
    let part = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    vec![
        Span::styled(part(skip, cursor), style),
        Span::styled(part(cursor, cursor + 1), style.add_modifier(Modifier::REVERSED)),
        Span::styled(part(cursor + 1, end.max(cursor + 1)), style),
    ]
}
