//! A computed branch: its points, its special points and why it ended.

use nalgebra::{Complex, DVector};

use super::arc::{Arc, Refusal};
use super::continuation_options::ContinuationOptions;
use super::kind::PointKind;
use super::newton::NewtonStatus;
use super::problem::ParametricProblem;
use super::special_point::SpecialPoint;
use super::stability::{spectrum, unstable_count};

/// A point of a branch.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchPoint {
    /// State `u`.
    pub state: Vec<f64>,
    /// Parameter `p`.
    pub parameter: f64,
    /// Sum of the chords from the start, in `(u, p)`.
    pub arclength: f64,
    /// Unit tangent `(du/ds, dp/ds)`; its last entry changes sign at folds.
    pub tangent: Vec<f64>,
    /// `det [J F_p; t^T]`, which changes sign at simple branch points.
    pub branch_test: f64,
    /// Maximum norm of `F`.
    pub residual: f64,
    /// Corrector iterations.
    pub iterations: usize,
    /// Eigenvalues of `J`, by falling real part.
    pub eigenvalues: Vec<Complex<f64>>,
    /// Eigenvalues with real part above the stability tolerance.
    pub unstable: usize,
}

impl BranchPoint {
    /// `dp/ds`, which changes sign at folds.
    pub fn fold_test(&self) -> f64 {
        self.tangent.last().copied().unwrap_or(0.0)
    }

    /// Whether no eigenvalue is unstable.
    pub fn is_stable(&self) -> bool {
        self.unstable == 0
    }

    pub(super) fn arc(&self) -> Arc {
        Arc {
            z: DVector::from_column_slice(&self.state).push(self.parameter),
            tangent: DVector::from_column_slice(&self.tangent),
            determinant: self.branch_test,
            residual: self.residual,
            iterations: self.iterations,
        }
    }
}

/// Why a branch or a curve ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchStop {
    /// At a bound of a parameter.
    ParameterBound,
    /// Back at its start: a closed curve.
    Closed,
    /// At the edge of the domain, within the smallest step.
    Domain,
    /// The smallest step was still refused, for this reason.
    StepTooSmall(Refusal),
    /// All points allowed were computed.
    PointLimit,
    /// No point of the branch was found from the start.
    StartNotConverged(NewtonStatus),
    /// The start is singular to rounding or its eigenvalues could not be computed.
    StartSingular,
}

/// A branch of equilibria.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Points in the order of arclength.
    pub points: Vec<BranchPoint>,
    /// Special points in the order of arclength.
    pub special: Vec<SpecialPoint>,
    /// Why it ended.
    pub stop: BranchStop,
}

impl Branch {
    /// The special points of one kind.
    pub fn of_kind(&self, kind: PointKind) -> impl Iterator<Item = &SpecialPoint> {
        self.special.iter().filter(move |point| point.kind == kind)
    }
}

/// Adds arclength and stability to a point.
pub(super) fn complete<P: ParametricProblem + ?Sized>(
    problem: &P,
    arc: &Arc,
    arclength: f64,
    options: &ContinuationOptions,
) -> Option<BranchPoint> {
    let n = problem.dimension();
    let state = arc.z.as_slice()[..n].to_vec();
    let eigenvalues = spectrum(problem, &state, arc.z[n])?;
    Some(BranchPoint {
        state,
        parameter: arc.z[n],
        arclength,
        tangent: arc.tangent.as_slice().to_vec(),
        branch_test: arc.determinant,
        residual: arc.residual,
        iterations: arc.iterations,
        unstable: unstable_count(&eigenvalues, options.stability_tolerance),
        eigenvalues,
    })
}
