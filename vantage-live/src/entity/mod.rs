//! Entities: Rust structs with named fields, their field names as types, sets of fields, changes and conflicts.
//!
//! `#[derive(LiveEntity)]` implements what stands here; the conversions to and from records are the same for every
//! entity and live in [`LiveEntity`]'s provided methods. No store and no table is known here.

mod compare;
mod conflict;
#[doc(hidden)]
pub mod derived;
mod distinct;
mod field;
mod optional;
mod set;
mod table;
mod with_id;
mod written;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[doc(hidden)]
pub use compare::{ByEquality, ByNothing, ByTotalOrder, Comparing, TotalOrder};
pub use conflict::{Conflict, ConflictIter, Conflicts};
use derived::conflict;
pub use field::{Field, OfField, ParseFieldError};
#[doc(hidden)]
pub use optional::optional_leaves;
pub use optional::{OptionalChange, OptionalConflict, OptionalConflicts, OptionalDirty, OptionalField};
pub use set::{Bits, FieldSet};
pub use table::{FieldInfo, FieldTable, Own, Role};
use with_id::WithId;
use written::{has_no_number, is_written_as};

use crate::value::{Id, IdentityMismatch, Patch, Path, Record};

/// A type that serde can write and read: what has both of its derives. Nobody implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as a record and read from one",
    label = "an entity has both of serde's derives",
    note = "put `#[derive(serde::Serialize, serde::Deserialize)]` on it; where it has them, see what serde says"
)]
pub trait Stored: Serialize + DeserializeOwned {}

/// That `E` is stored; for generated code, which takes it for granted elsewhere, so that it is said once.
#[doc(hidden)]
pub const fn stored<E: Stored>() {}

// Else the compiler says which of serde's two is missing, and of what not all else.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Stored for T {}

/// What any thread may read: a field's type, so that a row of a table is such. Nobody implements it.
#[diagnostic::on_unimplemented(
    message = "a table's rows are read by all threads, and `{Self}` is for one alone",
    label = "this is not `Send` and `Sync`, or something in it is not",
    note = "hold an `Arc` in place of an `Rc`, a `dyn Trait + Send + Sync` in place of a `dyn Trait`, the value itself in place of a `Cell` or `RefCell`, and a `PhantomData<fn() -> T>` where `T` is only named"
)]
pub trait Shared: Send + Sync {}

/// That `T` is shared; for generated code, as [`stored`].
#[doc(hidden)]
pub const fn shared<T: Shared + ?Sized>() {}

// Else the compiler names what in the type is not `Send` or not `Sync`, and not what to do.
#[diagnostic::do_not_recommend]
impl<T: Send + Sync + ?Sized> Shared for T {}

/// What can be copied: a field's type, so that an edit has the value that it began with. Nobody implements it. Generated code
/// asks for all its copies by this one trait, at the field's type, so that what is missing is said once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cloned, and a field's value is kept beside the one that is edited",
    label = "this type does not implement `Clone`",
    note = "put `#[derive(Clone)]` on `{Self}`, or on what is inside it, if that is yours; else hold it in an `Arc`, or in a type of your own that implements `Clone`"
)]
pub trait Kept: Sized {
    /// The conflict of one field, where the bit at `at` is set.
    #[doc(hidden)]
    fn conflict_at(bits: Bits, at: usize, base: &Self, local: &Self, remote: &Self) -> Option<Conflict<Self>>;
    /// A conflict's copy.
    #[doc(hidden)]
    fn conflict_again(conflict: &Option<Conflict<Self>>) -> Option<Conflict<Self>>;
    /// Takes a field's value over, where the bit at `at` is set.
    #[doc(hidden)]
    fn copy_at(bits: Bits, at: usize, to: &mut Self, from: &Self);
}

// Else the compiler speaks of `Clone`, and not of what to do.
#[diagnostic::do_not_recommend]
impl<T: Clone> Kept for T {
    #[inline]
    fn conflict_at(bits: Bits, at: usize, base: &T, local: &T, remote: &T) -> Option<Conflict<T>> {
        conflict(bits.has(at), base, local, remote)
    }

    #[inline]
    fn conflict_again(conflict: &Option<Conflict<T>>) -> Option<Conflict<T>> {
        conflict.clone()
    }

    #[inline]
    fn copy_at(bits: Bits, at: usize, to: &mut T, from: &T) {
        if bits.has(at) {
            to.clone_from(from);
        }
    }
}

