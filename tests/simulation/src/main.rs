//! Runs the simulation: one seed in words, or as many steps as wanted.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use simulation::{PROFILES, Profile, replay, run};

/// A simulated world that tries to break the promises of vantage-live.
#[derive(Parser)]
struct Arguments {
    /// Tells the story of this seed; with `--steps`, begins at it.
    #[arg(long)]
    seed: Option<u64>,
    /// How many steps to play, over successive seeds.
    #[arg(long)]
    steps: Option<u64>,
    /// How rough: one profile instead of all in turn.
    #[arg(long)]
    profile: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let profile = match arguments.profile.as_deref().map(|name| (name, Profile::named(name))) {
        Some((name, None)) => {
            let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
            eprintln!("there is no profile {name}: there are {}", names.join(", "));
            return ExitCode::FAILURE;
        }
        named => named.and_then(|(_, profile)| profile),
    };
    if let (Some(seed), None) = (arguments.seed, arguments.steps) {
        let profile = profile.unwrap_or(Profile::of(seed));
        let (tale, broken, hash) = replay(seed, profile, None);
        for sentence in &tale {
            println!("{sentence}");
        }
        println!("seed {seed} of profile {}, hash {hash:#018x}", profile.name);
        return match broken {
            None => ExitCode::SUCCESS,
            Some(broken) => {
                println!("{broken}");
                ExitCode::FAILURE
            }
        };
    }
    let began = Instant::now();
    let steps = arguments.steps.unwrap_or(100_000);
    match run(arguments.seed.unwrap_or(0), profile, steps) {
        Ok(coverage) => {
            let seconds = began.elapsed().as_secs_f64();
            println!("{coverage}{steps} steps in {seconds:.1} s");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            println!("{failure}");
            ExitCode::FAILURE
        }
    }
}
