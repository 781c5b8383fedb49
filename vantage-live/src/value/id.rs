//! A record's key.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

/// A record's key: text, an integer, a uuid, or something that only its store understands. Cheap to clone, ordered
/// (integers, then uuids, then text, then opaque ones) and hashable. `1` and `"1"` are two ids.
///
/// As JSON, text is a string and an integer a number; a uuid is `{"uuid": "…"}` and an opaque id `{"opaque": "…"}`.
///
/// ```
/// use vantage_live::Id;
///
/// let (number, text) = (Id::from(1), Id::from("1"));
/// assert_ne!(number, text);
/// assert_eq!(number.to_string(), text.to_string(), "a person sees the same");
/// assert_eq!(format!("{number:?} {text:?}"), r#"1 "1""#, "a programmer does not");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Repr);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Int(i64),
    Uuid(Uuid),
    Text(Arc<str>),
    Opaque(Arc<str>),
}

/// What an [`Id`] is, to match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdKind<'i> {
    /// An integer.
    Int(i64),
    /// A uuid.
    Uuid(Uuid),
    /// Text.
    Text(&'i str),
    /// A key of a form that only its store understands, in the store's own spelling.
    Opaque(&'i str),
}

const TEMP: &str = "temp_";

impl Id {
    /// A key in its store's own spelling, for stores whose keys are more than text, integers and uuids.
    #[must_use]
    pub fn opaque(text: impl Into<Arc<str>>) -> Self {
        Id(Repr::Opaque(text.into()))
    }

    /// The id that a new record carries until it is saved.
    #[must_use]
    pub fn temp(uuid: Uuid) -> Self {
        Id::from(format!("{TEMP}{uuid}"))
    }

    /// Whether this is the id of a record that has not been saved yet.
    #[must_use]
    pub fn is_temp(&self) -> bool {
        matches!(&self.0, Repr::Text(text) if text.strip_prefix(TEMP).is_some_and(|rest| Uuid::try_parse(rest).is_ok()))
    }

    /// What the id is, to match on.
    #[must_use]
    pub fn kind(&self) -> IdKind<'_> {
        match &self.0 {
            Repr::Int(int) => IdKind::Int(*int),
            Repr::Uuid(uuid) => IdKind::Uuid(*uuid),
            Repr::Text(text) => IdKind::Text(text),
            Repr::Opaque(text) => IdKind::Opaque(text),
        }
    }

    /// The id as the plain JSON that an entity's `#[live(id)]` field reads: a number or a string.
    #[must_use]
    pub fn to_plain_json(&self) -> Value {
        match &self.0 {
            Repr::Int(int) => Value::from(*int),
            Repr::Uuid(uuid) => Value::from(uuid.to_string()),
            Repr::Text(text) | Repr::Opaque(text) => Value::from(&**text),
        }
    }
}

/// The id as a person reads it: text without quotes.
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(int) => int.fmt(f),
            Repr::Uuid(uuid) => uuid.fmt(f),
            Repr::Text(text) | Repr::Opaque(text) => text.fmt(f),
        }
    }
}

/// The id as a programmer reads it: text in quotes, a uuid or an opaque key named as such.
impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(int) => fmt::Debug::fmt(int, f),
            Repr::Uuid(uuid) => write!(f, "uuid({uuid})"),
            Repr::Text(text) => fmt::Debug::fmt(text, f),
            Repr::Opaque(text) => write!(f, "opaque({text})"),
        }
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Id(Repr::Text(text.into()))
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Id(Repr::Text(text.into()))
    }
}

impl From<i64> for Id {
    fn from(int: i64) -> Self {
        Id(Repr::Int(int))
    }
}

impl From<i32> for Id {
    fn from(int: i32) -> Self {
        Id(Repr::Int(int.into()))
    }
}

impl From<u32> for Id {
    fn from(int: u32) -> Self {
        Id(Repr::Int(int.into()))
    }
}

