//! From one branch to the other at a transcritical or a pitchfork.

use nalgebra::DVector;

use super::arc::{Arc, reach};
use super::continuation_options::ContinuationOptions;
use super::differences::DifferenceLadder;
use super::kind::PointKind;
use super::misuse::ContinuationMisuse;
use super::normal_form::centre_manifold;
use super::problem::{ParametricProblem, Widened};
use super::special_point::{SpecialPoint, Status};

/// Halvings of the first step onto the other branch.
const HALVINGS: usize = 12;

/// A point of a branch with the direction in which to leave it.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchStart {
    /// State.
    pub state: Vec<f64>,
    /// Parameter.
    pub parameter: f64,
    /// Unit tangent `(du, dp)`.
    pub tangent: Vec<f64>,
}

/// The two halves of the branch that crosses the one on which `special` was found.
///
/// Tangents: `(x v + l h, l)` with `(x, l)` the two real directions of the algebraic bifurcation equation
/// `a x^2 + eta l x + delta l^2 = 0` ([`NormalForm`](super::NormalForm)); the one further from the branch's own tangent
/// is taken. Each half is entered by a pseudo-arclength step of length `distance`, halved until the corrector accepts
/// it. The halves come in the order of the sign of the step; one is `None` if no step was accepted.
///
/// # Errors
/// [`ContinuationMisuse::NotACrossing`] unless `special` is a converged transcritical or pitchfork with a normal form;
/// [`ContinuationMisuse::Option`] unless `0 < distance < inf` and the options keep their rules.
///
/// Source: Keller (1977); Kuznetsov, *Elements of Applied Bifurcation Theory*.
pub fn switch_branch<P: ParametricProblem + ?Sized>(
    problem: &P,
    special: &SpecialPoint,
    distance: f64,
    options: &ContinuationOptions,
) -> Result<[Option<BranchStart>; 2], ContinuationMisuse> {
    options.check()?;
    if !(distance > 0.0 && distance.is_finite()) {
        return Err(ContinuationMisuse::Option { name: "distance", value: distance, rule: "0 < distance < inf" });
    }
    let crossing =
        matches!(special.kind, PointKind::Pitchfork | PointKind::Transcritical) && special.status == Status::Converged;
    let tangents = crossing.then(|| tangents(problem, special, options.ladder)).flatten();
    let Some(tangents) = tangents else { return Err(ContinuationMisuse::NotACrossing { kind: special.kind }) };
    let own = DVector::from_column_slice(&special.tangent);
    let other = tangents.into_iter().min_by(|a, b| a.dot(&own).abs().total_cmp(&b.dot(&own).abs()));
    let Some(other) = other else { return Err(ContinuationMisuse::NotACrossing { kind: special.kind }) };
    Ok([1.0, -1.0].map(|sign| enter(problem, special, &other * sign, &own, distance, options)))
}

fn tangents<P: ParametricProblem + ?Sized>(
    problem: &P,
    special: &SpecialPoint,
    ladder: DifferenceLadder,
) -> Option<Vec<DVector<f64>>> {
    let z = DVector::from_column_slice(&special.state).push(special.parameter);
    let centre = centre_manifold(&Widened(problem), &z, 0.0, ladder)?;
    let v = DVector::from_column_slice(&centre.nulls.right);
    let h = DVector::from_column_slice(&centre.slope);
    let slopes = centre.form.branch_slopes()?;
    Some(slopes.iter().map(|[x, l]| (&v * *x + &h * *l).push(*l).normalize()).collect())
}

fn enter<P: ParametricProblem + ?Sized>(
    problem: &P,
    special: &SpecialPoint,
    tangent: DVector<f64>,
    own: &DVector<f64>,
    distance: f64,
    options: &ContinuationOptions,
) -> Option<BranchStart> {
    let from = Arc {
        z: DVector::from_column_slice(&special.state).push(special.parameter),
        tangent,
        determinant: 0.0,
        residual: special.residual,
        iterations: 0,
    };
    let mut step = distance;
    for _ in 0..HALVINGS {
        if let Ok(to) = reach(problem, &from, step, options) {
            let away = (&to.z - &from.z).normalize();
            if away.dot(&from.tangent) > away.dot(own).abs() {
                let n = problem.dimension();
                let state = to.z.as_slice()[..n].to_vec();
                return Some(BranchStart { state, parameter: to.z[n], tangent: to.tangent.as_slice().to_vec() });
            }
        }
        step /= 2.0;
    }
    None
}
