//! Schedules that watch the fit, through every level: the closed flow, and descent by its batches.

use collapsar::montecarlo::{
    AdaptiveEnsemble, AdaptivePair, Descent, DescentOptions, EnsembleOptions, MixtureDescent, MixtureDescentOptions,
    MixtureEnsemble, MixtureOptions, ShapedEnsemble, SphereStart, Watching,
};
use collapsar::probability::{Limits, SphereBoundary, sphere_probability};
use collapsar_theory::{
    AdaptiveRule, Covariance, Family, Pair, Problem, Rules, Schedule, ShapedProblem, Start, Target, Tempering,
    VarianceRule,
};

use crate::pool;

const SLAVED: Rules = Rules { variance: VarianceRule::Slaved, ..Rules::PAPER };

fn sphere(separation: f64, d: usize, rules: Rules, schedule: Schedule) -> Problem {
    let target = Target::pair(separation, [0.8, 0.2]).unwrap();
    let family = Family::new(vec![0.5, 0.5], rules).unwrap();
    Problem::new(target, family, schedule, Start::sphere(d).unwrap()).unwrap()
}

fn hot(t0: f64) -> Schedule {
    Schedule::constant(t0).unwrap()
}

fn kl(t0: f64, tau: f64, interval: f64) -> AdaptiveRule {
    AdaptiveRule::kl(t0, tau, interval).unwrap()
}

fn ess(t0: f64, kappa: f64, interval: f64) -> AdaptiveRule {
    AdaptiveRule::ess(t0, kappa, interval, false).unwrap()
}

/// Modes that lie together are one Gaussian, and the flow keeps its variance at 1/beta: both rules are geometric with the ratio of
/// theory (39).
#[test]
fn one_gaussian_is_cooled_geometrically() {
    for d in [2, 8, 512, 10_000] {
        for rule in [kl(90.0, 0.7, 0.5), ess(90.0, 0.6, 0.5)] {
            let problem = sphere(1e-6, d, SLAVED, hot(90.0));
            let ensemble = AdaptiveEnsemble::new(&problem, rule, &MixtureOptions::default()).unwrap();
            let cooled = ensemble.cool(1, 0).unwrap();
            let expected = rule.gaussian_ratio(d);
            let betas: Vec<f64> = cooled.changes.iter().map(|change| change.1).collect();
            assert!(betas.len() > 5);
            for pair in betas[..betas.len() - 1].windows(2) {
                assert!((pair[1] / pair[0] / expected - 1.0).abs() < 1e-10, "{d} {rule:?}: {pair:?} {expected}");
            }
            assert_eq!((cooled.time, cooled.beta()), (rule.gaussian_duration(d), 1.0));
        }
    }
}

/// Each run ends as the ensemble of the table that it has followed says of the same draw: another integrator, in lanes, that knows
/// the temperatures beforehand.
#[test]
fn a_run_is_that_of_its_own_table() {
    let problem = |schedule| sphere(3.0, 8, SLAVED, schedule);
    let warm = problem(hot(60.0));
    for rule in [kl(60.0, 0.5, 0.5), ess(60.0, 0.7, 0.5)] {
        let ensemble = AdaptiveEnsemble::new(&warm, rule, &MixtureOptions::default()).unwrap();
        for index in 0..4 {
            let (run, time) = ensemble.run(7, index);
            let cooled = ensemble.cool(7, index).unwrap();
            assert_eq!(time, Some(cooled.time));
            let table = cooled.schedule().unwrap();
            assert_eq!((table.temperature(0.2), table.final_temperature()), (60.0, 1.0));
            let known = problem(table);
            let other = MixtureEnsemble::new(&known, known.initial_variance(), &MixtureOptions::default()).unwrap();
            assert_eq!(run.end, other.run(7, index).end, "{rule:?} {index}");
        }
    }
}

