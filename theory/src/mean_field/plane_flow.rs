//! The Wasserstein flow of product measures in the plane under a schedule: mean field (M9), no reduction.

use super::diffusion::Diffusion;
use super::gaussian_mixture::GaussianMixture;
use super::plane::{PlaneFrame, PlaneMeanField, PlaneState, dot};
use super::plane_grid::turned_back;
use crate::parameter::{InvalidParameter, positive};
use crate::schedule::Schedule;

/// d_t q_j = d_x(q_j d_x(log q_j + beta(t) V_j)),   V_j = -E_{q_-j} log pi,   in the frame x = c + R(alpha) y, kl clock.
///
/// Its states at rest are those of coordinate ascent on the same grid, to rounding. On the way it errs by the squares of the
/// grid's step and of the step in time: rates by 1e-4 at fineness 1.
#[derive(Debug, Clone)]
pub struct PlaneFlow<'a> {
    frame: PlaneFrame<'a>,
    /// Largest step in time.
    step: f64,
}

/// Steps in a unit of the fastest time: relaxation in the narrowest component, or the schedule's rate.
const STEPS: f64 = 25.0;
/// Steps of a schedule that ends, at least.
const PARTS: f64 = 40.0;

/// Where the flow stands: masses on the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneFlowState {
    mass: [Vec<f64>; 2],
}

impl PlaneMeanField {
    /// The flow in the frame at `angle` in radians; steps in time are `fineness` times smaller than for the usual error.
    ///
    /// Errors: an angle that is not finite, a fineness that is not positive.
    pub fn flow(&self, angle: f64, fineness: f64) -> Result<PlaneFlow<'_>, InvalidParameter> {
        positive("fineness", fineness)?;
        let frame = self.frame(angle, self.options.coldest)?;
        let narrow = frame.components.iter().fold(1.0f64, |n, c| n.min(1.0 / c.precision[0].max(c.precision[2])));
        let step = narrow * self.options.coldest.min(1.0) / (STEPS * fineness);
        Ok(PlaneFlow { frame, step })
    }
}

impl PlaneFlow<'_> {
    /// The target.
    pub fn target(&self) -> &GaussianMixture {
        &self.frame.plane.target
    }

    /// N(R^T `mean`, `variance` I), `mean` about the origin of x. An even start is not kept even: where it stays so it is on
    /// a saddle, and rounding alone decides.
    ///
    /// Errors: a variance that is not positive.
    pub fn start(&self, mean: [f64; 2], variance: f64) -> Result<PlaneFlowState, InvalidParameter> {
        positive("variance", variance)?;
        let centre = self.target().centre();
        let mean = turned_back(self.frame.angle, [mean[0] - centre[0], mean[1] - centre[1]]);
        let normal = |j: usize| -> Vec<f64> {
            self.frame.plane.axis.x.iter().map(|x| -(x - mean[j]).powi(2) / (2.0 * variance)).collect()
        };
        let PlaneState { mass, .. } = self.frame.plane.state([normal(0), normal(1)], false);
        Ok(PlaneFlowState { mass })
    }

    /// The state at time `to` from `state` at time `from`.
    pub fn advance(&self, state: &PlaneFlowState, schedule: &Schedule, from: f64, to: f64) -> PlaneFlowState {
        let mut edges: Vec<f64> = schedule.breakpoints().into_iter().filter(|&t| t < to).collect();
        edges.push(to);
        let fastest = schedule.rate().unwrap_or(0.0).max(schedule.duration().map_or(0.0, |t| PARTS / (STEPS * t)));
        let most = self.step / fastest.max(1.0);
        let (mut now, mut at) = (state.clone(), 0.0f64);
        for (piece, &edge) in edges.iter().enumerate() {
            let (start, length) = (at.max(from), edge - at.max(from));
            at = edge;
            if length <= 0.0 {
                continue;
            }
            let count = (length / most).ceil().max(1.0);
            let tau = length / count;
            // V half a step ahead, from now and one step ago.
            let mut before: Option<[Vec<f64>; 2]> = None;
            for n in 0..count as usize {
                let beta = schedule.beta_in_piece(piece, start + (n as f64 + 0.5) * tau);
                let here = self.potentials(&now);
                let middle = match &before {
                    Some(before) => [0, 1].map(|j| ahead(&here[j], &before[j])),
                    None => {
                        let half = [0, 1].map(|j| self.jumps(&here[j], beta).first_order(0.5 * tau, &now.mass[j]));
                        self.potentials(&PlaneFlowState { mass: half })
                    }
                };
                now.mass = [0, 1].map(|j| self.jumps(&middle[j], beta).step(tau, &now.mass[j]));
                before = Some(here);
            }
        }
        now
    }

    /// V_1 and V_2.
    fn potentials(&self, state: &PlaneFlowState) -> [Vec<f64>; 2] {
        let temperature = 1.0 / self.frame.beta;
        [0, 1].map(|j| {
            let mut field = self.frame.field(j, &state.mass[1 - j]);
            field.iter_mut().for_each(|v| *v *= -temperature);
            field
        })
    }

    fn jumps(&self, potential: &[f64], beta: f64) -> Diffusion {
        let u: Vec<f64> = potential.iter().map(|v| beta * v).collect();
        Diffusion::new(&u, self.frame.plane.axis.step)
    }

    /// E Y_j and Var Y_j, about the target's centre.
    pub fn moments(&self, state: &PlaneFlowState) -> [[f64; 2]; 2] {
        let x = &self.frame.plane.axis.x;
        [0, 1].map(|j| {
            let mean = dot(&state.mass[j], x);
            let square = |(p, x): (&f64, &f64)| p * (x - mean) * (x - mean);
            [mean, state.mass[j].iter().zip(x).map(square).sum()]
        })
    }

    /// The state as one of the plane's frames: for observables, and for the ascent from there. Masses that rounding has made
    /// negative are none.
    pub fn state(&self, state: &PlaneFlowState) -> PlaneState {
        let logs = [0, 1].map(|j| state.mass[j].iter().map(|p| libm::log(p.max(f64::MIN_POSITIVE))).collect());
        self.frame.plane.state(logs, false)
    }
}

/// The middle of the next step by the line through this one's start and the last one's.
fn ahead(here: &[f64], before: &[f64]) -> Vec<f64> {
    here.iter().zip(before).map(|(here, before)| 1.5 * here - 0.5 * before).collect()
}
