//! Softmax averages against extended-precision tables (`tests/data/softmax_table.py`), brute force and identities.

use collapsar_theory::{Cubature, CubatureOptions, Logits, SoftmaxAverages, logistic_normal, logistic_softplus_normal};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn averages(cubature: &Cubature, a: &[f64], b: &[f64], q: usize) -> SoftmaxAverages {
    let mut out = SoftmaxAverages::default();
    cubature.softmax(&Logits::new(a, b, q).expect("valid logits"), &mut out);
    out
}

struct Row {
    a: Vec<f64>,
    b: Vec<f64>,
    q: usize,
    log_sum: f64,
    mean: Vec<f64>,
    second: Vec<f64>,
}

fn table() -> Vec<Row> {
    let parse = |line: &str| {
        let v: Vec<f64> = line.split(',').map(|x| x.parse().expect("a number")).collect();
        let (n, q) = (v[0] as usize, v[1] as usize);
        let (a, rest) = v[2..].split_at(n);
        let (b, rest) = rest.split_at(n * q);
        let (mean, second) = rest[1..].split_at(n);
        Row { a: a.into(), b: b.into(), q, log_sum: rest[0], mean: mean.into(), second: second.into() }
    };
    include_str!("data/softmax_table.csv").lines().map(parse).collect()
}

fn worst(x: &[f64], y: &[f64]) -> f64 {
    assert_eq!(x.len(), y.len());
    x.iter().zip(y).fold(0.0, |m: f64, (u, v)| m.max((u - v).abs()))
}

/// Size of the logits, to which the logarithm is relative.
fn size(row: &Row) -> f64 {
    row.a.iter().chain(&row.b).fold(1.0, |m: f64, v| m.max(v.abs()))
}

#[test]
fn few_classes_match_the_table_and_their_error_is_honest() {
    let cubature = Cubature::default();
    let mut seen = 0;
    for row in table().iter().filter(|row| row.a.len() <= 4 || row.q == 1) {
        let got = averages(&cubature, &row.a, &row.b, row.q);
        let (mean, second) = (worst(&got.mean, &row.mean), worst(&got.second, &row.second));
        let log_sum = (got.log_sum - row.log_sum).abs();
        println!(
            "n {} q {} size {:.0}: mean {mean:.1e} second {second:.1e} said {:.1e}; log {log_sum:.1e} said {:.1e}",
            row.a.len(),
            row.q,
            size(row),
            got.error,
            got.log_sum_error
        );
        assert!(mean < 2e-12 && second < 2e-12 && log_sum < 2e-12 * size(row));
        // The table has 19 digits, the kernels a few ulps: 2e-15 of their size is theirs, the rest must be announced.
        assert!(mean.max(second) <= got.error + 2e-15, "{:?}", row.a);
        assert!(log_sum <= got.log_sum_error + 2e-15 * size(row), "{:?}", row.a);
        seen += 1;
    }
    assert!(seen >= 20);
}

#[test]
fn looser_tolerances_are_honest_too() {
    for tolerance in [1e-4, 1e-7, 1e-10] {
        let cubature = Cubature::new(&CubatureOptions { tolerance, ..CubatureOptions::default() }).expect("valid");
        for row in table().iter().filter(|row| row.a.len() <= 4 || row.q == 1) {
            let got = averages(&cubature, &row.a, &row.b, row.q);
            let missed = worst(&got.mean, &row.mean).max(worst(&got.second, &row.second));
            assert!(missed <= got.error + 2e-15, "{tolerance} {:?}: {missed:e} {:e}", row.a, got.error);
            assert!(missed < 10.0 * tolerance);
        }
    }
}

#[test]
fn many_classes_match_the_table_within_their_error() {
    for row in table().iter().filter(|row| row.a.len() > 4 && row.q > 1) {
        let mut last = f64::INFINITY;
        for points in [1 << 8, 1 << 12, 1 << 15] {
            let options = CubatureOptions { points, ..CubatureOptions::default() };
            let got = averages(&Cubature::new(&options).expect("valid"), &row.a, &row.b, row.q);
            let missed = worst(&got.mean, &row.mean).max(worst(&got.second, &row.second));
            println!(
                "n {} points {points}: {missed:.1e} said {:.1e}; log {:.1e} said {:.1e}",
                row.a.len(),
                got.error,
                (got.log_sum - row.log_sum).abs(),
                got.log_sum_error
            );
            // Eight shifts: the largest of some thirty correlated errors stays below five of the largest standard error.
            assert!(missed < 5.0 * got.error);
            assert!((got.log_sum - row.log_sum).abs() < 5.0 * got.log_sum_error);
            // At least Monte Carlo's square root, with a margin of two; a lattice does better.
            assert!(got.error < last / 2.0, "{points}");
            last = got.error;
        }
        assert!(last < 1e-7);
    }
}

