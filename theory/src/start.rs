//! The law of the initial means. Sampling is not here: this crate draws no numbers.

use crate::mixture::check_vectors;
use crate::parameter::{FARTHEST, InvalidParameter, Part, positive};

/// Below this squares of means underflow.
const SMALLEST_SCALE: f64 = 1e-100;

/// The law of K independent initial means in R^d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StartLaw {
    /// Uniform on the sphere that the means live on.
    Sphere {
        /// d.
        dimension: usize,
    },
    /// N(0, scale^2 I).
    Gaussian {
        /// d.
        dimension: usize,
        /// sigma > 0.
        scale: f64,
    },
}

impl StartLaw {
    /// d.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Sphere { dimension } | Self::Gaussian { dimension, .. } => *dimension,
        }
    }
}

/// Where the means start: at given points, or at random ones.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// K given means, each in R^d.
    Means(Vec<Vec<f64>>),
    /// A law.
    Law(StartLaw),
}

impl Start {
    /// Given means: at least one, of one length >= 1, finite.
    pub fn means(means: Vec<Vec<f64>>) -> Result<Self, InvalidParameter> {
        check_vectors(Part::Start, &means)?;
        Ok(Self::Means(means))
    }

    /// Uniform on the sphere in R^`dimension`, `dimension` >= 1.
    pub fn sphere(dimension: usize) -> Result<Self, InvalidParameter> {
        Ok(Self::Law(StartLaw::Sphere { dimension: check_dimension(dimension)? }))
    }

    /// N(0, `scale`^2 I) in R^`dimension`, `dimension` >= 1, `scale` > 0.
    pub fn gaussian(dimension: usize, scale: f64) -> Result<Self, InvalidParameter> {
        let scale = positive("scale", scale).map_err(|e| e.of(Part::Start))?;
        if !(SMALLEST_SCALE..=FARTHEST).contains(&scale) {
            return Err(InvalidParameter::new("scale", scale, "be from 1e-100 to 1e9").of(Part::Start));
        }
        Ok(Self::Law(StartLaw::Gaussian { dimension: check_dimension(dimension)?, scale }))
    }

    /// d.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Means(means) => means[0].len(),
            Self::Law(law) => law.dimension(),
        }
    }
}

fn check_dimension(dimension: usize) -> Result<usize, InvalidParameter> {
    if dimension == 0 {
        return Err(InvalidParameter::new("dimension", dimension, "be at least 1").of(Part::Start));
    }
    Ok(dimension)
}
