//! Modes that nobody named: as many as there are, and one where there is one.

use std::f64::consts::TAU;

use collapsar::random::stream;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StudentT};

use super::{Run, diagnosed, mixture, normal, run};

fn found(runs: Vec<Run>) -> usize {
    diagnosed(&[], runs, Vec::new()).modes.len()
}

fn ring(k: usize, radius: f64, d: usize) -> Vec<Vec<f64>> {
    let at = |i: usize| TAU * i as f64 / k as f64;
    let mean = |i: usize| {
        let mut mean = vec![0.0; d];
        (mean[0], mean[d - 1]) = (radius * at(i).cos(), radius * at(i).sin());
        mean
    };
    (0..k).map(mean).collect()
}

#[test]
fn one_two_three_eight_and_twenty_five() {
    let mut rng = stream(21, 0);
    let mut runs = |means: &[Vec<f64>], spread: f64, n: usize| -> Vec<Run> {
        let (d, k) = (means[0].len(), means.len());
        (0..20).map(|i| run(format!("{i}"), d, mixture(&mut rng, n, means, &vec![1.0 / k as f64; k], spread))).collect()
    };
    for d in [1, 2, 20, 64] {
        let mut far = vec![0.0; d];
        far[0] = 6.0;
        assert_eq!(found(runs(&[vec![0.0; d]], 1.0, 300)), 1, "one in {d}");
        assert_eq!(found(runs(&[vec![0.0; d], far], 1.0, 500)), 2, "two in {d}");
    }
    for d in [2, 20] {
        assert_eq!(found(runs(&ring(3, 3.0, d), 1.0, 500)), 3, "ring of 3 in {d}");
        assert_eq!(found(runs(&ring(8, 6.0, d), 1.0, 500)), 8, "ring of 8 in {d}");
    }
    let grid: Vec<Vec<f64>> = (0..25).map(|i| vec![4.0 * f64::from(i % 5), 4.0 * f64::from(i / 5)]).collect();
    assert_eq!(found(runs(&grid, 0.5, 500)), 25);
}

/// Near weights .79 and .21 two modes are no flatter than a normal law: they are found by their skewness.
/// Antithetic pairs, or components one after the other: rows that take turns are not a sample of one mode each.
#[test]
fn modes_that_take_turns() {
    let mut rng = stream(13, 0);
    for period in [2, 3, 4] {
        let means = ring(period, 4.0, 3);
        let row = |i: usize, rng: &mut ChaCha8Rng| -> Vec<f64> {
            means[i % period].iter().map(|m| m + normal(rng)).collect()
        };
        let runs = (0..5).map(|r| run(format!("{r}"), 3, (0..600).flat_map(|i| row(i, &mut rng)).collect())).collect();
        assert_eq!(found(runs), period);
    }
}

#[test]
fn modes_of_uneven_weights() {
    let mut rng = stream(25, 0);
    let (mut a, mut b) = (vec![0.0; 64], vec![0.0; 64]);
    (a[7], b[7]) = (3.0, -3.0);
    let points = |_| mixture(&mut rng, 500, &[a.clone(), b.clone()], &[0.79, 0.21], 1.0);
    let runs: Vec<Vec<f64>> = (0..20).map(points).collect();
    let record =
        diagnosed(&[], runs.into_iter().enumerate().map(|(i, x)| run(format!("{i}"), 64, x)).collect(), Vec::new());
    assert_eq!((record.modes.len(), record.probability.count), (2, 0));
    assert!((record.modes[0].weight - 0.79).abs() < 0.02, "{:?}", record.modes[0].weight);
}

/// The target of 40 Gaussians of arXiv 2208.01893: means uniform in a square of side 80 by PyTorch's generator with seed 0
/// (MT19937, 24 bits a number), deviation log(1 + e). Two of its modes are .9 deviations apart: fewer maxima than components.
fn forty() -> Vec<Vec<f64>> {
    const N: usize = 624;
    let mut state = [0u32; N];
    for i in 1..N {
        state[i] = 1_812_433_253u32.wrapping_mul(state[i - 1] ^ (state[i - 1] >> 30)).wrapping_add(i as u32);
    }
    let mut at = N;
    let mut next = || {
        if at == N {
            for i in 0..N {
                let y = (state[i] & 0x8000_0000) | (state[(i + 1) % N] & 0x7fff_ffff);
                state[i] = state[(i + 397) % N] ^ (y >> 1) ^ (if y & 1 == 1 { 0x9908_b0df } else { 0 });
            }
            at = 0;
        }
        let mut y = state[at];
        at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^= y >> 18;
        (f64::from(y & 0x00ff_ffff) / f64::from(1 << 24) - 0.5) * 80.0
    };
    (0..40).map(|_| vec![next(), next()]).collect()
}

