//! One run of the mixture flow, followed until its end is certain.

use std::cell::Cell;

use collapsar_theory::{InvalidParameter, MixtureFlow, Part, Problem, Schedule, Start};

use crate::integrate::{FEW_SIZES, StepResult, Stepper, System, Tempered, Tolerances};
use crate::montecarlo::mixture::certainty::Certainty;
use crate::montecarlo::mixture::end::{MixtureEnd, MixtureRun};
use crate::montecarlo::mixture::options::MixtureOptions;
use crate::trajectory::{Closed, LimitWatch, QUICK, motion_of};

/// Absolute tolerance in units of the relative one.
pub(crate) const ABSOLUTE: f64 = 1e-2;

/// Distance of the temperature from its limit from which on ends are asked for.
const SETTLED: f64 = 1e-3;

/// How far above its bound an objective by the looser averages may be for the accurate ones to be asked.
const FIRST_LOOK: f64 = 1e-3;

/// How runs of a flow are followed.
#[derive(Debug, Clone)]
pub(crate) struct RunRules<F = MixtureFlow> {
    pub(crate) schedule: Schedule,
    pub(crate) certainty: Certainty,
    /// Relative tolerance.
    pub(crate) relative: f64,
    /// From here on a run is asked whether its end is certain.
    pub(crate) settled: f64,
    /// The finite time at which runs are judged.
    pub(crate) horizon: f64,
    /// The last time.
    pub(crate) end: f64,
    /// Whether a run is classified at `end`; else it is undecided there.
    pub(crate) at_end: bool,
    pub(crate) max_steps: usize,
    /// The flow while the temperature or something else moves, where its averages need not be as good as those that judge an
    /// end.
    pub(crate) transit: Option<F>,
}

impl<F: Closed> RunRules<F> {
    /// The rules for a problem.
    pub(crate) fn new(problem: &Problem, options: &MixtureOptions, transit: Option<F>) -> Self {
        let schedule = problem.schedule().clone();
        let settling = |tolerance: f64| schedule.settling_time(tolerance);
        let beta = 1.0 / schedule.final_temperature();
        let certainty = Certainty::new(problem.target().weights().to_vec(), options.threshold, beta, settling);
        let settled = settling(SETTLED);
        let end = options.horizon.unwrap_or(certainty.cold + options.patience);
        Self {
            certainty,
            relative: options.relative,
            settled,
            horizon: options.horizon.unwrap_or(schedule.end_of_run().min(end)),
            end,
            at_end: options.horizon.is_some(),
            max_steps: options.max_steps,
            transit,
            schedule,
        }
    }

    /// Follows a run of `flow` from `start`.
    pub(crate) fn follow(&self, flow: &F, start: &[f64]) -> MixtureRun {
        self.follow_from(flow, (0.0, None), start)
    }

    /// Follows a run that is at `start` at some time, with what it had lost at the horizon if that lies behind it.
    pub(crate) fn follow_from(&self, flow: &F, from: (f64, Option<MixtureEnd>), start: &[f64]) -> MixtureRun {
        match start.len() {
            0..=16 if FEW_SIZES => self.run::<16>(flow, from, start),
            _ if FEW_SIZES => self.run::<LARGEST>(flow, from, start),
            0..=2 => self.run::<2>(flow, from, start),
            3 => self.run::<3>(flow, from, start),
            4 => self.run::<4>(flow, from, start),
            5..=6 => self.run::<6>(flow, from, start),
            7..=9 => self.run::<9>(flow, from, start),
            10..=12 => self.run::<12>(flow, from, start),
            13..=16 => self.run::<16>(flow, from, start),
            17..=32 => self.run::<32>(flow, from, start),
            33..=64 => self.run::<64>(flow, from, start),
            65..=128 => self.run::<128>(flow, from, start),
            // Larger ones are refused by the ensemble.
            _ => self.run::<LARGEST>(flow, from, start),
        }
    }

    /// The ends of the stretches on which the field is smooth and ends are asked for or not.
    pub(crate) fn edges(&self) -> Vec<f64> {
        let mut edges: Vec<f64> = self.schedule.breakpoints().into_iter().chain([self.settled]).collect();
        edges.retain(|&edge| edge > 0.0 && edge < self.end);
        edges.push(self.end);
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        edges
    }

