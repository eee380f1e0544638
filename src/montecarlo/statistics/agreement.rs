//! Counts against probabilities computed otherwise, all problems together.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::{gamma_lr, gamma_ur};

/// One problem: a probability from elsewhere and a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// p.
    pub probability: f64,
    /// Its absolute error.
    pub error: f64,
    /// Runs that collapsed.
    pub count: u64,
    /// Runs.
    pub n: u64,
}

/// Expected count, of either end, below which a count is not nearly normal and is left out of the joint test.
const NEARLY_NORMAL: f64 = 9.0;

impl Comparison {
    /// z = (count/n - p)/sqrt(p (1-p)/n + error^2), standard normal if both are right; none where n p (1-p) < 9.
    pub fn standardised(&self) -> Option<f64> {
        let (n, p) = (self.n as f64, self.probability);
        let variance = p * (1.0 - p) / n;
        let spread = (variance + self.error * self.error).sqrt();
        (n * p * (1.0 - p) >= NEARLY_NORMAL).then(|| (self.count as f64 / n - p) / spread)
    }
}

/// The joint test of all comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Problems tested.
    pub problems: usize,
    /// Problems left out: fewer than about 9 expected ends of one kind.
    pub left_out: usize,
    /// sum of z^2: a chi square of as many degrees of freedom as problems.
    pub chi_square: f64,
    /// Two-sided, 2 min(F, 1 - F) of that law: differences may also be too small to be independent and right.
    pub chi_square_p: f64,
    /// Largest |z|.
    pub largest: f64,
    /// P(largest of that many |z| >= that) = 1 - (1 - P(|z| >= largest))^problems (Sidak, J. Am. Statist. Assoc. 62, 1967).
    pub largest_p: f64,
}

impl Agreement {
    /// Tests `comparisons` together; nothing if there is none to test.
    pub fn of(comparisons: &[Comparison]) -> Option<Self> {
        let z: Vec<f64> = comparisons.iter().filter_map(Comparison::standardised).collect();
        let left_out = comparisons.len() - z.len();
        Self::of_differences(&z).map(|tested| Self { left_out, ..tested })
    }

    /// Tests standardised differences together; nothing for none.
    pub fn of_differences(z: &[f64]) -> Option<Self> {
        if z.is_empty() {
            return None;
        }
        let problems = z.len();
        let chi_square: f64 = z.iter().map(|z| z * z).sum();
        let largest = z.iter().fold(0.0, |top: f64, z| top.max(z.abs()));
        let beyond = libm::erfc(largest * std::f64::consts::FRAC_1_SQRT_2);
        let (freedom, at) = (problems as f64 / 2.0, chi_square / 2.0);
        Some(Self {
            problems,
            left_out: 0,
            chi_square,
            chi_square_p: 2.0 * gamma_lr(freedom, at).min(gamma_ur(freedom, at)),
            largest,
            // By logarithms: 1 - (1 - 1e-20)^n is not 0.
            largest_p: -libm::expm1(problems as f64 * libm::log1p(-beyond)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(probability: f64, count: u64) -> Comparison {
        Comparison { probability, error: 0.0, count, n: 10_000 }
    }

    #[test]
    fn joint_test_by_hand() {
        // Standard error 0.005 at p = 1/2: z = 1 and -2; chi square of 2 degrees of freedom: exp(-5/2).
        let found = Agreement::of(&[at(0.5, 5050), at(0.5, 4900), at(1e-5, 0)]).unwrap();
        assert_eq!((found.problems, found.left_out), (2, 1));
        assert!((found.chi_square - 5.0).abs() < 1e-12 && (found.largest - 2.0).abs() < 1e-12);
        assert!((found.chi_square_p - 2.0 * (-2.5f64).exp()).abs() < 1e-12);
        // P(|z| >= 2) = 0.0455002638963584.
        let single = 0.045_500_263_896_358_4;
        assert!((found.largest_p - (1.0 - (1.0 - single) * (1.0 - single))).abs() < 1e-12);
        assert_eq!(Agreement::of(&[]), None);
    }

    #[test]
    fn an_error_of_the_other_side_counts() {
        let doubtful = Comparison { error: 0.005, ..at(0.5, 5050) };
        assert!((doubtful.standardised().unwrap() - 0.5f64.sqrt()).abs() < 1e-12);
    }
}
