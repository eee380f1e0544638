//! Schedules from their parameters, which are checked.

use super::curves::Sigmoid;
use super::stages::{Cycles, Staircase};
use super::table::Table;
use super::{Schedule, Shape};
use crate::parameter::{FARTHEST, InvalidParameter, moderate};

/// Most stages of a staircase, and cycles: an integrator stops at each.
const MAX_STAGES: usize = 10_000;

/// A logistic function that is less steep is linear to rounding, one that is steeper overflows.
const STEEPNESS: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// Largest initial temperature: beyond it beta underflows against 1 in every formula.
const MAX_TEMPERATURE: f64 = 1e12;
/// Lowest temperature: below 1 the target is sharpened; further down components shrink to points.
const MIN_TEMPERATURE: f64 = 0.01;

fn hot(name: &str, temperature: f64) -> Result<f64, InvalidParameter> {
    if (MIN_TEMPERATURE..=MAX_TEMPERATURE).contains(&temperature) {
        Ok(temperature)
    } else {
        Err(InvalidParameter::new(name, temperature, "be at least 0.01 and at most 1e12"))
    }
}

fn stages(name: &str, count: usize) -> Result<usize, InvalidParameter> {
    if (1..=MAX_STAGES).contains(&count) {
        Ok(count)
    } else {
        Err(InvalidParameter::new(name, count, format!("be from 1 to {MAX_STAGES}")))
    }
}

impl Schedule {
    /// beta = min(beta_i^(1 - t/t0), 1): rate ln(T0)/t0.
    pub fn geometric(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Geometric { t_hot, duration: moderate("duration", duration)? } })
    }

    /// T0 until `duration`, then 1.
    pub fn quench(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Quench { t_hot, duration: moderate("duration", duration)? } })
    }

    /// T0 for ever.
    pub fn constant(temperature: f64) -> Result<Self, InvalidParameter> {
        Ok(Self { shape: Shape::Constant { t_hot: hot("initial_temperature", temperature)? } })
    }

    /// T = 1 + (T0 - 1) exp(-kappa t).
    pub fn exponential(initial_temperature: f64, rate: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Exponential { t_hot, rate: moderate("rate", rate)? } })
    }

    /// T linear in time, 1 from `duration` on.
    pub fn linear_temperature(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::LinearTemperature { t_hot, duration: moderate("duration", duration)? } })
    }

    /// beta linear in time, 1 from `duration` on.
    pub fn linear_beta(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::LinearBeta { t_hot, duration: moderate("duration", duration)? } })
    }

    /// T = T0 (1 + t/tau)^(-p) with tau such that T = 1 at `duration`, and 1 from there on; `exponent` p is
    /// any finite number but 0 (negative exponents cool faster at the end than at the start).
    pub fn power(initial_temperature: f64, duration: f64, exponent: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        // beta_i^(1/p) must stay a normal number.
        if !exponent.is_finite() || exponent.abs() < 0.1 {
            return Err(InvalidParameter::new("exponent", exponent, "be finite and at least 0.1 in absolute value"));
        }
        Ok(Self { shape: Shape::Power { t_hot, duration: moderate("duration", duration)?, exponent } })
    }

    /// T = 1 + (T0 - 1) (1 + cos(pi t/t0))/2.
    pub fn cosine(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Cosine { t_hot, duration: moderate("duration", duration)? } })
    }

    /// beta a logistic function of time, of slope `steepness` (0.1 to 1000) in t/t0 about t0/2, moved and scaled to rise
    /// from 1/T0 at 0 to 1 at `duration`.
    pub fn sigmoid(initial_temperature: f64, duration: f64, steepness: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        if !STEEPNESS.contains(&steepness) {
            return Err(InvalidParameter::new("steepness", steepness, "be from 0.1 to 1000"));
        }
        let duration = moderate("duration", duration)?;
        Ok(Self { shape: Shape::Sigmoid(Sigmoid { t_hot, duration, steepness }) })
    }

    /// A staircase of `levels` equal plateaus at T0, T0^(1 - 1/levels), .., then 1 from `duration` on.
    pub fn steps(initial_temperature: f64, duration: f64, levels: usize) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        let duration = moderate("duration", duration)?;
        let levels = stages("levels", levels)?;
        Ok(Self { shape: Shape::Steps(Staircase { t_hot, duration, levels }) })
    }

    /// `cycles` equal cycles until `duration`: beta linear from 1/T0 to 1 over the share `ratio` (in (0, 1]) of each,
    /// then 1.
    pub fn cyclical(
        initial_temperature: f64,
        duration: f64,
        cycles: usize,
        ratio: f64,
    ) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        let (duration, cycles) = (moderate("duration", duration)?, stages("cycles", cycles)?);
        if !(ratio > 0.0 && ratio <= 1.0) {
            return Err(InvalidParameter::new("ratio", ratio, "be above 0 and at most 1"));
        }
        Ok(Self { shape: Shape::Cyclical(Cycles { t_hot, duration, cycles, ratio }) })
    }

    /// T linear between the points (times\[i\], temperatures\[i\]); constant before the first and after the last. Where
    /// a time > 0 is given twice, T jumps from the first temperature to the second.
    pub fn table(times: Vec<f64>, temperatures: Vec<f64>) -> Result<Self, InvalidParameter> {
        if times.is_empty() {
            return Err(InvalidParameter::new("times", "[]", "hold at least one time"));
        }
        if times.len() != temperatures.len() {
            let rule = format!("hold as many values as `times`, {}", times.len());
            return Err(InvalidParameter::new("temperatures", format!("{temperatures:?}"), rule));
        }
        for &t in &temperatures {
            hot("temperatures", t)?;
        }
        let rising = times.windows(2).all(|w| w[0] < w[1] || (w[0] == w[1] && w[0] > 0.0));
        let jumps_once = times.windows(3).all(|w| w[0] < w[2]);
        if !(rising && jumps_once && times[0] >= 0.0 && times[times.len() - 1] <= FARTHEST) {
            let rule = "be from 0 to 1e9 and increasing; a time above 0 may be given twice, for a jump";
            return Err(InvalidParameter::new("times", format!("{times:?}"), rule));
        }
        Ok(Self { shape: Shape::Table(Table::new(times, temperatures)) })
    }
}
