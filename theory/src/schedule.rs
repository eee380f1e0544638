//! Annealing schedules T(t) = 1/beta(t), with the primitive B(t) of beta in closed form.

mod kind;
mod primitive;
mod ratios;
mod table;

use crate::parameter::{InvalidParameter, positive};
use primitive::power_base;
use table::table_temperature;

pub use kind::ScheduleKind;

/// An annealing schedule: temperature T(t) >= 1, beta = 1/T and B(t) = int_0^t beta, all in closed form
/// (theory section 1).
///
/// | kind | for t < t0 | after |
/// |---|---|---|
/// | geometric | beta = beta_i^(1 - t/t0), beta_i = 1/T0 | 1 |
/// | quench | T = T0 | 1 |
/// | constant | T = T0 | T0 |
/// | exponential | T = 1 + (T0 - 1) exp(-kappa t), for all t | |
/// | linear-temperature | T = T0 + (1 - T0) t/t0 | 1 |
/// | linear-beta | beta = beta_i + (1 - beta_i) t/t0 | 1 |
/// | power | beta = (b + (1 - b) t/t0)^p, b = beta_i^(1/p): T = T0 (1 + t/tau)^(-p) that reaches 1 at t0 | 1 |
/// | table | T linear between the points, the first value before them | the last value |
///
/// The power law contains the others: p = -1 is linear in T, p = 1 linear in beta, p -> infinity geometric.
/// A schedule that jumps (quench) is right-continuous; [`Schedule::beta_in_piece`] gives the limit from the left.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Constant { t_hot: f64 },
    Quench { t_hot: f64, duration: f64 },
    Geometric { t_hot: f64, duration: f64 },
    Exponential { t_hot: f64, rate: f64 },
    LinearTemperature { t_hot: f64, duration: f64 },
    LinearBeta { t_hot: f64, duration: f64 },
    Power { t_hot: f64, duration: f64, exponent: f64 },
    Table { times: Vec<f64>, temperatures: Vec<f64> },
}

/// Largest initial temperature: beyond it beta underflows against 1 in every formula.
const MAX_TEMPERATURE: f64 = 1e12;

fn hot(name: &str, temperature: f64) -> Result<f64, InvalidParameter> {
    if (1.0..=MAX_TEMPERATURE).contains(&temperature) {
        Ok(temperature)
    } else {
        Err(InvalidParameter::new(name, temperature, "be at least 1 and at most 1e12"))
    }
}

