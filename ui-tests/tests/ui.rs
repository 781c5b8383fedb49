//! What the derive accepts, and what the compiler says of the rest: a folder and a test per subject.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the messages anew; read them before they are committed.

/// Every case of `fail/SUBJECT` is refused with the message beside it.
fn refused(subject: &str) {
    trybuild::TestCases::new().compile_fail(format!("fail/{subject}/*.rs"));
}

#[test]
fn every_supported_shape_compiles_and_runs() {
    trybuild::TestCases::new().pass("pass/*.rs");
}

#[test]
fn what_is_no_struct_with_named_fields_of_its_own_is_refused() {
    refused("shape");
}

#[test]
fn an_attribute_that_nobody_understands_is_refused_and_the_nearest_is_named() {
    refused("attributes");
}

#[test]
fn attributes_that_contradict_each_other_are_refused_in_pairs() {
    refused("contradictions");
}

#[test]
fn fields_that_cannot_stand_beside_each_other_are_refused() {
    refused("fields");
}

#[test]
fn what_cannot_be_nested_is_refused() {
    refused("nested");
}

#[test]
fn what_serde_is_told_and_a_table_cannot_follow_is_refused() {
    refused("serde");
}

#[test]
fn a_type_that_cannot_be_in_an_entity_is_refused_at_the_field() {
    refused("types");
}

#[test]
fn a_program_that_misses_a_field_does_not_build() {
    refused("use");
}

#[test]
fn a_session_that_is_misused_does_not_build() {
    refused("edit");
}

#[test]
fn the_structs_of_strangers_are_refused_where_a_field_has_no_place_in_a_record() {
    refused("strangers");
}
