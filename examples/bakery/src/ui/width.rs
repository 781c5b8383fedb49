//! How many columns of the terminal a text takes: a letter of Chinese takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that `text` takes.
pub fn of(text: &str) -> usize {
    text.width()
}

/// The columns that a character takes by itself.
pub fn of_char(char: char) -> usize {
    char.width().unwrap_or(0)
}

/// How many of the first characters fit into `room`.
pub fn fitting(chars: &[char], room: usize) -> usize {
    let mut left = room;
    let fits = |char: &&char| left.checked_sub(of_char(**char)).map(|rest| left = rest).is_some();
    chars.iter().take_while(fits).count()
}

/// The text, or as much of it as fits before a sign that there is more.
pub fn cut(text: &str, room: usize) -> String {
    if of(text) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let fitting = fitting(&chars, room.saturating_sub(1));
    chars[..fitting].iter().chain(&['…']).collect()
}

/// The text in exactly `room` columns.
pub fn padded(text: &str, room: usize, right: bool) -> String {
    let text = cut(text, room);
    let space = " ".repeat(room.saturating_sub(of(&text)));
    if right { format!("{space}{text}") } else { format!("{text}{space}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_takes_no_more_than_the_room() {
        for (text, room, cut_to) in [
            ("cake", 4, "cake"),
            ("cakes", 4, "cak…"),
            ("寿司ケーキ", 10, "寿司ケーキ"),
            ("寿司ケーキ", 9, "寿司ケー…"),
            ("寿司ケーキ", 8, "寿司ケ…"),
        ] {
            assert_eq!(cut(text, room), cut_to);
            assert_eq!(of(&padded(text, room, true)), room, "{text} in {room}");
        }
    }
}
