//! Stationary points on a grid in space: coordinate ascent, then Newton, and what they are.

use super::krylov::{Space, extremes, solve};
use super::newton::{ACCEPTED, GAIN, LINEAR, NEAR, NEWTON_STEPS, RETRY, SWEEPS, TRY};
use super::plane::{centred, dot};
use super::space::{Pairs, SpaceMeanField, SpaceState};
use super::status::MeanFieldStatus;
use crate::parameter::InvalidParameter;

/// A stationary point in space with its evidence.
#[derive(Debug, Clone)]
pub struct SpaceSolution {
    /// The marginals.
    pub state: SpaceState,
    /// F = E_q\[log q - beta log pi\].
    pub objective: f64,
    /// E X_j.
    pub means: [f64; 3],
    /// Var X_j.
    pub variances: [f64; 3],
    /// The mass of each mode by responsibilities.
    pub masses: Vec<f64>,
    /// lambda_max(T) of mean field (M6).
    pub coupling: f64,
    /// (sum_j E\[r_j^2\])^(1/2), r_j the change of log q_j by one sweep, under the mean of the laws before and after it.
    pub residual: f64,
    /// Whether it is a stationary point, and of which kind.
    pub status: MeanFieldStatus,
}

/// A saddle is accepted from an ascent only when it came so close: else the ascent is passing by.
const ON_SADDLE: f64 = 1e-9;
/// Densities at the edges, relative to the peak, beyond which the grid is too small.
const CUT: f64 = 1e-13;
/// Tolerance of lambda_max.
const SPECTRUM: f64 = 1e-13;
/// Powers of I + T that point along the unstable direction, and the size of the first step along it.
const POWERS: usize = 200;
const KICK: f64 = 0.3;

/// Perturbations q_j (1 + eta_j) of a state, with T of mean field (M5)-(M6).
struct Perturbations<'a> {
    field: &'a SpaceMeanField,
    state: &'a SpaceState,
    pairs: &'a Pairs,
    /// Whether [`Space::apply`] is I - T, or T.
    hessian: bool,
}

impl Space for Perturbations<'_> {
    type Vector = [Vec<f64>; 3];

    fn inner(&self, v: &Self::Vector, w: &Self::Vector) -> f64 {
        let of = |j: usize| self.state.mass[j].iter().zip(v[j].iter().zip(&w[j])).map(|(p, (v, w))| p * v * w);
        (0..3).map(|j| of(j).sum::<f64>()).sum()
    }

    fn add(&self, v: &Self::Vector, s: f64, w: &Self::Vector) -> Self::Vector {
        [0, 1, 2].map(|j| v[j].iter().zip(&w[j]).map(|(v, w)| v + s * w).collect())
    }

    fn apply(&self, v: &Self::Vector) -> Self::Vector {
        let change = [0, 1, 2].map(|j| self.state.mass[j].iter().zip(&v[j]).map(|(p, eta)| p * eta).collect());
        let sums = self.pairs.changes(&change);
        let beta = self.field.beta;
        let image = [0, 1, 2].map(|j| centred(&self.state.mass[j], sums[j].iter().map(|s| beta * s).collect()));
        if self.hessian { self.add(v, -1.0, &image) } else { image }
    }
}

impl SpaceMeanField {
    /// Component k by its mean, with the variances T/Lambda_jj of the best product measure for it alone.
    ///
    /// Errors: no such component.
    pub fn start(&self, component: usize) -> Result<SpaceState, InvalidParameter> {
        let Some(shape) = self.target.shapes().get(component) else {
            let rule = format!("be below the number of components, {}", self.target.shapes().len());
            return Err(InvalidParameter::new("component", component, rule));
        };
        let normal = |j: usize| {
            let sharpness = 0.5 * self.beta * shape.precision[j][j];
            self.axes[j].x.iter().map(|x| -sharpness * (x + self.centre[j] - shape.mean[j]).powi(2)).collect()
        };
        Ok(self.state([0, 1, 2].map(normal)))
    }

    /// The stationary point that coordinate ascent reaches from `state`.
    pub fn solve_from(&self, state: &SpaceState) -> SpaceSolution {
        let mut state = state.clone();
        let mut attempt_from = TRY;
        for _ in 0..SWEEPS {
            let (_, size) = self.residual(&state, &self.pairs(&state));
            if size <= attempt_from {
                attempt_from *= RETRY;
                if let Some(found) = self.newton(&state) {
                    let solution = self.described(found);
                    if solution.status != MeanFieldStatus::Unstable || size <= ON_SADDLE {
                        return solution;
                    }
                }
            }
            if size <= ACCEPTED {
                return self.described(state);
            }
            state = self.sweep(&state);
        }
        self.described(state)
    }

