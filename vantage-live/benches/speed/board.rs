//! How a figure is measured, and how it is told: both ways in turns, in the same run, and the ratio of their medians.

use std::time::{Duration, Instant};

/// How often each of the two is measured.
const ROUNDS: usize = 15;

/// Measures `ours` and `theirs` in turns, and answers with how many times as long ours takes, by the medians.
pub fn ratio(ours: impl FnMut(), theirs: impl FnMut()) -> f64 {
    ratio_of(ROUNDS, timed(ours), timed(theirs))
}

/// As [`ratio`], where each says for itself how long what counts has taken.
pub fn ratio_of(rounds: usize, mut ours: impl FnMut() -> Duration, mut theirs: impl FnMut() -> Duration) -> f64 {
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    // The first round warms the caches.
    for round in 0..=rounds {
        let (our, their) = (ours(), theirs());
        if round > 0 {
            our_times.push(our);
            their_times.push(their);
        }
    }
    median(&mut our_times).as_secs_f64() / median(&mut their_times).as_secs_f64()
}

/// As [`ratio_of`], of what is measured many times in a row: `ours` and `theirs` each answer with the times of one window.
pub fn ratio_of_windows(
    windows: usize,
    mut ours: impl FnMut() -> Vec<Duration>,
    mut theirs: impl FnMut() -> Vec<Duration>,
) -> f64 {
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    for _ in 0..windows {
        our_times.extend(ours());
        their_times.extend(theirs());
    }
    median(&mut our_times).as_secs_f64() / median(&mut their_times).as_secs_f64()
}

/// How long `work` takes each time.
pub fn timed(mut work: impl FnMut()) -> impl FnMut() -> Duration {
    move || once(&mut work)
}

/// How long `work` takes.
pub fn once(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

/// The one in the middle.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Prints a figure: how many times the yardstick, and whether that is within the goal.
pub fn tell(what: &str, yardstick: &str, ratio: f64, goal: f64) {
    judge(&format!("{what}: {} x {yardstick} (goal {goal})", short(ratio)), ratio <= goal);
}

/// Prints a figure, and whether it is within the goal.
pub fn judge(figure: &str, is_held: bool) {
    println!("{figure}: {}", if is_held { "held" } else { "missed" });
}

/// Two digits that say something.
fn short(ratio: f64) -> String {
    if ratio < 0.095 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}
