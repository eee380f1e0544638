//! Continuation of folds and pitchforks in two parameters, and the events on the way.

use nalgebra::DVector;

use super::arc::{Arc, Refusal, first, next_step, reach};
use super::bordered::smallest_singular;
use super::branch::BranchStop;
use super::branch_point::BranchPointSystem;
use super::continuation::Direction;
use super::continuation_options::ContinuationOptions;
use super::curve::{Curve, CurveEvent, CurveEventKind, CurveOptions, CurvePoint};
use super::differences::{along, wide_gradient};
use super::fold::FoldSystem;
use super::misuse::{Misuse, check_start};
use super::newton::{NewtonOptions, NewtonStatus, at_parameter};
use super::normal_form::centre_manifold;
use super::problem::{ParametricProblem, TwoParameterProblem};
use super::special_point::Status;

/// Trials of the false position on one step.
const TRIALS: usize = 60;

/// Value of a test, and width of its bracket, that count as zero: the rounding of the second derivatives.
const ROUNDING: f64 = 1e-13;

/// The fold curve through a point near `(u, p, q)`: `F = 0` with a singular Jacobian, by pseudo-arclength in
/// `(u, p, q)` on the minimally augmented system, which is regular at cusps.
///
/// Cusps (`a = 0`) and double zeros (`w^T v = 0`) are located by false position along the curve. `direction` is that
/// of `q` at the start. Source: Govaerts (2000); Kuznetsov, *Elements of Applied Bifurcation Theory*.
///
/// # Errors
/// [`Misuse`] for a wrong length, a start that is not finite or an option that breaks its rule. A start that does not
/// converge is an outcome.
pub fn fold_curve<P: TwoParameterProblem>(
    problem: &P,
    state: &[f64],
    parameters: [f64; 2],
    direction: Direction,
    options: &CurveOptions,
) -> Result<Curve, Misuse> {
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
    direction: Direction,
    options: &CurveOptions,
) -> Result<Curve, Misuse> {
    Tracer { problem, options, folds: false }.trace(state, parameters, direction)
}

struct Tracer<'a, P> {
    problem: &'a P,
    options: &'a CurveOptions,
    folds: bool,
}

/// A zero of a test on a step.
struct Zero {
    point: CurvePoint,
    value: f64,
    interval: [f64; 2],
    status: Status,
}

