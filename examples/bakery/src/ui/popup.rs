//! What asks for a decision, in the middle of the screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph, Row, Table, TableState};

use super::{style, width};
use crate::app::App;

/// The conflicts of the form, each with its three values; the one in the field `at` is decided next.
pub fn conflicts(frame: &mut Frame<'_>, app: &App, at: usize) {
    let conflicts = app.conflicts();
    let label = conflicts.iter().map(|(_, field)| width::of(field.label)).max().unwrap_or(0);
    let width = frame.area().width.saturating_sub(4).min(110);
    // The two sides, the sign, and a space before each of the four other columns.
    let value = usize::from(width).saturating_sub(label + 7) / 3;
    // The two sides, the heads, and the line below.
    let mut height = 4;
    let room = usize::from(frame.area().height.saturating_sub(height));
    let (mut rows, mut next) = (Vec::new(), TableState::new());
    for (place, field) in &conflicts {
        let Some(three) = &field.conflict else { continue };
        if *place == at {
            next.select(Some(rows.len()));
        }
        let (bar, style) = if *place == at { ("▌", style::heading()) } else { (" ", Style::new()) };
        let values =
            [(&three.base, style::quiet()), (&three.mine, style::modified()), (&three.theirs, style::conflict())];
        let values = values.map(|(text, style)| broken(text, value, room).style(style));
        let lines = u16::try_from(values.iter().map(Text::height).max().unwrap_or(1)).unwrap_or(u16::MAX);
        height = lines.saturating_add(height);
        let cells = [Span::styled(bar, style::here()).into(), Span::styled(field.label, style).into()];
        rows.push(Row::new(cells.into_iter().chain(values)).height(lines));
    }
    let heads = ["", "", "it was", "mine", "theirs"].map(|head| Span::styled(head, style::quiet()));
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
    let widths = [1, u16::try_from(label).unwrap_or(u16::MAX)].map(Constraint::Length);
    let widths = widths.into_iter().chain([Constraint::Fill(1); 3]);
    let area = middle(frame.area(), width, height);
    frame.render_widget(Clear, area);
    // What is decided next is on the screen, however many there are.
    frame.render_stateful_widget(Table::new(rows, widths).header(Row::new(heads)).block(block), area, &mut next);
}

/// The text in lines of this width, at most as many as there is room for: nobody decides about what is cut off untold.
fn broken(text: &str, columns: usize, room: usize) -> Text<'static> {
    let chars: Vec<char> = text.chars().collect();
    let (mut rest, mut lines) = (&chars[..], Vec::new());
    while !rest.is_empty() {
        // A letter that is wider than the column stands for itself all the same.
        let (line, more) = rest.split_at(width::fitting(rest, columns).max(1));
        if lines.len() + 1 >= room && !more.is_empty() {
            lines.push(Line::raw(width::cut(&format!("… {} more", rest.len()), columns)));
            break;
        }
        lines.push(Line::raw(line.iter().collect::<String>()));
        rest = more;
    }
    if lines.is_empty() { Text::raw("–") } else { Text::from(lines) }
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
    let keys = Line::from_iter([
        Span::styled("y", style::here()),
        Span::raw(" yes   "),
        Span::styled("any other key", style::here()),
        Span::raw(" no"),
    ]);
    let width = u16::try_from(keys.width().max(width::of(question)) + 6).unwrap_or(u16::MAX);
    let area = middle(frame.area(), width, 5);
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(style::wrong());
    let question = Line::styled(question.to_owned(), style::heading());
    let text = Paragraph::new(vec![question.centered(), Line::default(), keys.centered()]);
    frame.render_widget(Clear, area);
    frame.render_widget(text.block(block), area);
}

fn middle(area: Rect, width: u16, height: u16) -> Rect {
    area.centered(Constraint::Length(width), Constraint::Length(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, columns: usize, room: usize) -> Vec<String> {
        broken(text, columns, room).lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_value_is_broken_by_columns_and_says_where_more_of_it_has_no_room() {
        assert_eq!(lines("", 4, 3), ["–"]);
        assert_eq!(lines("hover cookies", 5, 3), ["hover", " cook", "ies"]);
        assert_eq!(lines("寿司ケーキ", 5, 3), ["寿司", "ケー", "キ"]);
        assert_eq!(lines("寿", 1, 3), ["寿"]);
        assert_eq!(lines("a very long name of a cake", 9, 2), ["a very lo", "… 17 more"]);
    }
}
