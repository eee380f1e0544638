//! Runs of products that the program fitted itself: verdict, mechanism and certificate are its own.

use collapsar::config::Document;
use collapsar::random::stream;
use collapsar::results::{DiagnoseRecord, MeanFieldRecord, ProductFit, ProductRoute, Proof};
use collapsar::studies::{MeanField, Silent, Study};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Run, diagnosed, mixture, normal, run};

/// The products of a target.
fn fitted(components: &[(f64, Vec<f64>)]) -> MeanFieldRecord {
    let rows =
        |(weight, mean): &(f64, Vec<f64>)| format!("[[target.components]]\nweight = {weight}\nmean = {mean:?}\n");
    let text = components.iter().map(rows).collect::<String>() + "[family]\npreset = \"mean-field\"\n";
    let config = MeanField::resolve(&Document::parse("truth", &text, &[]).unwrap()).unwrap();
    MeanField::compute(config, &Silent).unwrap().record().clone()
}

/// A draw by the integral of a density over its grid, linear between the points.
fn drawn(rng: &mut ChaCha8Rng, y: &[f64], density: &[f64]) -> f64 {
    let parts: Vec<f64> = (1..y.len()).map(|i| 0.5 * (density[i] + density[i - 1]) * (y[i] - y[i - 1])).collect();
    let mut left = rng.random::<f64>() * parts.iter().sum::<f64>();
    let at = parts.iter().position(|part| {
        left -= part;
        left <= 0.0
    });
    let at = at.unwrap_or(parts.len() - 1);
    // The share of the part that is to the left: density a + (b - a) s.
    let (a, b) = (density[at], density[at + 1]);
    let wanted = (1.0 + left / parts[at]).clamp(0.0, 1.0) * 0.5 * (a + b);
    let share = if (b - a).abs() < 1e-12 * (a + b) {
        wanted / a
    } else {
        ((a * a + 2.0 * (b - a) * wanted).max(0.0).sqrt() - a) / (b - a)
    };
    y[at] + share * (y[at + 1] - y[at])
}

/// Samples of one of the fits, a coordinate by its density, or by its moments where that is normal.
fn samples(rng: &mut ChaCha8Rng, truth: &MeanFieldRecord, optimum: usize, n: usize) -> Vec<f64> {
    let fit = &truth.optima[optimum];
    let density = |j: usize| truth.marginals.iter().find(|m| (m.optimum, m.coordinate) == (optimum + 1, j + 1));
    let coordinate = |j: usize, rng: &mut ChaCha8Rng| match density(j) {
        Some(found) => drawn(rng, &found.y, &found.density),
        None => fit.mean[j] + fit.variance[j].sqrt() * normal(rng),
    };
    (0..n).flat_map(|_| (0..fit.mean.len()).map(|j| coordinate(j, rng)).collect::<Vec<f64>>()).collect()
}

/// The modes (in the order of the truth) that a fit loses.
fn lost(fit: &ProductFit, weights: &[f64]) -> Vec<usize> {
    (0..weights.len()).filter(|k| fit.coverage[*k] < 0.5 * weights[*k]).collect()
}

/// Runs of all stable fits of a target, `each` of each; what is said of them against what the fits are.
fn compared(components: &[(f64, Vec<f64>)], each: usize) -> (MeanFieldRecord, DiagnoseRecord) {
    let truth = fitted(components);
    let weights: Vec<f64> = components.iter().map(|c| c.0).collect();
    let d = components[0].1.len();
    let mut rng = stream(31, d as u64);
    let stable: Vec<usize> = (0..truth.optima.len()).filter(|i| truth.optima[*i].stable).collect();
    let runs: Vec<Run> = (0..each * stable.len())
        .map(|i| run(format!("{i}"), d, samples(&mut rng, &truth, stable[i % stable.len()], 1000)))
        .collect();
    let record = diagnosed(&["diagnose.family=mean-field"], runs, Vec::new());
    assert_eq!(record.modes.len(), components.len(), "{:?}", record.modes);
    // The mode of the truth that a found one is.
    let far = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let nearest = |mean: &[f64]| -> usize {
        let all = 0..components.len();
        all.min_by(|a, b| far(mean, &components[*a].1).total_cmp(&far(mean, &components[*b].1))).unwrap()
    };
    for (i, run) in record.runs.iter().enumerate() {
        let wanted = lost(&truth.optima[stable[i % stable.len()]], &weights);
        let mut said: Vec<usize> = run.lost_modes.iter().map(|k| nearest(&record.modes[*k].mean)).collect();
        said.sort_unstable();
        assert!(run.certain, "{run:?}");
        assert_eq!(said, wanted, "{run:?}");
        // The mechanism is the family where the program says that it collapses.
        let mechanism = if wanted.is_empty() { "none" } else { "product-family" };
        assert_eq!(run.mechanism, Some(mechanism), "{run:?}");
        assert!(wanted.is_empty() || truth.collapsed);
    }
    let found = record.product.as_ref().unwrap_or_else(|| panic!("{:?}", record.notes));
    assert_eq!(found.collapsed, truth.collapsed, "{found:?}");
    assert_eq!(found.lost.is_empty(), truth.lost.is_empty(), "{found:?}");
    assert!(record.advice.iter().any(|line| line.contains("the best product of the fitted target")));
    // What was written is a problem of `mean-field`.
    let written = Document::parse("problem", &record.target.as_ref().unwrap().toml, &[]).unwrap();
    assert!(MeanField::resolve(&written).is_ok());
    (truth, record)
}

