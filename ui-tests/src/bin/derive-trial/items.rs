//! The structs of a source that have serde's two derives, found by its text.

use std::ops::RangeInclusive;

/// A struct, and where the derive is put.
#[derive(Clone, Debug)]
pub struct Item {
    pub name: String,
    /// Behind its `#[derive(…)]`, in bytes.
    pub end_of_derive: usize,
    /// From its `#[derive(…)]` to its end, as the compiler counts.
    pub lines: RangeInclusive<usize>,
}

/// All structs of `text` that derive both `Serialize` and `Deserialize`.
pub fn items(text: &str) -> Vec<Item> {
    const DERIVE: &str = "#[derive(";
    text.match_indices(DERIVE)
        .filter_map(|(start, _)| {
            let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
            let in_code = text[line_start..start].trim().is_empty();
            let end = start + text[start..].find(")]")? + 2;
            let has =
                |name| text[start..end].split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
            (in_code && has("Serialize") && has("Deserialize")).then_some(())?;
            let (name, last) = struct_behind(&text[end..])?;
            let line = |at: usize| text[..at].matches('\n').count() + 1;
            Some(Item { name, end_of_derive: end, lines: line(start)..=line(end + last) })
        })
        .collect()
}

/// The name of the item that these attributes are of, if it is a struct, and where it ends.
fn struct_behind(text: &str) -> Option<(String, usize)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        let unseen = match bare.strip_prefix("pub") {
            Some(rest) if rest.starts_with('(') => rest.split_once(')').map_or(rest, |(_, rest)| rest),
            Some(rest) => rest,
            None => bare,
        };
        let unseen = unseen.trim_start();
        if ["enum ", "union ", "fn "].iter().any(|keyword| unseen.starts_with(keyword)) {
            return None;
        }
        if let Some(rest) = unseen.strip_prefix("struct ") {
            let name = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let indent = &line[..line.len() - bare.len()];
            return Some((name, at + length(&text[at..], indent)));
        }
        at += line.len();
    }
    None
}

/// How far the item reaches that begins `text`: one line, or up to what closes it at its own indentation.
fn length(text: &str, indent: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let closes = line.strip_prefix(indent).is_some_and(|rest| rest.starts_with(['}', ')']));
        if (at == 0 && line.trim_end().ends_with([';', '}'])) || closes {
            return at + line.trim_end().len();
        }
        at += line.len();
    }
    at
}
