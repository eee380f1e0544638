//! Newton's method with damping, for equilibria at a fixed parameter and for the square systems of this room.

use nalgebra::{DMatrix, DVector};

use super::misuse::{ContinuationMisuse, check_start};
use super::norms::max_norm;
use super::problem::ParametricProblem;

/// Settings of [`newton`].
#[derive(Debug, Clone, PartialEq)]
pub struct NewtonOptions {
    /// Largest admitted residual, in the maximum norm and in the units of `F`.
    pub tolerance: f64,
    /// Linear solves before giving up.
    pub max_iterations: usize,
    /// Smallest fraction of a Newton step that is still tried, in (0, 1].
    pub min_damping: f64,
}

impl Default for NewtonOptions {
    fn default() -> Self {
        // The tolerance is a few hundred roundings of a residual whose terms are of order one.
        Self { tolerance: 1e-12, max_iterations: 30, min_damping: 1.0 / 1024.0 }
    }
}

impl NewtonOptions {
    /// Checks the inequalities that the fields must satisfy.
    ///
    /// # Errors
    /// [`ContinuationMisuse::Option`] names the first field that breaks its rule.
    pub fn check(&self) -> Result<(), ContinuationMisuse> {
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return Err(ContinuationMisuse::Option {
                name: "tolerance",
                value: self.tolerance,
                rule: "0 < tolerance < inf",
            });
        }
        if !(self.min_damping > 0.0 && self.min_damping <= 1.0) {
            return Err(ContinuationMisuse::Option {
                name: "min_damping",
                value: self.min_damping,
                rule: "0 < min_damping <= 1",
            });
        }
        Ok(())
    }
}

/// How a Newton iteration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewtonStatus {
    /// The residual is at most the tolerance.
    Converged,
    /// The allowed linear solves were used up.
    IterationLimit,
    /// The matrix could not be inverted.
    Singular,
    /// No fraction of the step down to the smallest reduced the residual inside the domain.
    Stalled,
    /// The residual at the start is not finite.
    NonFinite,
}

/// End of a Newton iteration: the last iterate with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct NewtonOutcome {
    /// Last iterate.
    pub state: Vec<f64>,
    /// Maximum norm of the residual there.
    pub residual: f64,
    /// Linear solves used.
    pub iterations: usize,
    /// Why it ended.
    pub status: NewtonStatus,
}

impl NewtonOutcome {
    /// Whether the tolerance was met.
    pub fn converged(&self) -> bool {
        self.status == NewtonStatus::Converged
    }
}

/// An equilibrium near `state`: `F(u, p) = 0` at fixed `p` by `u <- u - d J^-1 F`.
///
/// Symbols: `d` in `{1, 1/2, 1/4, ...}` the damping, the largest that reduces the residual by the fraction `d / 4` and
/// stays in the domain. Validity: regular equilibria; near a singular one the convergence is only linear.
/// Source: Deuflhard, *Newton Methods for Nonlinear Problems*, the residual-oriented strategy.
///
/// # Errors
/// [`ContinuationMisuse`] for a wrong length, a start that is not finite or an option that breaks its rule. Failure to converge is
/// an outcome.
pub fn newton<P: ParametricProblem + ?Sized>(
    problem: &P,
    state: &[f64],
    parameter: f64,
    options: &NewtonOptions,
) -> Result<NewtonOutcome, ContinuationMisuse> {
    options.check()?;
    check_start(problem.dimension(), state, parameter)?;
    Ok(at_parameter(problem, state, parameter, options))
}

/// [`newton`] after its arguments have been checked.
pub(super) fn at_parameter<P: ParametricProblem + ?Sized>(
    problem: &P,
    state: &[f64],
    parameter: f64,
    options: &NewtonOptions,
) -> NewtonOutcome {
    solve(&AtParameter { problem, parameter }, DVector::from_column_slice(state), options)
}

