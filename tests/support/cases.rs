//! Random problems of the closed mixture flow.

use collapsar::integrate::{Integrator, Request, Tempered, Tolerances, Tsit5};
use collapsar::trajectory::Report;
use collapsar_theory::{
    Clock, CubatureOptions, Family, Flow, MeanSpace, Metric, MixtureFlow, Problem, Rules, Schedule, Start, Target,
    Tempering, VarianceRule, WeightRule,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// A problem at constant temperature, in plain numbers so that tests can transform it.
#[derive(Debug, Clone)]
pub struct Case {
    pub rules: Rules,
    pub modes: Vec<Vec<f64>>,
    pub targets: Vec<f64>,
    pub means: Vec<Vec<f64>>,
    pub weights: Vec<f64>,
    pub temperature: f64,
    pub variance: f64,
}

impl Case {
    /// The problem and the flow with its initial state.
    pub fn build(&self) -> (Problem, MixtureFlow, Vec<f64>) {
        let target = Target::new(self.modes.clone(), self.targets.clone()).unwrap();
        let family = Family::new(self.weights.clone(), self.rules).unwrap();
        let schedule = Schedule::constant(self.temperature).unwrap();
        let problem = Problem::new(target, family, schedule, Start::means(self.means.clone()).unwrap()).unwrap();
        let (_, start) = problem.reduce();
        let options = CubatureOptions::default();
        let flow = MixtureFlow::new(&problem, start.modes.clone(), start.dimension, &options).unwrap();
        let state = flow.initial_state(&start.means, self.variance).unwrap();
        (problem, flow, state)
    }

    /// Reports after every step up to `end`.
    pub fn run(&self, end: f64) -> Vec<Report> {
        let (problem, flow, state) = self.build();
        let system = Tempered::new(&flow, problem.schedule());
        let mut request = Request::new(&state, 0.0, end);
        request.keep_steps = true;
        let solution = Tsit5 { tolerances: Tolerances::default() }.integrate(&system, &request).unwrap();
        assert_eq!(solution.time, end, "{:?}", solution.outcome);
        solution.steps.iter().map(|(t, y)| Report::new(&flow, *t, self.temperature, y)).collect()
    }

    /// The report at `end`.
    pub fn at(&self, end: f64) -> Report {
        self.run(end).pop().unwrap()
    }

    /// beta.
    pub fn beta(&self) -> f64 {
        1.0 / self.temperature
    }

    /// The rate at the start.
    pub fn rate(&self) -> Vec<f64> {
        let (_, flow, state) = self.build();
        let mut rate = vec![0.0; flow.dimension()];
        flow.field(self.beta(), &state, &mut rate);
        rate
    }
}

/// Every combination of rules; `variances` restricts how the variance moves.
pub fn rules(variances: &'static [VarianceRule]) -> impl Strategy<Value = Rules> {
    (
        prop::sample::select(vec![MeanSpace::Free, MeanSpace::Sphere]),
        prop::sample::select(variances),
        prop::sample::select(vec![WeightRule::Fixed, WeightRule::FisherRao, WeightRule::Softmax]),
        prop::sample::select(vec![Clock::Kl, Clock::FreeEnergy]),
        prop::sample::select(vec![Metric::Euclidean, Metric::Natural]),
        prop::sample::select(vec![Tempering::Density, Tempering::Modes]),
    )
        .prop_map(|(means, variance, weights, clock, metric, tempering)| Rules {
            means,
            variance,
            weights,
            clock,
            metric,
            tempering,
        })
}

/// Positive weights that sum to 1.
fn weights(count: usize) -> impl Strategy<Value = Vec<f64>> {
    vec(0.2..1.0f64, count).prop_map(|raw| {
        let total: f64 = raw.iter().sum();
        raw.iter().map(|w| w / total).collect()
    })
}

fn vectors(count: usize, dimension: usize, size: f64) -> impl Strategy<Value = Vec<Vec<f64>>> {
    vec(vec(-size..size, dimension), count)
        .prop_filter("vectors away from the origin", |all| all.iter().all(|v| norm(v) > 0.1))
}

/// K components on P modes in d dimensions.
pub fn case(k: usize, p: usize, d: usize, rules: impl Strategy<Value = Rules>) -> impl Strategy<Value = Case> {
    (rules, vectors(p, d, 2.0), weights(p), vectors(k, d, 1.5), weights(k), 1.0..6.0f64, 0.4..3.0f64).prop_map(
        |(rules, mut modes, targets, means, weights, temperature, variance)| {
            if rules.means == MeanSpace::Sphere {
                modes.iter_mut().for_each(|mode| scale_to(mode, 2.0));
            }
            Case { rules, modes, targets, means, weights, temperature, variance }
        },
    )
}

pub fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

pub fn scale_to(v: &mut [f64], size: f64) {
    let factor = size / norm(v);
    v.iter_mut().for_each(|x| *x *= factor);
}

/// df/d(state_j) by central differences of fourth order.
pub fn slope(f: &dyn Fn(&[f64]) -> f64, state: &[f64], j: usize, h: f64) -> f64 {
    let at = |shift: f64| {
        let mut moved = state.to_vec();
        moved[j] += shift;
        f(&moved)
    };
    (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
}
