//! Stationary points in the plane, and from where they are reached.

use super::grid_solve::{AtNodes, Evidence, GridField, ON_SADDLE, ascend, beside_saddle, evidence, unstable_direction};
use super::plane::{PlaneFrame, PlaneState};
use super::plane_grid::turned_back;
use super::plane_observe::PlaneObservables;
use super::status::MeanFieldStatus;
use crate::parameter::{InvalidParameter, Part};

/// Where coordinate ascent in the plane starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaneStart {
    /// Component k by its mean, with the variances T/Lambda_jj of the best product measure for it alone.
    Component(usize),
    /// N(0, T) about the origin of x.
    Origin,
    /// N(c, T) about the target's centre, kept even exactly: the even solution of an even target, stable or not.
    Even,
}

/// A stationary point in the plane with its evidence.
#[derive(Debug, Clone)]
pub struct PlaneSolution {
    /// The marginals.
    pub state: PlaneState,
    /// Averages under them.
    pub observables: PlaneObservables,
    /// lambda_max(T) of mean field (M6): the largest singular value of the centred beta log pi in L^2(q_1) x L^2(q_2).
    pub coupling: f64,
    /// (sum_j E\[r_j^2\])^(1/2), r_j the change of log q_j by one sweep, under the mean of the laws before and after it.
    pub residual: f64,
    /// The largest share of the peak density at an edge of the grid; what is cut off is about this.
    pub edge: f64,
    /// Sweeps of coordinate ascent.
    pub sweeps: usize,
    /// Whether it is a stationary point, and of which kind. An even start that stayed even is `Stable` only where no
    /// perturbation grows, even or not.
    pub status: MeanFieldStatus,
}

impl GridField<2> for PlaneFrame<'_> {
    type State = PlaneState;
    type Averages = ();
    const CUT: f64 = 1e-15;

    fn nodes(&self, _: usize) -> &[f64] {
        &self.plane.axis.x
    }

    fn logs(state: &PlaneState) -> &AtNodes<2> {
        &state.logs
    }

    fn masses(state: &PlaneState) -> &AtNodes<2> {
        &state.mass
    }

    fn is_even(state: &PlaneState) -> bool {
        state.even
    }

    fn beside(&self, state: &PlaneState, logs: AtNodes<2>) -> PlaneState {
        self.plane.state(logs, state.even)
    }

    fn averages(&self, _: &PlaneState) {}

    fn image(&self, state: &PlaneState, (): &()) -> PlaneState {
        self.plane.state([self.field(0, &state.mass[1]), self.field(1, &state.mass[0])], state.even)
    }

    fn changes(&self, (): &(), masses: &AtNodes<2>) -> AtNodes<2> {
        [self.field(0, &masses[1]), self.field(1, &masses[0])]
    }

    fn swept(&self, state: &PlaneState) -> PlaneState {
        self.sweep(state)
    }
}

impl PlaneFrame<'_> {
    /// The state at `start`.
    ///
    /// Errors: no such component; an even start of a target that is not even.
    pub fn start(&self, start: PlaneStart) -> Result<PlaneState, InvalidParameter> {
        let temperature = 1.0 / self.beta;
        let target = &self.plane.target;
        let centre = target.centre();
        let (mean, variance, even) = match start {
            PlaneStart::Component(k) => {
                let Some(component) = self.components.get(k) else {
                    let rule = format!("be below the number of components, {}", self.components.len());
                    return Err(InvalidParameter::new("component", k, rule));
                };
                let [first, _, second] = component.precision;
                (component.mean, [temperature / first, temperature / second], false)
            }
            PlaneStart::Origin => (turned_back(self.angle, [-centre[0], -centre[1]]), [temperature; 2], false),
            PlaneStart::Even if target.is_even() => ([0.0; 2], [temperature; 2], true),
            PlaneStart::Even => {
                let rule = "be even about its centre for an even start";
                return Err(InvalidParameter::new("means", format!("{:?} about {centre:?}", self.means()), rule)
                    .of(Part::Target));
            }
        };
        let normal =
            |j: usize| self.plane.axis.x.iter().map(|x| -(x - mean[j]).powi(2) / (2.0 * variance[j])).collect();
        Ok(self.plane.state([normal(0), normal(1)], even))
    }

    fn means(&self) -> Vec<&[f64]> {
        (0..self.components.len()).map(|k| self.plane.target.mean_of(k)).collect()
    }

    /// The stationary point that coordinate ascent reaches from `start`.
    ///
    /// Errors: as [`PlaneFrame::start`].
    pub fn solve(&self, start: PlaneStart) -> Result<PlaneSolution, InvalidParameter> {
        Ok(self.solve_from(&self.start(start)?))
    }

    /// The stationary point that coordinate ascent reaches from `state`, of this frame or of another of the same plane.
    pub fn solve_from(&self, state: &PlaneState) -> PlaneSolution {
        ascend(self, state, |state, sweeps| self.described(state, sweeps), |found| found.status)
    }

    /// From a saddle of F down one of its two sides, along the eigenvector of lambda_max(T): `side` is the sign of the
    /// change of E Y_1 (of E Y_2 where Y_1 does not move). From a minimum the way leads back to it.
    pub fn leave(&self, saddle: &PlaneSolution, side: f64) -> PlaneSolution {
        let state = PlaneState { even: false, ..saddle.state.clone() };
        let eta = unstable_direction(self, &state);
        let x = &self.plane.axis.x;
        let moved =
            |j: usize| -> f64 { state.mass[j].iter().zip(x.iter().zip(&eta[j])).map(|(p, (x, e))| p * x * e).sum() };
        let direction = if moved(0).abs() > ON_SADDLE { moved(0) } else { moved(1) };
        self.solve_from(&beside_saddle(self, &state, &eta, side.signum() * direction.signum()))
    }

    /// The stationary point from `start`, and where it is a saddle the lower of the two minima on its sides: what an ascent that is
    /// not exactly symmetric finds.
    ///
    /// Errors: as [`PlaneFrame::start`].
    pub fn minimise(&self, start: PlaneStart) -> Result<PlaneSolution, InvalidParameter> {
        Ok(self.minimise_from(&self.start(start)?))
    }

    pub(super) fn minimise_from(&self, state: &PlaneState) -> PlaneSolution {
        let found = self.solve_from(state);
        if found.status != MeanFieldStatus::Unstable {
            return found;
        }
        let [one, other] = [1.0, -1.0].map(|side| self.leave(&found, side));
        if other.observables.objective < one.observables.objective { other } else { one }
    }

    fn described(&self, state: PlaneState, sweeps: usize) -> PlaneSolution {
        let Evidence { coupling, residual, edge, status } = evidence(self, &state);
        let observables = self.observe(&state);
        PlaneSolution { state, observables, coupling, residual, edge, sweeps, status }
    }
}
