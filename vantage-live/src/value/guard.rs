//! What must hold in the store for a write to happen.

use serde_json::Value;

use super::{Path, Record, same};

/// What must hold in the store for a write to happen. The store checks it and writes in one atomic step.
///
/// ```
/// use serde_json::json;
/// use vantage_live::Guard;
///
/// let guard = Guard::Fields(vec![]).and("price", Some(json!(120))).and("note", None);
///
/// assert!(guard.holds(json!({"price": 120, "name": "Flux Cupcake"}).as_object()));
/// assert!(!guard.holds(json!({"price": 120, "note": null}).as_object()), "null is there, absent is not");
/// assert!(!guard.holds(None), "a record that is gone fulfils no expectation");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Guard {
    /// Nothing, not even that the record exists: a write to a missing one makes it, of what the patch sets. A patch that
    /// sets nothing makes none.
    Nothing,
    /// The record exists.
    #[default]
    Exists,
    /// The record exists, and each of these paths has the value that is expected there.
    Fields(Vec<Expected>),
    /// The record exists, and its version token is the one that was read.
    Version {
        /// Where the token stands in the record.
        path: Path,
        /// The token as it was read.
        token: Value,
    },
}

/// One expectation of a [`Guard`]: this path has this value.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Where.
    pub path: Path,
    /// What stands there, compared with [`same`]; `None`: nothing does, which is another thing than null.
    pub value: Option<Value>,
}

impl Guard {
    /// This guard, and `path` has `value` too (`None`: is absent).
    ///
    /// A [`Version`](Guard::Version) becomes the field expectation that it is.
    #[must_use]
    pub fn and(self, path: impl Into<Path>, value: Option<Value>) -> Self {
        let mut fields = match self {
            Guard::Nothing | Guard::Exists => Vec::new(),
            Guard::Fields(fields) => fields,
            Guard::Version { path, token } => vec![Expected { path, value: Some(token) }],
        };
        fields.push(Expected { path: path.into(), value });
        Guard::Fields(fields)
    }

    /// This guard, and each of `paths` is as `record` has it.
    pub(crate) fn and_as_in<'p>(self, record: &Record, paths: impl IntoIterator<Item = &'p Path>) -> Self {
        paths.into_iter().fold(self, |guard, path| guard.and(path.clone(), path.get(record).cloned()))
    }

    /// Whether the guard holds for `record`, `None` being a record that does not exist. This is the meaning that every
    /// store gives it.
    #[must_use]
    pub fn holds(&self, record: Option<&Record>) -> bool {
        match (self, record) {
            (Guard::Nothing, _) | (Guard::Exists, Some(_)) => true,
            (Guard::Exists | Guard::Fields(_) | Guard::Version { .. }, None) => false,
            (Guard::Fields(fields), Some(record)) => fields.iter().all(|expected| expected.holds(record)),
            (Guard::Version { path, token }, Some(record)) => path.get(record).is_some_and(|now| same(now, token)),
        }
    }
}

impl Expected {
    fn holds(&self, record: &Record) -> bool {
        match (&self.value, self.path.get(record)) {
            (Some(expected), Some(now)) => same(expected, now),
            (None, None) => true,
            _ => false,
        }
    }
}
