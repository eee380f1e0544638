//! What is counted of runs of products.

use collapsar_theory::GaussianMixture;

use crate::montecarlo::statistics::estimate::Estimate;
use crate::montecarlo::statistics::tally::{RunEnd, Tally};
use crate::trajectory::LOST_COVERAGE;

/// How often a product measure from a random start loses modes.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductEstimate {
    /// Losing at least one mode ("collapsed") against losing none ("recovered").
    pub any: Estimate,
    /// Losing the heaviest mode; nothing where no mode is heavier than all others.
    pub minority: Option<Estimate>,
    /// Runs that lost 0, 1, .., P modes.
    pub modes_lost: Vec<u64>,
    /// Runs that lost mode k.
    pub lost_by_mode: Vec<u64>,
    /// Runs that were followed; the others were decided by the order.
    pub followed: u64,
    /// What a lost mode is.
    pub definition: String,
}

/// What is counted.
pub(crate) struct Counts<'a> {
    weights: &'a [f64],
    heaviest: Option<usize>,
    any: Tally,
    minority: Tally,
    modes_lost: Vec<u64>,
    lost_by_mode: Vec<u64>,
    /// Runs not decided within the limits.
    pub(crate) undecided: u64,
    /// Runs that were followed.
    pub(crate) followed: u64,
}

impl<'a> Counts<'a> {
    pub(crate) fn new(target: &'a GaussianMixture) -> Self {
        let weights = target.weights();
        Self {
            weights,
            heaviest: target.heaviest(),
            any: Tally::default(),
            minority: Tally::default(),
            modes_lost: vec![0; weights.len() + 1],
            lost_by_mode: vec![0; weights.len()],
            undecided: 0,
            followed: 0,
        }
    }

    pub(crate) fn count(&mut self, masses: &[f64]) {
        let lost: Vec<usize> = masses
            .iter()
            .zip(self.weights)
            .enumerate()
            .filter(|(_, (c, v))| **c < LOST_COVERAGE * **v)
            .map(|(k, _)| k)
            .collect();
        let end = |lost: bool| if lost { RunEnd::Collapsed } else { RunEnd::Recovered };
        self.any.count(end(!lost.is_empty()));
        self.minority.count(end(self.heaviest.is_some_and(|k| lost.contains(&k))));
        self.modes_lost[lost.len()] += 1;
        lost.iter().for_each(|&k| self.lost_by_mode[k] += 1);
    }

    pub(crate) fn estimate(mut self, level: f64, seed: u64, when: &str) -> ProductEstimate {
        for _ in 0..self.undecided {
            self.any.count(RunEnd::Undecided);
            self.minority.count(RunEnd::Undecided);
        }
        ProductEstimate {
            any: Estimate::new(self.any, level, seed),
            minority: self.heaviest.map(|_| Estimate::new(self.minority, level, seed)),
            modes_lost: self.modes_lost,
            lost_by_mode: self.lost_by_mode,
            followed: self.followed,
            definition: format!("mode k is lost where C_k/v_k < {LOST_COVERAGE} {when}"),
        }
    }
}
