//! The part of `#[serde(…)]` that decides how the record looks. What serde refuses itself is not looked at.

use std::collections::HashSet;

use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::{Attribute, ExprPath, Ident, LitStr, Path, Token, Type, WherePredicate};

use super::{Entry, Given, Value, entries, serde_entries};
use crate::naming::RenameRule;

/// What serde takes on a struct with named fields.
const ON_STRUCT: &[&str] = &[
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
];

/// What serde takes on a field.
const ON_FIELD: &[&str] = &[
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
];

/// What no entity can have of these.
const REFUSED: &[&str] = &["transparent", "from", "try_from", "into", "remote", "borrow"];

/// What to say of one of serde's names that somebody has looked for under `live`.
pub fn hint(name: &str, is_on_field: bool) -> Option<String> {
    let (here, elsewhere, there) =
        if is_on_field { (ON_FIELD, ON_STRUCT, "the struct") } else { (ON_STRUCT, ON_FIELD, "a field") };
    let form = if takes(name, &Value::None) { name.to_owned() } else { format!("{name} = \"…\"") };
    if !here.contains(&name) && !elsewhere.contains(&name) {
        None
    } else if REFUSED.contains(&name) {
        Some(format!("`{name}` is serde's, and no entity can have it: take it away"))
    } else if here.contains(&name) {
        Some(format!("`{name}` is serde's and is honoured there: write `#[serde({form})]`"))
    } else {
        Some(format!("`{name}` is serde's and belongs on {there}: write `#[serde({form})]` there"))
    }
}

/// Whether `attrs` have an entry of serde's that is not `known`, says what was said before, or has another value than it may.
/// Where it is not known here that serde refuses it, one message more is shown.
fn is_wrong(attrs: &[Attribute], known: &[&str]) -> bool {
    let mut said = HashSet::new();
    attrs.iter().filter(|attr| attr.path().is_ident("serde")).any(|attr| {
        let Ok(entries) = attr.parse_args_with(entries) else { return true };
        entries.into_iter().any(|Entry { key, value }| {
            let name = key.to_string();
            let is_unknown = !known.contains(&name.as_str());
            let is_wrong = is_unknown || !takes(&name, &value);
            is_wrong || sayings(&name, &value, known).into_iter().any(|saying| !said.insert(saying))
        })
    })
}

/// What the entry says, as often as it does, of what may be said once.
fn sayings(name: &str, value: &Value, known: &[&str]) -> Vec<String> {
    let halves = |halves: [&str; 2]| halves.map(str::to_owned).to_vec();
    match name {
        "alias" => Vec::new(),
        "skip" => halves(["skip_serializing", "skip_deserializing"]),
        "with" => halves(["serialize_with", "deserialize_with"]),
        "rename" | "rename_all" | "bound" => {
            let directions = match value {
                Value::List(list) => list.iter().flatten().map(|entry| entry.key.to_string()).collect(),
                _ => halves(["serialize", "deserialize"]),
            };
            // A field is read under each of its names.
            let is_of_field = name == "rename" && known == ON_FIELD;
            let once = directions.into_iter().filter(|direction| !(is_of_field && direction == "deserialize"));
            once.map(|direction| format!("{name}({direction})")).collect()
        }
        _ => vec![name.to_owned()],
    }
}

/// Whether serde takes the value for the attribute `name`.
fn takes(name: &str, value: &Value) -> bool {
    let is_alone = matches!(value, Value::None);
    match name {
        "deny_unknown_fields" | "transparent" | "flatten" | "skip" | "skip_serializing" | "skip_deserializing" => {
            is_alone
        }
        "borrow" => is_alone || is_text(value, |_| true),
        "default" => is_alone || is_text(value, is::<ExprPath>),
        "with" | "serialize_with" | "deserialize_with" | "skip_serializing_if" => is_text(value, is::<ExprPath>),
        "remote" | "crate" => is_text(value, is::<Path>),
        "from" | "try_from" | "into" => is_text(value, is::<Type>),
        "alias" | "tag" | "expecting" => is_text(value, |_| true),
        "rename" | "rename_all" => is_per_direction(value, |_| true),
        "bound" => is_per_direction(value, |text| {
            text.parse_with(Punctuated::<WherePredicate, Token![,]>::parse_terminated).is_ok()
        }),
        _ => true,
    }
}

fn is_text(value: &Value, is: fn(&LitStr) -> bool) -> bool {
    value.literal().as_ref().is_some_and(is)
}

/// Whether it is a text, or a list of texts for `serialize` and `deserialize`.
fn is_per_direction(value: &Value, is: fn(&LitStr) -> bool) -> bool {
    let Value::List(list) = value else { return is_text(value, is) };
    let is_one = |Entry { key, value }: &Entry| (key == "serialize" || key == "deserialize") && is_text(value, is);
    list.as_ref().is_some_and(|list| !list.is_empty() && list.iter().all(is_one))
}

