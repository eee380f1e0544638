//! Ensembles of the closed flow under a schedule that watches the fit: each run has its own temperatures.

use std::ops::Range;

use collapsar_theory::{AdaptiveRule, Flow, InvalidParameter, MixtureFlow, Problem, Schedule};

use crate::integrate::Tolerances;
use crate::montecarlo::draw_start;
use crate::montecarlo::mixture::certainty::Certainty;
use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::mixture::estimate::{MixtureEstimate, MixtureTally};
use crate::montecarlo::mixture::options::MixtureOptions;
use crate::montecarlo::mixture::run::{ABSOLUTE, RunRules, check_size, explicit_start};
use crate::montecarlo::statistics::cooling::Cooling;
use crate::montecarlo::statistics::estimate::{GoOn, in_parts};
use crate::parallel;
use crate::random::stream;
use crate::trajectory::{Cooled, CoolingEnd, CoolingLimits, Watched, transit};

/// An ensemble whose runs cool by what they see of themselves.
pub struct AdaptiveEnsemble<'a> {
    problem: &'a Problem,
    flow: MixtureFlow,
    /// The flow while the temperature moves, its averages as good as the steps.
    transit: MixtureFlow,
    watched: Watched,
    /// From where T = 1 is reached, with the clock set back to 0.
    cold: RunRules,
    limits: CoolingLimits,
    options: MixtureOptions,
}

impl<'a> AdaptiveEnsemble<'a> {
    /// The ensemble of `problem`, at the constant temperature from which `rule` starts.
    ///
    /// Errors: an explicit start, options out of their range, what [`Watched::new`] refuses.
    pub fn new(problem: &'a Problem, rule: AdaptiveRule, options: &MixtureOptions) -> Result<Self, InvalidParameter> {
        options.check()?;
        let first = draw_start(problem, &mut stream(0, 0)).ok_or_else(|| explicit_start(problem))?;
        let watched = Watched::new(rule, problem.target(), problem.family(), problem.dimension())?;
        let flow = MixtureFlow::new(problem, first.modes.clone(), first.dimension, &options.cubature)?;
        let loose = transit(&options.cubature, options.relative);
        let transit = MixtureFlow::new(problem, first.modes, first.dimension, &loose)?;
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
        Ok(Self { problem, flow, transit, watched, cold, limits, options: options.clone() })
    }

    /// One run, and the time at which it reached T = 1, if it did: a function of (problem, rule, options, seed, index) alone.
    pub fn run(&self, seed: u64, index: u64) -> (MixtureRun, Option<f64>) {
        let nothing = |end| (MixtureRun::new(end, 0.0, Vec::new()), None);
        let Some(cooled) = self.cool(seed, index) else { return nothing(MixtureEnd::Failed) };
        let Cooled { time, ref state, end, .. } = cooled;
        match end {
            CoolingEnd::Failed => nothing(MixtureEnd::Failed),
            // Judged at the horizon, warm as it is.
            CoolingEnd::Limited if self.options.horizon.is_some_and(|horizon| time >= horizon) => {
                let (end, coverage) = self.cold.certainty.classify(&self.flow, cooled.beta(), state);
                (MixtureRun::new(end, time, coverage), None)
            }
            CoolingEnd::Limited => nothing(MixtureEnd::Undecided),
            CoolingEnd::Cold => {
                let left = self.options.horizon.map(|horizon| horizon - time);
                let run = match left {
                    Some(left) if left <= 0.0 => self.cold.at_horizon(&self.flow, 0.0, state),
                    Some(left) => RunRules { end: left, ..self.cold.clone() }.follow(&self.flow, state),
                    None => self.cold.follow(&self.flow, state),
                };
                (run, Some(time))
            }
        }
    }

    /// The schedule of one run; nothing if its start cannot be drawn, which it can once the ensemble is made.
    pub fn cool(&self, seed: u64, index: u64) -> Option<Cooled> {
        let start = draw_start(self.problem, &mut stream(seed, index))?;
        let state = self.flow.initial_state(&start.means, self.problem.initial_variance()).ok()?;
        debug_assert_eq!(state.len(), self.flow.dimension());
        Some(self.watched.cool(&self.transit, &state, &self.limits))
    }

    /// The probabilities from runs 0 to `n` - 1 as long as `go_on`, told of the runs that are done, says so; else nothing.
    pub fn estimate_while(&self, seed: u64, n: u64, go_on: GoOn<'_>) -> Option<(MixtureEstimate, Cooling)> {
        let run = |index: u64| {
            let run = if go_on(0) { Some(self.run(seed, index)) } else { None };
            go_on(1);
            run
        };
        let (mut tally, mut times) = (MixtureTally::new(self.flow.mode_count()), Vec::new());
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
