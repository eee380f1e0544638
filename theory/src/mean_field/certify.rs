//! The optimum of a pair of equal weights, certified by computation: mean field section 3.

use std::f64::consts::FRAC_1_SQRT_2;

use super::certificate::{disagreement, minority_bound};
use super::fit::{MeanField, MeanFieldStart};
use super::lattice::{Axis, Sides};
use super::marginal::Marginal;
use super::scalar_sum::MeanFieldState;
use crate::parameter::InvalidParameter;

/// What computation proves about the optimum of a pair of equal weights at T = 1, up to rounding and grids.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimumCertificate {
    /// L = F at the largest stationary point: an upper bound of the optimum.
    pub bound: f64,
    /// t*(0) of each group: the most mass on the smaller side of 0 that an optimum has there; `None` where not certified.
    pub minority: Vec<Option<f64>>,
    /// theta_max minus theta of the lower bound: 0 where the optimum is the largest stationary point or its mirror image.
    pub gap: f64,
    /// Whether it is known: the two bounds coincide.
    pub known: bool,
}

/// Sweeps from the lower bound.
const SWEEPS: usize = 1500;
/// Differences of theta that are rounding.
const EQUAL: f64 = 1e-12;
/// Change of theta by a sweep at which the lower bound has settled elsewhere.
const SETTLED: f64 = 1e-10;

impl MeanField {
    /// Certifies the optimum: every optimum with more mass on the plus side lies above the worst law that (M33) allows, and by
    /// theorem 1 above the limit of coordinate ascent from there. Where that is the largest stationary point, the optimum is
    /// this one or its mirror image.
    ///
    /// Thresholds c are those of the grid, in the same place for a coordinate and its partner, the coordinate of largest
    /// half separation beside it. A coordinate for which (M33) says nothing starts from N(-a_j, 1).
    ///
    /// Errors: unequal weights, T other than 1, or a single coordinate.
    pub fn certify(&self) -> Result<OptimumCertificate, InvalidParameter> {
        if self.pair.bias() != 0.0 {
            return Err(InvalidParameter::new("weight", self.pair.weight(), "be 1/2 for a certificate"));
        }
        if self.pair.temperature() != 1.0 {
            return Err(InvalidParameter::new("temperature", self.pair.temperature(), "be 1 for a certificate"));
        }
        if self.pair.dimension() < 2 {
            return Err(InvalidParameter::new("dimension", self.pair.dimension(), "be at least 2 for a certificate"));
        }
        let largest = self.ascend(MeanFieldStart::Plus)?.state;
        let (bound, top) = (self.objective(&largest), self.theta(&largest));
        let allowed = |g: usize, c: f64| {
            let off = disagreement(self.sum.axes[g].term.slope, self.partner(g), c);
            minority_bound(off, bound).ok().flatten()
        };
        let minority: Vec<Option<f64>> = (0..self.sum.axes.len()).map(|g| allowed(g, 0.0)).collect();
        let worst = (0..self.sum.axes.len()).map(|g| worst_law(&self.sum.axes[g], |c| allowed(g, c))).collect();
        let mut state = self.sum.state(worst, false, self.sum.waves.omega.len());
        let mut theta = self.theta(&state);
        for _ in 0..SWEEPS {
            state = self.sweep(&state);
            let next = self.theta(&state);
            let settled = (next - theta).abs() <= SETTLED;
            theta = next;
            if settled && (top - theta > EQUAL.sqrt() || top - theta <= EQUAL) {
                break;
            }
        }
        let gap = top - theta;
        Ok(OptimumCertificate { bound, minority, gap, known: gap.abs() <= EQUAL })
    }

    fn theta(&self, state: &MeanFieldState) -> f64 {
        self.sum.waves.averages(&state.law.total).1
    }

    /// The largest half separation among the coordinates beside one of group `g`.
    fn partner(&self, g: usize) -> f64 {
        let others = self.sum.axes.iter().enumerate().filter(|(i, axis)| *i != g || axis.term.count > 1);
        others.map(|(_, axis)| axis.term.slope).fold(0.0, f64::max)
    }
}

/// The stochastically smallest law with P(X <= c) <= `allowed`(c) on the certified range about 0: below the range
/// N(-a_j, 1) as far as it may go, above it nothing. Between points of the grid masses move left, which keeps it a bound.
fn worst_law(axis: &Axis, allowed: impl Fn(f64) -> Option<f64>) -> Marginal {
    let count = axis.x.len();
    let point = |i: usize| if i < count { -axis.x[count - 1 - i] } else { axis.x[i + 1 - count] };
    let all = 2 * count - 1;
    let normal = |x: f64| 0.5 * libm::erfc(-(x + axis.term.slope) * FRAC_1_SQRT_2);
    let bounds: Vec<Option<f64>> = (0..all).map(|i| allowed(point(i))).collect();
    let middle = count - 1;
    let low = (0..=middle).rev().take_while(|&i| bounds[i].is_some()).last();
    let high = (middle..all).take_while(|&i| bounds[i].is_some()).last();
    let cdf: Vec<f64> = match (low, high) {
        (Some(low), Some(high)) => {
            let mut cdf = vec![1.0; all];
            // A cdf rises: what is allowed further right bounds it here.
            let mut least: f64 = 1.0;
            for i in (low..=high).rev() {
                least = least.min(bounds[i].unwrap_or(1.0));
                cdf[i] = least;
            }
            for i in 0..low {
                cdf[i] = cdf[low] * normal(point(i)) / normal(point(low));
            }
            cdf
        }
        _ => (0..all).map(|i| if i + 1 == all { 1.0 } else { normal(point(i)) }).collect(),
    };
    let mass = |i: usize| if i + 1 < all { cdf[i + 1] - cdf[i] } else { 0.0 };
    let first = |i: usize| if i == 0 { cdf[0] + mass(0) } else { mass(i) };
    let side = |k: usize, sign: f64| {
        let i = if sign > 0.0 { middle + k } else { middle - k };
        // The point 0 belongs to both sides.
        if k == 0 { 0.5 * first(i) } else { first(i) }
    };
    let mass = Sides::new(count, side);
    let base = Sides { plus: axis.base.clone(), minus: axis.base.clone() };
    Marginal { tilt: mass.with(&base, |mass, base| libm::log(mass / base)), mass }
}
