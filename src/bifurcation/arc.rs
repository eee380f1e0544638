//! Pseudo-arclength: the tangent predictor, the corrector in the plane across it, and the length of the next step.

use nalgebra::{DMatrix, DVector};

use super::bordered::short_directions;
use super::continuation_options::ContinuationOptions;
use super::newton::{NewtonStatus, SquareSystem, solve};
use super::norms::max_norm;
use super::problem::ParametricProblem;

/// Longest admitted chord, in steps: a corrector that moves further has found another branch.
const LONGEST_CHORD: f64 = 1.5;

/// Corrector iterations after which the step is kept as it is.
const IDEAL_ITERATIONS: f64 = 4.0;

/// Largest change of the step length between neighbours.
const GROWTH: f64 = 1.6;

/// Fraction of the largest admitted angle that the next step aims at.
const ANGLE_AIM: f64 = 0.7;

/// Why a step was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The predicted point left the domain of the problem.
    Domain,
    /// The corrector did not converge.
    Corrector(NewtonStatus),
    /// The corrected point is further away than the step allows.
    Jump,
    /// The tangent turned by more than the largest angle.
    Angle,
    /// The bordered Jacobian is singular to rounding: the point is a branch point itself.
    Tangent,
    /// The eigenvalues could not be computed.
    Eigenvalues,
}

/// A point of a branch in extended space, `z = (u, p)`.
#[derive(Debug, Clone)]
pub(super) struct Arc {
    pub(super) z: DVector<f64>,
    /// Unit vector with `[J F_p] t = 0`.
    pub(super) tangent: DVector<f64>,
    /// `det [J F_p; t^T]`: changes sign at simple branch points, not at folds.
    pub(super) determinant: f64,
    pub(super) residual: f64,
    pub(super) iterations: usize,
}

/// `[J F_p]` at `z`.
pub(super) fn gradient<P: ParametricProblem + ?Sized>(problem: &P, z: &DVector<f64>) -> DMatrix<f64> {
    let n = problem.dimension();
    let (state, parameter) = (&z.as_slice()[..n], z[n]);
    let mut rows = vec![0.0; n * n];
    problem.jacobian(state, parameter, &mut rows);
    let mut column = vec![0.0; n];
    problem.parameter_derivative(state, parameter, &mut column);
    let mut full = DMatrix::from_row_slice(n, n, &rows).insert_column(n, 0.0);
    full.set_column(n, &DVector::from_vec(column));
    full
}

/// Maximum norm of `F` at `z`.
pub(super) fn residual_norm<P: ParametricProblem + ?Sized>(problem: &P, z: &DVector<f64>) -> f64 {
    let n = problem.dimension();
    let mut out = vec![0.0; n];
    problem.residual(&z.as_slice()[..n], z[n], &mut out);
    max_norm(&out)
}

/// The tangent at `z` on the side of `along`, with the determinant that tells branch points.
///
/// `[G; along^T] t = (0, 1)`: regular at folds, singular exactly where two branches cross (Keller 1977).
pub(super) fn tangent<P: ParametricProblem + ?Sized>(
    problem: &P,
    z: &DVector<f64>,
    along: &DVector<f64>,
) -> Option<(DVector<f64>, f64)> {
    let n = problem.dimension();
    let mut square = gradient(problem, z).insert_row(n, 0.0);
    square.row_mut(n).copy_from(&along.transpose());
    let mut unit = DVector::zeros(n + 1);
    unit[n] = 1.0;
    let direction = square.clone().lu().solve(&unit)?;
    let length = direction.norm();
    if !(length.is_finite() && length > 0.0) {
        return None;
    }
    let direction = direction / length;
    square.row_mut(n).copy_from(&direction.transpose());
    let determinant = square.determinant();
    determinant.is_finite().then_some((direction, determinant))
}

