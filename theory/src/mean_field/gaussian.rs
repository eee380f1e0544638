//! Gaussian mean field: q_j = N(mu_j, s_j), two numbers in any dimension. Mean field (M34).

use std::f64::consts::TAU;

use super::fit::MeanFieldStart;
use super::observables::log_cosh;
use super::tanh_normal::{log_cosh_normal, tanh_normal};
use super::target::{Group, MeanFieldPair};
use crate::numerics::{root, root_beyond};
use crate::parameter::{InvalidParameter, positive};

/// A stationary point of F_beta over Gaussian product measures: mu_j = a_j theta, 1/s_j = beta (1 - a_j^2 kappa_2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussianMeanField {
    /// theta = E tanh(S+h), S ~ N(A^2 theta, sum_j a_j^2 s_j).
    pub theta: f64,
    /// kappa_2 = E sech^2(S+h).
    pub kappa2: f64,
    /// F_beta with all constants; KL(q||pi) at T = 1. Never below that of the full product family.
    pub objective: f64,
}

/// Steps of the fixed-point iteration, and the change at which it has converged.
const STEPS: usize = 20_000;
const CONVERGED: f64 = 1e-15;

impl GaussianMeanField {
    /// The stationary point of `pair` reached from one of the modes, kappa_2 = 0 and theta = +-1, or the even one.
    ///
    /// theta and kappa_2 are iterated in turn: kappa_2 at given theta is the root of a falling function. `None` where theta
    /// has not converged.
    ///
    /// Errors: an even start of unequal weights.
    pub fn solve(pair: &MeanFieldPair, start: MeanFieldStart) -> Result<Option<Self>, InvalidParameter> {
        let bias = pair.bias();
        if start == MeanFieldStart::Even && bias != 0.0 {
            return Err(InvalidParameter::new("weight", pair.weight(), "be 1/2 for an even solution"));
        }
        let square = pair.norm() * pair.norm();
        let mut theta = match start {
            MeanFieldStart::Plus => 1.0,
            MeanFieldStart::Minus => -1.0,
            MeanFieldStart::Zero | MeanFieldStart::Even => 0.0,
        };
        for _ in 0..STEPS {
            let Some(kappa2) = curvature(pair, square * theta + bias, theta != 0.0) else { return Ok(None) };
            let jet = tanh_normal(square * theta + bias, deviation(pair, kappa2));
            if (jet.tanh - theta).abs() <= CONVERGED {
                let objective = objective(pair, jet.tanh, kappa2);
                return Ok(Some(Self { theta: jet.tanh, kappa2, objective }));
            }
            theta = jet.tanh;
        }
        Ok(None)
    }
}

/// (sum_j a_j^2 s_j)^(1/2).
fn deviation(pair: &MeanFieldPair, kappa2: f64) -> f64 {
    let term = |g: &Group| {
        let square = g.half_separation * g.half_separation;
        g.count as f64 * square / (1.0 - square * kappa2)
    };
    (pair.temperature() * pair.groups().iter().map(term).sum::<f64>()).sqrt()
}

/// kappa_2 = E sech^2(mean + deviation(kappa_2) g): the smallest root on a ladder for a mode, the only one for an even
/// state, where the right side falls.
fn curvature(pair: &MeanFieldPair, mean: f64, from_below: bool) -> Option<f64> {
    let largest = pair.groups().iter().map(|g| g.half_separation).fold(0.0, f64::max);
    let end = (1.0 / (largest * largest)).min(1.0);
    let gap = |kappa2: f64| tanh_normal(mean, deviation(pair, kappa2)).sech2 - kappa2;
    if gap(0.0) <= 0.0 {
        return Some(0.0);
    }
    let first = if from_below { root_beyond(FIRST * end, LADDER, end * (1.0 - FIRST), gap) } else { None };
    let found = first.or_else(|| root(0.0, end * (1.0 - f64::EPSILON), gap));
    found.map(|root| root.value)
}

/// The ladder on which the narrowest state is looked for.
const FIRST: f64 = 1e-12;
const LADDER: f64 = 1.5;
/// End of the ladder for A_c.
const LARGEST: f64 = 1e9;

fn objective(pair: &MeanFieldPair, theta: f64, kappa2: f64) -> f64 {
    let beta = pair.beta();
    let of = |g: &Group| {
        let a = g.half_separation;
        let s = pair.temperature() / (1.0 - a * a * kappa2);
        let mean = a * theta;
        // E log q_j + beta E x_j^2/2 + (beta/2) log 2 pi.
        let entropy = -0.5 * (libm::log(TAU * s) + 1.0);
        g.count as f64 * (entropy + 0.5 * beta * (s + mean * mean + libm::log(TAU)))
    };
    let square = pair.norm() * pair.norm();
    let f = log_cosh_normal(square * theta + pair.bias(), deviation(pair, kappa2));
    pair.groups().iter().map(of).sum::<f64>() + beta * (0.5 * square + log_cosh(pair.bias()) - f)
}

/// A_c of the Gaussian mean field along `direction` at T: A^2 E sech^2(sig g) = 1, sig^2 = T A^2 sum_j u_j^2/(1 - u_j^2),
/// u = a/A, mean field (M34). Along the diagonal sig^2 = T A^2 d/(d-1). It overestimates that of the full product family.
///
/// `None` for a single coordinate, whose broad state never loses its stability. Errors: those of the pair with A = 1, T not
/// positive.
pub fn gaussian_critical_norm(direction: &[Group], temperature: f64) -> Result<Option<f64>, InvalidParameter> {
    positive("temperature", temperature)?;
    let pair = MeanFieldPair::new(direction.to_vec(), 0.5, 1.0)?;
    if pair.dimension() == 1 {
        return Ok(None);
    }
    let square = pair.norm() * pair.norm();
    let term = |g: &Group| {
        let share = g.half_separation * g.half_separation / square;
        g.count as f64 * share / (1.0 - share)
    };
    let spread = (temperature * direction.iter().map(term).sum::<f64>()).sqrt();
    let excess = |norm: f64| norm * norm * tanh_normal(0.0, norm * spread).sech2 - 1.0;
    Ok(root_beyond(1.0 - f64::EPSILON, 2.0, LARGEST, excess).map(|found| found.value))
}
