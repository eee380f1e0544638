//! Where a variance starts and the metric of the family, by routes that share nothing.

use collapsar::montecarlo::{
    Descent, DescentOptions, EnsembleOptions, FreeStart, MixtureEnsemble, MixtureOptions, SphereEnsemble, SphereStart,
};
use collapsar::probability::{FreeBoundary, Limits, SphereBoundary, free_probability, sphere_probability};
use collapsar_theory::{Family, FreePair, FreePairOptions, Metric, Pair, Problem, Rules, Schedule, Start, Target};

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