/// Whether the text can be read as a `T`.
fn is<T: Parse>(text: &LitStr) -> bool {
    text.parse::<T>().is_ok()
}

/// The entries that serde may take.
fn taken(attrs: &[Attribute]) -> impl Iterator<Item = Entry> {
    serde_entries(attrs).into_iter().filter(|entry| takes(&entry.key.to_string(), &entry.value))
}

/// All `rename` or `rename_all`: with one value for both directions, or with one for each, at once or one after another.
pub struct Rename {
    pub key: Ident,
    pub serialize: Option<String>,
    /// Of several, serde reads each.
    pub deserialize: Vec<String>,
}

/// serde's attributes on the struct.
#[derive(Default)]
pub struct EntitySerde {
    pub rename_all: Option<Rename>,
    /// The field under which serde writes the struct's name.
    pub tag: Option<Given<LitStr>>,
    /// Whether every field that a record lacks has a default.
    pub default: bool,
    /// Whether serde reads no record that has a field which it does not know.
    pub deny_unknown_fields: Option<Ident>,
    /// Attributes that make something else of the record than an object of the struct's fields, with the type that they
    /// name.
    pub reshaping: Vec<Given<Option<LitStr>>>,
    /// Whether serde says itself what is wrong with one of them, and derives nothing.
    pub is_refused: bool,
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
    /// Whether serde says itself what is wrong with one of them, and derives nothing.
    pub is_refused: bool,
}

impl EntitySerde {
    pub fn parse(attrs: &[Attribute]) -> Self {
        let mut parsed = EntitySerde { is_refused: is_wrong(attrs, ON_STRUCT), ..Self::default() };
        for Entry { key, value } in taken(attrs) {
            match key.to_string().as_str() {
                "rename_all" => Rename::add(&mut parsed.rename_all, key, value),
                "tag" => parsed.tag = value.literal().map(|value| Given { key, value }),
                "default" => parsed.default = true,
                "deny_unknown_fields" => parsed.deny_unknown_fields = Some(key),
                "transparent" | "from" | "into" | "try_from" | "remote" => {
                    parsed.reshaping.push(Given { key, value: value.literal() });
                }
                _ => {}
            }
        }
        let rules = parsed.rename_all.iter().flat_map(|all| all.serialize.iter().chain(&all.deserialize));
        parsed.is_refused |= rules.map(|rule| RenameRule::parse(rule)).any(|rule| rule.is_none());
        parsed
    }

    /// Whether serde's `camelCase` panics at the name of this field, which has none of its own: it takes the first letter of it
    /// for one byte.
    pub fn panics_at(&self, name: &str, field: &FieldSerde) -> bool {
        let (write, read) = self.rules();
        let rename = field.rename.as_ref();
        let is_written = rename.is_none_or(|rename| rename.serialize.is_none()) && write == Some(RenameRule::Camel);
        let is_read = rename.is_none_or(|rename| rename.deserialize.is_empty()) && read == Some(RenameRule::Camel);
        let pascal = RenameRule::Pascal.apply(name);
        (is_written || is_read) && !pascal.starts_with(|first: char| first.is_ascii())
    }

    /// The rules for names in the two directions, where serde knows them.
    pub fn rules(&self) -> (Option<RenameRule>, Option<RenameRule>) {
        let rule = |name: Option<&String>| name.and_then(|name| RenameRule::parse(name));
        let all = self.rename_all.as_ref();
        all.map_or((None, None), |all| (rule(all.serialize.as_ref()), rule(all.deserialize.first())))
    }
}

impl FieldSerde {
    pub fn parse(attrs: &[Attribute]) -> Self {
        let mut parsed = FieldSerde { is_refused: is_wrong(attrs, ON_FIELD), ..Self::default() };
        for Entry { key, value } in taken(attrs) {
            match key.to_string().as_str() {
                "rename" => Rename::add(&mut parsed.rename, key, value),
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

    /// Whether no function of the user's reads the field.
    pub fn is_read_by_serde(&self) -> bool {
        self.with.iter().all(|key| key == "serialize_with")
    }

    /// The attribute that keeps the field out of the record in both directions.
    pub fn skipped(&self) -> Option<&Ident> {
        let both = self.skip_deserializing.as_ref().filter(|_| self.skip_serializing.is_some());
        self.skip.as_ref().or(both)
    }
}

impl Rename {
    /// Takes in one more of the attributes.
    fn add(all: &mut Option<Self>, key: Ident, value: Value) {
        let all = all.get_or_insert_with(|| Rename { key, serialize: None, deserialize: Vec::new() });
        let text = |value: Value| value.literal().map(|text| text.value());
        if let Value::List(list) = value {
            for Entry { key, value } in list.into_iter().flatten() {
                match key.to_string().as_str() {
                    "serialize" => all.serialize = text(value),
                    "deserialize" => all.deserialize.extend(text(value)),
                    _ => {}
                }
            }
        } else {
            all.serialize = text(value);
            all.deserialize.extend(all.serialize.clone());
        }
    }
}
