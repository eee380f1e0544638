//! Both pairs are the mixture flow: the same trajectories from random starts in every dimension.

use collapsar::integrate::{Integrator, Request, Tempered, Tolerances, Tsit5};
use collapsar::montecarlo::draw_start;
use collapsar::random::stream;
use collapsar_theory::{
    Clock, CubatureOptions, Family, Flow, FreePair, FreePairOptions, Metric, MixtureFlow, Problem, Rules, Schedule,
    SpherePair, SpherePairOptions, SphereVariance, Start, Target, VarianceRule,
};

/// Times at which the routes are compared.
const TIMES: [f64; 5] = [0.5, 2.0, 6.0, 12.0, 40.0];
/// Both routes integrate with tolerances of 1e-12; the flow amplifies the local errors by up to e^5 on the way.
const AGREEMENT: f64 = 2e-9;

fn integrator() -> Tsit5 {
    Tsit5 { tolerances: Tolerances { relative: 1e-12, absolute: 1e-13 } }
}

fn states(flow: &dyn Flow, schedule: &Schedule, start: &[f64]) -> Vec<Vec<f64>> {
    let system = Tempered::new(flow, schedule);
    let mut request = Request::new(start, 0.0, TIMES[TIMES.len() - 1]);
    request.times = &TIMES;
    let solution = integrator().integrate(&system, &request).unwrap();
    assert_eq!(solution.at_times.len(), TIMES.len(), "{:?}", solution.outcome);
    solution.at_times
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// (m_1, m_2, s, log var) of a sphere pair in frame coordinates whose first axis is the mode axis.
fn sphere_statistics(means: &[f64], width: usize, radius: f64, variance: f64) -> [f64; 4] {
    let (a, b) = means.split_at(width);
    [a[0] / radius, b[0] / radius, dot(a, b) / (radius * radius), variance.ln()]
}

/// (x, y, z).
fn free_statistics(means: &[f64], width: usize) -> [f64; 3] {
    let (a, b) = means.split_at(width);
    let apart: f64 = a[1..].iter().zip(&b[1..]).map(|(p, q)| (p - q) * (p - q)).sum();
    [(a[0] + b[0]) / 2.0, (a[0] - b[0]) / 2.0, apart.sqrt() / 2.0]
}

fn compare_sphere(dimension: usize, rules: Rules, variance: SphereVariance, index: u64) {
    let radius = 3.0;
    let schedule = Schedule::geometric(30.0, 10.0).unwrap();
    let target = Target::pair(radius, [0.8, 0.2]).unwrap();
    let family = Family::new(vec![0.5, 0.5], rules).unwrap();
    let problem = Problem::new(target, family, schedule.clone(), Start::sphere(dimension).unwrap()).unwrap();
    let start = draw_start(&problem, &mut stream(7, index)).unwrap();
    let mixture =
        MixtureFlow::new(&problem, start.modes.clone(), start.dimension, &CubatureOptions::default()).unwrap();
    let pair = SpherePair::new(SpherePairOptions {
        radius,
        target_weight: 0.8,
        variance,
        clock: rules.clock,
        metric: rules.metric,
    })
    .unwrap();

    let full = states(&mixture, &schedule, &mixture.initial_state(&start.means, 30.0).unwrap());
    let reduced_start = sphere_statistics(&start.means, start.dimension, radius, 30.0);
    let reduced = states(&pair, &schedule, &reduced_start[..pair.dimension()]);
    for ((time, full), reduced) in TIMES.iter().zip(&full).zip(&reduced) {
        let plain = mixture.unpack(schedule.beta(*time), full);
        let expected = sphere_statistics(&plain.means, start.dimension, radius, plain.variance);
        for (got, want) in reduced.iter().zip(&expected) {
            assert!((got - want).abs() < AGREEMENT, "d = {dimension}, t = {time}: {reduced:?} against {expected:?}");
        }
    }
}

#[test]
fn sphere_pair_is_the_mixture_flow() {
    for dimension in [2, 5, 50, 512] {
        for index in 0..3 {
            let slaved = Rules { variance: VarianceRule::Slaved, ..Rules::PAPER };
            compare_sphere(dimension, slaved, SphereVariance::Slaved, index);
            let lagging = SphereVariance::Lagging { dimension: dimension as f64 };
            compare_sphere(dimension, Rules::PAPER, lagging, index);
            let other = Rules { clock: Clock::Kl, metric: Metric::Natural, ..Rules::PAPER };
            compare_sphere(dimension, other, lagging, index);
            let unit = Rules { variance: VarianceRule::Unit, ..Rules::PAPER };
            compare_sphere(dimension, unit, SphereVariance::Unit, index);
        }
    }
}

#[test]
fn free_pair_is_the_mixture_flow() {
    for (dimension, weight) in [(1, 0.5), (2, 0.5), (5, 0.7), (50, 0.5), (512, 0.6)] {
        for (index, clock) in [(0, Clock::Kl), (1, Clock::FreeEnergy), (2, Clock::Kl)] {
            let rules = Rules { clock, ..Rules::FREE };
            let schedule = Schedule::exponential(6.0, 0.3).unwrap();
            let target = Target::pair(2.5, [weight, 1.0 - weight]).unwrap();
            let family = Family::new(vec![0.5, 0.5], rules).unwrap();
            let scale = 1.0 / (dimension as f64).sqrt();
            let start = Start::gaussian(dimension, scale).unwrap();
            let problem = Problem::new(target, family, schedule.clone(), start).unwrap();
            let start = draw_start(&problem, &mut stream(3, index)).unwrap();
            let options = CubatureOptions::default();
            let mixture = MixtureFlow::new(&problem, start.modes.clone(), start.dimension, &options).unwrap();
            let pair = FreePair::new(FreePairOptions {
                separation: 2.5,
                target_weight: weight,
                clock,
                metric: Metric::Euclidean,
            })
            .unwrap();
            let full = states(&mixture, &schedule, &mixture.initial_state(&start.means, 1.0).unwrap());
            let reduced = states(&pair, &schedule, &free_statistics(&start.means, start.dimension));
            for ((time, full), reduced) in TIMES.iter().zip(&full).zip(&reduced) {
                let expected = free_statistics(full, start.dimension);
                for (got, want) in reduced.iter().zip(&expected) {
                    assert!((got - want).abs() < AGREEMENT, "d = {dimension}, t = {time}: {reduced:?}, {expected:?}");
                }
            }
        }
    }
}
