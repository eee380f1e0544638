//! Product measures in a free frame of many dimensions: planted products, whitened pairs, plateaus.

mod mean_field_targets;

use collapsar_theory::{
    GaussianMixture, RotationHeat, RotationStatus, SampledOptions, SampledStart, TurnOptions, TurnStart, TurnedFit,
    turned_fit,
};
use mean_field_targets::target;

type Matrix = Vec<Vec<f64>>;

/// An orthogonal matrix without pattern: sines, made orthogonal.
fn generic(d: usize, phase: f64) -> Matrix {
    let wave = |i: usize, j: usize| ((1.0 + i as f64) * (2.3 + 1.7 * j as f64 + phase) + 0.37 * (i * j) as f64).sin();
    let mut rows: Matrix = (0..d).map(|i| (0..d).map(|j| wave(i, j)).collect()).collect();
    for i in 0..d {
        // Twice is enough.
        for k in (0..i).chain(0..i) {
            let dot: f64 = (0..d).map(|j| rows[i][j] * rows[k][j]).sum();
            for j in 0..d {
                rows[i][j] -= dot * rows[k][j];
            }
        }
        let norm = rows[i].iter().map(|x| x * x).sum::<f64>().sqrt();
        rows[i].iter_mut().for_each(|x| *x /= norm);
    }
    rows
}

/// R v and R diag(s) R^T.
fn carried(r: &Matrix, v: &[f64], s: &[f64]) -> (Vec<f64>, Matrix) {
    let d = v.len();
    let sum = |f: &dyn Fn(usize) -> f64| (0..d).map(f).sum::<f64>();
    let entry = |i: usize, j: usize| sum(&|k| r[i][k] * s[k] * r[j][k]);
    let mean = (0..d).map(|i| sum(&|j| r[i][j] * v[j])).collect();
    (mean, (0..d).map(|i| (0..d).map(|j| entry(i.min(j), i.max(j))).collect()).collect())
}

/// Two coordinates of two modes each, the others normal of distinct widths, in the frame R.
fn planted(d: usize, m: f64, r: &Matrix) -> GaussianMixture {
    let (mut weights, mut means, mut covariances) = (vec![], vec![], vec![]);
    for (v, a, s) in [(0.6, -m, 1.0), (0.4, m, 0.7)] {
        for (w, b, t) in [(0.3, -0.8 * m, 0.8), (0.7, 0.8 * m, 1.1)] {
            let mut mean = vec![0.0; d];
            (mean[0], mean[1]) = (a, b);
            let widths: Vec<f64> = (0..d).map(|j| [s, t].get(j).copied().unwrap_or(0.5 + 0.15 * j as f64)).collect();
            let (mean, covariance) = carried(r, &mean, &widths);
            weights.push(v * w);
            means.push(mean);
            covariances.push(covariance);
        }
    }
    GaussianMixture::new(weights, means, covariances).unwrap()
}

fn options(starts: Vec<TurnStart>, points: usize) -> TurnOptions {
    TurnOptions { starts, sampled: SampledOptions { points, ..SampledOptions::default() }, ..TurnOptions::default() }
}

fn objective(found: &TurnedFit) -> f64 {
    found.solution.observables.objective
}

fn describe(found: &TurnedFit) -> String {
    let steepness = found.solution.observables.steepness();
    format!("{:?} {:?} {steepness:e} {} {:?}", found.objectives, found.status, found.path.len(), found.solution.status)
}

/// From a frame without pattern and from both sets of principal axes.
#[test]
fn planted_products_are_found() {
    for (d, m, points) in [(2, 2.0, 256), (2, 3.0, 256), (5, 2.0, 256), (5, 3.0, 256), (20, 2.0, 512)] {
        let target = planted(d, m, &generic(d, 0.1));
        for start in [TurnStart::Given(generic(d, 1.3)), TurnStart::Modes, TurnStart::Covariance] {
            let found = turned_fit(&target, &options(vec![start], points)).unwrap();
            println!("{d} {m} {}", describe(&found));
            assert!(objective(&found).abs() < 1e-8, "{d} {m}: {}", describe(&found));
            assert!(found.status == RotationStatus::Minimum && found.is_single(), "{d} {m}: {}", describe(&found));
        }
    }
}

