//! Theory 16.7: what a schedule can do for the gap of the free pair.

use collapsar_theory::{Flow, FreePair, FreePairOptions, Schedule};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn pair(separation: f64) -> FreePair {
    FreePair::new(FreePairOptions { separation, ..FreePairOptions::default() }).unwrap()
}

/// Runge and Kutta's method in (x, log y, log z) with steps of `h`, until x has come to `x_end`; (t, x, log y, log z) at each step.
fn follow(pair: &FreePair, schedule: &Schedule, start: [f64; 3], h: f64, x_end: f64) -> Vec<[f64; 4]> {
    let rate = |t: f64, s: &[f64; 3]| {
        let state = [s[0], s[1].exp(), s[2].exp()];
        let mut rate = [0.0; 3];
        pair.field(schedule.beta(t), &state, &mut rate);
        [rate[0], rate[1] / state[1], rate[2] / state[2]]
    };
    let along = |s: &[f64; 3], k: &[f64; 3], h: f64| [s[0] + h * k[0], s[1] + h * k[1], s[2] + h * k[2]];
    let (mut t, mut s) = (0.0, [start[0], start[1].ln(), start[2].ln()]);
    let mut path = vec![[t, s[0], s[1], s[2]]];
    while s[0] < x_end {
        let k1 = rate(t, &s);
        let k2 = rate(t + h / 2.0, &along(&s, &k1, h / 2.0));
        let k3 = rate(t + h / 2.0, &along(&s, &k2, h / 2.0));
        let k4 = rate(t + h, &along(&s, &k3, h));
        for i in 0..3 {
            s[i] += h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
        }
        t += h;
        path.push([t, s[0], s[1], s[2]]);
        assert!(t < 1e4, "x = {} after {t}", s[0]);
    }
    path
}

/// log(y/z) where x passes `x`, by the cubic through both ends of the step in x.
fn ratio_at(pair: &FreePair, path: &[[f64; 4]], x: f64) -> f64 {
    let i = path.iter().position(|p| p[1] > x).unwrap();
    let (a, b) = (path[i - 1], path[i]);
    let (h, u) = (b[1] - a[1], (x - a[1]) / (b[1] - a[1]));
    let value = |p: &[f64; 4]| p[2] - p[3];
    let (da, db) = (slope(pair, a[1]), slope(pair, b[1]));
    let rest = 1.0 - u;
    rest * rest * (1.0 + 2.0 * u) * value(&a)
        + u * u * (3.0 - 2.0 * u) * value(&b)
        + h * u * rest * (rest * da - u * db)
}

/// d log(y/z)/dx of (44).
fn slope(pair: &FreePair, x: f64) -> f64 {
    let (tau, steep) = pair.pull(x);
    let rho = pair.options().separation;
    rho * steep / (rho * tau - x)
}

/// Whatever the schedule: y/z is a function of x, and of x alone.
#[test]
fn every_schedule_turns_the_gap_alike() {
    let pair = pair(3.0);
    let start = [0.05, 1e-9, 0.3];
    let schedules = [
        Schedule::constant(1.0).unwrap(),
        Schedule::constant(7.0).unwrap(),
        Schedule::geometric(50.0, 20.0).unwrap(),
        Schedule::quench(300.0, 10.0).unwrap(),
    ];
    let paths: Vec<_> = schedules.iter().map(|schedule| follow(&pair, schedule, start, 2e-3, 2.0)).collect();
    for x in [0.1, 0.4, 1.0, 1.9] {
        // (44) by Simpson's rule.
        let n = 4000;
        let node = |i: usize| slope(&pair, start[0] + (x - start[0]) * i as f64 / n as f64);
        let weight = |i: usize| if i == 0 || i == n { 1.0 } else { 2.0 + 2.0 * (i % 2) as f64 };
        let sum: f64 = (0..=n).map(|i| weight(i) * node(i)).sum();
        let expected = (start[1] / start[2]).ln() + sum * (x - start[0]) / (3.0 * n as f64);
        for (path, schedule) in paths.iter().zip(&schedules) {
            let found = ratio_at(&pair, path, x);
            assert!((found - expected).abs() < 1e-6, "{schedule:?} at x = {x}: {found} against {expected}");
        }
    }
    // What differs is the distance across the axis, and with it the gap.
    let across = |path: &[[f64; 4]]| path[path.len() - 1][3].exp();
    assert!(across(&paths[0]) < 0.3 && across(&paths[1]) > 0.6, "{} {}", across(&paths[0]), across(&paths[1]));
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(44), failure_persistence: None, ..ProptestConfig::default() })]

    /// While both means are on one side no schedule parts them, relative to where they are, faster than they repel; the pull
    /// only helps once they are apart.
    #[test]
    fn the_pull_holds_together_what_is_on_one_side(
        separation in 0.3f64..8.0, x in 1e-3f64..9.0, share in 1e-3f64..0.999, z in 0.0f64..5.0, beta in 0.0f64..1.0,
    ) {
        let pair = pair(separation);
        let relative = |x: f64, y: f64| {
            let mut rate = [0.0; 3];
            pair.field(beta, &[x, y, z], &mut rate);
            let repelled = 2.0 * pair.speed(beta) * collapsar_theory::repulsion(4.0 * (y * y + z * z));
            (rate[1] / y - rate[0] / x - repelled, 1e-12 * (1.0 + beta * separation / x.min(y)))
        };
        let (pull, rounding) = relative(x, share * x);
        prop_assert!(pull <= rounding, "{pull}");
        let (pull, rounding) = relative(share * x, x);
        prop_assert!(pull >= -rounding, "{pull}");
    }
}
