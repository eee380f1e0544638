//! A marginal on its grid: log density, distribution function and quantiles.

use super::sampled_curve::{Basis, Curve, SampledAxis};
use crate::kernel::exp_array;

/// A density q_j on the points of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SampledMarginal {
    pub(super) axis: SampledAxis,
    /// log q_j at the points.
    pub(super) logs: Vec<f64>,
    /// q_j dx; trapezoid sums are spectrally accurate.
    pub(super) mass: Vec<f64>,
    curve: Curve,
    /// Masses to the left of the points.
    below: Vec<f64>,
}

/// Gauss-Legendre in [0, 1].
const PLACES: [f64; 4] =
    [0.069_431_844_202_973_71, 0.330_009_478_207_571_87, 0.669_990_521_792_428_1, 0.930_568_155_797_026_3];
const SHARES: [f64; 4] =
    [0.173_927_422_568_726_93, 0.326_072_577_431_273_07, 0.326_072_577_431_273_07, 0.173_927_422_568_726_93];
/// Steps of Newton's method for a quantile, and the change, in grid steps, whose square is what is left.
const STEPS: usize = 6;
const ENOUGH: f64 = 1e-6;
/// Masses that add nothing to an average.
const NOTHING: f64 = 1e-24;

impl SampledMarginal {
    /// The density proportional to exp(`logs`).
    pub(super) fn new(axis: SampledAxis, mut logs: Vec<f64>, basis: &Basis) -> Self {
        let top = logs.iter().fold(f64::NEG_INFINITY, |m: f64, l| m.max(*l));
        let sum: f64 = logs.iter().map(|l| libm::exp(l - top)).sum();
        let shift = top + libm::log(sum * axis.step);
        logs.iter_mut().for_each(|l| *l -= shift);
        let mass = logs.iter().map(|l| libm::exp(*l) * axis.step).collect();
        let curve = Curve::new(axis, &logs, basis);
        let mut marginal = Self { axis, logs, mass, curve, below: Vec::with_capacity(axis.count) };
        let mut sum = 0.0;
        marginal.below.push(sum);
        for g in 1..axis.count {
            sum += marginal.between(axis.at(g - 1), axis.at(g));
            marginal.below.push(sum);
        }
        marginal
    }

    /// The normal density with this mean and variance.
    pub(super) fn normal(axis: SampledAxis, mean: f64, variance: f64, basis: &Basis) -> Self {
        let logs = axis.points().map(|x| -(x - mean) * (x - mean) / (2.0 * variance)).collect();
        Self::new(axis, logs, basis)
    }

    /// The same law on another grid; where that is wider, the log goes straight on.
    pub(super) fn on(&self, axis: SampledAxis, basis: &Basis) -> Self {
        if axis == self.axis {
            return self.clone();
        }
        Self::new(axis, axis.points().map(|x| self.curve.beyond(x)).collect(), basis)
    }

    /// int_a^b q_j within one cell: relative error 1e-12.
    fn between(&self, a: f64, b: f64) -> f64 {
        let density = exp_array(&PLACES.map(|place| self.curve.value(a + place * (b - a))));
        (b - a) * density.iter().zip(SHARES).map(|(p, share)| p * share).sum::<f64>()
    }

    /// x with P(X <= x) = u, to 1e-12 steps where the density is not negligible.
    pub(super) fn quantile(&self, u: f64) -> f64 {
        let wanted = u * self.below[self.axis.count - 1];
        let cell = self.below.partition_point(|below| *below <= wanted).clamp(1, self.axis.count - 1) - 1;
        let (left, step) = (self.axis.at(cell), self.axis.step);
        let rest = wanted - self.below[cell];
        // Exponential inside the cell, to begin with.
        let start = libm::exp(self.logs[cell]).max(f64::MIN_POSITIVE);
        let bend = (self.logs[cell + 1] - self.logs[cell]) / step;
        let part = rest / start;
        let first = if (bend * part).abs() < 1e-8 { part } else { libm::log1p((bend * part).max(-0.99)) / bend };
        let mut x = left + first.clamp(0.0, step);
        for _ in 0..STEPS {
            let gap = self.between(left, x) - rest;
            let next = (x - gap / libm::exp(self.curve.value(x)).max(f64::MIN_POSITIVE)).clamp(left, left + step);
            let change = (next - x).abs();
            x = next;
            if change <= ENOUGH * step {
                break;
            }
        }
        x
    }

    /// The quantiles at `uniforms`, moved and stretched by what their mean and variance lack: equidistant u cut the tails, which costs
    /// averages of squares log N/N.
    pub(super) fn samples(&self, uniforms: &[f64]) -> Vec<f64> {
        let mut samples: Vec<f64> = uniforms.iter().map(|u| self.quantile(*u)).collect();
        let count = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / count;
        let variance = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
        let (wanted, spread) = self.moments();
        let stretch = (spread / variance).sqrt();
        samples.iter_mut().for_each(|x| *x = wanted + stretch * (*x - mean));
        samples
    }

    /// log q_j(x).
    pub(super) fn log_density(&self, x: f64) -> f64 {
        self.curve.value(x)
    }

    /// (log q_j)'(x).
    pub(super) fn slope(&self, x: f64) -> f64 {
        self.curve.slope(x)
    }

    /// E X and Var X.
    pub(super) fn moments(&self) -> (f64, f64) {
        let mean = self.mass.iter().zip(self.axis.points()).map(|(p, x)| p * x).sum::<f64>();
        (mean, self.mass.iter().zip(self.axis.points()).map(|(p, x)| p * (x - mean) * (x - mean)).sum())
    }

    /// E (log q_j)'(X)^2.
    pub(super) fn information(&self) -> f64 {
        let seen = self.mass.iter().zip(self.axis.points()).filter(|(p, _)| **p > NOTHING);
        seen.map(|(p, x)| p * self.slope(x) * self.slope(x)).sum()
    }

    /// The larger density at the ends, relative to the peak.
    pub(super) fn edge(&self) -> f64 {
        let top = self.logs.iter().fold(f64::NEG_INFINITY, |m: f64, l| m.max(*l));
        libm::exp(self.logs[0].max(self.logs[self.axis.count - 1]) - top)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sampled_curve::basis;
    use super::*;

    #[test]
    fn quantiles_invert_and_moments_are_those_of_the_law() {
        let axis = SampledAxis { first: -12.0, step: 0.1, count: 240 };
        let logs = axis
            .points()
            .map(|x| (0.3 * (-0.5 * (x - 1.5) * (x - 1.5)).exp() + 0.7 * (-0.5 * (x + 2.0) * (x + 2.0)).exp()).ln());
        let marginal = SampledMarginal::new(axis, logs.collect(), &basis());
        let phi = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
        for n in 1..200 {
            let u = f64::from(n) / 200.0;
            let x = marginal.quantile(u);
            assert!((0.3 * phi(x - 1.5) + 0.7 * phi(x + 2.0) - u).abs() < 1e-11, "{u}");
        }
        let (mean, variance) = marginal.moments();
        assert!((mean + 0.95).abs() < 1e-13 && (variance - 1.0 - 0.21 * 12.25).abs() < 1e-12);
        let normal = SampledMarginal::normal(axis, 0.3, 1.7, &basis());
        assert!((normal.information() - 1.0 / 1.7).abs() < 1e-11 && normal.edge() < 1e-15);
    }
}
