//! A simulated world that tries to break the promises of vantage-live.

mod chance;
mod generation;
mod model;
mod product;
mod profiles;
mod runner;
mod shrink;
mod world;

use std::fmt;

pub use model::{Broken, Promise};
pub use profiles::{PROFILES, Profile};
pub use runner::Coverage;

use generation::{STEPS, Story};

/// A promise that was not kept.
#[derive(Debug)]
pub struct Found {
    /// The story's seed.
    pub seed: u64,
    /// The name of its profile.
    pub profile: &'static Profile,
    /// How many steps were played before it was seen.
    pub steps: usize,
    /// How many steps were played, those of the stories before it included.
    pub all_steps: u64,
    /// What was seen.
    pub broken: Broken,
}

/// A promise that was not kept, and the shortest story of it that was found.
#[derive(Debug)]
pub struct Failure {
    /// Where it was found.
    pub found: Found,
    /// What is seen at the end of the short story.
    pub broken: Broken,
    /// The short story, in words.
    pub tale: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found { seed, profile, steps, broken, .. } = &self.found;
        writeln!(f, "seed {seed} of profile {}, after {steps} steps: {broken}", profile.name)?;
        for sentence in &self.tale {
            writeln!(f, "{sentence}")?;
        }
        writeln!(f, "{}", self.broken)?;
        write!(f, "again: cargo run -p simulation --release -- --seed {seed} --profile {}", profile.name)
    }
}

/// Plays the stories of successive seeds until so many steps were played, or a promise is broken.
///
/// # Errors
/// The first promise that was not kept, and a short story of it.
pub fn run(first: u64, profile: Option<&'static Profile>, steps: u64) -> Result<Coverage, Box<Failure>> {
    search(first, profile, steps).map_err(|found| Box::new(found.shrink()))
}

/// As [`run`], without making the story short, which takes far longer than finding it.
///
/// # Errors
/// The first promise that was not kept.
pub fn search(first: u64, profile: Option<&'static Profile>, steps: u64) -> Result<Coverage, Box<Found>> {
    let mut coverage = Coverage::default();
    let (mut seed, mut played) = (first, 0);
    while played < steps {
        let profile = profile.unwrap_or(Profile::of(seed));
        let ending = runner::play(&Story::draw(seed, profile, STEPS), false);
        let (steps, all_steps) = (ending.played, played + ending.played as u64);
        if let Some(broken) = ending.broken {
            return Err(Box::new(Found { seed, profile, steps, all_steps, broken }));
        }
        coverage.add(&ending.tale);
        played = all_steps;
        seed += 1;
    }
    Ok(coverage)
}

impl Found {
    /// Makes the story short, and tells it.
    #[must_use]
    pub fn shrink(self) -> Failure {
        let story = Story::draw(self.seed, self.profile, STEPS);
        let short = shrink::shrink(&story, &self.broken, self.steps, shrink::broken_by);
        let ending = runner::play(&short, true);
        let broken = ending.broken.unwrap_or_else(|| self.broken.clone());
        Failure { found: self, broken, tale: ending.tale.told.unwrap_or_default() }
    }
}

/// Plays one story and tells all of it; and the hash of the story.
#[must_use]
pub fn replay(seed: u64, profile: &'static Profile, steps: Option<usize>) -> (Vec<String>, Option<Broken>, u64) {
    let story = Story::draw(seed, profile, steps.unwrap_or(STEPS));
    let ending = runner::play(&story, true);
    let hash = ending.tale.hash();
    (ending.tale.told.unwrap_or_default(), ending.broken, hash)
}

/// The hash of one story: of everything that happened in it, and of what was there in the end.
#[must_use]
pub fn hash(seed: u64, profile: &'static Profile) -> u64 {
    runner::play(&Story::draw(seed, profile, STEPS), false).tale.hash()
}
