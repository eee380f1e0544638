//! Stationary points in space, and from where they are reached.

use super::grid_solve::{AtNodes, Evidence, GridField, ascend, beside_saddle, evidence, unstable_direction};
use super::plane::dot;
use super::space::{Pairs, SpaceMeanField, SpaceState};
use super::status::MeanFieldStatus;
use crate::parameter::InvalidParameter;

/// A stationary point in space with its evidence.
#[derive(Debug, Clone)]
pub struct SpaceSolution {
    /// The marginals.
    pub state: SpaceState,
    /// F = E_q\[log q - beta log pi\].
    pub objective: f64,
    /// E X_j.
    pub means: [f64; 3],
    /// Var X_j.
    pub variances: [f64; 3],
    /// The mass of each mode by responsibilities.
    pub masses: Vec<f64>,
    /// lambda_max(T) of mean field (M6).
    pub coupling: f64,
    /// (sum_j E\[r_j^2\])^(1/2), r_j the change of log q_j by one sweep, under the mean of the laws before and after it.
    pub residual: f64,
    /// Whether it is a stationary point, and of which kind.
    pub status: MeanFieldStatus,
}

impl GridField<3> for SpaceMeanField {
    type State = SpaceState;
    type Averages = Pairs;
    const CUT: f64 = 1e-13;

    fn nodes(&self, j: usize) -> &[f64] {
        &self.axes[j].x
    }

    fn logs(state: &SpaceState) -> &AtNodes<3> {
        &state.logs
    }

    fn masses(state: &SpaceState) -> &AtNodes<3> {
        &state.mass
    }

    fn is_even(_: &SpaceState) -> bool {
        false
    }

    fn beside(&self, _: &SpaceState, logs: AtNodes<3>) -> SpaceState {
        self.state(logs)
    }

    fn averages(&self, state: &SpaceState) -> Pairs {
        self.pairs(state)
    }

    fn image(&self, state: &SpaceState, pairs: &Pairs) -> SpaceState {
        self.state(self.fields(state, pairs))
    }

    fn changes(&self, pairs: &Pairs, masses: &AtNodes<3>) -> AtNodes<3> {
        pairs.changes(masses).map(|sum| sum.into_iter().map(|s| self.beta * s).collect())
    }

    fn swept(&self, state: &SpaceState) -> SpaceState {
        self.sweep(state)
    }
}

impl SpaceMeanField {
    /// Component k by its mean, with the variances T/Lambda_jj of the best product measure for it alone.
    ///
    /// Errors: no such component.
    pub fn start(&self, component: usize) -> Result<SpaceState, InvalidParameter> {
        let Some(shape) = self.target.shapes().get(component) else {
            let rule = format!("be below the number of components, {}", self.target.shapes().len());
            return Err(InvalidParameter::new("component", component, rule));
        };
        let normal = |j: usize| {
            let sharpness = 0.5 * self.beta * shape.precision[j][j];
            self.axes[j].x.iter().map(|x| -sharpness * (x + self.centre[j] - shape.mean[j]).powi(2)).collect()
        };
        Ok(self.state([0, 1, 2].map(normal)))
    }

    /// The stationary point that coordinate ascent reaches from `state`.
    pub fn solve_from(&self, state: &SpaceState) -> SpaceSolution {
        ascend(self, state, |state, _| self.described(state), |found| found.status)
    }

    /// The stationary point from component `component`, and where it is a saddle the lower of the two minima on its sides.
    ///
    /// Errors: as [`SpaceMeanField::start`].
    pub fn minimise(&self, component: usize) -> Result<SpaceSolution, InvalidParameter> {
        let found = self.solve_from(&self.start(component)?);
        if found.status != MeanFieldStatus::Unstable {
            return Ok(found);
        }
        let direction = unstable_direction(self, &found.state);
        let [one, other] =
            [1.0, -1.0].map(|side| self.solve_from(&beside_saddle(self, &found.state, &direction, side)));
        Ok(if other.objective < one.objective { other } else { one })
    }

    fn described(&self, state: SpaceState) -> SpaceSolution {
        let Evidence { coupling, residual, status, .. } = evidence(self, &state);
        let mean = |j: usize| dot(&state.mass[j], &self.axes[j].x);
        let variance = |j: usize| {
            let about: Vec<f64> = self.axes[j].x.iter().map(|x| (x - mean(j)).powi(2)).collect();
            dot(&state.mass[j], &about)
        };
        SpaceSolution {
            objective: self.objective(&state),
            means: [0, 1, 2].map(|j| self.centre[j] + mean(j)),
            variances: [0, 1, 2].map(variance),
            masses: self.masses(&state),
            coupling,
            residual,
            status,
            state,
        }
    }
}
