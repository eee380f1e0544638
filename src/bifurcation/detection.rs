//! From a change between two points of a branch to the record of what lies between them.

use nalgebra::DVector;

use super::arc::reach;
use super::branch::{BranchPoint, complete};
use super::continuation_options::ContinuationOptions;
use super::kind::PointKind;
use super::locate::{Located, locate_branch_point, locate_fold};
use super::newton::{NewtonOptions, NewtonStatus};
use super::normal_form::{NormalForm, normal_form};
use super::problem::ParametricProblem;
use super::special_point::{SpecialPoint, Status};

/// Where an interval is divided, in the order tried: never its middle, on which planted and symmetric points like to
/// sit, and where the bordered Jacobian would be singular.
const FRACTIONS: [f64; 3] = [0.47, 0.36, 0.61];

/// `dp/ds` below which a change of its sign is rounding on a branch of constant parameter.
const FLAT: f64 = 1e-10;

/// Imaginary part from which the pair that crosses is complex: rounding splits a double real eigenvalue by the root of
/// the machine epsilon times the norm of the Jacobian.
const COMPLEX: f64 = 1e-6;

/// Quadratic coefficient, relative to all others, below which a crossing is a pitchfork: differences and location leave
/// about 1e-10.
const SYMMETRIC: f64 = 1e-7;

/// The special points between `from` and `to`, in the order of arclength.
///
/// The interval is divided until it is shorter than the bracket width, following every part that has a change; each
/// short interval holds one event, located by Newton's method.
pub(super) fn between<P: ParametricProblem + ?Sized>(
    problem: &P,
    from: &BranchPoint,
    to: &BranchPoint,
    step: usize,
    options: &ContinuationOptions,
) -> Vec<SpecialPoint> {
    let mut found = Vec::new();
    // Intervals still to be looked at, the earliest on top.
    let mut waiting = vec![(from.clone(), to.clone())];
    while let Some((low, high)) = waiting.pop() {
        if !changes(&low, &high) {
            continue;
        }
        let long = high.arclength - low.arclength > options.bracket;
        match divide(problem, &low, &high, options).filter(|_| long) {
            Some(middle) => {
                waiting.push((middle.clone(), high));
                waiting.push((low, middle));
            }
            None => found.push(record(problem, &low, &high, step, options)),
        }
    }
    found
}

fn branch_flips(low: &BranchPoint, high: &BranchPoint) -> bool {
    (low.branch_test < 0.0) != (high.branch_test < 0.0)
}

/// Whether `dp/ds` changes sign between two points, by more than rounding.
pub(super) fn fold_flips(low: &BranchPoint, high: &BranchPoint) -> bool {
    let (a, b) = (low.fold_test(), high.fold_test());
    (a < 0.0) != (b < 0.0) && a.abs().max(b.abs()) > FLAT
}

fn changes(low: &BranchPoint, high: &BranchPoint) -> bool {
    branch_flips(low, high) || fold_flips(low, high) || low.unstable != high.unstable
}

fn divide<P: ParametricProblem + ?Sized>(
    problem: &P,
    low: &BranchPoint,
    high: &BranchPoint,
    options: &ContinuationOptions,
) -> Option<BranchPoint> {
    let arc = low.arc();
    let length = high.arclength - low.arclength;
    FRACTIONS.iter().find_map(|fraction| {
        let middle = reach(problem, &arc, fraction * length, options).ok()?;
        let arclength = low.arclength + (&middle.z - &arc.z).norm();
        (arclength < high.arclength).then(|| complete(problem, &middle, arclength, options))?
    })
}

