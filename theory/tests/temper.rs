//! Theory 16.4: what adaptive rules look at.

use collapsar_theory::{Covariance, FitComponent, TemperedFit, TemperedModes, TemperingDrift, tempered_weights};

fn gaussian(d: usize, beta: f64) -> TemperedFit {
    let alone = FitComponent { weight: 1.0, along: 0.0, across: 0.0 };
    TemperedFit::new(0.0, 0.5, 1.0 / beta, d, vec![alone]).unwrap()
}

/// For a Gaussian: Var = d/(2 beta^2), ESS = ((1+2 delta)/(1+delta)^2)^(d/2); to second order the rules are one with
/// tau^2 = log(1/kappa).
#[test]
fn gaussians_are_exact() {
    for d in [1, 2, 8, 512, 10_000] {
        for beta in [0.01, 0.2, 1.0] {
            let (fit, n) = (gaussian(d, beta), d as f64);
            assert!((fit.log_density_variance() * 2.0 * beta * beta / n - 1.0).abs() < 1e-10);
            for delta in [0.0f64, 1e-3, 0.1, 1.0] {
                let expected = (n / 2.0) * ((1.0 + 2.0 * delta) / ((1.0 + delta) * (1.0 + delta))).ln();
                let found = fit.log_effective_sample_size(delta * beta);
                assert!(
                    (found - expected).abs() < 1e-10 * (1.0 + expected.abs()),
                    "{d} {beta} {delta}: {found} {expected}"
                );
            }
            // A step of AdaAnn, tau/sqrt(Var), loses the share 1 - e^(-tau^2) of the samples.
            let tau = 1e-3;
            let log_kappa = fit.log_effective_sample_size(tau / fit.log_density_variance().sqrt());
            assert!((-log_kappa / (tau * tau) - 1.0).abs() < 4e-3, "{d} {beta}: {log_kappa}");
        }
    }
}

/// Two components on two modes in d = 3, against sums over a grid in space.
#[test]
fn pairs_meet_brute_force() {
    let (r, w, var) = (1.5f64, 0.7f64, 0.8f64);
    let means = [[1.2, 0.5, 0.0], [-0.9, 0.0, -0.3]];
    let component = |m: &[f64; 3], weight| FitComponent { weight, along: m[0], across: m[1] * m[1] + m[2] * m[2] };
    let weights = [0.4, 0.6];
    let fit = TemperedFit::new(r, w, var, 3, vec![component(&means[0], 0.4), component(&means[1], 0.6)]).unwrap();
    let (h, reach) = (0.1, 75);
    let mut sums = [0.0; 5];
    let step = 0.15;
    for i in -reach..=reach {
        for j in -reach..=reach {
            for k in -reach..=reach {
                let x = [i, j, k].map(|n| h * f64::from(n));
                let square = |m: &[f64; 3]| (0..3).map(|n| (x[n] - m[n]) * (x[n] - m[n])).sum::<f64>();
                let q: f64 = (0..2).map(|c| weights[c] * (-square(&means[c]) / (2.0 * var)).exp()).sum();
                if q < 1e-18 {
                    continue;
                }
                let up = w * (-square(&[r, 0.0, 0.0]) / 2.0).exp() + (1.0 - w) * (-square(&[-r, 0.0, 0.0]) / 2.0).exp();
                let log_p = up.ln();
                for (sum, term) in
                    sums.iter_mut().zip([1.0, log_p, log_p * log_p, (step * log_p).exp(), (2.0 * step * log_p).exp()])
                {
                    *sum += q * term;
                }
            }
        }
    }
    let [_, mean, second, once, twice] = sums.map(|s| s / sums[0]);
    assert!((fit.log_density_variance() / (second - mean * mean) - 1.0).abs() < 1e-9);
    assert!((fit.log_effective_sample_size(step) - (once * once / twice).ln()).abs() < 1e-9);
}

/// log p, and what log q is to the fit, at the nodes of an equidistant grid in R^d: sums of all that the rules look at, for two
/// powers `step` and twice that.
fn brute_force(
    (half, h, d): (i32, f64, usize),
    step: f64,
    log_p: impl Fn(&[f64]) -> f64,
    q: impl Fn(&[f64]) -> f64,
) -> [f64; 2] {
    let (side, mut sums) = ((2 * half + 1) as usize, [0.0; 5]);
    for n in 0..side.pow(d as u32) {
        let at = |axis: u32| (n / side.pow(axis) % side) as f64 - f64::from(half);
        let x: Vec<f64> = (0..d as u32).map(|axis| h * at(axis)).collect();
        let (q, log_p) = (q(&x), log_p(&x));
        let terms = [1.0, log_p, log_p * log_p, (step * log_p).exp(), (2.0 * step * log_p).exp()];
        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += q * term);
    }
    let [_, mean, second, once, twice] = sums.map(|s| s / sums[0]);
    [second - mean * mean, (once * once / twice).ln()]
}

