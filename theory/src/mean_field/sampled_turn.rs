//! Descent of F* in the frame of a sampled fit, one temperature at a time: mean field (M21).

use super::orthogonal::{Matrix, stepped};
use super::sampled::{SampledMeanField, SampledState};
use super::sampled_observe::SampledObservables;
use crate::parameter::InvalidParameter;

/// A place on the way of a descent in many dimensions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TurnStep {
    /// T.
    pub temperature: f64,
    /// F at the fit there.
    pub objective: f64,
    /// The largest |beta (M_ij - M_ji)|.
    pub steepness: f64,
}

/// A fit in a frame.
#[derive(Debug, Clone)]
pub(super) struct SampledVisit {
    pub(super) rotation: Matrix,
    pub(super) state: SampledState,
    pub(super) residual: f64,
    pub(super) observables: SampledObservables,
}

/// The step X of R cay(X), and what F falls by to first order.
struct Step {
    turn: Matrix,
    fall: f64,
}

/// Halvings of one step.
const HALVINGS: i32 = 8;
/// The largest angle of a plane in one step, in radians.
const LARGEST: f64 = 0.5;
/// Share of the fall predicted that a step must bring.
const ENOUGH: f64 = 1e-2;
/// What is added to curvatures: as much as the steepness, within these bounds.
const STIFF: (f64, f64) = (1e-3, 0.1);
/// Residuals of fits on the way, in units of the square root of the fall; their bounds; and sweeps of one fit.
const SETTLED: f64 = 0.1;
const CLOSE: (f64, f64) = (1e-10, 1e-2);
const SWEEPS: usize = 3;
/// The same where the frame has come to rest; and residuals that are then left.
const LONG: usize = 200;
const LEFT: f64 = 1e-8;
/// Rounding of F, relative to 1 + |F|.
const ROUNDING: f64 = 1e-13;
/// Falls below so many errors of sampling are not judged by F; and how much F may rise then, in errors.
const BLURRED: f64 = 10.0;
const RISE: f64 = 2.0;
/// By which factor the fall predicted has to shrink where F itself says nothing any more.
const SHRINK: f64 = 0.9;

impl SampledVisit {
    pub(super) fn objective(&self) -> f64 {
        self.observables.objective
    }

    /// X_ij = -G_ij/(h_ij + stiffness), G the gradient: h_ij = I_i v_j + I_j v_i - 2 is the curvature of F* in the plane (i, j) where
    /// the target is the product measure, I_i = E (log q_i)'(Y_i)^2, v_i = Var Y_i; elsewhere a positive metric.
    fn step(&self) -> Step {
        let gradient = &self.observables.gradient;
        let (variances, d) = (&self.observables.variances, gradient.len());
        let information: Vec<f64> = self.state.marginals.iter().map(|marginal| marginal.information()).collect();
        let stiffness = self.observables.steepness().clamp(STIFF.0, STIFF.1);
        let mut turn = vec![vec![0.0; d]; d];
        let (mut fall, mut largest) = (0.0, 0.0f64);
        for i in 0..d {
            for j in 0..i {
                let curvature = information[i] * variances[j] + information[j] * variances[i] - 2.0;
                let x = -gradient[i][j] / (curvature.max(0.0) + stiffness);
                (turn[i][j], turn[j][i]) = (x, -x);
                fall -= x * gradient[i][j];
                largest = largest.max(x.abs());
            }
        }
        if largest > LARGEST {
            let scale = LARGEST / largest;
            turn.iter_mut().flatten().for_each(|x| *x *= scale);
            fall *= scale;
        }
        Step { turn, fall }
    }

    /// The angle to first order by which F changes along the antisymmetric `way`: sum over i < j of Omega_ij beta (M_ij - M_ji).
    pub(super) fn slope_along(&self, way: &[Vec<f64>]) -> f64 {
        let gradient = &self.observables.gradient;
        (0..way.len()).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| way[i][j] * gradient[i][j]).sum()
    }
}

impl SampledMeanField {
    /// The fit in the frame `rotation` to which `state` leads, to a residual of `tolerance` or for so many `sweeps`.
    pub(super) fn visit(
        &self,
        rotation: &[Vec<f64>],
        temperature: f64,
        state: &SampledState,
        tolerance: f64,
        sweeps: usize,
    ) -> Result<SampledVisit, InvalidParameter> {
        let frame = self.frame(rotation, temperature)?;
        let end = frame.ascend(state, tolerance, sweeps, false);
        let observables = frame.observe(&end.state);
        Ok(SampledVisit { rotation: frame.rotation, state: end.state, residual: end.residual, observables })
    }

    /// Alternates fits and at most so many `steps` of the frame from `start`, until the steepness is at most `flat` or nothing moves.
    ///
    /// A step has to lower F. Where what it could gain is less than the error of sampling, F of the same points is no judge, since its
    /// minimum and the zero of the gradient differ by that error; then the gradient has to shrink.
    pub(super) fn descend(
        &self,
        start: SampledVisit,
        temperature: f64,
        flat: f64,
        steps: usize,
        path: &mut Vec<TurnStep>,
    ) -> Result<SampledVisit, InvalidParameter> {
        let mut note = |visit: &SampledVisit| {
            let (objective, steepness) = (visit.objective(), visit.observables.steepness());
            path.push(TurnStep { temperature, objective, steepness });
        };
        let mut now = start;
        note(&now);
        for _ in 0..steps {
            let next = if now.observables.steepness() > flat { self.next(&now, temperature)? } else { None };
            now = match next {
                Some(next) => next,
                None if now.residual > LEFT.max(CLOSE.0) => {
                    self.visit(&now.rotation, temperature, &now.state, LEFT, LONG)?
                }
                None => break,
            };
            note(&now);
        }
        Ok(now)
    }

    /// The first step along the way of `now`, halved as often as it takes, that is one; `None` where none is.
    fn next(&self, now: &SampledVisit, temperature: f64) -> Result<Option<SampledVisit>, InvalidParameter> {
        let Step { turn, fall } = now.step();
        let tolerance = (SETTLED * fall.sqrt()).clamp(CLOSE.0, CLOSE.1);
        let rounding = ROUNDING * (1.0 + now.objective().abs());
        let error = now.observables.objective_error;
        let blurred = fall <= (BLURRED * error).max(rounding);
        for halving in 0..HALVINGS {
            let part = libm::ldexp(1.0, -halving);
            let way: Matrix = turn.iter().map(|row| row.iter().map(|x| part * x).collect()).collect();
            let next = self.visit(&stepped(&now.rotation, &way), temperature, &now.state, tolerance, SWEEPS)?;
            let rise = next.objective() - now.objective();
            let lower = rise <= -ENOUGH * part * fall && part * fall > rounding;
            let flatter = blurred && rise <= RISE * error + rounding && next.step().fall <= SHRINK * fall;
            if lower || flatter {
                return Ok(Some(next));
            }
        }
        Ok(None)
    }
}