fn at(d: usize, set: &[(usize, f64)]) -> Vec<f64> {
    let mut mean = vec![0.0; d];
    set.iter().for_each(|(j, x)| mean[*j] = *x);
    mean
}

/// Off the axes every optimum is collapsed, in two dimensions and in many.
#[test]
fn modes_off_the_axes_are_lost_by_the_family() {
    for (d, covariance, route) in
        [(2, "own", ProductRoute::Plane), (6, "own", ProductRoute::Sampled), (40, "common", ProductRoute::ScalarSum)]
    {
        let mode = |side: f64| at(d, &[(0, 2.4 * side), (d - 1, 2.4 * side)]);
        let (truth, record) = compared(&[(0.5, mode(1.0)), (0.5, mode(-1.0))], 6);
        assert_eq!((record.probability.count, record.probability.n), (12, 12));
        let found = record.product.unwrap();
        assert_eq!((found.covariance, found.route), (covariance, route), "in {d}");
        assert_eq!((truth.certificate.verdict, found.certificate.verdict), (Proof::Collapsed, Proof::Collapsed));
        let mut pair = found.certificate.coordinates.unwrap();
        pair.sort_unstable();
        assert_eq!(pair, [1, d]);
        // To some hundredths: modes and widths are estimates.
        assert!((found.certificate.minority.unwrap() - truth.certificate.minority.unwrap()).abs() < 0.05);
        assert_eq!(record.mechanisms[0].mechanism, "product-family");
    }
}

/// On an axis, and on the corners of a rectangle, a product is the target.
#[test]
fn products_keep_modes_along_the_axes() {
    let (truth, record) = compared(&[(0.6, at(2, &[(0, 3.0)])), (0.4, at(2, &[(0, -3.0)]))], 12);
    assert_eq!(truth.certificate.verdict, Proof::Unique);
    assert_eq!((record.probability.count, record.product.unwrap().collapsed), (0, false));
    let (_, record) = compared(&[(0.6, at(40, &[(7, 3.0)])), (0.4, at(40, &[(7, -3.0)]))], 12);
    let found = record.product.unwrap();
    assert_eq!((record.probability.count, found.collapsed, found.certificate.verdict), (0, false, Proof::Unique));
    let corner = |weight: f64, x: f64, y: f64| (weight, vec![x, y]);
    let four = [corner(0.42, 3.5, 3.0), corner(0.18, 3.5, -3.0), corner(0.28, -3.5, 3.0), corner(0.12, -3.5, -3.0)];
    let (truth, record) = compared(&four, 12);
    assert_eq!((truth.certificate.verdict, record.probability.count), (Proof::Exact, 0));
}

/// Of three modes that are no rectangle two survive, in one way or the other.
#[test]
fn three_modes_lose_one() {
    let three = [(0.4, vec![0.0, 0.0]), (0.3, vec![7.0, 0.0]), (0.3, vec![0.0, 7.0])];
    let (truth, record) = compared(&three, 6);
    assert!(truth.collapsed && record.probability.count == record.probability.n);
    assert!(record.runs.iter().any(|run| run.lost_modes.len() == 1), "{:?}", record.runs);
}

/// What is not judged says why.
#[test]
fn products_that_are_not_judged() {
    let mut rng = stream(32, 0);
    let means: Vec<Vec<f64>> = (0..3).map(|k| at(34, &[(k, 8.0)])).collect();
    let mut points = || -> Vec<f64> {
        (0..900).flat_map(|i| means[i % 3].iter().map(|m| m + normal(&mut rng)).collect::<Vec<f64>>()).collect()
    };
    let runs = (0..4).map(|i| run(format!("{i}"), 34, points())).collect();
    let record = diagnosed(&["diagnose.family=mean-field"], runs, Vec::new());
    assert_eq!((record.modes.len(), record.product), (3, None));
    let note = "products of the fitted target were not judged: 3 modes in 34 dimensions: covariances are kept in at most 32, and without \
                them only two modes are one sum";
    assert!(record.notes.iter().any(|line| line == note), "{:?}", record.notes);
    assert!(record.runs.iter().all(|run| run.mechanism.is_none()));
}

/// Runs that hold what no product holds are none, and the family explains nothing.
#[test]
fn runs_that_are_no_products() {
    let mut rng = stream(33, 0);
    let means = [vec![2.4, 2.4], vec![-2.4, -2.4]];
    let weights = |i: usize| if i.is_multiple_of(3) { [1.0, 0.0] } else { [0.5, 0.5] };
    let runs = (0..12).map(|i| run(format!("{i}"), 2, mixture(&mut rng, 600, &means, &weights(i), 1.0))).collect();
    let record = diagnosed(&["diagnose.family=mean-field"], runs, Vec::new());
    assert_eq!(record.probability.count, 4);
    assert!(!record.product.as_ref().unwrap().lost.is_empty());
    assert!(record.runs.iter().all(|run| run.mechanism == run.lost_modes.is_empty().then_some("none")));
    assert!(
        record.notes.iter().any(|note| note.starts_with("8 runs hold all modes, the best product")),
        "{:?}",
        record.notes
    );
}
