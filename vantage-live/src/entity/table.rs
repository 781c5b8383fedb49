//! What is known of an entity's fields: the constants that the derive writes, and the table that is made of them once.

#![expect(clippy::indexing_slicing, reason = "const code, and each index is bounded by the loop around it")]

use std::sync::OnceLock;

use super::written::Order;
use crate::value::{Path, Record};

/// An entity's fields as the derive sees them, in the order of declaration. For generated code.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// Per field: its name in Rust, the name that serde writes, its name for a person, its variant.
    pub fields: &'static [[&'static str; 4]],
    /// What is no leaf, by its place in `fields`.
    pub roles: &'static [(usize, Role)],
    /// The other names that serde reads, by the field's place in `fields`.
    pub aliases: &'static [(usize, &'static [&'static str])],
    /// The name that serde writes the struct's name under, where there is one.
    pub tag: &'static str,
    /// Whether the entity may be absent as a whole; then a leaf for that comes first.
    pub optional: bool,
}

/// What a field is that is no leaf. For generated code.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    /// An entity inside the entity: its fields are this one's leaves.
    Nested(Own),
    /// As `Nested`, and serde writes its fields beside those of this entity.
    Flat(Own),
    /// The id, or a field of the program's own: in the struct, not in the record.
    Untracked,
    /// A field of the program's own that serde spreads over the record: it takes in what no other field is named after.
    Rest,
}

