//! What a schedule was made from.

use crate::schedule::curves::Sigmoid;
use crate::schedule::stages::{Cycles, Staircase};
use crate::schedule::{Schedule, Shape};

impl Schedule {
    /// The duration t0 where the kind has one.
    pub fn duration(&self) -> Option<f64> {
        match &self.shape {
            Shape::Quench { duration, .. }
            | Shape::Geometric { duration, .. }
            | Shape::LinearTemperature { duration, .. }
            | Shape::LinearBeta { duration, .. }
            | Shape::Power { duration, .. }
            | Shape::Cosine { duration, .. }
            | Shape::Sigmoid(Sigmoid { duration, .. })
            | Shape::Steps(Staircase { duration, .. })
            | Shape::Cyclical(Cycles { duration, .. }) => Some(*duration),
            _ => None,
        }
    }

    /// The steepness s of a sigmoid.
    pub fn steepness(&self) -> Option<f64> {
        match &self.shape {
            Shape::Sigmoid(Sigmoid { steepness, .. }) => Some(*steepness),
            _ => None,
        }
    }

    /// The plateaus of a staircase.
    pub fn levels(&self) -> Option<usize> {
        match &self.shape {
            Shape::Steps(Staircase { levels, .. }) => Some(*levels),
            _ => None,
        }
    }

    /// The cycles of a cyclical schedule.
    pub fn cycles(&self) -> Option<usize> {
        match &self.shape {
            Shape::Cyclical(Cycles { cycles, .. }) => Some(*cycles),
            _ => None,
        }
    }

    /// The share of each cycle over which beta rises.
    pub fn ratio(&self) -> Option<f64> {
        match &self.shape {
            Shape::Cyclical(Cycles { ratio, .. }) => Some(*ratio),
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
            Shape::Table(table) => Some((&table.times, &table.temperatures)),
            _ => None,
        }
    }
}
