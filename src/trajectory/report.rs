//! What is reported of a state.

use crate::trajectory::closed::Closed;

/// The statistics of one state.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// t.
    pub time: f64,
    /// T(t).
    pub temperature: f64,
    /// mu_i in frame coordinates.
    pub means: Vec<Vec<f64>>,
    /// w_i.
    pub weights: Vec<f64>,
    /// var; of components that have their own the mean over the mass, sum_i w_i var_i.
    pub variance: f64,
    /// var_i of components that have their own, tr Sigma_i/d of covariances; else empty.
    pub variances: Vec<f64>,
    /// Sigma_i of components that have covariances, by rows; else empty.
    pub covariances: Vec<Vec<Vec<f64>>>,
    /// C_k = E_q\[s_k\], theory section 9.
    pub coverage: Vec<f64>,
    /// Inner products of (mu_1..mu_K, nu_1..nu_P), a symmetric matrix.
    pub gram: Vec<Vec<f64>>,
    /// F_beta of theory (1).
    pub objective: f64,
    /// The largest error estimate of the Gaussian averages.
    pub average_error: f64,
}

fn rows(of: &[f64], width: usize) -> Vec<Vec<f64>> {
    of.chunks(width).map(<[f64]>::to_vec).collect()
}

impl Report {
    /// The statistics of `state` at time `time` and temperature `temperature`.
    pub fn new(flow: &impl Closed, time: f64, temperature: f64, state: &[f64]) -> Self {
        let beta = 1.0 / temperature;
        let seen = flow.observe(beta, state);
        let vectors: Vec<&[f64]> = seen.means.chunks(flow.width()).chain(flow.modes().chunks(flow.width())).collect();
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        Self {
            time,
            temperature,
            gram: vectors.iter().map(|a| vectors.iter().map(|b| inner(a, b)).collect()).collect(),
            means: rows(&seen.means, flow.width()),
            coverage: seen.coverage,
            objective: seen.objective,
            average_error: seen.error,
            variance: match seen.variances.as_slice() {
                [common] => *common,
                own => own.iter().zip(&seen.weights).map(|(v, w)| v * w).sum(),
            },
            covariances: seen.covariances.chunks(flow.width().pow(2)).map(|of| rows(of, flow.width())).collect(),
            variances: if flow.has_own_variances() { seen.variances } else { Vec::new() },
            weights: seen.weights,
        }
    }
}
