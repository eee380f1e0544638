//! Descent of mixtures of any shapes against the closed flow, against descent without shapes and against what is known.

use collapsar::adam::Adam;
use collapsar::montecarlo::{
    AdaptiveEnsemble, DescentOptions, Estimate, MixtureDescent, MixtureDescentOptions, MixtureOptions, Optimiser,
    ShapedDescent, ShapedEnsemble, Watching,
};
use collapsar_theory::{
    AdaptiveRule, Covariance, Family, Problem, Rules, Schedule, ShapedProblem, Start, Target, VarianceRule, WeightRule,
};
use rayon::prelude::*;

/// Standard errors between two counts.
fn apart(a: &Estimate, b: &Estimate) -> f64 {
    let (p, q, n, m) = (a.probability.unwrap(), b.probability.unwrap(), a.n as f64, b.n as f64);
    let pooled = ((p * n + q * m) / (n + m)).clamp(1e-3, 0.999);
    (p - q) / (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt()
}

fn problem(target: Target, rules: Rules, schedule: Schedule, d: usize) -> Problem {
    let family = Family::new(vec![0.5; 2], rules).unwrap();
    Problem::new(target, family, schedule, Start::gaussian(d, 1.0).unwrap()).unwrap()
}

fn options(step: f64, time: f64) -> DescentOptions {
    DescentOptions { batch: 128, step, steps: (time / step) as usize, ..DescentOptions::default() }
}

/// Covariances that are all I: the ends are those of the descent without shapes, in law.
#[test]
fn without_shapes_it_is_the_descent_of_plain_mixtures() {
    let schedule = Schedule::geometric(4.0, 4.0).unwrap();
    for (rules, optimiser) in [
        (Rules::FREE, Optimiser::Plain),
        (Rules { variance: VarianceRule::Trained, weights: WeightRule::Softmax, ..Rules::FREE }, Optimiser::Plain),
        (Rules { variance: VarianceRule::Trained, ..Rules::FREE }, Optimiser::Momentum { decay: 0.8 }),
        (Rules { variance: VarianceRule::Slaved, ..Rules::FREE }, Optimiser::Adam(Adam::default())),
    ] {
        let plain = problem(Target::pair(2.5, [0.5, 0.5]).unwrap(), rules, schedule.clone(), 3);
        let shaped = ShapedProblem::new(plain.clone(), vec![Covariance::Isotropic(1.0); 2]).unwrap();
        let options = DescentOptions { optimiser, ..options(0.05, 15.0) };
        let own = MixtureDescentOptions::default();
        let with = ShapedDescent::new(&shaped, options, own).unwrap().estimate(5, 300);
        let without = MixtureDescent::new(&plain, options, own).unwrap().estimate(6, 300);
        assert!(apart(&with, &without).abs() < 3.5, "{rules:?}: {with:?} {without:?}");
        assert_eq!(with.failures, 0);
    }
}

/// Components of full covariances on crossed ellipses in the plane, and on round modes in five dimensions: small steps with large
/// batches collapse as often as the closed flow.
#[test]
fn small_steps_follow_the_closed_flow() {
    let crossed = vec![
        Covariance::Full(vec![vec![2.0, 0.5], vec![0.5, 0.6]]),
        Covariance::Full(vec![vec![0.6, -0.3], vec![-0.3, 1.5]]),
    ];
    let round = vec![Covariance::Isotropic(1.0); 2];
    let (far, cooled) = (Target::pair(4.0, [0.5, 0.5]).unwrap(), Schedule::geometric(3.0, 3.0).unwrap());
    let target = Target::new(vec![vec![2.6, 0.4], vec![-2.4, -0.4]], vec![0.5, 0.5]).unwrap();
    for (target, covariances, variance, schedule, d) in [
        (target.clone(), crossed.clone(), VarianceRule::Own, cooled.clone(), 2),
        (target, crossed, VarianceRule::Full, cooled, 2),
        (far, round, VarianceRule::Full, Schedule::constant(1.0).unwrap(), 5),
    ] {
        let rules = Rules { variance, ..Rules::FREE };
        let plain = problem(target, rules, schedule, d);
        let shaped = ShapedProblem::new(plain, covariances).unwrap();
        let closed = ShapedEnsemble::new(&shaped, &MixtureOptions { horizon: Some(15.0), ..MixtureOptions::default() })
            .unwrap()
            .estimate(1, 100)
            .any;
        let options = DescentOptions { batch: 512, ..options(0.02, 15.0) };
        let descent = ShapedDescent::new(&shaped, options, MixtureDescentOptions::default()).unwrap().estimate(2, 100);
        assert!((0.05..0.6).contains(&closed.probability.unwrap()), "{closed:?}");
        assert!(apart(&descent, &closed).abs() < 3.5, "{variance:?}, {d}: {descent:?} {closed:?}");
        assert_eq!(descent.failures + descent.undecided, 0);
    }
}

/// One component of a full covariance in twelve dimensions arrives at the mode's own, by every optimiser, and keeps it.
#[test]
fn a_full_covariance_is_found() {
    let d = 12;
    let entry = |i: usize, j: usize| if i == j { 0.5 + 0.1 * i as f64 } else { 0.2 / (1.0 + i.abs_diff(j) as f64) };
    let wanted: Vec<Vec<f64>> = (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect();
    let target = Target::new(vec![vec![1.0; d]], vec![1.0]).unwrap();
    let family = Family::new(vec![1.0], Rules { variance: VarianceRule::Full, ..Rules::FREE }).unwrap();
    let start = Start::gaussian(d, 1.0).unwrap();
    let plain = Problem::new(target, family, Schedule::geometric(4.0, 3.0).unwrap(), start).unwrap();
    let shaped = ShapedProblem::new(plain, vec![Covariance::Full(wanted.clone())]).unwrap();
    // Adam's steps do not shrink with the gradient.
    for (optimiser, step, within) in [
        (Optimiser::Plain, 0.02, 0.03),
        (Optimiser::Momentum { decay: 0.9 }, 0.02, 0.03),
        (Optimiser::Adam(Adam::default()), 0.01, 0.1),
    ] {
        let options = DescentOptions { batch: 256, optimiser, ..options(step, 20.0) };
        let descent = ShapedDescent::new(&shaped, options, MixtureDescentOptions::default()).unwrap();
        let (means, covariances, _) = descent.fit(1, 0);
        assert!(means.iter().all(|m| (m - 1.0).abs() < within), "{optimiser:?}: {means:?}");
        // log q - log p is a constant at the optimum, so that the noise of the gradient with its score vanishes there.
        for (found, wanted) in covariances.iter().zip(wanted.iter().flatten()) {
            assert!((found - wanted).abs() < within, "{optimiser:?}: {found} {wanted}");
        }
        assert_eq!(descent.estimate(1, 1).recovered, 1);
    }
}

/// A rule that watches the fit: of one Gaussian Var log p is d/(2 beta^2) whatever its covariance, so that AdaAnn takes what it
/// takes a round one; of crossed ellipses what it takes the closed flow.
#[test]
fn rules_watch_the_samples() {
    let rule = AdaptiveRule::kl(4.0, 0.5, 1.0).unwrap();
    let watching = Some(Watching { rule, rest: Some(10) });
    let (d, hot) = (6, Schedule::constant(4.0).unwrap());
    let target = Target::new(vec![vec![0.0; d]], vec![1.0]).unwrap();
    let entry = |i: usize, j: usize| if i == j { 1.0 + 0.2 * i as f64 } else { 0.3 };
    let wide = Covariance::Full((0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect());
    let family = Family::new(vec![1.0], Rules { variance: VarianceRule::Full, ..Rules::FREE }).unwrap();
    let plain = Problem::new(target, family, hot.clone(), Start::gaussian(d, 0.1).unwrap()).unwrap();
    let shaped = ShapedProblem::new(plain, vec![wide]).unwrap();
    let options = DescentOptions { batch: 1024, watching, ..options(0.05, 40.0) };
    let own = MixtureDescentOptions::default();
    let (_, times) = ShapedDescent::new(&shaped, options, own).unwrap().cooled_while(1, 8, &|_| true).unwrap();
    let wanted = rule.gaussian_duration(d);
    assert!(times.warm == 0 && (times.mean.unwrap() - wanted).abs() <= 1.0, "{times:?} {wanted}");

    let target = Target::new(vec![vec![2.0, 0.4], vec![-2.0, -0.4]], vec![0.5, 0.5]).unwrap();
    let rules = Rules { variance: VarianceRule::Own, ..Rules::FREE };
    let narrow = Covariance::Full(vec![vec![0.6, -0.3], vec![-0.3, 1.5]]);
    let shaped = ShapedProblem::new(problem(target, rules, hot, 2), vec![Covariance::Isotropic(1.3), narrow]).unwrap();
    let closed = AdaptiveEnsemble::shaped(&shaped, rule, &MixtureOptions::default()).unwrap();
    let (_, flow) = closed.estimate_while(3, 30, &|_| true).unwrap();
    let (_, counted) = ShapedDescent::new(&shaped, options, own).unwrap().cooled_while(4, 30, &|_| true).unwrap();
    assert!((flow.mean.unwrap() - counted.mean.unwrap()).abs() < 0.6, "{flow:?} {counted:?}");
}

/// The fit is a function of seed and index, whatever runs beside it.
#[test]
fn a_run_is_a_function_of_its_seed() {
    let rules = Rules { variance: VarianceRule::Full, ..Rules::FREE };
    let plain = problem(Target::pair(2.0, [0.6, 0.4]).unwrap(), rules, Schedule::geometric(3.0, 2.0).unwrap(), 5);
    let shaped = ShapedProblem::new(plain, vec![Covariance::Isotropic(0.7), Covariance::Isotropic(1.3)]).unwrap();
    let descent = ShapedDescent::new(&shaped, options(0.05, 5.0), MixtureDescentOptions::default()).unwrap();
    let alone = descent.fit(3, 7);
    let all: Vec<_> = (0..8u64).into_par_iter().map(|index| descent.fit(3, index)).collect();
    assert_eq!(all[7], alone);
    assert_ne!(all[6], alone);
}
