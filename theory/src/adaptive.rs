//! Schedules whose next temperature depends on the fit, theory 16.4.

use crate::parameter::{InvalidParameter, moderate};
use crate::schedule::ScheduleKind;
use crate::tempered_fit::TemperedFit;

/// A schedule with state: beta is constant between changes, `interval` units of time apart, and each change looks at the fit.
///
/// | kind | next beta |
/// |---|---|
/// | adaptive-kl | beta + tau/sqrt(Var_q\[log p\]) (AdaAnn, arXiv 2202.00792) |
/// | adaptive-ess | the largest with relative effective sample size >= kappa (arXiv 2505.03652) |
///
/// 1 at most, where it stays. The samples that the size is of are those of q weighed by p^(change of beta), as if q were the
/// tempered target; corrected, weighed by p^(next beta)/q.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaptiveRule {
    initial_temperature: f64,
    interval: f64,
    law: Law,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Law {
    Kl { tau: f64 },
    Ess { kappa: f64, corrected: bool },
}

/// Secants after which a size is taken as found; some five are needed.
const SECANTS: usize = 60;
/// Relative width of a bracket of the next beta.
const NARROW: f64 = 1e-13;

fn hot(temperature: f64) -> Result<f64, InvalidParameter> {
    if (1.0..=1e12).contains(&temperature) {
        Ok(temperature)
    } else {
        Err(InvalidParameter::new("initial_temperature", temperature, "be at least 1 and at most 1e12: the rules cool"))
    }
}

/// The ratio of `changes` equal factors from 1/T0 to 1, less 1.
fn excess(t_hot: f64, changes: usize) -> f64 {
    (t_hot.ln() / changes.max(1) as f64).exp_m1()
}

impl AdaptiveRule {
    /// AdaAnn from temperature T0 with tolerance `tau`.
    pub fn kl(initial_temperature: f64, tau: f64, interval: f64) -> Result<Self, InvalidParameter> {
        let (initial_temperature, interval) = (hot(initial_temperature)?, moderate("interval", interval)?);
        Ok(Self { initial_temperature, interval, law: Law::Kl { tau: moderate("tau", tau)? } })
    }

    /// Steps that keep the share `kappa`, in (0, 1), of the samples; `corrected` by the weights of importance.
    pub fn ess(initial_temperature: f64, kappa: f64, interval: f64, corrected: bool) -> Result<Self, InvalidParameter> {
        let (initial_temperature, interval) = (hot(initial_temperature)?, moderate("interval", interval)?);
        if !(kappa > 0.0 && kappa < 1.0) {
            return Err(InvalidParameter::new("kappa", kappa, "lie strictly between 0 and 1"));
        }
        Ok(Self { initial_temperature, interval, law: Law::Ess { kappa, corrected } })
    }

    /// AdaAnn that takes one Gaussian of dimension d to T = 1 in `changes` changes and the time `duration`, geometrically.
    pub fn kl_for(t_hot: f64, duration: f64, changes: usize, dimension: usize) -> Result<Self, InvalidParameter> {
        let tau = excess(t_hot, changes) * (dimension as f64 / 2.0).sqrt();
        Self::kl(t_hot, tau, duration / changes.max(1) as f64)
    }

    /// The same by the effective sample size.
    pub fn ess_for(t_hot: f64, duration: f64, changes: usize, dimension: usize) -> Result<Self, InvalidParameter> {
        let delta = excess(t_hot, changes);
        let kappa = (dimension as f64 / 2.0 * ((1.0 + 2.0 * delta).ln() - 2.0 * (1.0 + delta).ln())).exp();
        Self::ess(t_hot, kappa.max(f64::MIN_POSITIVE), duration / changes.max(1) as f64, false)
    }

    /// Which rule.
    pub fn kind(&self) -> ScheduleKind {
        match self.law {
            Law::Kl { .. } => ScheduleKind::AdaptiveKl,
            Law::Ess { .. } => ScheduleKind::AdaptiveEss,
        }
    }

    /// T0.
    pub fn initial_temperature(&self) -> f64 {
        self.initial_temperature
    }

    /// Time between changes.
    pub fn interval(&self) -> f64 {
        self.interval
    }

    /// How many changes of beta are due by `time`, a multiple of a step: one at every multiple of the interval, to 1e-9 of it, the
    /// rounding of such a product.
    pub fn changes_by(&self, time: f64) -> usize {
        (time / self.interval() * (1.0 + 1e-9)) as usize
    }

    /// tau of adaptive-kl.
    pub fn tau(&self) -> Option<f64> {
        match self.law {
            Law::Kl { tau } => Some(tau),
            Law::Ess { .. } => None,
        }
    }

    /// kappa of adaptive-ess.
    pub fn kappa(&self) -> Option<f64> {
        match self.law {
            Law::Ess { kappa, .. } => Some(kappa),
            Law::Kl { .. } => None,
        }
    }

