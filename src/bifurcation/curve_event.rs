//! Zeros of a test along a curve of special points: its events, and its end on a bound.

use super::arc::Arc;
use super::curve::{CurveEvent, CurveEventKind, CurvePoint};
use super::curve_continuation::Tracer;
use super::problem::TwoParameterProblem;
use super::special_point::Status;

/// Trials of the false position on one step.
const TRIALS: usize = 60;

/// Value of a test, and width of its bracket, that count as zero: the rounding of the second derivatives.
const ROUNDING: f64 = 1e-13;

/// A function of the points of a curve whose zeros are looked for.
type Test<'a> = &'a dyn Fn(&CurvePoint) -> f64;

/// A zero of a test on a step.
struct Zero {
    point: CurvePoint,
    value: f64,
    interval: [f64; 2],
    status: Status,
}

impl<P: TwoParameterProblem> Tracer<'_, P> {
    /// The first point on a bound of a parameter between two points.
    pub(super) fn landing(&self, arc: &Arc, from: &CurvePoint, to: &Arc, point: &CurvePoint) -> Option<CurvePoint> {
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

    /// Cusps, double zeros and degenerate pitchforks between two points.
    pub(super) fn events(&self, arc: &Arc, from: &CurvePoint, to: &CurvePoint, step: usize) -> Vec<CurveEvent> {
        let cubic = |point: &CurvePoint| point.normal_form.as_ref().map_or(f64::NAN, |form| form.cubic);
        let quadratic = |point: &CurvePoint| point.quadratic;
        let overlap = |point: &CurvePoint| point.overlap;
        let simple = from.overlap * to.overlap > 0.0;
        let mut tests: Vec<(CurveEventKind, Test)> = vec![(CurveEventKind::BogdanovTakens, &overlap)];
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
    fn zero(&self, arc: &Arc, from: &CurvePoint, chord: f64, to: &CurvePoint, test: Test) -> Option<Zero> {
        let (mut low, mut high) = ((0.0, test(from)), (self.projected(arc, to, chord), test(to)));
        if !((low.1 < 0.0) != (high.1 < 0.0) && low.1.is_finite() && high.1.is_finite()) {
            return None;
        }
        let (mut best, mut value, mut status) = (to.clone(), high.1, Status::Guessed);
        let (mut ends, mut last_side) = ([0.0, chord], 0);
        for _ in 0..TRIALS {
            let at = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
            let Some(point) = self.reach(arc, at).ok().and_then(|trial| self.evaluate(&trial, Some((arc, from))))
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
