//! The corpus: every story in which a promise was broken once, and is kept since. A story that changes with what is drawn
//! is a story like any other, and stays.

use simulation::{Profile, search};

#[test]
fn every_story_that_has_broken_a_promise_keeps_it() {
    let mut stories = 0;
    for line in include_str!("corpus.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut words = line.split_whitespace();
        let seed = words.next().and_then(|seed| seed.parse().ok()).expect("a seed comes first");
        let profile = words.next().and_then(Profile::named).expect("a profile comes second");
        search(seed, Some(profile), 1).unwrap_or_else(|found| panic!("{}", found.shrink()));
        stories += 1;
    }
    assert!(stories > 0);
}
