//! Extrapolation of converging sweeps from the last few (Anderson's mixing).

use super::sampled::SampledState;
use crate::numerics::{cholesky, inverse};

/// Log densities or changes of them, coordinate by coordinate.
pub(super) type Logs = Vec<Vec<f64>>;

/// Steps remembered; and what is added to the normal equations, relative to their diagonal.
const DEPTH: usize = 4;
const RIDGE: f64 = 1e-10;
/// Coefficients beyond which an extrapolation is not trusted.
const WILD: f64 = 30.0;

/// The last steps of an iteration x -> G(x).
#[derive(Debug, Default)]
pub(super) struct Anderson {
    last: Option<(Logs, Logs)>,
    /// Differences of G - x, and of G.
    steps: Vec<(Logs, Logs)>,
}

impl Anderson {
    /// The next x after `state` and its `image`, G less the combination of its last differences that leaves the smallest G - x; `None`
    /// before there are any.
    pub(super) fn next(&mut self, state: &SampledState, image: &SampledState) -> Option<Logs> {
        let logs = |state: &SampledState| state.marginals.iter().map(|m| m.logs.clone()).collect::<Logs>();
        let (x, g) = (logs(state), logs(image));
        let gap = minus(&g, &x);
        if let Some((last_gap, last_g)) = self.last.replace((gap.clone(), g.clone())) {
            self.steps.push((minus(&gap, &last_gap), minus(&g, &last_g)));
            if self.steps.len() > DEPTH {
                self.steps.remove(0);
            }
        }
        let inner = |a: &Logs, b: &Logs| -> f64 {
            let of = |j: usize| {
                image.marginals[j].mass.iter().zip(a[j].iter().zip(&b[j])).map(|(p, (a, b))| p * a * b).sum::<f64>()
            };
            (0..a.len()).map(of).sum()
        };
        let mut normal: Vec<Vec<f64>> =
            self.steps.iter().map(|a| self.steps.iter().map(|b| inner(&a.0, &b.0)).collect()).collect();
        for k in 0..normal.len() {
            normal[k][k] *= 1.0 + RIDGE;
        }
        let inverse = inverse(&cholesky(&normal)?);
        let right: Vec<f64> = self.steps.iter().map(|a| inner(&a.0, &gap)).collect();
        let shares: Vec<f64> = inverse.iter().map(|row| row.iter().zip(&right).map(|(i, r)| i * r).sum()).collect();
        if shares.is_empty() || !shares.iter().all(|share| share.abs() <= WILD) {
            return None;
        }
        let mut next = g;
        for (share, (_, step)) in shares.iter().zip(&self.steps) {
            for (next, step) in next.iter_mut().flatten().zip(step.iter().flatten()) {
                *next -= share * step;
            }
        }
        Some(next)
    }
}

fn minus(a: &Logs, b: &Logs) -> Logs {
    a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a - b).collect()).collect()
}
