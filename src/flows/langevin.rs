//! Langevin Monte Carlo beside a flow: options alone.

use collapsar_theory::InvalidParameter;

/// Unadjusted Langevin Monte Carlo, x' = x + h beta grad log p(x) + (2h)^(1/2) g: the law of x tends to p^beta, up to an
/// error of order h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Langevin {
    /// Chains from N(0, I), whose ends are the sample; 2 to 2^24.
    pub chains: usize,
    /// h, positive.
    pub step: f64,
}

impl Langevin {
    /// Whether every number is in its domain.
    pub fn check(&self) -> Result<(), InvalidParameter> {
        if !(2..=1 << 24).contains(&self.chains) {
            return Err(InvalidParameter::new("chains", self.chains, "lie between 2 and 16777216"));
        }
        if !(self.step > 0.0 && self.step.is_finite()) {
            return Err(InvalidParameter::new("step", self.step, "be positive and finite"));
        }
        Ok(())
    }
}
