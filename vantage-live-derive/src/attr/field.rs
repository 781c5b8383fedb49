//! `#[live(…)]` on a field.

use syn::{Attribute, ExprPath, Ident, LitStr};

use super::{Given, entity, live_entries, unknown};
use crate::error::Errors;

/// What may stand there.
pub const KNOWN: &[&str] = &["id", "skip", "readonly", "version", "nested", "label", "eq"];

/// What stands there.
#[derive(Default)]
pub struct FieldAttrs {
    pub id: Option<Ident>,
    pub skip: Option<Ident>,
    pub readonly: Option<Ident>,
    pub version: Option<Ident>,
    pub nested: Option<Ident>,
    pub label: Option<Given<LitStr>>,
    pub eq: Option<Given<ExprPath>>,
}

impl FieldAttrs {
    pub fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        for entry in live_entries(attrs, errors) {
            match entry.key.to_string().as_str() {
                "id" => entry.flag(&mut parsed.id, errors),
                "skip" => entry.flag(&mut parsed.skip, errors),
                "readonly" => entry.flag(&mut parsed.readonly, errors),
                "version" => entry.flag(&mut parsed.version, errors),
                "nested" => entry.flag(&mut parsed.nested, errors),
                "label" => entry.text(&mut parsed.label, errors),
                "eq" => entry.path(&mut parsed.eq, "a function that compares two values", errors),
                _ => errors.at(&entry.key, unknown(&entry.key, KNOWN, (entity::KNOWN, "the struct"))),
            }
        }
        parsed
    }

    /// The key that the user wrote for `name`.
    pub fn key(&self, name: &str) -> Option<&Ident> {
        match name {
            "id" => self.id.as_ref(),
            "skip" => self.skip.as_ref(),
            "readonly" => self.readonly.as_ref(),
            "version" => self.version.as_ref(),
            "nested" => self.nested.as_ref(),
            "label" => self.label.as_ref().map(|label| &label.key),
            "eq" => self.eq.as_ref().map(|eq| &eq.key),
            _ => None,
        }
    }
}
