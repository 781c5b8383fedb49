//! Whether what serde writes for an entity is what a record has, found out without making JSON.
//!
//! Half of what taking in a record costs would be writing the entity only to see that nothing differs. The serializer
//! here has the record beside it and stops at the first difference. Where it cannot tell, it says that there is one:
//! whoever asks makes the JSON then.

use std::fmt;
use std::sync::OnceLock;

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};
use serde_json::Value;

use crate::value::{Path, Record};

/// Where in a record the fields of an entity stand, in the order in which serde writes them: learned from the first record
/// that was all written, so that of the next one each is found at once. Looked up by name it takes longer than decoding it.
#[derive(Debug, Default)]
pub(super) struct Order(OnceLock<Box<[usize]>>);

impl Order {
    pub(super) const fn new() -> Self {
        Order(OnceLock::new())
    }
}

/// Whether serde writes `entity` as `record`, but for what it writes under the names of `untracked`.
pub(super) fn is_written_as<E: Serialize>(entity: &E, record: &Record, untracked: &[Path], order: &Order) -> bool {
    entity.serialize(Beside::Whole(record, untracked, Some(order))).is_ok()
}

/// Whether a float in `entity`, which serde writes as `record`, is none that JSON has a number for: NaN, or infinite.
pub(super) fn has_no_number<E: Serialize>(entity: &E, record: &Record) -> bool {
    matches!(entity.serialize(Beside::Whole(record, &[], None)), Err(Different::NotFinite))
}

#[derive(Debug)]
enum Different {
    /// What is written is not what stands there, or nobody can tell.
    Otherwise,
    /// A float that JSON has no number for, whatever stands there.
    NotFinite,
}

type Same = Result<(), Different>;

impl fmt::Display for Different {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Different::Otherwise => "written otherwise",
            Different::NotFinite => "no number in JSON",
        })
    }
}

impl std::error::Error for Different {}

impl ser::Error for Different {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Different::Otherwise
    }
}

fn same(is: bool) -> Same {
    if is { Ok(()) } else { Err(Different::Otherwise) }
}

/// What is to be written.
#[derive(Clone, Copy)]
enum Beside<'r> {
    /// A record, what may be written beyond it, and where in it the fields stand.
    Whole(&'r Record, &'r [Path], Option<&'r Order>),
    /// A value in it.
    Inside(&'r Value),
}

impl<'r> Beside<'r> {
    fn object(self) -> Result<Object<'r>, Different> {
        match self {
            Beside::Whole(record, untracked, order) => {
                let names = record.iter().map(|(name, value)| (name.as_str(), Some(value))).collect();
                Ok(Object { names, untracked, order, written: 0, places: Vec::new(), value: None })
            }
            Beside::Inside(Value::Object(record)) => Beside::Whole(record, &[], None).object(),
            Beside::Inside(_) => Err(Different::Otherwise),
        }
    }

    fn array(self) -> Result<Array<'r>, Different> {
        match self {
            Beside::Inside(Value::Array(values)) => Ok(Array { rest: values }),
            _ => Err(Different::Otherwise),
        }
    }

    /// What stands under the one name that an enum's variant is written under.
    fn variant(self, name: &str) -> Result<Self, Different> {
        match self {
            Beside::Inside(Value::Object(object)) if object.len() == 1 => {
                object.get(name).map(Beside::Inside).ok_or(Different::Otherwise)
            }
            _ => Err(Different::Otherwise),
        }
    }

    fn is(self, written: &Value) -> Same {
        same(matches!(self, Beside::Inside(value) if value == written))
    }

    /// Bit by bit, as an entity's floats are compared.
    fn is_float(self, written: f64) -> Same {
        if !written.is_finite() {
            return Err(Different::NotFinite);
        }
        let Beside::Inside(Value::Number(number)) = self else { return Err(Different::Otherwise) };
        same(number.is_f64() && number.as_f64().is_some_and(|number| number.to_bits() == written.to_bits()))
    }
}

macro_rules! integers {
    ($($method:ident $ty:ty),*) => {
        $(fn $method(self, written: $ty) -> Same {
            self.is(&Value::from(written))
        })*
    };
}

impl<'r> Serializer for Beside<'r> {
    type Ok = ();
    type Error = Different;
    type SerializeSeq = Array<'r>;
    type SerializeTuple = Array<'r>;
    type SerializeTupleStruct = Array<'r>;
    type SerializeTupleVariant = Array<'r>;
    type SerializeMap = Object<'r>;
    type SerializeStruct = Object<'r>;
    type SerializeStructVariant = Object<'r>;

    integers!(
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_u8 u8, serialize_u16 u16,
        serialize_u32 u32, serialize_u64 u64
    );

    fn serialize_bool(self, written: bool) -> Same {
        same(matches!(self, Beside::Inside(Value::Bool(value)) if *value == written))
    }

    fn serialize_f32(self, written: f32) -> Same {
        self.is_float(written.into())
    }

    fn serialize_f64(self, written: f64) -> Same {
        self.is_float(written)
    }

