//! Ensembles of the mixture flow: agreement with the pairs and with full means, purity, weights, symmetries, mechanisms.

#[path = "mixtures/full_space.rs"]
mod full_space;
#[path = "mixtures/shapes.rs"]
mod shapes;
#[path = "mixtures/weights.rs"]
mod weights;

use collapsar::montecarlo::{
    EnsembleOptions, FreeEnsemble, FreeStart, MixtureEnd, MixtureEnsemble, MixtureOptions, MixtureTally,
    SphereEnsemble, SphereStart, Tally,
};
use collapsar::trajectory::Mechanism;
use collapsar_theory::{Family, Metric, Pair, Problem, Rules, Schedule, Start, Target, VarianceRule, WeightRule};

const TRAINED: Rules = Rules { weights: WeightRule::FisherRao, ..Rules::FREE };

fn problem(target: Target, weights: Vec<f64>, rules: Rules, schedule: Schedule, start: Start) -> Problem {
    Problem::new(target, Family::new(weights, rules).unwrap(), schedule, start).unwrap()
}

/// The free pair with the given rules and schedule.
fn free_pair(rules: Rules, schedule: Schedule, d: usize) -> Problem {
    let target = Target::pair(3.0, [0.5, 0.5]).unwrap();
    problem(target, vec![0.5, 0.5], rules, schedule, Start::gaussian(d, 1.0).unwrap())
}

fn tally(problem: &Problem, options: &MixtureOptions, seed: u64, n: u64) -> MixtureTally {
    let hot = problem.schedule().initial_temperature();
    MixtureEnsemble::new(problem, hot, options).unwrap().tally(seed, 0..n)
}

