//! Ensembles of the closed flow under a schedule that watches the fit: each run has its own temperatures.

use std::ops::Range;

use collapsar_theory::{
    AdaptiveRule, CubatureOptions, InvalidParameter, MixtureFlow, Problem, Schedule, ShapedFlow, ShapedProblem,
};

use crate::integrate::Tolerances;
use crate::montecarlo::mixture::certainty::Certainty;
use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::mixture::estimate::{MixtureEstimate, MixtureTally};
use crate::montecarlo::mixture::options::MixtureOptions;
use crate::montecarlo::mixture::run::{ABSOLUTE, RunRules, check_size, explicit_start};
use crate::montecarlo::statistics::cooling::Cooling;
use crate::montecarlo::statistics::estimate::{GoOn, in_parts};
use crate::montecarlo::{draw_shaped, draw_start};
use crate::parallel;
use crate::random::stream;
use crate::trajectory::{Closed, Cooled, CoolingEnd, CoolingLimits, Watched, transit};

/// The state at the start of a draw, by seed and index.
type StartOf<'a, F> = Box<dyn Fn(&F, u64, u64) -> Option<Vec<f64>> + Send + Sync + 'a>;

/// An ensemble whose runs cool by what they see of themselves.
pub struct AdaptiveEnsemble<'a, F = MixtureFlow> {
    start: StartOf<'a, F>,
    /// As it is before it is asked anything: a flow may remember how fine its averages had to be.
    flow: F,
    /// The flow while the temperature moves, its averages as good as the steps.
    transit: F,
    watched: Watched,
    /// From where T = 1 is reached, with the clock set back to 0.
    cold: RunRules<F>,
    limits: CoolingLimits,
    options: MixtureOptions,
}

impl<'a> AdaptiveEnsemble<'a> {
    /// The ensemble of `problem`, at the constant temperature from which `rule` starts.
    ///
    /// Errors: an explicit start, options out of their range, a flow of more than 256 statistics, what [`Watched::modes`]
    /// refuses.
    pub fn new(problem: &'a Problem, rule: AdaptiveRule, options: &MixtureOptions) -> Result<Self, InvalidParameter> {
        options.check()?;
        let first = draw_start(problem, &mut stream(0, 0)).ok_or_else(|| explicit_start(problem))?;
        let watched = Watched::modes(rule, problem, &first.modes, first.dimension)?;
        let make =
            |cubature: &CubatureOptions| MixtureFlow::new(problem, first.modes.clone(), first.dimension, cubature);
        let start = move |flow: &MixtureFlow, seed: u64, index: u64| {
            let start = draw_start(problem, &mut stream(seed, index))?;
            flow.initial_state(&start.means, problem.initial_variance()).ok()
        };
        Self::of_flow(problem, watched, make, Box::new(start), options)
    }
}

impl<'a> AdaptiveEnsemble<'a, ShapedFlow> {
    /// The same of modes of any covariance and components of one variance or their own.
    ///
    /// Errors: those of [`AdaptiveEnsemble::new`], what [`ShapedFlow::new`] refuses.
    pub fn shaped(
        problem: &'a ShapedProblem,
        rule: AdaptiveRule,
        options: &MixtureOptions,
    ) -> Result<Self, InvalidParameter> {
        options.check()?;
        let first = draw_shaped(problem, &mut stream(0, 0)).ok_or_else(|| explicit_start(problem.problem()))?;
        let watched = Watched::shaped(rule, problem, &first.modes, first.dimension)?;
        let make =
            |cubature: &CubatureOptions| ShapedFlow::new(problem, first.modes.clone(), first.dimension, cubature);
        let start = move |flow: &ShapedFlow, seed: u64, index: u64| {
            let start = draw_shaped(problem, &mut stream(seed, index))?;
            flow.initial_state(&start.means, &problem.initial_variances()).ok()
        };
        Self::of_flow(problem.problem(), watched, make, Box::new(start), options)
    }
}

