//! The structs that are compiled: plain tables, as programs have them.

use std::fmt::Write as _;

/// What the structs have.
#[derive(Clone, Copy)]
pub enum Form {
    /// Neither serde's derives nor ours.
    Plain,
    /// serde's two.
    Serde,
    /// What an entity has of serde, by hand, and as short as can be.
    ByHand,
    /// That, and ours.
    Ours,
    /// serde's two, and ours.
    Both,
}

impl Form {
    pub const ALL: [Self; 5] = [Self::Plain, Self::Serde, Self::ByHand, Self::Ours, Self::Both];

    /// The name of the crate.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain-form",
            Self::Serde => "serde-form",
            Self::ByHand => "by-hand-form",
            Self::Ours => "ours-form",
            Self::Both => "both-form",
        }
    }

    fn derives(self) -> &'static str {
        match self {
            Self::Plain | Self::ByHand => "Clone, PartialEq",
            Self::Serde => "Clone, PartialEq, serde::Serialize, serde::Deserialize",
            Self::Ours => "Clone, PartialEq, vantage_live::LiveEntity",
            Self::Both => "Clone, PartialEq, serde::Serialize, serde::Deserialize, vantage_live::LiveEntity",
        }
    }

    fn is_by_hand(self) -> bool {
        matches!(self, Self::ByHand | Self::Ours)
    }
}

/// serde's traits by hand.
const BY_HAND: &str = r#"macro_rules! by_hand {
    ($table:ident) => {
        impl serde::Serialize for $table {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }
        }

        impl<'de> serde::Deserialize<'de> for $table {
            fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
                Err(serde::de::Error::custom("none can be read"))
            }
        }
    };
}

"#;

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
    let mut source = if form.is_by_hand() { BY_HAND.to_owned() } else { String::new() };
    for entity in 0..entities {
        let _ = writeln!(source, "#[derive({})]\npub struct Table{entity} {{", form.derives());
        for (field, (name, ty)) in (0..fields).zip(COLUMNS.iter().cycle()) {
            let _ = writeln!(source, "    pub {name}_{field}: {ty},");
        }
        source.push_str("}\n\n");
        if form.is_by_hand() {
            let _ = writeln!(source, "by_hand!(Table{entity});\n");
        }
    }
    source
}
