//! One coordinate of finite half separation and a bulk of infinitely many small ones, mean field (M17).

use super::lattice::{Axis, Sides, Term};
use super::marginal::Marginal;
use super::observables::log_cosh;
use super::tanh_normal::{TanhNormal, log_cosh_normal, tanh_normal};
use super::waves::Waves;
use crate::numerics::{CriticalPoint, root_beyond};
use crate::parameter::{InvalidParameter, positive};

/// A spike a_1 beside a bulk of norm B, weight w and temperature T = 1/beta:
/// q_1 prop. to exp(-beta x^2/2 + beta E f(a_1 x + B^2 theta + B T^(1/2) g + h)), the bulk as in the limit d -> infinity.
#[derive(Debug, Clone)]
pub struct SpikeAndBulk {
    spike: f64,
    bulk: f64,
    weight: f64,
    temperature: f64,
    axis: Axis,
}

/// A stationary point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpikeState {
    /// theta = E tanh(S+h).
    pub theta: f64,
    /// (F_beta - the Gaussian constants)/beta; KL(q||pi) at T = 1.
    pub objective: f64,
    /// B^2 (E sech^2(S+h) + beta E tau^2), tau(x) = E\[tanh(S+h)|X_1 = x\], at the even state: critical at 1.
    pub coupling: f64,
}

/// Steps of the iteration for theta, and the change at which it has converged.
const STEPS: usize = 50_000;
const CONVERGED: f64 = 1e-15;
/// Largest spike: its grid grows like a_1^2.
const SHARPEST: f64 = 25.0;
/// Ladder for B_c and its end; B_c lies between 1 and the B of a bulk alone at T >= 1.
const LADDER: f64 = 1.25;
const LARGEST: f64 = 1e3;
const LEAST: f64 = 0.5;

impl SpikeAndBulk {
    /// The pair with a_1 = `spike`, B = `bulk`.
    ///
    /// Errors: a parameter not positive and finite, w outside (0,1), a_1 max(1, T^(-1/2)) > 25.
    pub fn new(spike: f64, bulk: f64, weight: f64, temperature: f64) -> Result<Self, InvalidParameter> {
        positive("spike", spike)?;
        positive("bulk", bulk)?;
        positive("temperature", temperature)?;
        if !(weight > 0.0 && weight < 1.0) {
            return Err(InvalidParameter::new("weight", weight, "lie strictly between 0 and 1"));
        }
        if spike * (1.0 / temperature).max(1.0).sqrt() > SHARPEST {
            return Err(InvalidParameter::new("spike", spike, "be at most 25 min(1, T^(1/2))"));
        }
        // The averages come from the kernels: the axis is a grid alone, its waves are not used.
        let axis = Axis::new(Term::linear(spike, 1), temperature, &Waves::new(1.0, 0.0), 1.0);
        Ok(Self { spike, bulk, weight, temperature, axis })
    }

    /// The largest stationary theta, from above, or the smallest, from below.
    ///
    /// The map theta -> E tanh(S+h) rises (theorem 1), so that the iteration from +-1 is monotone. `None` where it has not
    /// converged: near a critical point it takes 1/(1 - slope) steps.
    pub fn extreme(&self, above: bool) -> Option<SpikeState> {
        let mut theta = if above { 1.0 } else { -1.0 };
        for _ in 0..STEPS {
            let next = self.average(&self.marginal(theta), theta, |jet| jet.tanh);
            if (next - theta).abs() <= CONVERGED {
                return Some(self.state(next));
            }
            theta = next;
        }
        None
    }

    /// The even state of equal weights.
    ///
    /// Errors: unequal weights.
    pub fn even(&self) -> Result<SpikeState, InvalidParameter> {
        if self.bias() != 0.0 {
            return Err(InvalidParameter::new("weight", self.weight, "be 1/2 for an even solution"));
        }
        Ok(self.state(0.0))
    }

    /// h.
    fn bias(&self) -> f64 {
        0.5 * libm::log(self.weight / (1.0 - self.weight))
    }

    fn deviation(&self) -> f64 {
        self.bulk * self.temperature.sqrt()
    }

    /// Mean of S + h - a_1 x.
    fn shift(&self, theta: f64) -> f64 {
        self.bulk * self.bulk * theta + self.bias()
    }

    fn marginal(&self, theta: f64) -> Marginal {
        let f = |k: usize, sign: f64| {
            let mean = self.spike * sign * self.axis.x[k] + self.shift(theta);
            log_cosh_normal(mean, self.deviation()) / self.temperature
        };
        Marginal::new(&self.axis, &Sides::new(self.axis.x.len(), f))
    }

    /// E over X_1 of what the bulk makes of it.
    fn average(&self, marginal: &Marginal, theta: f64, of: impl Fn(TanhNormal) -> f64) -> f64 {
        let f = |k: usize, sign: f64| {
            of(tanh_normal(self.spike * sign * self.axis.x[k] + self.shift(theta), self.deviation()))
        };
        marginal.mean_of(&Sides::new(self.axis.x.len(), f))
    }

    fn state(&self, theta: f64) -> SpikeState {
        let marginal = self.marginal(theta);
        let square = self.bulk * self.bulk;
        let energy = |k: usize, sign: f64| {
            log_cosh_normal(self.spike * sign * self.axis.x[k] + self.shift(theta), self.deviation())
        };
        let f = marginal.mean_of(&Sides::new(self.axis.x.len(), energy));
        let own = self.temperature * marginal.mean_of(&marginal.tilt);
        let rest = 0.5 * (square * theta * theta + self.spike * self.spike + square) + log_cosh(self.bias()) - f;
        let beta = 1.0 / self.temperature;
        let coupling = square * self.average(&marginal, theta, |jet| jet.sech2 + beta * jet.tanh * jet.tanh);
        SpikeState { theta, objective: own + rest, coupling }
    }
}

/// B_c of a bulk beside a spike at w = 1/2: B^2 (E sech^2 S + beta E tau(X_1)^2) = 1, mean field (M17); from A_c of the limit
/// at a_1 = 0 down to 1 for large a_1.
///
/// `None` where the ladder finds none. Errors: as [`SpikeAndBulk::new`].
pub fn critical_bulk(spike: f64, temperature: f64) -> Result<Option<CriticalPoint>, InvalidParameter> {
    let least = LEAST * temperature.min(1.0).sqrt();
    SpikeAndBulk::new(spike, least, 0.5, temperature)?;
    let excess = |bulk: f64| {
        let pair = SpikeAndBulk::new(spike, bulk, 0.5, temperature);
        pair.map_or(f64::NAN, |pair| pair.state(0.0).coupling - 1.0)
    };
    Ok(root_beyond(least, LADDER, LARGEST, excess))
}
