//! Named densities: constants, shares and scores by other routes.

use collapsar_theory::{Benchmark, BenchmarkKind, GaussianMixture};

fn all() -> Vec<Benchmark> {
    let dimension = |kind| match kind {
        BenchmarkKind::ManyWell => 4,
        BenchmarkKind::Funnel => 3,
        _ => 2,
    };
    BenchmarkKind::ALL.into_iter().map(|kind| Benchmark::new(kind, dimension(kind)).unwrap()).collect()
}

/// The sum over a grid of the plane of p, and of p s_k.
fn over_the_plane(benchmark: &Benchmark, reach: f64, h: f64) -> (f64, Vec<f64>) {
    let n = (reach / h).round() as i32;
    let mut shares = vec![0.0; benchmark.shares().len()];
    let (mut total, mut s) = (0.0, shares.clone());
    for i in -n..=n {
        for j in -n..=n {
            // Off the lines that part modes.
            let x = [(f64::from(i) + 0.5) * h, (f64::from(j) + 0.5) * h];
            let p = benchmark.log_density(&x, &mut s).exp() * h * h;
            total += p;
            shares.iter_mut().zip(&s).for_each(|(sum, s)| *sum += p * s);
        }
    }
    (total, shares)
}

#[test]
fn densities_are_normalised_and_their_modes_have_their_shares() {
    for (kind, tolerance) in
        [(BenchmarkKind::ManyWell, 1e-9), (BenchmarkKind::TwoMoons, 1e-9), (BenchmarkKind::Rings, 1e-6)]
    {
        let benchmark = Benchmark::new(kind, 2).unwrap();
        let (total, shares) = over_the_plane(&benchmark, 8.0, 0.01);
        assert!((total - 1.0).abs() < tolerance, "{kind:?}: {total}");
        for (found, v) in shares.iter().zip(benchmark.shares()) {
            assert!((found - v).abs() < 1e-5, "{kind:?}: {found} for {v}");
        }
    }
    // A narrow neck: fewer digits.
    let funnel = Benchmark::new(BenchmarkKind::Funnel, 2).unwrap();
    let mut total = 0.0;
    for i in -2400..2400 {
        let x = f64::from(i) * 0.01;
        let width = (0.5 * x).exp();
        for j in -200..200 {
            let y = width * f64::from(j) * 0.05;
            total += funnel.log_density(&[x, y], &mut [0.0]).exp() * 0.01 * 0.05 * width;
        }
    }
    assert!((total - 1.0).abs() < 1e-9, "{total}");
}

/// The constant of one well's first coordinate as published with the benchmark (arXiv 2208.01893): 11784.50927.
#[test]
fn many_wells_have_the_published_constant() {
    let pair = 11784.50927f64.ln() + 0.5 * std::f64::consts::TAU.ln();
    for wells in [1, 16] {
        let benchmark = Benchmark::new(BenchmarkKind::ManyWell, 2 * wells).unwrap();
        assert!((benchmark.log_z() / wells as f64 - pair).abs() < 1e-9, "{} {pair}", benchmark.log_z());
        assert_eq!(benchmark.shares().len(), 2 * wells);
    }
}

#[test]
fn scores_are_gradients() {
    for benchmark in all() {
        let d = benchmark.dimension();
        let mut s = vec![0.0; benchmark.shares().len()];
        for place in 0..20 {
            let x: Vec<f64> = (0..d).map(|i| 2.2 * f64::from(1 + place * (3 + i as u32)).sin()).collect();
            let mut score = vec![0.0; d];
            let value = benchmark.score(&x, &mut score);
            assert!((value - benchmark.log_density(&x, &mut s)).abs() < 1e-12 * (1.0 + value.abs()));
            for i in 0..d {
                let h = 1e-5;
                let mut at = |h: f64| {
                    let mut y = x.clone();
                    y[i] += h;
                    benchmark.log_density(&y, &mut s)
                };
                let slope = (at(h) - at(-h)) / (2.0 * h);
                let size = 1.0 + score[i].abs() + value.abs();
                assert!((score[i] - slope).abs() < 1e-6 * size, "{benchmark:?} {x:?}: {} {slope}", score[i]);
            }
        }
    }
}

#[test]
fn dimensions_are_refused_by_name() {
    for (kind, dimension, rule) in [
        (BenchmarkKind::ManyWell, 3, "be even, from 2 to 2000, for the density \"many-well\""),
        (BenchmarkKind::TwoMoons, 3, "be 2 for the density \"two-moons\""),
        (BenchmarkKind::Funnel, 1, "lie between 2 and 2000 for the density \"funnel\""),
    ] {
        let error = Benchmark::new(kind, dimension).unwrap_err();
        assert_eq!((error.name(), error.rule()), ("dimension", rule));
    }
}

/// One pass gives what the three functions give.
#[test]
fn a_mixture_is_evaluated_in_one_pass() {
    let covariances = vec![vec![vec![1.5, 0.6], vec![0.6, 0.8]], vec![vec![0.3, 0.0], vec![0.0, 2.0]]];
    let mixture = GaussianMixture::new(vec![0.7, 0.3], vec![vec![2.0, 0.0], vec![-1.0, 1.0]], covariances).unwrap();
    let (mut shares, mut score) = ([0.0; 2], [0.0; 2]);
    for x in [[0.1, 0.2], [2.5, -1.0], [-30.0, 40.0]] {
        let value = mixture.evaluate(&x, &mut shares, &mut score);
        assert!((value - mixture.log_density(&x)).abs() < 1e-12 * value.abs());
        for (a, b) in shares.iter().zip(mixture.responsibilities(&x)).chain(score.iter().zip(mixture.score(&x))) {
            assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{x:?}: {a} {b}");
        }
    }
}
