//! `[target]` of a normalizing flow: a Gaussian mixture, or a named density.

use collapsar_theory::{GaussianMixture, InvalidParameter, Part};
use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::mixture::CovarianceConfig;
use crate::config::named::NamedDensity;
use crate::config::resolve;
use crate::config::run::TargetConfig;

/// What a flow is trained on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FlowTargetConfig {
    /// A Gaussian mixture.
    Mixture(TargetConfig),
    /// `target.density`.
    Named(NamedDensity),
}

impl FlowTargetConfig {
    pub(crate) fn resolve(document: &Document, dimension: usize) -> Result<Self, ConfigError> {
        if let Some(named) = NamedDensity::resolve(document, dimension)? {
            return Ok(Self::Named(named));
        }
        let target = resolve::shaped_target(document)?;
        target.shapes_in(dimension).map_err(|error| document.section("target").parameter(&error))?;
        Ok(Self::Mixture(target))
    }

    /// Whether it is a mixture of two modes of covariance I.
    pub(crate) fn is_pair(&self) -> bool {
        matches!(self, Self::Mixture(target) if target.is_pair())
    }
}

impl TargetConfig {
    /// Whether there are two modes, of covariance I.
    pub(crate) fn is_pair(&self) -> bool {
        self.covariances.is_none() && self.weights.len() == 2
    }

    /// The mixture in `dimension` dimensions if it has shapes; modes of a multiple of I are zero in those that they lack.
    ///
    /// # Errors
    /// Covariances of another dimension.
    pub(crate) fn shapes_in(&self, dimension: usize) -> Result<Option<GaussianMixture>, InvalidParameter> {
        let (Some(covariances), Some(means)) = (&self.covariances, &self.means) else { return Ok(None) };
        let isotropic = |c: &CovarianceConfig| matches!(c, CovarianceConfig::Variance(_));
        let own = means.first().map_or(0, Vec::len);
        if own > dimension || (own < dimension && !covariances.iter().all(isotropic)) {
            let rule = format!(
                "have the {dimension} dimensions of the flow, or fewer where every covariance is a multiple of I"
            );
            return Err(InvalidParameter::new("components", format!("{own} dimensions"), rule).of(Part::Target));
        }
        let padded = |mean: &Vec<f64>| {
            let mut mean = mean.clone();
            mean.resize(dimension, 0.0);
            mean
        };
        let matrices = covariances.iter().map(|covariance| covariance.matrix(dimension)).collect();
        GaussianMixture::new(self.weights.clone(), means.iter().map(padded).collect(), matrices).map(Some)
    }
}