impl From<Uuid> for Id {
    fn from(uuid: Uuid) -> Self {
        Id(Repr::Uuid(uuid))
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tagged = |serializer: S, tag: &str, text: &str| {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(tag, text)?;
            map.end()
        };
        match &self.0 {
            Repr::Int(int) => serializer.serialize_i64(*int),
            Repr::Text(text) => serializer.serialize_str(text),
            Repr::Uuid(uuid) => tagged(serializer, "uuid", &uuid.to_string()),
            Repr::Opaque(text) => tagged(serializer, "opaque", text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl<'de> Visitor<'de> for IdVisitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(r#"an id: a string, an integer, {"uuid": "…"} or {"opaque": "…"}"#)
            }

            fn visit_i64<E>(self, int: i64) -> Result<Id, E> {
                Ok(Id::from(int))
            }

            fn visit_u64<E: serde::de::Error>(self, int: u64) -> Result<Id, E> {
                i64::try_from(int).map(Id::from).map_err(|_| E::custom("an integer id has 64 bits with a sign"))
            }

            fn visit_str<E>(self, text: &str) -> Result<Id, E> {
                Ok(Id::from(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Id, A::Error> {
                let (tag, text) = map
                    .next_entry::<Cow<'de, str>, Cow<'de, str>>()?
                    .ok_or_else(|| A::Error::custom("an id as an object has one entry, `uuid` or `opaque`"))?;
                let id = match &*tag {
                    "uuid" => Id::from(Uuid::try_parse(&text).map_err(A::Error::custom)?),
                    "opaque" => Id::opaque(&*text),
                    other => return Err(A::Error::unknown_field(other, &["uuid", "opaque"])),
                };
                match map.next_key::<Cow<'de, str>>()? {
                    None => Ok(id),
                    Some(_) => Err(A::Error::custom("an id as an object has one entry")),
                }
            }
        }

        deserializer.deserialize_any(IdVisitor)
    }
}

/// The type of an entity's `#[live(id)]` field: what can be made of an [`Id`].
///
/// Implemented for [`Id`], `String`, `Arc<str>`, `i64`, `u64`, `i32`, `u32`, [`Uuid`] and an `Option` of one of these. A
/// type of one's own takes what is inside it:
///
/// ```
/// use vantage_live::value::{Id, IdField, IdentityMismatch};
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct ProductId(i64);
///
/// impl IdField for ProductId {
///     fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
///         i64::from_id(id).map(ProductId)
///     }
/// }
///
/// assert_eq!(ProductId::from_id(&Id::from(7)).unwrap(), ProductId(7));
/// assert!(ProductId::from_id(&Id::from("seven")).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold an id",
    label = "not the type of an id",
    note = "an `#[live(id)]` field is an `Id`, text (`String`, `Arc<str>`), an integer (`i64`, `u64`, `i32`, `u32`), a `Uuid`, or an `Option` of one of these; implement `vantage_live::value::IdField` for a type of your own, and bound a parameter by it"
)]
pub trait IdField: Sized {
    /// This type's form of `id`.
    ///
    /// # Errors
    /// [`IdentityMismatch`] where the id is of another kind: the record then stands among the table's rejected rows.
    fn from_id(id: &Id) -> Result<Self, IdentityMismatch>;
}

/// A record's id does not fit the type of the entity's `#[live(id)]` field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id {id:?} is no {wanted}, which the entity's id field is")]
pub struct IdentityMismatch {
    id: Id,
    wanted: &'static str,
}

impl IdField for Id {
    fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
        Ok(id.clone())
    }
}

impl IdField for String {
    fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
        <Arc<str>>::from_id(id).map(|text| text.as_ref().to_owned())
    }
}

impl IdField for Arc<str> {
    fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
        match &id.0 {
            Repr::Text(text) | Repr::Opaque(text) => Ok(Arc::clone(text)),
            Repr::Int(_) | Repr::Uuid(_) => Err(IdentityMismatch { id: id.clone(), wanted: "text" }),
        }
    }
}

macro_rules! integers {
    ($($int:ty: $wanted:literal,)*) => {$(
        impl IdField for $int {
            fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
                let int = if let Repr::Int(int) = id.0 { int.try_into().ok() } else { None };
                int.ok_or_else(|| IdentityMismatch { id: id.clone(), wanted: $wanted })
            }
        }
    )*};
}

integers! {
    i64: "integer",
    u64: "unsigned integer",
    i32: "32-bit integer",
    u32: "unsigned 32-bit integer",
}

impl IdField for Uuid {
    fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
        match id.0 {
            Repr::Uuid(uuid) => Ok(uuid),
            _ => Err(IdentityMismatch { id: id.clone(), wanted: "uuid" }),
        }
    }
}

impl<T: IdField> IdField for Option<T> {
    fn from_id(id: &Id) -> Result<Self, IdentityMismatch> {
        T::from_id(id).map(Some)
    }
}
