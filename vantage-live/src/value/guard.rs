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
    /// The record exists, and at each of these paths stands what is expected there.
    Fields(Vec<Expected>),
    /// The record exists, and its version token is the one that was read.
    Version {
        /// Where the token stands in the record.
        path: Path,
        /// The token as it was read.
        token: Value,
    },
}

/// One expectation of a [`Guard`].
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Where.
    pub path: Path,
    /// What stands there.
    pub what: Expectation,
}

/// What is expected at a path.
///
/// ```
/// use serde_json::json;
/// use vantage_live::{Expectation, Guard, Path};
///
/// let city = Path::from_iter(["address", "city"]);
/// let guard = Guard::Exists.and_object("address").and(city, Some(json!("Hill Valley")));
/// let Guard::Fields(fields) = guard else { unreachable!() };
///
/// assert_eq!((&fields[0].what, fields[0].what.value()), (&Expectation::Object, None));
/// assert_eq!(fields[1].what.value(), Some(&json!("Hill Valley")));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// Nothing, which is another thing than null.
    Absent,
    /// This value, compared with [`same`].
    Value(Value),
    /// An object, whatever is in it.
    Object,
}

impl Guard {
    /// This guard, and `path` has `value` too (`None`: is absent).
    ///
    /// A [`Version`](Guard::Version) becomes the field expectation that it is.
    #[must_use]
    pub fn and(self, path: impl Into<Path>, value: Option<Value>) -> Self {
        let mut fields = self.into_fields();
        let what = value.map_or(Expectation::Absent, Expectation::Value);
        fields.push(Expected { path: path.into(), what });
        Guard::Fields(fields)
    }

    /// This guard, and an object stands at `path`, whatever is in it.
    ///
    /// A [`Version`](Guard::Version) becomes the field expectation that it is.
    #[must_use]
    pub fn and_object(self, path: impl Into<Path>) -> Self {
        let mut fields = self.into_fields();
        fields.push(Expected { path: path.into(), what: Expectation::Object });
        Guard::Fields(fields)
    }

    fn into_fields(self) -> Vec<Expected> {
        match self {
            Guard::Nothing | Guard::Exists => Vec::new(),
            Guard::Fields(fields) => fields,
            Guard::Version { path, token } => vec![Expected { path, what: Expectation::Value(token) }],
        }
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

impl Expectation {
    /// The value that is expected, where it is one.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        if let Expectation::Value(value) = self { Some(value) } else { None }
    }
}

impl Expected {
    fn holds(&self, record: &Record) -> bool {
        match (&self.what, self.path.get(record)) {
            (Expectation::Value(expected), Some(now)) => same(expected, now),
            (Expectation::Object, now) => now.is_some_and(Value::is_object),
            (Expectation::Absent, now) => now.is_none(),
            (Expectation::Value(_), None) => false,
        }
    }
}