/// -(x - at)^T precision (x - at)/2.
fn quadratic(x: &[f64], at: &[f64], precision: &[&[f64]]) -> f64 {
    let gap: Vec<f64> = x.iter().zip(at).map(|(x, a)| x - a).collect();
    let row = |row: &[f64]| row.iter().zip(&gap).map(|(p, g)| p * g).sum::<f64>();
    -0.5 * precision.iter().zip(&gap).map(|(p, g)| g * row(p)).sum::<f64>()
}

fn isotropic(x: &[f64], at: &[f64], weight: f64, variance: f64) -> f64 {
    let square: f64 = x.iter().zip(at).map(|(x, a)| (x - a) * (x - a)).sum();
    weight * variance.powf(-0.5 * x.len() as f64) * (-square / (2.0 * variance)).exp()
}

fn compare(fit: &TemperedFit, step: f64, [variance, log_size]: [f64; 2], tolerance: f64) {
    let found = [fit.log_density_variance(), fit.log_effective_sample_size(step)];
    println!("{found:?} {variance} {log_size}");
    assert!((found[0] / variance - 1.0).abs() < tolerance, "{found:?} {variance}");
    assert!((found[1] / log_size - 1.0).abs() < tolerance, "{found:?} {log_size}");
}

/// One mode, or several in one place, of any variance: theory (39).
#[test]
fn gaussians_of_any_modes_are_exact() {
    for d in [2, 8, 10_000] {
        let alone = TemperedModes::new(&[1.0, -2.0], 2, &[1.0], None, d).unwrap();
        let wide = [Covariance::Isotropic(3.0), Covariance::Isotropic(3.0)];
        let together = TemperedModes::new(&[1.0, -2.0, 1.0, -2.0], 2, &[0.3, 0.7], Some(&wide), d).unwrap();
        for (modes, width) in [(alone, 1.0), (together, 3.0)] {
            for beta in [0.01, 0.2, 1.0] {
                let fit = TemperedFit::of(&modes, &[0.5, 0.5], &[1.0, -2.0, 1.0, -2.0], &[width / beta; 2]).unwrap();
                let n = d as f64;
                assert!((fit.log_density_variance() * 2.0 * beta * beta / n - 1.0).abs() < 1e-10);
                for delta in [1e-3f64, 0.1, 1.0] {
                    let expected = (n / 2.0) * ((1.0 + 2.0 * delta) / ((1.0 + delta) * (1.0 + delta))).ln();
                    let found = fit.log_effective_sample_size(delta * beta);
                    assert!((found - expected).abs() < 1e-10 * (1.0 + expected.abs()), "{d} {beta} {delta}");
                }
            }
        }
    }
}

/// Two opposite modes by either way, also off the origin and in a frame of more coordinates.
#[test]
fn pairs_are_modes_like_others() {
    let (r, w) = (2.0, 0.7);
    let by_axis = |d| {
        let component = |along, across, weight| FitComponent { weight, along, across };
        TemperedFit::new(r, w, 0.8, d, vec![component(1.2, 0.25, 0.4), component(-0.9, 0.09, 0.6)]).unwrap()
    };
    let modes = |d| TemperedModes::new(&[1.0, 5.0, 0.0, 1.0, 1.0, 0.0], 3, &[w, 1.0 - w], None, d).unwrap();
    for d in [3, 40] {
        let means = [1.5, 4.2, 0.0, 1.0, 2.1, -0.3];
        let (one, other) = (by_axis(d), TemperedFit::of(&modes(d), &[0.4, 0.6], &means, &[0.8; 2]).unwrap());
        assert!((one.log_density_variance() / other.log_density_variance() - 1.0).abs() < 1e-11);
        for step in [0.01, 0.3] {
            let sizes = [&one, &other].map(|fit| fit.log_effective_sample_size(step));
            assert!((sizes[0] - sizes[1]).abs() < 1e-11, "{sizes:?}");
        }
    }
}