#[test]
fn brute_force_in_two_dimensions() {
    let (a, b) = ([0.2, -0.4, 0.1, 0.7], [1.0, 0.0, 0.3, -1.0, -0.8, 0.4, 0.1, 1.2]);
    // Scale 2.3: poles at 1.3, e^(-2 pi 1.3/0.2) = 1e-18.
    let h = 0.2;
    let (mut mean, mut log_sum) = ([0.0; 4], 0.0);
    for i in -45..=45 {
        for j in -45..=45 {
            let g = [h * f64::from(i), h * f64::from(j)];
            let w = h * h * (-0.5 * (g[0] * g[0] + g[1] * g[1])).exp() / std::f64::consts::TAU;
            let e: Vec<f64> = (0..4).map(|k| (a[k] + b[2 * k] * g[0] + b[2 * k + 1] * g[1]).exp()).collect();
            let s: f64 = e.iter().sum();
            log_sum += w * s.ln();
            mean.iter_mut().zip(&e).for_each(|(m, e)| *m += w * e / s);
        }
    }
    let got = averages(&Cubature::default(), &a, &b, 2);
    assert!(worst(&got.mean, &mean) < 1e-13 && (got.log_sum - log_sum).abs() < 1e-13);
}

#[test]
fn one_and_two_classes_are_closed_forms() {
    let cubature = Cubature::default();
    let one = averages(&cubature, &[1.5], &[2.0, 3.0], 2);
    assert_eq!((one.mean[0], one.log_sum, one.second[0], one.error), (1.0, 1.5, 1.0, 0.0));
    let two = averages(&cubature, &[0.7, -0.2], &[1.0, 2.0, 4.0, -2.0], 2);
    let (soft, value, slope) = logistic_softplus_normal(0.9, 5.0);
    assert!((two.mean[0] - value).abs() < 1e-15 && (two.log_sum - soft + 0.2).abs() < 1e-14);
    assert!((two.second[1] - slope).abs() < 1e-15 && (two.second[0] - (value - slope)).abs() < 1e-15);
}

#[test]
fn absent_and_coinciding_classes() {
    let cubature = Cubature::default();
    let (a, b) = ([0.3, f64::NEG_INFINITY, -0.5, f64::NEG_INFINITY], [1.0, 9.0, -1.0, 9.0]);
    let got = averages(&cubature, &a, &b, 1);
    assert!((got.mean[0] - logistic_normal(0.8, 2.0)).abs() < 1e-15);
    assert_eq!((got.mean[1], got.second[1], got.second[5]), (0.0, 0.0, 0.0));
    // No noise at all: the plain softmax, for every number of classes.
    for n in 1..=7 {
        let a: Vec<f64> = (0..n).map(|j| 0.3 * j as f64).collect();
        let total: f64 = a.iter().map(|a| a.exp()).sum();
        for q in [0, 2] {
            let got = averages(&cubature, &a, &vec![1.0; n * q], q);
            assert!((got.log_sum - total.ln()).abs() < 1e-14);
            for (j, m) in got.mean.iter().enumerate() {
                assert!((m - a[j].exp() / total).abs() < 1e-14, "{n} {q} {j}");
            }
        }
    }
    // Two copies of a class share its mean, whichever rule is used.
    let (a, b) = ([0.1, 0.1, -1.0, 0.4, 0.4, f64::NEG_INFINITY], [2.0, 2.0, -1.0, 0.5, 0.5, 3.0]);
    let got = averages(&cubature, &a, &b, 1);
    assert!((got.mean[0] - got.mean[1]).abs() < 1e-13 && (got.mean[3] - got.mean[4]).abs() < 1e-13);
    assert_eq!(got.mean[5], 0.0);
    let folded = averages(&cubature, &[0.1 + 2.0_f64.ln(), -1.0, 0.4 + 2.0_f64.ln()], &[2.0, -1.0, 0.5], 1);
    assert!((folded.mean[0] - 2.0 * got.mean[0]).abs() < 1e-12 && (folded.log_sum - got.log_sum).abs() < 1e-11);
}

#[test]
fn refusals_name_value_and_rule() {
    let text = |a: &[f64], b: &[f64], q| Logits::new(a, b, q).expect_err("invalid").to_string();
    assert!(text(&[0.0, 1.0], &[1.0], 1).contains("`loadings.len()` is 1"));
    assert!(text(&[0.0, f64::INFINITY], &[1.0, 1.0], 1).contains("`offsets` is inf"));
    assert!(text(&[f64::NEG_INFINITY], &[1.0], 1).contains("contain a finite value"));
    assert!(text(&[0.0], &[f64::NAN], 1).contains("`loadings` is NaN"));
    let options = |f: fn(&mut CubatureOptions)| {
        let mut options = CubatureOptions::default();
        f(&mut options);
        Cubature::new(&options).expect_err("invalid").to_string()
    };
    assert!(options(|o| o.tolerance = 0.0).contains("`tolerance` is 0"));
    assert!(options(|o| o.points = 100).contains("`points` is 100"));
    assert!(options(|o| o.shifts = 1).contains("`shifts` is 1"));
}

