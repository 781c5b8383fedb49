//! The table of serde's attributes in the derive's documentation says nothing that no case proves, of the place that it
//! says it of: `pass` has an entity with each attribute that is honoured there, `fail` a message that points at each that
//! is refused there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// On what an attribute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Struct,
    Field,
}

/// What serde knows on a struct, and on a field. What it has for enums alone, or for `remote`, is not an entity's.
const OF_SERDE: [(Place, &[&str]); 2] = [
    (
        Place::Struct,
        &[
            "rename",
            "rename_all",
            "deny_unknown_fields",
            "tag",
            "bound",
            "default",
            "remote",
            "transparent",
            "from",
            "try_from",
            "into",
            "crate",
            "expecting",
        ],
    ),
    (
        Place::Field,
        &[
            "rename",
            "alias",
            "default",
            "flatten",
            "skip",
            "skip_serializing",
            "skip_deserializing",
            "skip_serializing_if",
            "serialize_with",
            "deserialize_with",
            "with",
            "borrow",
            "bound",
        ],
    ),
];

/// An attribute by its place and its name.
type Use = (Place, String);

/// Every program in `folder` and below.
fn programs(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut programs = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                programs.push(path);
            }
        }
    }
    programs
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is text")
}

/// serde's attributes of the entities in `program`; those of its other types are none of the derive's.
fn attributes(program: &str) -> BTreeSet<Use> {
    let code: Vec<_> = program.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let (mut found, mut above, mut in_entity) = (BTreeSet::new(), Vec::new(), false);
    for part in code.split("#[").skip(1) {
        let is_list = part.split_once(['(', ']']).is_some_and(|(name, _)| part[name.len()..].starts_with('('));
        let (attribute, after) = part.split_once(if is_list { ")]" } else { "]" }).expect("an attribute ends");
        above.push(attribute);
        let mut lines = after.trim_start().lines();
        // Another attribute of the same follows.
        let Some(below) = lines.next() else { continue };

        let above = std::mem::take(&mut above);
        let kind = type_begun(below);
        if kind.is_some() {
            let derives =
                above.iter().any(|attribute| attribute.starts_with("derive(") && attribute.contains("LiveEntity"));
            in_entity = derives && kind == Some("struct");
        }
        if in_entity {
            let place = if kind.is_some() { Place::Struct } else { Place::Field };
            let entries = above.iter().filter_map(|attribute| attribute.strip_prefix("serde(")).flat_map(names);
            found.extend(entries.map(|name| (place, name)));
        }
        // A type that has no attribute derives nothing.
        in_entity &= lines.all(|line| type_begun(line).is_none());
    }
    found
}

/// The keyword, where the line begins a type.
fn type_begun(line: &str) -> Option<&str> {
    let word = line.split_whitespace().find(|word| !word.starts_with("pub") && !word.ends_with(')'))?;
    ["struct", "enum", "union"].contains(&word).then_some(word)
}

/// The names of the entries in the list of an attribute.
fn names(list: &str) -> Vec<String> {
    let without_text: String = list.split('"').step_by(2).collect();
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    let name = |entry: &str| entry.trim().chars().take_while(|&char| is_name(char)).collect();
    without_text.split(',').map(name).collect()
}

/// What the carets of a message stand under, in lines of serde's attributes.
fn pointed_at(message: &str) -> BTreeSet<String> {
    let lines: Vec<_> = message.lines().collect();
    let under = |pair: &[&str]| {
        let marked = pair[1].chars().map(|char| char == '^');
        pair[0].chars().zip(marked).filter_map(|(char, marked)| marked.then_some(char)).collect::<String>()
    };
    lines.windows(2).filter(|pair| pair[0].contains("#[serde(")).map(under).collect()
}

/// What the entities of `pass` have.
fn honoured() -> BTreeSet<Use> {
    programs("pass").iter().flat_map(|path| attributes(&read(path))).collect()
}

/// What the entities of `fail` have, where the message points at it.
fn refused() -> BTreeSet<Use> {
    let refused = |path: &PathBuf| {
        // Where a message is missing, `ui` says so.
        let marked = pointed_at(&fs::read_to_string(path.with_extension("stderr")).unwrap_or_default());
        attributes(&read(path)).into_iter().filter(move |(_, name)| marked.contains(name)).collect::<Vec<_>>()
    };
    programs("fail").iter().flat_map(refused).collect()
}

