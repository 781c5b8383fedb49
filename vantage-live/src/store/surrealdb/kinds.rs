//! Which native kinds stand where in a table: declared by its schema, or seen in what was read of it.
//!
//! JSON has fewer kinds than SurrealDB; these trees say which of several native values a JSON value means.

use std::collections::HashMap;

/// A native kind that matters for choosing between two native values of the same JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    None,
    Null,
    Text,
    Int,
    Float,
    Decimal,
    Datetime,
    Duration,
    Uuid,
    Link,
    Regex,
    Bytes,
    Array,
    Set,
    Object,
    Geometry,
}

impl Kind {
    /// A condition of SurrealQL: what stands at `place` is of this kind.
    pub(super) fn test(self, place: &str) -> String {
        let name = match self {
            Kind::None => "none",
            Kind::Null => "null",
            Kind::Text => "string",
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Decimal => "decimal",
            Kind::Datetime => "datetime",
            Kind::Duration => "duration",
            Kind::Uuid => "uuid",
            Kind::Link => "record",
            Kind::Regex => "regex",
            Kind::Bytes => "bytes",
            Kind::Array => "array",
            Kind::Set => "set",
            Kind::Object => "object",
            // Its name tells the figure too: `geometry<point>`.
            Kind::Geometry => return format!("type::is_geometry({place})"),
        };
        format!("type::of({place}) = '{name}'")
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u16;
    }

    pub(super) fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The kinds at one place of a record and, below it, at its fields and at the elements of its array.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shape {
    pub(super) kinds: Kinds,
    fields: HashMap<String, Shape>,
    each: Option<Box<Shape>>,
}

/// How many places of one table are remembered, so that a table whose field names are data cannot fill the memory:
/// at about 200 bytes each, under a MiB.
pub(super) const PLACES: usize = 4_096;

impl Shape {
    /// Forgets what stands here and in its elements, but not in its fields, and answers with it.
    pub(super) fn forget_kinds(&mut self) -> Shape {
        Shape { kinds: std::mem::take(&mut self.kinds), fields: HashMap::new(), each: self.each.take() }
    }

    /// Whether the same stands here, and in its elements, as in `other`.
    pub(super) fn has_kinds_of(&self, other: &Shape) -> bool {
        self.kinds == other.kinds && self.each == other.each
    }

    /// The place of the field `name`, if there is one.
    pub(super) fn at(&self, name: &str) -> Option<&Shape> {
        self.fields.get(name)
    }

    /// The place of the elements, if there is one.
    pub(super) fn elements(&self) -> Option<&Shape> {
        self.each.as_deref()
    }

    /// The place of the field `name`, made where there is none and `room` is left.
    pub(super) fn field(&mut self, name: &str, room: &mut usize) -> Option<&mut Shape> {
        if !self.fields.contains_key(name) {
            *room = room.checked_sub(1)?;
            self.fields.insert(name.to_owned(), Shape::default());
        }
        self.fields.get_mut(name)
    }

    /// The place of the elements, made where there is none and `room` is left.
    pub(super) fn each(&mut self, room: &mut usize) -> Option<&mut Shape> {
        if self.each.is_none() {
            *room = room.checked_sub(1)?;
        }
        Some(self.each.get_or_insert_default())
    }
}

/// What was seen of a table so far.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) shape: Shape,
    pub(super) room: usize,
}

impl Default for Learned {
    fn default() -> Self {
        Learned { shape: Shape::default(), room: PLACES }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_whose_field_names_are_data_is_remembered_within_bounds() {
        let mut learned = Learned::default();

        for n in 0..2 * PLACES {
            if let Some(place) = learned.shape.field(&n.to_string(), &mut learned.room) {
                place.kinds.insert(Kind::Datetime);
            }
        }

        assert_eq!((learned.shape.fields.len(), learned.room), (PLACES, 0));
    }
}
