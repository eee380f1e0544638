//! What log q and log p of the samples say: the evidence lower bound, and whether it tells a whole run from a collapsed one.

use crate::runs::Samples;

/// Of one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    /// E_q[log p - log q], with the constant that log p has.
    pub elbo: f64,
    /// Its standard error.
    pub error: f64,
    /// (sum w)^2/(n sum w^2) with w = p/q.
    pub ess: f64,
}

impl Objective {
    /// Of samples with both logs; nothing without them, or where p = 0 at one of them.
    pub fn of(samples: &Samples) -> Option<Self> {
        let (log_q, log_p) = (samples.log_q.as_ref()?, samples.log_p.as_ref()?);
        let ratios: Vec<f64> = log_p.iter().zip(log_q).map(|(p, q)| p - q).collect();
        let n = ratios.len() as f64;
        let elbo = ratios.iter().sum::<f64>() / n;
        if !elbo.is_finite() {
            return None;
        }
        let square = ratios.iter().map(|r| (r - elbo).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        let largest = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (sum, squares) =
            ratios.iter().map(|r| (r - largest).exp()).fold((0.0, 0.0), |(s, t), w| (s + w, t + w * w));
        Some(Self { elbo, error: (square / n).sqrt(), ess: sum * sum / (n * squares) })
    }
}

/// How well an objective tells whole runs from collapsed ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Telling {
    /// The probability that a whole run has a larger objective than a collapsed one; ties count half.
    pub ordered: f64,
    /// Whether the run with the largest is whole.
    pub best_is_whole: bool,
    /// The mean over the whole runs less that over the collapsed ones.
    pub gap: f64,
    /// The standard error of a run's objective, at most.
    pub error: f64,
}

impl Telling {
    /// Of objectives, each with whether its run is whole; nothing if all runs end alike.
    pub fn of(runs: &[(Objective, bool)]) -> Option<Self> {
        let values =
            |whole: bool| -> Vec<f64> { runs.iter().filter(|run| run.1 == whole).map(|run| run.0.elbo).collect() };
        let (whole, collapsed) = (values(true), values(false));
        if whole.is_empty() || collapsed.is_empty() {
            return None;
        }
        let pairs = whole.iter().flat_map(|a| collapsed.iter().map(move |b| (a, b)));
        let wins: f64 = pairs
            .map(|(a, b)| {
                if a > b {
                    1.0
                } else if a < b {
                    0.0
                } else {
                    0.5
                }
            })
            .sum();
        let best = runs.iter().max_by(|a, b| a.0.elbo.total_cmp(&b.0.elbo));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        Some(Self {
            ordered: wins / (whole.len() * collapsed.len()) as f64,
            best_is_whole: best.is_some_and(|run| run.1),
            gap: mean(&whole) - mean(&collapsed),
            error: runs.iter().map(|run| run.0.error).fold(0.0, f64::max),
        })
    }
}
