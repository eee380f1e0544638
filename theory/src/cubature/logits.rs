//! Logits that are linear in a normal noise.

use crate::cubature::few::NoisyLogit;
use crate::parameter::InvalidParameter;

/// Logits `u_j(g) = a_j + b_j . g`, `j = 1..n`, in a standard normal noise `g`.
///
/// Only differences of the loadings `b_j` matter to the averages; the noise may have any dimension.
#[derive(Debug, Clone, Copy)]
pub struct Logits<'a> {
    pub(super) offsets: &'a [f64],
    pub(super) loadings: &'a [f64],
    pub(super) dimension: usize,
}

impl<'a> Logits<'a> {
    /// `offsets[j]` is `a_j`, `-inf` for an absent class; `loadings[j * dimension + i]` is component `i` of `b_j`.
    ///
    /// # Errors
    ///
    /// When `loadings` is not `offsets` times `dimension` long, a loading is not finite, an offset is NaN or infinite
    /// upwards, or no offset is finite.
    pub fn new(offsets: &'a [f64], loadings: &'a [f64], dimension: usize) -> Result<Self, InvalidParameter> {
        if loadings.len() != offsets.len() * dimension {
            return Err(InvalidParameter::new(
                "loadings.len()",
                loadings.len(),
                "be the number of offsets times the dimension",
            ));
        }
        if let Some(bad) = loadings.iter().find(|b| !b.is_finite()) {
            return Err(InvalidParameter::new("loadings", bad, "be finite"));
        }
        if let Some(bad) = offsets.iter().find(|a| a.is_nan() || **a == f64::INFINITY) {
            return Err(InvalidParameter::new("offsets", bad, "be finite, or -inf for an absent class"));
        }
        if !offsets.iter().any(|a| a.is_finite()) {
            return Err(InvalidParameter::new("offsets", "all absent", "contain a finite value"));
        }
        Ok(Self { offsets, loadings, dimension })
    }

    pub(super) fn class(&self, j: usize) -> NoisyLogit<'a> {
        let row = j * self.dimension;
        NoisyLogit { mean: self.offsets[j], loading: &self.loadings[row..row + self.dimension] }
    }
}
