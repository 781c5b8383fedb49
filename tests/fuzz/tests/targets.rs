//! A short run of every fuzz target: its corpus, and inputs made from a seed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fuzz::{TARGETS, Target};

/// How many inputs of a seed each target is given, besides its corpus.
const SEEDED: u64 = 400;

/// `SplitMix64`: enough to be unlike the last input, and the same in every build.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap_or_default() % bound.max(1)
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Any bytes, or something of the corpus with some bytes of it changed.
fn input(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    if random.below(2) == 0 {
        let length = random.below(400);
        return (0..length).map(|_| random.next().to_le_bytes()[0]).collect();
    }
    let mut input = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(8) {
        if !input.is_empty() {
            let at = random.below(input.len());
            input[at] = random.next().to_le_bytes()[0];
        }
    }
    input
}

fn holds(name: &str) {
    let target: Target = TARGETS.iter().find(|(known, _)| *known == name).expect("it is a target").1;
    let kept = corpus(name);
    assert!(!kept.is_empty(), "the corpus of {name} is kept beside it");

    let mut random = Random(1985);
    let seeded = (0..SEEDED).map(|_| input(&mut random, &kept)).collect::<Vec<_>>();
    for input in kept.iter().chain(&seeded) {
        let stands = catch_unwind(AssertUnwindSafe(|| target(input))).is_ok();
        assert!(stands, "{name} does not stand this input, which belongs into its corpus: {input:?}");
    }
}

#[test]
fn patches_guards_and_comparison_stand_any_json() {
    holds("values");
}

#[test]
fn a_table_stands_any_record_and_any_feed() {
    holds("table");
}

#[test]
fn ids_fields_and_paths_stand_any_name() {
    holds("names");
}

#[test]
fn the_derive_stands_any_tokens() {
    holds("derive");
}
