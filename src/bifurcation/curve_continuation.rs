//! Continuation of folds and pitchforks in two parameters.

use nalgebra::DVector;

use super::arc::{Arc, Refusal, first, next_step, reach};
use super::bordered::singular_pair;
use super::branch::BranchStop;
use super::branch_point::BranchPointSystem;
use super::continuation::Orientation;
use super::continuation_options::ContinuationOptions;
use super::curve::{Curve, CurveOptions, CurvePoint};
use super::differences::{along, wide_gradient};
use super::fold::FoldSystem;
use super::misuse::{ContinuationMisuse, check_start};
use super::newton::{NewtonOptions, NewtonStatus, at_parameter};
use super::normal_form::centre_manifold;
use super::problem::{ParametricProblem, TwoParameterProblem};

/// The fold curve through a point near `(u, p, q)`: `F = 0` with a singular Jacobian, by pseudo-arclength in
/// `(u, p, q)` on the minimally augmented system, which is regular at cusps.
///
/// Cusps (`a = 0`) and double zeros (`w^T v = 0`) are located by false position along the curve. `direction` is that
/// of `q` at the start. Source: Govaerts (2000); Kuznetsov, *Elements of Applied Bifurcation Theory*.
///
/// # Errors
/// [`ContinuationMisuse`] for a wrong length, a start that is not finite or an option that breaks its rule. A start that does not
/// converge is an outcome.
pub fn fold_curve<P: TwoParameterProblem>(
    problem: &P,
    state: &[f64],
    parameters: [f64; 2],
    direction: Orientation,
    options: &CurveOptions,
) -> Result<Curve, ContinuationMisuse> {
    Tracer { problem, options, folds: true }.trace(state, parameters, direction)
}

/// The pitchfork curve through a point near `(u, p, q)`: `F = 0` with `[J F_p]` of deficient rank, by pseudo-arclength
/// on the minimally augmented system with one imperfection.
///
/// Points where the pitchfork turns from super- to subcritical (`b = 0`) are located by false position. Validity: the
/// symmetry that protects the pitchfork holds for every `q`; otherwise the curve is one of broken crossings and its
/// points show an imperfection. Transcriticals protected in the same way are followed too.
///
/// # Errors
/// As for [`fold_curve`].
pub fn pitchfork_curve<P: TwoParameterProblem>(
    problem: &P,
    state: &[f64],
    parameters: [f64; 2],
    direction: Orientation,
    options: &CurveOptions,
) -> Result<Curve, ContinuationMisuse> {
    Tracer { problem, options, folds: false }.trace(state, parameters, direction)
}

/// What is followed, and how.
pub(super) struct Tracer<'a, P> {
    pub(super) problem: &'a P,
    pub(super) options: &'a CurveOptions,
    pub(super) folds: bool,
}

impl<'a, P: TwoParameterProblem> Tracer<'a, P> {
    pub(super) fn settings(&self) -> &ContinuationOptions {
        &self.options.continuation
    }

