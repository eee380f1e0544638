//! What a step needs of a target: log p and its gradient at a block of points.

use crate::flows::mixture::Mixture;
use crate::flows::real::{Arithmetic, Real};

/// A target that is known by its density alone.
pub trait LogDensity: Sync {
    /// log p up to a constant into `log_p` and its gradient into `score`, at points given row by row, d numbers each. What is
    /// not finite ends a training as diverged.
    fn evaluate(&self, points: &[f64], log_p: &mut [f64], score: &mut [f64]);
}

impl<D: LogDensity + ?Sized> LogDensity for &D {
    fn evaluate(&self, points: &[f64], log_p: &mut [f64], score: &mut [f64]) {
        (**self).evaluate(points, log_p, score);
    }
}

/// A target in the number type and the order of coordinates of a flow.
pub(crate) trait Scored<T>: Send {
    /// Whether a batch is better asked for at once than in blocks that stay in the cache.
    fn together(&self) -> bool;

    /// log p of the points whose halves are the rows of `x`, into `log_p`, and `factor` times its gradient, into `out`; a
    /// row has `sizes` coordinates in each half.
    fn scores(&mut self, x: [&[T]; 2], sizes: [usize; 2], factor: T, out: [&mut [T]; 2], log_p: &mut [f64]);
}

/// A mixture with room for its responsibilities at a point.
pub(crate) struct ScoredMixture<T> {
    mixture: Mixture<T>,
    responsibilities: Vec<T>,
}

impl<T: Arithmetic> ScoredMixture<T> {
    pub(crate) fn new(mixture: Mixture<T>) -> Self {
        let responsibilities = vec![T::ZERO; mixture.components()];
        Self { mixture, responsibilities }
    }
}

impl<T: Real> Scored<T> for ScoredMixture<T> {
    fn together(&self) -> bool {
        false
    }

    fn scores(&mut self, x: [&[T]; 2], sizes: [usize; 2], factor: T, out: [&mut [T]; 2], log_p: &mut [f64]) {
        let [out_a, out_b] = out;
        for (row, log_p) in log_p.iter_mut().enumerate() {
            let parts = sizes.map(|size| row * size..(row + 1) * size);
            let point = [&x[0][parts[0].clone()], &x[1][parts[1].clone()]];
            let out = [&mut out_a[parts[0].clone()], &mut out_b[parts[1].clone()]];
            *log_p = self.mixture.score(point, factor, out, &mut self.responsibilities).to_f64();
        }
    }
}

/// A density with room for points and scores in double precision and the natural order of coordinates.
pub(crate) struct ScoredDensity<'a> {
    density: &'a dyn LogDensity,
    order: Vec<usize>,
    points: Vec<f64>,
    scores: Vec<f64>,
}

impl<'a> ScoredDensity<'a> {
    /// `order` lists the coordinate of each place.
    pub(crate) fn new(density: &'a dyn LogDensity, order: &[usize]) -> Self {
        Self { density, order: order.to_vec(), points: Vec::new(), scores: Vec::new() }
    }
}

impl<T: Real> Scored<T> for ScoredDensity<'_> {
    fn together(&self) -> bool {
        true
    }

    fn scores(&mut self, x: [&[T]; 2], sizes: [usize; 2], factor: T, out: [&mut [T]; 2], log_p: &mut [f64]) {
        let d = self.order.len();
        self.points.resize(log_p.len() * d, 0.0);
        self.scores.resize(log_p.len() * d, 0.0);
        let [of_a, of_b] = [&self.order[..sizes[0]], &self.order[sizes[0]..]];
        for (row, point) in self.points.chunks_exact_mut(d).enumerate() {
            for (half, order) in [of_a, of_b].into_iter().enumerate() {
                let from = &x[half][row * sizes[half]..];
                order.iter().zip(from).for_each(|(&i, x)| point[i] = x.to_f64());
            }
        }
        self.density.evaluate(&self.points, log_p, &mut self.scores);
        for (half, (order, out)) in [of_a, of_b].into_iter().zip(out).enumerate() {
            for (row, score) in self.scores.chunks_exact(d).enumerate() {
                let to = &mut out[row * sizes[half]..];
                order.iter().zip(to).for_each(|(&i, out)| *out = factor * T::of(score[i]));
            }
        }
    }
}
