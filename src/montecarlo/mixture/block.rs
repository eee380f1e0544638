//! One block of draws of two components on two modes, followed with common adaptive steps.

use collapsar_theory::MixtureFlow;
use pulp::{Arch, Simd, WithSimd};

use crate::integrate::control::Controller;
use crate::montecarlo::lanes::block::DrawBlock;
use crate::montecarlo::lanes::common_steps::{Attempted, CommonSteps, StepTolerances};
use crate::montecarlo::lanes::step::{LANES, Lane};
use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::mixture::lanes::{MixtureLanes, MixtureStage, motion};
use crate::montecarlo::mixture::run::{ABSOLUTE, RunRules};
use crate::trajectory::{LimitWatch, fastest_motion};

/// Draws followed together: as many as keep the vectors filled while runs end, and few enough to want the same steps.
pub(crate) const BLOCK: u64 = 64;

/// An objective this near its bound is worked out again by the rule itself: the lanes' is good to 1e-10 of terms up to 1e2.
const NEAR_BOUND: f64 = 1e-6;

/// The ends of runs from `starts` (states of the flow), in order. Lanes share their steps: each end is a function of the
/// whole block.
pub(crate) fn run<const D: usize, const N: usize>(
    lanes: &MixtureLanes<'_, D>,
    flow: &MixtureFlow,
    rules: &RunRules,
    starts: &[Vec<f64>],
) -> Vec<MixtureRun> {
    let tolerances =
        StepTolerances { relative: rules.relative, absolute: rules.relative * ABSOLUTE, moving: lanes.moving() };
    let follow = |draw: usize, _: &[f64; N]| {
        let start: &[f64] = &starts[draw];
        start.iter().any(|x| !x.is_finite()).then(|| rules.follow(flow, start))
    };
    let mut mixtures = MixtureBlock {
        lanes,
        flow,
        rules,
        block: DrawBlock::new(starts.iter().map(|start| lanes.gather(start)), follow),
        watches: vec![LimitWatch::NEW; starts.len()],
        common: CommonSteps::new(Controller::PROPORTIONAL_INTEGRAL, tolerances),
        steps: 0,
    };
    let mut from = 0.0;
    for to in rules.edges() {
        let piece = rules.schedule.breakpoints().partition_point(|&b| b <= from);
        mixtures.common.restart(lanes, &mut mixtures.block.followed, piece, to);
        while mixtures.common.t < to && !mixtures.block.followed.is_empty() {
            mixtures.step(piece, to);
        }
        from = to;
    }
    mixtures.finish();
    mixtures.block.into_ends().map(|(run, early)| run.judged(early)).collect()
}

struct MixtureBlock<'a, const D: usize, const N: usize> {
    lanes: &'a MixtureLanes<'a, D>,
    flow: &'a MixtureFlow,
    rules: &'a RunRules,
    /// With what a draw had lost at the horizon.
    block: DrawBlock<MixtureRun, MixtureEnd, N>,
    watches: Vec<LimitWatch>,
    common: CommonSteps<N>,
    steps: usize,
}

