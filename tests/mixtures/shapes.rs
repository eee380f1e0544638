//! Ensembles of modes and components with shapes of their own.

use collapsar::integrate::{Tolerances, Tsit5};
use collapsar::montecarlo::{MixtureEnd, MixtureEnsemble, MixtureOptions, ShapedEnsemble};
use collapsar::trajectory::{self, LimitStatus, Options};
use collapsar_theory::{
    Coordinates, Covariance, CubatureOptions, Rules, Schedule, ShapedProblem, Start, Target, VarianceRule,
};

use super::problem;

fn modes() -> Target {
    Target::new(vec![vec![3.0, 0.0], vec![-2.0, 2.5]], vec![0.6, 0.4]).unwrap()
}

fn shaped(target: Target, rules: Rules, d: usize, covariances: Vec<Covariance>) -> ShapedProblem {
    let (schedule, start) = (Schedule::exponential(4.0, 0.5).unwrap(), Start::gaussian(d, 1.0).unwrap());
    ShapedProblem::new(problem(target, vec![0.5, 0.5], rules, schedule, start), covariances).unwrap()
}

/// Covariances that are all I are none: draw by draw the ends of the ensemble without shapes.
#[test]
fn without_shapes_the_ends_are_those_of_plain_mixtures() {
    for (rules, d) in [(Rules::FREE, 5), (Rules { variance: VarianceRule::Trained, ..Rules::FREE }, 2)] {
        let whole = shaped(modes(), rules, d, vec![Covariance::Isotropic(1.0); 2]);
        let options = MixtureOptions::default();
        let with = ShapedEnsemble::new(&whole, &options).unwrap();
        let variance = whole.problem().initial_variance();
        let without = MixtureEnsemble::new(whole.problem(), variance, &options).unwrap();
        let mut decided = 0;
        for (index, (a, b)) in with.runs(3, 0..40).into_iter().zip(without.runs(3, 0..40)).enumerate() {
            assert_eq!((&a.end, &a.at_horizon), (&b.end, &b.at_horizon), "{index}: {a:?} {b:?}");
            decided += usize::from(matches!(a.end, MixtureEnd::Decided { .. }));
        }
        assert_eq!(decided, 40);
    }
}

/// Each run against the trajectory of its start, by other tolerances and another search for the limit.
#[test]
fn runs_end_where_their_trajectories_do() {
    let tilted = Covariance::Full(vec![vec![1.5, 0.6], vec![0.6, 0.8]]);
    let flat = Covariance::Full(vec![vec![0.4, 0.0], vec![0.0, 2.0]]);
    let own = Rules { variance: VarianceRule::Own, ..Rules::FREE };
    let cases = [
        shaped(modes(), Rules::FREE, 2, vec![tilted, flat]),
        shaped(modes(), own, 2, vec![Covariance::Isotropic(0.5), Covariance::Isotropic(1.5)]),
    ];
    let mut lost = [0; 2];
    for case in &cases {
        let ensemble = ShapedEnsemble::new(case, &MixtureOptions::default()).unwrap();
        for index in 0..12 {
            let run = ensemble.run(9, index);
            let start = start_of(case, index);
            let integrator = Tsit5 { tolerances: Tolerances { relative: 1e-9, absolute: 1e-11 } };
            let options = Options {
                integrator: &integrator,
                cubature: CubatureOptions { tolerance: 1e-11, ..CubatureOptions::default() },
                times: &[0.0, 40.0],
                variance: 1.0,
                max_steps: 100_000,
                progress: &|_| true,
            };
            let limit = trajectory::follow_shaped(case, &start, &options).unwrap().limit.unwrap();
            assert_eq!(limit.status, LimitStatus::Equilibrium);
            let MixtureEnd::Decided { lost: ours, mechanism } = run.end else { panic!("{index}: {run:?}") };
            assert_eq!((ours.len(), mechanism), (limit.verdict.lost.len(), limit.verdict.mechanism), "{index}");
            lost[usize::from(!ours.is_empty())] += 1;
        }
    }
    assert!(lost[0] > 3 && lost[1] > 3, "{lost:?}");
}

/// The start of a draw: means in R^2 where a covariance is no multiple of I, in the frame of modes and means otherwise.
fn start_of(case: &ShapedProblem, index: u64) -> Coordinates {
    collapsar::montecarlo::draw_shaped(case, &mut collapsar::random::stream(9, index)).unwrap()
}

/// Light wide modes that heat makes the heaviest: annealing loses the heavy narrow one, and it does not where widths are equal.
#[test]
fn heat_loses_the_narrow_mode() {
    let rules = Rules { variance: VarianceRule::Own, ..Rules::FREE };
    let target = || Target::new(vec![vec![4.0], vec![-4.0]], vec![0.6, 0.4]).unwrap();
    let count = |hot: f64, variances: [f64; 2]| {
        let (schedule, start) = (Schedule::exponential(hot, 0.2).unwrap(), Start::gaussian(4, 1.0).unwrap());
        let plain = problem(target(), vec![0.5, 0.5], rules, schedule, start);
        let whole = ShapedProblem::new(plain, variances.map(Covariance::Isotropic).to_vec()).unwrap();
        let found = ShapedEnsemble::new(&whole, &MixtureOptions::default()).unwrap().estimate(5, 40);
        assert_eq!(found.any.undecided + found.any.failures, 0);
        (found.any.collapsed, found.lost_by_mode)
    };
    let (hot, by_mode) = count(30.0, [1.0, 2.0]);
    assert!(hot >= 38 && by_mode[0] >= 38, "{hot} {by_mode:?}");
    assert!(count(30.0, [1.0, 1.0]).0 <= 20);
    assert!(count(1.0, [1.0, 2.0]).0 <= 30);
}