/// What an entity's fields are, whatever else it lacks: an entity around it asks for no more. What keeps it from being a
/// [`LiveEntity`] is said where it is derived, and not once more where it is nested. Who implements that by hand, implements
/// this too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no entity",
    label = "this type does not derive `LiveEntity`",
    note = "put `#[derive(LiveEntity)]` on it, if it is a struct with named fields of this crate; or take `#[live(nested)]` away, so that the field is compared and saved as a whole"
)]
pub trait NestedEntity {
    /// As [`LiveEntity::Field`].
    type Field: Field;
    /// Whether it has an id.
    const HAS_ID: bool = false;
}

/// The types of an entity that is nested in another, for generated code: whoever takes this for granted takes nothing of serde's
/// for granted, which would be in the way of what the compiler looks for where another nested type is not found.
#[doc(hidden)]
pub trait NestedTypes: NestedEntity {
    /// As [`LiveEntity::Dirty`].
    type Dirty: From<FieldSet<Self::Field>> + Into<FieldSet<Self::Field>> + Copy + Default + Eq + fmt::Debug;
    /// As [`LiveEntity::Change`].
    type Change<'e>: OfField<Self::Field>;
    /// As [`LiveEntity::Conflicts`].
    type Conflicts: Conflicts<Field = Self::Field>;
}

impl<E: NestedEntity + LiveEntity<Field = <E as NestedEntity>::Field>> NestedTypes for E {
    type Dirty = <E as LiveEntity>::Dirty;
    type Change<'e> = <E as LiveEntity>::Change<'e>;
    type Conflicts = <E as LiveEntity>::Conflicts;
}

