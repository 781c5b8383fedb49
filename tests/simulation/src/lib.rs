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

/// A promise that was not kept, and the shortest story of it that was found.
#[derive(Debug)]
pub struct Failure {
    /// The story's seed.
    pub seed: u64,
    /// The name of its profile.
    pub profile: &'static str,
    /// How many steps were played before it was seen.
    pub steps: usize,
    /// How many steps were played, those of the stories before it included.
    pub all_steps: u64,
    /// What was seen.
    pub broken: Broken,
    /// The story, in words.
    pub tale: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {} of profile {}, after {} steps: {}", self.seed, self.profile, self.steps, self.broken)?;
        for sentence in &self.tale {
            writeln!(f, "{sentence}")?;
        }
        writeln!(f, "{}", self.broken)?;
        write!(f, "again: cargo run -p simulation --release -- --seed {} --profile {}", self.seed, self.profile)
    }
}

/// Plays the stories of successive seeds until so many steps were played, or a promise is broken.
///
/// # Errors
/// The first promise that was not kept.
pub fn run(first: u64, profile: Option<&'static Profile>, steps: u64) -> Result<Coverage, Box<Failure>> {
    let mut coverage = Coverage::default();
    let (mut seed, mut played) = (first, 0);
    while played < steps {
        let ending = one(seed, profile.unwrap_or(Profile::of(seed))).map_err(|mut failure| {
            failure.all_steps += played;
            failure
        })?;
        coverage.add(&ending.0);
        played += ending.1;
        seed += 1;
    }
    Ok(coverage)
}

fn one(seed: u64, profile: &'static Profile) -> Result<(world::Tale, u64), Box<Failure>> {
    let story = Story::draw(seed, profile, STEPS);
    let ending = runner::play(&story, false);
    match ending.broken {
        None => Ok((ending.tale, ending.played as u64)),
        Some(broken) => Err(Box::new(told(&story, &broken, ending.played))),
    }
}

/// The failure with its story, shrunk.
fn told(story: &Story, broken: &Broken, steps: usize) -> Failure {
    let short = shrink::shrink(story, broken, steps, shrink::broken_by);
    let ending = runner::play(&short, true);
    Failure {
        seed: story.seed,
        profile: story.profile.name,
        steps,
        all_steps: steps as u64,
        broken: ending.broken.unwrap_or_else(|| broken.clone()),
        tale: ending.tale.told.unwrap_or_default(),
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