impl<'a, F: Closed + Clone> AdaptiveEnsemble<'a, F> {
    fn of_flow(
        problem: &Problem,
        watched: Watched,
        make: impl Fn(&CubatureOptions) -> Result<F, InvalidParameter>,
        start: StartOf<'a, F>,
        options: &MixtureOptions,
    ) -> Result<Self, InvalidParameter> {
        let flow = make(&options.cubature)?;
        let transit = make(&transit(&options.cubature, options.relative))?;
        check_size(&flow)?;
        let schedule = Schedule::constant(1.0)?;
        let certainty = Certainty::new(problem.target().weights().to_vec(), options.threshold, 1.0, |_| 0.0);
        let cold = RunRules {
            schedule,
            certainty,
            relative: options.relative,
            settled: 0.0,
            horizon: options.patience,
            end: options.patience,
            at_end: options.horizon.is_some(),
            max_steps: options.max_steps,
            transit: None,
        };
        let tolerances = Tolerances { relative: options.relative, absolute: options.relative * ABSOLUTE };
        let end = options.horizon.unwrap_or(options.patience);
        let limits = CoolingLimits { tolerances, end, max_steps: options.max_steps };
        Ok(Self { start, flow, transit, watched, cold, limits, options: options.clone() })
    }

    /// One run, and the time at which it reached T = 1, if it did: a function of (problem, rule, options, seed, index) alone.
    pub fn run(&self, seed: u64, index: u64) -> (MixtureRun, Option<f64>) {
        let nothing = |end| (MixtureRun::new(end, 0.0, Vec::new()), None);
        let flow = self.flow.clone();
        let Some(cooled) = self.cool(seed, index) else { return nothing(MixtureEnd::Failed) };
        let Cooled { time, ref state, end, .. } = cooled;
        match end {
            CoolingEnd::Failed => nothing(MixtureEnd::Failed),
            // Judged at the horizon, warm as it is.
            CoolingEnd::Limited if self.options.horizon.is_some_and(|horizon| time >= horizon) => {
                let (end, coverage) = self.cold.certainty.classify(&flow, cooled.beta(), state);
                (MixtureRun::new(end, time, coverage), None)
            }
            CoolingEnd::Limited => nothing(MixtureEnd::Undecided),
            CoolingEnd::Cold => {
                let left = self.options.horizon.map(|horizon| horizon - time);
                let run = match left {
                    Some(left) if left <= 0.0 => self.cold.at_horizon(&flow, 0.0, state),
                    Some(left) => RunRules { end: left, ..self.cold.clone() }.follow(&flow, state),
                    None => self.cold.follow(&flow, state),
                };
                (run, Some(time))
            }
        }
    }

    /// The schedule of one run; nothing if its start cannot be drawn, which it can once the ensemble is made.
    pub fn cool(&self, seed: u64, index: u64) -> Option<Cooled> {
        let transit = self.transit.clone();
        let state = (self.start)(&transit, seed, index)?;
        Some(self.watched.cool(&transit, &state, &self.limits))
    }

    /// The probabilities from runs 0 to `n` - 1 as long as `go_on`, told of the runs that are done, says so; else nothing.
    pub fn estimate_while(&self, seed: u64, n: u64, go_on: GoOn<'_>) -> Option<(MixtureEstimate, Cooling)> {
        let run = |index: u64| {
            let run = if go_on(0) { Some(self.run(seed, index)) } else { None };
            go_on(1);
            run
        };
        let (mut tally, mut times) = (MixtureTally::new(self.cold.certainty.targets.len()), Vec::new());
        for part in in_parts(0..n) {
            let runs: Vec<Option<(MixtureRun, Option<f64>)>> = parallel::map_range(Range::clone(&part), run);
            for (run, time) in runs.into_iter().flatten() {
                tally.count(&run);
                times.push(time);
            }
        }
        let when = self.options.horizon.map_or("in the limit".to_owned(), |t| format!("at t = {t}"));
        let estimate = MixtureEstimate::new(&tally, self.options.level, seed, self.options.threshold, &when);
        go_on(0).then(|| (estimate, Cooling::of(&times)))
    }
}
