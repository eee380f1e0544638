//! Where starts of two components end that have lost a mode at a given time, for any rules of the family.

use collapsar_theory::{CubatureOptions, Flow, InvalidParameter, MixtureFlow, Part, Problem, Schedule};

use super::limit::{LOST_COVERAGE, classify};
use crate::integrate::{Integrator, Outcome, Request, Tempered, Tolerances, Tsit5};

/// Averages and steps: brackets of 1e-6 are far wider than what they leave.
const AVERAGES: f64 = 1e-11;
const STEPS: Tolerances = Tolerances { relative: 1e-9, absolute: 1e-11 };
/// The first y that is tried as recovered, in units of |x| + 1; doubled until it is.
const FIRST: f64 = 0.25;
const DOUBLINGS: usize = 6;

/// The boundary between starts `mu = (x + y, z), (x - y, -z)` that have lost a mode at `horizon` and those that have not.
///
/// Coordinates along and across the axis of two opposite modes, as for the free pair; the weights start as the family's.
/// Collapse is read off the coverage at the horizon (theory section 9), since with trained weights it need not last.
#[derive(Debug, Clone)]
pub struct HorizonBoundary<'a> {
    flow: MixtureFlow,
    schedule: &'a Schedule,
    targets: &'a [f64],
    horizon: f64,
}

/// Two values of y between which a run changes from lost to not lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HorizonBracket {
    /// Lost.
    pub low: f64,
    /// Not lost.
    pub high: f64,
}

impl<'a> HorizonBoundary<'a> {
    /// The boundary of `problem` at `horizon`; what its start is does not matter.
    ///
    /// Errors: not two components of free means with a variance that is not trained, not two opposite modes, a horizon that
    /// is not positive.
    pub fn new(problem: &'a Problem, horizon: f64) -> Result<Self, InvalidParameter> {
        let refuse = |part, name: &str, value: &str, rule: &str| Err(InvalidParameter::new(name, value, rule).of(part));
        let components = problem.family().components();
        if components != 2 {
            return refuse(Part::Family, "weights", &format!("a list of {components}"), "be two weights");
        }
        let Some((separation, _)) = problem.target().as_pair() else {
            let count = problem.target().modes().len();
            let rule = "be two opposite modes with positive weights, as a separation gives";
            return refuse(Part::Target, "means", &format!("a list of {count}"), rule);
        };
        if !(horizon > 0.0 && horizon.is_finite()) {
            return Err(InvalidParameter::new("horizon", horizon, "be positive and finite"));
        }
        if problem.radius().is_some() {
            let rule = "be free: the boundary at a horizon is one of free means";
            return refuse(Part::Family, "means", "sphere", rule);
        }
        let options = CubatureOptions { tolerance: AVERAGES, ..CubatureOptions::default() };
        let flow = MixtureFlow::new(problem, vec![separation, 0.0, -separation, 0.0], 2, &options)?;
        if has_variance(&flow) {
            return refuse(Part::Family, "variance", "trained", "be unit or slaved");
        }
        Ok(Self { flow, schedule: problem.schedule(), targets: problem.target().weights(), horizon })
    }

    /// Whether the run from (x, y, z) has lost a mode at the horizon; `None` if it could not be followed.
    pub fn lost(&self, x: f64, y: f64, z: f64) -> Option<bool> {
        let start = self.flow.initial_state(&[x + y, z, x - y, -z], 1.0).ok()?;
        let system = Tempered::new(&self.flow, self.schedule);
        let solution = Tsit5 { tolerances: STEPS }.integrate(&system, &Request::new(&start, 0.0, self.horizon)).ok()?;
        if solution.outcome != Outcome::Reached {
            return None;
        }
        let beta = self.schedule.beta(self.horizon);
        let (_, lost, _) = classify(&self.flow, beta, &solution.state, self.targets, LOST_COVERAGE);
        Some(!lost.is_empty())
    }

    /// A bracket of at most `width` around the boundary at (x, z), by bisection in y >= 0; `None` where no start is lost,
    /// none recovers within reach, or a run could not be followed.
    pub fn locate(&self, x: f64, z: f64, width: f64) -> Option<HorizonBracket> {
        if !self.lost(x, 0.0, z)? {
            return None;
        }
        let mut high = FIRST * (x.abs() + 1.0);
        let mut low = 0.0;
        let mut doublings = 0;
        while self.lost(x, high, z)? {
            if doublings == DOUBLINGS {
                return None;
            }
            (low, high, doublings) = (high, 2.0 * high, doublings + 1);
        }
        while high - low > width {
            let middle = 0.5 * (low + high);
            if self.lost(x, middle, z)? { low = middle } else { high = middle }
        }
        Some(HorizonBracket { low, high })
    }
}

/// Whether the flow trains its variance: an unknown beyond means and logits.
fn has_variance(flow: &MixtureFlow) -> bool {
    let means = flow.components() * flow.width();
    !matches!(flow.dimension() - means, 0 | 2)
}
