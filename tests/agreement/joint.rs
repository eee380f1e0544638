//! Joint tests of standardised differences.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// (exact - count/n)/sqrt(p (1-p)/n) at the exact p.
pub fn standardised(exact: f64, count: u64, n: u64) -> f64 {
    let n = n as f64;
    (exact - count as f64 / n) / (exact * (1.0 - exact) / n).sqrt()
}

/// What differences that should be independent standard normals say together.
#[derive(Debug, Clone, Copy)]
pub struct Joint {
    /// sum z^2.
    pub chi_square: f64,
    /// Two-sided: 2 min(F, 1 - F) of the chi-square law with as many degrees of freedom as differences.
    pub chi_square_p: f64,
    /// max |z|.
    pub largest: f64,
    /// P(the largest of as many independent ones is at least this), 1 - (1 - p)^N (Sidak, J. Am. Statist. Assoc. 62,
    /// 1967).
    pub largest_p: f64,
}

impl Joint {
    /// `None` for no difference.
    pub fn new(differences: &[f64]) -> Option<Self> {
        let count = differences.len() as f64;
        let (law, unit) = (ChiSquared::new(count).ok()?, Normal::new(0.0, 1.0).ok()?);
        let chi_square: f64 = differences.iter().map(|z| z * z).sum();
        let largest = differences.iter().fold(0.0f64, |most, z| most.max(z.abs()));
        let below = law.cdf(chi_square);
        let single = 2.0 * unit.sf(largest);
        Some(Self {
            chi_square,
            chi_square_p: 2.0 * below.min(1.0 - below),
            largest,
            largest_p: -(count * (-single).ln_1p()).exp_m1(),
        })
    }
}
