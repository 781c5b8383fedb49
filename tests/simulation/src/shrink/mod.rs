//! Shrinking: how a story gets short. Steps are left out, many at once and then fewer, and those that are left are made
//! calm, as long as the same promise is broken.

use crate::generation::{Pace, Story};
use crate::model::{Broken, Promise};
use crate::runner::play;

/// How many stories are tried at the most.
const TRIES: usize = 3_000;

/// A shorter story that breaks the same promise.
pub(crate) fn shrink(
    story: &Story,
    broken: &Broken,
    played: usize,
    fails: impl Fn(&Story) -> Option<Promise>,
) -> Story {
    let mut short = story.clone();
    short.steps.truncate(played.max(1));
    let breaks = |story: &Story| fails(story) == Some(broken.promise);
    if !breaks(&short) {
        return story.clone();
    }
    let mut tries = TRIES;
    loop {
        let before = (short.steps.len(), short.steps.iter().filter(|step| !step.is_calm).count());
        leave_out(&mut short, &mut tries, &breaks);
        calm_down(&mut short, &mut tries, &breaks);
        let after = (short.steps.len(), short.steps.iter().filter(|step| !step.is_calm).count());
        if after == before || tries == 0 {
            return short;
        }
    }
}

/// Leaves out runs of steps: half of them, a quarter, down to one.
fn leave_out(story: &mut Story, tries: &mut usize, breaks: &impl Fn(&Story) -> bool) {
    let mut length = story.steps.len().div_ceil(2);
    while length > 0 && *tries > 0 {
        let mut at = 0;
        while at < story.steps.len() && *tries > 0 {
            let mut shorter = story.clone();
            shorter.steps.drain(at..(at + length).min(story.steps.len()));
            *tries -= 1;
            if breaks(&shorter) {
                *story = shorter;
            } else {
                at += length;
            }
        }
        length = if length == 1 { 0 } else { length.div_ceil(2) };
    }
}

/// Takes the trouble out of the steps that need none, and lets them end at rest.
fn calm_down(story: &mut Story, tries: &mut usize, breaks: &impl Fn(&Story) -> bool) {
    for at in 0..story.steps.len() {
        for pace in [Some(Pace::Micros(20_000)), None] {
            let mut calmer = story.clone();
            let step = &mut calmer.steps[at];
            if step.is_calm && pace.is_none_or(|pace| pace == step.pace) || *tries == 0 {
                continue;
            }
            step.is_calm = true;
            step.pace = pace.unwrap_or(step.pace);
            *tries -= 1;
            if breaks(&calmer) {
                *story = calmer;
                break;
            }
        }
    }
}

/// The promise that a story breaks.
pub(crate) fn broken_by(story: &Story) -> Option<Promise> {
    play(story, false).broken.map(|broken| broken.promise)
}