/// A name in the first cell of a row, and what the second says of it.
struct Row {
    of: Use,
    says: String,
}

fn table() -> Vec<Row> {
    let page = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../vantage-live-derive/src/lib.rs"));
    let (_, section) = page.split_once("# serde's attributes").expect("the section is there");
    let (section, _) = section.split_once("\n/// # ").expect("another one follows");
    let (mut place, mut rows) = (None, Vec::new());
    for line in section.lines().filter_map(|line| line.strip_prefix("/// | ")) {
        let (names, says) = line.trim_end_matches('|').split_once(" |").expect("a row has two cells");
        match names {
            "on the struct" => place = Some(Place::Struct),
            "on a field" => place = Some(Place::Field),
            _ => rows.extend(names.split('`').skip(1).step_by(2).map(|name| Row {
                of: (place.expect("the table says of what it is"), name.to_owned()),
                says: says.trim().to_owned(),
            })),
        }
    }
    rows
}

#[test]
fn every_attribute_of_serde_has_one_row_for_each_place() {
    let mut rows: Vec<_> = table().into_iter().map(|row| row.of).collect();
    let known = OF_SERDE.iter().flat_map(|(place, names)| names.iter().map(|&name| (*place, name.to_owned())));
    let mut known: Vec<_> = known.collect();

    rows.sort();
    known.sort();
    assert_eq!(rows, known);
}

#[test]
fn every_row_has_cases_for_what_it_says_on_its_place() {
    let (honoured, refused) = (honoured(), refused());

    for Row { of, says } in table() {
        let never = says.starts_with("refused");
        assert!(never || honoured.contains(&of), "no entity in pass/ has {of:?}: {says}");
        assert!(!never || !honoured.contains(&of), "an entity in pass/ has {of:?}: {says}");
        let at_times = says.to_lowercase().contains("refused");
        assert!(!at_times || refused.contains(&of), "no message in fail/ points at {of:?}: {says}");
        assert!(at_times || !refused.contains(&of), "a message in fail/ points at {of:?}: {says}");
    }
}

#[test]
fn attributes_are_told_apart_by_what_they_stand_on() {
    let on_struct = |name: &str| (Place::Struct, name.to_owned());
    let on_field = |name: &str| (Place::Field, name.to_owned());
    let cases = [
        ("#[derive(LiveEntity)]\n#[serde(default)]\nstruct Row {\n    name: String,\n}", vec![on_struct("default")]),
        (
            "#[derive(LiveEntity)]\npub struct Row {\n    #[serde(default)]\n    name: i64,\n}",
            vec![on_field("default")],
        ),
        ("#[derive(LiveEntity)]\nstruct Row {\n    #[live(id)] #[serde(skip)] id: i64,\n}", vec![on_field("skip")]),
        (
            "#[serde(bound = \"T: A, U: B\", tag = \"kind\")]\n#[derive(LiveEntity)]\nstruct Row<T, U> {",
            vec![on_struct("bound"), on_struct("tag")],
        ),
        (
            "#[derive(LiveEntity)]\nstruct Row {\n    #[serde(rename(serialize = \"a\"))]\n    #[deprecated]\n    name: i64,",
            vec![on_field("rename")],
        ),
        ("#[derive(Serialize)]\n#[serde(default)]\nstruct Part {\n    #[serde(skip)]\n    name: String,\n}", vec![]),
        ("#[derive(LiveEntity)]\nenum Row {\n    #[serde(rename = \"a\")]\n    A,\n}", vec![]),
        (
            "#[derive(LiveEntity)]\nstruct Row {\n    name: String,\n}\n\nstruct Part {\n    #[cfg(test)]\n    #[serde(skip)]\n    a: i64,\n}",
            vec![],
        ),
        (
            "#[derive(LiveEntity)]\n// #[serde(default)]\nstruct Row {\n    /// #[serde(skip)]\n    name: String,\n}",
            vec![],
        ),
    ];

    for (program, expected) in cases {
        assert_eq!(attributes(program), expected.into_iter().collect(), "{program}");
    }
}

#[test]
fn a_message_points_at_what_its_carets_stand_under() {
    let message = "error: no\n --> fail/a.rs:8:13\n  |\n8 |     #[serde(alias = \"é\", skip)]\n  |                          ^^^^\n";

    let marked = pointed_at(message);

    assert!(marked.contains("skip") && !marked.contains("alias"), "{marked:?}");
}