/// In many dimensions all runs have one schedule, so that P_c is the exact value under the table of any of them.
#[test]
fn counted_is_what_the_exact_route_says_of_a_typical_table() {
    let problem = sphere(3.0, 512, SLAVED, hot(60.0));
    let rule = kl(60.0, 2.5, 0.5);
    let ensemble = AdaptiveEnsemble::new(&problem, rule, &MixtureOptions::default()).unwrap();
    let tables = [0, 1].map(|index| ensemble.cool(3, index).unwrap().schedule().unwrap());
    for t in [1.3, 5.2, 9.7] {
        assert!((tables[0].beta(t) / tables[1].beta(t) - 1.0).abs() < 0.02);
    }
    let Pair::Sphere(pair) = Pair::of(&problem).unwrap() else { panic!("a sphere pair") };
    let boundary = SphereBoundary::new(pair, &tables[0], Limits::default()).unwrap();
    let exact = sphere_probability(&boundary, 512, 3e-3).value;
    let pairs = AdaptivePair::new(&problem, rule, &EnsembleOptions::default()).unwrap();
    let (counted, cooling) = pairs.estimate_while(3, 2000, &|_| true).unwrap();
    println!("exact {exact}, counted {:?} in [{}, {}]", counted.probability, counted.low, counted.high);
    // 3.3 standard errors: one false alarm in a thousand.
    let error = (exact * (1.0 - exact) / 2000.0).sqrt();
    assert!((counted.probability.unwrap() - exact).abs() < 3.3 * error, "{exact} {counted:?}");
    assert!(exact > 0.05 && exact < 0.95, "{exact}");
    assert_eq!(cooling.warm, 0);
    assert!(cooling.least <= cooling.mean && cooling.mean <= cooling.most && cooling.most.unwrap() > 0.0);
}

/// Descent of large batches cools as its flow does, and collapses as often.
#[test]
fn descent_watches_its_batches() {
    let problem = sphere(3.0, 8, SLAVED, hot(40.0));
    let rule = kl(40.0, 0.6, 0.5);
    let ensemble = AdaptivePair::new(&problem, rule, &EnsembleOptions::default()).unwrap();
    let (flow, times) = ensemble.estimate_while(5, 2000, &|_| true).unwrap();
    let Pair::Sphere(pair) = Pair::of(&problem).unwrap() else { panic!("a sphere pair") };
    let schedule = hot(40.0);
    let watching = Some(Watching { rule, rest: Some(200) });
    let options = DescentOptions { batch: 512, step: 0.05, steps: 4000, watching, ..DescentOptions::default() };
    let descent = Descent::sphere(pair, &schedule, SphereStart::new(8).unwrap(), options).unwrap();
    let (counted, cooled) = descent.cooled_while(5, 300, &|_| true).unwrap();
    let mixture = MixtureDescent::new(&problem, options, MixtureDescentOptions::default()).unwrap();
    let (general, cooled_too) = mixture.cooled_while(6, 100, &|_| true).unwrap();
    println!("flow {:?} {times:?}", flow.probability);
    println!("descent {:?} {cooled:?}, mixture {:?} {cooled_too:?}", counted.probability, general.probability);
    for found in [cooled, cooled_too] {
        assert_eq!(found.warm, 0);
        // An interval is 0.5; batches of 512 err by some percent in each of its changes.
        assert!((found.mean.unwrap() - times.mean.unwrap()).abs() < 0.6, "{found:?} {times:?}");
    }
    let p = flow.probability.unwrap();
    for (found, n) in [(counted.probability.unwrap(), 300.0), (general.probability.unwrap(), 100.0)] {
        // 3.3 standard errors of the difference, and 0.04 for noise and step.
        let error = (p * (1.0 - p) * (1.0 / n + 1.0 / 2000.0)).sqrt();
        assert!((found - p).abs() < 3.3 * error + 0.04, "{found} {p}");
    }
    assert!(p > 0.05, "{p}");
}

