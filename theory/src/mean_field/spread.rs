//! The limit d -> infinity along a spread direction: one order parameter, mean field (M10)-(M14).

use super::observables::log_cosh;
use super::tanh_normal::{TanhNormal, log_cosh_normal, tanh_normal};
use crate::numerics::{root, root_beyond};
use crate::parameter::{InvalidParameter, positive};

/// The pair with |a| = A along a direction whose largest coordinate tends to 0, weight w, temperature T = 1/beta.
///
/// Product measures lose all their flexibility: q_j = N(theta a_j, T), S ~ N(A^2 theta, A^2 T).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpreadPair {
    norm: f64,
    bias: f64,
    temperature: f64,
}

/// A stationary point of the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpreadState {
    /// theta = E tanh(S+h).
    pub theta: f64,
    /// F of (M13), (F_beta - its Gaussian constant)/beta; KL(q||pi) at T = 1.
    pub objective: f64,
    /// kappa_2 = E sech^2(S+h).
    pub kappa2: f64,
    /// Whether it is a local minimum: A^2 kappa_2 < 1.
    pub stable: bool,
}

/// Ends of ladders: far beyond what the kernels resolve.
const LARGEST: f64 = 1e9;
const SMALLEST: f64 = 1e-9;

impl SpreadPair {
    /// The limit at A = `norm`, w = `weight`, T = `temperature`.
    ///
    /// Errors: A or T not positive and finite, w outside (0,1).
    pub fn new(norm: f64, weight: f64, temperature: f64) -> Result<Self, InvalidParameter> {
        positive("norm", norm)?;
        positive("temperature", temperature)?;
        if !(weight > 0.0 && weight < 1.0) {
            return Err(InvalidParameter::new("weight", weight, "lie strictly between 0 and 1"));
        }
        Ok(Self { norm, bias: 0.5 * libm::log(weight / (1.0 - weight)), temperature })
    }

    /// A.
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// h.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// Averages at S + h ~ N(mean, A^2 T).
    fn at(&self, mean: f64) -> TanhNormal {
        tanh_normal(mean, self.norm * self.temperature.sqrt())
    }

    /// F of (M13) at theta: A^2 (1 + theta^2)/2 + log cosh h - E f(A^2 theta + A T^(1/2) g + h).
    pub fn objective(&self, theta: f64) -> f64 {
        let square = self.norm * self.norm;
        let f = log_cosh_normal(square * theta + self.bias, self.norm * self.temperature.sqrt());
        0.5 * square * (1.0 + theta * theta) + log_cosh(self.bias) - f
    }

    fn state(&self, theta: f64) -> SpreadState {
        let square = self.norm * self.norm;
        let kappa2 = self.at(square * theta + self.bias).sech2;
        SpreadState { theta, objective: self.objective(theta), kappa2, stable: square * kappa2 < 1.0 }
    }

    /// |z| at the folds of (M12), A^2 E sech^2(z + A T^(1/2) g) = 1; `None` where A^2 E sech^2(A T^(1/2) g) <= 1 and theta is
    /// unique at every weight.
    fn fold(&self) -> Option<f64> {
        let square = self.norm * self.norm;
        let slope = |z: f64| square * self.at(z).sech2 - 1.0;
        if slope(0.0) <= 0.0 {
            return None;
        }
        root(0.0, 1.0, slope).or_else(|| root_beyond(1.0, 2.0, LARGEST, slope)).map(|z| z.value)
    }

    /// All theta with theta = E tanh(A^2 theta + A T^(1/2) g + h), ascending, mean field (M12): one, or three.
    ///
    /// In z = A^2 theta + h the two sides differ by phi(z) = E tanh(z + ..) - (z - h)/A^2, whose slope changes its sign at
    /// the two folds only: each monotone piece has at most one root. At h = 0 they are 0 and +-theta* exactly.
    pub fn states(&self) -> Vec<SpreadState> {
        let square = self.norm * self.norm;
        let phi = |z: f64| self.at(z).tanh - (z - self.bias) / square;
        // |theta| < 1; twice that leaves the sign at the end beyond doubt.
        let end = 2.0 * square + self.bias.abs();
        let Some(fold) = self.fold() else {
            return if self.bias == 0.0 { vec![self.state(0.0)] } else { self.between(&phi, -end, end) };
        };
        if self.bias == 0.0 {
            let outer = self.between(&phi, fold, end);
            let mirrored = outer.iter().rev().map(|s| SpreadState { theta: -s.theta, ..*s });
            return mirrored.chain([self.state(0.0)]).chain(outer.iter().copied()).collect();
        }
        [(-end, -fold), (-fold, fold), (fold, end)].iter().flat_map(|&(a, b)| self.between(&phi, a, b)).collect()
    }

