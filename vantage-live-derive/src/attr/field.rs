//! `#[live(…)]` on a field.

use syn::{Attribute, ExprPath, Ident, LitStr};

use super::{Given, live_entries, nearest, unknown};
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
    /// Whether something that stands there is wrong.
    pub is_refused: bool,
}

impl FieldAttrs {
    pub fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let (mut parsed, before) = (Self::default(), errors.count());
        for entry in live_entries(attrs, errors) {
            let name = entry.key.to_string();
            match name.as_str() {
                "label" => entry.text(&mut parsed.label, errors),
                "eq" => entry.path(&mut parsed.eq, "a function that compares two values", errors),
                flag if let Some(slot) = parsed.flag(flag) => entry.flag(slot, errors),
                _ => {
                    errors.at(&entry.key, unknown(&entry.key, true));
                    // What was meant counts, so that nothing is said of what a slip of the finger leads to.
                    if let Some(slot) = nearest(&name, KNOWN).and_then(|meant| parsed.flag(meant)) {
                        slot.get_or_insert(entry.key);
                    }
                }
            }
        }
        parsed.is_refused = errors.count() > before;
        parsed
    }

    fn flag(&mut self, name: &str) -> Option<&mut Option<Ident>> {
        match name {
            "id" => Some(&mut self.id),
            "skip" => Some(&mut self.skip),
            "readonly" => Some(&mut self.readonly),
            "version" => Some(&mut self.version),
            "nested" => Some(&mut self.nested),
            _ => None,
        }
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
