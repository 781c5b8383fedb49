//! Whether what serde writes for an entity is what a record has, found out without making JSON.
//!
//! Half of what taking in a record costs would be writing the entity only to see that nothing differs. The serializer
//! here has the record beside it and stops at the first difference. Where it cannot tell, it says that there is one:
//! whoever asks makes the JSON then.

use std::fmt;

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};
use serde_json::Value;

use crate::value::{Path, Record};

/// Whether serde writes `entity` as `record`, but for what it writes under the names of `untracked`.
pub(super) fn is_written_as<E: Serialize>(entity: &E, record: &Record, untracked: &[Path]) -> bool {
    entity.serialize(Beside::Whole(record, untracked)).is_ok()
}

/// Whether a float in `entity`, which serde writes as `record`, is none that JSON has a number for: NaN, or infinite.
pub(super) fn has_no_number<E: Serialize>(entity: &E, record: &Record) -> bool {
    matches!(entity.serialize(Beside::Whole(record, &[])), Err(Different::NotFinite))
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
    /// A record, and what may be written beyond it.
    Whole(&'r Record, &'r [Path]),
    /// A value in it.
    Inside(&'r Value),
}

impl<'r> Beside<'r> {
    fn object(self) -> Result<Object<'r>, Different> {
        match self {
            Beside::Whole(record, untracked) => {
                Ok(Object { record, untracked, written: Vec::with_capacity(record.len()), value: None })
            }
            Beside::Inside(Value::Object(record)) => Beside::Whole(record, &[]).object(),
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
    record: &'r Record,
    untracked: &'r [Path],
    /// What stands under the names that were written: who writes one twice has not written another one.
    written: Vec<&'r Value>,
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
        let value = self.record.get(name).ok_or(Different::Otherwise)?;
        if self.written.iter().any(|written| std::ptr::eq(*written, value)) {
            return Err(Different::Otherwise);
        }
        self.written.push(value);
        Ok(Some(value))
    }

    fn is_complete(&self) -> Same {
        same(self.written.len() == self.record.len())
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
                self.is_complete()
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
        self.is_complete()
    }
}
