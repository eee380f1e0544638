//! Mixtures of Gaussians of any covariance in R^d, as a descent sees them: densities and their gradients at a point.

use nalgebra::{Cholesky, DMatrix, Dyn};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::montecarlo::simulation::densities::LogDensities;

/// Sigma^-1 of a class.
#[derive(Debug, Clone)]
pub(crate) enum Precision {
    /// A multiple of I.
    Isotropic(f64),
    /// A matrix.
    Full(DMatrix<f64>),
}

/// Classes log weight + log N(x; point, Sigma) + (d/2) log 2 pi.
#[derive(Debug, Clone)]
pub(crate) struct ShapedClasses {
    /// n x d.
    pub(crate) points: Vec<f64>,
    /// log weight - (log det Sigma)/2.
    pub(crate) levels: Vec<f64>,
    pub(crate) precisions: Vec<Precision>,
}

/// What is known of the classes at a point; kept between points for its room.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClassesAt {
    /// The probability of each class.
    pub(crate) shares: Vec<f64>,
    /// Sigma_c^-1 (point - x), n x d.
    pub(crate) pulls: Vec<f64>,
    gap: Vec<f64>,
}

/// How a component is drawn: x = mean + A g.
#[derive(Debug, Clone)]
pub(crate) enum Factor {
    /// A multiple of I.
    Isotropic(f64),
    /// A square matrix, Sigma = A A^T.
    Full(DMatrix<f64>),
}

impl Precision {
    /// The precision and (log det Sigma)/2 of a covariance by its factor; `None` where that is singular.
    pub(crate) fn of(factor: &Factor, d: usize) -> Option<(Self, f64)> {
        match factor {
            Factor::Isotropic(deviation) => {
                let half = d as f64 * deviation.abs().ln();
                (*deviation != 0.0 && half.is_finite()).then(|| (Self::Isotropic(deviation.powi(-2)), half))
            }
            Factor::Full(_) => Self::inverse(factor.covariance(d)),
        }
    }

    /// The same of the covariance itself.
    pub(crate) fn inverse(covariance: DMatrix<f64>) -> Option<(Self, f64)> {
        let found: Cholesky<f64, Dyn> = Cholesky::new(covariance)?;
        let half: f64 = found.l_dirty().diagonal().iter().map(|x| x.ln()).sum();
        half.is_finite().then(|| (Self::Full(found.inverse()), half))
    }

    fn times(&self, v: &[f64], into: &mut [f64]) {
        match self {
            Self::Isotropic(precision) => into.iter_mut().zip(v).for_each(|(o, x)| *o = precision * x),
            Self::Full(matrix) => {
                into.fill(0.0);
                for (column, x) in matrix.column_iter().zip(v) {
                    into.iter_mut().zip(column.iter()).for_each(|(o, p)| *o += p * x);
                }
            }
        }
    }
}

impl Factor {
    /// 0 of the same shape.
    pub(crate) fn zero(&self) -> Self {
        match self {
            Self::Isotropic(_) => Self::Isotropic(0.0),
            Self::Full(matrix) => Self::Full(DMatrix::zeros(matrix.nrows(), matrix.ncols())),
        }
    }

    /// Sigma.
    pub(crate) fn covariance(&self, d: usize) -> DMatrix<f64> {
        match self {
            Self::Isotropic(deviation) => DMatrix::identity(d, d) * deviation.powi(2),
            Self::Full(matrix) => matrix * matrix.transpose(),
        }
    }

    /// x = mean + A g.
    pub(crate) fn place(&self, mean: &[f64], noise: &[f64], x: &mut [f64]) {
        x.copy_from_slice(mean);
        match self {
            Self::Isotropic(deviation) => x.iter_mut().zip(noise).for_each(|(x, g)| *x += deviation * g),
            Self::Full(matrix) => {
                for (column, g) in matrix.column_iter().zip(noise) {
                    x.iter_mut().zip(column.iter()).for_each(|(x, a)| *x += a * g);
                }
            }
        }
    }
}

