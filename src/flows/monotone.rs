//! Product measures as flows: a monotone map of each coordinate, theory (42).

use collapsar_theory::InvalidParameter;
use rand::RngExt;

use crate::flows::architecture::Initial;
use crate::flows::kind::CoordinateMaps;
use crate::flows::real::Real;
use crate::flows::transport::{Image, Transport};
use crate::random::{Purpose, stream_for};

/// The knots lie on [-4, 4]: six of 10^5 base points are beyond, where the maps are straight.
const REACH: f64 = 4.0;
const WIDTH: f64 = 2.0 * REACH;

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
        let middle = T::of(if family.knots % 2 == 1 { 0.0 } else { WIDTH / (family.knots - 1) as f64 / 2.0 });
        map.parameters.iter_mut().step_by(family.stride()).for_each(|shift| *shift = middle);
        Ok(map)
    }

    fn through(&self, points: &[T], inverse: bool) -> Result<Image<T>, InvalidParameter> {
        let d = self.family.dimension;
        let mut image = Image::room(points, d)?;
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

/// Where a base point lies: behind knot `knot`, `steps` distances of knots away; `tail` where the slope is constant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) knot: usize,
    steps: f64,
    tail: bool,
}

/// The derivatives of x and of log T' within a piece: in the log-slopes of the knots before and behind, in the distance of
/// the two, and in the place of the knot before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slopes {
    pub(crate) logs: [[f64; 2]; 2],
    pub(crate) distance: [f64; 2],
    pub(crate) place: [f64; 2],
}

/// The maps in pieces: knots, T_j there, log T_j', and the distance to the next knot.
#[derive(Debug, Clone)]
pub(crate) struct Pieces {
    count: usize,
    knots: Vec<f64>,
    at: Vec<f64>,
    logs: Vec<f64>,
    distances: Vec<f64>,
}

impl Pieces {
    pub(crate) fn new(family: &CoordinateMaps) -> Self {
        let room = vec![0.0; family.dimension * family.knots];
        Self { count: family.knots, knots: room.clone(), at: room.clone(), logs: room.clone(), distances: room }
    }

    pub(crate) fn middle(&self) -> usize {
        self.count / 2
    }

    /// Takes new parameters.
    pub(crate) fn set<T: Real>(&mut self, parameters: &[T]) {
        let (count, middle) = (self.count, self.middle());
        for (j, given) in parameters.chunks_exact(2 * count).enumerate() {
            let own = j * count..(j + 1) * count;
            let (knots, at) = (&mut self.knots[own.clone()], &mut self.at[own.clone()]);
            let (logs, distances) = (&mut self.logs[own.clone()], &mut self.distances[own]);
            logs.iter_mut().zip(&given[1..]).for_each(|(log, given)| *log = given.to_f64());
            // Beyond the last knot in units of one.
            distances.fill(1.0);
            let shares = &mut distances[..count - 1];
            let largest = given[1 + count..].iter().fold(f64::NEG_INFINITY, |m, given| m.max(given.to_f64()));
            shares.iter_mut().zip(&given[1 + count..]).for_each(|(share, given)| {
                *share = (given.to_f64() - largest).exp();
            });
            let total: f64 = shares.iter().sum();
            shares.iter_mut().for_each(|share| *share *= WIDTH / total);
            knots[0] = if count == 1 { 0.0 } else { -REACH };
            (1..count).for_each(|i| knots[i] = knots[i - 1] + distances[i - 1]);
            let rise = |i: usize| distances[i] * logs[i].exp() * mean_exp(logs[i + 1] - logs[i]);
            at[middle] = given[0].to_f64();
            (middle..count - 1).for_each(|i| at[i + 1] = at[i] + rise(i));
            (0..middle).rev().for_each(|i| at[i] = at[i + 1] - rise(i));
        }
    }

    pub(crate) fn place(&self, j: usize, z: f64) -> Place {
        let (knot, tail) = self.behind(&self.knots[j * self.count..][..self.count], z);
        let i = j * self.count + knot;
        // Before the first knot in units of one, as beyond the last.
        let distance = if tail { 1.0 } else { self.distances[i] };
        Place { knot, steps: (z - self.knots[i]) / distance, tail }
    }

