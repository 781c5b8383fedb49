//! The part of `#[serde(…)]` that decides how the record looks. What serde refuses itself is not looked at.

use syn::{Attribute, Ident, LitStr};

use super::{Entry, Given, Value, serde_entries};
use crate::naming::RenameRule;

/// serde's names that a user might look for under `live`.
pub const KNOWN: &[&str] = &[
    "rename",
    "rename_all",
    "default",
    "with",
    "serialize_with",
    "deserialize_with",
    "skip_serializing",
    "skip_deserializing",
    "skip_serializing_if",
    "alias",
    "flatten",
    "bound",
    "deny_unknown_fields",
    "tag",
    "transparent",
];

/// `rename` or `rename_all`: with one value for both directions, or with one for each.
pub struct Rename {
    pub key: Ident,
    pub serialize: Option<String>,
    pub deserialize: Option<String>,
}

/// serde's attributes on the struct.
#[derive(Default)]
pub struct EntitySerde {
    pub rename_all: Option<Rename>,
    /// The struct's name, where serde is told one.
    pub rename: Option<Rename>,
    /// The field under which serde writes the struct's name.
    pub tag: Option<Given<LitStr>>,
    /// Whether every field that a record lacks has a default.
    pub default: bool,
    /// Attributes that make something else of the record than an object of the struct's fields.
    pub reshaping: Vec<Ident>,
}

/// serde's attributes on a field.
#[derive(Default)]
pub struct FieldSerde {
    pub rename: Option<Rename>,
    /// Other names that serde reads.
    pub aliases: Vec<Given<LitStr>>,
    pub default: Option<Ident>,
    pub flatten: Option<Ident>,
    pub skip: Option<Ident>,
    pub skip_serializing: Option<Ident>,
    pub skip_deserializing: Option<Ident>,
    /// When serde writes nothing.
    pub skip_serializing_if: Option<Given<Option<LitStr>>>,
    /// Attributes that decide on the JSON of the field as a whole: `with` and its kin.
    pub with: Vec<Ident>,
    pub borrow: Option<Ident>,
}

impl EntitySerde {
    pub fn parse(attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        for Entry { key, value } in serde_entries(attrs) {
            match key.to_string().as_str() {
                "rename_all" => parsed.rename_all = Some(Rename::from(Entry { key, value })),
                "rename" => parsed.rename = Some(Rename::from(Entry { key, value })),
                "tag" => parsed.tag = value.literal().map(|value| Given { key, value }),
                "default" => parsed.default = true,
                "transparent" | "from" | "into" | "try_from" | "remote" => parsed.reshaping.push(key),
                _ => {}
            }
        }
        parsed
    }

    /// The rules for names in the two directions, where serde knows them.
    pub fn rules(&self) -> (Option<RenameRule>, Option<RenameRule>) {
        let rule = |name: &Option<String>| name.as_deref().and_then(RenameRule::parse);
        self.rename_all.as_ref().map_or((None, None), |all| (rule(&all.serialize), rule(&all.deserialize)))
    }
}

impl FieldSerde {
    pub fn parse(attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        for Entry { key, value } in serde_entries(attrs) {
            match key.to_string().as_str() {
                "rename" => parsed.rename = Some(Rename::from(Entry { key, value })),
                "alias" => parsed.aliases.extend(value.literal().map(|value| Given { key, value })),
                "default" => parsed.default = Some(key),
                "flatten" => parsed.flatten = Some(key),
                "skip" => parsed.skip = Some(key),
                "skip_serializing" => parsed.skip_serializing = Some(key),
                "skip_deserializing" => parsed.skip_deserializing = Some(key),
                "skip_serializing_if" => {
                    parsed.skip_serializing_if = Some(Given { key, value: value.literal() });
                }
                "with" | "serialize_with" | "deserialize_with" => parsed.with.push(key),
                "borrow" => parsed.borrow = Some(key),
                _ => {}
            }
        }
        parsed
    }

    /// Whether serde writes the field.
    pub fn writes(&self) -> bool {
        self.skip.is_none() && self.skip_serializing.is_none()
    }

    /// Whether serde reads the field.
    pub fn reads(&self) -> bool {
        self.skip.is_none() && self.skip_deserializing.is_none()
    }

    /// The attribute that keeps the field out of the record in both directions.
    pub fn skipped(&self) -> Option<&Ident> {
        let both = self.skip_deserializing.as_ref().filter(|_| self.skip_serializing.is_some());
        self.skip.as_ref().or(both)
    }
}

impl From<Entry> for Rename {
    fn from(entry: Entry) -> Self {
        let key = entry.key;
        match entry.value {
            Value::List(list) => {
                let mut rename = Rename { key, serialize: None, deserialize: None };
                for Entry { key, value } in list {
                    let value = value.literal().map(|text| text.value());
                    match key.to_string().as_str() {
                        "serialize" => rename.serialize = value,
                        "deserialize" => rename.deserialize = value,
                        _ => {}
                    }
                }
                rename
            }
            value => {
                let name = value.literal().map(|text| text.value());
                Rename { key, serialize: name.clone(), deserialize: name }
            }
        }
    }
}
