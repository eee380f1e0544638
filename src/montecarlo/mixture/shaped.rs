//! Ensembles of mixtures with shapes: modes of any covariance, components of one variance or their own, theory 15.

use std::ops::Range;

use collapsar_theory::{InvalidParameter, ShapedFlow, ShapedProblem};

use crate::montecarlo::ensemble::Ensemble;
use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::mixture::estimate::{MixtureEstimate, MixtureTally};
use crate::montecarlo::mixture::options::MixtureOptions;
use crate::montecarlo::mixture::run::{RunRules, check_size, explicit_start};
use crate::montecarlo::sample::draw_shaped;
use crate::montecarlo::statistics::estimate::GoOn;
use crate::random::stream;
use crate::trajectory::transit;

/// An ensemble of a mixture with shapes, ready to be counted. Runs are followed one by one.
pub struct ShapedEnsemble<'a> {
    problem: &'a ShapedProblem,
    /// As it is before it is asked anything: a flow remembers how fine its averages had to be.
    flow: ShapedFlow,
    rules: RunRules<ShapedFlow>,
    options: MixtureOptions,
}

impl<'a> ShapedEnsemble<'a> {
    /// The ensemble of a problem whose start is a law.
    ///
    /// Errors: an explicit start, options out of their range, a flow of more than 256 statistics, what [`ShapedFlow::new`]
    /// refuses.
    pub fn new(problem: &'a ShapedProblem, options: &MixtureOptions) -> Result<Self, InvalidParameter> {
        options.check()?;
        let first = draw_shaped(problem, &mut stream(0, 0)).ok_or_else(|| explicit_start(problem.problem()))?;
        // Modes and width are the same for every draw.
        let make = |cubature| ShapedFlow::new(problem, first.modes.clone(), first.dimension, cubature);
        let flow = make(&options.cubature)?;
        flow.initial_state(&first.means, &problem.initial_variances())?;
        check_size(&flow)?;
        let transit = make(&transit(&options.cubature, options.relative))?;
        let rules = RunRules::new(problem.problem(), options, Some(transit));
        Ok(Self { problem, flow, rules, options: options.clone() })
    }

    /// One run: a function of (problem, options, seed, index) alone.
    pub fn run(&self, seed: u64, index: u64) -> MixtureRun {
        let (flow, rules) = (self.flow.clone(), self.rules.clone());
        let start = draw_shaped(self.problem, &mut stream(seed, index));
        let state = start.and_then(|start| flow.initial_state(&start.means, &self.problem.initial_variances()).ok());
        // A draw does not fail once the ensemble is made.
        state.map_or(MixtureRun::new(MixtureEnd::Failed, 0.0, Vec::new()), |state| rules.follow(&flow, &state))
    }

    /// A range of runs, in order.
    pub fn runs(&self, seed: u64, draws: Range<u64>) -> Vec<MixtureRun> {
        self.runs_of(seed, draws)
    }

    /// The probabilities from draws 0 to `n` - 1.
    pub fn estimate(&self, seed: u64, n: u64) -> MixtureEstimate {
        self.estimated(seed, &self.tally_while(seed, 0..n, &|_| true))
    }

    /// The same as long as `go_on`, told of the draws that are done, says so; else nothing.
    pub fn estimate_while(&self, seed: u64, n: u64, go_on: GoOn<'_>) -> Option<MixtureEstimate> {
        let tally = self.tally_while(seed, 0..n, go_on);
        go_on(0).then(|| self.estimated(seed, &tally))
    }

    fn estimated(&self, seed: u64, tally: &MixtureTally) -> MixtureEstimate {
        self.options.estimate(tally, seed, self.rules.horizon)
    }
}

impl Ensemble for ShapedEnsemble<'_> {
    type Run = MixtureRun;
    type Tally = MixtureTally;

    fn block(&self) -> u64 {
        1
    }

    fn follow(&self, seed: u64, draws: Range<u64>) -> Vec<MixtureRun> {
        draws.map(|index| self.run(seed, index)).collect()
    }

    fn nothing(&self) -> MixtureTally {
        MixtureTally::new(self.flow.mode_count())
    }

    fn count(&self, tally: &mut MixtureTally, run: &MixtureRun) {
        tally.count(run);
    }
}