/// As many equations as unknowns.
pub(super) trait SquareSystem {
    /// Left-hand sides at `x`, or `None` outside the domain.
    fn residual(&self, x: &DVector<f64>) -> Option<DVector<f64>>;

    /// Their derivative at `x`.
    fn matrix(&self, x: &DVector<f64>) -> DMatrix<f64>;
}

struct AtParameter<'a, P: ?Sized> {
    problem: &'a P,
    parameter: f64,
}

impl<P: ParametricProblem + ?Sized> SquareSystem for AtParameter<'_, P> {
    fn residual(&self, x: &DVector<f64>) -> Option<DVector<f64>> {
        if !self.problem.in_domain(x.as_slice(), self.parameter) {
            return None;
        }
        let mut out = DVector::zeros(x.len());
        self.problem.residual(x.as_slice(), self.parameter, out.as_mut_slice());
        Some(out)
    }

    fn matrix(&self, x: &DVector<f64>) -> DMatrix<f64> {
        let n = x.len();
        let mut rows = vec![0.0; n * n];
        self.problem.jacobian(x.as_slice(), self.parameter, &mut rows);
        DMatrix::from_row_slice(n, n, &rows)
    }
}

/// The damped iteration of [`newton`] on any square system.
pub(super) fn solve<S: SquareSystem>(system: &S, start: DVector<f64>, options: &NewtonOptions) -> NewtonOutcome {
    let mut x = start;
    let end = |x: DVector<f64>, residual, iterations, status| NewtonOutcome {
        state: x.as_slice().to_vec(),
        residual,
        iterations,
        status,
    };
    let mut value = match system.residual(&x) {
        Some(value) if max_norm(value.as_slice()).is_finite() => value,
        _ => return end(x, f64::INFINITY, 0, NewtonStatus::NonFinite),
    };
    let mut residual = max_norm(value.as_slice());
    for iteration in 0..=options.max_iterations {
        if residual <= options.tolerance {
            return end(x, residual, iteration, NewtonStatus::Converged);
        }
        if iteration == options.max_iterations {
            break;
        }
        let step = match system.matrix(&x).lu().solve(&value) {
            Some(step) if max_norm(step.as_slice()).is_finite() => step,
            _ => return end(x, residual, iteration, NewtonStatus::Singular),
        };
        match damped(system, &x, &step, residual, options) {
            Some(accepted) => (x, value, residual) = accepted,
            None => return end(x, residual, iteration + 1, NewtonStatus::Stalled),
        }
    }
    end(x, residual, options.max_iterations, NewtonStatus::IterationLimit)
}

fn damped<S: SquareSystem>(
    system: &S,
    x: &DVector<f64>,
    step: &DVector<f64>,
    residual: f64,
    options: &NewtonOptions,
) -> Option<(DVector<f64>, DVector<f64>, f64)> {
    let mut damping = 1.0;
    while damping >= options.min_damping {
        let trial = x - step * damping;
        if let Some(value) = system.residual(&trial) {
            let norm = max_norm(value.as_slice());
            if norm <= options.tolerance || norm < (1.0 - damping / 4.0) * residual {
                return Some((trial, value, norm));
            }
        }
        damping /= 2.0;
    }
    None
}

/// One more full step after convergence, kept if it lowers the residual: the last digits of a located point.
pub(super) fn polish<P: ParametricProblem + ?Sized>(
    problem: &P,
    parameter: f64,
    outcome: NewtonOutcome,
) -> NewtonOutcome {
    let system = AtParameter { problem, parameter };
    let x = DVector::from_column_slice(&outcome.state);
    let Some(value) = system.residual(&x) else { return outcome };
    let Some(step) = system.matrix(&x).lu().solve(&value) else { return outcome };
    let trial = x - step;
    match system.residual(&trial).map(|value| max_norm(value.as_slice())) {
        Some(residual) if residual < outcome.residual => {
            NewtonOutcome { state: trial.as_slice().to_vec(), residual, iterations: outcome.iterations + 1, ..outcome }
        }
        _ => outcome,
    }
}
