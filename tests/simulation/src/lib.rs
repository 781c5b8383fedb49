//! A simulated world that tries to break the promises P1 to P8 of vantage-live, driven by one seed.
//!
//! ```sh
//! cargo run -p simulation --release -- --steps 10000000              # as many steps as wanted, and what has happened
//! cargo run -p simulation --release -- --seed 147 --profile crowd    # one story, in words
//! ```
//!
//! Several processes, each with tables and edit sessions, share one store over links that lose, double, delay, reorder and
//! cut; people type while a save is under way, drop futures half-way, decide conflicts or ignore them; other programs write
//! beside them; processes crash and start again with what their caches have kept. All of it is the library's own code: only
//! its store, feed, clock, ids and executor are the world's. After every step everything that can be seen is compared with a
//! model: what people have typed, and of each record all states that it has had. The same seed is the same story, bit by
//! bit, in every build. A promise that is not kept is printed with its seed and the shortest story of it that was found; the
//! seed then stays in `tests/corpus.txt`.
//!
//! # It can see
//!
//! Each of these is broken on purpose (the library's feature `broken`), and found after so many steps, in all profiles in
//! turn, or in the one that is named: `tests/it_can_see.rs`.
//!
//! | promise | broken by | steps |
//! |---|---|---|
//! | P1 | a field in conflict stays modified when it is set back | 29,046 |
//! | P1 | a field in conflict is not modified | 95 |
//! | P2 | a save writes every field | 21 |
//! | P2 | a save replaces the whole record | 22 |
//! | P2 | what does not fit the entity is overwritten through it | 672 in `crowd` |
//! | P2 | a field is written into a nested entity that has gone | 1,600 |
//! | P3 | a save checks nothing in the store | 83 |
//! | P3 | a delete checks nothing in the store | 415 |
//! | P3 | a refused delete is sent again where a rebase has shown why since | 8,771 in `clearance` |
//! | P3 | a refused save is sent again with what is there by now | 100 |
//! | P3 | a conflict that nobody asked for is forgotten | 700 |
//! | P3 | what a save under way has written is taken for somebody else's change | 25,360 in `calm` |
//! | P3 | a conflict forgets its first base | 16,270 |
//! | P3 | what was read after a write, of a store that does not tell what it has stored, is overwritten unshown | 58,652 in `calm` |
//! | P4 | a failed save takes the local state back | 92 |
//! | P4 | a rebase takes the store's value over what was typed | 95 |
//! | P4 | a lost answer is taken for a refusal | 39,631 in `rough` |
//! | P4, P6 | a lost answer is taken for success | 92 |
//! | P4 | a write that was done is told as not reached, where what has come of it cannot be read | 142 |
//! | P4 | each attempt to make a record has a key of its own | 6,600 |
//! | P4 | a record that was made unheard is made again, where it is to be saved as a new one | 5,521 |
//! | P4 | that a record was made is told after it was told that it is gone | 1,969 in `crowd` |
//! | P4 | a lost delete is claimed, whatever was seen since | 4,978 in `clearance` |
//! | P5 | the after-image of a write is not shown | 23 |
//! | P5 | a save does not wait until it is known which of two answers is newer | 969 |
//! | P6 | an event is shown, however late | 423 |
//! | P6 | an answer is shown, however late | 517 |
//! | P6 | an event that has waited counts as new as what the feed has told since | 33,857 |
//! | P5, P6 | an event that has the values which are shown makes those after it newer | 77,411 in `crowd` |
//! | P7 | a list does not remove what it does not have | 53 |
//! | P7 | the table lists before it subscribes | 2,008 |
//! | P7 | a feed that says that something has changed is not heard | 5,797 |
//! | P7 | of the hints that come while a write is under way, the last one counts | 17,652 in `gossip` |
//! | P4, P7 | a cache that could not be read keeps what it has | 64,666 in `rough` |
//! | P7 | a table whose feed has ended does not say so | 23 |
//! | P8 | a subscription holds whatever comes | 1,500 |
//! | P8 | the tasks of a table go on when it is closed | 100 |
//! | P8 | a record that was read is to be read again | 53 |
//! | no panic | a task of the table panics where a feed tells of a deletion | 43 |
//! | no panic | a call of a session panics where the store's value is accepted | 771 |

