//! Annealing schedules T(t) = 1/beta(t), with the primitive B(t) of beta in closed form.

mod build;
mod curves;
mod kind;
mod parameters;
mod primitive;
mod ratios;
mod stages;
mod table;

use crate::parameter::InvalidParameter;
use curves::{Sigmoid, cosine_temperature};
use primitive::power_base;
use stages::{Cycles, Staircase};
use table::{Table, table_in_piece, table_temperature};

pub use kind::ScheduleKind;

/// An annealing schedule: temperature T(t) >= 0.01, usually >= 1, beta = 1/T and B(t) = int_0^t beta in closed form
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
/// | cosine | T = 1 + (T0 - 1) (1 + cos(pi t/t0))/2 | 1 |
/// | sigmoid | beta = beta_i + (1 - beta_i) g(t/t0), g a logistic function of the steepness s, from 0 to 1 | 1 |
/// | steps | T = T0^(1 - j/n) on the j-th of n equal plateaus, j = 0, 1, .. | 1 |
/// | cyclical | n cycles: beta linear from beta_i to 1 over a share of each, then 1 (arXiv 1903.10145) | 1 |
/// | table | T linear between the points, the first value before them; a time given twice is a jump | the last value |
///
/// The power law contains the others: p = -1 is linear in T, p = 1 linear in beta, p -> infinity geometric.
/// A schedule that jumps (quench, steps, cyclical, tables) is right-continuous; [`Schedule::beta_in_piece`] gives the limit from the left.
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
    Cosine { t_hot: f64, duration: f64 },
    Sigmoid(Sigmoid),
    Steps(Staircase),
    Cyclical(Cycles),
    Table(Table),
}

impl Schedule {
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
            Shape::Cosine { .. } => ScheduleKind::Cosine,
            Shape::Sigmoid(_) => ScheduleKind::Sigmoid,
            Shape::Steps(_) => ScheduleKind::Steps,
            Shape::Cyclical(_) => ScheduleKind::Cyclical,
            Shape::Table(_) => ScheduleKind::Table,
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
            | Shape::Power { t_hot, .. }
            | Shape::Cosine { t_hot, .. }
            | Shape::Sigmoid(Sigmoid { t_hot, .. })
            | Shape::Steps(Staircase { t_hot, .. })
            | Shape::Cyclical(Cycles { t_hot, .. }) => *t_hot,
            Shape::Table(table) => table.temperatures[0],
        }
    }

    /// The limit of T(t): 1 but for constant schedules and tables.
    pub fn final_temperature(&self) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot } => *t_hot,
            Shape::Table(table) => table.temperatures[table.temperatures.len() - 1],
            _ => 1.0,
        }
    }

    /// The times t > 0 at which beta(t) is not smooth, in increasing order: an integrator must stop on each.
    pub fn breakpoints(&self) -> Vec<f64> {
        match &self.shape {
            Shape::Constant { .. } | Shape::Exponential { .. } => Vec::new(),
            Shape::Table(table) => table.breakpoints(),
            Shape::Steps(stairs) => (1..=stairs.levels).map(|stage| stairs.edge(stage)).collect(),
            Shape::Cyclical(cycles) => cycles.edges(),
            _ => self.duration().into_iter().collect(),
        }
    }

    /// The lowest temperature that is ever reached.
    pub fn lowest_temperature(&self) -> f64 {
        match &self.shape {
            Shape::Table(table) => table.temperatures.iter().copied().fold(f64::INFINITY, f64::min),
            _ => self.initial_temperature().min(self.final_temperature()),
        }
    }

    /// Refuses temperatures below 1, for what is derived for cooling to T = 1 from above.
    pub(crate) fn check_hot(&self) -> Result<(), InvalidParameter> {
        let lowest = self.lowest_temperature();
        if lowest >= 1.0 {
            return Ok(());
        }
        let rule = "be at least 1: the pairs' boundaries are derived for cooling to T = 1 from above";
        let name = if self.kind() == ScheduleKind::Table { "temperatures" } else { "initial_temperature" };
        Err(InvalidParameter::new(name, lowest, rule))
    }

    /// The time after which |T(t) - T(infinity)| <= `tolerance`.
    pub fn settling_time(&self, tolerance: f64) -> f64 {
        match &self.shape {
            Shape::Exponential { t_hot, rate } => ((t_hot - 1.0).abs() / tolerance).max(1.0).ln() / rate,
            _ => self.breakpoints().last().copied().unwrap_or(0.0),
        }
    }

    /// How near to its limit the temperature counts as settled, where it has no end and nothing else is said.
    pub const SETTLED: f64 = 1e-3;

    /// The time at which a run is judged unless another is said: 30 units after the temperature has settled. Within
    /// them what moves at rates of order 1 is done; what a user trains longer for is the slow rest.
    pub fn end_of_run(&self) -> f64 {
        const RELAXATION: f64 = 30.0;
        self.settling_time(Self::SETTLED) + RELAXATION
    }

    /// The time from which T(t) does not rise any more.
    pub fn cooling_from(&self) -> f64 {
        match &self.shape {
            Shape::Table(Table { times, temperatures, .. }) => {
                let rises = (1..times.len()).rev().find(|&i| temperatures[i] > temperatures[i - 1]);
                rises.map_or(0.0, |i| times[i])
            }
            Shape::Cyclical(cycles) => cycles.start(cycles.cycles - 1),
            // From below 1 it rises to the end.
            _ if self.initial_temperature() < self.final_temperature() => self.settling_time(0.0),
            _ => 0.0,
        }
    }

    /// T(t) for t >= 0.
    pub fn temperature(&self, t: f64) -> f64 {
        match &self.shape {
            Shape::Exponential { t_hot, rate } => 1.0 + (t_hot - 1.0) * (-rate * t).exp(),
            Shape::LinearTemperature { t_hot, duration } if t < *duration => t_hot + (1.0 - t_hot) * t / duration,
            Shape::Cosine { t_hot, duration } if t < *duration => cosine_temperature(*t_hot, t / duration),
            Shape::Table(table) => table_temperature(table, t),
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
        match &self.shape {
            Shape::Table(table) => return 1.0 / table_in_piece(table, piece, t),
            Shape::Steps(stairs) => return stairs.beta_of(piece.min(stairs.levels)),
            Shape::Cyclical(cycles) => return cycles.beta_in_piece(piece, t),
            _ => {}
        }
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
            Shape::Cosine { t_hot, duration } => 1.0 / cosine_temperature(*t_hot, t / duration),
            Shape::Sigmoid(sigmoid) => sigmoid.beta(t),
            Shape::Steps(stairs) => stairs.beta(t),
            Shape::Cyclical(cycles) => cycles.beta(t),
            Shape::Table(table) => 1.0 / table_temperature(table, t),
        }
    }
}