#[test]
fn total_on_extreme_logits() {
    let cubature = Cubature::default();
    for n in 1..=6 {
        for size in [1e-300, 1e-20, 1e7, 1e300] {
            let a: Vec<f64> = (0..n).map(|j| if j % 2 == 0 { 0.0 } else { -400.0 }).collect();
            let b: Vec<f64> = (0..2 * n).map(|j| size * f64::from(j * j % 7)).collect();
            let got = averages(&cubature, &a, &b, 2);
            // Beyond 1e150 squares overflow and only the absence of a panic is promised.
            if size < 1e100 {
                assert!((got.mean.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{n} {size}");
                assert!(got.log_sum.is_finite() && got.error < 1e-2);
            }
        }
    }
}

#[test]
fn eight_classes_in_seven_directions() {
    // A regular simplex: by symmetry every mean is 1/8, and all mixed moments are equal.
    let n = 8;
    let b: Vec<f64> = (0..n * n).map(|i| if i % (n + 1) == 0 { 2.0 } else { 0.0 }).collect();
    let got = averages(&Cubature::default(), &vec![0.0; n], &b, n);
    for m in &got.mean {
        assert!((m - 0.125).abs() < 5.0 * got.error, "{m} {}", got.error);
    }
    let spread = (0..n).flat_map(|j| (0..j).map(move |k| j * n + k)).map(|i| (got.second[i] - got.second[1]).abs());
    let spread = spread.fold(0.0, f64::max);
    println!("n 8: spread {spread:.1e} said {:.1e}", got.error);
    assert!(spread < 10.0 * got.error && got.error < 1e-3);
}

#[test]
fn lattice_is_deterministic_and_its_seed_matters() {
    let (a, b) = ([0.0; 5], [1.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, -1.0, 0.5, 0.5]);
    let with = |seed| {
        let options = CubatureOptions { seed, points: 256, ..CubatureOptions::default() };
        averages(&Cubature::new(&options).expect("valid"), &a, &b, 2)
    };
    assert_eq!(with(3), with(3));
    assert_ne!(with(3).mean, with(4).mean);
}

prop_compose! {
    fn logits()(n in 2_usize..=4, q in 1_usize..=3)(
        a in prop::collection::vec(-3.0..3.0f64, n),
        b in prop::collection::vec(-1.0..1.0f64, n * q),
        width in prop::sample::select(vec![0.01, 0.5, 3.0, 6.0]),
        q in Just(q),
    ) -> (Vec<f64>, Vec<f64>, usize) {
        (a, b.into_iter().map(|b| b * width).collect(), q)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, rng_seed: RngSeed::Fixed(23), ..ProptestConfig::default() })]

    #[test]
    fn sums_shifts_and_permutations((a, b, q) in logits(), shift in -5.0..5.0f64) {
        let (cubature, n) = (Cubature::default(), a.len());
        let got = averages(&cubature, &a, &b, q);
        prop_assert!((got.mean.iter().sum::<f64>() - 1.0).abs() < 1e-13);
        for j in 0..n {
            prop_assert!((got.second[j * n..(j + 1) * n].iter().sum::<f64>() - got.mean[j]).abs() < 1e-13);
            // Jensen: E p^2 is at least (E p)^2, up to the errors.
            prop_assert!(got.second[j * n + j] >= got.mean[j] * got.mean[j] - 1e-12);
        }
        let moved: Vec<f64> = a.iter().map(|a| a + shift).collect();
        let other = averages(&cubature, &moved, &b, q);
        prop_assert!(worst(&got.mean, &other.mean) < 1e-12 && (other.log_sum - got.log_sum - shift).abs() < 1e-11);
        let turned: Vec<f64> = a.iter().rev().copied().collect();
        let rows: Vec<f64> = b.chunks(q).rev().flatten().copied().collect();
        let other = averages(&cubature, &turned, &rows, q);
        let back: Vec<f64> = other.mean.iter().rev().copied().collect();
        prop_assert!(worst(&got.mean, &back) < 4e-12 && (other.log_sum - got.log_sum).abs() < 4e-11);
    }

    #[test]
    fn the_logarithm_generates_the_means_and_the_means_the_products((a, b, q) in logits(), j in 0_usize..4) {
        let (cubature, n) = (Cubature::default(), a.len());
        let j = j % n;
        let got = averages(&cubature, &a, &b, q);
        // Central differences: truncation h^2/6, rounding 1e-12/h.
        let h = 1e-3;
        let at = |h: f64| {
            let mut a = a.clone();
            a[j] += h;
            averages(&cubature, &a, &b, q)
        };
        let (up, down) = (at(h), at(-h));
        prop_assert!(((up.log_sum - down.log_sum) / (2.0 * h) - got.mean[j]).abs() < 2e-7);
        for k in 0..n {
            let slope = (up.mean[k] - down.mean[k]) / (2.0 * h);
            let exact = if j == k { got.mean[j] } else { 0.0 } - got.second[j * n + k];
            prop_assert!((slope - exact).abs() < 2e-7);
        }
    }
}