    /// The last of `places` that is not beyond `value`, and whether it lies outside all of them.
    fn behind(&self, places: &[f64], value: f64) -> (usize, bool) {
        let behind = places.partition_point(|place| *place <= value);
        (behind.saturating_sub(1), behind == 0 || behind == self.count)
    }

    /// log T' at a knot, how much it rises to the next, and their distance.
    fn piece(&self, j: usize, knot: usize, tail: bool) -> (f64, f64, f64) {
        let i = j * self.count + knot;
        if tail { (self.logs[i], 0.0, 1.0) } else { (self.logs[i], self.logs[i + 1] - self.logs[i], self.distances[i]) }
    }

    /// T_j and log T_j'.
    pub(crate) fn at(&self, j: usize, Place { knot, steps, tail }: Place) -> (f64, f64) {
        let (log, rise, distance) = self.piece(j, knot, tail);
        let x = self.at[j * self.count + knot] + distance * log.exp() * steps * mean_exp(rise * steps);
        (x, log + rise * steps)
    }

    /// Their derivatives within the piece.
    pub(crate) fn slopes(&self, j: usize, Place { knot, steps, tail }: Place) -> Slopes {
        let (log, rise, distance) = self.piece(j, knot, tail);
        let slope = log.exp();
        let whole = distance * slope * steps * mean_exp(rise * steps);
        let behind = if tail { 0.0 } else { distance * slope * steps * steps * mean_ramp_exp(rise * steps) };
        let share = if tail { 0.0 } else { steps };
        Slopes {
            logs: [[whole - behind, 1.0 - share], [behind, share]],
            distance: [-rise * behind / distance, -rise * share / distance],
            place: [-(log + rise * steps).exp(), -rise / distance],
        }
    }

    /// Derivatives of T_j(t_{i+1}) - T_j(t_i) in both log-slopes and in the distance.
    pub(crate) fn rise_slopes(&self, j: usize, knot: usize) -> [f64; 3] {
        let (log, rise, distance) = self.piece(j, knot, false);
        let per_distance = log.exp() * mean_exp(rise);
        let behind = distance * log.exp() * mean_ramp_exp(rise);
        [distance * per_distance - behind, behind, per_distance]
    }

    /// Distances of the knots of coordinate `j`.
    pub(crate) fn distances(&self, j: usize) -> &[f64] {
        &self.distances[j * self.count..][..self.count - 1]
    }

    /// The base point of x, and log T_j' there.
    fn back(&self, j: usize, x: f64) -> (f64, f64) {
        let (knot, tail) = self.behind(&self.at[j * self.count..][..self.count], x);
        let (log, rise, distance) = self.piece(j, knot, tail);
        let i = j * self.count + knot;
        let share = (x - self.at[i]) / (distance * log.exp());
        // Rounding may put it behind the next knot.
        let steps = share * mean_inverse(rise * share);
        let steps = if tail { steps } else { steps.min(1.0) };
        (self.knots[i] + distance * steps, log + rise * steps)
    }
}

/// The mean of e^(u s) over s from 0 to 1: (e^u - 1)/u.
fn mean_exp(u: f64) -> f64 {
    if u == 0.0 { 1.0 } else { u.exp_m1() / u }
}

/// The mean of s e^(u s): (e^u (u - 1) + 1)/u^2.
fn mean_ramp_exp(u: f64) -> f64 {
    if u.abs() >= 1.0 {
        return (u.exp() * (u - 1.0) + 1.0) / (u * u);
    }
    let (mut term, mut sum) = (1.0, 0.5);
    for n in 1..20 {
        term *= u / f64::from(n);
        sum += term / f64::from(n + 2);
    }
    sum
}

/// log(1 + v)/v.
fn mean_inverse(v: f64) -> f64 {
    if v == 0.0 { 1.0 } else { v.ln_1p() / v }
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

    #[test]
    fn a_ramp_of_exponentials_joins_its_series() {
        for u in [-1.0f64, 1.0] {
            let closed = (u.exp() * (u - 1.0) + 1.0) / (u * u);
            assert!((mean_ramp_exp(u * (1.0 - 1e-15)) - closed).abs() < 1e-14);
        }
        assert_eq!(mean_ramp_exp(0.0), 0.5);
    }
}
