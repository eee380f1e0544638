//! Where a variance starts and the metric of the family, by routes that share nothing.

use collapsar::montecarlo::{
    Descent, DescentOptions, EnsembleOptions, FreeStart, MixtureEnsemble, MixtureOptions, SphereEnsemble, SphereStart,
};
use collapsar::probability::{FreeBoundary, Limits, SphereBoundary, free_probability, sphere_probability};
use collapsar_theory::{
    Family, FreePair, FreePairOptions, Metric, Pair, Problem, Rules, Schedule, Start, Target, VarianceRule,
    broad_start_exponent,
};

use super::z;

/// A trained variance that starts elsewhere than at T0: quadrature, the pair's ensemble, and the flow of any mixture, which
/// knows nothing of the pair.
#[test]
fn a_trained_variance_starts_where_it_is_told() {
    let schedule = Schedule::geometric(20.0, 15.0).unwrap();
    let mut values = Vec::new();
    for variance in [1.0, 300.0] {
        let target = Target::pair(3.0, [0.8, 0.2]).unwrap();
        let family = Family::new(vec![0.5; 2], Rules::PAPER).unwrap();
        let start = Start::sphere(512).unwrap();
        let problem = Problem::new(target, family, schedule.clone(), start).unwrap();
        let problem = problem.with_initial_variance(variance).unwrap();
        let Ok(Pair::Sphere(pair)) = Pair::of(&problem) else { panic!("a sphere pair") };
        let boundary = SphereBoundary::new(pair, &schedule, Limits::for_tolerance(1e-3)).unwrap();
        let exact = sphere_probability(&boundary, 512, 1e-3).value;
        let start = SphereStart::new(512).unwrap();
        let ensemble = SphereEnsemble::new(pair, &schedule, start, &EnsembleOptions::default()).unwrap();
        let counted = ensemble.estimate(5, 20_000);
        let mixture = MixtureEnsemble::new(&problem, problem.initial_variance(), &MixtureOptions::default()).unwrap();
        let general = mixture.estimate(5, 128).any;
        let (fast, general) = (z(&counted, exact), z(&general, exact));
        assert!(fast.abs() < 4.5 && general.abs() < 4.5, "var(0) = {variance}: {exact} {fast} {general}");
        values.push(exact);
    }
    assert!(values[1] > values[0] + 0.1, "{values:?}");
}

/// The natural metric moves each mean 1/w_i = 2 times as fast: descent follows its flow, not the Euclidean one.
#[test]
fn descent_moves_in_the_metric_of_the_family() {
    let schedule = Schedule::geometric(9.0, 4.0).unwrap();
    let counted = [Metric::Euclidean, Metric::Natural].map(|metric| {
        let pair = FreePair::new(FreePairOptions { metric, ..FreePairOptions::default() }).unwrap();
        let start = FreeStart::new(3, 1.0).unwrap();
        let boundary = FreeBoundary::new(pair, &schedule, Limits::for_tolerance(1e-3)).unwrap();
        let exact = free_probability(&boundary, 3, 1.0, 1e-3).value;
        let options = DescentOptions { batch: 512, step: 0.02, steps: 700, ..DescentOptions::default() };
        let estimate = Descent::free(pair, &schedule, start, options).unwrap().estimate(3, 2000);
        assert!(z(&estimate, exact).abs() < 4.5, "{metric:?}: {exact} {:?}", estimate.probability);
        estimate.probability.unwrap()
    });
    assert!(counted[0] > counted[1] + 0.02, "{counted:?}");
}

/// Theory (25)-(26): at var(0) >> R^2 only the scale over the root of var(0) matters, and P_c falls with its power.
#[test]
fn a_broad_start_is_a_small_start() {
    let count = |scale: f64, variance: f64| {
        let target = Target::pair(3.0, [0.5, 0.5]).unwrap();
        let family = Family::new(vec![0.5; 2], Rules { variance: VarianceRule::Trained, ..Rules::FREE }).unwrap();
        let start = Start::gaussian(10, scale).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
        let options = MixtureOptions { horizon: Some(100.0), ..MixtureOptions::default() };
        MixtureEnsemble::new(&problem, variance, &options).unwrap().estimate(7, 20_000).any.probability.unwrap()
    };
    let [narrow, broad, small] = [(1.0, 1e4), (1.0, 1e6), (0.1, 1e4)].map(|(scale, var)| count(scale, var));
    let error = (2.0 * broad / 20_000.0).sqrt();
    assert!((small - broad).abs() < 3.5 * error, "{small} {broad}");
    // Between two broad starts: 0.02 of the exponent are the next order in R/sqrt(var).
    let exponent = (narrow / broad).ln() / 100f64.ln();
    let expected = broad_start_exponent(3.0, 10.0).unwrap() / 2.0;
    let error = (1.0 / (20_000.0 * broad)).sqrt() / 100f64.ln();
    assert!((exponent - expected).abs() < 0.02 + 3.5 * error, "{exponent} {expected}");
}
