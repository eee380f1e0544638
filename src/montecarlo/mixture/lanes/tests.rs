use collapsar_theory::{Clock, CubatureOptions, Family, Flow, Start, Target, Tempering};

use super::*;
use crate::montecarlo::draw_start;
use crate::random::stream;

fn every_rule() -> Vec<Rules> {
    let mut all = Vec::new();
    for means in [MeanSpace::Free, MeanSpace::Sphere] {
        for variance in [VarianceRule::Unit, VarianceRule::Slaved, VarianceRule::Trained] {
            for weights in [WeightRule::Fixed, WeightRule::FisherRao, WeightRule::Softmax] {
                for (clock, metric, tempering) in [
                    (Clock::Kl, Metric::Euclidean, Tempering::Density),
                    (Clock::FreeEnergy, Metric::Natural, Tempering::Modes),
                ] {
                    all.push(Rules { means, variance, weights, clock, metric, tempering });
                }
            }
        }
    }
    all
}

/// The lanes' field and objective at drawn states against those of the general flow.
fn compare<const D: usize, const N: usize>(modes: [Vec<f64>; 2], d: usize, ratio: f64) {
    for rules in every_rule() {
        let target = Target::new(modes.to_vec(), vec![0.7, 0.3]).unwrap();
        let family = Family::new(vec![1.0, ratio], rules);
        let family =
            family.unwrap_or_else(|_| Family::new(vec![1.0 / (1.0 + ratio), ratio / (1.0 + ratio)], rules).unwrap());
        let start = if rules.means == MeanSpace::Free { Start::gaussian(d, 2.0) } else { Start::sphere(d) };
        let problem = Problem::new(target, family, Schedule::exponential(9.0, 1.0).unwrap(), start.unwrap()).unwrap();
        for index in 0..6 {
            let start = draw_start(&problem, &mut stream(1, index)).unwrap();
            let flow = MixtureFlow::new(&problem, start.modes, start.dimension, &CubatureOptions::default()).unwrap();
            let lanes = MixtureLanes::<D>::new(&problem, &flow).unwrap();
            let t = 0.4 * index as f64;
            let (stage, beta) = (LaneSystem::<N>::stage(&lanes, 0, t), problem.schedule().beta(t));
            let mut state = flow.initial_state(&start.means, 4.0).unwrap();
            // Off the sphere, so that both read the means in the same way.
            state.iter_mut().for_each(|x| *x *= 1.01);
            let statistics: [f64; N] = lanes.gather(&state);
            let lane = statistics.map(|x| [x; LANES]);
            let found = lanes.rates(&stage, &lane);
            let mut rate = vec![0.0; state.len()];
            flow.field(beta, &state, &mut rate);
            let expected: [f64; N] = lanes.gather(&rate);
            let weights = if rules.weights == WeightRule::Fixed { 0.0 } else { expected[2 * D] };
            for n in 0..N {
                let expected = if n == 2 * D { weights } else { expected[n] };
                // Kernels are good to 1e-11 (1 + b), b up to 40, with factors of modes and clock up to 100.
                assert!(
                    (found[n][3] - expected).abs() < 2e-9 * (1.0 + expected.abs()),
                    "{rules:?} {n}: {} {expected}",
                    found[n][3]
                );
            }
            let back = lanes.gather::<N>(&lanes.scatter(&statistics));
            assert!(back.iter().zip(&statistics).all(|(a, b)| (a - b).abs() < 1e-12 * (1.0 + b.abs())));
            if rules.tempering == Tempering::Density {
                let (height, exact) = (lanes.objective(&stage, &lane)[0], flow.objective(beta, &state));
                assert!((height - exact).abs() < 1e-9 * (1.0 + exact.abs()), "{rules:?}: {height} {exact}");
            }
        }
    }
}

#[test]
fn the_field_and_the_objective_are_those_of_the_flow() {
    compare::<1, 4>([vec![3.0], vec![-3.0]], 1, 1.0);
    compare::<1, 4>([vec![3.0], vec![-3.0]], 1, 1e-200);
    compare::<2, 6>([vec![2.0, 1.0], vec![-1.0, -2.0]], 2, 0.25);
    compare::<3, 8>([vec![3.0], vec![-3.0]], 100, 4.0);
    compare::<4, 10>([vec![2.0, 1.0, 0.0], vec![-1.0, 0.0, 2.0]], 7, 0.25);
}

#[test]
fn what_is_not_a_number_stays_so_and_in_its_lane() {
    let target = Target::pair(3.0, [0.5, 0.5]).unwrap();
    let rules = Rules { weights: WeightRule::FisherRao, variance: VarianceRule::Trained, ..Rules::FREE };
    let family = Family::new(vec![0.5, 0.5], rules).unwrap();
    let start = Start::gaussian(1, 1.0).unwrap();
    let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
    let flow = MixtureFlow::new(&problem, vec![3.0, -3.0], 1, &CubatureOptions::default()).unwrap();
    let lanes = MixtureLanes::<1>::new(&problem, &flow).unwrap();
    let stage = LaneSystem::<4>::stage(&lanes, 0, 0.0);
    for n in 0..4 {
        let mut state = [[0.5; LANES]; 4];
        state[n][5] = f64::NAN;
        let rate = lanes.rates(&stage, &state);
        assert!((0..4).any(|m| rate[m][5].is_nan()) && lanes.objective(&stage, &state)[5].is_nan());
        assert!((0..4).all(|m| rate[m][4].is_finite()));
    }
}

#[test]
fn other_problems_are_left_to_the_general_path() {
    let target = || Target::pair(3.0, [0.5, 0.5]).unwrap();
    let with = |target: Target, weights: Vec<f64>| {
        let family = Family::new(weights, Rules::FREE).unwrap();
        let start = Start::gaussian(1, 1.0).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
        let modes = problem.reduce().1.modes;
        let flow = MixtureFlow::new(&problem, modes, 1, &CubatureOptions::default()).unwrap();
        MixtureLanes::<1>::new(&problem, &flow).is_some()
    };
    assert!(with(target(), vec![0.9, 0.1]));
    assert!(!with(target(), vec![1.0, 0.0]) && !with(target(), vec![0.5, 0.25, 0.25]));
    assert!(!with(Target::pair(3.0, [1.0, 0.0]).unwrap(), vec![0.5, 0.5]));
}