/// The pairs' own kernels and the general flow: two implementations of one law of runs.
#[test]
fn pairs_and_mixtures_cool_alike() {
    let free = |d: usize| {
        let (target, start) = (Target::pair(2.0, [0.6, 0.4]).unwrap(), Start::gaussian(d, 1.0).unwrap());
        Problem::new(target, Family::new(vec![0.5, 0.5], Rules::FREE).unwrap(), hot(9.0), start).unwrap()
    };
    let trained = sphere(3.0, 64, Rules::PAPER, hot(40.0));
    for (problem, rule) in [
        (sphere(3.0, 8, SLAVED, hot(40.0)), kl(40.0, 0.6, 0.5)),
        (trained, kl(40.0, 1.5, 0.5)),
        (free(1), ess(9.0, 0.9, 0.5)),
        (free(1), kl(9.0, 0.1, 0.5)),
    ] {
        let pair = AdaptivePair::new(&problem, rule, &EnsembleOptions::default()).unwrap();
        let ensemble = AdaptiveEnsemble::new(&problem, rule, &MixtureOptions::default()).unwrap();
        let (n, m) = (1000, 120);
        let (fast, times) = pair.estimate_while(5, n, &|_| true).unwrap();
        let (slow, others) = ensemble.estimate_while(6, m, &|_| true).unwrap();
        let (p, q) = (fast.probability.unwrap(), slow.any.probability.unwrap());
        println!("{p} {q}, {times:?} {others:?}");
        // 3.3 standard errors of the difference; the mean times of few runs differ by a part of an interval.
        let error = (p.max(0.02) * (1.0 - p) * (1.0 / n as f64 + 1.0 / m as f64)).sqrt();
        assert!((p - q).abs() < 3.3 * error, "{p} {q}");
        let (a, b) = (times.mean.unwrap(), others.mean.unwrap());
        assert!((a - b).abs() < 0.2 && times.warm == 0, "{a} {b}");
        // Few runs are the earliest or the latest; an interval is 0.5.
        assert!((times.least.unwrap() - others.least.unwrap()).abs() < 1.1, "{times:?} {others:?}");
        assert!((times.most.unwrap() - others.most.unwrap()).abs() < 1.1, "{times:?} {others:?}");
    }
}

/// In more dimensions log p sees what free means share across the axis, of which the pair's three statistics do not know.
#[test]
fn free_pairs_of_more_dimensions_are_followed_whole() {
    let (target, start) = (Target::pair(2.0, [0.6, 0.4]).unwrap(), Start::gaussian(5, 1.0).unwrap());
    let problem = Problem::new(target, Family::new(vec![0.5, 0.5], Rules::FREE).unwrap(), hot(9.0), start).unwrap();
    let error = AdaptivePair::new(&problem, kl(9.0, 0.2, 0.5), &EnsembleOptions::default()).err().unwrap();
    assert!(error.to_string().contains("`start.dimension` is 5"), "{error}");
    let ensemble = AdaptiveEnsemble::new(&problem, kl(9.0, 0.2, 0.5), &MixtureOptions::default()).unwrap();
    let descent = MixtureDescent::new(
        &problem,
        DescentOptions {
            batch: 512,
            step: 0.05,
            steps: 2000,
            watching: Some(Watching { rule: kl(9.0, 0.2, 0.5), rest: Some(100) }),
            ..DescentOptions::default()
        },
        MixtureDescentOptions::default(),
    );
    let (_, flow) = ensemble.estimate_while(5, 60, &|_| true).unwrap();
    let (_, counted) = descent.unwrap().cooled_while(5, 60, &|_| true).unwrap();
    println!("{flow:?} {counted:?}");
    // Times spread by half an interval, 0.25, over 60 runs each; the pair's statistics would be 0.6 too early.
    assert!((flow.mean.unwrap() - counted.mean.unwrap()).abs() < 0.35, "{flow:?} {counted:?}");
}

