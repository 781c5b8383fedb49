//! The few styles of the screen. Colours of the terminal's own palette, so that it looks at home in any.

use ratatui::style::{Color, Modifier, Style};

use crate::app::Standing;
use crate::words::Tone;

pub const ACCENT: Color = Color::Cyan;

/// What is there all the time and asks for nothing.
pub fn quiet() -> Style {
    Style::new().fg(Color::DarkGray)
}

/// Where the person is.
pub fn here() -> Style {
    Style::new().fg(ACCENT).add_modifier(Modifier::BOLD)
}

/// A heading.
pub fn heading() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

/// What the person has modified.
pub fn modified() -> Style {
    Style::new().fg(Color::Yellow)
}

/// What both sides have changed.
pub fn conflict() -> Style {
    Style::new().fg(Color::Magenta)
}

pub fn wrong() -> Style {
    Style::new().fg(Color::Red)
}

/// What has just changed.
pub fn fresh() -> Style {
    Style::new().fg(Color::Black).bg(ACCENT)
}

pub fn tone(tone: Tone) -> Style {
    Style::new().fg(match tone {
        Tone::Good => Color::Green,
        Tone::Careful => Color::Yellow,
        Tone::Bad => Color::Red,
    })
}

/// The sign before a row, and the word at a form.
pub fn standing(standing: Standing) -> (&'static str, &'static str, Style) {
    match standing {
        Standing::Clean => (" ", "", quiet()),
        Standing::Modified => ("•", "modified", modified()),
        Standing::New => ("+", "new, not saved yet", modified()),
        Standing::Saving => ("…", "saving", quiet()),
        Standing::Deleting => ("…", "deleting", quiet()),
        Standing::Conflict => ("!", "in conflict", conflict()),
        Standing::Gone => ("×", "deleted by somebody", wrong()),
        Standing::Unfit => ("×", "does not fit any more", wrong()),
    }
}