/// A Rust struct with named fields whose values are records of a table: derive it.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::{FieldSet, LiveEntity};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Product {
///     name: String,
///     price: i64,
/// }
///
/// let old = Product { name: "Flux Cupcake".into(), price: 120 };
/// let new = Product { price: 130, ..old.clone() };
///
/// assert_eq!(old.diff(&new), FieldSet::from(ProductField::Price));
/// for field in old.diff(&new) {
///     match Product::change(field, &old, &new) {
///         ProductChange::Name { from, to } => println!("renamed from {from} to {to}"),
///         ProductChange::Price { from, to } => println!("{from} cents became {to}"),
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no entity",
    label = "this type does not derive `LiveEntity`",
    note = "put `#[derive(LiveEntity)]` on it, if it is a struct with named fields of this crate"
)]
pub trait LiveEntity: Clone + Stored + Shared + 'static {
    /// The entity's fields as an enum: a variant per field, a nested entity's inside its own.
    type Field: Field;
    /// A flag per field, by name.
    type Dirty: From<FieldSet<Self::Field>> + Into<FieldSet<Self::Field>> + Copy + Default + Eq + fmt::Debug;
    /// A field's change with both values, typed: what a form matches on.
    type Change<'e>: OfField<Self::Field>;
    /// Per field, an optional [`Conflict`], typed.
    type Conflicts: Conflicts<Field = Self::Field>;

    /// The table's name, unless the program says another: `#[live(table = "…")]`, or the struct's name in snake case.
    const TABLE: &'static str;
    /// What serde calls the `#[live(id)]` field, where there is one.
    const ID: Option<&'static str> = None;
    /// Other names under which serde reads the id. For generated code.
    #[doc(hidden)]
    const ID_ALIASES: &'static [&'static str] = &[];
    /// The `#[live(version)]` field, where there is one.
    const VERSION: Option<Self::Field> = None;

    /// The fields in which the two differ, by typed comparison: `PartialEq` or the field's `eq`, floats by total order.
    /// Read-only fields count; the id and `skip` fields do not. Makes no JSON and allocates nothing.
    #[must_use]
    fn diff(&self, other: &Self) -> FieldSet<Self::Field>;

    /// Takes the values of `fields` from `from`, and leaves every other field as it is. A field inside an optional nested
    /// entity that one of the two has not got is left as it is, unless the set has the whole.
    fn copy_fields(&mut self, from: &Self, fields: FieldSet<Self::Field>);

    /// One field's values in both, typed.
    #[must_use]
    fn change<'e>(field: Self::Field, from: &'e Self, to: &'e Self) -> Self::Change<'e>;

    /// The three values of each of `fields`, typed and owned.
    fn conflicts(fields: FieldSet<Self::Field>, base: &Self, local: &Self, remote: &Self) -> Self::Conflicts;

    /// Puts `id` into the `#[live(id)]` field, where there is one.
    ///
    /// # Errors
    /// [`IdentityMismatch`] where the field's type does not take such an id.
    fn fill_id(&mut self, id: &Id) -> Result<(), IdentityMismatch> {
        let _ = id;
        Ok(())
    }

    /// The entity that `record` holds, with `id` in its `#[live(id)]` field.
    ///
    /// # Errors
    /// [`EntityError`] where the record, or the id, does not fit the struct.
    fn from_record(id: &Id, record: &Record) -> Result<Self, EntityError> {
        let read = match Self::ID {
            Some(name) => {
                Self::deserialize(WithId { record, name, aliases: Self::ID_ALIASES, id: &id.to_plain_json() })
            }
            None => Self::deserialize(record),
        };
        let mut entity = read.map_err(EntityError::Decode)?;
        entity.fill_id(id)?;
        Ok(entity)
    }

    /// The record of this entity: what serde writes, without the id and the `skip` fields.
    ///
    /// # Errors
    /// [`EntityError`] where serde cannot write it, or writes something else than an object.
    fn to_record(&self) -> Result<Record, EntityError> {
        let mut record = written(self)?;
        Self::Field::table().strip(&mut record);
        Ok(record)
    }

    /// Whether `record` is the [`to_record`](Self::to_record) of this entity, floats bit by bit, where that can be told
    /// without making it: `false` may be due to a value that serde writes in an unusual way. Whoever writes `to_record` by
    /// hand writes this too.
    #[doc(hidden)]
    #[must_use]
    fn is_record(&self, record: &Record) -> bool {
        let table = Self::Field::table();
        table.untracked().is_some_and(|untracked| is_written_as(self, record, untracked, table.order()))
    }

    /// The record to insert for this entity: [`to_record`](Self::to_record) without the read-only fields, which the
    /// store sets.
    ///
    /// # Errors
    /// As [`to_record`](Self::to_record), and [`EntityError::Decode`] where a `skip` field that is spread over the record could
    /// not be read from one that has nothing for it.
    fn to_new_record(&self) -> Result<Record, EntityError> {
        if Self::Field::table().is_open() {
            let mut record = written(self)?;
            Self::Field::table().close(&mut record);
            read_again(self, record)?.map_err(EntityError::Decode)?;
        }
        new_record(self)
    }

    /// The patch that writes `fields` of this entity: for each exactly what serde writes for it, and where serde writes
    /// nothing, a removal. A field that has an `alias` is removed there: serde refuses a record that has it twice.
    /// Read-only fields are left out.
    ///
    /// # Errors
    /// As [`to_record`](Self::to_record).
    fn patch(&self, fields: FieldSet<Self::Field>) -> Result<Patch, EntityError> {
        let mut record = written(self)?;
        must_have_numbers(self, &record)?;
        // What is written as a whole is a nested entity, which may have something untracked in it.
        Self::Field::table().strip(&mut record);
        let mut patch = Patch::new();
        for field in fields - Self::Field::READONLY {
            let value = field.path().get(&record).cloned();
            if value.is_none() {
                must_be_in_objects(field.path(), &record)?;
            }
            patch.put(field.path().clone(), value);
            for alias in field.aliases() {
                patch.put(alias.clone(), None);
            }
        }
        Ok(patch)
    }

    /// One field as JSON, for generic forms; `None` where serde writes nothing for it.
    ///
    /// # Errors
    /// As [`to_record`](Self::to_record).
    fn get_field(&self, field: Self::Field) -> Result<Option<Value>, EntityError> {
        let mut record = self.to_record()?;
        let value = field.path().remove(&mut record);
        if value.is_none() {
            must_be_in_objects(field.path(), &record)?;
        }
        Ok(value)
    }

    /// Sets one field from JSON, for generic forms; on an error nothing has changed.
    ///
    /// # Errors
    /// [`EntityError::ReadOnly`], or [`EntityError::Decode`] where the value does not fit the field's type, or where another
    /// field has a NaN or an infinite float, for which JSON has no number, and serde does not read what it writes for it.
    fn set_field(&mut self, field: Self::Field, value: Value) -> Result<(), EntityError> {
        if Self::Field::READONLY.contains(field) {
            return Err(EntityError::ReadOnly(field.name()));
        }
        let mut record = written(self)?;
        write_id(self, &mut record)?;
        field.path().set(&mut record, value);
        let changed = Self::deserialize(record).map_err(EntityError::Decode)?;
        // An optional entity that a field was set in has come, as a whole. One that is the same has what no record has still,
        // but a field's `eq` may call another value the same.
        let is_whole = Self::Field::WHOLES.has(field.index());
        let itself = if is_whole { FieldSet::EMPTY } else { FieldSet::from(field) };
        let fields = itself | self.diff(&changed) & FieldSet::from(field).with_wholes();
        self.copy_fields(&changed, fields);
        Ok(())
    }

    /// The id as JSON, where serde reads it and does not write it under a name that it reads, or not always. For generated code.
    #[doc(hidden)]
    fn unwritten_id(&self) -> Option<serde_json::Result<Value>> {
        None
    }
}

