//! Isotropic Gaussian mixtures of unit variance: the target p.

use crate::parameter::{InvalidParameter, Part, coordinate, finite};

/// How far from 1 the sum of given weights may be: 1e-6, as three times 0.333333 is, and its rounding.
const WEIGHT_SUM_TOLERANCE: f64 = 1.1e-6;
/// How much the norms of modes on one sphere may differ, relatively: the rounding of decimal coordinates.
const NORM_TOLERANCE: f64 = 1e-9;

/// Checks and normalises mixture weights.
pub(crate) fn check_weights(part: Part, mut weights: Vec<f64>) -> Result<Vec<f64>, InvalidParameter> {
    let refuse = |value: String, rule: &str| Err(InvalidParameter::new("weights", value, rule).of(part));
    if weights.is_empty() {
        return refuse("[]".into(), "hold at least one weight");
    }
    if weights.iter().any(|w| !(*w >= 0.0 && w.is_finite())) {
        return refuse(format!("{weights:?}"), "hold finite weights that are not negative");
    }
    let sum: f64 = weights.iter().sum();
    if (sum - 1.0).abs() > WEIGHT_SUM_TOLERANCE {
        return refuse(format!("{weights:?} (sum {sum})"), "sum to 1 within 1e-6");
    }
    weights.iter_mut().for_each(|w| *w /= sum);
    Ok(weights)
}

/// The target p(x) = sum_k v_k N(x; nu_k, I) in R^D (theory section 1).
///
/// D is the dimension in which the modes are written; the problem may live in a higher one.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    weights: Vec<f64>,
    modes: Vec<Vec<f64>>,
}

impl Target {
    /// A target with modes `modes` (P vectors of one length D >= 1, finite) and weights v (P of them, not
    /// negative, summing to 1 within 1e-6).
    pub fn new(modes: Vec<Vec<f64>>, weights: Vec<f64>) -> Result<Self, InvalidParameter> {
        let weights = check_weights(Part::Target, weights)?;
        check_vectors(Part::Target, &modes)?;
        for &x in modes.iter().flatten() {
            coordinate("means", x).map_err(|e| e.of(Part::Target))?;
        }
        if weights.len() != modes.len() {
            let rule = format!("hold one weight for each of the {} modes", modes.len());
            return Err(InvalidParameter::new("weights", format!("{weights:?}"), rule).of(Part::Target));
        }
        Ok(Self { weights, modes })
    }

    /// The pair of modes +-`separation` along the first axis, in one dimension; `separation` >= 0.
    pub fn pair(separation: f64, weights: [f64; 2]) -> Result<Self, InvalidParameter> {
        if !(separation >= 0.0 && separation.is_finite()) {
            let rule = "be finite and not negative";
            return Err(InvalidParameter::new("separation", separation, rule).of(Part::Target));
        }
        coordinate("separation", separation).map_err(|e| e.of(Part::Target))?;
        Self::new(vec![vec![separation], vec![-separation]], weights.to_vec())
    }

    /// The target in coordinates whose origin is `centre`: modes nu_k - centre, both padded with zeros to one length.
    /// What is free to move moves with the frame; a sphere of means is about the origin, so it is another one then.
    ///
    /// Errors: a coordinate that is not finite, or a mode farther than 1e9 from the centre along an axis.
    pub fn about(&self, centre: &[f64]) -> Result<Self, InvalidParameter> {
        for &c in centre {
            coordinate("centre", c).map_err(|e| e.of(Part::Start))?;
        }
        let length = self.dimension().max(centre.len());
        let entry = |v: &[f64], i: usize| v.get(i).copied().unwrap_or(0.0);
        let shifted = |mode: &Vec<f64>| (0..length).map(|i| entry(mode, i) - entry(centre, i)).collect();
        Self::new(self.modes.iter().map(shifted).collect(), self.weights.clone())
    }

    /// v.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// nu_k, each of length D.
    pub fn modes(&self) -> &[Vec<f64>] {
        &self.modes
    }

    /// The modes in the first D of `dimension` coordinates (P x `dimension`, row by row).
    pub fn modes_in(&self, dimension: usize) -> Vec<f64> {
        let padded = |mode: &Vec<f64>| mode.iter().copied().chain(std::iter::repeat(0.0)).take(dimension).collect();
        self.modes.iter().flat_map(|mode| -> Vec<f64> { padded(mode) }).collect()
    }

    /// D: the dimension in which the modes are written.
    pub fn dimension(&self) -> usize {
        self.modes[0].len()
    }

    /// The common norm of the modes, if they have one (to relative 1e-9).
    pub fn common_norm(&self) -> Option<f64> {
        let norm = |v: &Vec<f64>| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let first = norm(&self.modes[0]);
        let same = self.modes.iter().all(|m| (norm(m) - first).abs() <= NORM_TOLERANCE * first);
        same.then_some(first)
    }

    /// The target as a symmetric pair +-rho u: (rho, v of the mode at +rho u), if it is one with rho > 0
    /// (to relative 1e-12) and both weights are positive.
    pub fn as_pair(&self) -> Option<(f64, f64)> {
        let [a, b] = self.modes.as_slice() else { return None };
        let rho = self.common_norm()?;
        let opposite = a.iter().zip(b).all(|(x, y)| (x + y).abs() <= 1e-12 * rho);
        (opposite && rho > 0.0 && self.weights.iter().all(|&v| v > 0.0)).then_some((rho, self.weights[0]))
    }
}

/// Checks a list of vectors: at least one, one common length >= 1, finite entries.
pub(crate) fn check_vectors(part: Part, vectors: &[Vec<f64>]) -> Result<(), InvalidParameter> {
    let refuse = |value: &str, rule: &str| Err(InvalidParameter::new("means", value, rule).of(part));
    let Some(first) = vectors.first() else {
        return refuse("[]", "hold at least one vector");
    };
    if first.is_empty() {
        return refuse("[[]]", "hold vectors of at least one coordinate");
    }
    for vector in vectors {
        if vector.len() != first.len() {
            let value = format!("a vector of length {}", vector.len());
            return refuse(&value, &format!("hold vectors of one length, {}", first.len()));
        }
        for &x in vector {
            finite("means", x).map_err(|e| e.of(part))?;
        }
    }
    Ok(())
}
