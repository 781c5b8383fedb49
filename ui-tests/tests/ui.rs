//! What the derive refuses, and what the compiler says then: a folder of `fail` for each subject.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the messages anew; read them before they are committed.

#[test]
fn every_case_is_refused_with_the_message_beside_it() {
    // All at once: the compiler is asked for the next while it says what it thinks of the one before.
    trybuild::TestCases::new().compile_fail("fail/*/*.rs");
}
