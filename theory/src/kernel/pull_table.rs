//! The pull of a pair of modes, and its potential, by interpolation.

use super::hermite::Quintic;
use super::{logistic_normal_jet, logistic_softplus_normal};
use crate::parameter::{InvalidParameter, finite, positive};

/// Error of `tau` and of `dtau/dm` (in units of `max(1, 2 rho)`) that the grid is refined to: half of what is promised.
const TOLERANCE: f64 = 5e-12;

/// `tau` is within 1e-13 of its limit once the logit exceeds `SATURATION` times `sqrt(b^2 + pi^2/3)` plus
/// `SATURATION_TAIL`: `2 Phi(-8)` is 1e-15, and the logistic tail adds a factor `e^(-32)`.
const SATURATION: f64 = 8.0;
const SATURATION_TAIL: f64 = 32.0;

/// The logit `2(rho m + h)` of a mode, smeared by `b = 2 rho sqrt(var)`, and the part of the axis where it is not saturated.
#[derive(Debug, Clone, Copy)]
struct Logit {
    rho: f64,
    h: f64,
    b: f64,
    low: f64,
    high: f64,
    /// Logit beyond which `tau` is +-1.
    saturated: f64,
}

impl Logit {
    /// Cut to `|m| <= range`.
    fn new(rho: f64, h: f64, var: f64, range: f64) -> Result<Self, InvalidParameter> {
        let (rho, h) = (positive("rho", rho)?, finite("h", h)?);
        let (var, range) = (positive("var", var)?, positive("range", range)?);
        let b = 2.0 * rho * var.sqrt();
        let saturated = SATURATION * (b * b + std::f64::consts::PI.powi(2) / 3.0).sqrt() + SATURATION_TAIL;
        // The window of m in which |2(rho m + h)| <= saturated, cut to the range; at least a hair wide.
        let low = ((-0.5 * saturated - h) / rho).clamp(-range, range);
        let high = ((0.5 * saturated - h) / rho).clamp(-range, range);
        let (low, high) = if high > low { (low, high) } else { (-range, range) };
        Ok(Self { rho, h, b, low, high, saturated })
    }

    #[inline]
    fn of(&self, m: f64) -> f64 {
        2.0 * (self.rho * m + self.h)
    }

    #[inline]
    fn holds(&self, m: f64) -> bool {
        m >= self.low && m <= self.high
    }
}

/// `tau(m)` and `dtau/dm` for fixed modes and variance by quintic Hermite interpolation.
///
/// Formula: `tau(m) = 2 L(2(rho m + h), 2 rho sqrt(var)) - 1`, theory (7). Symbols: `m` the coordinate of a mean along the
/// axis of the modes, `rho` their distance from the origin, `h` half the log-ratio of their weights.
///
/// Absolute error inside the range: below 1e-11 in the value and 1e-11 max(1, 2 rho) in the derivative, while the table
/// stays below 16384 cells (`rho range` up to about 400 for small `var`); outside it the accurate form answers, or the
/// limits +-1 with derivative 0 where it has reached them. NaN gives NaN.
#[derive(Debug, Clone)]
pub struct PullTable {
    logit: Logit,
    table: Quintic,
}

impl PullTable {
    /// Tabulates `|m| <= range`, or the part of it where `tau` is not yet +-1.
    ///
    /// # Errors
    ///
    /// When `rho`, `var` or `range` is not positive and finite, or `h` is not finite.
    pub fn new(rho: f64, h: f64, var: f64, range: f64) -> Result<Self, InvalidParameter> {
        let logit = Logit::new(rho, h, var, range)?;
        let unit = (2.0 * rho).max(1.0);
        let table = Quintic::fit(logit.low, logit.high, TOLERANCE, unit, |m| Self::exact(&logit, m));
        Ok(Self { logit, table })
    }

    /// `tau` and its two derivatives in `m` from the accurate kernel.
    fn exact(logit: &Logit, m: f64) -> [f64; 3] {
        let jet = logistic_normal_jet(logit.of(m), logit.b);
        [2.0 * jet.value - 1.0, 4.0 * logit.rho * jet.d1, 8.0 * logit.rho * logit.rho * jet.d2]
    }

    /// `(tau, dtau/dm)` at `m`.
    #[inline]
    pub fn at(&self, m: f64) -> (f64, f64) {
        if self.logit.holds(m) { self.table.at(m) } else { self.outside(m) }
    }

    #[cold]
    fn outside(&self, m: f64) -> (f64, f64) {
        let logit = self.logit.of(m);
        if logit.abs() >= self.logit.saturated {
            (logit.signum(), 0.0)
        } else {
            let [value, slope, _] = Self::exact(&self.logit, m);
            (value, slope)
        }
    }
}

/// The potential of [`PullTable`]: `S(2(rho m + h), 2 rho sqrt(var))`, whose derivative in `m` is `rho (1 + tau(m))`, by
/// quintic Hermite interpolation.
///
/// Symbols and range as there. Absolute error below 1e-10 (1 + rho); outside the range the accurate form answers, or the
/// limit `max(0, 2(rho m + h))` where it is reached. NaN gives NaN.
#[derive(Debug, Clone)]
pub(crate) struct PullPotentialTable {
    logit: Logit,
    table: Quintic,
}

impl PullPotentialTable {
    /// Tabulates as [`PullTable::new`], with its errors.
    pub(crate) fn new(rho: f64, h: f64, var: f64, range: f64) -> Result<Self, InvalidParameter> {
        let logit = Logit::new(rho, h, var, range)?;
        // A potential is compared with a barrier: an order less than the pull.
        let unit = 1.0 + rho;
        let table = Quintic::fit(logit.low, logit.high, 10.0 * TOLERANCE * unit, unit, |m| {
            let (soft, share, slope) = logistic_softplus_normal(logit.of(m), logit.b);
            [soft, 2.0 * rho * share, 4.0 * rho * rho * slope]
        });
        Ok(Self { logit, table })
    }

    /// `S` at `m`.
    #[inline]
    pub(crate) fn at(&self, m: f64) -> f64 {
        if self.logit.holds(m) { self.table.at(m).0 } else { self.outside(m) }
    }

    #[cold]
    fn outside(&self, m: f64) -> f64 {
        let logit = self.logit.of(m);
        if logit.abs() >= self.logit.saturated {
            logit.max(0.0)
        } else {
            logistic_softplus_normal(logit, self.logit.b).0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_potential_keeps_its_promise() {
        for (rho, h, var, range) in
            [(3.0, 0.0, 1.0, 22.0), (1.0, -0.4, 0.3, 40.0), (10.0, 2.0, 1e-4, 5.0), (50.0, 0.7, 4.0, 210.0)]
        {
            let table = PullPotentialTable::new(rho, h, var, range).unwrap();
            for i in -5000..=5000 {
                let m = f64::from(i) * 2.5e-4 * range;
                let soft = logistic_softplus_normal(2.0 * (rho * m + h), 2.0 * rho * var.sqrt()).0;
                assert!((table.at(m) - soft).abs() < 1e-10 * (1.0 + rho), "{rho} {h} {var} {m}");
            }
            assert_eq!((table.at(1e9), table.at(f64::NEG_INFINITY)), (2.0 * (rho * 1e9 + h), 0.0));
            assert!(table.at(f64::NAN).is_nan());
        }
    }
}
