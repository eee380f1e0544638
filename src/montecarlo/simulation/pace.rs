//! The temperatures of a descent: those of its schedule, or those that its batches give it.

use collapsar_theory::{AdaptiveRule, Schedule};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

use crate::montecarlo::simulation::densities::{FitMixture, LogDensities, TargetModes};
use crate::montecarlo::simulation::pair_batch::{Geometry, SEEN};
use crate::montecarlo::simulation::shapes::choose;

/// A rule that a descent asks with batches of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watching {
    /// The rule.
    pub rule: AdaptiveRule,
    /// Steps after T = 1 is reached; none for all that there are.
    pub rest: Option<usize>,
}

impl Watching {
    /// Whether a run that reached T = 1 at `cold`, or never, has no end: it was to go on beyond it.
    pub(crate) fn leaves_open(watching: Option<Self>, cold: Option<f64>) -> bool {
        watching.is_some_and(|watching| watching.rest.is_some()) && cold.is_none()
    }
}

/// beta, step by step.
pub(crate) struct Pace<'a> {
    schedule: &'a Schedule,
    watching: Option<Watching>,
    step: f64,
    beta: f64,
    changes: usize,
    /// The step at which beta became 1 by the rule.
    cold: Option<usize>,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(schedule: &'a Schedule, watching: Option<Watching>, step: f64) -> Self {
        let beta = watching.map_or(1.0, |watching| 1.0 / watching.rule.initial_temperature());
        let cold = watching.filter(|_| beta >= 1.0).map(|_| 0);
        Self { schedule, watching, step, beta, changes: 0, cold }
    }

    /// beta of step `n`; `batch`, told of the last beta, is drawn where it changes: in the first step at or after each multiple of
    /// the rule's interval.
    pub(crate) fn beta(&mut self, n: usize, batch: impl FnOnce(f64) -> LogDensities) -> f64 {
        let time = n as f64 * self.step;
        let Some(Watching { rule, .. }) = self.watching else { return self.schedule.beta(time) };
        let due = rule.changes_by(time);
        if self.cold.is_none() && due > self.changes {
            let (log_p, log_q) = batch(self.beta);
            self.beta = rule.next_beta_of_samples(self.beta, &log_p, &log_q);
            self.changes = due;
            self.cold = (self.beta >= 1.0).then_some(n);
        }
        self.beta
    }

    /// Whether the run is over before step `n`.
    pub(crate) fn is_over(&self, n: usize) -> bool {
        let rest = self.watching.and_then(|watching| watching.rest);
        self.cold.zip(rest).is_some_and(|(cold, rest)| n >= cold.saturating_add(rest))
    }

    /// The time at which the rule reached T = 1; nothing of a schedule.
    pub(crate) fn cold(&self) -> Option<f64> {
        self.cold.map(|n| n as f64 * self.step)
    }
}

/// log p and log q at `size` samples of a pair, exact in law: what they depend on of a sample are its seen directions and the
/// squared length of the rest.
pub(crate) fn pair_densities(geometry: &Geometry, size: usize, rng: &mut impl Rng) -> LogDensities {
    let d = geometry.dimension;
    // Refused for no degree of freedom: then there is no rest.
    let rest = ChiSquared::new(d.saturating_sub(SEEN) as f64).ok();
    let mut draw = || {
        let i = usize::from(rng.next_u64() >> 63 == 0);
        let root = geometry.variances[i].sqrt();
        let mut x = geometry.means[i];
        for x in x.iter_mut().take(d) {
            *x += root * Distribution::<f64>::sample(&StandardNormal, rng);
        }
        let tail = rest.as_ref().map_or(0.0, |law| law.sample(rng)) * geometry.variances[i];
        let square = |centre: &[f64; SEEN]| x.iter().zip(centre).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() + tail;
        let argument = (geometry.separation * x[0] + geometry.bias).abs();
        let log_p = -0.5 * square(&[0.0; SEEN]) + argument + (-2.0 * argument).exp().ln_1p();
        let logs: [f64; 2] = std::array::from_fn(|c| {
            let variance = geometry.variances[c];
            -0.5 * (square(&geometry.means[c]) / variance + d as f64 * variance.ln())
        });
        (log_p, log_sum(&logs))
    };
    (0..size).map(|_| draw()).unzip()
}