    /// The augmented system, bordered at `z = (u, p, ...)` and `q`.
    fn system(&self, z: &[f64], q: f64) -> Option<Box<dyn ParametricProblem + 'a>> {
        let ladder = self.settings().ladder;
        if self.folds {
            Some(Box::new(FoldSystem::at(self.problem, z, q, ladder)?))
        } else {
            Some(Box::new(BranchPointSystem::at(self.problem, z, q, ladder)?))
        }
    }

    fn trace(&self, state: &[f64], parameters: [f64; 2], direction: Orientation) -> Result<Curve, ContinuationMisuse> {
        self.options.check()?;
        check_start(self.problem.dimension(), state, parameters[0])?;
        check_start(self.problem.dimension(), state, parameters[1])?;
        let mut curve = Curve { points: Vec::new(), events: Vec::new(), stop: BranchStop::PointLimit };
        match self.start(state, parameters, direction) {
            Ok((arc, point)) => {
                curve.points.push(point);
                curve.stop = self.follow(arc, &mut curve);
            }
            Err(stop) => curve.stop = stop,
        }
        Ok(curve)
    }

    fn start(&self, state: &[f64], [p, q]: [f64; 2], direction: Orientation) -> Result<(Arc, CurvePoint), BranchStop> {
        let mut z = state.to_vec();
        z.push(p);
        if !self.folds {
            z.push(0.0);
        }
        let system = self.system(&z, q).ok_or(BranchStop::StartSingular)?;
        let newton = NewtonOptions { tolerance: self.settings().newton.tolerance, ..NewtonOptions::default() };
        let outcome = at_parameter(system.as_ref(), &z, q, &newton);
        if !outcome.converged() {
            return Err(BranchStop::StartNotConverged(outcome.status));
        }
        let z = DVector::from_vec(outcome.state).push(q);
        let mut towards = DVector::zeros(z.len());
        towards[z.len() - 1] = if direction == Orientation::Increasing { 1.0 } else { -1.0 };
        let arc = first(system.as_ref(), z, &towards, outcome.iterations).ok_or(BranchStop::StartSingular)?;
        let point = self.evaluate(&arc, None).ok_or(BranchStop::StartSingular)?;
        Ok((arc, point))
    }

    /// Steps until the curve stops, adding points and events.
    fn follow(&self, start: Arc, curve: &mut Curve) -> BranchStop {
        let mut arc = start;
        let mut step = self.settings().first_step;
        while let Some(from) = curve.points.last().cloned() {
            if curve.points.len() >= self.settings().max_points {
                return BranchStop::PointLimit;
            }
            let (to, point) = match self.advance(&arc, &from, step) {
                Ok((to, point, next)) => {
                    step = next;
                    (to, point)
                }
                Err(stop) => return stop,
            };
            let landed = self.landing(&arc, &from, &to, &point);
            let last = landed.as_ref().unwrap_or(&point);
            let events = self.events(&arc, &from, last, curve.points.len() - 1);
            curve.events.extend(events);
            if let Some(landed) = landed {
                curve.points.push(landed);
                return BranchStop::ParameterBound;
            }
            curve.points.push(point);
            arc = to;
        }
        BranchStop::PointLimit
    }

    pub(super) fn reach(&self, from: &Arc, step: f64) -> Result<Arc, Refusal> {
        let last = from.z.len() - 1;
        let system =
            self.system(&from.z.as_slice()[..last], from.z[last]).ok_or(Refusal::Corrector(NewtonStatus::Singular))?;
        reach(system.as_ref(), from, step, self.settings())
    }

    fn advance(&self, arc: &Arc, from: &CurvePoint, mut step: f64) -> Result<(Arc, CurvePoint, f64), BranchStop> {
        loop {
            let attempt = self.reach(arc, step).and_then(|to| {
                let point = self.evaluate(&to, Some((arc, from))).ok_or(Refusal::Tangent)?;
                Ok((next_step(step, arc, &to, self.settings()), to, point))
            });
            match attempt {
                Ok((next, to, point)) => return Ok((to, point, next)),
                Err(Refusal::Domain) if step <= self.settings().min_step => return Err(BranchStop::Domain),
                Err(refusal) if step <= self.settings().min_step => return Err(BranchStop::StepTooSmall(refusal)),
                Err(_) => step = (0.5 * step).max(self.settings().min_step),
            }
        }
    }

    /// Null vectors, tests and normal form at a point of the curve.
    pub(super) fn evaluate(&self, arc: &Arc, before: Option<(&Arc, &CurvePoint)>) -> Option<CurvePoint> {
        let n = self.problem.dimension();
        let q = arc.z[arc.z.len() - 1];
        let z = arc.z.rows(0, n + 1).into_owned();
        let ladder = self.settings().ladder;
        let jacobian = wide_gradient(self.problem, &z, q).columns(0, n).into_owned();
        let (mut left, mut right) = singular_pair(&jacobian)?;
        if let Some((_, point)) = before {
            right *= right.dot(&DVector::from_column_slice(&point.right)).signum();
            left *= left.dot(&DVector::from_column_slice(&point.left)).signum();
        } else {
            right *= right[right.icamax()].signum();
            left *= left.dot(&right).signum();
        }
        let direction = right.clone().push(0.0);
        let second = along(self.problem, &z, q, &direction, 1, ladder)?.value;
        Some(CurvePoint {
            state: z.as_slice()[..n].to_vec(),
            parameters: [z[n], q],
            arclength: before.map_or(0.0, |(from, point)| point.arclength + (&arc.z - &from.z).norm()),
            tangent: arc.tangent.as_slice().to_vec(),
            residual: arc.residual,
            iterations: arc.iterations,
            imperfection: if self.folds { 0.0 } else { arc.z[n + 1] },
            quadratic: 0.5 * left.dot(&(second.columns(0, n + 1) * &direction)),
            overlap: left.dot(&right),
            normal_form: centre_manifold(self.problem, &z, q, ladder).map(|centre| centre.form),
            right: right.as_slice().to_vec(),
            left: left.as_slice().to_vec(),
        })
    }
}
