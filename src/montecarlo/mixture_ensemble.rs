//! Ensembles of the mixture flow, theory (2)-(5): any number of components and modes, weights fixed or trained.

use std::ops::Range;

use collapsar_theory::{CubatureOptions, InvalidParameter, MixtureFlow, Problem, Start};
use rayon::prelude::*;

use crate::montecarlo::estimate::DEFAULT_LEVEL;
use crate::montecarlo::mixture_certainty::Certainty;
use crate::montecarlo::mixture_estimate::{MixtureEstimate, MixtureTally};
use crate::montecarlo::mixture_run::{Course, LARGEST, MixtureEnd, MixtureRun, fits};
use crate::montecarlo::{draw_start, stream};
use crate::trajectory::LOST_COVERAGE;

/// How an ensemble of mixtures is followed and reported.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureOptions {
    /// Relative tolerance of a step while the temperature moves.
    pub relative: f64,
    /// The rule for the Gaussian averages.
    pub cubature: CubatureOptions,
    /// A mode is lost where C_k/v_k is below this, in (0, 1).
    pub threshold: f64,
    /// Classify at this time instead of in the limit.
    pub horizon: Option<f64>,
    /// Time after which a run is left undecided, counted from where the temperature has settled.
    pub patience: f64,
    /// Steps after which it is left undecided.
    pub max_steps: usize,
    /// Confidence level of the intervals.
    pub level: f64,
}

impl Default for MixtureOptions {
    /// Averages good to 1e-10, so that vanishing rates are seen; beyond four components or modes a lattice of 512 points.
    fn default() -> Self {
        Self {
            relative: 1e-6,
            cubature: CubatureOptions { tolerance: 1e-10, points: 128, shifts: 4, ..CubatureOptions::default() },
            threshold: LOST_COVERAGE,
            horizon: None,
            patience: 1e4,
            max_steps: 20_000,
            level: DEFAULT_LEVEL,
        }
    }
}

/// Distance of the temperature from its limit from which on ends are asked for.
const SETTLED: f64 = 1e-3;

/// An ensemble of mixtures, ready to be counted.
pub struct MixtureEnsemble<'a> {
    problem: &'a Problem,
    flow: MixtureFlow,
    course: Course,
    variance: f64,
    options: MixtureOptions,
}

impl<'a> MixtureEnsemble<'a> {
    /// The ensemble of a problem whose start is a law; `variance` is var at t = 0 where it is trained.
    ///
    /// Errors: an explicit start, options out of their range, a flow of more than 256 statistics.
    pub fn new(problem: &'a Problem, variance: f64, options: &MixtureOptions) -> Result<Self, InvalidParameter> {
        check(options)?;
        let Some(first) = draw_start(problem, &mut stream(0, 0)) else {
            let means = if let Start::Means(means) = problem.start() { means.len() } else { 0 };
            return Err(InvalidParameter::new(
                "start.means",
                format!("a list of {means}"),
                "be absent for an ensemble",
            ));
        };
        // Modes and width are the same for every draw.
        let flow = MixtureFlow::new(problem, first.modes, first.dimension, &options.cubature)?;
        flow.initial_state(&first.means, variance)?;
        if !fits(&flow) {
            let rule = format!("leave at most {LARGEST} statistics");
            return Err(InvalidParameter::new("family.weights", format!("a list of {}", flow.components()), rule));
        }
        let schedule = problem.schedule().clone();
        let settling = |tolerance: f64| schedule.settling_time(tolerance);
        let beta = 1.0 / schedule.final_temperature();
        let certainty = Certainty::new(problem.target().weights().to_vec(), options.threshold, beta, settling);
        let settled = settling(SETTLED);
        let end = options.horizon.unwrap_or(certainty.cold + options.patience);
        let course = Course {
            certainty,
            relative: options.relative,
            settled,
            end,
            at_end: options.horizon.is_some(),
            max_steps: options.max_steps,
            schedule,
        };
        Ok(Self { problem, flow, course, variance, options: options.clone() })
    }

    /// One run: a function of (problem, options, seed, index) alone.
    pub fn run(&self, seed: u64, index: u64) -> MixtureRun {
        let start = draw_start(self.problem, &mut stream(seed, index));
        let state = start.and_then(|start| self.flow.initial_state(&start.means, self.variance).ok());
        // Neither fails once the ensemble is made.
        let failed = MixtureRun { end: MixtureEnd::Failed, time: 0.0, coverage: Vec::new() };
        state.map_or(failed, |state| self.course.follow(&self.flow, &state))
    }

    /// A range of runs, in order.
    pub fn runs(&self, seed: u64, draws: Range<u64>) -> Vec<MixtureRun> {
        draws.into_par_iter().map(|index| self.run(seed, index)).collect()
    }

    /// Counts of the ends of a range of draws; tallies of neighbouring ranges add up.
    pub fn tally(&self, seed: u64, draws: Range<u64>) -> MixtureTally {
        let none = || MixtureTally::new(self.flow.mode_count());
        let counted = draws.into_par_iter().fold(none, |mut tally, index| {
            tally.count(&self.run(seed, index));
            tally
        });
        // Counts commute, so that the sum does not depend on the threads.
        counted.reduce(none, |a, b| a + b)
    }

    /// The probabilities from draws 0 to `n` - 1.
    pub fn estimate(&self, seed: u64, n: u64) -> MixtureEstimate {
        let when = self.options.horizon.map_or("in the limit".to_owned(), |t| format!("at t = {t}"));
        MixtureEstimate::new(&self.tally(seed, 0..n), self.options.level, seed, self.options.threshold, &when)
    }
}

/// Checks the options.
fn check(options: &MixtureOptions) -> Result<(), InvalidParameter> {
    let refuse = |name, value: f64, rule| Err(InvalidParameter::new(name, value, rule));
    if !(options.relative > 0.0 && options.relative <= 1e-2) {
        return refuse("relative", options.relative, "be positive and at most 0.01");
    }
    if !(options.threshold > 0.0 && options.threshold < 1.0) {
        return refuse("threshold", options.threshold, "lie between 0 and 1");
    }
    if let Some(horizon) = options.horizon
        && !(horizon > 0.0 && horizon.is_finite())
    {
        return refuse("stop.horizon", horizon, "be positive and finite");
    }
    if !(options.patience >= 0.0 && options.patience.is_finite()) {
        return refuse("patience", options.patience, "be finite and not negative");
    }
    Ok(())
}
