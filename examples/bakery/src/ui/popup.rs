//! What asks for a decision, in the middle of the screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Cell, Clear, Paragraph, Row, Table};

use super::style;
use crate::app::App;

/// The conflicts of the form, each with its three values.
pub fn conflicts(frame: &mut Frame<'_>, app: &App, at: usize) {
    let conflicts = app.conflicts();
    let rows = conflicts.iter().enumerate().filter_map(|(place, (_, field))| {
        let three = field.conflict.as_ref()?;
        let here = place == at;
        let bar = if here { "▌" } else { " " };
        let style = if here { style::heading() } else { ratatui::style::Style::new() };
        let cells = [
            Cell::from(Span::styled(bar, style::here())),
            Cell::from(Span::styled(field.label, style)),
            Cell::from(Span::styled(three.base.clone(), style::quiet())),
            Cell::from(Span::styled(three.mine.clone(), style::modified())),
            Cell::from(Span::styled(three.theirs.clone(), style::conflict())),
        ];
        Some(Row::new(cells))
    });
    let heads = ["", "", "it was", "mine", "theirs"].map(|head| Span::styled(head, style::quiet()));
    let count = u16::try_from(conflicts.len()).unwrap_or(u16::MAX);
    let title = format!(" {} ", app.form().map(crate::app::Form::title).unwrap_or_default());
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(style::conflict())
        .title(Span::styled(title, style::heading()))
        .title_bottom(Line::from_iter([
            Span::styled(" m", style::here()),
            Span::raw(" keep mine  "),
            Span::styled("t", style::here()),
            Span::raw(" take theirs "),
        ]));
    let widths =
        [Constraint::Length(1), Constraint::Length(17), Constraint::Fill(1), Constraint::Fill(1), Constraint::Fill(1)];
    let area = middle(frame.area(), frame.area().width.saturating_sub(8).min(110), count.saturating_add(4));
    frame.render_widget(Clear, area);
    frame.render_widget(Table::new(rows, widths).header(Row::new(heads)).block(block), area);
}

/// Whether to delete the selected record.
pub fn delete(frame: &mut Frame<'_>, app: &App) {
    let title = app.form().map(crate::app::Form::title).unwrap_or_default();
    ask(frame, &format!("Delete {title}?"));
}

/// Whether to leave with something unsaved.
pub fn quit(frame: &mut Frame<'_>, app: &App) {
    let forms = match app.unsaved() {
        1 => "One record has changes that are".to_owned(),
        many => format!("{many} records have changes that are"),
    };
    ask(frame, &format!("{forms} not saved. Leave?"));
}

fn ask(frame: &mut Frame<'_>, question: &str) {
    let width = u16::try_from(question.chars().count()).unwrap_or(u16::MAX).saturating_add(6);
    let area = middle(frame.area(), width, 5);
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(style::wrong());
    let keys = Line::from_iter([
        Span::styled("y", style::here()),
        Span::raw(" yes   "),
        Span::styled("any other key", style::here()),
        Span::raw(" no"),
    ]);
    let question = Line::styled(question.to_owned(), style::heading());
    let text = Paragraph::new(vec![question.centered(), Line::default(), keys.centered()]);
    frame.render_widget(Clear, area);
    frame.render_widget(text.block(block), area);
}

fn middle(area: Rect, width: u16, height: u16) -> Rect {
    area.centered(Constraint::Length(width), Constraint::Length(height))
}
