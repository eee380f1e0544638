//! One block of draws of two components on two modes, followed with common adaptive steps.

use collapsar_theory::MixtureFlow;
use pulp::Arch;

use crate::integrate::control::Controller;
use crate::montecarlo::lanes::set::{Lanes, lane};
use crate::montecarlo::lanes::step::{LANES, Lane, LaneSystem, NODES, Stepped};
use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::mixture::lanes::{MixtureLanes, motion};
use crate::montecarlo::mixture::run::RunRules;
use crate::montecarlo::mixture::step::{Attempt, LaneObjective, Rate};
use crate::trajectory::{LimitWatch, fastest_motion};

/// Draws followed together: as many as keep the vectors filled while runs end, and few enough to want the same steps.
pub(crate) const BLOCK: u64 = 64;

/// Below this fraction of the time the draws that ask for shorter steps are followed by themselves.
const SMALLEST: f64 = 1e-12;
/// An objective this near its bound is worked out again by the rule itself: the lanes' is good to 1e-10 of terms up to 1e2.
const NEAR_BOUND: f64 = 1e-6;

/// What a block needs beside its draws.
struct Rules<'a, const D: usize> {
    lanes: &'a MixtureLanes<'a, D>,
    flow: &'a MixtureFlow,
    course: &'a RunRules,
}

/// The ends of runs from `starts` (states of the flow), in order. Lanes share their steps: each end is a function of the
/// whole block.
pub(crate) fn run<const D: usize, const N: usize>(
    lanes: &MixtureLanes<'_, D>,
    flow: &MixtureFlow,
    course: &RunRules,
    starts: &[Vec<f64>],
) -> Vec<MixtureRun> {
    let rules = &Rules { lanes, flow, course };
    let mut block = MixtureBlock::<N>::new(rules, starts);
    let mut from = 0.0;
    for to in rules.course.edges() {
        let piece = rules.course.schedule.breakpoints().partition_point(|&b| b <= from);
        block.restart(rules, piece, to);
        while block.t < to && !block.followed.is_empty() {
            block.step(rules, piece, to);
        }
        from = to;
    }
    block.finish(rules);
    // Every draw has an end by now.
    block.ends.into_iter().flatten().collect()
}

struct MixtureBlock<const N: usize> {
    arch: Arch,
    ends: Vec<Option<MixtureRun>>,
    /// What a draw had lost at the horizon.
    early: Vec<Option<MixtureEnd>>,
    /// Draws still followed.
    followed: Lanes<N>,
    watches: Vec<LimitWatch>,
    tried: Vec<(Stepped<N>, Lane)>,
    t: f64,
    control: Controller,
    steps: usize,
}

impl<const N: usize> MixtureBlock<N> {
    fn new<const D: usize>(rules: &Rules<'_, D>, starts: &[Vec<f64>]) -> Self {
        let mut block = Self {
            arch: Arch::new(),
            ends: vec![None; starts.len()],
            early: vec![None; starts.len()],
            followed: Lanes::with_capacity(starts.len()),
            watches: vec![LimitWatch::NEW; starts.len()],
            tried: Vec::with_capacity(starts.len().div_ceil(LANES)),
            t: 0.0,
            control: Controller::PROPORTIONAL_INTEGRAL,
            steps: 0,
        };
        for (offset, start) in starts.iter().enumerate() {
            if start.iter().any(|x| !x.is_finite()) {
                block.ends[offset] = Some(rules.course.follow(rules.flow, start));
                continue;
            }
            block.followed.push(offset, &rules.lanes.gather(start));
        }
        block
    }

    /// The field where it may have jumped, and a first step.
    fn restart<const D: usize>(&mut self, rules: &Rules<'_, D>, piece: usize, to: f64) {
        let stage = LaneSystem::<N>::stage(rules.lanes, piece, self.t);
        for (state, rate) in self.followed.chunks_mut() {
            *rate = self.arch.dispatch(Rate(rules.lanes, &stage, state));
        }
        self.control.restart();
        if self.control.next() == 0.0 {
            self.control.propose(self.followed.first_step(to - self.t));
        }
    }

    /// One accepted step, not beyond `to`, and the runs that it ends; or some runs given up.
    fn step<const D: usize>(&mut self, rules: &Rules<'_, D>, piece: usize, to: f64) {
        if self.steps >= rules.course.max_steps {
            self.leave(rules);
            return;
        }
        let (h, onto_edge) = self.control.attempt(to - self.t);
        let worst = self.attempt(rules, piece, h);
        if worst <= 1.0 {
            let before = self.t;
            self.t = if onto_edge { to } else { self.t + h };
            self.steps += 1;
            if before < rules.course.horizon && rules.course.horizon <= self.t && !rules.course.at_end {
                self.judge(rules, before);
            }
            for ((state, rate), (done, _)) in self.followed.chunks_mut().zip(&self.tried) {
                (*state, *rate) = (done.state, done.rate);
            }
            self.control.accept(h, worst);
            if self.t >= rules.course.settled {
                self.settle(rules);
            }
            return;
        }
        self.control.reject(h, worst);
        if self.control.next() <= SMALLEST * self.t.max(SMALLEST) {
            self.part(rules);
            self.control.propose(h);
        }
    }

