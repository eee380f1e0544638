//! The pull of a pair of modes by interpolation.

use super::hermite::Quintic;
use super::logistic_normal_jet;
use crate::parameter::{InvalidParameter, finite, positive};

/// Error of `tau` and of `dtau/dm` (in units of `max(1, 2 rho)`) that the grid is refined to: half of what is promised.
const TOLERANCE: f64 = 5e-12;

/// `tau` is within 1e-13 of its limit once the logit exceeds `SATURATION` times `sqrt(b^2 + pi^2/3)` plus
/// `SATURATION_TAIL`: `2 Phi(-8)` is 1e-15, and the logistic tail adds a factor `e^(-32)`.
const SATURATION: f64 = 8.0;
const SATURATION_TAIL: f64 = 32.0;

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
    rho: f64,
    h: f64,
    b: f64,
    low: f64,
    high: f64,
    /// Logit beyond which `tau` is +-1.
    saturated: f64,
    table: Quintic,
}

impl PullTable {
    /// Tabulates `|m| <= range`, or the part of it where `tau` is not yet +-1.
    ///
    /// # Errors
    ///
    /// When `rho`, `var` or `range` is not positive and finite, or `h` is not finite.
    pub fn new(rho: f64, h: f64, var: f64, range: f64) -> Result<Self, InvalidParameter> {
        let (rho, h) = (positive("rho", rho)?, finite("h", h)?);
        let (var, range) = (positive("var", var)?, positive("range", range)?);
        let b = 2.0 * rho * var.sqrt();
        let saturated = SATURATION * (b * b + std::f64::consts::PI.powi(2) / 3.0).sqrt() + SATURATION_TAIL;
        // The window of m in which |2(rho m + h)| <= saturated, cut to the range; at least a hair wide.
        let low = ((-0.5 * saturated - h) / rho).clamp(-range, range);
        let high = ((0.5 * saturated - h) / rho).clamp(-range, range);
        let (low, high) = if high > low { (low, high) } else { (-range, range) };
        let table = Quintic::fit(low, high, TOLERANCE, (2.0 * rho).max(1.0), |m| Self::exact(rho, h, b, m));
        Ok(Self { rho, h, b, low, high, saturated, table })
    }

    /// `tau` and its two derivatives in `m` from the accurate kernel.
    fn exact(rho: f64, h: f64, b: f64, m: f64) -> [f64; 3] {
        let jet = logistic_normal_jet(2.0 * (rho * m + h), b);
        [2.0 * jet.value - 1.0, 4.0 * rho * jet.d1, 8.0 * rho * rho * jet.d2]
    }

    /// `(tau, dtau/dm)` at `m`.
    #[inline]
    pub fn at(&self, m: f64) -> (f64, f64) {
        if m >= self.low && m <= self.high { self.table.at(m) } else { self.outside(m) }
    }

    #[cold]
    fn outside(&self, m: f64) -> (f64, f64) {
        let logit = 2.0 * (self.rho * m + self.h);
        if logit.abs() >= self.saturated {
            (logit.signum(), 0.0)
        } else {
            let [value, slope, _] = Self::exact(self.rho, self.h, self.b, m);
            (value, slope)
        }
    }
}