/// Three components on three modes in the plane.
fn three_modes(d: usize, variance: VarianceRule, schedule: Schedule) -> Problem {
    let modes = vec![vec![3.5, 0.0], vec![-1.75, 3.0], vec![-1.75, -3.0]];
    let target = Target::new(modes, vec![0.4, 0.35, 0.25]).unwrap();
    let family = Family::new(vec![1.0 / 3.0; 3], Rules { variance, ..Rules::FREE }).unwrap();
    Problem::new(target, family, schedule, Start::gaussian(d, 1.0).unwrap()).unwrap()
}

/// One mode, of any variance, is a Gaussian too: theory (39) for three components, by the flow of shapes as well.
#[test]
fn one_mode_is_cooled_geometrically() {
    let rules = Rules { variance: VarianceRule::Slaved, ..Rules::FREE };
    for d in [2, 8, 512] {
        let family = Family::new(vec![1.0 / 3.0; 3], rules).unwrap();
        let target = Target::new(vec![vec![0.0, 0.0]], vec![1.0]).unwrap();
        let problem = Problem::new(target, family, hot(90.0), Start::gaussian(d, 1e-7).unwrap()).unwrap();
        let shaped = ShapedProblem::new(problem.clone(), vec![Covariance::Isotropic(1.0)]).unwrap();
        for rule in [kl(90.0, 0.7, 0.5), ess(90.0, 0.6, 0.5)] {
            let one = AdaptiveEnsemble::new(&problem, rule, &MixtureOptions::default()).unwrap().cool(1, 0).unwrap();
            let other =
                AdaptiveEnsemble::shaped(&shaped, rule, &MixtureOptions::default()).unwrap().cool(1, 0).unwrap();
            for cooled in [one, other] {
                let betas: Vec<f64> = cooled.changes.iter().map(|change| change.1).collect();
                for pair in betas[..betas.len() - 1].windows(2) {
                    assert!((pair[1] / pair[0] / rule.gaussian_ratio(d) - 1.0).abs() < 1e-10, "{d} {rule:?}: {pair:?}");
                }
                assert_eq!((cooled.time, cooled.beta()), (rule.gaussian_duration(d), 1.0));
            }
        }
    }
}

/// Three modes, three components: a run ends as another integrator says that knows its temperatures beforehand, and descent by
/// its batches takes the same time.
#[test]
fn three_modes_cool_by_what_they_see() {
    let problem = |schedule| three_modes(3, VarianceRule::Unit, schedule);
    let warm = problem(hot(12.0));
    for rule in [kl(12.0, 0.2, 0.5), ess(12.0, 0.9, 0.5)] {
        let ensemble = AdaptiveEnsemble::new(&warm, rule, &MixtureOptions::default()).unwrap();
        for index in 0..2 {
            let (run, time) = ensemble.run(7, index);
            let cooled = ensemble.cool(7, index).unwrap();
            assert_eq!(time, Some(cooled.time));
            let known = problem(cooled.schedule().unwrap());
            let other = MixtureEnsemble::new(&known, warm.initial_variance(), &MixtureOptions::default()).unwrap();
            assert_eq!(run.end, other.run(7, index).end, "{rule:?} {index}");
        }
    }
    let rule = kl(12.0, 0.2, 0.5);
    let watching = Some(Watching { rule, rest: Some(10) });
    let options = DescentOptions { batch: 256, step: 0.05, steps: 2000, watching, ..DescentOptions::default() };
    let descent = MixtureDescent::new(&warm, options, MixtureDescentOptions::default()).unwrap();
    let (_, counted) = descent.cooled_while(5, 16, &|_| true).unwrap();
    let ensemble = AdaptiveEnsemble::new(&warm, rule, &MixtureOptions::default()).unwrap();
    let times: Vec<f64> = (0..16).map(|index| ensemble.cool(5, index).unwrap().time).collect();
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    println!("{mean} {counted:?}");
    assert!((counted.mean.unwrap() - mean).abs() < 0.4, "{mean} {counted:?}");
}