    /// Tries a step: the largest error of any draw, infinite where one is not a number.
    fn attempt<const D: usize>(&mut self, rules: &Rules<'_, D>, piece: usize, h: f64) -> f64 {
        let lanes = rules.lanes;
        let stages = NODES.map(|c| LaneSystem::<N>::stage(lanes, piece, self.t + c * h));
        let (relative, moving) = (rules.course.relative, lanes.moving() as f64);
        self.tried.clear();
        let mut worst = 0.0f64;
        for c in 0..self.followed.chunks() {
            let (state, first) = self.followed.chunk(c);
            let mut tried = self.arch.dispatch(Attempt { lanes, h, stages: &stages, state, first, relative });
            for l in 0..self.followed.filled(c) {
                let size = (tried.1[l] / moving).sqrt();
                tried.1[l] = if size.is_finite() { size } else { f64::INFINITY };
                worst = worst.max(tried.1[l]);
            }
            self.tried.push(tried);
        }
        worst
    }

    /// The draws whose steps would have to be shorter than times are apart go on by themselves.
    fn part<const D: usize>(&mut self, rules: &Rules<'_, D>) {
        for entry in (0..self.followed.len()).rev() {
            // Infinite for an error that is not a number.
            if self.tried[entry / LANES].1[entry % LANES] > 1.0 {
                let state = rules.lanes.scatter(&self.followed.state(entry));
                let early = self.early[self.followed.draw(entry)].clone();
                let run = rules.course.follow_from(rules.flow, (self.t, early), &state);
                self.end(entry, run);
            }
        }
    }

    /// Ends the runs whose end is certain, by the rules of a single run.
    fn settle<const D: usize>(&mut self, rules: &Rules<'_, D>) {
        let (course, flow) = (rules.course, rules.flow);
        let bound = course.certainty.bound();
        let stage = rules.lanes.stage_at(course.certainty.beta);
        for c in (0..self.followed.chunks()).rev() {
            let heights =
                bound.map(|_| self.arch.dispatch(LaneObjective(rules.lanes, &stage, self.followed.chunk(c).0)));
            for l in (0..self.followed.filled(c)).rev() {
                let entry = c * LANES + l;
                let low = heights.zip(bound).is_some_and(|(heights, bound)| heights[l] < bound + NEAR_BOUND);
                let watch = &mut self.watches[self.followed.draw(entry)];
                let slow = !course.at_end
                    && self.t >= course.certainty.cold
                    && !watch.waits(motion(&self.followed.rate(entry)), self.t);
                if !low && !slow {
                    continue;
                }
                let state = rules.lanes.scatter(&self.followed.state(entry));
                let certain = match low.then(|| course.certainty.never_loses(flow, &state)).flatten() {
                    None if slow => {
                        let motion = fastest_motion(flow, course.certainty.beta, &state);
                        course.certainty.near_limit(flow, watch, (self.t, motion), &state)
                    }
                    found => found,
                };
                if let Some((end, coverage)) = certain {
                    self.end(entry, MixtureRun::new(end, self.t, coverage));
                }
            }
        }
    }

    /// Notes what is lost at the horizon, which the step from `before` has passed, of the runs that are still open: by the
    /// cubic through both ends of the step.
    fn judge<const D: usize>(&mut self, rules: &Rules<'_, D>, before: f64) {
        let (h, horizon) = (self.t - before, rules.course.horizon);
        let x = (horizon - before) / h;
        let (rest, square) = (1.0 - x, (1.0 - x) * (1.0 - x));
        let [a, b, c, d] = [square * (1.0 + 2.0 * x), x * x * (3.0 - 2.0 * x), h * x * square, -h * x * x * rest];
        for entry in 0..self.followed.len() {
            let (chunk, l) = (entry / LANES, entry % LANES);
            let (old, old_rate) = (self.followed.state(entry), self.followed.rate(entry));
            let (new, new_rate) = (lane(&self.tried[chunk].0.state, l), lane(&self.tried[chunk].0.rate, l));
            let there: [f64; N] = std::array::from_fn(|n| a * old[n] + b * new[n] + c * old_rate[n] + d * new_rate[n]);
            let state = rules.lanes.scatter(&there);
            self.early[self.followed.draw(entry)] = Some(rules.course.at_horizon(rules.flow, horizon, &state).end);
        }
    }

    /// Notes an end and drops its entry: the last one takes its place.
    fn end(&mut self, entry: usize, run: MixtureRun) {
        let draw = self.followed.remove(entry);
        self.ends[draw] = Some(run.judged(self.early[draw].take()));
    }

    /// Leaves every run undecided.
    fn leave<const D: usize>(&mut self, rules: &Rules<'_, D>) {
        self.end_all(rules, |t, state| rules.course.left(rules.flow, MixtureEnd::Undecided, t, state));
    }

    /// What is open at the last time: classified at a horizon, else undecided.
    fn finish<const D: usize>(&mut self, rules: &Rules<'_, D>) {
        if !rules.course.at_end {
            return self.leave(rules);
        }
        self.end_all(rules, |t, state| rules.course.at_horizon(rules.flow, t, state));
    }

    fn end_all<const D: usize>(&mut self, rules: &Rules<'_, D>, end: impl Fn(f64, &[f64]) -> MixtureRun) {
        for entry in (0..self.followed.len()).rev() {
            let state = rules.lanes.scatter(&self.followed.state(entry));
            self.end(entry, end(self.t, &state));
        }
    }
}
