//! Every input ends: with an answer, or with a word on what is wrong.

#[path = "support/fuzz.rs"]
mod fuzz;

use std::time::{Duration, Instant};

use fuzz::{Recipe, run};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// What the test may take; `cargo run --example fuzz -- SECONDS` goes on for as long as wanted.
const TIME: Duration = Duration::from_secs(60);

fn recipes() -> impl Strategy<Value = Recipe> {
    let keys = proptest::collection::vec([0..1000usize, 0..1000usize, 0..1000usize], 1..4);
    let damage = prop_oneof![4 => Just(None), 1 => (any::<usize>(), any::<u8>()).prop_map(Some)];
    (0..1000usize, keys, damage).prop_map(|(verb, keys, damage)| Recipe { verb, keys, damage })
}

#[test]
fn no_configuration_panics_hangs_or_leaves_half_an_answer() {
    let config = Config { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(14), ..Config::default() };
    let (started, tried) = (Instant::now(), std::cell::Cell::new(0));
    TestRunner::new(config)
        .run(&recipes(), |recipe| {
            if started.elapsed() < TIME {
                tried.set(tried.get() + 1);
                run(env!("CARGO_BIN_EXE_collapsar"), &recipe).map_err(TestCaseError::fail)?;
            }
            Ok(())
        })
        .unwrap();
    assert!(tried.get() > 20, "{tried:?} inputs in {TIME:?}");
}
