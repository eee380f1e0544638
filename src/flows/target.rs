//! What a flow is trained on and judged by.

use collapsar_theory::{Benchmark, GaussianMixture, InvalidParameter, Part, Target};

use crate::flows::density::{LogDensity, Scored, ScoredDensity, ScoredMixture};
use crate::flows::mixture::Mixture;
use crate::flows::real::Real;

/// A target that is known well enough to judge a flow: its normalised density, its modes and exact samples.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowTarget {
    /// Modes of covariance I; one of fewer dimensions than the flow lies in the first coordinates and is standard normal in
    /// the others.
    Mixture(Target),
    /// Modes of any covariance, in the dimension of the flow.
    Shaped(GaussianMixture),
    /// No mixture, in the dimension of the flow.
    Benchmark(Benchmark),
}

impl From<Target> for FlowTarget {
    fn from(target: Target) -> Self {
        Self::Mixture(target)
    }
}

impl From<GaussianMixture> for FlowTarget {
    fn from(mixture: GaussianMixture) -> Self {
        Self::Shaped(mixture)
    }
}

impl From<Benchmark> for FlowTarget {
    fn from(benchmark: Benchmark) -> Self {
        Self::Benchmark(benchmark)
    }
}

impl FlowTarget {
    /// v_k of each mode; those of a benchmark sum to 1 in each of its groups.
    pub fn shares(&self) -> Vec<f64> {
        match self {
            Self::Mixture(target) => target.weights().to_vec(),
            Self::Shaped(mixture) => mixture.weights().to_vec(),
            Self::Benchmark(benchmark) => benchmark.shares(),
        }
    }

    /// nu_k, if it is a mixture.
    pub fn modes(&self) -> Vec<Vec<f64>> {
        match self {
            Self::Mixture(target) => target.modes().to_vec(),
            Self::Shaped(mixture) => (0..mixture.weights().len()).map(|k| mixture.mean_of(k).to_vec()).collect(),
            Self::Benchmark(_) => Vec::new(),
        }
    }

    /// Refuses a dimension of the flow that is not its own.
    pub(crate) fn check(&self, order: &[usize]) -> Result<(), InvalidParameter> {
        let (own, part) = match self {
            Self::Mixture(target) => return Mixture::<f64>::new(target, order).map(|_| ()),
            Self::Shaped(mixture) => (mixture.dimension(), Part::Target),
            Self::Benchmark(benchmark) => (benchmark.dimension(), Part::Start),
        };
        if own == order.len() {
            return Ok(());
        }
        let rule = format!("be that of the flow, {}", order.len());
        Err(InvalidParameter::new("dimension", own, rule).of(part))
    }

    /// log p and its gradient, for steps in `order`.
    pub(crate) fn scored_in<T: Real>(&self, order: &[usize]) -> Result<Box<dyn Scored<T> + '_>, InvalidParameter> {
        Ok(match self {
            Self::Mixture(target) => Box::new(ScoredMixture::new(Mixture::new(target, order)?)),
            Self::Shaped(mixture) => Box::new(ScoredDensity::new(mixture, order)),
            Self::Benchmark(benchmark) => Box::new(ScoredDensity::new(benchmark, order)),
        })
    }

    /// The same in natural order.
    pub(crate) fn scored<T: Real>(&self, dimension: usize) -> Result<Box<dyn Scored<T> + '_>, InvalidParameter> {
        let order: Vec<usize> = (0..dimension).collect();
        self.check(&order)?;
        self.scored_in(&order)
    }

    /// log p and s_k, in natural order of `dimension` coordinates.
    pub(crate) fn judge(&self, dimension: usize) -> Result<PreparedTarget<'_>, InvalidParameter> {
        let order: Vec<usize> = (0..dimension).collect();
        self.check(&order)?;
        Ok(match self {
            Self::Mixture(target) => PreparedTarget::Mixture(Mixture::new(target, &order)?),
            Self::Shaped(mixture) => PreparedTarget::Shaped(mixture, vec![0.0; dimension]),
            Self::Benchmark(benchmark) => PreparedTarget::Benchmark(benchmark),
        })
    }
}

/// A target ready to be asked for its density and its modes at points.
pub(crate) enum PreparedTarget<'a> {
    Mixture(Mixture<f64>),
    /// With room for a score.
    Shaped(&'a GaussianMixture, Vec<f64>),
    Benchmark(&'a Benchmark),
}

impl PreparedTarget<'_> {
    pub(crate) fn log_density(&mut self, x: &[f64], responsibilities: &mut [f64]) -> f64 {
        match self {
            Self::Mixture(mixture) => mixture.log_density(x, &[], responsibilities),
            Self::Shaped(mixture, score) => mixture.evaluate(x, responsibilities, score),
            Self::Benchmark(benchmark) => benchmark.log_density(x, responsibilities),
        }
    }
}

impl LogDensity for GaussianMixture {
    fn evaluate(&self, points: &[f64], log_p: &mut [f64], score: &mut [f64]) {
        let (d, mut shares) = (self.dimension(), vec![0.0; self.weights().len()]);
        for ((x, log_p), score) in points.chunks_exact(d).zip(log_p).zip(score.chunks_exact_mut(d)) {
            *log_p = self.evaluate(x, &mut shares, score);
        }
    }
}

impl LogDensity for Benchmark {
    fn evaluate(&self, points: &[f64], log_p: &mut [f64], score: &mut [f64]) {
        let d = self.dimension();
        for ((x, log_p), score) in points.chunks_exact(d).zip(log_p).zip(score.chunks_exact_mut(d)) {
            *log_p = self.score(x, score);
        }
    }
}
