//! What `#[derive(LiveEntity)]` costs a build, against serde's two derives on the same structs in the same run.
//!
//! `cargo run -p ui-tests --bin derive-cost [ENTITIES [FIELDS [ROUNDS]]]` writes a crate of 100 entities of 20 fields in
//! five forms, compiles each in turn, and prints the least that each has taken: what disturbs a compiler only adds to its time.
//! What a derive costs is the difference between two forms: serde's two and none, and ours and none, where what an entity has of
//! serde stands there by hand. Beside that, what each adds where the other is already: the more a crate has, the longer the
//! compiler takes for whatever comes on top. Time is the compiler's, user and system together, which other programs on the machine
//! disturb less than the clock; where `/proc` does not tell it, it is the clock.

mod measure;
mod structs;

use std::process::ExitCode;

use measure::{Mode, Workshop};
use structs::Form;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>());
    let mut number = |default| numbers.next().unwrap_or(Ok(default));
    let (Ok(entities), Ok(fields), Ok(rounds)) = (number(100), number(20), number(9)) else {
        eprintln!("usage: derive-cost [ENTITIES [FIELDS [ROUNDS]]], each a number");
        return ExitCode::FAILURE;
    };
    match run(entities, fields, rounds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("derive-cost: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(entities: u32, fields: u32, rounds: u32) -> Result<(), String> {
    let workshop = Workshop::new(entities, fields)?;
    println!("{entities} entities of {fields} fields, the least of {rounds} rounds, {}", measure::UNIT);
    println!(
        "{:<8}{:>10}{:>10}{:>10}{:>16}{:>16}",
        "", "serde's", "ours", "ratio", "serde's on ours", "ours on serde's"
    );
    for mode in [Mode::Check, Mode::Build] {
        // Round by round, so that a busy minute falls on all forms.
        let mut seconds = [const { Vec::new() }; Form::ALL.len()];
        for _ in 0..rounds {
            for (seconds, form) in seconds.iter_mut().zip(Form::ALL) {
                seconds.push(workshop.compile(form, mode)?);
            }
        }
        let [plain, serde, by_hand, with_ours, both] =
            seconds.map(|seconds| seconds.into_iter().fold(f64::INFINITY, f64::min));
        let (theirs, ours) = (serde - plain, with_ours - by_hand);
        println!(
            "{:<8}{theirs:>10.2}{ours:>10.2}{:>10.2}{:>16.2}{:>16.2}",
            mode.name(),
            ours / theirs,
            both - with_ours,
            both - serde
        );
    }
    let [plain, serde, both] = [Form::Plain, Form::Serde, Form::Both].map(|form| workshop.expanded_lines(form));
    let (plain, serde, both) = (plain?, serde?, both?);
    let per_field = |lines: u32| f64::from(lines) / (f64::from(entities) * f64::from(fields));
    println!(
        "generated lines per field: {:.1} by serde's, {:.1} by ours",
        per_field(serde - plain),
        per_field(both - serde)
    );
    Ok(())
}
