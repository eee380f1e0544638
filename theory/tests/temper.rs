//! Theory 16.4: what adaptive rules look at.

use collapsar_theory::{FitComponent, TemperedFit, TemperingDrift, tempered_weights};

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