mod chance;
mod generation;
mod model;
mod product;
mod profiles;
mod runner;
mod shrink;
mod world;

use std::fmt;
use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

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

/// Plays the stories of successive seeds until so many steps were played, or a promise is broken, on all of the machine's
/// cores: what has happened then does not depend on how many it has.
///
/// # Errors
/// The first promise that was not kept, and a short story of it.
pub fn run(first: u64, profile: Option<&'static Profile>, steps: u64) -> Result<Coverage, Box<Failure>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let at: Vec<_> = (0..cores).map(|_| AtomicU64::new(first)).collect();
    let outcomes: Vec<_> = thread::scope(|scope| {
        let shares = at.iter().enumerate().map(|(share, at)| {
            scope.spawn(move || {
                play_every(cores, share, first, profile, steps, |seed| at.store(seed, Ordering::Relaxed))
            })
        });
        let shares: Vec<_> = shares.collect();
        let (ended, is_ended) = mpsc::channel::<()>();
        let at = &at;
        scope.spawn(move || watch(at, profile, &is_ended));
        let outcomes = shares.into_iter().map(|share| share.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
        let outcomes = outcomes.collect();
        drop(ended);
        outcomes
    });
    let mut coverage = Coverage::default();
    let mut first_found: Option<Box<Found>> = None;
    for outcome in outcomes {
        match outcome {
            Ok(share) => coverage += share,
            Err(found) if first_found.as_ref().is_none_or(|first| found.seed < first.seed) => first_found = Some(found),
            Err(_) => {}
        }
    }
    first_found.map_or(Ok(coverage), |found| Err(Box::new(found.shrink())))
}

/// As [`run`], one story after the other, and without making the story short, which takes far longer than finding it.
///
/// # Errors
/// The first promise that was not kept.
pub fn search(first: u64, profile: Option<&'static Profile>, steps: u64) -> Result<Coverage, Box<Found>> {
    play_every(1, 0, first, profile, steps, |_| ())
}

/// How long a story may take, which is some milliseconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ends the process where a story does not end: whoever waits for a lock that it holds itself can say nothing.
fn watch(at: &[AtomicU64], profile: Option<&'static Profile>, is_ended: &mpsc::Receiver<()>) {
    let mut before: Vec<Option<u64>> = vec![None; at.len()];
    while is_ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
        for (at, before) in at.iter().zip(&mut before) {
            let seed = at.load(Ordering::Relaxed);
            if *before == Some(seed) {
                let profile = profile.unwrap_or(Profile::of(seed)).name;
                eprintln!("seed {seed} of profile {profile} does not end: a call of the library has not come back");
                std::process::exit(1);
            }
            *before = (seed != DONE).then_some(seed);
        }
    }
}

/// No seed: a share of the stories is played.
const DONE: u64 = u64::MAX;

/// Plays one of so many shares of the stories.
fn play_every(
    shares: usize,
    share: usize,
    first: u64,
    profile: Option<&'static Profile>,
    steps: u64,
    begins: impl Fn(u64),
) -> Result<Coverage, Box<Found>> {
    let mut coverage = Coverage::default();
    for story in (0..steps.div_ceil(STEPS as u64)).skip(share).step_by(shares) {
        let seed = first + story;
        let profile = profile.unwrap_or(Profile::of(seed));
        begins(seed);
        let ending = runner::play(&Story::draw(seed, profile, STEPS), false);
        if let Some(broken) = ending.broken {
            begins(DONE);
            let all_steps = story * STEPS as u64 + ending.played as u64;
            return Err(Box::new(Found { seed, profile, steps: ending.played, all_steps, broken }));
        }
        coverage.add(&ending.tale);
    }
    begins(DONE);
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
