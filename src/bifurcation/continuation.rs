//! Pseudo-arclength continuation, one step at a time.

use nalgebra::DVector;

use super::arc::{Arc, Refusal, first, next_step, reach, residual_norm, tangent};
use super::branch::{Branch, BranchPoint, BranchStop, complete};
use super::continuation_options::ContinuationOptions;
use super::detection::between;
use super::misuse::{ContinuationMisuse, check_start};
use super::newton::{NewtonOptions, at_parameter};
use super::problem::ParametricProblem;
use super::special_point::SpecialPoint;
use super::switching::BranchStart;

/// Distance to the start, in steps, at which a curve counts as closed. The corrector solves for the point in the plane
/// through the start, so a closed curve returns to within its tolerance times a condition number.
const CLOSURE: f64 = 1e-5;

/// Points before closure is looked for.
const CLOSURE_AFTER: usize = 3;

/// Side on which the parameter first moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// The parameter grows at the start.
    Increasing,
    /// The parameter falls at the start.
    Decreasing,
}

/// One step of a continuation.
#[derive(Debug, Clone, PartialEq)]
pub struct Advance {
    /// The new point.
    pub point: BranchPoint,
    /// Special points between the previous point and this one.
    pub special: Vec<SpecialPoint>,
}

/// Iterator over the points of a branch of `F(u, p) = 0`, parametrised by arclength so that folds are ordinary points.
///
/// Predictor: the tangent. Corrector: Newton's method in the plane across it, on the full bordered Jacobian
/// `[J F_p; t^T]`. The step grows and shrinks with the corrector's iterations and the angle between tangents. Between
/// successive points a change of sign of `dp/ds` or of `det [J F_p; t^T]`, or a change of the unstable count, is
/// bracketed by bisection and located by Newton's method on an augmented system ([`SpecialPoint`]).
///
/// Validity: events that cancel within one step (two crossings of the same kind) are not seen; reduce `max_step`.
/// Source: Keller (1977); Govaerts (2000).
#[derive(Debug)]
pub struct Continuation<'a, P: ?Sized> {
    problem: &'a P,
    options: ContinuationOptions,
    origin: Option<Arc>,
    current: Option<BranchPoint>,
    given: usize,
    step: f64,
    stop: Option<BranchStop>,
}

impl<'a, P: ParametricProblem + ?Sized> Continuation<'a, P> {
    /// Starts at the equilibrium that Newton's method finds from `state` at `parameter`.
    ///
    /// # Errors
    /// [`ContinuationMisuse`] for a wrong length, a start that is not finite or an option that breaks its rule. A start that does
    /// not converge is an outcome: no points, and [`stop`](Self::stop) says why.
    pub fn new(
        problem: &'a P,
        state: &[f64],
        parameter: f64,
        direction: Orientation,
        options: &ContinuationOptions,
    ) -> Result<Self, ContinuationMisuse> {
        options.check()?;
        check_start(problem.dimension(), state, parameter)?;
        let newton = NewtonOptions { tolerance: options.newton.tolerance, ..NewtonOptions::default() };
        let outcome = at_parameter(problem, state, parameter, &newton);
        if !outcome.converged() {
            let stop = Some(BranchStop::StartNotConverged(outcome.status));
            return Ok(Self::assemble(problem, options, None, stop));
        }
        let mut towards = DVector::zeros(state.len() + 1);
        towards[state.len()] = if direction == Orientation::Increasing { 1.0 } else { -1.0 };
        let z = DVector::from_vec(outcome.state).push(parameter);
        let arc = first(problem, z, &towards, outcome.iterations);
        let stop = arc.is_none().then_some(BranchStop::StartSingular);
        Ok(Self::assemble(problem, options, arc, stop))
    }