impl<const D: usize, const N: usize> MixtureBlock<'_, D, N> {
    /// One accepted step, not beyond `to`, and the runs that it ends; or some runs given up.
    fn step(&mut self, piece: usize, to: f64) {
        if self.steps >= self.rules.max_steps {
            self.leave();
            return;
        }
        match self.common.attempt(self.lanes, &self.block.followed, piece, to) {
            Attempted::Fine { from, .. } => {
                self.steps += 1;
                if from < self.rules.horizon && self.rules.horizon <= self.common.t && !self.rules.at_end {
                    self.judge(from);
                }
                self.common.take(&mut self.block.followed);
                if self.common.t >= self.rules.settled {
                    self.settle();
                }
            }
            Attempted::Long => {}
            Attempted::Stuck => self.part(),
        }
    }

    /// The draws whose steps would have to be shorter than times are apart go on by themselves.
    fn part(&mut self) {
        for entry in (0..self.block.followed.len()).rev() {
            // Infinite for an error that is not a number.
            if self.common.error(entry) > 1.0 {
                let state = self.lanes.scatter(&self.block.followed.state(entry));
                let early = self.block.at_horizon(entry).clone();
                self.block.end(entry, self.rules.follow_from(self.flow, (self.common.t, early), &state));
            }
        }
    }

    /// Ends the runs whose end is certain, by the rules of a single run.
    fn settle(&mut self) {
        let (certainty, flow, t) = (&self.rules.certainty, self.flow, self.common.t);
        let bound = certainty.bound();
        let stage = self.lanes.stage_at(certainty.beta);
        let arch = Arch::new();
        for c in (0..self.block.followed.chunks()).rev() {
            let heights =
                bound.map(|_| arch.dispatch(LaneObjective(self.lanes, &stage, self.block.followed.chunk(c).0)));
            for l in (0..self.block.followed.filled(c)).rev() {
                let entry = c * LANES + l;
                let low = heights.zip(bound).is_some_and(|(heights, bound)| heights[l] < bound + NEAR_BOUND);
                let watch = &mut self.watches[self.block.followed.draw(entry)];
                let slow = !self.rules.at_end
                    && t >= certainty.cold
                    && !watch.waits(motion(&self.block.followed.rate(entry)), t);
                if !low && !slow {
                    continue;
                }
                let state = self.lanes.scatter(&self.block.followed.state(entry));
                let certain = match low.then(|| certainty.never_loses(flow, &state)).flatten() {
                    None if slow => {
                        let motion = fastest_motion(flow, certainty.beta, &state);
                        let now = (t, self.rules.schedule.beta(t), motion);
                        certainty.near_limit((flow, flow), watch, now, &state)
                    }
                    found => found,
                };
                if let Some((end, coverage)) = certain {
                    self.block.end(entry, MixtureRun::new(end, t, coverage));
                }
            }
        }
    }

    /// Notes what is lost at the horizon, which the step from time `from` has passed, of the runs that are still open: by
    /// the cubic through both ends of the step.
    fn judge(&mut self, from: f64) {
        let (h, horizon) = (self.common.t - from, self.rules.horizon);
        let x = (horizon - from) / h;
        let (rest, square) = (1.0 - x, (1.0 - x) * (1.0 - x));
        let [a, b, c, d] = [square * (1.0 + 2.0 * x), x * x * (3.0 - 2.0 * x), h * x * square, -h * x * x * rest];
        self.block.judge(|lanes, entry| {
            let (old, old_rate) = (lanes.state(entry), lanes.rate(entry));
            let (new, new_rate) = self.common.tried(entry);
            let there: [f64; N] = std::array::from_fn(|n| a * old[n] + b * new[n] + c * old_rate[n] + d * new_rate[n]);
            self.rules.at_horizon(self.flow, horizon, &self.lanes.scatter(&there)).end
        });
    }

    /// Leaves every run undecided.
    fn leave(&mut self) {
        let (rules, t) = (self.rules, self.common.t);
        self.block.end_where(|y| Some(rules.left(self.flow, MixtureEnd::Undecided, t, &self.lanes.scatter(y))));
    }

    /// What is open at the last time: classified at a horizon, else undecided.
    fn finish(&mut self) {
        if !self.rules.at_end {
            return self.leave();
        }
        self.block.end_where(|y| Some(self.rules.at_horizon(self.flow, self.common.t, &self.lanes.scatter(y))));
    }
}

/// The objective at a state, compiled for each vector width.
struct LaneObjective<'a, const D: usize, const N: usize>(&'a MixtureLanes<'a, D>, &'a MixtureStage, &'a [Lane; N]);

impl<const D: usize, const N: usize> WithSimd for LaneObjective<'_, D, N> {
    type Output = Lane;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Lane {
        self.0.objective(self.1, self.2)
    }
}
