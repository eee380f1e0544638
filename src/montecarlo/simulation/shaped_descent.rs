//! Stochastic gradient descent of mixtures of any shapes on modes of any covariance, in R^d: theory 15.

use collapsar_theory::{
    Covariance, InvalidParameter, Metric, Part, Rules, ShapedProblem, Start, StartLaw, Tempering, VarianceRule,
    WeightRule,
};
use nalgebra::DMatrix;
use rand::Rng;

use crate::montecarlo::sample::full_means;
use crate::montecarlo::simulation::mixture_descent::{
    JUDGED_BY, LARGEST_FACTOR, MixtureDescentOptions, VarianceCoordinate, end_of_coverage, softmax,
};
use crate::montecarlo::simulation::mixture_sums::MixtureBatch;
use crate::montecarlo::simulation::optimiser::{Optimiser, OptimiserMemory};
use crate::montecarlo::simulation::options::DescentOptions;
use crate::montecarlo::simulation::pace::{Pace, Watching};
use crate::montecarlo::simulation::shaped_gradient::{ShapedGradient, shaped_gradient};
use crate::montecarlo::simulation::shapes::{Factor, Precision, ShapedClasses, ShapedFit};
use crate::montecarlo::statistics::estimate::{cooled, counted};
use crate::montecarlo::statistics::tally::RunEnd;
use crate::random::stream;

/// Descent of K components on P modes in R^d; a sample costs O((K + P) d), and d^2 in place of d for every matrix.
///
/// Plain descent and momentum move the means, log var or the variances as [`MixtureDescent`](crate::montecarlo::MixtureDescent)
/// does, and a full covariance by a square factor A, Sigma = A A^T, with dF/dA: that is the Bures-Wasserstein flow (45).
/// Adam moves the entries of A.
#[derive(Debug, Clone)]
pub struct ShapedDescent<'a> {
    problem: &'a ShapedProblem,
    law: StartLaw,
    options: DescentOptions,
    own: MixtureDescentOptions,
    /// p, weights aside.
    points: Vec<f64>,
    precisions: Vec<Precision>,
    halves: Vec<f64>,
}

/// q during a run, and what the optimiser remembers: of means, factors, logits.
struct Running {
    q: ShapedFit,
    logits: Vec<f64>,
    moments: OptimiserMemory,
}

