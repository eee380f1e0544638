//! Both pairs: the analytic Jacobian is that of the field, and the field is the gradient of the objective.

use collapsar_theory::{
    Clock, Flow, FreePair, FreePairOptions, Metric, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Central differences of fourth order with step h: h^4 f'''''/30 = 3e-14 times a fifth derivative (at most 1e5 here)
/// plus the kernels' 1e-13 over h.
const STEP: f64 = 1e-3;
const DIFFERENCE: f64 = 2e-8;

/// dg/d(state_j).
fn difference(g: &dyn Fn(&[f64]) -> f64, state: &[f64], j: usize) -> f64 {
    let at = |shift: f64| {
        let mut moved = state.to_vec();
        moved[j] += shift;
        g(&moved)
    };
    (8.0 * (at(STEP) - at(-STEP)) - (at(2.0 * STEP) - at(-2.0 * STEP))) / (12.0 * STEP)
}

fn field(flow: &dyn Flow, beta: f64, state: &[f64]) -> Vec<f64> {
    let mut rate = vec![0.0; flow.dimension()];
    flow.field(beta, state, &mut rate);
    rate
}

fn assert_jacobian(flow: &dyn SmoothFlow, beta: f64, state: &[f64]) {
    let n = flow.dimension();
    let mut jacobian = vec![0.0; n * n];
    flow.jacobian(beta, state, &mut jacobian);
    for i in 0..n {
        for j in 0..n {
            let expected = difference(&|y| field(flow, beta, y)[i], state, j);
            let gap = (jacobian[i * n + j] - expected).abs();
            let size = jacobian.iter().fold(1.0f64, |m, x| m.max(x.abs()));
            assert!(gap < DIFFERENCE * size, "entry {i}, {j} at {state:?}: {} against {expected}", jacobian[i * n + j]);
        }
    }
}

fn clocks() -> impl Strategy<Value = (Clock, Metric)> {
    (prop::bool::ANY, prop::bool::ANY).prop_map(|(kl, euclidean)| {
        (if kl { Clock::Kl } else { Clock::FreeEnergy }, if euclidean { Metric::Euclidean } else { Metric::Natural })
    })
}

/// (m_1, m_2, s) of two unit vectors with these angles to the axis and this angle about it.
fn statistics(angles: (f64, f64), about: f64) -> [f64; 3] {
    let ((sin1, cos1), (sin2, cos2)) = (angles.0.sin_cos(), angles.1.sin_cos());
    [cos1, cos2, cos1 * cos2 + sin1 * sin2 * about.cos()]
}

/// Away from coinciding means: s stays below 1 by more than the differences reach.
const ANGLE: std::ops::Range<f64> = 0.3..2.8;
const ABOUT: std::ops::Range<f64> = 0.4..3.1;

fn sphere_pair() -> impl Strategy<Value = SpherePair> {
    let variance = prop_oneof![
        Just(SphereVariance::Unit),
        Just(SphereVariance::Slaved),
        (1.0..600.0f64).prop_map(|dimension| SphereVariance::Lagging { dimension }),
        Just(SphereVariance::Lagging { dimension: f64::INFINITY }),
    ];
    (variance, 0.3..4.0f64, 0.05..0.95f64, clocks()).prop_map(|(variance, radius, target_weight, (clock, metric))| {
        SpherePair::new(SpherePairOptions { radius, target_weight, variance, clock, metric }).unwrap()
    })
}

fn free_pair() -> impl Strategy<Value = FreePair> {
    (0.3..4.0f64, 0.05..0.95f64, clocks()).prop_map(|(separation, target_weight, (clock, metric))| {
        FreePair::new(FreePairOptions { separation, target_weight, clock, metric }).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn jacobian_of_the_sphere_pair(
        pair in sphere_pair(), beta in 0.01..1.0f64, angles in (ANGLE, ANGLE), about in ABOUT, lag in -0.5..0.5f64
    ) {
        let [m1, m2, s] = statistics(angles, about);
        let state = [m1, m2, s, -beta.ln() + lag];
        assert_jacobian(&pair, beta, &state[..pair.dimension()]);
    }

    #[test]
    fn jacobian_of_the_free_pair(
        pair in free_pair(), beta in 0.01..1.0f64, x in -4.0..4.0f64, y in -4.0..4.0f64, z in -2.0..2.0f64
    ) {
        assert_jacobian(&pair, beta, &[x, y, z]);
    }

    /// In (x, y, z) the metric is a multiple of the identity: state' = -g c grad F.
    #[test]
    fn the_free_pair_descends(
        pair in free_pair(), beta in 0.01..1.0f64, x in -4.0..4.0f64, y in -4.0..4.0f64, z in 0.1..2.0f64
    ) {
        let state = [x, y, z];
        let rate = field(&pair, beta, &state);
        for (j, got) in rate.iter().enumerate() {
            let expected = -pair.speed(beta) * difference(&|s| pair.objective(beta, s), &state, j);
            prop_assert!((got - expected).abs() < DIFFERENCE * pair.speed(beta).max(1.0), "{j}: {got} against {expected}");
        }
    }

    /// In (m_1, m_2, s) the metric is M = sum_i grad_i grad_i^T of the statistics on the unit sphere:
    /// state' = -(2 g c/R^2) M grad F, and (log var)' = -(2 c/(d var)) dF/d log var.
    #[test]
    fn the_sphere_pair_descends(
        pair in sphere_pair(), beta in 0.01..1.0f64, angles in (ANGLE, ANGLE), about in ABOUT, lag in -0.5..0.5f64
    ) {
        let [m1, m2, s] = statistics(angles, about);
        let state = &[m1, m2, s, -beta.ln() + lag][..pair.dimension()];
        let rate = field(&pair, beta, state);
        let slopes: Vec<f64> = (0..state.len()).map(|j| difference(&|y| pair.objective(beta, y), state, j)).collect();
        let options = pair.options();
        let leading_order = matches!(options.variance, SphereVariance::Lagging { dimension } if dimension.is_infinite());
        if !leading_order {
            let (c1, c2) = (m2 - m1 * s, m1 - m2 * s);
            let metric = [[1.0 - m1 * m1, 0.0, c1], [0.0, 1.0 - m2 * m2, c2], [c1, c2, 2.0 * (1.0 - s * s)]];
            let speed = 2.0 * pair.speed(beta) / (options.radius * options.radius);
            for (i, row) in metric.iter().enumerate() {
                let expected: f64 = -speed * row.iter().zip(&slopes).map(|(m, f)| m * f).sum::<f64>();
                prop_assert!((rate[i] - expected).abs() < DIFFERENCE * speed.max(1.0), "{i}: {} against {expected}", rate[i]);
            }
        }
        if let SphereVariance::Lagging { dimension } = options.variance {
            // In infinite d the objective is that of one dimension, whose share of dF/d log var stays.
            let shares = if leading_order { 1.0 } else { dimension };
            let speed = 2.0 * options.clock.factor(beta) / (shares * state[3].exp());
            let expected = -speed * slopes[3];
            // F contains d/2 (beta var - log var): its rounding over the step grows with d.
            prop_assert!((rate[3] - expected).abs() < DIFFERENCE * speed.max(1.0) * (1.0 + shares), "{} against {expected}", rate[3]);
        }
    }
}
