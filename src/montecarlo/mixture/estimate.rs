//! What is counted of the runs of a mixture.

use std::ops::Add;

use serde::{Deserialize, Serialize};

use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::statistics::binomial::binomial_interval;
use crate::montecarlo::statistics::estimate::{Estimate, HorizonEstimate};
use crate::montecarlo::statistics::tally::{RunEnd, Tally};
use crate::trajectory::{Mechanism, VANISHED_WEIGHT};

/// Every mechanism, in the order of the records.
const MECHANISMS: [Mechanism; 5] = [
    Mechanism::None,
    Mechanism::MeanAlignment,
    Mechanism::VanishingWeight,
    Mechanism::Both,
    Mechanism::TooFewComponents,
];

/// Counts of the ends of a mixture's runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixtureTally {
    /// Runs that lost 0, 1, .., P modes.
    pub modes_lost: Vec<u64>,
    /// Runs that lost mode k.
    pub lost_by_mode: Vec<u64>,
    /// Runs by mechanism: none, mean alignment, vanishing weight, both, too few components.
    pub mechanisms: [u64; 5],
    /// Runs not decided within the limits.
    pub undecided: u64,
    /// Runs that failed.
    pub failures: u64,
    /// Losing at least one mode at the finite time at which runs are judged beside the limit.
    pub at_horizon: Tally,
}

impl MixtureTally {
    /// No run, of P modes.
    pub fn new(modes: usize) -> Self {
        Self {
            modes_lost: vec![0; modes + 1],
            lost_by_mode: vec![0; modes],
            mechanisms: [0; 5],
            undecided: 0,
            failures: 0,
            at_horizon: Tally::default(),
        }
    }

    /// Counts one more run.
    pub fn count(&mut self, run: &MixtureRun) {
        self.at_horizon.count(match &run.at_horizon {
            MixtureEnd::Undecided => RunEnd::Undecided,
            MixtureEnd::Failed => RunEnd::Failed,
            MixtureEnd::Decided { lost, .. } if lost.is_empty() => RunEnd::Recovered,
            MixtureEnd::Decided { .. } => RunEnd::Collapsed,
        });
        match &run.end {
            MixtureEnd::Undecided => self.undecided += 1,
            MixtureEnd::Failed => self.failures += 1,
            MixtureEnd::Decided { lost, mechanism } => {
                self.modes_lost[lost.len()] += 1;
                lost.iter().for_each(|&k| self.lost_by_mode[k] += 1);
                let place = MECHANISMS.iter().position(|m| m == mechanism).unwrap_or_default();
                self.mechanisms[place] += 1;
            }
        }
    }

    /// The counts of losing at least one mode.
    pub fn lost_any(&self) -> Tally {
        Tally {
            collapsed: self.modes_lost[1..].iter().sum(),
            recovered: self.modes_lost[0],
            undecided: self.undecided,
            failures: self.failures,
        }
    }
}

impl Add for MixtureTally {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        let sum = |a: &mut [u64], b: &[u64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        sum(&mut self.modes_lost, &other.modes_lost);
        sum(&mut self.lost_by_mode, &other.lost_by_mode);
        sum(&mut self.mechanisms, &other.mechanisms);
        self.undecided += other.undecided;
        self.failures += other.failures;
        self.at_horizon = self.at_horizon + other.at_horizon;
        self
    }
}

/// The probability of one mechanism, with its Clopper-Pearson interval: undecided and failed runs count as outside at the
/// lower end and as inside at the upper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MechanismShare {
    /// Its name.
    pub mechanism: String,
    /// Runs.
    pub count: u64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What an ensemble of mixtures says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MixtureEstimate {
    /// Losing at least one mode ("collapsed") against losing none ("recovered").
    pub any: Estimate,
    /// Runs that lost 0, 1, .., P modes.
    pub modes_lost: Vec<u64>,
    /// Runs that lost mode k.
    pub lost_by_mode: Vec<u64>,
    /// Each mechanism.
    pub mechanisms: Vec<MechanismShare>,
    /// What a lost mode and a vanished weight are.
    pub definition: String,
    /// Losing at least one mode at a finite time; none where that is what was asked for.
    pub at_horizon: Option<HorizonEstimate>,
}

impl MixtureEstimate {
    /// The estimate from `tally`; a mode is lost below `threshold`, at `when`.
    pub fn new(tally: &MixtureTally, level: f64, seed: u64, threshold: f64, when: &str) -> Self {
        let any = Estimate::new(tally.lost_any(), level, seed);
        let open = any.undecided + any.failures;
        let share = |(mechanism, &count): (&Mechanism, &u64)| MechanismShare {
            mechanism: mechanism.name().to_owned(),
            count,
            low: binomial_interval(count, any.n, any.level).0,
            high: binomial_interval(count + open, any.n, any.level).1,
        };
        Self {
            any,
            modes_lost: tally.modes_lost.clone(),
            lost_by_mode: tally.lost_by_mode.clone(),
            mechanisms: MECHANISMS.iter().zip(&tally.mechanisms).map(share).collect(),
            definition: format!(
                "mode k is lost where C_k/v_k < {threshold} {when}; a weight has vanished below {VANISHED_WEIGHT}"
            ),
            at_horizon: None,
        }
    }
}
