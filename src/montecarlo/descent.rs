//! Stochastic gradient descent with reparametrised samples: level (c), what a practitioner runs.

use collapsar_theory::{Clock, FreePair, InvalidParameter, Schedule, SpherePair, SphereVariance};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use crate::montecarlo::batch::{BatchSums, Geometry, SEEN, batch};
use crate::montecarlo::estimate::{DEFAULT_LEVEL, Estimate};
use crate::montecarlo::pair_start::{FreeStart, SphereStart};
use crate::montecarlo::stream;
use crate::montecarlo::tally::{RunEnd, Tally};

/// The parameters of Adam (Kingma and Ba, arXiv 1412.6980).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// Decay of the first moment.
    pub first: f64,
    /// Decay of the second moment.
    pub second: f64,
    /// What keeps the quotient finite.
    pub epsilon: f64,
}

impl Default for Adam {
    /// The values of its paper.
    fn default() -> Self {
        Self { first: 0.9, second: 0.999, epsilon: 1e-8 }
    }
}

/// How a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimiser {
    /// theta -= step c grad F, c = 1/beta with the free-energy clock: explicit Euler of theory (2) and (5).
    Plain,
    /// Adam on the means and the log variances with the gradient of c F; blind to the metric of the variance.
    Adam(Adam),
}

/// How a run descends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DescentOptions {
    /// Samples of q per step.
    pub batch: usize,
    /// Learning rate: time per step.
    pub step: f64,
    /// Steps of a run; it is classified after the last.
    pub steps: usize,
    /// Whether log q is differentiated in its own parameters as well as along the samples, as automatic differentiation
    /// of the loss does. The score has mean 0: the flow is the same, the noise is not.
    pub score: bool,
    /// How a gradient becomes a step.
    pub optimiser: Optimiser,
    /// Confidence level of an interval.
    pub level: f64,
}

impl Default for DescentOptions {
    /// The published setting for 200 steps of cooling.
    fn default() -> Self {
        Self { batch: 8192, step: 0.05, steps: 300, score: true, optimiser: Optimiser::Plain, level: DEFAULT_LEVEL }
    }
}

/// Descent of a pair in R^d: the means are full vectors, each batch costs O(B + d).
#[derive(Debug, Clone)]
pub struct Descent<'a> {
    schedule: &'a Schedule,
    options: DescentOptions,
    dimension: usize,
    separation: f64,
    bias: f64,
    clock: Clock,
    /// The scale of Gaussian starts, or none for means on the sphere.
    scale: Option<f64>,
    variance: SphereVariance,
}

/// The parameters of q during a run.
struct State {
    means: [Vec<f64>; 2],
    variances: [f64; 2],
    /// First and second moments of Adam, for the means and the log variances.
    moments: [Vec<f64>; 2],
}

impl<'a> Descent<'a> {
    /// The free pair from Gaussian means, unit variance.
    pub fn free(
        pair: FreePair,
        schedule: &'a Schedule,
        start: FreeStart,
        options: DescentOptions,
    ) -> Result<Self, InvalidParameter> {
        let (given, dimension) = (pair.options(), start.dimension());
        Self {
            schedule,
            options,
            dimension,
            separation: given.separation,
            bias: pair.bias(),
            clock: given.clock,
            scale: Some(start.scale()),
            variance: SphereVariance::Unit,
        }
        .checked()
    }