    /// Whether adaptive-ess corrects for q, which needs samples.
    pub fn corrected(&self) -> Option<bool> {
        match self.law {
            Law::Ess { corrected, .. } => Some(corrected),
            Law::Kl { .. } => None,
        }
    }

    /// The same rule where `pace` units of time pass for one.
    pub fn at_pace(&self, pace: f64) -> Result<Self, InvalidParameter> {
        Ok(Self { interval: moderate("interval", self.interval * pace)?, ..*self })
    }

    /// The factor by which beta rises at each change while the fit is one Gaussian of variance 1/beta in dimension d: theory (39),
    /// 1 + tau sqrt(2/d), or 1 + delta with ((1+2 delta)/(1+delta)^2)^(d/2) = kappa.
    pub fn gaussian_ratio(&self, dimension: usize) -> f64 {
        let d = dimension as f64;
        match self.law {
            Law::Kl { tau } => 1.0 + tau * (2.0 / d).sqrt(),
            Law::Ess { kappa, .. } => {
                let lost = -(2.0 * kappa.ln() / d).exp_m1();
                1.0 + (lost + lost.sqrt()) / (1.0 - lost)
            }
        }
    }

    /// The time at which such a fit is at T = 1.
    pub fn gaussian_duration(&self, dimension: usize) -> f64 {
        let changes = self.initial_temperature.ln() / self.gaussian_ratio(dimension).ln();
        self.interval * (changes * (1.0 - NARROW)).ceil()
    }

    /// The beta that follows `beta`, from averages over the fit itself; a corrected size is taken as uncorrected.
    pub fn next_beta(&self, beta: f64, fit: &TemperedFit) -> f64 {
        match self.law {
            Law::Kl { tau } => raised(beta, tau / fit.log_density_variance().sqrt()),
            Law::Ess { kappa, .. } => {
                let guess = (-kappa.ln() / fit.log_density_variance()).sqrt();
                raised(beta, largest(1.0 - beta, guess, kappa, |step| fit.log_effective_sample_size(step)))
            }
        }
    }

    /// The same from samples of q: log p and log q of each, up to constants.
    pub fn next_beta_of_samples(&self, beta: f64, log_p: &[f64], log_q: &[f64]) -> f64 {
        match self.law {
            Law::Kl { tau } => raised(beta, tau / variance(log_p).sqrt()),
            Law::Ess { kappa, corrected } => {
                let log_size = |step: f64| {
                    let logs = log_p.iter().zip(log_q);
                    log_share(logs.map(|(p, q)| if corrected { (beta + step) * p - q } else { step * p }))
                };
                let guess = (-kappa.ln() / variance(log_p)).sqrt();
                // Corrected, the fit may be behind the temperature that it has: then it waits.
                if log_size(0.0) < kappa.ln() {
                    return beta;
                }
                raised(beta, largest(1.0 - beta, guess, kappa, log_size))
            }
        }
    }
}

/// `beta` + `step`, 1 at most; no step where it is not a number.
fn raised(beta: f64, step: f64) -> f64 {
    if step.is_nan() { beta } else { (beta + step).min(1.0) }
}

/// The largest step up to `most` at which a size that falls from `log_size`(0) >= log kappa is still kappa: secants for
/// sqrt(-log size), which is almost a straight line, within a bracket.
fn largest(most: f64, guess: f64, kappa: f64, log_size: impl Fn(f64) -> f64) -> f64 {
    let root = (-kappa.ln()).sqrt();
    let above = |step: f64| (-log_size(step)).max(0.0).sqrt() - root;
    if most <= 0.0 || above(most) <= 0.0 {
        return most.max(0.0);
    }
    let (mut low, mut high, mut step) = (0.0, most, guess);
    let mut last = (0.0, above(0.0));
    for _ in 0..SECANTS {
        if !(step > low && step < high) {
            step = low + (high - low) / 2.0;
        }
        let value = above(step);
        if value <= 0.0 {
            low = step
        } else {
            high = step
        }
        let slope = (value - last.1) / (step - last.0);
        last = (step, value);
        // The next secant, and a little to the other side of the root so that the bracket closes.
        let to = step - value / slope;
        let beyond = if value <= 0.0 { 1.0 + NARROW } else { 1.0 - NARROW };
        if high - low <= 4.0 * NARROW * high {
            break;
        }
        step = to * beyond;
    }
    low
}

/// The unbiased variance of samples.
fn variance(samples: &[f64]) -> f64 {
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)
}

/// log of (sum w)^2/(n sum w^2) from the logarithms of the weights.
fn log_share(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let top = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    let (mut count, mut once, mut twice) = (0.0, 0.0, 0.0);
    for weight in logs.map(|log| (log - top).exp()) {
        count += 1.0;
        once += weight;
        twice += weight * weight;
    }
    (once * once / (count * twice)).ln()
}
