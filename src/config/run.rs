//! The sections of a problem and of its integration.

use collapsar_theory::{InvalidParameter, MeanSpace, Part, Start, Target};
use serde::{Serialize, Serializer};

use crate::config::mixture::{ComponentConfig, CovarianceConfig};

/// `[target]`: a separation, means, or means with covariances.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetConfig {
    /// Modes at +-separation along the first axis.
    pub separation: Option<f64>,
    /// The modes.
    pub means: Option<Vec<Vec<f64>>>,
    /// v.
    pub weights: Vec<f64>,
    /// Sigma_k, unless all are I.
    pub covariances: Option<Vec<CovarianceConfig>>,
}

/// As it is written: with covariances in tables.
#[derive(Serialize)]
#[serde(untagged)]
enum WrittenTarget<'a> {
    Plain {
        #[serde(skip_serializing_if = "Option::is_none")]
        separation: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        means: &'a Option<Vec<Vec<f64>>>,
        weights: &'a [f64],
    },
    Shaped {
        components: Vec<ComponentConfig>,
    },
}

impl Serialize for TargetConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { separation, means, weights, covariances } = self;
        let written = match (means, covariances) {
            (Some(means), Some(covariances)) => {
                let parts = means.iter().zip(weights).zip(covariances);
                let component = |((mean, weight), covariance): ((&Vec<f64>, &f64), &CovarianceConfig)| {
                    ComponentConfig { weight: *weight, mean: mean.clone(), covariance: covariance.clone() }
                };
                WrittenTarget::Shaped { components: parts.map(component).collect() }
            }
            _ => WrittenTarget::Plain { separation: *separation, means, weights },
        };
        written.serialize(serializer)
    }
}

/// `[start]`: given means, or a law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartConfig {
    /// Given means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<Vec<Vec<f64>>>,
    /// d of a law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<usize>,
    /// sigma of a Gaussian law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// The middle of a Gaussian law; the origin if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre: Option<Vec<f64>>,
    /// The seed of a law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The initial variance where it is trained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance: Option<InitialVariance>,
}

/// `start.variance`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum InitialVariance {
    /// Of all components.
    Common(f64),
    /// One for each component.
    Each(Vec<f64>),
}

impl TargetConfig {
    /// The target.
    pub fn target(&self) -> Result<Target, InvalidParameter> {
        match (self.separation, &self.means) {
            (Some(separation), None) => {
                let weights = <[f64; 2]>::try_from(self.weights.as_slice()).map_err(|_| {
                    InvalidParameter::new(
                        "weights",
                        format!("{:?}", self.weights),
                        "hold two weights, one for each mode",
                    )
                    .of(Part::Target)
                })?;
                Target::pair(separation, weights)
            }
            (_, means) => Target::new(means.clone().unwrap_or_default(), self.weights.clone()),
        }
    }
}

impl From<&Target> for TargetConfig {
    fn from(target: &Target) -> Self {
        Self {
            separation: None,
            means: Some(target.modes().to_vec()),
            weights: target.weights().to_vec(),
            covariances: None,
        }
    }
}

impl StartConfig {
    /// d of a law, or of given means.
    pub fn dimension(&self) -> usize {
        let given = self.means.as_ref().and_then(|means| means.first());
        given.map_or(self.dimension.unwrap_or(0), Vec::len)
    }

    /// The start for means in the given space.
    pub fn start(&self, space: MeanSpace) -> Result<Start, InvalidParameter> {
        match (&self.means, space) {
            (Some(means), _) => Start::means(means.clone()),
            (None, MeanSpace::Sphere) => Start::sphere(self.dimension.unwrap_or(0)),
            (None, MeanSpace::Free) => Start::gaussian(self.dimension.unwrap_or(0), self.scale.unwrap_or(f64::NAN)),
        }
    }
}
