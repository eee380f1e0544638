//! Product measures as flows: a monotone map of each coordinate, theory (42).

use collapsar_theory::InvalidParameter;
use rand::RngExt;

use crate::flows::architecture::Initial;
use crate::flows::kind::CoordinateMaps;
use crate::flows::pieces::Pieces;
use crate::flows::real::Real;
use crate::flows::transport::{Image, Transport};
use crate::random::{Purpose, stream_for};

/// A product measure in the number type `T`, see [`CoordinateMaps`]; within, double precision.
#[derive(Debug, Clone)]
pub struct MonotoneMap<T> {
    pub(crate) family: CoordinateMaps,
    /// Coordinate by coordinate: T_j at the middle knot, the log-slopes, and what the distances of knots are the softmax of.
    pub(crate) parameters: Vec<T>,
}

impl<T: Real> MonotoneMap<T> {
    /// The map that [`CoordinateMaps::initial`] describes, drawn from `seed`.
    pub fn new(family: &CoordinateMaps, seed: u64) -> Result<Self, InvalidParameter> {
        let mut map = Self::identity(family)?;
        let inputs = match family.initial {
            Initial::Identity => return Ok(map),
            Initial::Uniform => 1,
            Initial::Masked => family.dimension,
        };
        let bound = 1.0 / (inputs as f64).sqrt();
        let mut rng = stream_for(seed, Purpose::Initial, 0);
        for coordinate in map.parameters.chunks_exact_mut(family.stride()) {
            let mut draw = || rng.random_range(-bound..bound);
            coordinate[0] = T::of(draw());
            coordinate[1..=family.knots].fill(T::of(draw()));
        }
        Ok(map)
    }

    /// x = z.
    pub(crate) fn identity(family: &CoordinateMaps) -> Result<Self, InvalidParameter> {
        family.check()?;
        let mut map = Self { family: family.clone(), parameters: vec![T::ZERO; family.parameters()] };
        let mut pieces = Pieces::new(family);
        pieces.set(&map.parameters);
        let middle = T::of(pieces.middle_knot());
        map.parameters.iter_mut().step_by(family.stride()).for_each(|shift| *shift = middle);
        Ok(map)
    }

    fn through(&self, points: &[T], inverse: bool) -> Result<Image<T>, InvalidParameter> {
        let d = self.family.dimension;
        let mut image = Image::zeros(points, d)?;
        let mut pieces = Pieces::new(&self.family);
        pieces.set(&self.parameters);
        let rows = points.chunks_exact(d).zip(image.points.chunks_exact_mut(d));
        for ((from, to), log_det) in rows.zip(&mut image.log_determinant) {
            let mut sum = 0.0;
            for (j, (from, to)) in from.iter().zip(to).enumerate() {
                let (found, log_slope) =
                    if inverse { pieces.back(j, from.to_f64()) } else { pieces.at(j, pieces.place(j, from.to_f64())) };
                *to = T::of(found);
                sum += if inverse { -log_slope } else { log_slope };
            }
            *log_det = T::of(sum);
        }
        Ok(image)
    }
}

impl<T: Real> Transport<T> for MonotoneMap<T> {
    fn dimension(&self) -> usize {
        self.family.dimension
    }

    fn forward(&self, points: &[T]) -> Result<Image<T>, InvalidParameter> {
        self.through(points, false)
    }

    fn inverse(&self, points: &[T]) -> Result<Image<T>, InvalidParameter> {
        self.through(points, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::normal;

    fn rough(knots: usize) -> MonotoneMap<f64> {
        let family = CoordinateMaps { dimension: 3, knots, ..CoordinateMaps::default() };
        let mut map = MonotoneMap::identity(&family).unwrap();
        let mut rng = stream_for(5, Purpose::Initial, 1);
        map.parameters.iter_mut().for_each(|p| *p += 0.8 * normal(&mut rng));
        map
    }

    #[test]
    fn the_identity_changes_nothing() {
        for knots in [1, 2, 5, 32, 33] {
            let family = CoordinateMaps { dimension: 2, knots, ..CoordinateMaps::default() };
            let map = MonotoneMap::<f64>::identity(&family).unwrap();
            let points = [-7.0, -1.3, 0.0, 0.1, 4.0, 6.0];
            let image = map.forward(&points).unwrap();
            let gap = image.points.iter().zip(points).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
            assert!(gap < 1e-14 && image.log_determinant == [0.0; 3], "{knots}: {image:?}");
        }
    }

    #[test]
    fn both_directions_undo_each_other_and_the_determinant_is_the_derivative() {
        for knots in [1, 2, 5, 33] {
            let map = rough(knots);
            let points: Vec<f64> = (0..300).map(|i| 0.04 * f64::from(i) - 6.0 + 0.003).collect();
            let image = map.forward(&points).unwrap();
            let back = map.inverse(&image.points).unwrap();
            for (z, again) in points.iter().zip(&back.points) {
                assert!((z - again).abs() < 1e-11, "{knots}: {z} {again}");
            }
            for (one, other) in image.log_determinant.iter().zip(&back.log_determinant) {
                assert!((one + other).abs() < 1e-10);
            }
            let step = 1e-5;
            let moved = |by: f64| map.forward(&points.iter().map(|z| z + by).collect::<Vec<_>>()).unwrap().points;
            let slopes: Vec<f64> =
                moved(step).iter().zip(moved(-step)).map(|(a, b)| ((a - b) / (2.0 * step)).ln()).collect();
            for (log, slopes) in image.log_determinant.iter().zip(slopes.chunks_exact(3)) {
                assert!((log - slopes.iter().sum::<f64>()).abs() < 1e-5, "{knots}");
            }
        }
    }
}
