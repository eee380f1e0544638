//! The names of a family's rules.

use collapsar_theory::{
    Clock, Family, InvalidParameter, MeanSpace, Metric, Rules, Tempering, VarianceRule, WeightRule,
};
use serde::Serialize;

pub(crate) const MEANS: [(&str, MeanSpace); 2] = [("free", MeanSpace::Free), ("sphere", MeanSpace::Sphere)];
pub(crate) const VARIANCES: [(&str, VarianceRule); 3] =
    [("unit", VarianceRule::Unit), ("slaved", VarianceRule::Slaved), ("trained", VarianceRule::Trained)];
pub(crate) const WEIGHTS: [(&str, WeightRule); 3] =
    [("no", WeightRule::Fixed), ("fisher-rao", WeightRule::FisherRao), ("softmax", WeightRule::Softmax)];
pub(crate) const CLOCKS: [(&str, Clock); 2] = [("kl", Clock::Kl), ("free-energy", Clock::FreeEnergy)];
pub(crate) const METRICS: [(&str, Metric); 2] = [("euclidean", Metric::Euclidean), ("natural", Metric::Natural)];
pub(crate) const TEMPERINGS: [(&str, Tempering); 2] = [("density", Tempering::Density), ("modes", Tempering::Modes)];

fn name_of<T: PartialEq>(value: T, table: &[(&'static str, T)]) -> &'static str {
    table.iter().find(|(_, v)| *v == value).map_or("", |(name, _)| name)
}

fn value_of<T: Copy>(name: &str, table: &[(&'static str, T)]) -> T {
    table.iter().find(|(n, _)| *n == name).unwrap_or(&table[0]).1
}

/// `[family]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyConfig {
    /// w at t = 0.
    pub weights: Vec<f64>,
    /// "no", "fisher-rao" or "softmax".
    pub train_weights: &'static str,
    /// "free" or "sphere".
    pub means: &'static str,
    /// "unit", "slaved" or "trained".
    pub variance: &'static str,
    /// "kl" or "free-energy".
    pub clock: &'static str,
    /// "euclidean" or "natural".
    pub metric: &'static str,
    /// "density" or "modes"; left out where it is the former, so that runs keep the seeds they had without this key.
    #[serde(skip_serializing_if = "is_density")]
    pub tempering: &'static str,
}

/// Whether the whole density is tempered.
fn is_density(tempering: &&str) -> bool {
    *tempering == TEMPERINGS[0].0
}

impl FamilyConfig {
    /// The section for these weights and rules.
    pub(crate) fn new(weights: Vec<f64>, rules: Rules) -> Self {
        Self {
            weights,
            train_weights: name_of(rules.weights, &WEIGHTS),
            means: name_of(rules.means, &MEANS),
            variance: name_of(rules.variance, &VARIANCES),
            clock: name_of(rules.clock, &CLOCKS),
            metric: name_of(rules.metric, &METRICS),
            tempering: name_of(rules.tempering, &TEMPERINGS),
        }
    }

    /// The rules.
    pub fn rules(&self) -> Rules {
        Rules {
            means: value_of(self.means, &MEANS),
            variance: value_of(self.variance, &VARIANCES),
            weights: value_of(self.train_weights, &WEIGHTS),
            clock: value_of(self.clock, &CLOCKS),
            metric: value_of(self.metric, &METRICS),
            tempering: value_of(self.tempering, &TEMPERINGS),
        }
    }

    /// The family.
    pub fn family(&self) -> Result<Family, InvalidParameter> {
        Family::new(self.weights.clone(), self.rules())
    }
}