/// The local maxima of a mixture of equal weights, by steps of the mean shift from every mean.
fn maxima(means: &[Vec<f64>], variance: f64) -> usize {
    let mut ends: Vec<Vec<f64>> = Vec::new();
    for start in means {
        let mut x = start.clone();
        for _ in 0..5000 {
            let weight =
                |m: &Vec<f64>| (-m.iter().zip(&x).map(|(m, x)| (m - x).powi(2)).sum::<f64>() / (2.0 * variance)).exp();
            let all: f64 = means.iter().map(weight).sum();
            x = (0..x.len()).map(|j| means.iter().map(|m| weight(m) * m[j]).sum::<f64>() / all).collect();
        }
        let near = |end: &Vec<f64>| end.iter().zip(&x).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) < 1e-3;
        if !ends.iter().any(near) {
            ends.push(x);
        }
    }
    ends.len()
}

#[test]
fn forty_gaussians_have_fewer_maxima() {
    let means = forty();
    // torch.manual_seed(0); torch.rand(3) = 0.4963, 0.7682, 0.0885.
    assert!((means[0][0] - (0.4963 - 0.5) * 80.0).abs() < 5e-3 && (means[1][0] - (0.0885 - 0.5) * 80.0).abs() < 5e-3);
    let deviation = 1f64.exp().ln_1p();
    let there = maxima(&means, deviation * deviation);
    assert!((30..40).contains(&there), "{there}");
    let mut rng = stream(22, 0);
    let runs: Vec<Run> = (0..20)
        .map(|i| run(format!("{i}"), 2, mixture(&mut rng, 3000, &means, &[1.0 / 40.0; 40], deviation)))
        .collect();
    let seen = found(runs.clone());
    println!("40 components, {there} maxima, {seen} modes found");
    // Those that are missing are shallow: a dip between two of their maxima needs more samples.
    assert!(seen <= there && seen >= there - 6, "{seen} of {there}");
    // Modes that are told are all followed.
    let rows: Vec<String> = means.iter().map(|m| format!("[{:?}, {:?}]", m[0], m[1])).collect();
    let set = format!("diagnose.modes=[{}]", rows.join(", "));
    let record = diagnosed(&[&set], runs, Vec::new());
    assert_eq!((record.modes.len(), record.probability.count), (40, 0));
}

/// A mode that one run of a hundred found, in one half of its samples.
#[test]
fn a_mode_counts_if_any_run_found_it() {
    let mut rng = stream(23, 0);
    for d in [2, 30] {
        let mut far = vec![0.0; d];
        far[1] = 8.0;
        let means = [vec![0.0; d], far];
        let weights = |i: usize| if i == 41 { [0.5, 0.5] } else { [1.0, 0.0] };
        let runs = (0..100).map(|i| run(format!("{i}"), d, mixture(&mut rng, 400, &means, &weights(i), 1.0))).collect();
        let record = diagnosed(&[], runs, Vec::new());
        assert_eq!((record.modes.len(), record.probability.count), (2, 99), "in {d}");
        assert!(record.runs[41].lost_modes.is_empty() && (record.modes[1].weight - 0.5).abs() < 0.08);
    }
}