counted!(ShapedDescent<'_>);
cooled!(ShapedDescent<'_>);

impl<'a> ShapedDescent<'a> {
    /// Descent of a problem whose start is a law.
    ///
    /// Errors: an explicit start, a batch of 0, a step that is not positive, modes tempered one by one under a schedule that
    /// watches the fit.
    pub fn new(
        problem: &'a ShapedProblem,
        options: DescentOptions,
        own: MixtureDescentOptions,
    ) -> Result<Self, InvalidParameter> {
        let plain = problem.problem();
        let Start::Law(law) = *plain.start() else {
            let rule = "be absent for an ensemble";
            return Err(InvalidParameter::new("means", "an explicit start", rule).of(Part::Start));
        };
        options.check()?;
        if options.watching.is_some() && plain.family().rules().tempering == Tempering::Modes {
            let rule = "be \"density\" under a schedule that watches the fit";
            return Err(InvalidParameter::new("tempering", "\"modes\"", rule).of(Part::Family));
        }
        let d = law.dimension();
        let shape = |covariance: &Covariance| match covariance {
            Covariance::Isotropic(variance) => Precision::of(&Factor::Isotropic(variance.sqrt()), d),
            Covariance::Full(rows) => Precision::inverse(DMatrix::from_fn(d, d, |i, j| rows[i][j])),
        };
        let singular = || InvalidParameter::new("covariances", "a matrix", "be positive definite").of(Part::Target);
        let shapes: Vec<_> = problem.covariances().iter().map(shape).collect::<Option<_>>().ok_or_else(singular)?;
        let (precisions, halves) = shapes.into_iter().unzip();
        Ok(Self { problem, law, options, own, points: plain.target().modes_in(d), precisions, halves })
    }

    fn rules(&self) -> Rules {
        self.problem.problem().family().rules()
    }

    /// The target whose power beta is fitted.
    fn target(&self, beta: f64) -> ShapedClasses {
        let factor = self.rules().tempering.power(beta);
        let weights = self.problem.problem().target().weights();
        let levels = weights.iter().zip(&self.halves).map(|(v, half)| factor * v.ln() - half).collect();
        ShapedClasses { points: self.points.clone(), levels, precisions: self.precisions.clone() }
    }

    /// q after the last step of run `index` under `seed`: means (K x d), covariances (K x d x d), weights.
    pub fn fit(&self, seed: u64, index: u64) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let q = self.run(&mut stream(seed, index)).0.q;
        let d = q.dimension();
        let covariances = q.factors.iter().flat_map(|factor| factor.covariance(d).as_slice().to_vec()).collect();
        (q.means, covariances, q.weights)
    }

    /// C_k of run `index` under `seed` after its last step, by samples of the fit.
    pub fn coverage(&self, seed: u64, index: u64) -> Vec<f64> {
        self.coverage_and_time(seed, index).0
    }

    fn coverage_and_time(&self, seed: u64, index: u64) -> (Vec<f64>, Option<f64>) {
        let mut rng = stream(seed, index);
        let (Running { q, .. }, cold) = self.run(&mut rng);
        let coverage = q.coverage(&self.target(1.0), JUDGED_BY, &mut rng);
        (coverage, cold)
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
        (end_of_coverage(&coverage, self.problem.problem().target().weights()), cold)
    }

    fn run(&self, rng: &mut impl Rng) -> (Running, Option<f64>) {
        let mut running = self.start(rng);
        let batch = MixtureBatch {
            each: self.options.batch.div_ceil(running.logits.len()),
            score: self.options.score,
            antithetic: self.own.antithetic,
            weights: self.rules().weights != WeightRule::Fixed,
        };
        let schedule = self.problem.problem().schedule();
        let mut pace = Pace::new(schedule, self.options.watching, self.options.step);
        for n in 0..self.options.steps {
            let beta = pace.beta(n, |_| running.q.densities(&self.target(1.0), self.options.batch, rng));
            if pace.is_over(n) {
                break;
            }
            let deviation = match self.rules().variance {
                VarianceRule::Unit => Some(1.0),
                VarianceRule::Slaved => Some(beta.sqrt().recip()),
                VarianceRule::Trained | VarianceRule::Own | VarianceRule::Full => None,
            };
            if let Some(deviation) = deviation {
                running.q.factors.fill(Factor::Isotropic(deviation));
            }
            match shaped_gradient((&running.q, &self.target(beta), beta), batch, rng) {
                Some(found) => self.step(n, beta, found, &mut running),
                // A covariance that became singular stays so: the run has failed.
                None => {
                    running.q.means.fill(f64::NAN);
                    break;
                }
            }
        }
        (running, pace.cold())
    }

    fn start(&self, rng: &mut impl Rng) -> Running {
        let plain = self.problem.problem();
        let weights = plain.family().weights().to_vec();
        let (k, d) = (weights.len(), self.law.dimension());
        let means = full_means(plain, self.law, rng);
        let full = self.rules().variance == VarianceRule::Full;
        let factor = |variance: f64| match full {
            true => Factor::Full(DMatrix::identity(d, d) * variance.sqrt()),
            false => Factor::Isotropic(variance.sqrt()),
        };
        let factors: Vec<Factor> = self.problem.initial_variances().into_iter().map(factor).collect();
        let logits = weights.iter().map(|w: &f64| w.ln()).collect();
        let coordinates = k * (d + if full { d * d } else { 1 } + 1);
        let moments = OptimiserMemory::new(&self.options.optimiser, coordinates);
        Running { q: ShapedFit { means, factors, weights }, logits, moments }
    }

    /// One step: each coordinate of the gradient in the metric of the optimiser.
    fn step(&self, n: usize, beta: f64, mut found: ShapedGradient, running: &mut Running) {
        let rules = self.rules();
        let (k, d) = (running.logits.len(), self.law.dimension());
        let q = &mut running.q;
        let preconditioned = !matches!(self.options.optimiser, Optimiser::Adam(_));
        let clock = rules.clock.factor(beta);
        let natural = preconditioned && rules.metric == Metric::Natural;
        let metric = |i: usize| if natural { 1.0 / q.weights[i] } else { 1.0 };
        let metrics: Vec<f64> = (0..k).map(metric).collect();
        let mut change = |slot: usize, gradient: f64| {
            self.options.optimiser.change(n, self.options.step, slot, clock * gradient, &mut running.moments)
        };
        for (slot, (x, g)) in q.means.iter_mut().zip(&found.means).enumerate() {
            *x -= change(slot, metrics[slot / d] * g);
        }
        let mut slot = k * d;
        if rules.variance == VarianceRule::Trained && self.own.common {
            let bures = preconditioned && self.own.coordinate == VarianceCoordinate::BuresWasserstein;
            share(&mut found.factors, if bures { k as f64 } else { 1.0 });
        }
        let is_trained = rules.variance == VarianceRule::Trained || rules.variance.is_own();
        for (i, (factor, slope)) in q.factors.iter_mut().zip(&found.factors).enumerate().filter(|_| is_trained) {
            match (factor, slope) {
                (Factor::Full(factor), Factor::Full(slope)) => {
                    for (x, g) in factor.iter_mut().zip(slope) {
                        *x -= change(slot, metrics[i] * g);
                        slot += 1;
                    }
                }
                (Factor::Isotropic(deviation), Factor::Isotropic(slope)) => {
                    // dF/dvar = dF/d(deviation)/(2 deviation).
                    let (variance, in_variance) = (*deviation * *deviation, 0.5 * slope / *deviation);
                    let own = if rules.variance == VarianceRule::Own { metrics[i] } else { 1.0 };
                    let in_metric = match self.own.coordinate {
                        VarianceCoordinate::BuresWasserstein if preconditioned => 4.0 / d as f64 * own,
                        _ => variance,
                    };
                    let by = change(slot, in_metric * in_variance);
                    slot += 1;
                    let times = if self.options.optimiser == Optimiser::Plain { 1.0 - by } else { (-by).exp() };
                    *deviation *= times.clamp(1.0 / LARGEST_FACTOR, LARGEST_FACTOR).sqrt();
                }
                // A component has one shape.
                _ => {}
            }
        }
        if rules.weights != WeightRule::Fixed {
            for (i, (logit, slope)) in running.logits.iter_mut().zip(&found.logits).enumerate() {
                let fisher = preconditioned && rules.weights == WeightRule::FisherRao;
                let metric = if fisher { 1.0 / q.weights[i].max(f64::MIN_POSITIVE) } else { 1.0 };
                *logit -= change(slot + i, metric * slope);
            }
            softmax(&running.logits, &mut q.weights);
        }
    }
}

/// One unknown for all: its gradient is the sum, over `count`.
fn share(factors: &mut [Factor], count: f64) {
    let slope = |factor: &Factor| if let Factor::Isotropic(slope) = factor { *slope } else { 0.0 };
    let sum: f64 = factors.iter().map(slope).sum();
    factors.fill(Factor::Isotropic(sum / count));
}
