//! How many instructions the hot functions take, which is the same from run to run where times are not:
//! `cargo bench -p vantage-live --bench instructions`. It fails where one takes over 5 % more than `counts.txt` says, or so
//! much less that the next regression would not be seen, and `-- --accept` writes down what they take now.
//!
//! Each is counted by valgrind's callgrind, in a process that does it so many times less one that does the same without it.
//! What a hash map takes depends on its seed, and a comparison on where things lie: the median of a few processes counts.
//! glibc goes now and then through all that was freed in small pieces, millions of instructions at a time, and whether it does
//! so within what is counted is chance: it is told to keep none (`mxfast`). What it keeps for a thread beside that is seven
//! of each size, and what the eighth takes depends on what it lies beside: it is told to keep more (`tcache_count`).

#[path = "../speed/entity.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod entity;
mod hot;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use hot::HOT;

/// How much longer the environment of each process is that does the same.
const LONGER: [usize; 4] = [0, 13, 28, 41];
/// How many times what they took before is too much, and how many too little.
const MORE: f64 = 1.05;
const LESS: f64 = 1.0 / MORE;
/// What a process that is counted is told to do: a name, and how often.
const ASKED: &str = "VANTAGE_LIVE_HOT";

fn main() -> ExitCode {
    if let Ok(asked) = env::var(ASKED) {
        let (name, times) = asked.rsplit_once(' ').expect("a name and a number");
        hot::run(name, times.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    let counted: Vec<(&str, f64)> = HOT.iter().map(|(name, times, _)| (*name, count(name, *times))).collect();
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions/counts.txt");
    if env::args().any(|argument| argument == "--accept") {
        let text = counted.iter().fold(String::new(), |text, (name, count)| format!("{text}{name}: {count:.1}\n"));
        fs::write(&known, text).expect("counts.txt can be written");
    }
    let before = read(&fs::read_to_string(&known).unwrap_or_default());
    let mut is_held = true;
    for (name, count) in counted {
        // What takes nothing was not done.
        let found = match before.get(name).filter(|_| count > 0.0).map(|before| count / before) {
            Some(LESS..=MORE) => "held",
            Some(..LESS) => "less, to be accepted",
            _ => "missed",
        };
        is_held &= found == "held";
        let before = before.get(name).map_or_else(|| "unknown".to_owned(), |before| format!("{before:.1}"));
        println!("{name}: {count:.1} instructions (before {before}): {found}");
    }
    if is_held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The counts by name.
fn read(text: &str) -> BTreeMap<String, f64> {
    let line = |line: &str| {
        let (name, count) = line.rsplit_once(": ")?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

/// How many instructions this takes once.
fn count(name: &str, times: u32) -> f64 {
    let of = |longer: &usize| counted(name, times, *longer) - counted(name, 0, *longer);
    let mut counts: Vec<f64> = LONGER.iter().map(of).collect();
    counts.sort_unstable_by(f64::total_cmp);
    let [.., below, above, _] = counts[..] else { return 0.0 };
    f64::midpoint(below, above) / f64::from(times)
}

/// How many instructions a process takes that does this so many times.
fn counted(name: &str, times: u32, longer: usize) -> f64 {
    let program = env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .env(ASKED, format!("{name} {times}"))
        .env("LONGER", "x".repeat(longer))
        .env("GLIBC_TUNABLES", "glibc.malloc.mxfast=0:glibc.malloc.tcache_count=1000")
        .output()
        .expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected :"));
    collected.and_then(|(_, count)| count.trim().parse().ok()).expect("callgrind says what it has collected")
}
