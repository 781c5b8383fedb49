//! `#[derive(LiveEntity)]` for vantage-live, which re-exports it: depend on that crate alone.
//!
//! Five steps, each a module: `attr` reads what the user wrote, `model` says what it means, `generated`, `naming`,
//! `generics`, `types` and `docs` know names, parameters, types and documentation, `check` finds every misuse, `expand`
//! writes the code; `steps` takes them one by one, after `parse`. Nothing here knows the library but by the paths that
//! generated code names, all of them in its `__private` module.

#![forbid(unsafe_code)]
// What a library does not do: it answers with an error, and says nothing on its own. Tests may (clippy.toml).
#![warn(
    clippy::dbg_macro,
    clippy::exit,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod attr;
mod check;
mod docs;
mod error;
mod expand;
mod generated;
mod generics;
mod model;
mod naming;
mod parse;
mod steps;
#[cfg(test)]
mod tests;
mod types;

use proc_macro::TokenStream;

/// Derives `LiveEntity` for a struct with named fields that has `Clone` and serde's two derives.
///
/// For `Product` it generates, as visible as the struct:
///
/// | item | what it is |
/// |---|---|
/// | `ProductField` | an enum with a variant per field; a nested entity's fields are inside its own |
/// | `ProductDirty` | a flag per field, by name |
/// | `ProductChange` | an enum with both values of a field, typed: what a form matches on |
/// | `ProductConflicts` | per field, an optional conflict: base, local and remote, typed |
/// | `ProductConflict` | one of them, to match on |
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::{Id, LiveEntity};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// #[live(table = "products")]
/// struct Product {
///     #[live(id)]
///     id: Id,
///     name: String,
///     #[live(label = "Price (cents)")]
///     price: i64,
///     #[live(eq = same_to_a_gram)]
///     weight: f64,
///     #[live(nested)]
///     inventory: Inventory,
///     #[live(readonly)]
///     sold: i64,
///     #[live(version)]
///     revision: i64,
///     #[live(skip)]
///     #[serde(skip)]
///     expanded: bool,
/// }
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Inventory {
///     #[serde(rename = "inStock")]
///     stock: i64,
/// }
///
/// fn same_to_a_gram(one: &f64, other: &f64) -> bool {
///     (one - other).abs() < 0.001
/// }
///
/// let stock = ProductField::Inventory(InventoryField::Stock);
/// assert_eq!((stock.name(), stock.wire_name()), ("inventory.stock", "inventory.inStock"));
/// assert_eq!("inventory.inStock".parse(), Ok(stock));
/// assert_eq!(ProductField::Price.label(), "Price (cents)");
/// assert_eq!(ProductField::ALL.len(), 6, "neither the id nor what is skipped");
///
/// let old = Product {
///     id: Id::from("flux_cupcake"),
///     name: "Flux Cupcake".into(),
///     price: 120,
///     weight: 0.08,
///     inventory: Inventory { stock: 50 },
///     sold: 7,
///     revision: 1,
///     expanded: false,
/// };
/// let mut new = Product { price: 130, weight: 0.0801, expanded: true, ..old.clone() };
/// new.inventory.stock = 40;
///
/// let changed = old.diff(&new);
/// assert_eq!(changed, ProductField::Price | stock);
/// assert!(ProductDirty::from(changed).inventory.stock);
/// match Product::change(stock, &old, &new) {
///     ProductChange::Inventory(InventoryChange::Stock { from, to }) => assert_eq!((from, to), (&50, &40)),
///     change => unreachable!("asked for the stock, not for {change:?}"),
/// }
///
/// // What is read-only, the version too, differs like any field, and is never written.
/// let sold = Product { sold: 8, revision: 2, ..new.clone() };
/// assert_eq!(new.diff(&sold), ProductField::Sold | ProductField::Revision);
/// assert!(sold.patch(new.diff(&sold)).unwrap().is_empty());
/// assert_eq!(Product::VERSION, Some(ProductField::Revision));
/// ```
///
/// # On the struct
///
/// | attribute | meaning |
/// |---|---|
/// | `table = "…"` | the table's name; else the struct's in snake case |
/// | `crate = path` | where vantage-live is, for a crate that re-exports it |
/// | `field = Name`, `dirty = Name`, `change = Name`, `conflicts = Name`, `conflict = Name` | names of the generated types, where the usual ones are taken |
///
/// ```
/// /// A module of one's own that re-exports the library.
/// mod live {
///     pub use vantage_live::*;
/// }
///
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, live::LiveEntity)]
/// #[live(crate = crate::live, table = "stock_items")]
/// #[live(field = Column, dirty = Touched, change = Edit, conflicts = Clashes, conflict = Clash)]
/// struct Item {
///     sku: String,
/// }
/// # mod main {
/// # use super::*;
///
/// use live::LiveEntity;
///
/// # pub fn main() {
/// let (old, new) = (Item { sku: "a".into() }, Item { sku: "b".into() });
/// assert_eq!(Item::TABLE, "stock_items");
/// assert!(Touched::from(old.diff(&new)).sku);
/// assert!(matches!(Item::change(Column::Sku, &old, &new), Edit::Sku { .. }));
/// let clashes: Clashes = Item::conflicts(Column::Sku.into(), &old, &new, &old);
/// assert!(matches!(clashes.iter().next(), Some(Clash::Sku(_))));
/// # }
/// # }
/// # fn main() { main::main() }
/// ```
///
/// # On a field
///
/// | attribute | meaning |
/// |---|---|
/// | `id` | the record's key: filled in on read, never written, not among the fields. One at most |
/// | `skip` | the program's own: not tracked, not in the record, left alone by every rebase. As no record holds it, it needs `#[serde(skip)]` or `#[serde(default)]`, unless it is an `Option` |
/// | `readonly` | shown, always follows the store, never written; with `nested`, all of its fields. What a program assigns to it is gone with the store's next answer, and `set_field` of it compiles and is `EntityError::ReadOnly` when it runs |
/// | `version` | read-only, and the token of the `Version` policy. One at most |
/// | `nested` | an entity in the entity, or an `Option` of one: compared, saved and in conflict field by field. A struct without it is one value, and saved as a whole: columns in it that the struct does not know go |
/// | `label = "…"` | the name for a person; else the field's in words |
/// | `eq = path` | a `fn(&T, &T) -> bool` that compares in place of `PartialEq` |
///
/// Floats are compared by total order, also inside `Option`, `Box`, `Arc`, arrays, the standard library's lists and
/// maps, and tuples of up to four of them, of numbers and of texts: a NaN is the same as itself. Any other type that
/// holds floats is compared by its `PartialEq`, and so is a field of a generic type. JSON has no number for a NaN or an
/// infinite float: a save of one is an error, and nothing is written, unless serde reads what it writes for it.
///
/// An `Option<Option<T>>` is `null` to serde whether it is `None` or `Some(None)`, and `null` is read as `None`: a save of
/// `Some(None)` answers `PartialSave`, as does that of `Some` with whatever else serde writes as `null` (`Value::Null`, `()`).
/// A `with` that tells the two apart, such as that of `serde_with`, is honoured.
///
/// # What is generated
///
/// For `Product { name: String, #[live(nested)] inventory: Inventory }`, as rustdoc shows it, each field with its own
/// documentation and with what is `#[allow]`ed there. A nested field's type is named by the way to it: a program writes
/// `InventoryField` for `<Inventory as NestedEntity>::Field`, and so on. Every impl has the clause of its type, which
/// any entity meets. Of documentation with examples it is the first paragraph, so that they are tested at the struct
/// alone. Besides, what the enum of fields can do is in the trait `Field`, and `Debug` is for all of them. A flag or
/// conflict whose name begins with `_` is there and not shown. The parameter of `get` has two `_` before its name, as a
/// program may have a constant `field`:
///
/// ```text
/// pub enum ProductField {                          // Copy, Eq, Ord, Hash, Display, FromStr, serde's two, `|`
///     Name,
///     Inventory(<Inventory as NestedEntity>::Field),
/// }
/// impl ProductField where for<'__e> Inventory: NestedEntity {
///     pub const ALL: &'static [Self] = <Self as __live::Field>::ALL;      // the leaves
///     pub fn name(self) -> &'static str;           // "inventory.stock"
///     pub fn wire_name(self) -> &'static str;      // as serde writes it
///     pub fn label(self) -> &'static str;          // for a person
/// }
///
/// pub struct ProductDirty                          // Copy, Default, Eq, from and into FieldSet<ProductField>
/// where for<'__e> Inventory: NestedTypes {
///     pub name: bool,
///     pub inventory: <Inventory as NestedTypes>::Dirty,
/// }
///
/// pub enum ProductChange<'e>                       // Copy
/// where for<'__e> Inventory: NestedTypes {
///     Name { from: &'e String, to: &'e String },
///     Inventory(<Inventory as NestedTypes>::Change<'e>),
/// }
/// impl<'e> ProductChange<'e> where for<'__e> Inventory: NestedTypes {
///     pub fn field(self) -> ProductField;
/// }
///
/// pub struct ProductConflicts                      // Clone, Default, `#[must_use]`
/// where for<'__e> Inventory: NestedTypes {
///     pub name: Option<Conflict<String>>,
///     pub inventory: <Inventory as NestedTypes>::Conflicts,
/// }
/// impl ProductConflicts
/// where for<'__e> Inventory: NestedTypes, for<'__e> ProductConflicts: Shared {
///     pub fn is_empty(&self) -> bool;
///     pub fn fields(&self) -> FieldSet<ProductField>;
///     pub fn iter(&self) -> ConflictIter<'_, Self>;            // of ProductConflict<'_>
///     pub fn get(&self, __field: ProductField) -> Option<ProductConflict<'_>>;
/// }
///
/// pub enum ProductConflict<'c>                     // Copy
/// where for<'__e> Inventory: NestedTypes {
///     Name(&'c Conflict<String>),
///     Inventory(<<Inventory as NestedTypes>::Conflicts as Conflicts>::Each<'c>),
/// }
/// impl<'c> ProductConflict<'c> where for<'__e> Inventory: NestedTypes {
///     pub fn field(self) -> ProductField;
/// }
/// ```
///
/// A constant of the enum of fields can be a pattern in a `match`, unless there is a nested entity in it.
///
/// Of the struct's parameters, a generated type has those that the types of its fields mention, and those that the bounds of
/// these mention; the enum of fields and the flags have none.
///
/// # In an editor
///
/// Each name that is made from a field's stands where the field does, so that whoever goes to the definition of a variant gets
/// to the field, and has its documentation; and the fields of a struct that is still being typed are there as far as they can
/// be read. What is tested is that, of the tokens that the derive gives (`cargo test -p vantage-live-derive`). It was tried once
/// with rust-analyzer (0.0.349 of the registry): from a variant of the fields or of the changes and from a flag it goes to the
/// field, hovering shows the field's documentation, and behind `ProductField::` it completes the fields while another one is
/// being typed.
///
/// # A nested entity that may be absent
///
/// `#[live(nested)] address: Option<Address>` has the fields of the address, each as `Inside`, and one for the `Whole`
/// of it. Where it comes or goes, the whole has changed and is written as one value; where it is there before and after,
/// a patch has paths inside. If one side takes away what the other edits, the conflict is of the whole. It may have no
/// read-only fields inside, unless it is read-only itself.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use vantage_live::entity::{OptionalChange, OptionalField};
/// use vantage_live::LiveEntity;
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Client {
///     name: String,
///     #[live(nested)]
///     address: Option<Address>,
/// }
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Address {
///     city: String,
/// }
///
/// let old = Client { name: "Marty".into(), address: Some(Address { city: "Hill Valley".into() }) };
/// let gone = Client { address: None, ..old.clone() };
/// let whole = ClientField::Address(OptionalField::Whole);
/// assert_eq!(old.diff(&gone), whole.into());
/// assert!(matches!(
///     Client::change(whole, &old, &gone),
///     ClientChange::Address(OptionalChange::Whole { from: Some(_), to: None }),
/// ));
/// let city = ClientField::Address(OptionalField::Inside(AddressField::City));
/// assert_eq!(city.wire_name(), "address.city");
/// ```
///
/// # serde's attributes
///
/// They are honoured, not repeated, or refused at the attribute. The patch of a field is what serde writes for it.
///
/// | on the struct | |
/// |---|---|
/// | `rename_all` | names the fields in the record; one rule for both directions, else refused |
/// | `default`, `bound`, `crate`, `expecting` | honoured: serde does what they say |
/// | `deny_unknown_fields` | honoured; refused with `tag`, which serde then writes and does not read, and with `flatten`, which serde has not beside it |
/// | `tag` | honoured: a new record has the struct's name there, and a patch never touches it |
/// | `rename` | honoured: the name that `tag` writes. A record without `tag` has none, and the table's is `#[live(table = "…")]` |
/// | `transparent`, `from`, `try_from`, `into`, `remote` | refused: the record is not one of the struct's fields |
///
/// | on a field | |
/// |---|---|
/// | `rename` | names the field in the record; the same in both directions, else refused (the id may differ) |
/// | `alias` | honoured: read there, guarded there; a patch of the field removes it there. Refused on a `nested` field, and where another field has the name |
/// | `default`, `bound` | honoured |
/// | `with`, `serialize_with`, `deserialize_with` | honoured; refused on the id, and on a `nested` field |
/// | `skip` | as `#[live(skip)]`, which need not be said |
/// | `skip_serializing` | honoured on the id and on `#[live(skip)]` fields; refused on a tracked one |
/// | `skip_deserializing` | as `skip_serializing`; refused with `deny_unknown_fields` too, as serde writes the field still |
/// | `skip_serializing_if` | honoured: where serde writes nothing, a patch removes. Refused where serde could not read that: it needs `default`, unless the field is an `Option` without `with` or `deserialize_with`, or the id, which the table fills in. On a `nested` field `Option::is_none` alone |
/// | `flatten` | with `nested`, the fields of the inner entity beside the others; with `#[live(skip)]`, a map that is shown the columns that the struct does not know, and never written: a new record that could not be read without it is an error. Such a map stands behind the nested ones, and none of these may be spread over the record again: serde reads them into it as well, and would write from there what they were. Refused otherwise |
/// | `borrow` | refused: an entity owns its values |
///
/// # Other people's structs
///
/// `cargo run -p ui-tests --bin derive-trial` takes twelve crates from the registry (the API of Docker, the protocol of
/// language servers, that of a chat, music, feeds, configuration and more), gives the derive to each struct that has
/// serde's two, and compiles them with nothing else changed. Of 1,116 structs 860 derive. 254 are told what to do: 146 are
/// asked what `#[serde(flatten)]` is to mean, 66 have no named fields, 24 lack `Clone` or something to compare by, and 18
/// are of eight other kinds. One struct and the field of another meet the name of a generated type, which their crate has
/// already: the compiler says so in its own words, more than once where that type derives something, and
/// `#[live(change = …)]` gives another.
///
/// # What it costs a build
///
/// `cargo run -p ui-tests --bin derive-cost` compiles 100 structs of 20 fields with serde's two derives, with this one (and
/// what an entity has of serde's written by hand), and with neither, for `cargo check` and `cargo build` each, and prints what
/// each derive adds, and the lines that are generated. This one adds 0.96 of what serde's two do for `check` and 0.95 for `build`
/// (2.58 and 2.79 seconds of the compiler's time, where serde's take 2.70 and 2.95, on a virtual machine of two cores; one run
/// and the next differ by a twentieth), with 56.3 generated lines per field against the 39.5 of serde's. The structs are plain
/// tables, of types that the language and its library have. Of a program's own types the compiler has to find out what they have:
/// with three of ten columns of such it was 1.13 and 1.05.
///
/// Whatever comes second costs more, as the compiler takes longer for the same the more a crate has: on top of serde's derives
/// this one adds 3.13 and 3.31 seconds, and serde's add 3.21 and 3.43 on top of this one. Against what serde's take alone that
/// is 1.16 and 1.12.
///
/// # What it cannot do
///
/// An entity is a struct with named fields that owns its values: no enum, no tuple, no lifetime. It has at most 256
/// fields, those of its nested entities included. It may have type and const parameters, but not in the type of a
/// `nested` field, as the names of the fields are the same for all of them; a parameter that is the type of the id is
/// bounded by `vantage_live::value::IdField`. What a struct with parameters lacks of `Clone` or serde's derives is said where it
/// is used with types in their place, and not where it is derived.
#[proc_macro_derive(LiveEntity, attributes(live))]
pub fn live_entity(input: TokenStream) -> TokenStream {
    steps::output(input.into()).into()
}

/// What is a word of the language in the derive's edition alone is a field's name in a program of another.
///
/// ```edition2021
/// use serde::{Deserialize, Serialize};
/// use vantage_live::LiveEntity;
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Key<T> {
///     gen: u32,
///     #[live(nested)]
///     inner: Inner,
///     value: T,
/// }
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
/// struct Inner {
///     #[live(eq = u32::eq)]
///     gen: u32,
/// }
///
/// let (old, new) = (Inner { gen: 1 }, Inner { gen: 2 });
/// assert!(InnerDirty::from(old.diff(&new)).gen);
/// assert_eq!(InnerField::Gen.name(), "gen");
/// assert_eq!(Inner::conflicts(InnerField::Gen.into(), &old, &new, &old).gen.unwrap().local, 2);
/// ```
#[cfg(doctest)]
struct Editions;
