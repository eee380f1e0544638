//! Fixed points of the sampled sweep, and whether they attract.

use super::anderson::{Anderson, Logs};
use super::sampled::{SampledFrame, SampledShape, SampledState};
use super::sampled_marginal::SampledMarginal;
use super::sampled_observe::SampledObservables;
use super::status::MeanFieldStatus;
use crate::parameter::InvalidParameter;

/// Where sampled coordinate ascent starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampledStart {
    /// Component k by its mean, with the variances T/Lambda_jj of the best product measure for it alone.
    Component(usize),
    /// N(c, 4 T C_jj) about the target's centre, C the covariance of the whole target.
    Broad,
}

/// A fixed point of the sampled sweep with its evidence.
#[derive(Debug, Clone)]
pub struct SampledSolution {
    /// The marginals.
    pub state: SampledState,
    /// Averages under them.
    pub observables: SampledObservables,
    /// By which factor a sweep in turn multiplies a perturbation of generic shape in the end: below 1 at a minimum of F.
    pub contraction: f64,
    /// (sum_j E\[r_j^2\])^(1/2), r_j the change of log q_j by one sweep, under the mean of the laws before and after it.
    pub residual: f64,
    /// The largest share of the peak density at an edge of a grid; what is cut off is about this.
    pub edge: f64,
    /// Sweeps of coordinate ascent.
    pub sweeps: usize,
    /// Whether it is a fixed point, and of which kind: `Stable` where perturbations shrink. From a saddle the solver goes down on both
    /// sides and keeps the lower end, so that `Unstable` is rare.
    pub status: MeanFieldStatus,
}

/// Sweeps allowed, and the residual of a fixed point.
const SWEEPS: usize = 1000;
const ACCEPTED: f64 = 1e-9;
/// Densities at the edges, relative to the peak, beyond which the grid is too small.
const CUT: f64 = 1e-12;
/// Perturbations: their size, how many sweeps they get, and when their factor has settled or is nothing.
const SMALL: f64 = 1e-4;
const PERTURBED: usize = 40;
const SETTLED: f64 = 2e-3;
const NOTHING: f64 = 1e-3;
/// The step that leaves a saddle, and how often one is left.
const KICK: f64 = 0.3;
const DEPARTURES: usize = 2;

/// An ascent and where it ended.
pub(super) struct SampledAscent {
    pub(super) state: SampledState,
    pub(super) residual: f64,
    pub(super) sweeps: usize,
}

