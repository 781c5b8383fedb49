//! The table of serde's attributes in the derive's documentation says nothing that no case proves.

use std::fs;
use std::path::Path;

/// Every program in `folder` and below.
fn programs(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path());
    entries
        .map(|path| match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => programs(&path),
            Some("rs") => fs::read_to_string(&path).expect("it is text"),
            _ => String::new(),
        })
        .collect()
}

/// The text of every `#[serde(…)]` of `programs`.
fn attributes(programs: &str) -> Vec<String> {
    programs.split("#[serde(").skip(1).filter_map(|rest| Some(rest.split_once(")]")?.0.to_owned())).collect()
}

fn uses(attributes: &[String], name: &str) -> bool {
    let begins = |entry: &str| {
        let rest = entry.trim_start().strip_prefix(name);
        rest.is_some_and(|rest| !rest.starts_with(|char: char| char.is_alphanumeric() || char == '_'))
    };
    attributes.iter().any(|attribute| attribute.split([',', '\n']).any(begins))
}

/// The names in a row's first cell, and what its second says.
fn rows(page: &str) -> Vec<(Vec<String>, String)> {
    let (_, section) = page.split_once("# serde's attributes").expect("the section is there");
    let (section, _) = section.split_once("# What it cannot do").expect("another one follows");
    let rows = section.lines().filter_map(|line| line.trim().strip_prefix("/// | `"));
    rows.filter_map(|row| row.split_once(" | "))
        .map(|(names, says)| (names.split('`').step_by(2).map(str::to_owned).collect(), says.to_owned()))
        .collect()
}

#[test]
fn every_row_has_cases_for_what_it_says() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(here.join("../vantage-live-derive/src/lib.rs")).expect("the page is there");
    let (passing, refused) = (attributes(&programs(&here.join("pass"))), attributes(&programs(&here.join("fail"))));

    let rows = rows(&page);

    let all: Vec<_> = rows.iter().flat_map(|(names, _)| names).map(String::as_str).collect();
    let of_serde = [
        "rename",
        "rename_all",
        "alias",
        "default",
        "with",
        "serialize_with",
        "deserialize_with",
        "skip",
        "skip_serializing",
        "skip_deserializing",
        "skip_serializing_if",
        "flatten",
        "transparent",
        "tag",
        "from",
        "into",
        "try_from",
        "bound",
        "crate",
        "deny_unknown_fields",
        "expecting",
        "remote",
        "borrow",
    ];
    let forgotten: Vec<_> = of_serde.iter().filter(|name| !all.contains(*name)).collect();
    assert!(forgotten.is_empty(), "no row has {forgotten:?}");
    for (names, says) in &rows {
        let always_refused = says.starts_with("refused");
        for name in names {
            assert!(always_refused || uses(&passing, name), "no program in pass/ has `{name}`: {says}");
            let may_be_refused = says.to_lowercase().contains("refused");
            assert!(!may_be_refused || uses(&refused, name), "no program in fail/ has `{name}`: {says}");
        }
    }
}
