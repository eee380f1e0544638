//! What flows are made of: options alone.

use collapsar_theory::InvalidParameter;
use serde::{Deserialize, Serialize};

use crate::flows::architecture::{Architecture, Initial};
use crate::flows::frame::Frame;

const MOST_KNOTS: usize = 1025;
/// Most coordinates of a frame, whose parameters grow with their square and whose steps with their cube.
const MOST_TURNED: usize = 256;

/// A product measure: y_j = T_j(z_j) on a standard normal base, log T_j' linear between knots and constant beyond them; and
/// x = y, or x = R y with a rotation R that is trained too (rotational variational inference).
///
/// The knots of each map are trained with its slopes: between modes far apart T_j rises within a narrow stretch of z, whose
/// place decides their weights. One knot: normal marginals, the mean-field family of automatic differentiation variational
/// inference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CoordinateMaps {
    /// d, 1 to 4096.
    pub dimension: usize,
    /// Knots of each map, 1 to 1025.
    pub knots: usize,
    /// Whether there is an R: (1 - X/2)^-1 (1 + X/2) of a skew X; d at most 256.
    pub rotation: bool,
    /// Where training starts: the identity, or shift and log-slope of each coordinate and the entries of X uniform in +-1
    /// (`uniform`) or in +-1/sqrt(d) (`masked`).
    pub initial: Initial,
}

impl Default for CoordinateMaps {
    fn default() -> Self {
        Self { dimension: 2, knots: 65, rotation: false, initial: Initial::Identity }
    }
}

impl CoordinateMaps {
    /// Whether every number is in its domain.
    pub fn check(&self) -> Result<(), InvalidParameter> {
        let counts = [("dimension", self.dimension, 4096), ("knots", self.knots, MOST_KNOTS)];
        for (name, value, most) in counts {
            if !(1..=most).contains(&value) {
                return Err(InvalidParameter::new(name, value, format!("lie between 1 and {most}")));
            }
        }
        if self.rotation && self.dimension > MOST_TURNED {
            let rule = format!("be at most {MOST_TURNED} with a rotation");
            return Err(InvalidParameter::new("dimension", self.dimension, rule));
        }
        Ok(())
    }

    /// Number of trained parameters: of each coordinate a shift, the log-slopes, and the logarithms of the distances of knots
    /// up to a common one; then those of the rotation.
    pub fn parameters(&self) -> usize {
        self.of_maps() + if self.rotation { Frame::parameters(self.dimension) } else { 0 }
    }

    pub(crate) fn of_maps(&self) -> usize {
        self.dimension * self.stride()
    }

    pub(crate) fn stride(&self) -> usize {
        2 * self.knots
    }
}

/// What a flow is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowKind {
    /// Couplings.
    RealNvp(Architecture),
    /// A monotone map of each coordinate.
    MeanField(CoordinateMaps),
}

impl From<Architecture> for FlowKind {
    fn from(architecture: Architecture) -> Self {
        Self::RealNvp(architecture)
    }
}

impl From<CoordinateMaps> for FlowKind {
    fn from(family: CoordinateMaps) -> Self {
        Self::MeanField(family)
    }
}

impl FlowKind {
    /// Whether every number is in its domain.
    pub fn check(&self) -> Result<(), InvalidParameter> {
        match self {
            Self::RealNvp(architecture) => architecture.check(),
            Self::MeanField(family) => family.check(),
        }
    }

    /// d.
    pub fn dimension(&self) -> usize {
        match self {
            Self::RealNvp(architecture) => architecture.dimension,
            Self::MeanField(family) => family.dimension,
        }
    }

    /// Number of trained parameters.
    pub fn parameters(&self) -> usize {
        match self {
            Self::RealNvp(architecture) => architecture.parameters(),
            Self::MeanField(family) => family.parameters(),
        }
    }

    /// The coordinate of each place.
    pub(crate) fn order(&self) -> Vec<usize> {
        match self {
            Self::RealNvp(architecture) => architecture.order(),
            Self::MeanField(family) => (0..family.dimension).collect(),
        }
    }

    /// Numbers kept of a point for the backward pass.
    pub(crate) fn activations(&self) -> usize {
        match self {
            Self::RealNvp(Architecture { couplings, hidden, dimension, .. }) => {
                couplings.saturating_mul(2 * (hidden.iter().sum::<usize>() + dimension))
            }
            Self::MeanField(family) => 3 * family.dimension,
        }
    }
}
