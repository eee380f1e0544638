//! What rules that choose the next temperature by the fit look at, theory 16.4.

mod modes;
mod piece;

use crate::parameter::{InvalidParameter, positive};
use piece::{LogDensityMoments, Piece};

pub use modes::TemperedModes;

/// A target under a fit by isotropic Gaussians: the variance of log p, and the relative effective sample size of a step of
/// beta.
#[derive(Debug, Clone, PartialEq)]
pub struct TemperedFit {
    pieces: Vec<Piece>,
}

/// A component of the fit of two modes at +-R e_1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitComponent {
    /// Its weight; they sum to one.
    pub weight: f64,
    /// mu . e_1.
    pub along: f64,
    /// |mu - (mu . e_1) e_1|^2.
    pub across: f64,
}

/// Deviations beyond which nothing is left of a normal law, and digits (natural) of the trapezoidal rule.
const REACH: f64 = 9.0;
const DIGITS: f64 = 34.0;
const MOST_NODES: f64 = 2e5;

impl TemperedFit {
    /// Two modes of unit covariance at +-`separation` e_1 of weights w*, 1 - w*; components of variance `variance` in
    /// dimension `dimension`.
    ///
    /// Errors: a separation that is negative or not finite, a weight outside (0, 1), a variance that is not positive, a dimension
    /// below 1, component weights that do not sum to one within 1e-9.
    pub fn new(
        separation: f64,
        target_weight: f64,
        variance: f64,
        dimension: usize,
        components: Vec<FitComponent>,
    ) -> Result<Self, InvalidParameter> {
        if !(separation >= 0.0 && separation.is_finite()) {
            return Err(InvalidParameter::new("separation", separation, "be finite and not negative"));
        }
        if !(target_weight > 0.0 && target_weight < 1.0) {
            return Err(InvalidParameter::new("target_weight", target_weight, "lie strictly between 0 and 1"));
        }
        positive("variance", variance)?;
        if dimension == 0 {
            return Err(InvalidParameter::new("dimension", 0.0, "be at least 1"));
        }
        let sound =
            |c: &FitComponent| c.weight >= 0.0 && c.along.is_finite() && c.across >= 0.0 && c.across.is_finite();
        check_weights(components.iter().map(|c| c.weight), components.iter().all(sound))?;
        let bias = (target_weight / (1.0 - target_weight)).ln() / 2.0;
        let nodes: Vec<f64> = nodes(separation * variance.sqrt()).collect();
        let densities: Vec<f64> = nodes.iter().map(|g| (-g * g / 2.0).exp()).collect();
        let mass: f64 = densities.iter().sum();
        let shares: Vec<f64> = densities.into_iter().map(|density| density / mass).collect();
        let piece = |c: &FitComponent| Piece {
            weight: c.weight,
            variance,
            precision: 1.0,
            others: dimension as f64 - 1.0,
            across: c.across,
            here: phi(separation, bias, c.along),
            shares: shares.clone(),
            logs: nodes.iter().map(|g| phi(separation, bias, c.along + variance.sqrt() * g)).collect(),
        };
        Ok(Self { pieces: components.iter().map(piece).collect() })
    }

    /// Any modes; components of these weights, means (rows of the modes' coordinates) and variances, one for each.
    ///
    /// Errors: lists of other lengths, component weights that do not sum to one within 1e-9, means that are not finite,
    /// variances that are not positive.
    pub fn of(
        modes: &TemperedModes,
        weights: &[f64],
        means: &[f64],
        variances: &[f64],
    ) -> Result<Self, InvalidParameter> {
        if means.len() != weights.len() * modes.width() || variances.len() != weights.len() {
            let rule = format!("hold {} rows of {} coordinates, with a variance each", weights.len(), modes.width());
            return Err(InvalidParameter::new("means", format!("{} numbers", means.len()), rule));
        }
        for &variance in variances {
            positive("variance", variance)?;
        }
        let sound = weights.iter().all(|w| *w >= 0.0) && means.iter().all(|x| x.is_finite());
        check_weights(weights.iter().copied(), sound)?;
        let rows = weights.iter().zip(means.chunks(modes.width())).zip(variances);
        Ok(Self { pieces: rows.map(|((&weight, mean), &variance)| modes.piece(weight, mean, variance)).collect() })
    }

    /// Var_q[log p]: within components (d-1) var^2/2 + var |mu_perp|^2 + Var phi for two modes, and between them.
    pub fn log_density_variance(&self) -> f64 {
        let moments: Vec<(f64, LogDensityMoments)> =
            self.pieces.iter().map(|piece| (piece.weight, piece.moments())).collect();
        let mean: f64 = moments.iter().map(|(w, m)| w * m.mean).sum();
        moments.iter().map(|(w, m)| w * (m.variance + (m.mean - mean) * (m.mean - mean))).sum()
    }

    /// Logarithm of the relative effective sample size (E_q p^D)^2/E_q p^(2D) of raising beta by D = `step` >= 0, samples of q
    /// weighed by p^D; 0 for no step.
    pub fn log_effective_sample_size(&self, step: f64) -> f64 {
        let log_mean = |power: f64| {
            let logs: Vec<f64> = self.pieces.iter().map(|piece| piece.weight.ln() + piece.log_power(power)).collect();
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            top + logs.iter().map(|l| (l - top).exp()).sum::<f64>().ln()
        };
        2.0 * log_mean(step) - log_mean(2.0 * step)
    }
}

fn check_weights(weights: impl Iterator<Item = f64>, sound: bool) -> Result<(), InvalidParameter> {
    let total: f64 = weights.sum();
    if (total - 1.0).abs() > 1e-9 || !sound {
        return Err(InvalidParameter::new("components", total, "have weights that sum to one, and finite means"));
    }
    Ok(())
}

/// phi(x) = log p along the first axis, up to a constant: -x^2/2 + log 2 cosh(R x + h).
fn phi(separation: f64, bias: f64, x: f64) -> f64 {
    let argument = (separation * x + bias).abs();
    -x * x / 2.0 + argument + (-2.0 * argument).exp().ln_1p()
}

/// Nodes of the trapezoidal rule for phi(m + sqrt(var) g), whose nearest singularities lie at Im x = pi/(2 R), theory 3.5;
/// `width` is R sqrt(var).
fn nodes(width: f64) -> impl Iterator<Item = f64> {
    let strip = std::f64::consts::FRAC_PI_2 / width.max(0.25);
    let count = (REACH * DIGITS / (std::f64::consts::TAU * strip)).clamp(4.0 * REACH, MOST_NODES).ceil();
    (-(count as i64)..=count as i64).map(move |i| REACH * i as f64 / count)
}