/// Three modes and three components in the plane, against sums over a grid, cold and hot.
#[test]
fn three_modes_in_the_plane_meet_brute_force() {
    let (places, weights) = ([[4.0, 0.0], [-2.0, 3.5], [-2.0, -3.5]], [0.5, 0.3, 0.2]);
    let modes = TemperedModes::new(places.as_flattened(), 2, &weights, None, 2).unwrap();
    let log_p =
        |x: &[f64]| places.iter().zip(weights).map(|(at, v)| isotropic(x, at, v, 1.0)).sum::<f64>().max(1e-300).ln();
    for (var, h, step) in [(0.9, 0.08, 0.2), (9.0, 0.2, 0.05)] {
        let (means, own) = ([[3.0, 0.4], [-1.5, 2.0], [-2.5, -3.0]], [0.2, 0.5, 0.3]);
        let fit = TemperedFit::of(&modes, &own, means.as_flattened(), &[var; 3]).unwrap();
        let q = |x: &[f64]| means.iter().zip(own).map(|(at, w)| isotropic(x, at, w, var)).sum::<f64>();
        compare(&fit, step, brute_force((120, h, 2), step, log_p, q), 1e-6);
    }
}

/// Crossed covariances, and variances of the components' own.
#[test]
fn shapes_in_the_plane_meet_brute_force() {
    let sigma = |rows: [[f64; 2]; 2]| Covariance::Full(rows.iter().map(|row| row.to_vec()).collect());
    let covariances = [sigma([[2.0, 0.9], [0.9, 1.0]]), sigma([[0.5, 0.0], [0.0, 1.5]])];
    let places = [[2.0, 0.5], [-1.5, -0.5]];
    let modes = TemperedModes::new(places.as_flattened(), 2, &[0.6, 0.4], Some(&covariances), 2).unwrap();
    let (first, second) = (2.0 * 1.0 - 0.81, 0.75f64);
    let log_p = |x: &[f64]| {
        let a = quadratic(x, &places[0], &[&[1.0 / first, -0.9 / first], &[-0.9 / first, 2.0 / first]]);
        let b = quadratic(x, &places[1], &[&[2.0, 0.0], &[0.0, 1.0 / 1.5]]);
        (0.6 / f64::sqrt(first) * a.exp() + 0.4 / second.sqrt() * b.exp()).max(1e-300).ln()
    };
    let (means, own, variances) = ([[1.0, 0.4], [-1.5, -1.0]], [0.3, 0.7], [0.7, 1.6]);
    let fit = TemperedFit::of(&modes, &own, means.as_flattened(), &variances).unwrap();
    let q = |x: &[f64]| (0..2).map(|i| isotropic(x, &means[i], own[i], variances[i])).sum::<f64>();
    compare(&fit, 0.3, brute_force((160, 0.06, 2), 0.3, log_p, q), 1e-6);
}

/// Widths that differ, so that log p depends on the radius across: in three and four dimensions, off the axis and on it.
#[test]
fn unequal_widths_meet_brute_force() {
    let covariances = [Covariance::Isotropic(0.6), Covariance::Isotropic(1.4)];
    for (d, half, h) in [(3, 42, 0.2), (4, 19, 0.4)] {
        let axis = |x: f64, y: f64| [&[x, y][..], &vec![0.0; d - 2]].concat();
        let places = [axis(1.5, 0.0), axis(-1.5, 0.0)];
        let modes = TemperedModes::new(&places.concat()[..], d, &[0.6, 0.4], Some(&covariances), d).unwrap();
        let log_p = |x: &[f64]| (isotropic(x, &places[0], 0.6, 0.6) + isotropic(x, &places[1], 0.4, 1.4)).ln();
        let (means, variances) = ([axis(1.0, 0.8), axis(-1.2, 0.0)], [1.1, 1.5]);
        let fit = TemperedFit::of(&modes, &[0.5, 0.5], &means.concat(), &variances).unwrap();
        let q = |x: &[f64]| (0..2).map(|i| isotropic(x, &means[i], 0.5, variances[i])).sum::<f64>();
        // Of crossings of modes that each average sees in so many dimensions: 1e-4.
        compare(&fit, 0.2, brute_force((half, h, d), 0.2, log_p, q), 3e-4);
    }
}

/// Five modes that span four dimensions: by a lattice.
#[test]
fn many_directions_are_sampled() {
    let places: Vec<Vec<f64>> = (0..5).map(|k| (0..4).map(|i| if i == k { 2.5 } else { 0.0 }).collect()).collect();
    let modes = TemperedModes::new(&places.concat(), 4, &[0.2; 5], None, 4).unwrap();
    let log_p = |x: &[f64]| places.iter().map(|at| isotropic(x, at, 0.2, 1.0)).sum::<f64>().ln();
    let means = [&places[0][..], &places[4]].concat();
    let fit = TemperedFit::of(&modes, &[0.5, 0.5], &means, &[1.2; 2]).unwrap();
    let q = |x: &[f64]| [0, 4].iter().map(|&i| isotropic(x, &places[i], 0.5, 1.2)).sum::<f64>();
    compare(&fit, 0.2, brute_force((18, 0.45, 4), 0.2, log_p, q), 5e-3);
}

