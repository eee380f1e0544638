//! Descent of F* in the angle of the frame, one temperature at a time: mean field (M22).

use std::f64::consts::FRAC_PI_2;

use super::plane::{PlaneMeanField, PlaneState};
use super::plane_solve::PlaneSolution;
use super::status::MeanFieldStatus;
use crate::numerics::root;
use crate::parameter::InvalidParameter;

/// What a descent in the angle ended on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationStatus {
    /// A local minimum of F* in the angle: dF*/d alpha is 0 there and has the sign of the displacement a degree to either side.
    Minimum,
    /// dF*/d alpha is 0 to rounding, and no minimum: a maximum, as the diagonal of equal coordinates, or a plateau, as far modes that
    /// collapsed. Start elsewhere, or hot.
    Stationary,
    /// No zero of dF*/d alpha was found, or the fit at the last angle did not converge.
    NotConverged,
}

/// A place on the way of a descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RotationStep {
    /// T.
    pub temperature: f64,
    /// The angle in radians, not reduced.
    pub angle: f64,
    /// F at the fit there.
    pub objective: f64,
    /// dF*/d alpha.
    pub slope: f64,
}

/// A fit at an angle.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) angle: f64,
    pub(super) solution: PlaneSolution,
}

/// Slopes that are 0 to rounding.
pub(super) const FLAT: f64 = 1e-11;
/// First and largest step towards a bracket, and how far from a stationary angle the slopes are looked at.
const DEGREE: f64 = FRAC_PI_2 / 90.0;
const FIRST: f64 = 2.0 * DEGREE;
const LARGEST: f64 = 8.0 * DEGREE;
/// Steps of one descent, and the shortest: branches end in folds, where F* jumps.
const STEPS: usize = 60;
const SHORTEST: f64 = 1e-5;
/// Rises of F* that are rounding.
const ROUNDING: f64 = 1e-12;

impl Visit {
    pub(super) fn slope(&self) -> f64 {
        self.solution.observables.slope
    }

    pub(super) fn objective(&self) -> f64 {
        self.solution.observables.objective
    }

    /// The same fit with its angle in \[0, pi/2): quarter turns exchange the coordinates, y' = (-y_2, y_1).
    pub(super) fn reduced(&self, plane: &PlaneMeanField, temperature: f64) -> Result<Self, InvalidParameter> {
        let turns = (self.angle / FRAC_PI_2).floor();
        let angle = self.angle - turns * FRAC_PI_2;
        let mut state = self.solution.state.clone();
        for _ in 0..turns.rem_euclid(4.0) as usize {
            state = state.quarter_turn();
        }
        plane.visit(angle, temperature, &state)
    }
}

impl PlaneState {
    /// The state of the same law in a frame turned back by a right angle.
    fn quarter_turn(&self) -> Self {
        let turned = |pair: &[Vec<f64>; 2]| [pair[1].iter().rev().copied().collect(), pair[0].clone()];
        Self { logs: turned(&self.logs), mass: turned(&self.mass), even: self.even }
    }
}

impl PlaneMeanField {
    /// The minimum of F to which `state` leads at this angle; saddles are left.
    pub(super) fn visit(&self, angle: f64, temperature: f64, state: &PlaneState) -> Result<Visit, InvalidParameter> {
        Ok(Visit { angle, solution: self.frame(angle, temperature)?.minimise_from(state) })
    }

    /// Alternates fits and line searches in the angle from `start`, until |dF*/d alpha| <= `flat`. Every step follows the branch
    /// of the fit before; where that ends, F* falls to another. Writes the way to `path`.
    pub(super) fn descend(
        &self,
        start: Visit,
        temperature: f64,
        flat: f64,
        path: &mut Vec<RotationStep>,
    ) -> Result<Visit, InvalidParameter> {
        let mut note = |visit: &Visit| {
            let (angle, objective, slope) = (visit.angle, visit.objective(), visit.slope());
            path.push(RotationStep { temperature, angle, objective, slope });
        };
        let mut now = start;
        note(&now);
        let mut step = FIRST;
        for _ in 0..STEPS {
            if now.slope().abs() <= flat || step < SHORTEST {
                break;
            }
            let side = -now.slope().signum();
            let next = self.visit(now.angle + side * step, temperature, &now.solution.state)?;
            if side * next.slope() < 0.0 {
                if next.objective() > now.objective() + ROUNDING {
                    // Over a crest, or on another branch that lies higher.
                    step *= 0.25;
                    continue;
                }
                now = next;
                note(&now);
                step = LARGEST.min(2.0 * step);
                continue;
            }
            now = self.bracketed(&now, &next, temperature, flat)?;
            note(&now);
            step = FIRST.min(0.25 * step);
        }
        Ok(now)
    }

    /// The zero of the slope between two visits, or where it jumps over 0 the lower of the ends.
    fn bracketed(&self, low: &Visit, high: &Visit, temperature: f64, flat: f64) -> Result<Visit, InvalidParameter> {
        let mut best = if high.objective() < low.objective() { high.clone() } else { low.clone() };
        let mut refused = None;
        root(low.angle, high.angle, |angle| {
            // What is flat enough ends the search.
            let slope = |visit: &Visit| if visit.slope().abs() <= flat { 0.0 } else { visit.slope() };
            for end in [low, high] {
                if angle == end.angle {
                    return slope(end);
                }
            }
            // Always from the same end: the slope is a function of the angle alone.
            match self.visit(angle, temperature, &low.solution.state) {
                Ok(visit) => {
                    let lower = visit.objective() < best.objective() - ROUNDING;
                    let level = visit.objective() < best.objective() + ROUNDING;
                    let value = slope(&visit);
                    if lower || (level && visit.slope().abs() < best.slope().abs()) {
                        best = visit;
                    }
                    value
                }
                Err(error) => {
                    refused = Some(error);
                    f64::NAN
                }
            }
        });
        refused.map_or(Ok(best), Err)
    }

    /// What the end of a descent is.
    pub(super) fn judge(&self, visit: &Visit, temperature: f64) -> Result<RotationStatus, InvalidParameter> {
        if visit.solution.status != MeanFieldStatus::Stable || visit.slope().abs() > FLAT {
            return Ok(RotationStatus::NotConverged);
        }
        for side in [-1.0, 1.0] {
            let beside = self.visit(visit.angle + side * DEGREE, temperature, &visit.solution.state)?;
            if side * beside.slope() <= FLAT {
                return Ok(RotationStatus::Stationary);
            }
        }
        Ok(RotationStatus::Minimum)
    }
}