fn record<P: ParametricProblem + ?Sized>(
    problem: &P,
    low: &BranchPoint,
    high: &BranchPoint,
    step: usize,
    options: &ContinuationOptions,
) -> SpecialPoint {
    let guess = if nearest_zero(low).abs() <= nearest_zero(high).abs() { low } else { high };
    let mut point = SpecialPoint {
        kind: bracketed_kind(low, high, guess),
        status: Status::Guessed,
        state: guess.state.clone(),
        parameter: guess.parameter,
        arclength: guess.arclength,
        arclength_interval: [low.arclength, high.arclength],
        parameter_interval: parameter_interval(low, high),
        step,
        residual: guess.residual,
        unstable: [low.unstable, high.unstable],
        null_vectors: None,
        normal_form: None,
        tangent: low.tangent.clone(),
    };
    let newton = NewtonOptions { tolerance: options.newton.tolerance, ..NewtonOptions::default() };
    let located = match point.kind {
        PointKind::Fold => locate_fold(problem, &guess.state, guess.parameter, &newton, options.ladder),
        PointKind::BranchPoint => locate_branch_point(problem, &guess.state, guess.parameter, &newton, options.ladder),
        _ => return point,
    };
    let Ok(located) = located else { return point };
    let Some(arclength) = inside(&located, low, high, &newton) else { return point };
    let centre = normal_form(problem, &located.state, located.parameter, options.ladder);
    if point.kind == PointKind::BranchPoint {
        point.kind = centre.as_ref().map_or(PointKind::BranchPoint, |(_, form)| crossing_kind(form));
    }
    (point.null_vectors, point.normal_form) = centre.unzip();
    SpecialPoint {
        status: Status::Converged,
        state: located.state,
        parameter: located.parameter,
        residual: located.residual,
        arclength,
        ..point
    }
}

/// Real part nearest to zero.
fn nearest_zero(point: &BranchPoint) -> f64 {
    point.eigenvalues.iter().map(|value| value.re).min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(f64::INFINITY)
}

/// What the changes between the ends of a bracket say; a crossing is classified once it is located.
fn bracketed_kind(low: &BranchPoint, high: &BranchPoint, guess: &BranchPoint) -> PointKind {
    if branch_flips(low, high) {
        return PointKind::BranchPoint;
    }
    if fold_flips(low, high) {
        return PointKind::Fold;
    }
    let crossing = nearest_zero(guess);
    let complex = guess.eigenvalues.iter().any(|value| value.re == crossing && value.im.abs() > COMPLEX);
    if complex && low.unstable.abs_diff(high.unstable) == 2 { PointKind::Hopf } else { PointKind::Multiple }
}

fn crossing_kind(form: &NormalForm) -> PointKind {
    let scale = form.quadratic.abs() + form.mixed.abs() + form.cubic.abs() + form.parameter_quadratic.abs();
    match form.branch_slopes() {
        None => PointKind::BranchPoint,
        Some(_) if form.quadratic.abs() <= SYMMETRIC * scale => PointKind::Pitchfork,
        Some(_) => PointKind::Transcritical,
    }
}

/// Arclength of a located point if it converged inside the bracket.
fn inside(located: &Located, low: &BranchPoint, high: &BranchPoint, newton: &NewtonOptions) -> Option<f64> {
    if located.status != NewtonStatus::Converged || located.residual > newton.tolerance {
        return None;
    }
    let arc = low.arc();
    let away = DVector::from_column_slice(&located.state).push(located.parameter) - &arc.z;
    let arclength = low.arclength + away.dot(&arc.tangent);
    let width = high.arclength - low.arclength;
    let inside = arclength >= low.arclength && arclength <= high.arclength && away.norm() <= 2.0 * width;
    inside.then_some(arclength)
}

fn parameter_interval(low: &BranchPoint, high: &BranchPoint) -> [f64; 2] {
    let (least, greatest) = (low.parameter.min(high.parameter), low.parameter.max(high.parameter));
    let (a, b) = (low.fold_test(), high.fold_test());
    if !fold_flips(low, high) {
        return [least, greatest];
    }
    // The tangents at the ends meet at this height; a concave branch stays below.
    let width = high.arclength - low.arclength;
    let meeting = low.parameter + a * (high.parameter - low.parameter - b * width) / (a - b);
    if a > 0.0 { [least, meeting + (meeting - greatest)] } else { [meeting + (meeting - least), greatest] }
}
