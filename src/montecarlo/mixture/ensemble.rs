//! Ensembles of the mixture flow, theory (2)-(5): any number of components and modes, weights fixed or trained.

use std::ops::Range;

use collapsar_theory::{Flow, InvalidParameter, MixtureFlow, Problem};

use crate::integrate::vectors;
use crate::montecarlo::draw_start;
use crate::montecarlo::ensemble::Ensemble;
use crate::montecarlo::mixture::block::{BLOCK, run};
use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::mixture::estimate::{MixtureEstimate, MixtureTally};
use crate::montecarlo::mixture::lanes::MixtureLanes;
use crate::montecarlo::mixture::options::MixtureOptions;
use crate::montecarlo::mixture::run::{RunRules, check_size, explicit_start};
use crate::montecarlo::statistics::estimate::GoOn;
use crate::random::stream;
use crate::trajectory::transit;

/// An ensemble of mixtures, ready to be counted.
pub struct MixtureEnsemble<'a> {
    problem: &'a Problem,
    flow: MixtureFlow,
    rules: RunRules,
    variance: f64,
    options: MixtureOptions,
    lanes: LanesByWidth<'a>,
}

/// Two components on two modes are followed in lanes, by the number of coordinates of their frame.
enum LanesByWidth<'a> {
    Line(MixtureLanes<'a, 1>),
    Plane(MixtureLanes<'a, 2>),
    Space(MixtureLanes<'a, 3>),
    /// As many as two modes and two means span.
    Four(MixtureLanes<'a, 4>),
    /// Every other problem: its runs are followed one by one.
    Alone,
}

impl<'a> LanesByWidth<'a> {
    fn new(problem: &'a Problem, flow: &MixtureFlow) -> Self {
        let found = match flow.width() {
            1 => MixtureLanes::new(problem, flow).map(Self::Line),
            2 => MixtureLanes::new(problem, flow).map(Self::Plane),
            3 => MixtureLanes::new(problem, flow).map(Self::Space),
            4 => MixtureLanes::new(problem, flow).map(Self::Four),
            _ => None,
        };
        found.unwrap_or(Self::Alone)
    }
}

impl<'a> MixtureEnsemble<'a> {
    /// The ensemble of a problem whose start is a law; `variance` is var at t = 0 where it is trained.
    ///
    /// Errors: an explicit start, options out of their range, a flow of more than 256 statistics.
    pub fn new(problem: &'a Problem, variance: f64, options: &MixtureOptions) -> Result<Self, InvalidParameter> {
        options.check()?;
        let first = draw_start(problem, &mut stream(0, 0)).ok_or_else(|| explicit_start(problem))?;
        // Modes and width are the same for every draw.
        let flow = MixtureFlow::new(problem, first.modes, first.dimension, &options.cubature)?;
        flow.initial_state(&first.means, variance)?;
        check_size(&flow)?;
        let lanes = LanesByWidth::new(problem, &flow);
        let (flow, transit) = match &lanes {
            LanesByWidth::Alone => {
                let cubature = transit(&options.cubature, options.relative);
                let transit = MixtureFlow::new(problem, flow.modes().to_vec(), flow.width(), &cubature)?;
                let potential = vectors::potential(&flow);
                (flow.with_potential(potential.clone()), Some(transit.with_potential(potential)))
            }
            _ => (flow, None),
        };
        let rules = RunRules::new(problem, options, transit);
        Ok(Self { problem, flow, rules, variance, options: options.clone(), lanes })
    }

    /// One run: a function of (problem, options, seed, index) alone. (Two components on two modes are followed with the
    /// other draws of their block, so that one run costs as much as a block; ask for ranges.)
    pub fn run(&self, seed: u64, index: u64) -> MixtureRun {
        // Neither fails once the ensemble is made.
        let failed = MixtureRun::new(MixtureEnd::Failed, 0.0, Vec::new());
        self.follow(seed, index..index + 1).pop().unwrap_or(failed)
    }

    /// A range of runs, in order.
    pub fn runs(&self, seed: u64, draws: Range<u64>) -> Vec<MixtureRun> {
        self.runs_of(seed, draws)
    }

    /// The state of the flow at the start of a draw. Not a number where the draw fails, which it does not once the
    /// ensemble is made.
    fn start(&self, seed: u64, index: u64) -> Vec<f64> {
        let start = draw_start(self.problem, &mut stream(seed, index));
        let state = start.and_then(|start| self.flow.initial_state(&start.means, self.variance).ok());
        state.unwrap_or_else(|| vec![f64::NAN; self.flow.dimension()])
    }

    /// Counts of the ends of a range of draws; tallies of neighbouring ranges add up.
    pub fn tally(&self, seed: u64, draws: Range<u64>) -> MixtureTally {
        self.tally_while(seed, draws, &|_| true)
    }

    /// The probabilities from draws 0 to `n` - 1.
    pub fn estimate(&self, seed: u64, n: u64) -> MixtureEstimate {
        self.estimated(seed, &self.tally(seed, 0..n))
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

impl Ensemble for MixtureEnsemble<'_> {
    type Run = MixtureRun;
    type Tally = MixtureTally;

    fn block(&self) -> u64 {
        if let LanesByWidth::Alone = self.lanes { 1 } else { BLOCK }
    }

    /// In lanes all of the block is followed, whatever part is asked for, so that a run does not depend on the range.
    fn follow(&self, seed: u64, draws: Range<u64>) -> Vec<MixtureRun> {
        let whole = draws.start / BLOCK * BLOCK..(draws.start / BLOCK + 1) * BLOCK;
        let starts = || whole.clone().map(|index| self.start(seed, index)).collect::<Vec<_>>();
        let runs = match &self.lanes {
            LanesByWidth::Line(lanes) => run::<1, 4>(lanes, &self.flow, &self.rules, &starts()),
            LanesByWidth::Plane(lanes) => run::<2, 6>(lanes, &self.flow, &self.rules, &starts()),
            LanesByWidth::Space(lanes) => run::<3, 8>(lanes, &self.flow, &self.rules, &starts()),
            LanesByWidth::Four(lanes) => run::<4, 10>(lanes, &self.flow, &self.rules, &starts()),
            LanesByWidth::Alone => {
                return draws.map(|index| self.rules.follow(&self.flow, &self.start(seed, index))).collect();
            }
        };
        let (skipped, wanted) = ((draws.start - whole.start) as usize, (draws.end - draws.start) as usize);
        runs.into_iter().skip(skipped).take(wanted).collect()
    }

    fn nothing(&self) -> MixtureTally {
        MixtureTally::new(self.flow.mode_count())
    }

    fn count(&self, tally: &mut MixtureTally, run: &MixtureRun) {
        tally.count(run);
    }
}

#[cfg(test)]
mod tests {
    use collapsar_theory::{Family, Rules, Schedule, Start, Target, VarianceRule, WeightRule};

    use super::*;

    fn sphere(target: [f64; 2], d: usize, rules: Rules) -> Problem {
        let family = Family::new(vec![0.5, 0.5], rules).unwrap();
        let (target, start) = (Target::pair(3.0, target).unwrap(), Start::sphere(d).unwrap());
        Problem::new(target, family, Schedule::geometric(20.0, 8.0).unwrap(), start).unwrap()
    }

    fn free(target: [f64; 2], d: usize, rules: Rules) -> Problem {
        let family = Family::new(vec![0.5, 0.5], rules).unwrap();
        let (target, start) = (Target::pair(3.0, target).unwrap(), Start::gaussian(d, 1.0).unwrap());
        Problem::new(target, family, Schedule::exponential(5.0, 0.5).unwrap(), start).unwrap()
    }

    /// Both preset spaces with every variance, weights fixed and trained, in few and many dimensions.
    fn problems() -> Vec<Problem> {
        let mut all = Vec::new();
        for variance in [VarianceRule::Unit, VarianceRule::Slaved, VarianceRule::Trained] {
            for weights in [WeightRule::Fixed, WeightRule::FisherRao] {
                for d in [1, 2, 3, 100] {
                    all.push(free([0.5, 0.5], d, Rules { variance, weights, ..Rules::FREE }));
                    if d > 1 {
                        all.push(sphere([0.7, 0.3], d, Rules { variance, weights, ..Rules::PAPER }));
                    }
                }
            }
        }
        all
    }

    /// Largest difference of coverages at a horizon: local errors of 1e-6 in each of a hundred steps, grown at most ten
    /// times before the flow contracts, on the median; runs that pass near a saddle may grow them without bound.
    const COVERAGE: f64 = 1e-5;

    #[test]
    fn lanes_end_as_runs_followed_one_by_one() {
        let mut compared = 0;
        for (horizon, seed, n) in [(Some(30.0), 5, 64), (None, 6, 16)] {
            for problem in problems() {
                let options = MixtureOptions { relative: 1e-6, horizon, patience: 300.0, ..MixtureOptions::default() };
                let hot = problem.schedule().initial_temperature();
                let ensemble = MixtureEnsemble::new(&problem, hot, &options).unwrap();
                assert!(!matches!(ensemble.lanes, LanesByWidth::Alone));
                let mut gaps = Vec::new();
                for (index, run) in ensemble.runs(seed, 0..n).into_iter().enumerate() {
                    let alone = ensemble.rules.follow(&ensemble.flow, &ensemble.start(seed, index as u64));
                    let rules = problem.family().rules();
                    // With one dimension and a variance of its own a wide component over both modes is all but at rest for
                    // ever (growth below 1e-4): whether a search finds it certain depends on when it is made.
                    let neutral = rules.variance == VarianceRule::Trained && problem.dimension() == 1;
                    let open = [&run, &alone].iter().any(|r| r.end == MixtureEnd::Undecided);
                    if !(neutral && horizon.is_none() && open) {
                        assert_eq!(run.end, alone.end, "{rules:?} {} {index}", problem.dimension());
                    }
                    if horizon.is_none() {
                        assert_eq!(run.at_horizon, alone.at_horizon, "{rules:?} {} {index}", problem.dimension());
                    }
                    if run.time == 30.0 && alone.time == 30.0 {
                        gaps.extend(run.coverage.iter().zip(&alone.coverage).map(|(a, b)| (a - b).abs()));
                    }
                    compared += 1;
                }
                gaps.sort_by(f64::total_cmp);
                println!("{:?} {} {:?}", problem.family().rules(), problem.dimension(), gaps.last());
                assert!(gaps.last().is_none_or(|&gap| gap < COVERAGE), "{gaps:?}");
            }
        }
        assert!(compared > 3000);
    }

    /// Ends that are certain before the temperature is cold are those that are found once it is.
    #[test]
    fn an_early_end_is_the_end() {
        let modes = vec![vec![3.0, 0.0], vec![-1.5, 2.6], vec![-1.5, -2.6]];
        let target = Target::new(modes, vec![0.5, 0.3, 0.2]).unwrap();
        let family = Family::new(vec![1.0 / 3.0; 3], Rules::FREE).unwrap();
        let (schedule, start) = (Schedule::exponential(5.0, 0.3).unwrap(), Start::gaussian(2, 1.0).unwrap());
        let problem = Problem::new(target, family, schedule, start).unwrap();
        let ensemble = MixtureEnsemble::new(&problem, 1.0, &MixtureOptions::default()).unwrap();
        let cold = ensemble.rules.certainty.cold;
        let later = RunRules { settled: cold, ..ensemble.rules.clone() };
        let mut early = 0;
        for (index, run) in ensemble.runs(3, 0..16).into_iter().enumerate() {
            let after = later.follow(&ensemble.flow, &ensemble.start(3, index as u64));
            assert_eq!(run.end, after.end, "{index}");
            early += usize::from(run.time < cold && after.time >= cold);
        }
        assert!(early >= 8, "{early}");
    }
}