    /// Starts at a point already on the branch, along a given tangent: the far side of a branch switch.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn from_start(
        problem: &'a P,
        start: &BranchStart,
        options: &ContinuationOptions,
    ) -> Result<Self, ContinuationMisuse> {
        options.check()?;
        let n = problem.dimension();
        check_start(n, &start.state, start.parameter)?;
        if start.tangent.len() != n + 1 {
            return Err(ContinuationMisuse::Length { name: "tangent", found: start.tangent.len(), expected: n + 1 });
        }
        let z = DVector::from_column_slice(&start.state).push(start.parameter);
        let arc = tangent(problem, &z, &DVector::from_column_slice(&start.tangent)).map(|(tangent, determinant)| Arc {
            residual: residual_norm(problem, &z),
            z,
            tangent,
            determinant,
            iterations: 0,
        });
        let stop = arc.is_none().then_some(BranchStop::StartSingular);
        Ok(Self::assemble(problem, options, arc, stop))
    }

    fn assemble(problem: &'a P, options: &ContinuationOptions, origin: Option<Arc>, stop: Option<BranchStop>) -> Self {
        let current = origin.as_ref().and_then(|arc| complete(problem, arc, 0.0, options));
        let stop = stop.or_else(|| current.is_none().then_some(BranchStop::StartSingular));
        Self { problem, options: options.clone(), origin, current, given: 0, step: options.first_step, stop }
    }

    /// Why the branch ended, once the iterator is exhausted.
    pub fn stop(&self) -> Option<BranchStop> {
        self.stop
    }

    /// Runs to the end and collects the branch.
    pub fn run(mut self) -> Branch {
        let (mut points, mut special) = (Vec::new(), Vec::new());
        for advance in self.by_ref() {
            points.push(advance.point);
            special.extend(advance.special);
        }
        Branch { points, special, stop: self.stop.unwrap_or(BranchStop::PointLimit) }
    }

    /// The next point inside the domain, halving the step while it is refused.
    fn advance(&mut self, from: &BranchPoint) -> Result<BranchPoint, BranchStop> {
        let arc = from.arc();
        loop {
            let attempt = reach(self.problem, &arc, self.step, &self.options).and_then(|to| {
                let arclength = from.arclength + (&to.z - &arc.z).norm();
                let point = complete(self.problem, &to, arclength, &self.options).ok_or(Refusal::Eigenvalues)?;
                Ok((next_step(self.step, &arc, &to, &self.options), point))
            });
            match attempt {
                Ok((step, point)) => {
                    self.step = step;
                    return Ok(point);
                }
                Err(Refusal::Domain) if self.step <= self.options.min_step => return Err(BranchStop::Domain),
                Err(refusal) if self.step <= self.options.min_step => return Err(BranchStop::StepTooSmall(refusal)),
                Err(_) => self.step = (0.5 * self.step).max(self.options.min_step),
            }
        }
    }

    /// The start itself, if the segment from `from` to `to` runs through it in the same direction.
    fn closure(&self, from: &BranchPoint, to: &BranchPoint) -> Option<BranchPoint> {
        let origin = self.origin.as_ref().filter(|_| self.given > CLOSURE_AFTER)?;
        let (arc, chord) = (from.arc(), to.arclength - from.arclength);
        let towards = &origin.z - &arc.z;
        let along = towards.dot(&arc.tangent);
        if !(along > 0.0 && along <= chord && towards.norm() <= 2.0 * chord) {
            return None;
        }
        let back = reach(self.problem, &arc, along, &self.options).ok()?;
        let near = (&back.z - &origin.z).norm() <= CLOSURE * chord && back.tangent.dot(&origin.tangent) > 0.0;
        near.then(|| complete(self.problem, &back, from.arclength + towards.norm(), &self.options))?
    }

    /// The point on the bound of the parameter that the segment from `from` to `to` crosses.
    fn landing(&self, from: &BranchPoint, to: &BranchPoint) -> Option<BranchPoint> {
        let [least, greatest] = self.options.parameter;
        let bound = to.parameter.clamp(least, greatest);
        let fraction = (bound - from.parameter) / (to.parameter - from.parameter);
        let guess: Vec<f64> = from.state.iter().zip(&to.state).map(|(a, b)| a + fraction * (b - a)).collect();
        let outcome = at_parameter(self.problem, &guess, bound, &self.options.newton);
        let z = DVector::from_column_slice(&outcome.state).push(bound);
        let chord = (&z - &from.arc().z).norm();
        if !outcome.converged() || chord <= 0.0 || chord > 2.0 * (to.arclength - from.arclength) {
            return None;
        }
        let (tangent, determinant) = tangent(self.problem, &z, &from.arc().tangent)?;
        let arc = Arc { z, tangent, determinant, residual: outcome.residual, iterations: outcome.iterations };
        complete(self.problem, &arc, from.arclength + chord, &self.options)
    }
}

impl<P: ParametricProblem + ?Sized> Iterator for Continuation<'_, P> {
    type Item = Advance;

    fn next(&mut self) -> Option<Advance> {
        let from = self.current.clone()?;
        if self.given == 0 {
            self.given = 1;
            return Some(Advance { point: from, special: Vec::new() });
        }
        if self.stop.is_none() && self.given >= self.options.max_points {
            self.stop = Some(BranchStop::PointLimit);
        }
        if self.stop.is_some() {
            return None;
        }
        let mut point = match self.advance(&from) {
            Ok(point) => point,
            Err(stop) => {
                self.stop = Some(stop);
                return None;
            }
        };
        let [least, greatest] = self.options.parameter;
        if point.parameter < least || point.parameter > greatest {
            self.stop = Some(BranchStop::ParameterBound);
            point = self.landing(&from, &point)?;
        } else if let Some(back) = self.closure(&from, &point) {
            self.stop = Some(BranchStop::Closed);
            point = back;
        }
        let special = between(self.problem, &from, &point, self.given - 1, &self.options);
        self.given += 1;
        self.current = Some(point.clone());
        Some(Advance { point, special })
    }
}
