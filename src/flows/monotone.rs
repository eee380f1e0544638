//! Product measures as flows: a monotone map of each coordinate, theory (42).

use collapsar_theory::InvalidParameter;
use rand::RngExt;

use crate::flows::architecture::Initial;
use crate::flows::frame::Frame;
use crate::flows::kind::CoordinateMaps;
use crate::flows::pieces::Pieces;
use crate::flows::real::Real;
use crate::flows::transport::{Image, Transport};
use crate::random::{Purpose, stream_for};

/// A product measure in the number type `T`, see [`CoordinateMaps`]; within, double precision.
#[derive(Debug, Clone)]
pub struct MonotoneMap<T> {
    pub(crate) family: CoordinateMaps,
    /// Coordinate by coordinate: T_j at the middle knot, the log-slopes, and what the distances of knots are the softmax of; then
    /// the rotation.
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
        let (maps, frame) = map.parameters.split_at_mut(family.of_maps());
        let mut draw = || rng.random_range(-bound..bound);
        for coordinate in maps.chunks_exact_mut(family.stride()) {
            coordinate[0] = T::of(draw());
            coordinate[1..=family.knots].fill(T::of(draw()));
        }
        frame.iter_mut().for_each(|x| *x = T::of(draw()));
        Ok(map)
    }

    /// x = z.
    pub(crate) fn identity(family: &CoordinateMaps) -> Result<Self, InvalidParameter> {
        family.check()?;
        let mut map = Self { family: family.clone(), parameters: vec![T::ZERO; family.parameters()] };
        let mut pieces = Pieces::new(family);
        pieces.set(&map.parameters);
        let middle = T::of(pieces.middle_knot());
        let maps = &mut map.parameters[..family.of_maps()];
        maps.iter_mut().step_by(family.stride()).for_each(|shift| *shift = middle);
        Ok(map)
    }

    /// R, if there is one.
    pub(crate) fn frame(&self) -> Option<Frame> {
        self.family.rotation.then(|| {
            let mut frame = Frame::identity(self.family.dimension);
            frame.set(&self.parameters[self.family.of_maps()..]);
            frame
        })
    }

    fn through(&self, points: &[T], inverse: bool) -> Result<Image<T>, InvalidParameter> {
        let d = self.family.dimension;
        let mut image = Image::zeros(points, d)?;
        let mut pieces = Pieces::new(&self.family);
        pieces.set(&self.parameters[..self.family.of_maps()]);
        let frame = self.frame();
        let (mut own, mut turned) = (vec![0.0; d], vec![0.0; d]);
        let rows = points.chunks_exact(d).zip(image.points.chunks_exact_mut(d));
        for ((from, to), log_det) in rows.zip(&mut image.log_determinant) {
            own.iter_mut().zip(from).for_each(|(own, from)| *own = from.to_f64());
            if let (Some(frame), true) = (&frame, inverse) {
                frame.back(&own, &mut turned);
                own.copy_from_slice(&turned);
            }
            let mut sum = 0.0;
            for (j, own) in own.iter_mut().enumerate() {
                let (found, log_slope) =
                    if inverse { pieces.back(j, *own) } else { pieces.at(j, pieces.place(j, *own)) };
                *own = found;
                sum += if inverse { -log_slope } else { log_slope };
            }
            if let (Some(frame), false) = (&frame, inverse) {
                frame.turn(&own, &mut turned);
                own.copy_from_slice(&turned);
            }
            to.iter_mut().zip(&own).for_each(|(to, own)| *to = T::of(*own));
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

    fn rough(knots: usize, rotation: bool) -> MonotoneMap<f64> {
        let family = CoordinateMaps { dimension: 3, knots, rotation, ..CoordinateMaps::default() };
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
    fn a_rotation_turns_what_the_maps_give() {
        let (straight, turned) = (rough(5, false), rough(5, true));
        assert_eq!(straight.parameters[..], turned.parameters[..30]);
        let points = [0.3, -1.2, 2.0, -0.7, 0.1, 0.4];
        let (y, x) = (straight.forward(&points).unwrap(), turned.forward(&points).unwrap());
        assert_eq!(y.log_determinant, x.log_determinant);
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        for (i, j) in [(0, 0), (0, 1), (1, 1)] {
            let of = |points: &[f64]| product(&points[3 * i..3 * i + 3], &points[3 * j..3 * j + 3]);
            assert!((of(&y.points) - of(&x.points)).abs() < 1e-13);
        }
        let back = turned.inverse(&x.points).unwrap();
        assert!(back.points.iter().zip(points).all(|(a, b)| (a - b).abs() < 1e-11));
    }

    #[test]
    fn both_directions_undo_each_other_and_the_determinant_is_the_derivative() {
        for knots in [1, 2, 5, 33] {
            let map = rough(knots, false);
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
