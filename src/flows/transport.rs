//! What every flow is: an invertible map of the standard normal.

use collapsar_theory::InvalidParameter;

use crate::flows::real::{Arithmetic, Real};
use crate::random::{Purpose, normal, stream_for};

/// Most numbers of one sample that is held in memory, 2 GB in double precision.
pub const MOST_SAMPLED: usize = 1 << 28;

/// Points pushed through together: their activations stay in the second-level cache.
pub(crate) const BLOCK: usize = 128;

/// Points after a map and the logarithm of its determinant at each.
#[derive(Debug, Clone, PartialEq)]
pub struct Image<T> {
    /// The points, row by row.
    pub points: Vec<T>,
    /// log|det| of the map at each point.
    pub log_determinant: Vec<T>,
}

impl<T: Real> Image<T> {
    /// StepWorkspace for the image of `points`; refuses a slice that is no whole number of points.
    pub(crate) fn zeros(points: &[T], dimension: usize) -> Result<Self, InvalidParameter> {
        if !points.len().is_multiple_of(dimension) {
            let value = format!("{} numbers", points.len());
            return Err(InvalidParameter::new("points", value, format!("hold {dimension} numbers for each point")));
        }
        let rows = points.len() / dimension;
        Ok(Self { points: vec![T::ZERO; points.len()], log_determinant: vec![T::ZERO; rows] })
    }
}

/// x = f(z) with z standard normal. Points are given row by row, d numbers each.
pub trait Transport<T: Real> {
    /// d.
    fn dimension(&self) -> usize;

    /// x = f(z) and log|det df/dz| for points z; refuses a slice that is no whole number of points.
    fn forward(&self, points: &[T]) -> Result<Image<T>, InvalidParameter>;

    /// z = f^-1(x) and log|det df^-1/dx| for points x.
    fn inverse(&self, points: &[T]) -> Result<Image<T>, InvalidParameter>;

    /// log q(x) = log N(f^-1(x); 0, I) + log|det df^-1/dx|.
    fn log_density(&self, points: &[T]) -> Result<Vec<T>, InvalidParameter> {
        let base = self.inverse(points)?;
        let rows = base.points.chunks_exact(self.dimension());
        Ok(rows.zip(&base.log_determinant).map(|(z, log)| log_normal(z) + *log).collect())
    }

    /// `count` points of the flow, drawn from `seed`: point i depends on (seed, i/128) and its place in that block
    /// only.
    fn sample(&self, seed: u64, count: usize) -> Vec<T> {
        let base = base(self.dimension(), seed, count);
        // A whole number of points by construction, so that the map does not refuse.
        self.forward(&base).map(|image| image.points).unwrap_or_default()
    }
}

/// Base points of samples.
pub(crate) fn base<T: Real>(dimension: usize, seed: u64, count: usize) -> Vec<T> {
    let mut base = vec![T::ZERO; count * dimension];
    for (block, points) in base.chunks_mut(BLOCK * dimension).enumerate() {
        let mut rng = stream_for(seed, Purpose::Flow, block as u64);
        points.iter_mut().for_each(|z| *z = T::of(normal(&mut rng)));
    }
    base
}

/// log N(z; 0, I).
pub(crate) fn log_normal<T: Arithmetic>(z: &[T]) -> T {
    let mut square = T::ZERO;
    z.iter().for_each(|z| square += *z * *z);
    T::of(-0.5) * square - T::of(0.5 * z.len() as f64 * (2.0 * std::f64::consts::PI).ln())
}
