//! Monotone maps piece by piece: theory (42) and its derivatives.

use crate::flows::kind::CoordinateMaps;
use crate::flows::real::Real;

/// The knots lie on [-4, 4]: six of 10^5 base points are beyond, where the maps are straight.
const REACH: f64 = 4.0;
const WIDTH: f64 = 2.0 * REACH;

/// Where a base point lies: behind knot `knot`, `steps` distances of knots away; `tail` where the slope is constant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnotPlace {
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

    /// Where the middle knot of the first coordinate lies.
    pub(crate) fn middle_knot(&self) -> f64 {
        self.knots[self.middle()]
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

    pub(crate) fn place(&self, j: usize, z: f64) -> KnotPlace {
        let (knot, tail) = self.behind(&self.knots[j * self.count..][..self.count], z);
        let i = j * self.count + knot;
        // Before the first knot in units of one, as beyond the last.
        let distance = if tail { 1.0 } else { self.distances[i] };
        KnotPlace { knot, steps: (z - self.knots[i]) / distance, tail }
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
    pub(crate) fn at(&self, j: usize, KnotPlace { knot, steps, tail }: KnotPlace) -> (f64, f64) {
        let (log, rise, distance) = self.piece(j, knot, tail);
        let x = self.at[j * self.count + knot] + distance * log.exp() * steps * mean_exp(rise * steps);
        (x, log + rise * steps)
    }

    /// Their derivatives within the piece.
    pub(crate) fn slopes(&self, j: usize, KnotPlace { knot, steps, tail }: KnotPlace) -> Slopes {
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
    pub(crate) fn back(&self, j: usize, x: f64) -> (f64, f64) {
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

    #[test]
    fn a_ramp_of_exponentials_joins_its_series() {
        for u in [-1.0f64, 1.0] {
            let closed = (u.exp() * (u - 1.0) + 1.0) / (u * u);
            assert!((mean_ramp_exp(u * (1.0 - 1e-15)) - closed).abs() < 1e-14);
        }
        assert_eq!(mean_ramp_exp(0.0), 0.5);
    }
}