/// Whitened first, a pair of equal covariances is a product in a frame.
#[test]
fn whitened_pairs_are_cured() {
    let d = 5;
    let (mean, covariance) = carried(&generic(d, 0.4), &[1.2, -0.7, 0.5, 1.0, -0.3], &[0.4, 0.7, 1.0, 1.6, 2.5]);
    let means = vec![mean.clone(), mean.iter().map(|x| -x).collect()];
    let target = GaussianMixture::new(vec![0.35, 0.65], means, vec![covariance.clone(), covariance]).unwrap();
    let white = target.whitened().unwrap().target;
    let starts = vec![TurnStart::Given(generic(d, 1.3)), TurnStart::Modes];
    let found = turned_fit(&white, &options(starts, 256)).unwrap();
    println!("{}", describe(&found));
    assert_eq!(found.objectives.len(), 2);
    assert!(found.objectives.iter().all(|f| f.abs() < 1e-8), "{}", describe(&found));
    // Rotation alone leaves something.
    let bare = turned_fit(&target, &options(vec![TurnStart::Modes], 256)).unwrap();
    assert!(objective(&bare) > 1e-3, "{}", describe(&bare));
}

/// The minimum of the tensor grid in the plane: 31.3555 degrees, KL 0.14724609.
#[test]
fn the_plane_turns_to_the_same() {
    let found =
        turned_fit(&target("unequal_cov"), &options(vec![TurnStart::Modes, TurnStart::Identity], 1024)).unwrap();
    println!("{} {:?}", describe(&found), found.rotation);
    let angle = found.rotation[1][0].atan2(found.rotation[0][0]).to_degrees().rem_euclid(90.0);
    assert!(
        (objective(&found) - 0.147246).abs() < 5e-3 && (angle - 31.3555).abs() < 2.0,
        "{} {angle}",
        describe(&found)
    );
}

/// wide_minor beside two normal coordinates, in a frame without pattern: no product in any frame, KL 0.026709 in the best.
#[test]
fn what_is_no_product_agrees_with_the_plane() {
    let r = generic(4, 0.2);
    let component = |m: f64, s: f64| carried(&r, &[m, m, 0.0, 0.0], &[s, s, 0.3, 3.0]);
    let (means, covariances) = [component(-2.0, 0.7), component(2.0, 1.4)].into_iter().unzip();
    let target = GaussianMixture::new(vec![0.6, 0.4], means, covariances).unwrap();
    let starts = vec![TurnStart::Modes, TurnStart::Given(generic(4, 2.9))];
    let found = turned_fit(&target, &options(starts, 512)).unwrap();
    println!("{}", describe(&found));
    assert!(found.objectives.iter().all(|f| (f - 0.026709).abs() < 5e-3), "{}", describe(&found));
    assert!((found.solution.observables.masses[0] - 0.608436).abs() < 5e-3);
}

/// Far modes close to the diagonal: the collapsed fit does not see the frame, and a cold descent stays; a hot one turns.
#[test]
fn heat_turns_what_is_stuck_cold() {
    let d = 3;
    let m = 6.0 / (d as f64).sqrt();
    let unit: Matrix = (0..d).map(|i| (0..d).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let means = vec![vec![m; d], vec![-m; d]];
    let target = GaussianMixture::new(vec![0.5; 2], means, vec![unit.clone(), unit]).unwrap();
    let from = |heat| TurnOptions { heat, fit: SampledStart::Component(0), ..options(vec![TurnStart::Identity], 256) };
    let cold = turned_fit(&target, &from(RotationHeat::Cold)).unwrap();
    println!("{}", describe(&cold));
    assert!((objective(&cold) - std::f64::consts::LN_2).abs() < 1e-2 && !cold.is_single(), "{}", describe(&cold));
    assert!(cold.status != RotationStatus::Minimum);
    let hot = turned_fit(&target, &from(RotationHeat::At(15.0))).unwrap();
    println!("{}", describe(&hot));
    assert!(hot.path[0].temperature == 15.0 && objective(&hot).abs() < 1e-8, "{}", describe(&hot));
    assert!((hot.solution.observables.masses[0] - 0.5).abs() < 1e-2);
}

#[test]
fn what_breaks_a_rule_is_refused() {
    let target = target("equal_cov");
    let name = |options: &TurnOptions| turned_fit(&target, options).unwrap_err().name().to_owned();
    assert_eq!(name(&options(vec![], 64)), "starts");
    assert_eq!(name(&options(vec![TurnStart::Given(vec![vec![1.0]])], 64)), "rotation");
    assert_eq!(name(&options(vec![TurnStart::Identity], 63)), "points");
    for heat in [0.5, f64::NAN, f64::INFINITY] {
        let heat = RotationHeat::At(heat);
        assert_eq!(name(&TurnOptions { heat, ..TurnOptions::default() }), "heat");
    }
    let fit = SampledStart::Component(2);
    assert_eq!(name(&TurnOptions { fit, ..TurnOptions::default() }), "component");
}
