//! How ensembles of mixtures are followed.

use collapsar_theory::{CubatureOptions, InvalidParameter};

use crate::montecarlo::mixture::estimate::{MixtureEstimate, MixtureTally};
use crate::montecarlo::statistics::estimate::{DEFAULT_LEVEL, Estimate, HorizonEstimate};
use crate::trajectory::LOST_COVERAGE;

/// How an ensemble of mixtures is followed and reported.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureOptions {
    /// Relative tolerance of a step while the temperature moves.
    pub relative: f64,
    /// The rule for the Gaussian averages.
    pub cubature: CubatureOptions,
    /// A mode is lost where C_k/v_k is below this, in (0, 1).
    pub threshold: f64,
    /// Classify at this time instead of in the limit.
    pub horizon: Option<f64>,
    /// Time after which a run is left undecided, counted from where the temperature has settled.
    pub patience: f64,
    /// Steps after which it is left undecided.
    pub max_steps: usize,
    /// Confidence level of the intervals.
    pub level: f64,
}

impl Default for MixtureOptions {
    /// Steps good to 3e-5: a draw is asked for its end alone, which finer steps leave as it is (`benches/README.md`).
    /// Averages good to 1e-10, so that vanishing rates are seen; beyond four components or modes a lattice of 512 points.
    fn default() -> Self {
        Self {
            relative: 3e-5,
            cubature: CubatureOptions { tolerance: 1e-10, points: 128, shifts: 4, ..CubatureOptions::default() },
            threshold: LOST_COVERAGE,
            horizon: None,
            patience: 1e4,
            max_steps: 20_000,
            level: DEFAULT_LEVEL,
        }
    }
}

impl MixtureOptions {
    /// Whether every option is in its range.
    pub(crate) fn check(&self) -> Result<(), InvalidParameter> {
        let refuse = |name, value: f64, rule| Err(InvalidParameter::new(name, value, rule));
        if !(self.relative > 0.0 && self.relative <= 1e-2) {
            return refuse("relative", self.relative, "be positive and at most 0.01");
        }
        if !(self.threshold > 0.0 && self.threshold < 1.0) {
            return refuse("threshold", self.threshold, "lie between 0 and 1");
        }
        if let Some(horizon) = self.horizon
            && !(horizon > 0.0 && horizon.is_finite())
        {
            return refuse("horizon", horizon, "be positive and finite");
        }
        if !(self.patience >= 0.0 && self.patience.is_finite()) {
            return refuse("patience", self.patience, "be finite and not negative");
        }
        Ok(())
    }

    /// What a tally says of runs that were also judged at the finite time `horizon`.
    pub(crate) fn estimate(&self, tally: &MixtureTally, seed: u64, horizon: f64) -> MixtureEstimate {
        let when = self.horizon.map_or("in the limit".to_owned(), |t| format!("at t = {t}"));
        let mut estimate = MixtureEstimate::new(tally, self.level, seed, self.threshold, &when);
        if self.horizon.is_none() {
            let counted = Estimate::new(tally.at_horizon, self.level, seed);
            estimate.at_horizon = Some(HorizonEstimate { time: horizon, estimate: counted });
        }
        estimate
    }
}
