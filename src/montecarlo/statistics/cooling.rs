//! When the runs of a count reached T = 1.

use serde::{Deserialize, Serialize};

/// What a schedule that watches the fit came to over the runs of a count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cooling {
    /// Mean time at which T = 1 was reached; null if no run reached it.
    pub mean: Option<f64>,
    /// The least of these times.
    pub least: Option<f64>,
    /// The greatest.
    pub most: Option<f64>,
    /// Runs that were judged before they reached it, or came to another limit first.
    pub warm: u64,
}

impl Cooling {
    /// From the times at which runs reached T = 1, in the order of the runs.
    pub fn of(times: &[Option<f64>]) -> Self {
        let cold: Vec<f64> = times.iter().copied().flatten().collect();
        let found = |value: f64| (!cold.is_empty()).then_some(value);
        Self {
            mean: found(cold.iter().sum::<f64>() / cold.len() as f64),
            least: found(cold.iter().copied().fold(f64::INFINITY, f64::min)),
            most: found(cold.iter().copied().fold(0.0, f64::max)),
            warm: (times.len() - cold.len()) as u64,
        }
    }
}
