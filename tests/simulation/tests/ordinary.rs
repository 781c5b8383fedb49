//! The ordinary run: 100,000 steps in which no promise is broken, and every kind of trouble has come.

use simulation::run;

#[test]
fn no_promise_is_broken_in_100_000_steps_and_every_trouble_has_come() {
    let coverage = run(0, None, 100_000).unwrap_or_else(|failure| panic!("{failure}"));

    println!("{coverage}");
    assert_eq!(coverage.missing(), [""; 0], "what has not happened has not been tried");
}
