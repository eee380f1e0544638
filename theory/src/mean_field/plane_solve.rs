//! Stationary points in the plane: coordinate ascent, then Newton, and what they are.

use super::krylov::{Space, extremes, solve};
use super::newton::{ACCEPTED, GAIN, LINEAR, NEAR, NEWTON_STEPS, RETRY, SWEEPS, TRY};
use super::plane::{PlaneFrame, PlaneState, centred};
use super::plane_coupling::Perturbations;
use super::plane_grid::turned_back;
use super::plane_observe::PlaneObservables;
use super::status::MeanFieldStatus;
use crate::parameter::{InvalidParameter, Part};

/// Where coordinate ascent in the plane starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaneStart {
    /// Component k by its mean, with the variances T/Lambda_jj of the best product measure for it alone.
    Component(usize),
    /// N(0, T) about the origin of x.
    Origin,
    /// N(c, T) about the target's centre, kept even exactly: the even solution of an even target, stable or not.
    Even,
}

/// A stationary point in the plane with its evidence.
#[derive(Debug, Clone)]
pub struct PlaneSolution {
    /// The marginals.
    pub state: PlaneState,
    /// Averages under them.
    pub observables: PlaneObservables,
    /// lambda_max(T) of mean field (M6): the largest singular value of the centred beta log pi in L^2(q_1) x L^2(q_2).
    pub coupling: f64,
    /// (sum_j E\[r_j^2\])^(1/2), r_j the change of log q_j by one sweep, under the mean of the laws before and after it.
    pub residual: f64,
    /// The largest share of the peak density at an edge of the grid; what is cut off is about this.
    pub edge: f64,
    /// Sweeps of coordinate ascent.
    pub sweeps: usize,
    /// Whether it is a stationary point, and of which kind. An even start that stayed even is `Stable` only where no
    /// perturbation grows, even or not.
    pub status: MeanFieldStatus,
}

/// A saddle is accepted from an ascent only when it came so close: else the ascent is passing by.
const ON_SADDLE: f64 = 1e-9;
/// Densities at the edges, relative to the peak, beyond which the grid is too small.
const CUT: f64 = 1e-15;
/// Tolerance of lambda_max.
const SPECTRUM: f64 = 1e-14;
/// Powers of T that point along the unstable direction, and the size of the first step along it.
const POWERS: usize = 200;
const KICK: f64 = 0.3;