impl ShapedClasses {
    /// log of the sum of all classes at x, with each one's share and pull.
    pub(crate) fn at(&self, x: &[f64], found: &mut ClassesAt) -> f64 {
        let d = x.len();
        found.shares.clear();
        found.pulls.resize(self.points.len(), 0.0);
        found.gap.resize(d, 0.0);
        let classes = self.points.chunks_exact(d).zip(found.pulls.chunks_exact_mut(d)).zip(&self.precisions);
        for (((point, pull), precision), level) in classes.zip(&self.levels) {
            found.gap.iter_mut().zip(point.iter().zip(x)).for_each(|(gap, (p, x))| *gap = p - x);
            precision.times(&found.gap, pull);
            let square: f64 = found.gap.iter().zip(pull.iter()).map(|(a, b)| a * b).sum();
            found.shares.push(level - 0.5 * square);
        }
        let top = found.shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for share in &mut found.shares {
            *share = (*share - top).exp();
            sum += *share;
        }
        found.shares.iter_mut().for_each(|share| *share /= sum);
        top + sum.ln()
    }
}

impl ClassesAt {
    /// Adds `factor` times grad log f.
    pub(crate) fn add_gradient(&self, factor: f64, into: &mut [f64]) {
        for (share, pull) in self.shares.iter().zip(self.pulls.chunks_exact(into.len())) {
            into.iter_mut().zip(pull).for_each(|(g, u)| *g += factor * share * u);
        }
    }
}

/// q: x = mean_i + A_i g with probability w_i.
#[derive(Debug, Clone)]
pub(crate) struct ShapedFit {
    /// K x d.
    pub(crate) means: Vec<f64>,
    pub(crate) factors: Vec<Factor>,
    pub(crate) weights: Vec<f64>,
}

impl ShapedFit {
    /// d.
    pub(crate) fn dimension(&self) -> usize {
        self.means.len() / self.weights.len()
    }

    /// Its density; `None` where a factor is singular.
    pub(crate) fn classes(&self) -> Option<ShapedClasses> {
        let d = self.dimension();
        let shapes = self.factors.iter().map(|factor| Precision::of(factor, d)).collect::<Option<Vec<_>>>()?;
        let (precisions, halves): (Vec<_>, Vec<_>) = shapes.into_iter().unzip();
        let levels = self.weights.iter().zip(halves).map(|(w, half)| w.max(f64::MIN_POSITIVE).ln() - half).collect();
        Some(ShapedClasses { points: self.means.clone(), levels, precisions })
    }

    /// A sample of component `i`; `noise` and `x` are d numbers of room.
    fn draw(&self, i: usize, noise: &mut [f64], x: &mut [f64], rng: &mut impl Rng) {
        fill_normal(noise, rng);
        self.factors[i].place(&self.means[i * x.len()..][..x.len()], noise, x);
    }

    /// E_q s_k of the classes of `target` by `each` samples of every component.
    pub(crate) fn coverage(&self, target: &ShapedClasses, each: usize, rng: &mut impl Rng) -> Vec<f64> {
        let d = self.dimension();
        let mut coverage = vec![0.0; target.levels.len()];
        let (mut at, mut noise, mut x) = (ClassesAt::default(), vec![0.0; d], vec![0.0; d]);
        for (i, weight) in self.weights.iter().enumerate() {
            for _ in 0..each {
                self.draw(i, &mut noise, &mut x, rng);
                target.at(&x, &mut at);
                coverage.iter_mut().zip(&at.shares).for_each(|(c, s)| *c += weight * s / each as f64);
            }
        }
        coverage
    }

    /// log p and log q, each up to a constant, at `size` samples; not a number where q is none any more.
    pub(crate) fn densities(&self, target: &ShapedClasses, size: usize, rng: &mut impl Rng) -> LogDensities {
        let d = self.dimension();
        let Some(own) = self.classes() else { return (vec![f64::NAN], vec![f64::NAN]) };
        let (mut at, mut noise, mut x) = (ClassesAt::default(), vec![0.0; d], vec![0.0; d]);
        let mut draw = || {
            let i = choose(&self.weights, rng);
            self.draw(i, &mut noise, &mut x, rng);
            (target.at(&x, &mut at), own.at(&x, &mut at))
        };
        (0..size).map(|_| draw()).unzip()
    }
}

/// A standard normal vector.
pub(crate) fn fill_normal(noise: &mut [f64], rng: &mut impl Rng) {
    noise.iter_mut().for_each(|g| *g = StandardNormal.sample(rng));
}

/// A component, by its weight.
pub(crate) fn choose(weights: &[f64], rng: &mut impl Rng) -> usize {
    let mut left: f64 = rng.random();
    let chosen = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    chosen.unwrap_or(weights.len() - 1)
}
