//! Where in a record a value stands.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::Record;

/// The way from a record's top to one of its values: field names, outermost first.
///
/// A name is taken as it is: a dot inside it is part of the name, not a separator. A path has at least one name;
/// an empty sequence names nothing, and setting or removing it does nothing.
///
/// ```
/// use serde_json::json;
/// use vantage_live::Path;
///
/// let stock = Path::from_iter(["inventory", "stock"]);
/// let json = json!({"inventory": {"stock": 50}});
/// let record = json.as_object().unwrap();
///
/// assert_eq!(stock.get(record), Some(&json!(50)));
/// assert_eq!(Path::from("inventory.stock").get(record), None, "a name with a dot in it is another name");
/// assert_eq!(stock.to_string(), "inventory.stock");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Cow<'static, str>>);

impl Path {
    /// The names, outermost first.
    #[must_use]
    pub fn names(&self) -> &[Cow<'static, str>] {
        &self.0
    }

    /// Whether this path is `other` or leads to it.
    #[must_use]
    pub fn contains(&self, other: &Path) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The rest of `other` below this path: `None` where `other` is not below it.
    pub(crate) fn below(&self, other: &Path) -> Option<Path> {
        let rest = other.0.get(self.0.len()..).filter(|rest| !rest.is_empty())?;
        self.contains(other).then(|| Path(rest.to_vec()))
    }

    /// This path and `name` under it.
    #[must_use]
    pub fn join(&self, name: impl Into<Cow<'static, str>>) -> Path {
        let mut names = self.0.clone();
        names.push(name.into());
        Path(names)
    }

    /// The value at this path, where there is one.
    #[must_use]
    pub fn get<'r>(&self, record: &'r Record) -> Option<&'r Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter().try_fold(record.get(&**first)?, |value, name| value.as_object()?.get(&**name))
    }

    /// Puts `value` at this path. A parent that is missing, or that is no object, becomes one.
    pub fn set(&self, record: &mut Record, value: Value) {
        let Some((last, parents)) = self.0.split_last() else { return };
        let mut object = record;
        for name in parents {
            let slot = object.entry(name.to_string()).or_insert(Value::Null);
            if !slot.is_object() {
                *slot = Value::Object(Record::new());
            }
            match slot {
                Value::Object(next) => object = next,
                // The line above has made it an object.
                _ => return,
            }
        }
        object.insert(last.to_string(), value);
    }

    /// Takes the value at this path out of the record; its parents stay, even if they are empty then.
    pub fn remove(&self, record: &mut Record) -> Option<Value> {
        let (last, parents) = self.0.split_last()?;
        let mut object = record;
        for name in parents {
            object = object.get_mut(&**name)?.as_object_mut()?;
        }
        object.remove(&**last)
    }
}

/// A path of one name, dots and all.
impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Path(vec![Cow::Owned(name.to_owned())])
    }
}

/// A path of one name, dots and all.
impl From<String> for Path {
    fn from(name: String) -> Self {
        Path(vec![Cow::Owned(name)])
    }
}

impl<S: Into<Cow<'static, str>>> FromIterator<S> for Path {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Path(names.into_iter().map(Into::into).collect())
    }
}

/// The names with dots between them; a name that has a dot or a quote of its own, or is empty, stands in quotes.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            if name.is_empty() || name.contains(['.', '"']) {
                write!(f, "{name:?}")?;
            } else {
                f.write_str(name)?;
            }
        }
        Ok(())
    }
}