impl Own {
    /// An entity of leaves alone.
    #[must_use]
    pub const fn leaves(fields: &'static [[&'static str; 4]]) -> Self {
        Own { fields, roles: &[], aliases: &[], tag: "", optional: false }
    }

    /// Whether serde reads the entity as a map where it is spread over a record, which leaves all of it for what is read behind.
    #[must_use]
    pub const fn is_read_as_map(&self) -> bool {
        let mut at = 0;
        while at < self.roles.len() {
            if matches!(self.roles[at].1, Role::Flat(_) | Role::Rest) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether a map is spread over the record that takes in what nothing else in the entity is named after.
    #[must_use]
    pub const fn has_rest(&self) -> bool {
        let mut at = 0;
        while at < self.roles.len() {
            let has_rest = match &self.roles[at].1 {
                Role::Rest => true,
                Role::Flat(own) => own.has_rest(),
                Role::Nested(_) | Role::Untracked => false,
            };
            if has_rest {
                return true;
            }
            at += 1;
        }
        false
    }

    pub(super) const fn role(&self, place: usize) -> Option<&Role> {
        let mut at = 0;
        while at < self.roles.len() {
            if self.roles[at].0 == place {
                return Some(&self.roles[at].1);
            }
            at += 1;
        }
        None
    }
}

/// What is known of one leaf field.
#[derive(Debug)]
pub struct FieldInfo {
    pub(super) name: String,
    pub(super) wire_name: String,
    pub(super) label: String,
    /// As `Debug` shows it: variants inside variants.
    pub(super) shown: String,
    pub(super) path: Path,
    pub(super) aliases: Vec<Path>,
    /// How many leaves it stands for: one, but for the leaf that is a whole optional entity.
    pub(super) covers: usize,
}

/// What is known of an entity's fields. One static per entity, filled once, by generated code.
#[derive(Debug, Default)]
pub struct FieldTable {
    filled: OnceLock<Filled>,
    order: Order,
}

#[derive(Debug, Default)]
struct Filled {
    leaves: Vec<FieldInfo>,
    untracked: Vec<Path>,
    /// The objects into which serde also spreads what no field is named after.
    open: Vec<Path>,
    /// Where serde writes the name of a struct.
    tags: Vec<Path>,
}

impl FieldTable {
    /// An empty table, to be filled at first use. No function: a compiler that has computed it once takes it for every entity.
    #[expect(clippy::declare_interior_mutable_const, reason = "each static of an entity begins with one of its own")]
    pub const EMPTY: Self = FieldTable { filled: OnceLock::new(), order: Order::new() };

    /// The table, filled from `own` if this is the first call.
    pub fn get(&'static self, own: &Own) -> &'static Self {
        self.filled.get_or_init(|| {
            let mut filled = Filled::default();
            filled.add(own, &Around::default());
            filled
        });
        self
    }

    /// Where the fields stand in a record.
    pub(super) fn order(&self) -> &Order {
        &self.order
    }

    /// Takes out of what serde has written for an entity whatever is not tracked.
    pub(super) fn strip(&self, record: &mut Record) {
        let Some(filled) = self.filled.get() else { return };
        for path in &filled.untracked {
            path.remove(record);
        }
        self.close(record);
    }

    /// Takes out of what serde has written for an entity what no field of it is named after.
    pub(super) fn close(&self, record: &mut Record) {
        let Some(filled) = self.filled.get() else { return };
        for open in &filled.open {
            let of_a_field = |name: &str| {
                let under = open.join(name.to_owned());
                let fields = filled.leaves.iter().map(|leaf| &leaf.path).chain(&filled.untracked);
                fields.chain(&filled.tags).any(|path| under.contains(path))
            };
            let mut names = open.names().iter();
            let object = names.try_fold(&mut *record, |object, name| object.get_mut(&**name)?.as_object_mut());
            if let Some(object) = object {
                object.retain(|name, _| of_a_field(name));
            }
        }
    }

    /// Whether something is spread over the record that takes in what no field is named after.
    pub(super) fn is_open(&self) -> bool {
        self.filled.get().is_some_and(|filled| !filled.open.is_empty())
    }

    /// What serde writes beside the fields, where that is a name or some in the record and no more.
    pub(super) fn untracked(&self) -> Option<&[Path]> {
        let filled = self.filled.get()?;
        let is_plain = filled.open.is_empty() && filled.untracked.iter().all(|path| path.names().len() == 1);
        is_plain.then_some(&*filled.untracked)
    }

    pub(super) fn info(&'static self, index: usize) -> &'static FieldInfo {
        static NONE: OnceLock<FieldInfo> = OnceLock::new();
        self.filled.get().and_then(|filled| filled.leaves.get(index)).unwrap_or_else(|| {
            // Only a hand-written `Field` whose table is shorter than its `ALL` gets here.
            NONE.get_or_init(|| FieldInfo {
                name: String::new(),
                wire_name: String::new(),
                label: String::new(),
                shown: String::new(),
                path: Path::from(""),
                aliases: Vec::new(),
                covers: 1,
            })
        })
    }
}

/// What stands before and around the names of a nested entity's fields.
#[derive(Clone, Default)]
struct Around {
    path: Vec<&'static str>,
    name: String,
    wire_name: String,
    label: String,
    shown: String,
    closing: String,
}

impl Around {
    /// A leaf that is the whole entity stands where the entity stands; one of its fields stands inside.
    fn whole(&self) -> FieldInfo {
        FieldInfo {
            name: self.name.trim_end_matches('.').to_owned(),
            wire_name: self.wire_name.trim_end_matches('.').to_owned(),
            label: self.label.trim_end_matches(": ").to_owned(),
            shown: format!("{}Whole{}", self.shown, self.closing),
            path: Path::from_iter(self.path.iter().copied()),
            aliases: Vec::new(),
            covers: 1,
        }
    }

    fn leaf(&self, [name, wire_name, label, variant]: [&'static str; 4], aliases: &[&'static str]) -> FieldInfo {
        FieldInfo {
            name: format!("{}{name}", self.name),
            wire_name: format!("{}{wire_name}", self.wire_name),
            label: format!("{}{label}", self.label),
            shown: format!("{}{variant}{}", self.shown, self.closing),
            path: self.under(wire_name),
            aliases: aliases.iter().map(|alias| self.under(alias)).collect(),
            covers: 1,
        }
    }

    fn under(&self, name: &'static str) -> Path {
        self.path.iter().copied().chain([name]).collect()
    }

    /// Around the fields of the entity in that field.
    fn within(&self, [name, wire_name, label, variant]: [&'static str; 4], flat: bool) -> Self {
        let (mut path, mut wire) = (self.path.clone(), self.wire_name.clone());
        if !flat {
            path.push(wire_name);
            wire.extend([wire_name, "."]);
        }
        Around {
            path,
            name: format!("{}{name}.", self.name),
            wire_name: wire,
            label: format!("{}{label}: ", self.label),
            shown: format!("{}{variant}(", self.shown),
            closing: format!("{})", self.closing),
        }
    }

    fn inside(&self) -> Self {
        let mut inner = self.clone();
        inner.shown += "Inside(";
        inner.closing.push(')');
        inner
    }
}

impl Filled {
    fn add(&mut self, own: &Own, around: &Around) {
        if own.optional {
            let place = self.leaves.len();
            self.leaves.push(around.whole());
            self.add(&Own { optional: false, ..*own }, &around.inside());
            let covers = self.leaves.len() - place;
            if let Some(whole) = self.leaves.get_mut(place) {
                whole.covers = covers;
            }
            return;
        }
        if !own.tag.is_empty() {
            self.tags.push(around.under(own.tag));
        }
        for (place, &names) in own.fields.iter().enumerate() {
            match own.role(place) {
                None => {
                    let aliases =
                        own.aliases.iter().find(|(of, _)| *of == place).map_or(&[][..], |(_, aliases)| aliases);
                    self.leaves.push(around.leaf(names, aliases));
                }
                Some(Role::Nested(inner)) => self.add(inner, &around.within(names, false)),
                Some(Role::Flat(inner)) => self.add(inner, &around.within(names, true)),
                Some(Role::Untracked) => self.untracked.push(around.under(names[1])),
                Some(Role::Rest) => self.open.push(Path::from_iter(around.path.iter().copied())),
            }
        }
    }
}
