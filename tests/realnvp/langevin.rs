//! Langevin Monte Carlo beside flows.

use collapsar::flows::{CoordinateMaps, FlowProblem, Langevin, Training, marginal_distances};
use collapsar_theory::{GaussianMixture, Schedule, Target};

fn problem(target: GaussianMixture, schedule: Schedule, training: Training) -> FlowProblem {
    let kind = CoordinateMaps { dimension: target.dimension(), ..CoordinateMaps::default() };
    FlowProblem::new(kind, target, schedule, training).unwrap()
}

fn normal(variances: [f64; 2]) -> GaussianMixture {
    let [a, b] = variances;
    GaussianMixture::new(vec![1.0], vec![vec![1.0, -2.0]], vec![vec![vec![a, 0.0], vec![0.0, b]]]).unwrap()
}

/// On a normal law of variance s at temperature T the chain is x' - m = (1 - h/(T s)) (x - m) + noise of variance 2h, whose
/// stationary variance is T s/(1 - h/(2 T s)).
#[test]
fn the_chain_on_a_normal_law_has_its_own_variance() {
    let training = Training { steps: 1500, batch: 2000, ..Training::default() };
    for (temperature, step) in [(1.0, 0.2), (2.5, 0.4)] {
        let problem = problem(normal([0.5, 2.0]), Schedule::constant(temperature).unwrap(), training.clone());
        let chains = 20_000;
        let found = Langevin { chains, step }.sample(&problem, 7).unwrap();
        assert_eq!(found.steps, 150);
        for (j, (mean, variance)) in [(1.0, 0.5), (-2.0, 2.0)].into_iter().enumerate() {
            let values: Vec<f64> = found.points.iter().skip(j).step_by(2).copied().collect();
            let average = values.iter().sum::<f64>() / chains as f64;
            let spread = values.iter().map(|x| (x - average).powi(2)).sum::<f64>() / chains as f64;
            let tempered = temperature * variance;
            let exact = tempered / (1.0 - 0.5 * step / tempered);
            // Four standard errors.
            assert!((average - mean).abs() < 4.0 * (exact / chains as f64).sqrt(), "{average} {mean}");
            assert!((spread / exact - 1.0).abs() < 4.0 * (2.0 / chains as f64).sqrt(), "{spread} {exact}");
        }
    }
}

/// The ends of cold chains lie in the basins of their starts; those of cooled ones have the weights v^beta of the temperature at
/// which they no longer cross: neither has the target's.
#[test]
fn ends_do_not_have_the_weights_of_far_modes() {
    let target = || Target::new(vec![vec![3.5, 0.0], vec![-3.5, 0.0]], vec![0.8, 0.2]).unwrap();
    let training = Training { steps: 2000, batch: 1000, step_size: 1e-2, ..Training::default() };
    let coverage = |schedule: Schedule| {
        let problem = FlowProblem::new(CoordinateMaps::default(), target(), schedule, training.clone()).unwrap();
        let chains = Langevin { chains: 2000, step: 0.05 };
        let (one, two) = (chains.sample(&problem, 3).unwrap(), chains.sample(&problem, 3).unwrap());
        assert_eq!(one, two);
        one.coverage[0].value
    };
    let cold = coverage(Schedule::constant(1.0).unwrap());
    let cooled = coverage(Schedule::geometric(12.0, 15.0).unwrap());
    // The drift of p turns at log-odds 0, a little to the left of the middle of N(0, I).
    assert!((0.58..0.68).contains(&cold), "{cold}");
    assert!((0.55..0.64).contains(&cooled), "{cooled}");
}

#[test]
fn distances_are_those_of_shifted_samples() {
    let x: Vec<f64> = (0..40).map(|i| (0.7 * f64::from(i)).sin() * f64::from(i % 7)).collect();
    let shifted: Vec<f64> = x.iter().enumerate().map(|(i, x)| if i % 2 == 0 { x + 0.3 } else { *x }).collect();
    let found = marginal_distances(&x, &shifted, 2).unwrap();
    assert!((found[0] - 0.3).abs() < 1e-14 && found[1] == 0.0, "{found:?}");
    assert_eq!(marginal_distances(&x, &x[..38], 2).unwrap_err().name(), "points");
}

#[test]
fn bad_options_are_refused() {
    let training = Training { steps: 10, batch: 8, ..Training::default() };
    let problem = problem(normal([1.0, 1.0]), Schedule::constant(1.0).unwrap(), training);
    let said = |chains: usize, step: f64| Langevin { chains, step }.sample(&problem, 1).unwrap_err().name().to_owned();
    assert_eq!([said(1, 0.1), said(81, 0.1), said(8, f64::NAN)], ["chains", "chains", "step"]);
}