    fn serialize_char(self, written: char) -> Same {
        self.serialize_str(written.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, written: &str) -> Same {
        same(matches!(self, Beside::Inside(Value::String(value)) if value == written))
    }

    fn serialize_bytes(self, written: &[u8]) -> Same {
        written.serialize(self)
    }

    fn serialize_i128(self, written: i128) -> Same {
        self.is(&serde_json::to_value(written).map_err(ser::Error::custom)?)
    }

    fn serialize_u128(self, written: u128) -> Same {
        self.is(&serde_json::to_value(written).map_err(ser::Error::custom)?)
    }

    fn serialize_none(self) -> Same {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, written: &T) -> Same {
        written.serialize(self)
    }

    fn serialize_unit(self) -> Same {
        same(matches!(self, Beside::Inside(Value::Null)))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Same {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Same {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, written: &T) -> Same {
        written.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        written: &T,
    ) -> Same {
        written.serialize(self.variant(variant)?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Array<'r>, Different> {
        self.array()
    }

    fn serialize_tuple(self, _: usize) -> Result<Array<'r>, Different> {
        self.array()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Array<'r>, Different> {
        self.array()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Array<'r>, Different> {
        self.variant(variant)?.array()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'r>, Different> {
        self.object()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'r>, Different> {
        self.object()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'r>, Different> {
        self.variant(variant)?.object()
    }
}

/// An array of which some elements are to be written yet.
struct Array<'r> {
    rest: &'r [Value],
}

impl SerializeSeq for Array<'_> {
    type Ok = ();
    type Error = Different;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, written: &T) -> Same {
        let (next, rest) = self.rest.split_first().ok_or(Different::Otherwise)?;
        self.rest = rest;
        written.serialize(Beside::Inside(next))
    }

    fn end(self) -> Same {
        same(self.rest.is_empty())
    }
}

macro_rules! arrays {
    ($($of:ident $method:ident),*) => {
        $(impl $of for Array<'_> {
            type Ok = ();
            type Error = Different;

            fn $method<T: Serialize + ?Sized>(&mut self, written: &T) -> Same {
                SerializeSeq::serialize_element(self, written)
            }

            fn end(self) -> Same {
                SerializeSeq::end(self)
            }
        })*
    };
}

arrays!(SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

/// An object of which some names were written.
struct Object<'r> {
    /// What stands under each name, until it was written: who writes one twice has not written another one.
    names: Vec<(&'r str, Option<&'r Value>)>,
    untracked: &'r [Path],
    order: Option<&'r Order>,
    /// How many were written.
    written: usize,
    /// Where these stand, where that is not known yet.
    places: Vec<usize>,
    /// What stands under the last key of a map.
    value: Option<&'r Value>,
}

impl<'r> Object<'r> {
    fn write<T: Serialize + ?Sized>(&mut self, name: &str, written: &T) -> Same {
        self.find(name)?.map_or(Ok(()), |value| written.serialize(Beside::Inside(value)))
    }

    /// What stands under the name; `None` where that does not matter.
    fn find(&mut self, name: &str) -> Result<Option<&'r Value>, Different> {
        if self.untracked.iter().any(|path| path.names().iter().eq([name])) {
            return Ok(None);
        }
        let known = self.order.and_then(|order| order.0.get());
        // A map is written in the order of its keys, most often.
        let likely = known.map_or(Some(self.written), |known| known.get(self.written).copied());
        let is_there = |place: &usize| self.names.get(*place).is_some_and(|(there, _)| *there == name);
        // A record's names are in order, unless a program has turned on serde_json's `preserve_order`.
        let sorted = || self.names.binary_search_by_key(&name, |(there, _)| there).ok();
        let anywhere = || self.names.iter().position(|(there, _)| *there == name);
        let place = likely.filter(is_there).or_else(sorted).or_else(anywhere).ok_or(Different::Otherwise)?;
        let value = self.names.get_mut(place).and_then(|(_, value)| value.take()).ok_or(Different::Otherwise)?;
        self.written += 1;
        if self.order.is_some() && known.is_none() {
            self.places.push(place);
        }
        Ok(Some(value))
    }

    fn ends(self) -> Same {
        if self.written < self.names.len() {
            return Err(Different::Otherwise);
        }
        if let Some(order) = self.order {
            order.0.get_or_init(|| self.places.into());
        }
        Ok(())
    }
}

macro_rules! objects {
    ($($of:ident),*) => {
        $(impl $of for Object<'_> {
            type Ok = ();
            type Error = Different;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, written: &T) -> Same {
                self.write(name, written)
            }

            fn end(self) -> Same {
                self.ends()
            }
        })*
    };
}

objects!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Different;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, written: &T) -> Same {
        let name = match serde_json::to_value(written) {
            Ok(Value::String(name)) => name,
            Ok(name @ (Value::Number(_) | Value::Bool(_))) => name.to_string(),
            _ => return Err(Different::Otherwise),
        };
        self.value = self.find(&name)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, written: &T) -> Same {
        self.value.take().map_or(Ok(()), |value| written.serialize(Beside::Inside(value)))
    }

    fn end(self) -> Same {
        self.ends()
    }
}
