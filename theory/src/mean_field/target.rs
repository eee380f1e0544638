//! The pair of modes, in groups of equal coordinates.

use crate::parameter::{InvalidParameter, positive};

/// `count` coordinates with the same half separation a_j > 0, in standard deviations of a component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// a_j.
    pub half_separation: f64,
    /// How many coordinates have it.
    pub count: usize,
}

/// pi = w N(a, I) + (1-w) N(-a, I) at temperature T = 1/beta, a given by groups of equal coordinates.
///
/// Reflections make every a_j >= 0; coordinates with a_j = 0 have q_j = N(0, T) and decouple: they are left out, and the
/// dimension counts the others. A common diagonal covariance D is scaled away by a_j / sqrt(D_jj). Source: mean field 1.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanFieldPair {
    groups: Vec<Group>,
    weight: f64,
    temperature: f64,
}

/// Most coordinates.
const MOST: usize = 1_000_000;
/// Largest A sqrt(max(1, beta)), where log q stays below the overflow of e^x, and A sqrt(T): the grids grow with both.
const MOST_SHARP: f64 = 25.0;
const MOST_BROAD: f64 = 120.0;
/// Lowest temperature, where the marginals are still wide against the poles of log cosh.
const COLDEST: f64 = 0.05;

impl MeanFieldPair {
    /// The pair with these groups, weight w of the mode at +a and temperature T.
    ///
    /// Errors: no group, a count of 0, a half separation that is not positive and finite, w outside (0,1), T < 0.05,
    /// |a| max(1, T^(-1/2)) > 25, |a| T^(1/2) > 120 or more than a million coordinates.
    pub fn new(groups: Vec<Group>, weight: f64, temperature: f64) -> Result<Self, InvalidParameter> {
        if groups.is_empty() {
            return Err(InvalidParameter::new("groups", "[]", "hold at least one group"));
        }
        for group in &groups {
            positive("half_separation", group.half_separation)?;
            if group.count == 0 || group.count > MOST {
                return Err(InvalidParameter::new("count", group.count, "be between 1 and 1000000"));
            }
        }
        if !(weight > 0.0 && weight < 1.0) {
            return Err(InvalidParameter::new("weight", weight, "lie strictly between 0 and 1"));
        }
        if !(temperature.is_finite() && temperature >= COLDEST) {
            return Err(InvalidParameter::new("temperature", temperature, "be finite and at least 0.05"));
        }
        let pair = Self { groups, weight, temperature };
        if pair.dimension() > MOST {
            return Err(InvalidParameter::new("dimension", pair.dimension(), "be at most 1000000"));
        }
        let norm = pair.norm();
        if norm * (1.0 / temperature).max(1.0).sqrt() > MOST_SHARP || norm * temperature.sqrt() > MOST_BROAD {
            let rule = "keep |a| max(1, T^(-1/2)) at most 25 and |a| T^(1/2) at most 120";
            return Err(InvalidParameter::new("norm", norm, rule));
        }
        Ok(pair)
    }

    /// The pair along the diagonal: `dimension` equal coordinates with |a| = `norm`; w = 1/2, T = 1.
    ///
    /// Errors: as [`MeanFieldPair::new`], and dimension 0.
    pub fn diagonal(norm: f64, dimension: usize) -> Result<Self, InvalidParameter> {
        positive("norm", norm)?;
        if dimension == 0 {
            return Err(InvalidParameter::new("dimension", dimension, "be at least 1"));
        }
        let group = Group { half_separation: norm / (dimension as f64).sqrt(), count: dimension };
        Self::new(vec![group], 0.5, 1.0)
    }

    /// The pair with half separation `a`, coordinate by coordinate; w = 1/2, T = 1. Signs are reflected away, zeros left
    /// out, equal coordinates grouped, largest first.
    ///
    /// Errors: as [`MeanFieldPair::new`]; all coordinates 0.
    pub fn along(a: &[f64]) -> Result<Self, InvalidParameter> {
        let mut sizes: Vec<f64> = a.iter().map(|a| a.abs()).filter(|&a| a != 0.0).collect();
        sizes.sort_unstable_by(|a, b| b.total_cmp(a));
        let equal = sizes.chunk_by(|a, b| a == b);
        let groups = equal.map(|same| Group { half_separation: same[0], count: same.len() }).collect();
        Self::new(groups, 0.5, 1.0)
    }

    /// The same with weight w.
    ///
    /// Errors: w outside (0,1).
    pub fn with_weight(self, weight: f64) -> Result<Self, InvalidParameter> {
        Self::new(self.groups, weight, self.temperature)
    }

    /// The same at temperature T.
    ///
    /// Errors: as [`MeanFieldPair::new`].
    pub fn with_temperature(self, temperature: f64) -> Result<Self, InvalidParameter> {
        Self::new(self.groups, self.weight, temperature)
    }

    /// The groups of equal coordinates.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// w.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// T.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// beta = 1/T.
    pub fn beta(&self) -> f64 {
        1.0 / self.temperature
    }

    /// h = log(w/(1-w))/2, 0 exactly at w = 1/2.
    pub fn bias(&self) -> f64 {
        0.5 * libm::log(self.weight / (1.0 - self.weight))
    }

    /// A = |a|.
    pub fn norm(&self) -> f64 {
        self.groups.iter().map(|g| g.count as f64 * g.half_separation * g.half_separation).sum::<f64>().sqrt()
    }

    /// d, the number of coordinates with a_j > 0.
    pub fn dimension(&self) -> usize {
        self.groups.iter().fold(0, |sum, group| sum.saturating_add(group.count))
    }
}
