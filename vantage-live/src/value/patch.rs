//! What a write changes: paths to set, paths to remove, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Path, Record, same};

/// Which paths of a record to set to what, and which to remove. A path in neither is kept: keep, null and remove are
/// three things.
///
/// Invariant: no path of a patch is, or leads to, another one of it. So the order in which a store applies the parts
/// does not matter, and a later [`set`](Patch::set) or [`unset`](Patch::unset) always wins over an earlier one. What was
/// won over has never happened: a `set` that a later `unset` takes back makes no parents either.
///
/// ```
/// use serde_json::json;
/// use vantage_live::{Patch, Path};
///
/// let patch = Patch::new().set("price", 130).unset("note").set(Path::from_iter(["inventory", "stock"]), 40);
///
/// let mut json = json!({"name": "Flux Cupcake", "price": 120, "note": "new", "inventory": {"stock": 50, "shelf": 2}});
/// let record = json.as_object_mut().unwrap();
/// patch.apply(record);
///
/// assert_eq!(json, json!({"name": "Flux Cupcake", "price": 130, "inventory": {"stock": 40, "shelf": 2}}));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    set: BTreeMap<Path, Value>,
    unset: BTreeSet<Path>,
}

impl Patch {
    /// The patch that changes nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Also sets `path` to `value`.
    #[must_use]
    pub fn set(mut self, path: impl Into<Path>, value: impl Into<Value>) -> Self {
        self.put(path.into(), Some(value.into()));
        self
    }

    /// Also removes `path`.
    #[must_use]
    pub fn unset(mut self, path: impl Into<Path>) -> Self {
        self.put(path.into(), None);
        self
    }

    /// The paths to set, with their values.
    #[must_use]
    pub fn sets(&self) -> impl ExactSizeIterator<Item = (&Path, &Value)> {
        self.set.iter()
    }

    /// The paths to remove.
    #[must_use]
    pub fn unsets(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.unset.iter()
    }

    /// Every path that the patch sets or removes.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.set.keys().chain(&self.unset)
    }

    /// Whether the patch changes nothing, whatever it is applied to.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.unset.is_empty()
    }

    /// Changes `record` as the patch says.
    pub fn apply(&self, record: &mut Record) {
        for path in &self.unset {
            path.remove(record);
        }
        for (path, value) in &self.set {
            path.set(record, value.clone());
        }
    }

    /// The patch that makes `new` of `old`: the deepest objects that both have are compared name by name, anything
    /// else (arrays too) is set as a whole. Values that are [`same`] are left alone.
    #[must_use]
    pub fn between(old: &Record, new: &Record) -> Self {
        let mut patch = Self::new();
        patch.compare(None, old, new);
        patch
    }

    fn compare(&mut self, at: Option<&Path>, old: &Record, new: &Record) {
        let path = |name: &String| at.map_or_else(|| Path::from(name.as_str()), |at| at.join(name.clone()));
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            self.unset.insert(path(name));
        }
        for (name, new) in new {
            match (old.get(name), new) {
                (Some(Value::Object(old)), Value::Object(new)) => self.compare(Some(&path(name)), old, new),
                (Some(old), new) if same(old, new) => {}
                _ => {
                    self.set.insert(path(name), new.clone());
                }
            }
        }
    }

    /// Sets (`Some`) or removes (`None`) one path and keeps the type's invariant.
    pub(crate) fn put(&mut self, path: Path, value: Option<Value>) {
        // It contains every other path and changes nothing: let in, it would take the others out.
        if path.names().is_empty() {
            return;
        }
        // What the patch said of the path itself, or of anything below it, is superseded.
        self.set.retain(|other, _| !path.contains(other));
        self.unset.retain(|other| !path.contains(other));

        // What it says of a parent takes the new value in.
        if let Some((parent, Value::Object(object))) = self.set.iter_mut().find(|(other, _)| other.contains(&path)) {
            if let Some(rest) = parent.below(&path) {
                match value {
                    Some(value) => rest.set(object, value),
                    None => drop(rest.remove(object)),
                }
            }
            return;
        }
        let parent = self.set.keys().chain(&self.unset).find(|other| other.contains(&path)).cloned();
        match (parent, value) {
            (Some(parent), Some(value)) => {
                let mut object = Record::new();
                if let Some(rest) = parent.below(&path) {
                    rest.set(&mut object, value);
                }
                self.unset.remove(&parent);
                self.set.insert(parent, Value::Object(object));
            }
            // The parent is removed, or is no object: there is nothing below it to remove.
            (Some(_), None) => {}
            (None, Some(value)) => drop(self.set.insert(path, value)),
            (None, None) => drop(self.unset.insert(path)),
        }
    }
}
