//! `#[live(…)]` on the struct.

use syn::{Attribute, Ident, LitStr, Path};

use super::{Given, live_entries, unknown};
use crate::error::Errors;

/// What may stand there.
pub const KNOWN: &[&str] = &["table", "crate", "field", "dirty", "change", "conflicts", "conflict"];

/// What stands there.
#[derive(Default)]
pub struct EntityAttrs {
    pub table: Option<Given<LitStr>>,
    pub krate: Option<Given<Path>>,
    pub field: Option<Given<Ident>>,
    pub dirty: Option<Given<Ident>>,
    pub change: Option<Given<Ident>>,
    pub conflicts: Option<Given<Ident>>,
    pub conflict: Option<Given<Ident>>,
}

impl EntityAttrs {
    pub fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        for entry in live_entries(attrs, errors) {
            match entry.key.to_string().as_str() {
                "table" => entry.text(&mut parsed.table, errors),
                "crate" => entry.module(&mut parsed.krate, "vantage-live", errors),
                "field" => entry.name(&mut parsed.field, errors),
                "dirty" => entry.name(&mut parsed.dirty, errors),
                "change" => entry.name(&mut parsed.change, errors),
                "conflicts" => entry.name(&mut parsed.conflicts, errors),
                "conflict" => entry.name(&mut parsed.conflict, errors),
                _ => errors.at(&entry.key, unknown(&entry.key, false)),
            }
        }
        parsed
    }
}
