//! `#[derive(LiveEntity)]` on structs of other people's crates, none of them written with this library in mind.
//!
//! `cargo run -p ui-tests --bin derive-trial [NAME@VERSION …]` takes crates from the registry, gives the derive to every
//! struct in them that has serde's two, and compiles them as they are otherwise. It prints how many derive, of how many a
//! message says what to do, and of how many none does.

mod crates;
mod items;
mod verdict;

use std::collections::BTreeMap;
use std::process::ExitCode;

use crates::Workshop;
use verdict::Verdict;

/// Data of many kinds: chats, editors, music, containers, configuration, documents, feeds.
const CRATES: [&str; 12] = [
    "bollard-stubs@1.41.0",
    "cargo-util-schemas@0.14.1",
    "docker-compose-types@0.24.0",
    "feed-rs@3.0.0",
    "lsp-types@0.97.0",
    "oci-spec@0.10.0",
    "okapi@0.7.0",
    "openapiv3@2.2.0",
    "rspotify-model@0.16.1",
    "rustdoc-types@0.61.0",
    "spdx-rs@0.5.5",
    "twilight-model@0.18.0",
];

fn main() -> ExitCode {
    let mut crates: Vec<String> = std::env::args().skip(1).collect();
    if crates.is_empty() {
        crates = CRATES.map(String::from).to_vec();
    }
    match run(&crates) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("derive-trial: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(crates: &[String]) -> Result<(), String> {
    let workshop = Workshop::new(crates)?;
    let (mut all, mut derived) = (0, 0);
    let mut refused = BTreeMap::<String, (u32, String)>::new();
    let mut puzzled = Vec::new();
    println!("{:<32}{:>8}{:>8}{:>8}{:>8}", "", "structs", "derive", "told", "puzzled");
    for name in crates {
        let mut counts = [0; 3];
        for (item, verdict) in verdict::of_crate(&workshop, name)? {
            match verdict {
                Verdict::Derived => counts[0] += 1,
                Verdict::Told(sentence) => {
                    counts[1] += 1;
                    refused.entry(sentence).or_insert_with(|| (0, format!("{name} {item}"))).0 += 1;
                }
                Verdict::Puzzled(sentence) => {
                    counts[2] += 1;
                    puzzled.push(format!("{name} {item}: {sentence}"));
                }
            }
        }
        let sum: u32 = counts.iter().sum();
        println!("{name:<32}{sum:>8}{:>8}{:>8}{:>8}", counts[0], counts[1], counts[2]);
        (all, derived) = (all + sum, derived + counts[0]);
    }
    println!("{:<32}{all:>8}{derived:>8}{:>8}{:>8}", "together", all - derived - count(&puzzled), puzzled.len());
    println!("\nwhat is told:");
    let mut refused: Vec<_> = refused.into_iter().collect();
    refused.sort_by_key(|(_, (times, _))| std::cmp::Reverse(*times));
    for (sentence, (times, first)) in refused {
        println!("{times:>5} x {sentence}\n        first: {first}");
    }
    println!("\nwhat is said of the others:");
    for line in puzzled {
        println!("  {line}");
    }
    Ok(())
}

fn count(lines: &[String]) -> u32 {
    u32::try_from(lines.len()).unwrap_or(u32::MAX)
}