/// Difference of two frequencies in standard errors.
fn two_sample(a: Tally, b: Tally) -> f64 {
    assert_eq!((a.undecided + a.failures, b.undecided + b.failures), (0, 0));
    let (n, m) = (a.total() as f64, b.total() as f64);
    let (p, q) = (a.collapsed as f64 / n, b.collapsed as f64 / m);
    let pooled = (a.collapsed + b.collapsed) as f64 / (n + m);
    (p - q) / (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt()
}

/// Four standard errors: 6 false alarms in 10^5.
const SIGMAS: f64 = 4.0;

#[test]
fn free_pairs_are_counted_as_by_their_own_ensemble() {
    for (d, n) in [(1, 3000), (3, 1000), (100, 500)] {
        let problem = free_pair(Rules::FREE, Schedule::exponential(5.0, 0.3).unwrap(), d);
        let counted = tally(&problem, &MixtureOptions::default(), 3, n);
        // Two equal components that share a mode: nothing else loses one here.
        assert_eq!(counted.mechanisms[1], counted.lost_any().collapsed);
        let Pair::Free(pair) = Pair::of(&problem).unwrap() else { panic!("a free pair") };
        let start = FreeStart::new(d, 1.0).unwrap();
        let own = FreeEnsemble::new(pair, problem.schedule(), start, &EnsembleOptions::default()).unwrap();
        let z = two_sample(counted.lost_any(), own.tally(4, 0..200_000));
        assert!(z.abs() < SIGMAS, "d = {d}: z = {z}, {counted:?}");
    }
}

/// By boundary bisection and quadrature outside this project; d = 1, sigma = 1.
#[test]
fn exact_probabilities_are_met() {
    for (hot, rate, exact, n) in [(1.0, 1.0, 0.307_645_17f64, 2000), (5.0, 0.3, 0.119_156_14, 4000)] {
        let problem = free_pair(Rules::FREE, Schedule::exponential(hot, rate).unwrap(), 1);
        let counted = tally(&problem, &MixtureOptions::default(), 5, n).lost_any();
        let z = (counted.collapsed as f64 / n as f64 - exact) / (exact * (1.0 - exact) / n as f64).sqrt();
        assert!(z.abs() < SIGMAS && counted.undecided == 0, "T0 = {hot}: z = {z}, {counted:?}");
    }
}

#[test]
fn sphere_pairs_are_counted_as_by_their_own_ensemble() {
    for variance in [VarianceRule::Slaved, VarianceRule::Trained] {
        let rules = Rules { variance, ..Rules::PAPER };
        let target = Target::pair(3.0, [0.8, 0.2]).unwrap();
        let schedule = Schedule::geometric(90.0, 15.0).unwrap();
        let problem = problem(target, vec![0.5, 0.5], rules, schedule, Start::sphere(512).unwrap());
        let counted = tally(&problem, &MixtureOptions::default(), 3, 600).lost_any();
        let Pair::Sphere(pair) = Pair::of(&problem).unwrap() else { panic!("a sphere pair") };
        let start = SphereStart::new(512).unwrap();
        let own = SphereEnsemble::new(pair, problem.schedule(), start, &EnsembleOptions::default()).unwrap();
        // The ensemble's lagging variance is that of d = infinity: 1/512 is far below the counting error.
        let z = two_sample(counted, own.tally(4, 0..100_000));
        assert!(z.abs() < SIGMAS, "{variance:?}: z = {z}, {counted:?}");
    }
}

#[test]
fn the_same_bits_whatever_the_threads() {
    let problem = free_pair(TRAINED, Schedule::exponential(5.0, 0.3).unwrap(), 3);
    let ensemble = MixtureEnsemble::new(&problem, 1.0, &MixtureOptions::default()).unwrap();
    let pool = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let serial: Vec<_> = (0..200).map(|index| ensemble.run(11, index)).collect();
    for threads in [1, 2, 7] {
        let (runs, tally) = pool(threads).install(|| (ensemble.runs(11, 0..200), ensemble.tally(11, 0..200)));
        assert_eq!(runs, serial, "{threads} threads");
        let mut counted = MixtureTally::new(2);
        serial.iter().for_each(|run| counted.count(run));
        assert_eq!(tally, counted);
        assert_eq!(ensemble.tally(11, 0..60) + ensemble.tally(11, 60..200), counted);
    }
    assert_ne!(ensemble.runs(12, 0..200), serial);
    let none = ensemble.estimate(11, 0);
    assert!(none.any.n == 0 && none.any.probability.is_none() && (none.any.low, none.any.high) == (0.0, 1.0));
    assert!(none.mechanisms.iter().all(|m| (m.count, m.low, m.high) == (0, 0.0, 1.0)));
}

/// Modes in another order, and the mirrored target: the same law under other names.
#[test]
fn permutations_and_reflections_permute_the_tallies() {
    const N: u64 = 1500;
    let count = |modes: [f64; 2], targets: [f64; 2], seed: u64| {
        let target = Target::new(modes.map(|m| vec![m]).to_vec(), targets.to_vec()).unwrap();
        let start = Start::gaussian(1, 1.0).unwrap();
        let schedule = Schedule::exponential(5.0, 0.3).unwrap();
        tally(&problem(target, vec![0.5, 0.5], Rules::FREE, schedule, start), &MixtureOptions::default(), seed, N)
    };
    let as_tally = |lost: u64| Tally { collapsed: lost, recovered: N - lost, ..Tally::default() };
    let (plain, permuted, mirrored) =
        (count([3.0, -3.0], [0.6, 0.4], 1), count([-3.0, 3.0], [0.4, 0.6], 2), count([-3.0, 3.0], [0.6, 0.4], 3));
    for mode in 0..2 {
        let lost = as_tally(plain.lost_by_mode[mode]);
        assert!(two_sample(lost, as_tally(permuted.lost_by_mode[1 - mode])).abs() < SIGMAS, "{plain:?} {permuted:?}");
        assert!(two_sample(lost, as_tally(mirrored.lost_by_mode[mode])).abs() < SIGMAS, "{plain:?} {mirrored:?}");
    }
    // The heavy mode wins more often.
    assert!(plain.lost_by_mode[1] > plain.lost_by_mode[0]);
}

/// One run of each mechanism that the start cannot avoid.
#[test]
fn mechanisms_are_told_apart() {
    let line = |modes: &[f64]| {
        Target::new(modes.iter().map(|&m| vec![m]).collect(), vec![1.0 / modes.len() as f64; modes.len()]).unwrap()
    };
    let natural = Rules { metric: Metric::Natural, ..Rules::FREE };
    let cold = || Schedule::constant(1.0).unwrap();
    let start = || Start::gaussian(1, 3.0).unwrap();
    let few = problem(line(&[-6.0, 0.0, 6.0]), vec![0.5, 0.5], natural, cold(), start());
    let light = problem(line(&[-3.0, 3.0]), vec![0.9995, 0.0005], natural, cold(), start());
    let seen = |problem: &Problem, wanted: Mechanism| {
        let ensemble = MixtureEnsemble::new(problem, 1.0, &MixtureOptions::default()).unwrap();
        let found = ensemble.runs(1, 0..50).into_iter().filter_map(|run| match run.end {
            MixtureEnd::Decided { lost, mechanism } => {
                assert_eq!(lost.is_empty(), mechanism == Mechanism::None);
                Some(mechanism)
            }
            _ => None,
        });
        found.filter(|&mechanism| mechanism == wanted).count()
    };
    assert!(seen(&few, Mechanism::TooFewComponents) > 10);
    assert!(seen(&light, Mechanism::VanishingWeight) > 10);
    assert_eq!(seen(&few, Mechanism::None) + seen(&light, Mechanism::None), 0);
}

/// A draw is asked for its end alone: the default's steps lead where steps of a thousandth of the error do.
#[test]
fn ends_are_those_of_finer_steps() {
    let modes = vec![vec![3.0, 0.0], vec![-1.5, 2.6], vec![-1.5, -2.6]];
    let target = Target::new(modes, vec![0.5, 0.3, 0.2]).unwrap();
    let schedule = Schedule::exponential(5.0, 0.3).unwrap();
    for (rules, horizon) in [(Rules::FREE, None), (TRAINED, Some(60.0))] {
        let start = Start::gaussian(2, 1.0).unwrap();
        let problem = problem(target.clone(), vec![1.0 / 3.0; 3], rules, schedule.clone(), start);
        let ends = |relative: f64| -> Vec<MixtureEnd> {
            let options = MixtureOptions { relative, horizon, ..MixtureOptions::default() };
            let ensemble = MixtureEnsemble::new(&problem, 5.0, &options).unwrap();
            ensemble.runs(4, 0..96).into_iter().map(|run| run.end).collect()
        };
        let found = ends(MixtureOptions::default().relative);
        assert_eq!(found, ends(1e-8), "{rules:?}");
        if horizon.is_none() {
            let whole = found.iter().filter(|end| matches!(end, MixtureEnd::Decided { lost, .. } if lost.is_empty()));
            assert!((20..76).contains(&whole.count()), "{found:?}");
        }
    }
}

#[test]
fn a_horizon_classifies_and_impatience_does_not_guess() {
    let problem = free_pair(Rules::FREE, Schedule::constant(1.0).unwrap(), 1);
    let with = |options: MixtureOptions| tally(&problem, &options, 1, 200);
    let late = with(MixtureOptions { horizon: Some(2000.0), ..MixtureOptions::default() });
    assert_eq!(late, with(MixtureOptions::default()));
    let impatient = with(MixtureOptions { patience: 0.0, ..MixtureOptions::default() });
    assert_eq!((impatient.undecided, impatient.failures), (200, 0));
    let refused = |options| MixtureEnsemble::new(&problem, 1.0, &options).err().unwrap().to_string();
    assert!(refused(MixtureOptions { threshold: 1.0, ..MixtureOptions::default() }).contains("`threshold` is 1"));
    assert!(refused(MixtureOptions { relative: 0.0, ..MixtureOptions::default() }).contains("`relative` is 0"));
    let explicit = problem.with_start(Start::means(vec![vec![1.0], vec![2.0]]).unwrap()).unwrap();
    assert!(MixtureEnsemble::new(&explicit, 1.0, &MixtureOptions::default()).is_err());
}
