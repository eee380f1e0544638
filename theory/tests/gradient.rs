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

/// w_i <r_j>_i = w_j <r_i>_j: the field, which finds the heaviest component's own pull from the others', is that of all averages.
#[test]
fn own_pulls_balance() {
    let place = |i: usize, axis: usize| 3.0 * ((1.0 + i as f64) * [0.618, 0.414, 0.733][axis]).fract() - 1.5;
    for (components, width) in [(2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (4, 2), (4, 3), (5, 2)] {
        for (metric, variance) in [
            (Metric::Euclidean, VarianceRule::Unit),
            (Metric::Natural, VarianceRule::Unit),
            (Metric::Euclidean, VarianceRule::Slaved),
        ] {
            let points = |first: usize, count: usize| -> Vec<Vec<f64>> {
                (first..first + count).map(|i| (0..width).map(|axis| place(i, axis)).collect()).collect()
            };
            let weights: Vec<f64> = (0..components).map(|i| 1.0 / (1.0 + ((i + 2) % components) as f64)).collect();
            let whole: f64 = weights.iter().sum();
            let rules = Rules { metric, variance, ..Rules::FREE };
            let shares = weights.iter().map(|w| w / whole).collect();
            let p = problem(rules, points(20, 3), vec![0.5, 0.3, 0.2], shares, points(0, components));
            let (_, start) = p.reduce();
            let options = CubatureOptions { tolerance: 1e-10, ..CubatureOptions::default() };
            let flow = MixtureFlow::new(&p, start.modes.clone(), start.dimension, &options).unwrap();
            let (beta, state) = (0.4, flow.initial_state(&start.means, 1.0 / 0.4).unwrap());
            let mut rate = vec![0.0; flow.dimension()];
            flow.field(beta, &state, &mut rate);
            let plain = flow.unpack(beta, &state);
            let averages = flow.averages(&plain);
            for (n, got) in rate.iter().enumerate() {
                let i = n / width;
                let factor = if metric == Metric::Euclidean { plain.weights()[i] } else { 1.0 };
                let pull = beta * averages.target_pull[n] - averages.own_pull[n] / plain.variance;
                assert!(
                    (got - factor * pull).abs() < 3e-9,
                    "{components}, {width}, {metric:?}, {variance:?}, {n}: {got}"
                );
            }
        }
    }
}