/// A collapsed fit sees less of the variance of log p than one that covers both modes, by an amount that does not grow with d.
#[test]
fn collapsed_fits_hurry() {
    let at = |d: usize, along: [f64; 2]| {
        let components = along.map(|x| FitComponent { weight: 0.5, along: x, across: 0.0 });
        TemperedFit::new(3.0, 0.8, 1.0, d, components.to_vec()).unwrap().log_density_variance()
    };
    for d in [2, 8, 512] {
        let (whole, collapsed) = (at(d, [3.0, -3.0]), at(d, [3.0, 3.0]));
        println!("d = {d}: {whole} {collapsed}");
        assert!(((whole - collapsed) - (at(2, [3.0, -3.0]) - at(2, [3.0, 3.0]))).abs() < 1e-9);
        assert!(whole > collapsed + 0.4, "{whole} {collapsed}");
    }
}

/// Theory (40) against the masses of far modes in p^beta, by sums over a grid in the plane.
#[test]
fn tempered_weights_are_masses() {
    let (weights, variances, centres) = ([0.7f64, 0.3], [0.1f64, 1.0], [-14.0, 14.0]);
    for beta in [1.0, 0.6, 0.3] {
        let mut masses = [0.0; 2];
        for i in -560..=560 {
            for j in -240..=240 {
                let (x, y) = (0.05 * f64::from(i), 0.05 * f64::from(j));
                let p: f64 = (0..2)
                    .map(|k| {
                        let square = (x - centres[k]) * (x - centres[k]) + y * y;
                        weights[k] / variances[k] * (-square / (2.0 * variances[k])).exp()
                    })
                    .sum();
                masses[usize::from(x > 0.0)] += p.powf(beta);
            }
        }
        let found = tempered_weights(&weights, &variances.map(|v: f64| 2.0 * v.ln()), beta);
        let share = masses[0] / (masses[0] + masses[1]);
        assert!((found[0] - share).abs() < 1e-6, "{beta}: {found:?} {share}");
    }
}

/// The heavy narrow mode is the lighter one while it is hot; equal determinants change nothing but level.
#[test]
fn drift_is_found() {
    let log_volumes = [2.0 * 0.1f64.ln(), 0.0];
    let drift = TemperingDrift::new(&[0.7, 0.3], &log_volumes, 20.0);
    // log(0.7/0.3) beta = (1 - beta) log 10.
    let beta = 10f64.ln() / (10f64.ln() + (7.0f64 / 3.0).ln());
    let (mode, temperature) = drift.heaviest.unwrap();
    assert!(mode == 1 && (temperature * beta - 1.0).abs() < 0.02, "{temperature} {}", 1.0 / beta);
    assert!(drift.halved.len() == 1 && drift.halved[0].0 == 0);
    let none = TemperingDrift::new(&[0.7, 0.3], &[1.0, 1.0], 1e6);
    assert_eq!(none, TemperingDrift { heaviest: None, halved: Vec::new() });
    // Theory (20): three modes, 0.9, 0.05, 0.05, above T = 5.87.
    let levelled = TemperingDrift::new(&[0.9, 0.05, 0.05], &[0.0; 3], 50.0);
    assert!(levelled.heaviest.is_none() && (levelled.halved[0].1 - 5.87).abs() < 0.1, "{levelled:?}");
}

#[test]
fn bad_fits_are_refused() {
    let one = |weight: f64| vec![FitComponent { weight, along: 0.0, across: 0.0 }];
    for (fit, name) in [
        (TemperedFit::new(-1.0, 0.5, 1.0, 2, one(1.0)), "separation"),
        (TemperedFit::new(1.0, 1.0, 1.0, 2, one(1.0)), "target_weight"),
        (TemperedFit::new(1.0, 0.5, 0.0, 2, one(1.0)), "variance"),
        (TemperedFit::new(1.0, 0.5, 1.0, 0, one(1.0)), "dimension"),
        (TemperedFit::new(1.0, 0.5, 1.0, 2, one(0.5)), "components"),
    ] {
        assert_eq!(fit.unwrap_err().name(), name);
    }
}