/// Everything serde writes for `entity`, the id and `skip` fields included.
fn written<E: Serialize>(entity: &E) -> Result<Record, EntityError> {
    match serde_json::to_value(entity).map_err(EntityError::Encode)? {
        Value::Object(record) => Ok(record),
        _ => Err(EntityError::NotAnObject),
    }
}

/// What serde writes for `entity` of what a new record may have.
fn new_record<E: LiveEntity>(entity: &E) -> Result<Record, EntityError> {
    let mut record = written(entity)?;
    must_have_numbers(entity, &record)?;
    E::Field::table().strip(&mut record);
    for field in E::Field::READONLY {
        field.path().remove(&mut record);
    }
    Ok(record)
}

/// The patch that writes `fields` of an entity over what is `stored`, and the places that it takes from there as a whole: where
/// the record has no object for a nested entity, the entity has come from serde's default, or from an array. A field of it
/// alone would leave a record without the others, which would not fit any more, or have other values.
pub(crate) fn patch_over<E: LiveEntity>(
    entity: &E,
    fields: FieldSet<E::Field>,
    stored: &Record,
) -> Result<(Patch, Vec<Path>), EntityError> {
    let mut patch = entity.patch(fields)?;
    let no_object = |path: &Path| {
        let mut around = (1..path.names().len()).map(|end| path.names().iter().take(end).cloned().collect::<Path>());
        around.find(|around| !around.get(stored).is_some_and(Value::is_object))
    };
    let mut wholes: Vec<Path> = patch.sets().filter_map(|(path, _)| no_object(path)).collect();
    wholes.dedup();
    if !wholes.is_empty() {
        let record = new_record(entity)?;
        for whole in &wholes {
            patch.put(whole.clone(), whole.get(&record).cloned());
        }
    }
    Ok((patch, wholes))
}

/// Refuses a nested entity that serde has written as something else than an object, where a field has no name.
fn must_be_in_objects(path: &Path, record: &Record) -> Result<(), EntityError> {
    let mut around = record;
    for name in path.names().iter().take(path.names().len().saturating_sub(1)) {
        around = match around.get(&**name) {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::Object(inside)) => inside,
            Some(_) => return Err(EntityError::NotAnObject),
        };
    }
    Ok(())
}

/// Refuses a float that JSON has no number for, where serde does not read what it writes for that one: the record would not
/// fit the entity any more.
fn must_have_numbers<E: LiveEntity>(entity: &E, record: &Record) -> Result<(), EntityError> {
    if !has_no_number(entity, record) {
        return Ok(());
    }
    read_again(entity, record.clone())?.map_err(EntityError::NoNumber)
}

/// Whether serde reads the record, once the id is in it.
fn read_again<E: LiveEntity>(entity: &E, mut record: Record) -> Result<serde_json::Result<()>, EntityError> {
    write_id(entity, &mut record)?;
    Ok(E::deserialize(&record).map(drop))
}

/// Writes the id into what serde has written without it, or under a name that it does not read.
fn write_id<E: LiveEntity>(entity: &E, record: &mut Record) -> Result<(), EntityError> {
    if let (Some(name), Some(id)) = (E::ID, entity.unwritten_id()) {
        // Under the other name serde may refuse it.
        E::Field::table().strip(record);
        record.insert(name.to_owned(), id.map_err(EntityError::Encode)?);
    }
    Ok(())
}

/// Why an entity and its JSON did not become each other.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntityError {
    /// The record does not fit the struct.
    #[error("the record does not fit the entity: {0}")]
    Decode(#[source] serde_json::Error),
    /// The id does not fit the struct.
    #[error(transparent)]
    Id(#[from] IdentityMismatch),
    /// serde could not write the entity.
    #[error("the entity cannot be written as JSON: {0}")]
    Encode(#[source] serde_json::Error),
    /// A float is NaN or infinite: JSON has no number for it, and serde would not read what it writes instead.
    #[error("a float is NaN or infinite, which JSON has no number for: {0}")]
    NoNumber(#[source] serde_json::Error),
    /// serde writes the entity as something else than an object.
    #[error("the entity is written as JSON that is no object, and a record is one")]
    NotAnObject,
    /// The field is read-only: its value comes from the store alone.
    #[error("the field `{0}` is read-only: the store sets it")]
    ReadOnly(&'static str),
}
