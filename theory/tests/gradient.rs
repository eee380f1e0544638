//! The flow is the gradient of the objective: finite differences against the field.

use collapsar_theory::*;

fn problem(rules: Rules, modes: Vec<Vec<f64>>, v: Vec<f64>, w: Vec<f64>, start: Vec<Vec<f64>>) -> Problem {
    let schedule = Schedule::constant(1.0).unwrap();
    let family = Family::new(w, rules).unwrap();
    Problem::new(Target::new(modes, v).unwrap(), family, schedule, Start::means(start).unwrap()).unwrap()
}

/// dF/d(state) by central differences.
fn slope(flow: &dyn Flow, beta: f64, state: &[f64], j: usize) -> f64 {
    let h = 1e-4 * state[j].abs().max(1.0);
    let at = |x: f64| {
        let mut moved = state.to_vec();
        moved[j] = x;
        flow.objective(beta, &moved)
    };
    (8.0 * (at(state[j] + h) - at(state[j] - h)) - (at(state[j] + 2.0 * h) - at(state[j] - 2.0 * h))) / (12.0 * h)
}

#[test]
fn free_means_weights_and_variance_follow_the_gradient() {
    let rules = Rules { variance: VarianceRule::Trained, weights: WeightRule::Softmax, ..Rules::FREE };
    let p = problem(
        rules,
        vec![vec![2.0, 0.3], vec![-1.5, 0.4], vec![0.2, -1.8]],
        vec![0.5, 0.3, 0.2],
        vec![0.3, 0.7],
        vec![vec![0.4, 0.9], vec![-0.7, 0.2]],
    );
    let (_, start) = p.reduce();
    let flow = MixtureFlow::new(&p, start.modes.clone(), start.dimension, &CubatureOptions::default()).unwrap();
    let state = flow.initial_state(&start.means, 1.7).unwrap();
    for beta in [0.2, 1.0] {
        let mut rate = vec![0.0; flow.dimension()];
        flow.field(beta, &state, &mut rate);
        for (j, got) in rate.iter().enumerate().take(6) {
            let expected = -slope(&flow, beta, &state, j);
            // Fourth-order differences with h = 1e-4 of averages good to 1e-12: 1e-8.
            assert!((got - expected).abs() < 3e-8, "state {j}: {got} against {expected}");
        }
        // dlog var/dt = -(4/(K d)) dF/dvar = -(4/(K d var)) dF/dlog var.
        let expected = -4.0 / (2.0 * 2.0 * 1.7) * slope(&flow, beta, &state, 6);
        assert!((rate[6] - expected).abs() < 3e-8, "variance: {} against {expected}", rate[6]);
    }
}

/// In the parameters themselves Adam sees dF, whatever the metric of the flow.
#[test]
fn adam_sees_the_plain_gradient() {
    for (weights, metric) in [
        (WeightRule::Softmax, Metric::Euclidean),
        (WeightRule::FisherRao, Metric::Natural),
        (WeightRule::Fixed, Metric::Natural),
    ] {
        let rules = Rules { variance: VarianceRule::Trained, weights, metric, ..Rules::FREE };
        let (modes, start) = (vec![vec![2.0, 0.3], vec![-1.5, 0.4]], vec![vec![0.4, 0.9], vec![-0.7, 0.2]]);
        let p = problem(rules, modes, vec![0.6, 0.4], vec![0.3, 0.7], start);
        let (_, start) = p.reduce();
        let flow = MixtureFlow::new(&p, start.modes.clone(), start.dimension, &CubatureOptions::default()).unwrap();
        let state = flow.initial_state(&start.means, 1.7).unwrap();
        let memory = AdamMemory::new(0.01, [0.9, 0.999], 1e-8).unwrap();
        let adam = AdamFlow::new(flow.clone(), memory).unwrap();
        let mut gradient = vec![0.0; state.len()];
        adam.gradient(1.0, &state, &mut gradient);
        for (j, got) in gradient.iter().enumerate() {
            let expected = slope(&flow, 1.0, &state, j);
            assert!((got - expected).abs() < 3e-8, "{weights:?}, {metric:?}, {j}: {got} against {expected}");
        }
    }
}