impl SampledFrame<'_> {
    /// The state at `start`.
    ///
    /// Errors: no such component.
    pub fn start(&self, start: SampledStart) -> Result<SampledState, InvalidParameter> {
        let temperature = 1.0 / self.beta;
        let d = self.axes.len();
        let (mean, variance): (Vec<f64>, Vec<f64>) = match start {
            SampledStart::Component(k) => {
                let Some(shape) = self.shapes.get(k) else {
                    let rule = format!("be below the number of components, {}", self.shapes.len());
                    return Err(InvalidParameter::new("component", k, rule));
                };
                (shape.mean.clone(), (0..d).map(|j| temperature / shape.precision[j][j]).collect())
            }
            SampledStart::Broad => {
                let weights = self.fit.target.weights();
                let spread = |j: usize| -> f64 {
                    let square = |(v, s): (&f64, &SampledShape)| v * (s.variance[j] + s.mean[j] * s.mean[j]);
                    4.0 * temperature * weights.iter().zip(&self.shapes).map(square).sum::<f64>()
                };
                (vec![0.0; d], (0..d).map(spread).collect())
            }
        };
        let normal = |j: usize| SampledMarginal::normal(self.axes[j], mean[j], variance[j], &self.fit.basis);
        Ok(self.state((0..d).map(normal).collect()))
    }

    /// The fixed point that sampled coordinate ascent reaches from `start`.
    ///
    /// Errors: as [`SampledFrame::start`].
    pub fn solve(&self, start: SampledStart) -> Result<SampledSolution, InvalidParameter> {
        Ok(self.solve_from(&self.start(start)?))
    }

    /// The fixed point that sampled coordinate ascent reaches from `state`, of this frame or of another of the same fit.
    pub fn solve_from(&self, state: &SampledState) -> SampledSolution {
        let mut found = self.described(self.ascend(state, ACCEPTED, SWEEPS, true), None);
        for _ in 0..DEPARTURES {
            let (MeanFieldStatus::Unstable, Some(way)) = (found.0.status, &found.1) else { break };
            let ends = [KICK, -KICK].map(|kick| {
                let aside = self.shifted(&found.0.state, way, kick);
                let end = self.ascend(&aside, ACCEPTED, SWEEPS, true);
                (self.objective(&end.state), end)
            });
            let [one, other] = ends;
            let end = if other.0 < one.0 { other.1 } else { one.1 };
            found = self.described(end, Some(found.0.sweeps));
        }
        found.0
    }

    /// Sweeps until the residual is at most `tolerance`; with `hurried`, extrapolated where they converge.
    pub(super) fn ascend(&self, state: &SampledState, tolerance: f64, most: usize, hurried: bool) -> SampledAscent {
        let mut state = self.state(state.marginals.clone());
        let mut residual = f64::INFINITY;
        let mut memory = Anderson::default();
        for sweeps in 1..=most {
            let image = self.sweep(&state);
            let before = residual;
            residual = distance(&state, &image);
            if residual <= tolerance {
                return SampledAscent { state: image, residual, sweeps };
            }
            if hurried && residual < before {
                state = match memory.next(&state, &image) {
                    Some(logs) => self.state_of(logs),
                    None => image,
                };
            } else {
                memory = Anderson::default();
                state = image;
            }
        }
        SampledAscent { state, residual, sweeps: most }
    }

    fn state_of(&self, logs: Logs) -> SampledState {
        let marginal = |(j, logs): (usize, Vec<f64>)| SampledMarginal::new(self.axes[j], logs, &self.fit.basis);
        self.state(logs.into_iter().enumerate().map(marginal).collect())
    }

    /// `state` with `times` `change` added to its log densities; in the tails, where a change means nothing, at most 1.
    fn shifted(&self, state: &SampledState, change: &Logs, times: f64) -> SampledState {
        let moved = |(marginal, change): (&SampledMarginal, &Vec<f64>)| {
            marginal.logs.iter().zip(change).map(|(l, c)| l + (times * c).clamp(-1.0, 1.0)).collect()
        };
        self.state_of(state.marginals.iter().zip(change).map(moved).collect())
    }

    /// The factor of perturbations at a fixed point, and the perturbation that is left.
    fn contraction(&self, state: &SampledState) -> (f64, Logs) {
        let image = self.sweep(state);
        let mut change = generic(state);
        let (mut factor, mut before) = (0.0, f64::INFINITY);
        for _ in 0..PERTURBED {
            let size = norm(state, &change);
            change.iter_mut().flatten().for_each(|c| *c /= size);
            let moved = self.sweep(&self.shifted(state, &change, SMALL));
            for ((change, moved), image) in change.iter_mut().zip(&moved.marginals).zip(&image.marginals) {
                for (c, (m, i)) in change.iter_mut().zip(moved.logs.iter().zip(&image.logs)) {
                    *c = (m - i) / SMALL;
                }
            }
            centre(state, &mut change);
            factor = norm(state, &change);
            if factor <= NOTHING || (factor - before).abs() <= SETTLED * (factor - 1.0).abs() {
                break;
            }
            before = factor;
        }
        (factor, change)
    }

    fn described(&self, end: SampledAscent, before: Option<usize>) -> (SampledSolution, Option<Logs>) {
        let SampledAscent { state, residual, sweeps } = end;
        let observables = self.observe(&state);
        let edge = state.marginals.iter().fold(0.0, |m: f64, marginal| m.max(marginal.edge()));
        let converged = residual <= ACCEPTED && edge <= CUT;
        let (contraction, way) = if residual <= ACCEPTED { self.contraction(&state) } else { (f64::NAN, Vec::new()) };
        let status = match converged {
            false => MeanFieldStatus::NotConverged,
            true if contraction < 1.0 => MeanFieldStatus::Stable,
            true => MeanFieldStatus::Unstable,
        };
        let sweeps = sweeps + before.unwrap_or(0);
        let solution = SampledSolution { state, observables, contraction, residual, edge, sweeps, status };
        (solution, (!way.is_empty()).then_some(way))
    }
}

/// (sum_j E\[r_j^2\])^(1/2), r_j the change of log q_j, under the mean of the two laws.
pub(super) fn distance(one: &SampledState, other: &SampledState) -> f64 {
    let square = |(a, b): (&SampledMarginal, &SampledMarginal)| -> f64 {
        let mass = a.mass.iter().zip(&b.mass).map(|(p, q)| 0.5 * (p + q));
        mass.zip(a.logs.iter().zip(&b.logs)).map(|(p, (a, b))| p * (a - b) * (a - b)).sum()
    };
    one.marginals.iter().zip(&other.marginals).map(square).sum::<f64>().sqrt()
}

fn norm(state: &SampledState, change: &Logs) -> f64 {
    let square = |(marginal, change): (&SampledMarginal, &Vec<f64>)| -> f64 {
        marginal.mass.iter().zip(change).map(|(p, c)| p * c * c).sum()
    };
    state.marginals.iter().zip(change).map(square).sum::<f64>().sqrt()
}

fn centre(state: &SampledState, change: &mut Logs) {
    for (marginal, change) in state.marginals.iter().zip(change) {
        let mean: f64 = marginal.mass.iter().zip(change.iter()).map(|(p, c)| p * c).sum();
        change.iter_mut().for_each(|c| *c -= mean);
    }
}

/// A perturbation with something of every shape, another in every coordinate.
fn generic(state: &SampledState) -> Logs {
    let of = |(j, marginal): (usize, &SampledMarginal)| {
        let (mean, variance) = marginal.moments();
        let (deviation, phase) = (variance.sqrt(), 2.4 * j as f64);
        let sign = libm::cos(phase);
        let wave = |y: f64| {
            let z = (y - mean) / deviation;
            (sign + 0.3 * sign.signum()) * libm::sin(0.5 * z)
                + 0.5 * libm::cos(0.7 * z + 0.4 + phase)
                + 0.3 * libm::sin(1.3 * z)
        };
        marginal.axis.points().map(wave).collect()
    };
    let mut change: Logs = state.marginals.iter().enumerate().map(of).collect();
    centre(state, &mut change);
    change
}