/// The first point: `z` on the branch, its tangent from the kernel of `[J F_p]`, on the side of `towards`.
pub(super) fn first<P: ParametricProblem + ?Sized>(
    problem: &P,
    z: DVector<f64>,
    towards: &DVector<f64>,
    iterations: usize,
) -> Option<Arc> {
    let direction = short_directions(&gradient(problem, &z))?.column(0).into_owned();
    let sign = if direction.dot(towards) < 0.0 { -1.0 } else { 1.0 };
    let (tangent, determinant) = tangent(problem, &z, &(direction * sign))?;
    Some(Arc { residual: residual_norm(problem, &z), z, tangent, determinant, iterations })
}

/// Equations of the corrector: `F(z) = 0` and `t^T (z - z_predicted) = 0`.
struct AcrossTangent<'a, P: ?Sized> {
    problem: &'a P,
    predicted: &'a DVector<f64>,
    tangent: &'a DVector<f64>,
}

impl<P: ParametricProblem + ?Sized> SquareSystem for AcrossTangent<'_, P> {
    fn residual(&self, x: &DVector<f64>) -> Option<DVector<f64>> {
        let n = self.problem.dimension();
        if !self.problem.in_domain(&x.as_slice()[..n], x[n]) {
            return None;
        }
        let mut out = DVector::zeros(n + 1);
        self.problem.residual(&x.as_slice()[..n], x[n], &mut out.as_mut_slice()[..n]);
        out[n] = self.tangent.dot(&(x - self.predicted));
        Some(out)
    }

    fn matrix(&self, x: &DVector<f64>) -> DMatrix<f64> {
        let n = self.problem.dimension();
        let mut square = gradient(self.problem, x).insert_row(n, 0.0);
        square.row_mut(n).copy_from(&self.tangent.transpose());
        square
    }
}

/// The corrected point in the plane at the distance `step` along the tangent of `from`, and the iterations: all of
/// [`reach`] that branch points themselves allow.
pub(super) fn land<P: ParametricProblem + ?Sized>(
    problem: &P,
    from: &Arc,
    step: f64,
    options: &ContinuationOptions,
) -> Result<(DVector<f64>, usize), Refusal> {
    let n = problem.dimension();
    let predicted = &from.z + &from.tangent * step;
    if !problem.in_domain(&predicted.as_slice()[..n], predicted[n]) {
        return Err(Refusal::Domain);
    }
    let system = AcrossTangent { problem, predicted: &predicted, tangent: &from.tangent };
    let outcome = solve(&system, predicted.clone(), &options.newton);
    if !outcome.converged() {
        return Err(Refusal::Corrector(outcome.status));
    }
    Ok((DVector::from_vec(outcome.state), outcome.iterations))
}

/// The point of the branch at the distance `step` along the tangent of `from`.
///
/// Source: Keller (1977), pseudo-arclength continuation.
pub(super) fn reach<P: ParametricProblem + ?Sized>(
    problem: &P,
    from: &Arc,
    step: f64,
    options: &ContinuationOptions,
) -> Result<Arc, Refusal> {
    let (z, iterations) = land(problem, from, step, options)?;
    if (&z - &from.z).norm() > LONGEST_CHORD * step {
        return Err(Refusal::Jump);
    }
    let (tangent, determinant) = tangent(problem, &z, &from.tangent).ok_or(Refusal::Tangent)?;
    if angle(&tangent, &from.tangent) > options.max_angle {
        return Err(Refusal::Angle);
    }
    Ok(Arc { residual: residual_norm(problem, &z), z, tangent, determinant, iterations })
}

/// Angle between unit vectors, from the chord: a cosine near one would lose half of the digits.
fn angle(a: &DVector<f64>, b: &DVector<f64>) -> f64 {
    2.0 * (0.5 * (a - b).norm()).min(1.0).asin()
}

/// Length of the step after one that was taken: longer if the corrector was quick and the branch straight.
pub(super) fn next_step(step: f64, from: &Arc, to: &Arc, options: &ContinuationOptions) -> f64 {
    let speed = 2f64.powf((IDEAL_ITERATIONS - to.iterations as f64) / IDEAL_ITERATIONS);
    let turn = ANGLE_AIM * options.max_angle / angle(&from.tangent, &to.tangent).max(f64::MIN_POSITIVE);
    (step * speed.min(turn).clamp(1.0 / GROWTH, GROWTH)).clamp(options.min_step, options.max_step)
}
