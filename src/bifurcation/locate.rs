//! Newton's method on the augmented systems: from a guess to a fold or a branch point.

use super::branch_point::BranchPointSystem;
use super::differences::DifferenceLadder;
use super::fold::FoldSystem;
use super::misuse::{ContinuationMisuse, check_start};
use super::newton::{NewtonOptions, NewtonStatus, at_parameter, polish};
use super::problem::{ParametricProblem, Widened};

/// A singular point found from a guess.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// State.
    pub state: Vec<f64>,
    /// Parameter.
    pub parameter: f64,
    /// Maximum norm of `F` and of the test functions.
    pub residual: f64,
    /// Linear solves used.
    pub iterations: usize,
    /// Why the iteration ended.
    pub status: NewtonStatus,
    /// Imperfection `s` of a branch point, zero at a true crossing; zero for folds. A converged iteration with a
    /// visible `s` says that the crossing is broken and by how much.
    pub imperfection: f64,
}

/// The fold near `(state, parameter)`: `F = 0` with a singular Jacobian, by the minimally augmented system.
///
/// Validity: a simple zero eigenvalue with `w^T F_p != 0` and `a != 0` ([`NormalForm`](super::NormalForm)). Source:
/// Govaerts (2000).
///
/// # Errors
/// [`ContinuationMisuse`] for a wrong length, a start that is not finite or an option that breaks its rule.
pub fn locate_fold<P: ParametricProblem + ?Sized>(
    problem: &P,
    state: &[f64],
    parameter: f64,
    options: &NewtonOptions,
    ladder: DifferenceLadder,
) -> Result<Located, ContinuationMisuse> {
    options.check()?;
    check_start(problem.dimension(), state, parameter)?;
    let widened = Widened(problem);
    let mut start = state.to_vec();
    start.push(parameter);
    Ok(match FoldSystem::at(&widened, &start, 0.0, ladder) {
        Some(system) => run(&system, state.len(), start, 0.0, options),
        None => unstarted(state, parameter),
    })
}

/// The branch point near `(state, parameter)`: `F = 0` with `[J F_p]` of deficient rank, by the minimally augmented
/// system with one imperfection.
///
/// Validity: transcriticals and pitchforks, no symmetry needed. Source: Griewank and Reddien (1984); Govaerts (2000).
///
/// # Errors
/// As for [`locate_fold`].
pub fn locate_branch_point<P: ParametricProblem + ?Sized>(
    problem: &P,
    state: &[f64],
    parameter: f64,
    options: &NewtonOptions,
    ladder: DifferenceLadder,
) -> Result<Located, ContinuationMisuse> {
    options.check()?;
    check_start(problem.dimension(), state, parameter)?;
    let widened = Widened(problem);
    let mut start = state.to_vec();
    start.extend([parameter, 0.0]);
    Ok(match BranchPointSystem::at(&widened, &start, 0.0, ladder) {
        Some(system) => run(&system, state.len(), start, 0.0, options),
        None => unstarted(state, parameter),
    })
}

/// Newton's method on an augmented system with unknowns `(u, p)` or `(u, p, s)` at its parameter `q`.
pub(super) fn run<S: ParametricProblem>(
    system: &S,
    n: usize,
    start: Vec<f64>,
    q: f64,
    options: &NewtonOptions,
) -> Located {
    let mut outcome = at_parameter(system, &start, q, options);
    if outcome.converged() {
        outcome = polish(system, q, outcome);
    }
    let imperfection = outcome.state.get(n + 1).copied().unwrap_or(0.0);
    Located {
        parameter: outcome.state[n],
        residual: outcome.residual + imperfection.abs(),
        iterations: outcome.iterations,
        status: outcome.status,
        imperfection,
        state: outcome.state[..n].to_vec(),
    }
}

fn unstarted(state: &[f64], parameter: f64) -> Located {
    Located {
        state: state.to_vec(),
        parameter,
        residual: f64::INFINITY,
        iterations: 0,
        status: NewtonStatus::Singular,
        imperfection: 0.0,
    }
}
