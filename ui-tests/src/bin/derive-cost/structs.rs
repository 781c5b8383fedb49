//! The structs that are compiled: plain tables, as programs have them.

use std::fmt::Write as _;

/// Which derives the structs have.
#[derive(Clone, Copy)]
pub enum Form {
    Plain,
    Serde,
    Live,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Plain, Self::Serde, Self::Live];

    /// The name of the crate.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain-form",
            Self::Serde => "serde-form",
            Self::Live => "live-form",
        }
    }

    fn derives(self) -> &'static str {
        match self {
            Self::Plain => "Clone, PartialEq",
            Self::Serde => "Clone, PartialEq, serde::Serialize, serde::Deserialize",
            Self::Live => "Clone, PartialEq, serde::Serialize, serde::Deserialize, vantage_live::LiveEntity",
        }
    }
}

/// A name and a type for each of a table's columns, over and over.
const COLUMNS: &[(&str, &str)] = &[
    ("name", "String"),
    ("price", "i64"),
    ("note", "Option<String>"),
    ("weight", "f64"),
    ("active", "bool"),
    ("tags", "Vec<String>"),
    ("rank", "u32"),
    ("parent", "Option<i64>"),
    ("labels", "std::collections::BTreeMap<String, String>"),
    ("code", "String"),
];

/// The source of a library of `entities` structs with `fields` fields each.
pub fn source(form: Form, entities: u32, fields: u32) -> String {
    let mut source = String::new();
    for entity in 0..entities {
        let _ = writeln!(source, "#[derive({})]\npub struct Table{entity} {{", form.derives());
        for (field, (name, ty)) in (0..fields).zip(COLUMNS.iter().cycle()) {
            let _ = writeln!(source, "    pub {name}_{field}: {ty},");
        }
        source.push_str("}\n\n");
    }
    source
}
