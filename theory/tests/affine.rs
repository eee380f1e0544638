//! A common linear map x' = A x of target and family changes nothing: the objective but for its constant, the weights' rates, and the
//! rates of means and covariances in the metric that is mapped too.

#[path = "shaped/case.rs"]
mod case;

use case::{Case, entry, field, full, rules};
use collapsar_theory::{Covariance, Flow, Metric, Rules, VarianceRule, WeightRule};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

type Matrix = [[f64; 2]; 2];

fn product(a: Matrix, b: Matrix) -> Matrix {
    [0, 1].map(|i| [0, 1].map(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
}

fn transposed(a: Matrix) -> Matrix {
    [[a[0][0], a[1][0]], [a[0][1], a[1][1]]]
}

fn determinant(a: Matrix) -> f64 {
    a[0][0] * a[1][1] - a[0][1] * a[1][0]
}

fn inverse(a: Matrix) -> Matrix {
    let det = determinant(a);
    [[a[1][1] / det, -a[0][1] / det], [-a[1][0] / det, a[0][0] / det]]
}

fn applied(a: Matrix, v: &[f64]) -> Vec<f64> {
    a.iter().map(|row| row[0] * v[0] + row[1] * v[1]).collect()
}

/// A M A^T.
fn congruent(a: Matrix, m: Matrix) -> Matrix {
    product(product(a, m), transposed(a))
}

fn matrix(covariance: &Covariance) -> Matrix {
    [0, 1].map(|i| [0, 1].map(|j| entry(covariance, i, j)))
}

fn covariance(m: Matrix) -> Covariance {
    full(&[&m[0], &m[1]])
}

/// The G with G S + S G = R of symmetric 2 x 2 matrices: (R + det(S) S^-1 R S^-1) / (2 tr S).
fn lyapunov(s: Matrix, r: Matrix) -> Matrix {
    let back = inverse(s);
    let (det, trace) = (determinant(s), s[0][0] + s[1][1]);
    let other = product(product(back, r), back);
    [0, 1].map(|i| [0, 1].map(|j| (r[i][j] + det * other[i][j]) / (2.0 * trace)))
}

/// Three modes of shapes of their own and two components.
fn case(variance: VarianceRule, means: &[f64]) -> Case {
    let weights = if variance == VarianceRule::Own { WeightRule::Softmax } else { WeightRule::FisherRao };
    let rules: Rules = rules(variance, weights, Metric::Euclidean);
    Case {
        modes: vec![vec![2.0, 0.5], vec![-1.5, 1.0], vec![0.0, -2.0]],
        targets: vec![0.5, 0.3, 0.2],
        covariances: vec![
            full(&[&[1.5, 0.6], &[0.6, 0.8]]),
            full(&[&[0.5, -0.2], &[-0.2, 1.2]]),
            Covariance::Isotropic(0.7),
        ],
        means: means.chunks(2).map(<[f64]>::to_vec).collect(),
        weights: vec![0.6, 0.4],
        rules,
    }
}

fn mapped(case: &Case, a: Matrix) -> Case {
    let move_all = |all: &[Vec<f64>]| all.iter().map(|v| applied(a, v)).collect();
    Case {
        modes: move_all(&case.modes),
        means: move_all(&case.means),
        covariances: case.covariances.iter().map(|c| covariance(congruent(a, matrix(c)))).collect(),
        targets: case.targets.clone(),
        weights: case.weights.clone(),
        rules: case.rules,
    }
}

fn close(a: &[f64], b: &[f64], size: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9 * size)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, rng_seed: RngSeed::Fixed(28), ..ProptestConfig::default() })]

    /// Full covariances: any map. A gradient is a covector, so that rates that are minus gradients in the unmapped metric go by A^-T;
    /// in the metric A A^T they are mapped by A, as the means are.
    #[test]
    fn any_linear_map_of_full_covariances(
        means in proptest::collection::vec(-2.0f64..2.0, 4),
        shapes in proptest::collection::vec((0.3f64..2.0, 0.3f64..2.0, -0.8f64..0.8), 2),
        angles in (0.0f64..3.0, 0.0f64..3.0),
        stretch in (0.5f64..2.0, 0.5f64..2.0),
        beta in 0.2f64..1.0,
    ) {
        let turn = |angle: f64| [[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]];
        let a = product(product(turn(angles.0), [[stretch.0, 0.0], [0.0, stretch.1]]), turn(angles.1));
        let fit: Vec<Matrix> = shapes.iter().map(|&(x, y, r)| [[x, r * (x * y).sqrt()], [r * (x * y).sqrt(), y]]).collect();
        let case = case(VarianceRule::Full, &means);
        let other = mapped(&case, a);
        let (flow, image) = (case.flow(), other.flow());
        let state = case.state(&flow, &fit.iter().map(|m| covariance(*m)).collect::<Vec<_>>());
        let there: Vec<Matrix> = fit.iter().map(|m| congruent(a, *m)).collect();
        let state_there = other.state(&image, &there.iter().map(|m| covariance(*m)).collect::<Vec<_>>());
        let (rate, found) = (field(&flow, beta, &state), field(&image, beta, &state_there));
        let size = rate.iter().chain(&found).fold(1.0f64, |m, x| m.max(x.abs()));
        // Densities are lower by |det A|.
        let shift = (beta - 1.0) * determinant(a).abs().ln();
        let gap = image.objective(beta, &state_there) - flow.objective(beta, &state) - shift;
        prop_assert!(gap.abs() < 1e-9 * size, "objective {gap:e}");
        let covector = transposed(inverse(a));
        for i in [0, 2] {
            prop_assert!(close(&applied(covector, &rate[i..i + 2]), &found[i..i + 2], size), "means {rate:?} {found:?}");
        }
        prop_assert!(close(&rate[4..6], &found[4..6], size), "weights {rate:?} {found:?}");
        for (i, at) in [6, 9].into_iter().enumerate() {
            let triangle = |all: &[f64]| [[all[at], all[at + 1]], [all[at + 1], all[at + 2]]];
            let gradient = congruent(covector, lyapunov(fit[i], triangle(&rate)));
            let (left, right) = (product(gradient, there[i]), product(there[i], gradient));
            let wanted = [0, 1].map(|r| [0, 1].map(|c| left[r][c] + right[r][c]));
            prop_assert!(close(wanted.as_flattened(), triangle(&found).as_flattened(), size), "covariances {wanted:?} {found:?}");
        }
    }

    /// Variances of their own: maps that leave them variances.
    #[test]
    fn similarities_of_own_variances(
        means in proptest::collection::vec(-2.0f64..2.0, 4),
        variances in proptest::collection::vec(0.3f64..2.0, 2),
        angle in 0.0f64..3.0,
        scale in 0.4f64..2.5,
        beta in 0.2f64..1.0,
    ) {
        let a = [[scale * angle.cos(), -scale * angle.sin()], [scale * angle.sin(), scale * angle.cos()]];
        let case = case(VarianceRule::Own, &means);
        let other = mapped(&case, a);
        let (flow, image) = (case.flow(), other.flow());
        let state = flow.initial_state(&case.means.concat(), &variances).unwrap();
        let there: Vec<f64> = variances.iter().map(|v| scale * scale * v).collect();
        let state_there = image.initial_state(&other.means.concat(), &there).unwrap();
        let (rate, found) = (field(&flow, beta, &state), field(&image, beta, &state_there));
        let size = rate.iter().chain(&found).fold(1.0f64, |m, x| m.max(x.abs()));
        let gap = image.objective(beta, &state_there) - flow.objective(beta, &state) - (beta - 1.0) * 2.0 * scale.ln();
        prop_assert!(gap.abs() < 1e-9 * size, "objective {gap:e}");
        let covector = transposed(inverse(a));
        for i in [0, 2] {
            prop_assert!(close(&applied(covector, &rate[i..i + 2]), &found[i..i + 2], size), "means {rate:?} {found:?}");
        }
        prop_assert!(close(&rate[4..6], &found[4..6], size), "weights {rate:?} {found:?}");
        let slower: Vec<f64> = rate[6..].iter().map(|r| r / (scale * scale)).collect();
        prop_assert!(close(&slower, &found[6..], size), "log variances {slower:?} {found:?}");
    }
}