    fn run<const N: usize>(&self, flow: &F, (at, mut early): (f64, Option<MixtureEnd>), start: &[f64]) -> MixtureRun {
        let n = start.len();
        let mut y = [0.0; N];
        y[..n].copy_from_slice(start);
        let (mut from, mut steps) = (at, 0);
        let mut watch = LimitWatch::NEW;
        let tolerances = Tolerances { relative: self.relative, absolute: self.relative * ABSOLUTE };
        let system = Tempered::new(flow, &self.schedule);
        let transit = self.transit.as_ref().map(|transit| Tempered::new(transit, &self.schedule));
        let is_fine = Cell::new(transit.is_none());
        for to in self.edges().into_iter().filter(|&to| to > at) {
            let piece = system.breakpoints().partition_point(|&b| b <= from);
            let mut f = |t: f64, y: &[f64; N], rate: &mut [f64; N]| {
                let coarse = transit.as_ref().filter(|_| !is_fine.get());
                coarse.unwrap_or(&system).rate(piece, t, &y[..n], &mut rate[..n]);
            };
            let mut stepper = Stepper::with_padding(&mut f, from, y, tolerances, to, n);
            while stepper.time() < to {
                if steps >= self.max_steps {
                    let left = self.left(flow, MixtureEnd::Undecided, stepper.time(), &stepper.state()[..n]);
                    return left.judged(early);
                }
                steps += 1;
                if stepper.step(&mut f, to) != StepResult::Accepted {
                    let left = self.left(flow, MixtureEnd::Failed, stepper.time(), &stepper.state()[..n]);
                    return left.judged(early);
                }
                if early.is_none() && !self.at_end && stepper.time() >= self.horizon {
                    let there = stepper.interpolate(self.horizon);
                    early = Some(self.at_horizon(flow, self.horizon, &there[..n]).end);
                }
                let (t, state) = (stepper.time(), &stepper.state()[..n]);
                if t < self.settled {
                    continue;
                }
                let is_low = self.transit.as_ref().is_none_or(|first| self.certainty.is_low(first, state, FIRST_LOOK));
                let motion = motion_of(flow, self.certainty.beta, state, &stepper.rate()[..n]);
                let certain = match is_low.then(|| self.certainty.never_loses(flow, state)).flatten() {
                    None if !self.at_end => {
                        let coarse = self.transit.as_ref().unwrap_or(flow);
                        let now = (t, self.schedule.beta(t), motion);
                        self.certainty.near_limit((flow, coarse), &mut watch, now, state)
                    }
                    found => found,
                };
                if let Some((end, coverage)) = certain {
                    return MixtureRun::new(end, t, coverage).judged(early);
                }
                // From here on rates are as small as the averages allow.
                if motion < QUICK && !is_fine.replace(true) {
                    stepper.restart(&mut f, to);
                }
            }
            (from, y) = (to, *stepper.state());
        }
        if !self.at_end {
            return self.left(flow, MixtureEnd::Undecided, from, &y[..n]).judged(early);
        }
        self.at_horizon(flow, from, &y[..n])
    }

    /// A run that is classified at a state.
    pub(crate) fn at_horizon(&self, flow: &F, time: f64, state: &[f64]) -> MixtureRun {
        let (end, coverage) = self.certainty.classify(flow, self.schedule.beta(time), state);
        MixtureRun::new(end, time, coverage)
    }

    /// A run that is left at a state.
    pub(crate) fn left(&self, flow: &F, end: MixtureEnd, time: f64, state: &[f64]) -> MixtureRun {
        MixtureRun::new(end, time, flow.observe(self.schedule.beta(time), state).coverage)
    }
}

/// The largest system that is followed.
pub(crate) const LARGEST: usize = 256;

/// Refuses a flow that is too large.
pub(crate) fn check_size(flow: &impl Closed) -> Result<(), InvalidParameter> {
    if flow.dimension() <= LARGEST {
        return Ok(());
    }
    let rule = format!("leave at most {LARGEST} statistics");
    Err(InvalidParameter::new("weights", format!("a list of {}", flow.components()), rule).of(Part::Family))
}

/// An ensemble of a start that is no law.
pub(crate) fn explicit_start(problem: &Problem) -> InvalidParameter {
    let means = if let Start::Means(means) = problem.start() { means.len() } else { 0 };
    InvalidParameter::new("means", format!("a list of {means}"), "be absent for an ensemble").of(Part::Start)
}
