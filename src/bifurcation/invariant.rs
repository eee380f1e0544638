//! What must hold on every branch, checked from the problem alone.

use nalgebra::DVector;

use super::arc::gradient;
use super::branch::Branch;
use super::continuation_options::ContinuationOptions;
use super::detection::fold_flips;
use super::norms::max_norm;
use super::problem::ParametricProblem;
use super::special_point::{SpecialPoint, Status};
use super::stability::{spectrum, unstable_count};

/// Agreement asked of recomputed lengths and norms, relative to one: a few roundings of a sum over the branch.
const AGREEMENT: f64 = 1e-12;

/// Largest `|[J F_p] t|` relative to the norm of the matrix: the tangent is one linear solve, whose error grows with the
/// condition number near branch points.
const TANGENCY: f64 = 1e-6;

/// A broken invariant: the index of the point, or of the special point, and what failed there.
#[derive(Debug, Clone, PartialEq)]
pub enum Violation {
    /// The residual recomputed at a point exceeds the tolerance.
    Residual {
        /// Index of the point.
        index: usize,
        /// Residual there.
        value: f64,
    },
    /// The unstable count differs from that of the recomputed eigenvalues.
    Stability {
        /// Index of the point.
        index: usize,
    },
    /// Arclength does not grow, or not by the chord.
    Arclength {
        /// Index of the later point.
        index: usize,
    },
    /// The tangent is not a unit vector in the kernel of `[J F_p]`.
    Tangent {
        /// Index of the point.
        index: usize,
    },
    /// The tangent turns by a right angle or more from one point to the next.
    Orientation {
        /// Index of the later point.
        index: usize,
    },
    /// A special point is outside its bracket, the bracket outside its step, or its order broken.
    Containment {
        /// Index of the special point.
        index: usize,
    },
    /// The residual of a special point exceeds the tolerance.
    SpecialResidual {
        /// Index of the special point.
        index: usize,
        /// Residual there.
        value: f64,
    },
    /// The special points of a step do not account for its change in the unstable count, or a change of sign of a test
    /// function has no special point.
    Unexplained {
        /// Index of the point before the step.
        index: usize,
    },
}

/// Every broken invariant of a branch: residuals, stability against eigenvalues recomputed from the Jacobian, growth of
/// arclength, tangents, containment of the special points in their brackets and of the brackets in their steps, and
/// that every change on the way is accounted for. Empty for a sound branch.
pub fn violations<P: ParametricProblem + ?Sized>(
    problem: &P,
    branch: &Branch,
    options: &ContinuationOptions,
) -> Vec<Violation> {
    let mut broken = Vec::new();
    for index in 0..branch.points.len() {
        check_point(problem, branch, index, options, &mut broken);
        if index > 0 {
            check_step(branch, index, &mut broken);
        }
    }
    for index in 0..branch.special.len() {
        check_special(problem, branch, index, options, &mut broken);
    }
    broken
}

fn residual<P: ParametricProblem + ?Sized>(problem: &P, state: &[f64], parameter: f64) -> f64 {
    let mut out = vec![0.0; state.len()];
    problem.residual(state, parameter, &mut out);
    max_norm(&out)
}

fn check_point<P: ParametricProblem + ?Sized>(
    problem: &P,
    branch: &Branch,
    index: usize,
    options: &ContinuationOptions,
    broken: &mut Vec<Violation>,
) {
    let point = &branch.points[index];
    let value = residual(problem, &point.state, point.parameter);
    if value > options.newton.tolerance {
        broken.push(Violation::Residual { index, value });
    }
    let recomputed = spectrum(problem, &point.state, point.parameter);
    let count = recomputed.map(|values| unstable_count(&values, options.stability_tolerance));
    let stored = unstable_count(&point.eigenvalues, options.stability_tolerance);
    if count != Some(point.unstable) || stored != point.unstable {
        broken.push(Violation::Stability { index });
    }
    let arc = point.arc();
    let matrix = gradient(problem, &arc.z);
    let off = (&matrix * &arc.tangent).norm() / matrix.norm().max(f64::MIN_POSITIVE);
    if !((arc.tangent.norm() - 1.0).abs() <= AGREEMENT && off <= TANGENCY) {
        broken.push(Violation::Tangent { index });
    }
}

fn check_step(branch: &Branch, index: usize, broken: &mut Vec<Violation>) {
    let (from, to) = (&branch.points[index - 1], &branch.points[index]);
    let grown = to.arclength - from.arclength;
    let chord = (to.arc().z - from.arc().z).norm();
    if !(grown > 0.0 && (grown - chord).abs() <= AGREEMENT * (1.0 + to.arclength)) {
        broken.push(Violation::Arclength { index });
    }
    if to.arc().tangent.dot(&from.arc().tangent) <= 0.0 {
        broken.push(Violation::Orientation { index });
    }
    let inside: Vec<&SpecialPoint> = branch.special.iter().filter(|point| point.step == index - 1).collect();
    let change: isize = inside.iter().map(|point| point.change()).sum();
    let flipped = (from.branch_test < 0.0) != (to.branch_test < 0.0) || fold_flips(from, to);
    if change != to.unstable as isize - from.unstable as isize || (flipped && inside.is_empty()) {
        broken.push(Violation::Unexplained { index: index - 1 });
    }
}

fn check_special<P: ParametricProblem + ?Sized>(
    problem: &P,
    branch: &Branch,
    index: usize,
    options: &ContinuationOptions,
    broken: &mut Vec<Violation>,
) {
    let point = &branch.special[index];
    let [low, high] = point.arclength_interval;
    let ends = (branch.points.get(point.step), branch.points.get(point.step + 1));
    let bracket_in_step = match ends {
        (Some(before), Some(after)) => before.arclength <= low && low < high && high <= after.arclength,
        _ => false,
    };
    let in_bracket = low <= point.arclength && point.arclength <= high;
    let [least, greatest] = point.parameter_interval;
    let slack = AGREEMENT * (1.0 + point.parameter.abs());
    let in_parameters = least - slack <= point.parameter && point.parameter <= greatest + slack;
    let ordered = index == 0 || branch.special[index - 1].arclength_interval[1] <= low;
    if !(bracket_in_step && in_bracket && in_parameters && ordered) {
        broken.push(Violation::Containment { index });
    }
    let value = residual(problem, &point.state, point.parameter).max(point.residual);
    if value > options.newton.tolerance {
        broken.push(Violation::SpecialResidual { index, value });
    }
    if point.status == Status::Converged && point.null_vectors.is_some() && !null_vectors_hold(problem, point) {
        broken.push(Violation::SpecialResidual { index, value: f64::NAN });
    }
}

/// `J v = 0`, `w^T J = 0`, `w^T v = 1` to the accuracy of the location.
fn null_vectors_hold<P: ParametricProblem + ?Sized>(problem: &P, point: &SpecialPoint) -> bool {
    let Some(nulls) = &point.null_vectors else { return true };
    let n = point.state.len();
    let z = DVector::from_column_slice(&point.state).push(point.parameter);
    let jacobian = gradient(problem, &z).columns(0, n).into_owned();
    let (right, left) = (DVector::from_column_slice(&nulls.right), DVector::from_column_slice(&nulls.left));
    let scale = jacobian.norm().max(1.0);
    (&jacobian * &right).norm() <= TANGENCY * scale
        && (left.transpose() * &jacobian).norm() <= TANGENCY * scale * left.norm()
        && (left.dot(&right) - 1.0).abs() <= AGREEMENT * left.norm().max(1.0)
}