    fn between(&self, phi: &impl Fn(f64) -> f64, low: f64, high: f64) -> Vec<SpreadState> {
        let found = root(low, high, phi);
        found.map(|z| self.state(self.at(z.value).tanh)).into_iter().collect()
    }
}

/// A_c(T) of the limit: A^2 E sech^2(A T^(1/2) g) = 1, mean field (M14); 1.460833960373165 at T = 1, 1 for T -> 0.
///
/// Errors: T not positive and finite. `None` beyond the range of numbers.
pub fn spread_critical_norm(temperature: f64) -> Result<Option<f64>, InvalidParameter> {
    let deviation = positive("temperature", temperature)?.sqrt();
    let excess = |norm: f64| norm * norm * tanh_normal(0.0, norm * deviation).sech2 - 1.0;
    // A^2 sech^2 <= A^2 puts it above 1; A^2 E sech^2 grows like A (2/(pi T))^(1/2).
    Ok(root_beyond(1.0 - f64::EPSILON, 2.0, LARGEST, excess).map(|found| found.value))
}

/// T_c(A) of the limit, the inverse of [`spread_critical_norm`]: close to 2 A^2/pi for large A. `None` for A <= 1.
///
/// Errors: A not positive and finite.
pub fn spread_critical_temperature(norm: f64) -> Result<Option<f64>, InvalidParameter> {
    let square = positive("norm", norm)?.powi(2);
    if square <= 1.0 {
        return Ok(None);
    }
    // E sech^2(s g) = 1/A^2 determines s = A T^(1/2): E sech^2 falls from 1 to 0 as s grows.
    let excess = |s: f64| square * tanh_normal(0.0, s).sech2 - 1.0;
    let up = excess(1.0) > 0.0;
    let s = if up { root_beyond(1.0, 2.0, LARGEST, excess) } else { root_beyond(1.0, 0.5, SMALLEST, excess) };
    Ok(s.map(|s| s.value * s.value / square))
}

/// s_0 and c of A_c(d)^2 = s_0 + c/d + O(d^-2) along the diagonal at T = 1, mean field (M10):
/// s_0 E sech^2(s_0^(1/2) g) = 1, c = -s_0^2 g_4/(2 g_2 + s_0 g_4), g_4 = E\[4 sech^2 - 6 sech^4\] < 0.
///
/// Derived to leading order, not proved; c = 1.2764830158.
pub fn critical_norm_expansion() -> Option<(f64, f64)> {
    let norm = spread_critical_norm(1.0).ok()??;
    let (s, jet) = (norm * norm, tanh_normal(0.0, norm));
    Some((s, -s * s * jet.d4 / (2.0 * jet.sech2 + s * jet.d4)))
}

/// k of theta^2 = k (A/A_c - 1) + .. on the collapsed branch of the limit at T = 1: 6 (2 + s^2 g_4)/(-s^3 g_4), s = A_c^2,
/// mean field (M11); 4.7004, positive: the pitchfork is supercritical.
pub fn spread_pitchfork_amplitude() -> Option<f64> {
    let norm = spread_critical_norm(1.0).ok()??;
    let (s, g4) = (norm * norm, tanh_normal(0.0, norm).d4);
    Some(6.0 * (2.0 + s * s * g4) / (-s * s * s * g4))
}

/// w_fold of the limit: the minority branch exists for w below it, mean field (M20): with z < 0 from
/// A^2 E sech^2(z + A T^(1/2) g) = 1, theta = E tanh(z + A T^(1/2) g) and h = z - A^2 theta. Returns (w_fold, theta).
///
/// `None` where A <= A_c(T). Errors: A or T not positive and finite.
pub fn spread_fold_weight(norm: f64, temperature: f64) -> Result<Option<(f64, f64)>, InvalidParameter> {
    let pair = SpreadPair::new(norm, 0.5, temperature)?;
    let of = |z: f64| {
        let theta = pair.at(-z).tanh;
        (1.0 / (1.0 + libm::exp(2.0 * (z + norm * norm * theta))), theta)
    };
    Ok(pair.fold().map(of))
}

/// F - F_inf = -(kappa_2^2/4) sum_j b_j^4 + O(sum b_j^6), mean field (M16) at T = 1: the first term that knows the direction
/// of b, the half separation in the current frame. Derived to leading order, not proved.
pub fn direction_correction(kappa2: f64, b: &[f64]) -> f64 {
    -0.25 * kappa2 * kappa2 * b.iter().map(|b| b.powi(4)).sum::<f64>()
}
