//! Equilibria of the general mixture flow by the same continuation: fixed and trained weights, trained variance.

use collapsar::bifurcation::{
    Branch, BranchStop, Continuation, ContinuationOptions, MixtureFamily, NewtonOptions, NewtonStatus, Orientation,
    PointKind, Status, newton,
};
use collapsar_theory::{
    Coordinates, CubatureOptions, Family, Flow, MixtureFlow, Problem, Rules, Schedule, Start, Target, WeightRule,
};

/// Two equal components on the line against modes +-3 with weights `v`.
fn flow(rules: Rules, v: [f64; 2]) -> (MixtureFlow, Coordinates) {
    let target = Target::pair(3.0, v).unwrap();
    let family = Family::new(vec![0.5, 0.5], rules).unwrap();
    let start = Start::means(vec![vec![3.9], vec![1.89]]).unwrap();
    let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
    let (_, coordinates) = problem.reduce();
    let options = CubatureOptions::default();
    (MixtureFlow::new(&problem, coordinates.modes.clone(), coordinates.dimension, &options).unwrap(), coordinates)
}

/// The branch of the collapsed state from T = 2 upwards.
fn collapsed_branch(flow: &MixtureFlow, start: &Coordinates) -> Branch {
    let family = MixtureFamily::new(flow);
    let guess = family.reduce(&flow.initial_state(&start.means, 1.0).unwrap());
    let options = NewtonOptions::default();
    let found = newton(&family, &guess, 2.0, &options).unwrap();
    assert_eq!(found.status, NewtonStatus::Converged, "{found:?}");
    let options = ContinuationOptions { parameter: [1.0, 6.0], ..ContinuationOptions::default() };
    Continuation::new(&family, &found.state, 2.0, Orientation::Increasing, &options).unwrap().run()
}

#[test]
fn fixed_weights_fold_where_the_pair_does() {
    let (flow, start) = flow(Rules::FREE, [0.5, 0.5]);
    let branch = collapsed_branch(&flow, &start);
    let fold = branch.special.iter().find(|s| s.kind == PointKind::Fold).expect("a fold");
    assert_eq!(fold.status, Status::Converged);
    // T_c(3) of the closed pair.
    assert!((fold.parameter / 3.312_999_348_2 - 1.0).abs() < 1e-8, "{}", fold.parameter);
}

/// With trained weights the collapsed start recovers, and the recovered state exists and is stable at every temperature.
#[test]
fn trained_weights_recover_from_the_collapsed_start() {
    let (flow, _) = flow(Rules { weights: WeightRule::FisherRao, ..Rules::FREE }, [0.5, 0.5]);
    let family = MixtureFamily::new(&flow);
    let mut full = flow.initial_state(&[3.19, 2.78], 1.0).unwrap();
    let mut rate = vec![0.0; full.len()];
    for _ in 0..40_000 {
        flow.field(1.0, &full, &mut rate);
        full.iter_mut().zip(&rate).for_each(|(y, r)| *y += 0.2 * r);
    }
    assert!((full[0] - 3.0).abs() < 1e-9 && (full[1] + 3.0).abs() < 1e-9, "{full:?}");
    let options = ContinuationOptions { parameter: [0.9, 6.0], ..ContinuationOptions::default() };
    let state = family.reduce(&full);
    assert_eq!((state.len(), family.expand(&state).len()), (3, 4), "only logit differences have a meaning");
    let branch = Continuation::new(&family, &state, 1.0, Orientation::Increasing, &options).unwrap().run();
    assert_eq!(branch.stop, BranchStop::ParameterBound);
    assert!(branch.special.is_empty() && branch.points.len() > 10);
    assert!(branch.points.iter().all(|point| point.is_stable() && point.residual < 1e-9));
}
