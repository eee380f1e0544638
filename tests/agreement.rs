//! Two routes that share nothing beyond the kernels, the exact one and the count, on a grid of problems, tested
//! jointly. `benches/agreement.md` has them and the slow ones with 10^6 draws each.

#[path = "agreement/grid.rs"]
mod grid;

use collapsar::montecarlo::{Agreement, Comparison};
use rayon::prelude::*;

/// Draws of each problem.
const DRAWS: u64 = 20_000;
/// Tolerances of the exact route: of most problems, and of the sphere pair in d > 2, whose quadrature errs by far less
/// than it is asked to.
const TOLERANCE: f64 = 4e-4;
const SPHERE_TOLERANCE: f64 = 2e-3;
/// What its error may be, in standard errors of the count: sum z^2 then has a bias of 0.09 N at most, which its
/// standard deviation sqrt(2 N) = 12 hides.
const SHARE: f64 = 0.3;
/// A false alarm in a thousand, for each of the two tests.
const SIGNIFICANT: f64 = 1e-3;

#[test]
fn exact_and_counted_probabilities_agree_on_the_grid() {
    let cases = grid::quick_cases().unwrap();
    assert!(cases.len() >= 60);
    let difference = |(seed, case): (usize, &grid::Case)| {
        let loose = matches!(case.pair, grid::Pair::Sphere(_)) && case.dimension > 2;
        let exact = case.exact(if loose { SPHERE_TOLERANCE } else { TOLERANCE }).unwrap();
        // Each problem has its own draws, so that the differences are independent.
        let estimate = case.count(seed as u64, DRAWS).unwrap();
        let p = exact.value;
        // Enough collapsed runs for the normal limit.
        assert!(p * (1.0 - p) * DRAWS as f64 > 100.0, "{:?}: {exact:?}", case.describe());
        let counting = (p * (1.0 - p) / DRAWS as f64).sqrt();
        assert!(exact.error < SHARE * counting, "{:?}: {exact:?}", case.describe());
        assert_eq!(estimate.undecided + estimate.failures, 0, "{:?}", case.describe());
        let count = estimate.collapsed;
        Comparison { probability: p, error: 0.0, count, n: DRAWS }.standardised().unwrap()
    };
    let differences: Vec<f64> = cases.par_iter().enumerate().map(difference).collect();
    for (z, case) in differences.iter().zip(&cases) {
        println!("{z:6.2} {:?}", case.describe());
    }
    let joint = Agreement::of_differences(&differences).unwrap();
    println!("{joint:?}");
    assert!(joint.chi_square_p > SIGNIFICANT && joint.largest_p > SIGNIFICANT, "{joint:?}");
}

/// The joint test sees what it is made for: one problem that is off, and a scale that is wrong for all.
#[test]
fn the_joint_test_bites() {
    // Quantiles of the normal law: what 100 independent differences typically are.
    use statrs::distribution::{ContinuousCDF, Normal};
    let unit = Normal::new(0.0, 1.0).unwrap();
    let typical: Vec<f64> = (0..100).map(|i| unit.inverse_cdf((f64::from(i) + 0.5) / 100.0)).collect();
    let fine = Agreement::of_differences(&typical).unwrap();
    assert!(fine.chi_square_p > 0.1 && fine.largest_p > 0.1, "{fine:?}");
    // P(chi^2 > sum) of a single difference is that of its own |z|: 1.96 stands for 5%.
    let single = Agreement::of_differences(&[1.959_963_985]).unwrap();
    assert!((single.largest_p - 0.05).abs() < 1e-6 && (single.chi_square_p - 0.1).abs() < 1e-6, "{single:?}");
    assert!((single.chi_square - single.largest * single.largest).abs() < 1e-12);
    let mut one_off = typical.clone();
    one_off[3] = 5.5;
    assert!(Agreement::of_differences(&one_off).unwrap().largest_p < SIGNIFICANT);
    for scale in [0.7, 1.4] {
        let scaled: Vec<f64> = typical.iter().map(|z| scale * z).collect();
        assert!(Agreement::of_differences(&scaled).unwrap().chi_square_p < SIGNIFICANT, "{scale}");
    }
    assert!(Agreement::of_differences(&[]).is_none());
}