impl Schedule {
    /// beta = min(beta_i^(1 - t/t0), 1): rate ln(T0)/t0.
    pub fn geometric(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Geometric { t_hot, duration: positive("duration", duration)? } })
    }

    /// T0 until `duration`, then 1.
    pub fn quench(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Quench { t_hot, duration: positive("duration", duration)? } })
    }

    /// T0 for ever.
    pub fn constant(temperature: f64) -> Result<Self, InvalidParameter> {
        Ok(Self { shape: Shape::Constant { t_hot: hot("initial_temperature", temperature)? } })
    }

    /// T = 1 + (T0 - 1) exp(-kappa t).
    pub fn exponential(initial_temperature: f64, rate: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Exponential { t_hot, rate: positive("rate", rate)? } })
    }

    /// T linear in time, 1 from `duration` on.
    pub fn linear_temperature(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::LinearTemperature { t_hot, duration: positive("duration", duration)? } })
    }

    /// beta linear in time, 1 from `duration` on.
    pub fn linear_beta(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::LinearBeta { t_hot, duration: positive("duration", duration)? } })
    }

    /// T = T0 (1 + t/tau)^(-p) with tau such that T = 1 at `duration`, and 1 from there on; `exponent` p is
    /// any finite number but 0 (negative exponents cool faster at the end than at the start).
    pub fn power(initial_temperature: f64, duration: f64, exponent: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        // beta_i^(1/p) must stay a normal number.
        if !exponent.is_finite() || exponent.abs() < 0.1 {
            return Err(InvalidParameter::new("exponent", exponent, "be finite and at least 0.1 in absolute value"));
        }
        Ok(Self { shape: Shape::Power { t_hot, duration: positive("duration", duration)?, exponent } })
    }

    /// T linear between the points (times\[i\], temperatures\[i\]); constant before the first and after the last.
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
        let rising = times.windows(2).all(|w| w[0] < w[1]);
        if !(rising && times[0] >= 0.0 && times[times.len() - 1].is_finite()) {
            let rule = "be finite, not negative and strictly increasing";
            return Err(InvalidParameter::new("times", format!("{times:?}"), rule));
        }
        Ok(Self { shape: Shape::Table { times, temperatures } })
    }

    /// The shape of the schedule.
    pub fn kind(&self) -> ScheduleKind {
        match &self.shape {
            Shape::Constant { .. } => ScheduleKind::Constant,
            Shape::Quench { .. } => ScheduleKind::Quench,
            Shape::Geometric { .. } => ScheduleKind::Geometric,
            Shape::Exponential { .. } => ScheduleKind::Exponential,
            Shape::LinearTemperature { .. } => ScheduleKind::LinearTemperature,
            Shape::LinearBeta { .. } => ScheduleKind::LinearBeta,
            Shape::Power { .. } => ScheduleKind::Power,
            Shape::Table { .. } => ScheduleKind::Table,
        }
    }

    /// T(0).
    pub fn initial_temperature(&self) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot }
            | Shape::Quench { t_hot, .. }
            | Shape::Geometric { t_hot, .. }
            | Shape::Exponential { t_hot, .. }
            | Shape::LinearTemperature { t_hot, .. }
            | Shape::LinearBeta { t_hot, .. }
            | Shape::Power { t_hot, .. } => *t_hot,
            Shape::Table { temperatures, .. } => temperatures[0],
        }
    }

    /// The limit of T(t): 1 but for constant schedules and tables.
    pub fn final_temperature(&self) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot } => *t_hot,
            Shape::Table { temperatures, .. } => temperatures[temperatures.len() - 1],
            _ => 1.0,
        }
    }

    /// The duration t0 where the kind has one.
    pub fn duration(&self) -> Option<f64> {
        match &self.shape {
            Shape::Quench { duration, .. }
            | Shape::Geometric { duration, .. }
            | Shape::LinearTemperature { duration, .. }
            | Shape::LinearBeta { duration, .. }
            | Shape::Power { duration, .. } => Some(*duration),
            _ => None,
        }
    }

    /// The rate kappa of an exponential schedule.
    pub fn rate(&self) -> Option<f64> {
        match &self.shape {
            Shape::Exponential { rate, .. } => Some(*rate),
            _ => None,
        }
    }

    /// The exponent p of a power law.
    pub fn exponent(&self) -> Option<f64> {
        match &self.shape {
            Shape::Power { exponent, .. } => Some(*exponent),
            _ => None,
        }
    }

    /// The times and temperatures of a table.
    pub fn table_points(&self) -> Option<(&[f64], &[f64])> {
        match &self.shape {
            Shape::Table { times, temperatures } => Some((times, temperatures)),
            _ => None,
        }
    }

    /// The times t > 0 at which beta(t) is not smooth, in increasing order: an integrator must stop on each.
    pub fn breakpoints(&self) -> Vec<f64> {
        match &self.shape {
            Shape::Constant { .. } | Shape::Exponential { .. } => Vec::new(),
            Shape::Table { times, .. } => times.iter().copied().filter(|&t| t > 0.0).collect(),
            _ => self.duration().into_iter().collect(),
        }
    }

    /// The time after which |T(t) - T(infinity)| <= `tolerance`.
    pub fn settling_time(&self, tolerance: f64) -> f64 {
        match &self.shape {
            Shape::Exponential { t_hot, rate } => ((t_hot - 1.0) / tolerance).max(1.0).ln() / rate,
            _ => self.breakpoints().last().copied().unwrap_or(0.0),
        }
    }

    /// The time from which T(t) does not rise any more.
    pub fn cooling_from(&self) -> f64 {
        match &self.shape {
            Shape::Table { times, temperatures } => {
                let rises = (1..times.len()).rev().find(|&i| temperatures[i] > temperatures[i - 1]);
                rises.map_or(0.0, |i| times[i])
            }
            _ => 0.0,
        }
    }

    /// T(t) for t >= 0.
    pub fn temperature(&self, t: f64) -> f64 {
        match &self.shape {
            Shape::Exponential { t_hot, rate } => 1.0 + (t_hot - 1.0) * (-rate * t).exp(),
            Shape::LinearTemperature { t_hot, duration } if t < *duration => t_hot + (1.0 - t_hot) * t / duration,
            Shape::Table { times, temperatures } => table_temperature(times, temperatures, t),
            _ => 1.0 / self.beta(t),
        }
    }

    /// beta(t) = 1/T(t) for t >= 0, continuous from the right.
    pub fn beta(&self, t: f64) -> f64 {
        match self.duration() {
            Some(duration) if t >= duration => 1.0,
            _ => self.hot_beta(t),
        }
    }

    /// beta(t) in piece number `piece` (0 before the first of [`Schedule::breakpoints`], 1 after it, ...), extended
    /// to the piece's closed interval: what an integrator needs when it stops on a breakpoint.
    pub fn beta_in_piece(&self, piece: usize, t: f64) -> f64 {
        match self.duration() {
            Some(duration) if piece == 0 => self.hot_beta(t.min(duration)),
            Some(_) => 1.0,
            None => self.hot_beta(t),
        }
    }

    /// The formula of the hot stage, without the end at t0.
    fn hot_beta(&self, t: f64) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot } | Shape::Quench { t_hot, .. } => 1.0 / t_hot,
            Shape::Geometric { t_hot, duration } => (-t_hot.ln() * (1.0 - t / duration)).exp(),
            Shape::Exponential { t_hot, rate } => 1.0 / (1.0 + (t_hot - 1.0) * (-rate * t).exp()),
            Shape::LinearTemperature { t_hot, duration } => 1.0 / (t_hot + (1.0 - t_hot) * t / duration),
            Shape::LinearBeta { t_hot, duration } => (1.0 + (t_hot - 1.0) * t / duration) / t_hot,
            Shape::Power { t_hot, duration, exponent } => power_base(*t_hot, *exponent, t / duration).powf(*exponent),
            Shape::Table { times, temperatures } => 1.0 / table_temperature(times, temperatures, t),
        }
    }
}
