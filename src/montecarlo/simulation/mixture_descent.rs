//! Stochastic gradient descent of any mixture with reparametrised samples: what a practitioner runs.

use collapsar_theory::{
    InvalidParameter, MeanSpace, Metric, Part, Problem, Rules, Start, StartLaw, Tempering, VarianceRule, WeightRule,
};
use rand::Rng;

use crate::montecarlo::sample::full_means;
use crate::montecarlo::simulation::densities::{FitMixture, TargetModes};
use crate::montecarlo::simulation::mixture_gradient::{Gradient, gradient};
use crate::montecarlo::simulation::mixture_sums::{MixtureBatch, SampleSums};
use crate::montecarlo::simulation::optimiser::{Optimiser, OptimiserMemory};
use crate::montecarlo::simulation::options::DescentOptions;
use crate::montecarlo::simulation::pace::{Pace, Watching, mixture_densities};
use crate::montecarlo::statistics::estimate::{cooled, counted};
use crate::montecarlo::statistics::tally::RunEnd;
use crate::random::stream;
use crate::trajectory::LOST_COVERAGE;

/// How a trained variance is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VarianceCoordinate {
    /// Theory (5), the Bures-Wasserstein metric: (log var_i)' = -(4/d) dF/dvar_i.
    #[default]
    BuresWasserstein,
    /// The gradient in log var_i, as people write it: (log var_i)' = -var_i dF/dvar_i.
    Log,
}

/// What a descent of mixtures takes beside the options of every descent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MixtureDescentOptions {
    /// The coordinate of trained variances under plain descent and momentum; Adam moves log var.
    pub coordinate: VarianceCoordinate,
    /// Whether all components share one variance, as in the closed flow, or each has its own.
    pub common: bool,
    /// Whether samples come in pairs mu_i +- sqrt(var_i) g.
    pub antithetic: bool,
}

/// Samples of each component by which the coverage of a finished run is judged.
pub(crate) const JUDGED_BY: usize = 512;
/// A step may change a variance by this factor at most.
pub(crate) const LARGEST_FACTOR: f64 = 1e3;

/// Descent of K components on P modes in R^d; each sample costs O((K + P) d).
#[derive(Debug, Clone)]
pub struct MixtureDescent<'a> {
    problem: &'a Problem,
    law: StartLaw,
    options: DescentOptions,
    own: MixtureDescentOptions,
    modes: TargetModes,
}

/// q during a run, and what the optimiser remembers: of the means one after the other, the log variances, the logits.
struct Running {
    q: FitMixture,
    logits: Vec<f64>,
    moments: OptimiserMemory,
}

