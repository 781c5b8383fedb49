//! The names of the generated types: those that the user gave, and others made from the struct's.

use std::iter;

use quote::{ToTokens, format_ident};
use syn::Ident;
use syn::ext::IdentExt;

use crate::attr::{EntityAttrs, Given};
use crate::generics;
use crate::model::Field;
use crate::naming;

/// The names of the generated types.
pub struct Names {
    pub field: Ident,
    pub dirty: Ident,
    pub change: Ident,
    pub conflicts: Ident,
    pub conflict: Ident,
    /// Names that the user gave, and that something else has already.
    pub taken: Vec<Given<Ident>>,
    /// Names that are spelt in the type of a field, each with the attribute that gives another.
    pub spelt: Vec<Given<Ident>>,
}

impl Names {
    pub fn new(entity: &Ident, live: &EntityAttrs) -> Self {
        let name = entity.unraw().to_string();
        // What the compiler minds in the struct's own name, it shall say of that alone.
        let is_minded = name.starts_with(char::is_lowercase) || name.contains('_');
        let default = |suffix: &str| {
            let name = format_ident!("{name}{suffix}", span = entity.span());
            if is_minded { naming::generated(&name) } else { name }
        };
        let names = [
            (&live.field, "Field"),
            (&live.dirty, "Dirty"),
            (&live.change, "Change"),
            (&live.conflicts, "Conflicts"),
            (&live.conflict, "Conflict"),
        ];
        let defaults = names.iter().filter(|(given, _)| given.is_none()).map(|(_, suffix)| default(suffix));
        let mut used: Vec<Ident> = iter::once(entity.clone()).chain(defaults).collect();
        let mut taken = Vec::new();
        let mut name = |given: &Option<Given<Ident>>, suffix| match given {
            Some(given) if !used.contains(&given.value) => {
                used.push(given.value.clone());
                given.value.clone()
            }
            Some(Given { key, value }) => {
                taken.push(Given { key: key.clone(), value: value.clone() });
                default(suffix)
            }
            None => default(suffix),
        };
        let [field, dirty, change, conflicts, conflict] = names.map(|(given, suffix)| name(given, suffix));
        Names { field, dirty, change, conflicts, conflict, taken, spelt: Vec::new() }
    }

    /// Makes way for what the fields' types are called: a field that is saved has none of the generated types. One of the
    /// program's own may.
    pub fn beside(mut self, fields: &[Field]) -> Self {
        let names = [
            ("field", &mut self.field),
            ("dirty", &mut self.dirty),
            ("change", &mut self.change),
            ("conflicts", &mut self.conflicts),
            ("conflict", &mut self.conflict),
        ];
        let fields: Vec<_> = fields.iter().filter(|field| !field.is_own()).collect();
        for (key, name) in names {
            let text = name.unraw().to_string();
            let mut fields = fields.iter().filter(|field| field.spelt.contains(&text));
            if let Some(value) = fields.find_map(|field| generics::mention(field.ty.to_token_stream(), name)) {
                *name = format_ident!("__{}", name.unraw());
                self.spelt.push(Given { key: Ident::new(key, value.span()), value });
            }
        }
        self
    }
}