/// The same at samples of a mixture, every coordinate drawn.
pub(crate) fn mixture_densities(q: &FitMixture, p: &TargetModes, size: usize, rng: &mut impl Rng) -> LogDensities {
    let d = p.modes.len() / p.weights.len();
    let mut x = vec![0.0; d];
    let own: Vec<f64> = q.offsets().collect();
    let mut draw = || {
        let i = choose(&q.weights, rng);
        let root = q.variances[i].sqrt();
        for (x, mean) in x.iter_mut().zip(&q.means[i * d..]) {
            *x = mean + root * Distribution::<f64>::sample(&StandardNormal, rng);
        }
        let square = |centre: &[f64]| x.iter().zip(centre).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        let log_p: Vec<f64> = p.modes.chunks(d).zip(&p.weights).map(|(mode, v)| v.ln() - 0.5 * square(mode)).collect();
        let components = q.means.chunks(d).zip(&q.variances).zip(&own);
        let log_q: Vec<f64> = components.map(|((mean, v), offset)| offset - 0.5 * square(mean) / v).collect();
        (log_sum(&log_p), log_sum(&log_q))
    };
    (0..size).map(|_| draw()).unzip()
}

fn log_sum(logs: &[f64]) -> f64 {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + logs.iter().map(|log| (log - top).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::montecarlo::simulation::pair_gradient::{dot, seen_directions};
    use crate::random::stream;
    use collapsar_theory::{FitComponent, TemperedFit, Tempering};

    /// The variance of log p over a batch is that of the closed form, for both ways of drawing; log q is that of the mixture.
    #[test]
    fn batches_see_what_the_closed_form_says() {
        for d in [1, 2, 3, 6] {
            let (separation, variance, n) = (1.5, 0.7, 40_000);
            let mut means = [vec![0.2; d], vec![-0.1; d]];
            (means[0][0], means[1][0]) = (1.2, -1.0);
            let frame = seen_directions(&means);
            let along = |mean: &Vec<f64>| std::array::from_fn(|n| dot(mean, &frame[n]));
            let target = [0.7f64, 0.3];
            let geometry = Geometry {
                dimension: d,
                gap: [0.0; SEEN],
                means: [along(&means[0]), along(&means[1])],
                variances: [variance; 2],
                separation,
                bias: (target[0] / target[1]).ln() / 2.0,
                beta: 0.5,
                score: false,
                trains_variance: false,
            };
            let mut modes = vec![0.0; 2 * d];
            (modes[0], modes[d]) = (separation, -separation);
            let q = FitMixture { means: means.concat(), variances: vec![variance; 2], weights: vec![0.5; 2] };
            let p = TargetModes { modes, weights: target.to_vec(), tempering: Tempering::Density };
            let component = |mean: &Vec<f64>| FitComponent {
                weight: 0.5,
                along: mean[0],
                across: mean[1..].iter().map(|x| x * x).sum(),
            };
            let fit =
                TemperedFit::new(separation, target[0], variance, d, means.iter().map(component).collect()).unwrap();
            let exact = fit.log_density_variance();
            let mut entropies = Vec::new();
            for (log_p, log_q) in
                [pair_densities(&geometry, n, &mut stream(1, 0)), mixture_densities(&q, &p, n, &mut stream(2, 0))]
            {
                let mean = |values: &[f64]| values.iter().sum::<f64>() / n as f64;
                let spread = |values: &[f64]| values.iter().map(|x| (x - mean(values)).powi(2)).sum::<f64>() / n as f64;
                // Squares of log p have a kurtosis of some 15: 4 sqrt(15/n) is 8%.
                assert!((spread(&log_p) / exact - 1.0).abs() < 0.08, "{d}: {} {exact}", spread(&log_p));
                entropies.push((mean(&log_q), (spread(&log_q) / n as f64).sqrt()));
            }
            // E log q by two ways of drawing; the pair's omits log(1/2), the weight of both.
            let gap = entropies[0].0 - entropies[1].0 + 0.5f64.ln();
            assert!(gap.abs() < 4.0 * entropies[0].1.hypot(entropies[1].1), "{d}: {gap} {entropies:?}");
        }
    }
}
