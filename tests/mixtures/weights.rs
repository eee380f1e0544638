//! Trained weights: two rules, one set of equilibria; the simplex; weights next to nothing.

use collapsar::integrate::{Integrator, Request, Tempered, Tolerances, Tsit5};
use collapsar::montecarlo::{MixtureEnd, MixtureEnsemble, MixtureOptions, draw_start};
use collapsar::random::stream;
use collapsar_theory::{
    CubatureOptions, Flow, Metric, MixtureFlow, Problem, Rules, Schedule, Start, Target, WeightRule,
};

use crate::{TRAINED, free_pair, problem, tally};

fn flow_and_start(problem: &Problem, index: u64) -> (MixtureFlow, Vec<f64>) {
    let start = draw_start(problem, &mut stream(3, index)).unwrap();
    let options = CubatureOptions::default();
    let flow = MixtureFlow::new(problem, start.modes.clone(), start.dimension, &options).unwrap();
    let state = flow.initial_state(&start.means, 1.0).unwrap();
    (flow, state)
}

fn end_state(flow: &MixtureFlow, problem: &Problem, state: &[f64], end: f64) -> Vec<(f64, Vec<f64>)> {
    let mut request = Request::new(state, 0.0, end);
    request.keep_steps = true;
    let tolerances = Tolerances { relative: 1e-11, absolute: 1e-13 };
    Tsit5 { tolerances }.integrate(&Tempered::new(flow, problem.schedule()), &request).unwrap().steps
}

#[test]
fn both_rules_have_the_same_equilibria_and_other_speeds() {
    let softmax = Rules { weights: WeightRule::Softmax, ..Rules::FREE };
    let schedule = || Schedule::exponential(5.0, 0.3).unwrap();
    let (replicator, logits) = (free_pair(TRAINED, schedule(), 2), free_pair(softmax, schedule(), 2));
    let ((a, state), (b, same)) = (flow_and_start(&replicator, 0), flow_and_start(&logits, 0));
    assert_eq!(state, same);
    let rates = |flow: &MixtureFlow, state: &[f64]| {
        let mut rate = vec![0.0; state.len()];
        flow.field(1.0, state, &mut rate);
        rate
    };
    // Theory (4): the logits of softmax move w_i times as fast, the means alike.
    let mut uneven = state.clone();
    uneven[4] += 1.0;
    let weights = a.unpack(1.0, &uneven).weights();
    let (fast, slow) = (rates(&a, &uneven), rates(&b, &uneven));
    assert_eq!(fast[..4], slow[..4]);
    for i in 0..2 {
        assert!((slow[4 + i] - weights[i] * fast[4 + i]).abs() < 1e-14 && fast[4 + i] != 0.0);
    }
    // At rest for one rule is at rest for the other, within the tolerance of the integration.
    let rest = end_state(&a, &replicator, &state, 300.0).pop().unwrap().1;
    assert!(rates(&a, &rest).iter().chain(&rates(&b, &rest)).all(|r| r.abs() < 1e-8), "{rest:?}");
    // In the limit; at a finite time the slower one is behind.
    let ends = |problem| tally(problem, &MixtureOptions::default(), 1, 100);
    let (fast, slow) = (ends(&replicator), ends(&logits));
    assert_eq!((fast.modes_lost, fast.mechanisms), (slow.modes_lost, slow.mechanisms));
    assert!(slow.at_horizon.collapsed > fast.at_horizon.collapsed);
}

#[test]
fn weights_stay_on_the_simplex() {
    for rule in [WeightRule::FisherRao, WeightRule::Softmax] {
        let target = Target::pair(3.0, [0.7, 0.3]).unwrap();
        let rules = Rules { weights: rule, ..Rules::FREE };
        let schedule = Schedule::exponential(5.0, 0.3).unwrap();
        let problem = problem(target, vec![0.1, 0.9], rules, schedule, Start::gaussian(1, 1.0).unwrap());
        for index in 0..5 {
            let (flow, state) = flow_and_start(&problem, index);
            for (_, y) in end_state(&flow, &problem, &state, 60.0) {
                let weights = flow.unpack(1.0, &y).weights();
                assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12 && weights.iter().all(|&w| w >= 0.0));
            }
        }
    }
}

/// A weight of 1e-200 grows at a rate of 1 to 100 where it covers a mode that nothing else does, and is there after some
/// tens of units of time; beside the heavy component it waits for longer than this test does, and is not guessed.
#[test]
fn a_weight_of_1e_200_neither_stalls_nor_breaks() {
    let target = Target::new(vec![vec![3.0], vec![-3.0]], vec![0.5, 0.5]).unwrap();
    let natural = Rules { metric: Metric::Natural, ..TRAINED };
    let (weights, schedule) = (vec![1.0, 1e-200], Schedule::constant(1.0).unwrap());
    let problem = problem(target, weights, natural, schedule, Start::gaussian(1, 3.0).unwrap());
    let options = MixtureOptions { patience: 1000.0, ..MixtureOptions::default() };
    let ensemble = MixtureEnsemble::new(&problem, 1.0, &options).unwrap();
    let mut apart = 0;
    for index in 0..40 {
        let run = ensemble.run(1, index);
        assert_ne!(run.end, MixtureEnd::Failed);
        let start = draw_start(&problem, &mut stream(1, index)).unwrap().means;
        if start[0] * start[1] < 0.0 && start[1].abs() > 1.0 {
            let MixtureEnd::Decided { lost, .. } = &run.end else { panic!("{run:?}") };
            assert!(lost.is_empty() && run.time > 5.0, "{start:?}: {run:?}");
            apart += 1;
        }
    }
    assert!(apart >= 5, "{apart}");
}