    /// The stationary point from component `component`, and where it is a saddle the lower of the two minima on its sides.
    ///
    /// Errors: as [`SpaceMeanField::start`].
    pub fn minimise(&self, component: usize) -> Result<SpaceSolution, InvalidParameter> {
        let found = self.solve_from(&self.start(component)?);
        if found.status != MeanFieldStatus::Unstable {
            return Ok(found);
        }
        let [one, other] = [KICK, -KICK].map(|kick| self.leave(&found, kick));
        Ok(if other.objective < one.objective { other } else { one })
    }

    /// From a saddle of F down one of its two sides, along the eigenvector of lambda_max(T).
    fn leave(&self, saddle: &SpaceSolution, kick: f64) -> SpaceSolution {
        let state = &saddle.state;
        let pairs = self.pairs(state);
        let space = Perturbations { field: self, state, pairs: &pairs, hessian: false };
        let mut eta = self.generic(state);
        for _ in 0..POWERS {
            let next = space.add(&eta, 1.0, &space.apply(&eta));
            let norm = space.norm(&next);
            let zero = space.add(&next, -1.0, &next);
            eta = space.add(&zero, 1.0 / norm, &next);
        }
        // In the tails eta is large and means nothing.
        let logs = [0, 1, 2]
            .map(|j| state.logs[j].iter().zip(&eta[j]).map(|(l, e)| l + (kick * e).clamp(-1.0, 1.0)).collect());
        self.solve_from(&self.state(logs))
    }

    /// Newton's method from close by; `None` where it leaves the neighbourhood.
    fn newton(&self, from: &SpaceState) -> Option<SpaceState> {
        let mut state = from.clone();
        let mut pairs = self.pairs(&state);
        let (mut residual, mut size) = self.residual(&state, &pairs);
        for _ in 0..NEWTON_STEPS {
            if size == 0.0 {
                break;
            }
            let space = Perturbations { field: self, state: &state, pairs: &pairs, hessian: true };
            let (eta, _) = solve(&space, &residual, LINEAR);
            if space.norm(&eta) > NEAR {
                return None;
            }
            let logs = [0, 1, 2].map(|j| state.logs[j].iter().zip(&eta[j]).map(|(l, e)| l + e).collect());
            let next = self.state(logs);
            let next_pairs = self.pairs(&next);
            let (next_residual, next_size) = self.residual(&next, &next_pairs);
            let gained = next_size < GAIN * size;
            if next_size < size {
                (state, pairs, residual, size) = (next, next_pairs, next_residual, next_size);
            }
            if !gained {
                break;
            }
        }
        (size <= ACCEPTED).then_some(state)
    }

    /// A perturbation with something of every shape.
    fn generic(&self, state: &SpaceState) -> [Vec<f64>; 3] {
        let waves = |j: usize| {
            let scale = 1.0 + 0.2 * j as f64;
            let at = |x: &f64| {
                let x = scale * x;
                libm::sin(0.3 * x) + 0.5 * libm::cos(0.7 * x + 0.4) + libm::sin(1.3 * x)
            };
            centred(&state.mass[j], self.axes[j].x.iter().map(at).collect())
        };
        [0, 1, 2].map(waves)
    }

    fn described(&self, state: SpaceState) -> SpaceSolution {
        let pairs = self.pairs(&state);
        let (_, residual) = self.residual(&state, &pairs);
        let space = Perturbations { field: self, state: &state, pairs: &pairs, hessian: false };
        let (_, coupling) = extremes(&space, &self.generic(&state), SPECTRUM);
        let edge = |logs: &Vec<f64>| {
            let top = logs.iter().fold(f64::NEG_INFINITY, |m: f64, l| m.max(*l));
            libm::exp(logs[0].max(logs[logs.len() - 1]) - top)
        };
        let cut = state.logs.iter().any(|logs| edge(logs) > CUT);
        let status = if residual > ACCEPTED || residual.is_nan() || cut {
            MeanFieldStatus::NotConverged
        } else if coupling < 1.0 {
            MeanFieldStatus::Stable
        } else {
            MeanFieldStatus::Unstable
        };
        let mean = |j: usize| dot(&state.mass[j], &self.axes[j].x);
        let variance = |j: usize| {
            let about: Vec<f64> = self.axes[j].x.iter().map(|x| (x - mean(j)).powi(2)).collect();
            dot(&state.mass[j], &about)
        };
        SpaceSolution {
            objective: self.objective(&state),
            means: [0, 1, 2].map(|j| self.centre[j] + mean(j)),
            variances: [0, 1, 2].map(variance),
            masses: self.masses(&state),
            coupling,
            residual,
            status,
            state,
        }
    }
}
