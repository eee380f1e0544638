//! Random starts under Adam's flow: the limit of descent with Adam for large batches and small steps.

use collapsar_theory::{
    AdamFlow, AdamMemory, CubatureOptions, InvalidParameter, MixtureFlow, Part, Problem, Start, StartLaw,
};

use crate::adam::Adam;
use crate::integrate::{Integrator, Outcome, Request, Tempered, Tolerances, Tsit5};
use crate::montecarlo::sample::full_means;
use crate::montecarlo::statistics::estimate::{DEFAULT_LEVEL, counted};
use crate::montecarlo::statistics::tally::RunEnd;
use crate::random::stream;
use crate::trajectory::LOST_COVERAGE;

/// How runs of Adam's flow are followed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamOptions {
    /// Learning rate, from which the memory follows; time is steps times it.
    pub step: f64,
    /// The decays.
    pub adam: Adam,
    /// When a run is judged.
    pub horizon: f64,
    /// Local error control.
    pub tolerances: Tolerances,
    /// Confidence level of an interval.
    pub level: f64,
}

impl Default for AdamOptions {
    /// A learning rate of 0.01 for 5000 steps.
    fn default() -> Self {
        // The end of a run is told by where it goes, not by digits: starts within 1e-4 of a boundary may be misplaced.
        let tolerances = Tolerances { relative: 1e-6, absolute: 1e-9 };
        Self { step: 0.01, adam: Adam::default(), horizon: 50.0, tolerances, level: DEFAULT_LEVEL }
    }
}

/// Theory (27) from random means: every coordinate of K means in R^d is followed, so that a run costs O(K d) a step.
///
/// Run `index` starts where run `index` of [`crate::montecarlo::MixtureDescent`] does.
#[derive(Debug, Clone)]
pub struct AdamEnsemble<'a> {
    problem: &'a Problem,
    law: StartLaw,
    flow: AdamFlow,
    options: AdamOptions,
}

counted!(AdamEnsemble<'_>);

impl<'a> AdamEnsemble<'a> {
    /// Adam's flow of a problem whose start is a law.
    ///
    /// Errors: an explicit start, means on a sphere, a step, decay or horizon out of its range.
    pub fn new(problem: &'a Problem, options: AdamOptions) -> Result<Self, InvalidParameter> {
        let Start::Law(law) = *problem.start() else {
            let rule = "be absent for an ensemble";
            return Err(InvalidParameter::new("means", "an explicit start", rule).of(Part::Start));
        };
        if !(options.horizon >= 0.0 && options.horizon.is_finite()) {
            return Err(InvalidParameter::new("horizon", options.horizon, "be finite and not negative"));
        }
        let d = law.dimension();
        let modes = problem.target().modes_in(d);
        let flow = MixtureFlow::new(problem, modes, d, &CubatureOptions::default())?;
        let Adam { beta1, beta2, epsilon } = options.adam;
        let flow = AdamFlow::new(flow, AdamMemory::new(options.step, [beta1, beta2], epsilon)?)?;
        Ok(Self { problem, law, flow, options })
    }

    /// The flow of all coordinates.
    pub fn flow(&self) -> &AdamFlow {
        &self.flow
    }

    /// The state of run `index` under `seed` at t = 0.
    pub fn draw(&self, seed: u64, index: u64) -> Result<Vec<f64>, InvalidParameter> {
        let means = full_means(self.problem, self.law, &mut stream(seed, index));
        let parameters = self.flow.flow().initial_state(&means, self.problem.initial_variance())?;
        Ok(self.flow.initial_state(self.problem.schedule().beta(0.0), &parameters))
    }

    /// The state of run `index` under `seed` when it is judged; `None` if the integration fails.
    pub fn fit(&self, seed: u64, index: u64) -> Option<Vec<f64>> {
        let state = self.draw(seed, index).ok()?;
        let system = Tempered::new(&self.flow, self.problem.schedule());
        let solver = Tsit5 { tolerances: self.options.tolerances };
        let solution = solver.integrate(&system, &Request::new(&state, 0.0, self.options.horizon)).ok()?;
        (solution.outcome == Outcome::Reached).then_some(solution.state)
    }

    /// How run `index` under `seed` ends: collapsed if some C_k/v_k < 1/2.
    pub fn end(&self, seed: u64, index: u64) -> RunEnd {
        let Some(state) = self.fit(seed, index) else { return RunEnd::Failed };
        let coverage = self.flow.flow().coverage(1.0, self.flow.parameters(&state));
        let lost = coverage.iter().zip(self.problem.target().weights()).any(|(c, v)| *c < LOST_COVERAGE * v);
        if lost { RunEnd::Collapsed } else { RunEnd::Recovered }
    }
}