    /// The sphere pair from uniform means, renormalised after each step. A lagging variance is trained, one for each
    /// component, in the dimension of the start.
    pub fn sphere(
        pair: SpherePair,
        schedule: &'a Schedule,
        start: SphereStart,
        options: DescentOptions,
    ) -> Result<Self, InvalidParameter> {
        let (given, dimension) = (pair.options(), start.dimension());
        Self {
            schedule,
            options,
            dimension,
            separation: given.radius,
            bias: pair.bias(),
            clock: given.clock,
            scale: None,
            variance: given.variance,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, InvalidParameter> {
        if self.options.batch == 0 {
            return Err(InvalidParameter::new("simulation.batch", self.options.batch, "be at least 1"));
        }
        if !(self.options.step > 0.0 && self.options.step.is_finite()) {
            return Err(InvalidParameter::new("simulation.step", self.options.step, "be positive and finite"));
        }
        Ok(self)
    }

    /// (x, y, z) of the free pair or (m_1, m_2, s) of the sphere pair after the last step of run `index` under `seed`.
    pub fn statistics(&self, seed: u64, index: u64) -> [f64; 3] {
        let state = self.run(seed, index);
        let [a, b] = &state.means;
        if self.scale.is_some() {
            let apart: f64 = a[1..].iter().zip(&b[1..]).map(|(p, q)| (p - q) * (p - q)).sum();
            return [(a[0] + b[0]) / 2.0, (a[0] - b[0]) / 2.0, apart.sqrt() / 2.0];
        }
        let square = self.separation * self.separation;
        [a[0] / self.separation, b[0] / self.separation, dot(a, b) / square]
    }

    /// How run `index` under `seed` ends: s > 0, for the free pair |x| > |y|, is collapsed.
    pub fn end(&self, seed: u64, index: u64) -> RunEnd {
        let [a, b, c] = self.statistics(seed, index);
        if !(a.is_finite() && b.is_finite() && c.is_finite()) {
            return RunEnd::Failed;
        }
        let collapsed = if self.scale.is_some() { a.abs() > b.abs() } else { c > 0.0 };
        if collapsed { RunEnd::Collapsed } else { RunEnd::Recovered }
    }

    /// The probability of collapse from runs 0 to `n` - 1.
    pub fn estimate(&self, seed: u64, n: u64) -> Estimate {
        let ends: Vec<RunEnd> = (0..n).into_par_iter().map(|index| self.end(seed, index)).collect();
        Estimate::new(ends.iter().collect::<Tally>(), self.options.level, seed)
    }

    fn run(&self, seed: u64, index: u64) -> State {
        let mut rng = stream(seed, index);
        let mut state = self.start(&mut rng);
        for n in 0..self.options.steps {
            let beta = self.schedule.beta(n as f64 * self.options.step);
            self.advance(n, beta, &mut state, &mut rng);
        }
        state
    }

    fn start(&self, rng: &mut impl Rng) -> State {
        let mut draw = || (0..self.dimension).map(|_| StandardNormal.sample(rng)).collect::<Vec<f64>>();
        let mut means = [draw(), draw()];
        for mean in &mut means {
            let factor = self.scale.unwrap_or_else(|| self.separation / dot(mean, mean).sqrt());
            mean.iter_mut().for_each(|x| *x *= factor);
        }
        let length = if self.options.optimiser == Optimiser::Plain { 0 } else { 2 * self.dimension + 2 };
        State {
            means,
            variances: [self.schedule.initial_temperature(); 2],
            moments: [vec![0.0; length], vec![0.0; length]],
        }
    }

    fn advance(&self, n: usize, beta: f64, state: &mut State, rng: &mut impl Rng) {
        match self.variance {
            SphereVariance::Unit => state.variances = [1.0; 2],
            SphereVariance::Slaved => state.variances = [1.0 / beta; 2],
            SphereVariance::Lagging { .. } => {}
        }
        let frame = seen_directions(&state.means);
        let geometry = self.geometry(beta, state, &frame);
        let sums = batch(&geometry, self.options.batch, rng);
        let gradients = mean_gradients(&geometry, &sums, &state.means, &frame, rng);
        let factor = self.clock.factor(beta);
        match self.options.optimiser {
            Optimiser::Plain => {
                let rate = self.options.step * factor;
                for (mean, gradient) in state.means.iter_mut().zip(&gradients) {
                    mean.iter_mut().zip(gradient).for_each(|(x, g)| *x -= rate * g);
                }
                if geometry.trains_variance {
                    for (variance, force) in state.variances.iter_mut().zip(&sums.variance) {
                        // The Bures-Wasserstein metric of theory (5): 4 var/d; the floor is out of reach of small steps.
                        let change = rate * 4.0 / self.dimension as f64 * force;
                        *variance *= (1.0 - change).max(SMALLEST_FACTOR);
                    }
                }
            }
            Optimiser::Adam(adam) => self.adam_step(&adam, n, factor, state, &gradients, &sums),
        }
        if self.scale.is_none() {
            for mean in &mut state.means {
                let factor = self.separation / dot(mean, mean).sqrt();
                mean.iter_mut().for_each(|x| *x *= factor);
            }
        }
    }

    fn trains_variance(&self) -> bool {
        matches!(self.variance, SphereVariance::Lagging { .. })
    }

    fn geometry(&self, beta: f64, state: &State, frame: &[Vec<f64>; SEEN]) -> Geometry {
        let along = |mean: &[f64]| std::array::from_fn(|n| dot(mean, &frame[n]));
        let means: [[f64; SEEN]; 2] = [along(&state.means[0]), along(&state.means[1])];
        Geometry {
            dimension: self.dimension,
            gap: [means[0][0] - means[1][0], means[0][1] - means[1][1], 0.0],
            means,
            variances: state.variances,
            separation: self.separation,
            bias: self.bias,
            beta,
            score: self.options.score,
            trains_variance: self.trains_variance(),
        }
    }

    fn adam_step(
        &self,
        adam: &Adam,
        n: usize,
        factor: f64,
        state: &mut State,
        gradients: &[Vec<f64>; 2],
        sums: &BatchSums,
    ) {
        let (fade1, fade2) = (1.0 - adam.first.powi(n as i32 + 1), 1.0 - adam.second.powi(n as i32 + 1));
        let [firsts, seconds] = &mut state.moments;
        let mut step = |slot: usize, gradient: f64| {
            let g = factor * gradient;
            firsts[slot] += (1.0 - adam.first) * (g - firsts[slot]);
            seconds[slot] += (1.0 - adam.second) * (g * g - seconds[slot]);
            self.options.step * (firsts[slot] / fade1) / ((seconds[slot] / fade2).sqrt() + adam.epsilon)
        };
        for (i, mean) in state.means.iter_mut().enumerate() {
            for (k, x) in mean.iter_mut().enumerate() {
                *x -= step(i * self.dimension + k, gradients[i][k]);
            }
            if self.trains_variance() {
                let variance = &mut state.variances[i];
                *variance *= (-step(2 * self.dimension + i, *variance * sums.variance[i])).exp();
            }
        }
    }
}

/// A step may divide a variance by this much at most.
const SMALLEST_FACTOR: f64 = 1e-3;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// e_1, then the directions of what e_1 leaves of mu_1 - mu_2, then of what both leave of mu_1; zero vectors where nothing
/// is left. mu_2 lies in their span.
fn seen_directions(means: &[Vec<f64>; 2]) -> [Vec<f64>; SEEN] {
    let mut axis = vec![0.0; means[0].len()];
    axis[0] = 1.0;
    let mut frame = [axis, means[0].iter().zip(&means[1]).map(|(a, b)| a - b).collect(), means[0].clone()];
    for n in 1..SEEN {
        let (before, rest) = frame.split_at_mut(n);
        let vector = &mut rest[0];
        let full = dot(vector, vector).sqrt();
        // Twice: the second pass removes what rounding left of the first.
        for _ in 0..2 {
            for known in before.iter() {
                let share = dot(vector, known);
                vector.iter_mut().zip(known).for_each(|(x, e)| *x -= share * e);
            }
        }
        let size = dot(vector, vector).sqrt();
        let scale = if size > NOTHING_LEFT * full { 1.0 / size } else { 0.0 };
        vector.iter_mut().for_each(|x| *x *= scale);
    }
    frame
}

/// Relative length below which a difference of vectors is rounding.
const NOTHING_LEFT: f64 = 1e-12;

/// The gradients in mu_1 and mu_2: the drifts, the noise along the seen directions, and the noise in the others, drawn here
/// with its covariance.
fn mean_gradients(
    geometry: &Geometry,
    sums: &BatchSums,
    means: &[Vec<f64>; 2],
    frame: &[Vec<f64>; SEEN],
    rng: &mut impl Rng,
) -> [Vec<f64>; 2] {
    let mut draw = || (0..geometry.dimension).map(|_| StandardNormal.sample(rng)).collect::<Vec<f64>>();
    let mut noise = [draw(), draw()];
    // The last direction is seen only by trained variances; its noise is then in the sums.
    let seen = if geometry.trains_variance { SEEN } else { SEEN - 1 };
    for vector in &mut noise {
        for known in &frame[..seen] {
            let share = dot(vector, known);
            vector.iter_mut().zip(known).for_each(|(x, e)| *x -= share * e);
        }
    }
    // Cholesky factor of the 2 x 2 covariance.
    let [c11, c12, c22] = sums.unseen;
    let l11 = c11.sqrt();
    let l21 = if l11 > 0.0 { c12 / l11 } else { 0.0 };
    let l22 = (c22 - l21 * l21).max(0.0).sqrt();
    let factors = [[l11, 0.0], [l21, l22]];
    let score = if geometry.score { 1.0 } else { 0.0 };
    std::array::from_fn(|i| {
        let o = 1 - i;
        // Of the other's samples only the score acts on mu_i.
        let towards = sums.other[i] + score * sums.other[o];
        let mut gradient: Vec<f64> = (0..geometry.dimension)
            .map(|k| {
                geometry.beta * sums.share[i] * means[i][k] - towards * (means[i][k] - means[o][k])
                    + factors[i][0] * noise[0][k]
                    + factors[i][1] * noise[1][k]
            })
            .collect();
        gradient[0] -= geometry.beta * geometry.separation * sums.tilt[i];
        for (n, direction) in frame.iter().enumerate().take(seen) {
            gradient.iter_mut().zip(direction).for_each(|(g, e)| *g += sums.seen[i][n] * e);
        }
        gradient
    })
}
