//! What the derive accepts: every other file of this folder is a program of its own. They are built as one, a module
//! each, because they take no time then.

// They are what people write, and not how we would. Of what is generated, clippy shall speak: no more is allowed than that.
#![allow(
    clippy::float_cmp,
    clippy::iter_not_returning_iterator,
    clippy::needless_borrow,
    clippy::needless_pass_by_value,
    clippy::option_option,
    clippy::redundant_closure_for_method_calls,
    clippy::ref_option,
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    clippy::trivially_copy_pass_by_ref,
    clippy::type_complexity,
    clippy::wrong_self_convention
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use vantage_live::{FieldSet, Id, LiveEntity, Record};

/// Each as a module, as a test that runs it, and by its name.
macro_rules! programs {
    ($($name:ident)*) => {
        $(pub mod $name;)*

        $(#[test]
        fn $name() {
            $name::main();
        })*

        const PROGRAMS: &[&str] = &[$(stringify!($name)),*];
    };
}

programs! {
    alias bounds cfg deprecated flatten function_local generics hidden hygiene ids macro_made names names_in_scope nested
    odd_names one_field optional parts_and_values product renames self_type serde_attributes serde_crate serde_together
    tag two_hundred_fields values values_of_other_crates visibility whole_range wide_and_flat
}

/// An entity reads what a store has, writes the same again, and its patch is what serde writes.
fn goes_there_and_back<E: LiveEntity>(id: impl Into<Id>, stored: Value) -> E {
    let record = stored.as_object().unwrap();
    let entity = E::from_record(&id.into(), record).unwrap();
    assert_eq!(&entity.to_record().unwrap(), record);
    let (mut patched, written) = (Record::new(), entity.to_new_record().unwrap());
    entity.patch(FieldSet::ALL).unwrap().apply(&mut patched);
    assert_eq!(patched, written);
    assert!(entity.diff(&entity.clone()).is_empty());
    entity
}

#[test]
fn no_program_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pass");
    let files = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path());
    let names = files.map(|path| path.file_stem().expect("it has a name").to_string_lossy().into_owned());

    let programs = PROGRAMS.iter().map(|&name| name.to_owned()).chain(["main".to_owned()]);
    assert_eq!(names.collect::<BTreeSet<_>>(), programs.collect());
}
