//! Tries configurations at random for as long as wanted: `cargo build && cargo run --example fuzz -- SECONDS [SEED]`.
//!
//! Each is put together from the list of keys, their edges and damaged bytes, and given to the program beside this
//! example. It must end within the limit, without a panic and without half an answer. What does not is printed with its
//! recipe; the exit code then is 1.

#[path = "../tests/support/fuzz.rs"]
mod fuzz;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use fuzz::{Recipe, run};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn recipe(rng: &mut impl Rng) -> Recipe {
    let keys = rng.random_range(1..4usize);
    Recipe {
        verb: rng.random_range(0..1000),
        keys: (0..keys).map(|_| [0; 3].map(|_| rng.random_range(0..1000))).collect(),
        damage: rng.random_bool(0.2).then(|| (rng.random_range(0..100_000), rng.random())),
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let (Some(Ok(seconds)), Ok(seed)) = (arguments.next(), arguments.next().unwrap_or(Ok(1))) else {
        eprintln!("error: usage: fuzz SECONDS [SEED]");
        return ExitCode::from(2);
    };
    let program = std::env::current_exe().ok().and_then(|path| Some(path.parent()?.parent()?.join("collapsar")));
    let Some(program) = program.filter(|path| path.is_file()) else {
        eprintln!("error: the program is not beside this example: `cargo build` first, in the same profile");
        return ExitCode::from(2);
    };
    let program = program.to_string_lossy().into_owned();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (started, mut tried, mut bad) = (Instant::now(), 0u64, 0u64);
    while started.elapsed() < Duration::from_secs(seconds) {
        tried += 1;
        if let Err(what) = run(&program, &recipe(&mut rng)) {
            bad += 1;
            println!("{what}\n");
        }
    }
    println!("{tried} inputs in {:.0} s: {bad} bad", started.elapsed().as_secs_f64());
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
