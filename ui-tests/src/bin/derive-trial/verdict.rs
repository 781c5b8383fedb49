//! What becomes of each struct of a crate once it has the derive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::crates::{self, Workshop};
use crate::items::{Item, items};

/// What the compiler makes of a struct.
pub enum Verdict {
    /// It compiles.
    Derived,
    /// It does not, and what is said tells what to write: a sentence of ours, or the trait that is lacking.
    Told(String),
    /// It does not, and the compiler has its own words for it.
    Puzzled(String),
}

/// A source file as it came.
struct Source {
    path: PathBuf,
    text: String,
    items: Vec<(Item, Option<Verdict>)>,
}

/// Each struct of the crate with what becomes of it.
pub fn of_crate(workshop: &Workshop, name: &str) -> Result<Vec<(String, Verdict)>, String> {
    let folder = workshop.folder(name);
    if let Some(error) = workshop.check(name)?.first() {
        return Err(format!("{name} does not compile as it came: {}", error["message"]));
    }
    let mut sources = BTreeMap::new();
    find(&folder, Path::new("src"), &mut sources)?;
    // What does not resolve hides what does not fit its type: whoever is found out goes, until nobody is.
    loop {
        for source in sources.values() {
            crates::write(&folder.join(&source.path), &source.derived())?;
        }
        let errors = workshop.check(name)?;
        let mut found = false;
        for error in &errors {
            let Some((path, place)) = spans(error).find_map(|span| item_at(&sources, span)) else { continue };
            if let Some((_, verdict @ None)) = sources.get_mut(&path).and_then(|source| source.items.get_mut(place)) {
                found = true;
                *verdict = Some(judged(error));
            }
        }
        match errors.iter().find(|error| error["spans"].as_array().is_some_and(|spans| !spans.is_empty())) {
            Some(error) if !found => return Err(format!("{name}: of no struct: {}", error["rendered"])),
            Some(_) => {}
            None => break,
        }
    }
    let all = sources.into_values().flat_map(|source| source.items);
    Ok(all.map(|(item, verdict)| (item.name, verdict.unwrap_or(Verdict::Derived))).collect())
}

impl Source {
    /// The text with the derive on every struct that is not found out yet. Its lines stay where they are.
    fn derived(&self) -> String {
        let mut text = self.text.clone();
        for (item, _) in self.items.iter().rev().filter(|(_, verdict)| verdict.is_none()) {
            text.insert_str(item.end_of_derive, " #[derive(::vantage_live::LiveEntity)]");
        }
        text
    }
}

fn find(folder: &Path, inside: &Path, sources: &mut BTreeMap<PathBuf, Source>) -> Result<(), String> {
    let at = folder.join(inside);
    for entry in std::fs::read_dir(&at).map_err(|error| format!("{}: {error}", at.display()))? {
        let path = inside.join(entry.map_err(|error| error.to_string())?.file_name());
        if folder.join(&path).is_dir() {
            find(folder, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = crates::read(&folder.join(&path))?;
            let items = items(&text).into_iter().map(|item| (item, None)).collect();
            sources.insert(path.clone(), Source { path, text, items });
        }
    }
    Ok(())
}

/// The spans of an error: those that a derive is behind first, and where each of them was called from.
fn spans(error: &Value) -> impl Iterator<Item = &Value> {
    let all = error["spans"].as_array().into_iter().flatten();
    let (generated, written): (Vec<_>, Vec<_>) = all.partition(|span| span["expansion"].is_object());
    let called = generated.into_iter().flat_map(|span| std::iter::successors(Some(span), |span| outer(span)));
    called.chain(written)
}

fn outer(span: &Value) -> Option<&Value> {
    Some(&span["expansion"]["span"]).filter(|span| span.is_object())
}

/// The struct that a span lies in: its file, and its place there.
fn item_at(sources: &BTreeMap<PathBuf, Source>, span: &Value) -> Option<(PathBuf, usize)> {
    let source = sources.get(Path::new(span["file_name"].as_str()?))?;
    let line = usize::try_from(span["line_start"].as_u64()?).ok()?;
    let place = source.items.iter().position(|(item, _)| item.lines.contains(&line))?;
    Some((source.path.clone(), place))
}

/// The code of the compiler's message for a type that lacks a trait, which it names: the derive to write.
const LACKS_A_TRAIT: &str = "E0277";

/// Ours has no code of the compiler's.
fn judged(error: &Value) -> Verdict {
    let sentence = error["message"].as_str().unwrap_or_default();
    match error["code"]["code"].as_str() {
        None | Some(LACKS_A_TRAIT) => Verdict::Told(general(sentence)),
        Some(code) => Verdict::Puzzled(format!("{code}: {sentence}")),
    }
}

/// The sentence with what it names left out, so that like ones are counted together.
fn general(sentence: &str) -> String {
    let parts = sentence.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { "`…`" } else { part }).collect()
}
