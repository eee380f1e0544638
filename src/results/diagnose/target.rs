//! The target as somebody's runs show it.

use serde::Serialize;

use crate::results::{Certificate, ProductRoute};

/// The target, as far as samples show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetRecord {
    /// Least distance of two modes in units of the root mean square of their spreads.
    pub separation: f64,
    /// These modes.
    pub nearest: [usize; 2],
    /// The largest share of one coordinate in the squared distance between them: 1 along an axis.
    pub alignment: f64,
    /// Angle between that line and its nearest axis, in degrees.
    pub angle: f64,
    /// (tr S)^2/tr S^2 of the mean covariance S within modes; null in more than 32 dimensions.
    pub effective_dimension: Option<f64>,
    /// Largest over smallest mean variance of the modes.
    pub widths: f64,
    /// The same as a configuration.
    #[serde(skip)]
    pub toml: String,
}

/// The products nearest to the fitted target, without a rotation: as `mean-field` finds them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductVerdict {
    /// How they were computed.
    pub route: ProductRoute,
    /// Whether modes have their "own" covariances, or two their "common" variance of each coordinate: in more than 32 dimensions.
    pub covariance: &'static str,
    /// Whether the family loses a mode: fits from the modes differ, or the best one gives a mode less than half of its weight.
    pub collapsed: bool,
    /// The modes that the best fit loses.
    pub lost: Vec<usize>,
    /// What is proved about the optimum; coordinates are counted from 1.
    pub certificate: Certificate,
}

/// Samples in the plane of the modes.
#[derive(Debug, Clone, PartialEq)]
pub struct RunsPlane {
    /// The two coordinates shown, as labels.
    pub labels: [String; 2],
    /// Samples with the mode of each.
    pub points: Vec<([f64; 2], usize)>,
    /// Means of the modes.
    pub modes: Vec<[f64; 2]>,
}