impl<'a, P: TwoParameterProblem> Tracer<'a, P> {
    fn settings(&self) -> &ContinuationOptions {
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

    fn trace(&self, state: &[f64], parameters: [f64; 2], direction: Direction) -> Result<Curve, Misuse> {
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

    fn start(&self, state: &[f64], [p, q]: [f64; 2], direction: Direction) -> Result<(Arc, CurvePoint), BranchStop> {
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
        towards[z.len() - 1] = if direction == Direction::Increasing { 1.0 } else { -1.0 };
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

    fn reach(&self, from: &Arc, step: f64) -> Result<Arc, Refusal> {
        let last = from.z.len() - 1;
        let system = self
            .system(&from.z.as_slice()[..last], from.z[last])
            .ok_or(Refusal::Corrector(NewtonStatus::Singular))?;
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
    fn evaluate(&self, arc: &Arc, before: Option<(&Arc, &CurvePoint)>) -> Option<CurvePoint> {
        let n = self.problem.dimension();
        let q = arc.z[arc.z.len() - 1];
        let z = arc.z.rows(0, n + 1).into_owned();
        let ladder = self.settings().ladder;
        let jacobian = wide_gradient(self.problem, &z, q).columns(0, n).into_owned();
        let (mut left, _, mut right) = smallest_singular(&jacobian)?;
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

    /// The first point on a bound of a parameter between two points.
    fn landing(&self, arc: &Arc, from: &CurvePoint, to: &Arc, point: &CurvePoint) -> Option<CurvePoint> {
        let bounds = [self.settings().parameter, self.options.second_parameter];
        let crossed = (0..2).filter_map(|index| {
            let [least, greatest] = bounds[index];
            let bound = point.parameters[index].clamp(least, greatest);
            let outside = bound != point.parameters[index];
            let test = |point: &CurvePoint| point.parameters[index] - bound;
            outside.then(|| self.zero(arc, from, (&to.z - &arc.z).norm(), point, &test))?
        });
        crossed.map(|zero| zero.point).min_by(|a, b| a.arclength.total_cmp(&b.arclength))
    }

    fn events(&self, arc: &Arc, from: &CurvePoint, to: &CurvePoint, step: usize) -> Vec<CurveEvent> {
        let cubic = |point: &CurvePoint| point.normal_form.as_ref().map_or(f64::NAN, |form| form.cubic);
        let quadratic = |point: &CurvePoint| point.quadratic;
        let overlap = |point: &CurvePoint| point.overlap;
        let simple = from.overlap * to.overlap > 0.0;
        let mut tests: Vec<(CurveEventKind, &dyn Fn(&CurvePoint) -> f64)> =
            vec![(CurveEventKind::BogdanovTakens, &overlap)];
        if self.folds {
            tests.push((CurveEventKind::Cusp, &quadratic));
        } else if simple {
            tests.push((CurveEventKind::DegeneratePitchfork, &cubic));
        }
        let found = tests.into_iter().filter_map(|(kind, test)| {
            let zero = self.zero(arc, from, to.arclength - from.arclength, to, test)?;
            let (status, arclength_interval) = (zero.status, zero.interval);
            Some(CurveEvent { kind, status, point: zero.point, arclength_interval, test: zero.value, step })
        });
        found.collect()
    }

    /// A zero of `test` between `from` and `to` by false position (Illinois rule) on the length of the step.
    fn zero(
        &self,
        arc: &Arc,
        from: &CurvePoint,
        chord: f64,
        to: &CurvePoint,
        test: &dyn Fn(&CurvePoint) -> f64,
    ) -> Option<Zero> {
        let (mut low, mut high) = ((0.0, test(from)), (self.projected(arc, to, chord), test(to)));
        if !((low.1 < 0.0) != (high.1 < 0.0) && low.1.is_finite() && high.1.is_finite()) {
            return None;
        }
        let (mut best, mut value, mut status) = (to.clone(), high.1, Status::Guessed);
        let (mut ends, mut last_side) = ([0.0, chord], 0);
        for _ in 0..TRIALS {
            let at = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
            let Some(point) =
                self.reach(arc, at).ok().and_then(|trial| self.evaluate(&trial, Some((arc, from))))
            else {
                break;
            };
            value = test(&point);
            let side = if (value < 0.0) == (low.1 < 0.0) { -1 } else { 1 };
            let (end, other) = if side < 0 { (&mut low, &mut high) } else { (&mut high, &mut low) };
            if side == last_side {
                other.1 /= 2.0;
            }
            *end = (at, value);
            ends[usize::from(side > 0)] = point.arclength - from.arclength;
            (best, last_side) = (point, side);
            if value.abs() <= ROUNDING || high.0 - low.0 <= ROUNDING {
                status = Status::Converged;
                break;
            }
        }
        Some(Zero { point: best, value, interval: ends.map(|end| from.arclength + end), status })
    }

    /// Length of the step that led to `to`: the chord projected on the tangent.
    fn projected(&self, arc: &Arc, to: &CurvePoint, chord: f64) -> f64 {
        let n = self.problem.dimension();
        let last = arc.z.len() - 1;
        let mut z = arc.z.clone();
        z.as_mut_slice()[..n].copy_from_slice(&to.state);
        z[n] = to.parameters[0];
        if !self.folds {
            z[n + 1] = to.imperfection;
        }
        z[last] = to.parameters[1];
        let along = (z - &arc.z).dot(&arc.tangent);
        if along > 0.0 { along } else { chord }
    }
}