/// Two modes 4 spreads apart in 128 dimensions, in 20 runs of 500 samples: whole ones of several weights, and some that differ.
#[test]
fn four_spreads_apart_in_many_dimensions() {
    let mut rng = stream(26, 0);
    let (mut a, mut b) = (vec![0.0; 128], vec![0.0; 128]);
    (a[31], a[90], b[31], b[90]) = (2f64.sqrt(), 2f64.sqrt(), -(2f64.sqrt()), -(2f64.sqrt()));
    let mut record = |share: f64, collapsed: usize| {
        let weights = |i: usize| match i {
            i if i >= collapsed => [share, 1.0 - share],
            i if i.is_multiple_of(2) => [1.0, 0.0],
            _ => [0.0, 1.0],
        };
        let points = |i: usize, rng: &mut ChaCha8Rng| mixture(rng, 500, &[a.clone(), b.clone()], &weights(i), 1.0);
        let runs = (0..20).map(|i| run(format!("{i}"), 128, points(i, &mut rng))).collect();
        diagnosed(&[], runs, Vec::new())
    };
    for (share, collapsed) in [(0.5, 0), (0.5, 0), (0.7, 0), (0.8, 0), (0.5, 5), (0.7, 5)] {
        let found = record(share, collapsed);
        assert_eq!(found.modes.len(), 2, "{share} {collapsed}");
        assert_eq!(found.probability.count, collapsed as u64, "{share} {collapsed}");
        assert!((found.modes[0].weight - share).abs() < 0.03, "{share}: {}", found.modes[0].weight);
    }
}

type Law = fn(&mut ChaCha8Rng) -> Vec<f64>;

fn student(rng: &mut ChaCha8Rng) -> f64 {
    StudentT::new(2.0).unwrap().sample(rng)
}

/// Unimodal laws that are no normal ones.
const UNIMODAL: [(&str, Law); 6] = [
    ("skew", |rng| vec![normal(rng).exp(), normal(rng)]),
    ("banana", |rng| {
        let x = 2.0 * normal(rng);
        vec![x, x * x + normal(rng)]
    }),
    ("heavy tails", |rng| vec![student(rng), student(rng)]),
    ("exponential", |rng| (0..3).map(|_| -(1.0 - rng.random::<f64>()).ln()).collect()),
    // So many that directions are chosen.
    ("skew in 20", |rng| (0..20).map(|_| normal(rng).exp()).collect()),
    ("heavy tails in 20", |rng| {
        let scale = student(rng);
        (0..20).map(|_| scale * normal(rng)).collect()
    }),
];

fn false_alarms(law: Law, sets: u64) -> u64 {
    let several = |set: &u64| {
        let mut rng = stream(24, *set);
        let runs = (0..4).map(|i| {
            let points: Vec<Vec<f64>> = (0..250).map(|_| law(&mut rng)).collect();
            run(format!("{i}"), points[0].len(), points.concat())
        });
        diagnosed(&["diagnose.false_alarm=0.05"], runs.collect(), Vec::new()).modes.len() > 1
    };
    (0..sets).filter(several).count() as u64
}

/// At a stated rate of 5%: no more than 3 standard errors above it.
#[test]
fn one_mode_stays_one() {
    for (name, law) in UNIMODAL {
        let alarms = false_alarms(law, 60);
        assert!(alarms <= 8, "{name}: {alarms} of 60");
    }
}

#[test]
#[ignore = "minutes: a thousand sets of each law"]
fn one_mode_stays_one_in_a_thousand_sets() {
    for (name, law) in UNIMODAL {
        let alarms = false_alarms(law, 1000);
        println!("{name}: {alarms} of 1000 at 5%");
        assert!(alarms <= 70, "{name}: {alarms} of 1000");
    }
}

/// Modes 4 spreads apart that lie on a narrow axis, in runs that all hold both: how often they are found.
#[test]
#[ignore = "a measurement, for the limits that the search for directions states"]
fn modes_on_a_narrow_axis() {
    for (d, n) in [(4, 500), (8, 500), (12, 500), (16, 500), (16, 2000), (32, 500), (32, 2000), (32, 8000)] {
        let count = |seed: &u64| {
            let mut rng = stream(27, *seed);
            let runs = (0..20).map(|i| {
                let rows = (0..n).flat_map(|_| {
                    let side = if rng.random::<bool>() { 2.0 } else { -2.0 };
                    (0..d)
                        .map(|j| if j == 1 { 0.3 * (side + normal(&mut rng)) } else { normal(&mut rng) })
                        .collect::<Vec<f64>>()
                });
                run(format!("{i}"), d, rows.collect())
            });
            found(runs.collect()) == 2
        };
        let found = (0..10).filter(count).count();
        println!("d = {d}, 20 runs of {n}: {found} of 10");
    }
}
