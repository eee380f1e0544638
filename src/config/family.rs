//! The names of a family's rules.

use collapsar_theory::{
    Clock, Family, InvalidParameter, MeanSpace, Metric, Rules, Tempering, VarianceRule, WeightRule,
};
use serde::{Serialize, Serializer};

/// What `family.preset` names.
#[derive(Clone, Copy)]
pub(crate) enum Preset {
    /// Gaussian mixtures under these rules.
    Mixture(Rules),
    /// Product measures.
    MeanField,
}

pub(crate) const PRESETS: [(&str, Preset); 3] = [
    ("paper", Preset::Mixture(Rules::PAPER)),
    ("free", Preset::Mixture(Rules::FREE)),
    ("mean-field", Preset::MeanField),
];

/// What a run of a product measure is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductCriterion {
    /// It loses the heaviest mode.
    Minority,
    /// It loses any mode.
    Coverage,
}

pub(crate) const CRITERIA: [(&str, ProductCriterion); 2] =
    [("minority", ProductCriterion::Minority), ("coverage", ProductCriterion::Coverage)];
pub(crate) const MEANS: [(&str, MeanSpace); 2] = [("free", MeanSpace::Free), ("sphere", MeanSpace::Sphere)];
pub(crate) const VARIANCES: [(&str, VarianceRule); 4] = [
    ("unit", VarianceRule::Unit),
    ("slaved", VarianceRule::Slaved),
    ("trained", VarianceRule::Trained),
    ("own", VarianceRule::Own),
];

/// What each component has where its variance is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentShape {
    /// A multiple of I.
    Isotropic,
    /// A matrix.
    Full,
}

pub(crate) const SHAPES: [(&str, ComponentShape); 2] =
    [("isotropic", ComponentShape::Isotropic), ("full", ComponentShape::Full)];
pub(crate) const WEIGHTS: [(&str, WeightRule); 3] =
    [("no", WeightRule::Fixed), ("fisher-rao", WeightRule::FisherRao), ("softmax", WeightRule::Softmax)];
pub(crate) const CLOCKS: [(&str, Clock); 2] = [("kl", Clock::Kl), ("free-energy", Clock::FreeEnergy)];
pub(crate) const METRICS: [(&str, Metric); 2] = [("euclidean", Metric::Euclidean), ("natural", Metric::Natural)];
pub(crate) const TEMPERINGS: [(&str, Tempering); 2] = [("density", Tempering::Density), ("modes", Tempering::Modes)];

/// The word of a choice; every value of a rule is in its table.
fn word_of<T: PartialEq + Copy>(table: &[(&'static str, T)], value: T) -> Option<&'static str> {
    table.iter().find(|(_, known)| *known == value).map(|(word, _)| *word)
}

fn word<T: PartialEq + Copy, S: Serializer>(
    table: &[(&'static str, T)],
    value: T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match word_of(table, value) {
        Some(word) => serializer.serialize_str(word),
        None => Err(serde::ser::Error::custom("a rule without a word")),
    }
}

/// `[family]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyConfig {
    /// w at t = 0.
    pub weights: Vec<f64>,
    /// How the weights move.
    #[serde(serialize_with = "weights_word")]
    pub train_weights: WeightRule,
    /// Where the means live.
    #[serde(serialize_with = "means_word")]
    pub means: MeanSpace,
    /// How the variance moves.
    #[serde(serialize_with = "variance_word")]
    pub variance: VarianceRule,
    /// Whether a variance of its own is a matrix.
    #[serde(skip_serializing_if = "is_isotropic")]
    pub covariance: ComponentShape,
    /// The unit of time.
    #[serde(serialize_with = "clock_word")]
    pub clock: Clock,
    /// The metric of the means.
    #[serde(serialize_with = "metric_word")]
    pub metric: Metric,
    /// What the temperature acts on.
    #[serde(serialize_with = "tempering_word")]
    pub tempering: Tempering,
}

fn weights_word<S: Serializer>(value: &WeightRule, serializer: S) -> Result<S::Ok, S::Error> {
    word(&WEIGHTS, *value, serializer)
}
fn means_word<S: Serializer>(value: &MeanSpace, serializer: S) -> Result<S::Ok, S::Error> {
    word(&MEANS, *value, serializer)
}
fn variance_word<S: Serializer>(value: &VarianceRule, serializer: S) -> Result<S::Ok, S::Error> {
    word(&VARIANCES, *value, serializer)
}
fn is_isotropic(shape: &ComponentShape) -> bool {
    *shape == ComponentShape::Isotropic
}
fn clock_word<S: Serializer>(value: &Clock, serializer: S) -> Result<S::Ok, S::Error> {
    word(&CLOCKS, *value, serializer)
}
fn metric_word<S: Serializer>(value: &Metric, serializer: S) -> Result<S::Ok, S::Error> {
    word(&METRICS, *value, serializer)
}
fn tempering_word<S: Serializer>(value: &Tempering, serializer: S) -> Result<S::Ok, S::Error> {
    word(&TEMPERINGS, *value, serializer)
}

impl FamilyConfig {
    /// The section for these weights and rules.
    pub(crate) fn new(weights: Vec<f64>, rules: Rules) -> Self {
        let Rules { means, variance, weights: train_weights, clock, metric, tempering } = rules;
        let (variance, covariance) = match variance {
            VarianceRule::Full => (VarianceRule::Own, ComponentShape::Full),
            one => (one, ComponentShape::Isotropic),
        };
        Self { weights, train_weights, means, variance, covariance, clock, metric, tempering }
    }

    /// Whether the variance descends.
    pub(crate) fn trains_variance(&self) -> bool {
        self.variance == VarianceRule::Trained
    }

    /// The rules.
    pub fn rules(&self) -> Rules {
        Rules {
            means: self.means,
            variance: if self.has_covariances() { VarianceRule::Full } else { self.variance },
            weights: self.train_weights,
            clock: self.clock,
            metric: self.metric,
            tempering: self.tempering,
        }
    }

    /// The family.
    pub fn family(&self) -> Result<Family, InvalidParameter> {
        Family::new(self.weights.clone(), self.rules())
    }

    /// Means, variance, weights and clock in one line.
    pub fn describe(&self) -> String {
        let weights = if self.trains_weights() { word_of(&WEIGHTS, self.train_weights) } else { Some("fixed") };
        let parts = [
            ("means", word_of(&MEANS, self.means)),
            if self.has_covariances() {
                ("covariance", word_of(&SHAPES, self.covariance))
            } else {
                ("variance", word_of(&VARIANCES, self.variance))
            },
            ("weights", weights),
            ("clock", word_of(&CLOCKS, self.clock)),
        ];
        let words = parts.iter().filter_map(|(name, word)| word.map(|word| format!("{name} {word}")));
        words.collect::<Vec<_>>().join(", ")
    }

    /// Whether the weights move.
    pub fn trains_weights(&self) -> bool {
        self.train_weights != WeightRule::Fixed
    }

    /// Whether the means live on the sphere.
    pub fn on_sphere(&self) -> bool {
        self.means == MeanSpace::Sphere
    }

    /// Whether each component has a covariance matrix of its own.
    pub fn has_covariances(&self) -> bool {
        self.covariance == ComponentShape::Full
    }

    /// Whether each component has a variance or a covariance of its own.
    pub fn has_own_variances(&self) -> bool {
        self.variance == VarianceRule::Own
    }

    /// Whether the variance is 1 for ever.
    pub fn has_unit_variance(&self) -> bool {
        self.variance == VarianceRule::Unit
    }
}