/// Crossed modes and variances of the components' own, followed as the table of the same run is.
#[test]
fn shapes_cool_by_what_they_see() {
    let problem = |schedule| {
        let target = Target::new(vec![vec![2.5, 0.0], vec![-2.5, 0.0]], vec![0.6, 0.4]).unwrap();
        let family = Family::new(vec![0.5, 0.5], Rules { variance: VarianceRule::Own, ..Rules::FREE }).unwrap();
        let problem = Problem::new(target, family, schedule, Start::gaussian(2, 1.0).unwrap()).unwrap();
        let long = Covariance::Full(vec![vec![1.0, 0.5], vec![0.5, 1.0]]);
        let shaped = ShapedProblem::new(problem, vec![long, Covariance::Isotropic(0.6)]).unwrap();
        shaped.with_initial_variances(vec![4.0, 4.0]).unwrap()
    };
    let warm = problem(hot(6.0));
    for rule in [kl(6.0, 0.4, 0.5), ess(6.0, 0.85, 0.5)] {
        let ensemble = AdaptiveEnsemble::shaped(&warm, rule, &MixtureOptions::default()).unwrap();
        let (run, time) = ensemble.run(7, 0);
        let cooled = ensemble.cool(7, 0).unwrap();
        assert_eq!(time, Some(cooled.time));
        assert!(cooled.changes.len() > 4, "{cooled:?}");
        let known = problem(cooled.schedule().unwrap());
        let other = ShapedEnsemble::new(&known, &MixtureOptions::default()).unwrap();
        assert_eq!(run.end, other.run(7, 0).end, "{rule:?}");
    }
}

/// What is counted does not depend on the threads, and a horizon is kept.
#[test]
fn counts_are_pure_and_horizons_are_kept() {
    let problem = sphere(3.0, 8, SLAVED, hot(40.0));
    let rule = kl(40.0, 0.6, 0.5);
    let count = |threads: usize, horizon: Option<f64>| {
        let options = MixtureOptions { horizon, ..MixtureOptions::default() };
        let ensemble = AdaptiveEnsemble::new(&problem, rule, &options).unwrap();
        pool(threads).install(|| ensemble.estimate_while(5, 40, &|_| true).unwrap())
    };
    assert_eq!(count(1, None), count(3, None));
    let (early, cooling) = count(1, Some(2.0));
    assert_eq!((cooling.warm, cooling.mean, early.any.undecided), (40, None, 0), "none is cold at t = 2");
    let (late, cooling) = count(1, Some(60.0));
    assert_eq!((cooling.warm, late.any.undecided), (0, 0));
    assert!(late.definition.contains("at t = 60"));
    // Nothing is cooled from T0 = 1.
    let cold = sphere(3.0, 8, SLAVED, hot(1.0));
    let ensemble = AdaptiveEnsemble::new(&cold, kl(1.0, 0.6, 0.5), &MixtureOptions::default()).unwrap();
    assert_eq!(ensemble.run(5, 0).1, Some(0.0));
}

#[test]
fn what_has_no_closed_average_is_refused() {
    let refuse = |target: Target, rules: Rules, rule| {
        let family = Family::new(vec![0.5, 0.5], rules).unwrap();
        let problem = Problem::new(target, family, hot(9.0), Start::gaussian(3, 1.0).unwrap()).unwrap();
        AdaptiveEnsemble::new(&problem, rule, &MixtureOptions::default()).err().unwrap().to_string()
    };
    let pair = Target::pair(3.0, [0.5, 0.5]).unwrap();
    let pairs = AdaptivePair::new(
        &three_modes(2, VarianceRule::Unit, hot(9.0)),
        kl(9.0, 0.5, 0.5),
        &EnsembleOptions::default(),
    );
    assert!(pairs.is_err());
    let corrected = AdaptiveRule::ess(9.0, 0.5, 0.5, true).unwrap();
    assert!(refuse(pair.clone(), Rules::FREE, corrected).contains("`corrected` is true"));
    let modes = Rules { tempering: Tempering::Modes, ..Rules::FREE };
    assert!(refuse(pair, modes, kl(9.0, 0.5, 0.5)).contains("must be \"density\""));
}
