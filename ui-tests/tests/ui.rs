//! What the derive accepts, and what the compiler says of the rest: one test per group.

#[test]
fn every_supported_shape_compiles_and_runs() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