counted!(MixtureDescent<'_>);
cooled!(MixtureDescent<'_>);

impl<'a> MixtureDescent<'a> {
    /// Descent of a problem whose start is a law.
    ///
    /// Errors: an explicit start, components with variances of their own, a batch of 0, a step that is not positive.
    pub fn new(
        problem: &'a Problem,
        options: DescentOptions,
        own: MixtureDescentOptions,
    ) -> Result<Self, InvalidParameter> {
        let Start::Law(law) = *problem.start() else {
            let rule = "be absent for an ensemble";
            return Err(InvalidParameter::new("means", "an explicit start", rule).of(Part::Start));
        };
        options.check()?;
        if problem.family().rules().variance.is_own() {
            let rule = "be one for all components here";
            return Err(InvalidParameter::new("variance", "own", rule).of(Part::Family));
        }
        if options.watching.is_some() && problem.family().rules().tempering == Tempering::Modes {
            let rule = "be \"density\" under a schedule that watches the fit";
            return Err(InvalidParameter::new("tempering", "\"modes\"", rule).of(Part::Family));
        }
        let target = problem.target();
        let modes = TargetModes {
            modes: target.modes_in(law.dimension()),
            weights: target.weights().to_vec(),
            tempering: problem.family().rules().tempering,
        };
        Ok(Self { problem, law, options, own, modes })
    }

    fn rules(&self) -> Rules {
        self.problem.family().rules()
    }

    /// q after the last step of run `index` under `seed`: means (K x d), variances, weights.
    pub fn fit(&self, seed: u64, index: u64) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let q = self.run(&mut stream(seed, index)).0.q;
        (q.means, q.variances, q.weights)
    }

    /// C_k of run `index` under `seed` after its last step, by samples of the fit.
    pub fn coverage(&self, seed: u64, index: u64) -> Vec<f64> {
        self.coverage_and_time(seed, index).0
    }

    fn coverage_and_time(&self, seed: u64, index: u64) -> (Vec<f64>, Option<f64>) {
        let mut rng = stream(seed, index);
        let (running, cold) = self.run(&mut rng);
        (self.modes.coverage(&running.q, JUDGED_BY, &mut rng), cold)
    }

    /// How run `index` under `seed` ends: collapsed if some C_k/v_k < 1/2.
    pub fn end(&self, seed: u64, index: u64) -> RunEnd {
        self.end_and_time(seed, index).0
    }

    /// The same, and when T = 1 was reached by a rule that watches the fit.
    fn end_and_time(&self, seed: u64, index: u64) -> (RunEnd, Option<f64>) {
        let (coverage, cold) = self.coverage_and_time(seed, index);
        if Watching::leaves_open(self.options.watching, cold) {
            return (RunEnd::Undecided, None);
        }
        (end_of_coverage(&coverage, &self.modes.weights), cold)
    }

    fn run(&self, rng: &mut impl Rng) -> (Running, Option<f64>) {
        let mut running = self.start(rng);
        let mut sums = SampleSums::default();
        let k = running.logits.len();
        let batch = MixtureBatch {
            each: self.options.batch.div_ceil(k),
            score: self.options.score,
            antithetic: self.own.antithetic,
            weights: self.rules().weights != WeightRule::Fixed,
        };
        let mut pace = Pace::new(self.problem.schedule(), self.options.watching, self.options.step);
        for n in 0..self.options.steps {
            let beta = pace.beta(n, |_| mixture_densities(&running.q, &self.modes, self.options.batch, rng));
            if pace.is_over(n) {
                break;
            }
            match self.rules().variance {
                VarianceRule::Unit => running.q.variances.fill(1.0),
                VarianceRule::Slaved => running.q.variances.fill(1.0 / beta),
                VarianceRule::Trained | VarianceRule::Own | VarianceRule::Full => {}
            }
            let found = gradient((&running.q, &self.modes, beta), batch, &mut sums, rng);
            self.step(n, beta, found, &mut running);
        }
        (running, pace.cold())
    }

    fn start(&self, rng: &mut impl Rng) -> Running {
        let weights = self.problem.family().weights().to_vec();
        let (k, d) = (weights.len(), self.law.dimension());
        let means = full_means(self.problem, self.law, rng);
        let logits = weights.iter().map(|w: &f64| w.ln()).collect();
        let q = FitMixture { means, variances: vec![self.problem.initial_variance(); k], weights };
        Running { q, logits, moments: OptimiserMemory::new(&self.options.optimiser, k * d + 2 * k) }
    }

    /// One step: each coordinate of the gradient in the metric of the optimiser.
    fn step(&self, n: usize, beta: f64, mut found: Gradient, running: &mut Running) {
        let rules = self.rules();
        let (k, d) = (running.logits.len(), self.law.dimension());
        let q = &mut running.q;
        let preconditioned = !matches!(self.options.optimiser, Optimiser::Adam(_));
        if self.own.common {
            // One unknown: its gradient is the sum, its metric K times that of one component.
            let sum: f64 = found.variances.iter().sum();
            let shared = if preconditioned && self.own.coordinate == VarianceCoordinate::BuresWasserstein {
                sum / k as f64
            } else {
                sum
            };
            found.variances.fill(shared);
        }
        let factor = rules.clock.factor(beta);
        let mut change = |slot: usize, gradient: f64| {
            self.options.optimiser.change(n, self.options.step, slot, factor * gradient, &mut running.moments)
        };
        for (i, (mean, slopes)) in q.means.chunks_mut(d).zip(found.means.chunks(d)).enumerate() {
            let metric = if preconditioned && rules.metric == Metric::Natural { 1.0 / q.weights[i] } else { 1.0 };
            for (j, (x, g)) in mean.iter_mut().zip(slopes).enumerate() {
                *x -= change(i * d + j, metric * g);
            }
        }
        if rules.variance == VarianceRule::Trained {
            for (i, (variance, slope)) in q.variances.iter_mut().zip(&found.variances).enumerate() {
                let in_metric = match self.own.coordinate {
                    VarianceCoordinate::BuresWasserstein if preconditioned => 4.0 / d as f64,
                    _ => *variance,
                };
                let by = change(k * d + i, in_metric * slope);
                // Plain descent in the metric of theory (5) is a step of var itself.
                let times = if self.options.optimiser == Optimiser::Plain { 1.0 - by } else { (-by).exp() };
                *variance *= times.clamp(1.0 / LARGEST_FACTOR, LARGEST_FACTOR);
            }
        }
        if rules.weights != WeightRule::Fixed {
            for (i, (logit, slope)) in running.logits.iter_mut().zip(&found.logits).enumerate() {
                let fisher = preconditioned && rules.weights == WeightRule::FisherRao;
                let metric = if fisher { 1.0 / q.weights[i].max(f64::MIN_POSITIVE) } else { 1.0 };
                *logit -= change(k * d + k + i, metric * slope);
            }
            softmax(&running.logits, &mut q.weights);
        }
        if rules.means == MeanSpace::Sphere {
            let radius = self.problem.radius().unwrap_or(1.0);
            for mean in q.means.chunks_mut(d) {
                let factor = radius / norm(mean);
                mean.iter_mut().for_each(|x| *x *= factor);
            }
        }
    }
}

/// w = softmax(l).
pub(crate) fn softmax(logits: &[f64], weights: &mut [f64]) {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logits.iter().map(|l| (l - top).exp()).sum();
    weights.iter_mut().zip(logits).for_each(|(w, l)| *w = (l - top).exp() / total);
}

/// How a run of this coverage ends on modes of weights v: collapsed if some C_k/v_k < 1/2.
pub(crate) fn end_of_coverage(coverage: &[f64], weights: &[f64]) -> RunEnd {
    if coverage.iter().any(|c| !c.is_finite()) {
        return RunEnd::Failed;
    }
    let lost = coverage.iter().zip(weights).any(|(c, v)| *c < LOST_COVERAGE * v);
    if lost { RunEnd::Collapsed } else { RunEnd::Recovered }
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}
