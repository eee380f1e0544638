//! Every branch that passes through given equilibria: the bifurcation diagram.

use nalgebra::DVector;

use super::arc::land;
use super::branch::Branch;
use super::continuation::{Continuation, Orientation};
use super::continuation_options::ContinuationOptions;
use super::misuse::ContinuationMisuse;
use super::norms::max_norm;
use super::problem::ParametricProblem;
use super::special_point::SpecialPoint;

/// Distance between an equilibrium and the point of a branch beside it, both solved, that makes them one.
const SAME: f64 = 1e-5;

/// How far along a step, in chords, an equilibrium may lie: tangents lead a little further than chords.
const BEYOND: f64 = 1.1;

/// Distance of special points found on two branches that makes them one.
const SAME_POINT: f64 = 1e-5;

/// The branches of a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagram {
    /// The branches; one that was entered in its middle comes as two halves.
    pub branches: Vec<Branch>,
}

impl Diagram {
    /// Follows `problem` both ways from every seed `(parameter, state)` that lies on no branch yet.
    ///
    /// Complete if every branch in the range of parameters passes through one of the seeds: give all equilibria at
    /// several parameters.
    ///
    /// # Errors
    /// As for [`Continuation::new`].
    pub fn through<P: ParametricProblem>(
        problem: &P,
        seeds: &[(f64, Vec<f64>)],
        options: &ContinuationOptions,
    ) -> Result<Self, ContinuationMisuse> {
        let mut diagram = Self { branches: Vec::new() };
        for (parameter, state) in seeds {
            if diagram.holds(problem, state, *parameter, options) {
                continue;
            }
            for direction in [Orientation::Increasing, Orientation::Decreasing] {
                let branch = Continuation::new(problem, state, *parameter, direction, options)?.run();
                if branch.points.len() > 1 {
                    diagram.branches.push(branch);
                }
            }
        }
        Ok(diagram)
    }

    /// Whether a branch passes through an equilibrium.
    pub fn holds<P: ParametricProblem>(
        &self,
        problem: &P,
        state: &[f64],
        parameter: f64,
        options: &ContinuationOptions,
    ) -> bool {
        self.branches.iter().any(|branch| passes(problem, branch, state, parameter, options))
    }

    /// The special points, each once though the branches that meet there all have it.
    pub fn special_points(&self) -> Vec<&SpecialPoint> {
        let mut kept: Vec<&SpecialPoint> = Vec::new();
        for point in self.branches.iter().flat_map(|branch| &branch.special) {
            let same = |other: &&SpecialPoint| {
                other.kind == point.kind
                    && (other.parameter - point.parameter).abs() < SAME_POINT
                    && distance(&other.state, &point.state) < SAME_POINT
            };
            if !kept.iter().any(same) {
                kept.push(point);
            }
        }
        kept
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let differences: Vec<f64> = a.iter().zip(b).map(|(x, y)| x - y).collect();
    max_norm(&differences)
}

/// Whether the corrector, in the plane across a step of the branch through the equilibrium, lands on it.
fn passes<P: ParametricProblem>(
    problem: &P,
    branch: &Branch,
    state: &[f64],
    parameter: f64,
    options: &ContinuationOptions,
) -> bool {
    let z = DVector::from_column_slice(state).push(parameter);
    branch.points.windows(2).any(|pair| {
        let arc = pair[0].arc();
        let away = &z - &arc.z;
        let (chord, along) = (pair[1].arclength - pair[0].arclength, away.dot(&arc.tangent));
        if away.norm() < SAME {
            return true;
        }
        let beside = -SAME <= along && along <= BEYOND * chord && away.norm() <= 2.0 * chord;
        beside && land(problem, &arc, along, options).is_ok_and(|(on, _)| (on - &z).norm() < SAME)
    })
}