impl PlaneFrame<'_> {
    /// The state at `start`.
    ///
    /// Errors: no such component; an even start of a target that is not even.
    pub fn start(&self, start: PlaneStart) -> Result<PlaneState, InvalidParameter> {
        let temperature = 1.0 / self.beta;
        let target = &self.plane.target;
        let centre = target.centre();
        let (mean, variance, even) = match start {
            PlaneStart::Component(k) => {
                let Some(component) = self.components.get(k) else {
                    let rule = format!("be below the number of components, {}", self.components.len());
                    return Err(InvalidParameter::new("component", k, rule));
                };
                let [first, _, second] = component.precision;
                (component.mean, [temperature / first, temperature / second], false)
            }
            PlaneStart::Origin => (turned_back(self.angle, [-centre[0], -centre[1]]), [temperature; 2], false),
            PlaneStart::Even if target.is_even() => ([0.0; 2], [temperature; 2], true),
            PlaneStart::Even => {
                let rule = "be even about its centre for an even start";
                return Err(InvalidParameter::new("means", format!("{:?} about {centre:?}", self.means()), rule)
                    .of(Part::Target));
            }
        };
        let normal =
            |j: usize| self.plane.axis.x.iter().map(|x| -(x - mean[j]).powi(2) / (2.0 * variance[j])).collect();
        Ok(self.plane.state([normal(0), normal(1)], even))
    }

    fn means(&self) -> Vec<&[f64]> {
        (0..self.components.len()).map(|k| self.plane.target.mean_of(k)).collect()
    }

    /// The stationary point that coordinate ascent reaches from `start`.
    ///
    /// Errors: as [`PlaneFrame::start`].
    pub fn solve(&self, start: PlaneStart) -> Result<PlaneSolution, InvalidParameter> {
        Ok(self.solve_from(&self.start(start)?))
    }

    /// The stationary point that coordinate ascent reaches from `state`, of this frame or of another of the same plane.
    pub fn solve_from(&self, state: &PlaneState) -> PlaneSolution {
        let mut state = state.clone();
        let mut attempt_from = TRY;
        for sweeps in 0..SWEEPS {
            let (_, size) = self.residual(&state);
            if size <= attempt_from {
                attempt_from *= RETRY;
                if let Some(found) = self.newton(&state) {
                    let solution = self.described(found, sweeps);
                    let saddle = solution.status == MeanFieldStatus::Unstable;
                    if !saddle || state.even || size <= ON_SADDLE {
                        return solution;
                    }
                }
            }
            if size <= ACCEPTED {
                return self.described(state, sweeps);
            }
            state = self.sweep(&state);
        }
        self.described(state, SWEEPS)
    }

    /// From a saddle of F down one of its two sides, along the eigenvector of lambda_max(T): `side` is the sign of the
    /// change of E Y_1 (of E Y_2 where Y_1 does not move). From a minimum the way leads back to it.
    pub fn leave(&self, saddle: &PlaneSolution, side: f64) -> PlaneSolution {
        let state = PlaneState { even: false, ..saddle.state.clone() };
        let space = Perturbations { frame: self, state: &state, hessian: false };
        let mut eta = self.generic(&state);
        for _ in 0..POWERS {
            // T has the eigenvalues +-lambda: I + T prefers the positive one.
            let next = space.add(&eta, 1.0, &space.apply(&eta));
            let norm = space.norm(&next);
            let zero = space.add(&next, -1.0, &next);
            eta = space.add(&zero, 1.0 / norm, &next);
        }
        let x = &self.plane.axis.x;
        let moved =
            |j: usize| -> f64 { state.mass[j].iter().zip(x.iter().zip(&eta[j])).map(|(p, (x, e))| p * x * e).sum() };
        let direction = if moved(0).abs() > ON_SADDLE { moved(0) } else { moved(1) };
        // In the tails eta is large and means nothing.
        let kick = KICK * side.signum() * direction.signum();
        let logs = [0, 1].map(|j| {
            let logs = &state.logs[j];
            logs.iter().zip(&eta[j]).map(|(l, e)| l + (kick * e).clamp(-1.0, 1.0)).collect()
        });
        self.solve_from(&self.plane.state(logs, false))
    }

    /// The stationary point from `start`, and where it is a saddle the lower of the two minima on its sides: what an ascent that is
    /// not exactly symmetric finds.
    ///
    /// Errors: as [`PlaneFrame::start`].
    pub fn minimise(&self, start: PlaneStart) -> Result<PlaneSolution, InvalidParameter> {
        Ok(self.minimise_from(&self.start(start)?))
    }

    pub(super) fn minimise_from(&self, state: &PlaneState) -> PlaneSolution {
        let found = self.solve_from(state);
        if found.status != MeanFieldStatus::Unstable {
            return found;
        }
        let [one, other] = [1.0, -1.0].map(|side| self.leave(&found, side));
        if other.observables.objective < one.observables.objective { other } else { one }
    }

    /// Newton's method from close by; `None` where it leaves the neighbourhood.
    fn newton(&self, from: &PlaneState) -> Option<PlaneState> {
        let mut state = from.clone();
        let (mut residual, mut size) = self.residual(&state);
        for _ in 0..NEWTON_STEPS {
            if size == 0.0 {
                break;
            }
            let space = Perturbations { frame: self, state: &state, hessian: true };
            let (eta, _) = solve(&space, &residual, LINEAR);
            if space.norm(&eta) > NEAR {
                return None;
            }
            let logs = [0, 1].map(|j| state.logs[j].iter().zip(&eta[j]).map(|(l, e)| l + e).collect());
            let next = self.plane.state(logs, state.even);
            let (next_residual, next_size) = self.residual(&next);
            let gained = next_size < GAIN * size;
            if next_size < size {
                (state, residual, size) = (next, next_residual, next_size);
            }
            if !gained {
                break;
            }
        }
        (size <= ACCEPTED).then_some(state)
    }

    /// A perturbation of the first coordinate with something of every shape.
    fn generic(&self, state: &PlaneState) -> [Vec<f64>; 2] {
        let x = &self.plane.axis.x;
        let waves =
            x.iter().map(|x| libm::sin(0.3 * x) + 0.5 * libm::cos(0.7 * x + 0.4) + libm::sin(1.3 * x)).collect();
        [centred(&state.mass[0], waves), vec![0.0; x.len()]]
    }

    fn described(&self, state: PlaneState, sweeps: usize) -> PlaneSolution {
        let (_, residual) = self.residual(&state);
        let free = PlaneState { even: false, ..state.clone() };
        let space = Perturbations { frame: self, state: &free, hessian: false };
        let (_, coupling) = extremes(&space, &self.generic(&free), SPECTRUM);
        let edge = |logs: &Vec<f64>| {
            let top = logs.iter().fold(f64::NEG_INFINITY, |m: f64, l| m.max(*l));
            libm::exp(logs[0].max(logs[logs.len() - 1]) - top)
        };
        let edge = edge(&state.logs[0]).max(edge(&state.logs[1]));
        let status = if !(residual <= ACCEPTED && edge <= CUT) {
            MeanFieldStatus::NotConverged
        } else if coupling < 1.0 {
            MeanFieldStatus::Stable
        } else {
            MeanFieldStatus::Unstable
        };
        let observables = self.observe(&state);
        PlaneSolution { state, observables, coupling, residual, edge, sweeps, status }
    }
}
