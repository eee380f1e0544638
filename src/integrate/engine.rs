//! What every integrator takes and gives.

use crate::integrate::event::Event;
use crate::integrate::system::System;

/// Local error control: each step keeps the root mean square of e_i/(absolute + relative max(|y_i|, |y_i new|))
/// below 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance, in the units of the state.
    pub absolute: f64,
}

impl Default for Tolerances {
    /// Global errors of the flows here stay within about 100 local tolerances: numbers good to 1e-8.
    fn default() -> Self {
        Self { relative: 1e-10, absolute: 1e-12 }
    }
}

/// An initial-value problem's data beside its system.
pub struct Request<'a> {
    /// Initial time.
    pub start: f64,
    /// Final time, not before `start`.
    pub end: f64,
    /// Initial state.
    pub state: &'a [f64],
    /// Times at which the state is wanted: increasing, within [start, end].
    pub times: &'a [f64],
    /// Terminal events.
    pub events: &'a [Event<'a>],
    /// Whether to keep the state after every step.
    pub keep_steps: bool,
    /// Largest number of accepted and rejected steps.
    pub max_steps: usize,
}

impl<'a> Request<'a> {
    /// Largest number of steps unless said otherwise.
    pub const DEFAULT_MAX_STEPS: usize = 1_000_000;

    /// From `start` to `end`, nothing wanted but the last state.
    pub fn new(state: &'a [f64], start: f64, end: f64) -> Self {
        Self { start, end, state, times: &[], events: &[], keep_steps: false, max_steps: Self::DEFAULT_MAX_STEPS }
    }
}

/// Why an integration stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// At the final time.
    Reached,
    /// At the event with this index.
    Event(usize),
    /// The step limit came first.
    StepLimit,
    /// The error control asked for steps below the spacing of times.
    StepTooSmall,
    /// The state or its rate is not a finite number.
    NonFinite,
}

/// What an integration cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Accepted steps.
    pub accepted: usize,
    /// Rejected steps.
    pub rejected: usize,
    /// Evaluations of the right-hand side.
    pub evaluations: usize,
}

/// The result of an integration; complete up to `time` whatever the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Why it stopped.
    pub outcome: Outcome,
    /// Where it stopped.
    pub time: f64,
    /// The state there.
    pub state: Vec<f64>,
    /// The states at those requested times that were reached.
    pub at_times: Vec<Vec<f64>>,
    /// (t, y) after each step and at the start, if asked for.
    pub steps: Vec<(f64, Vec<f64>)>,
    /// The cost.
    pub statistics: Statistics,
}

/// A request that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Misuse {
    /// The state's length is not the system's dimension.
    #[error("the state has {got} entries, the system {expected}")]
    Dimension {
        /// The system's dimension.
        expected: usize,
        /// The state's length.
        got: usize,
    },
    /// The interval runs backwards or is not finite.
    #[error("the interval from {start} to {end} must be finite and not run backwards")]
    Interval {
        /// Initial time.
        start: f64,
        /// Final time.
        end: f64,
    },
    /// A wanted time is out of order or outside the interval.
    #[error("the wanted time {time} is not increasing or lies outside the interval")]
    Times {
        /// The first offender.
        time: f64,
    },
    /// A system larger than this engine is built for.
    #[error("the system has {got} unknowns, this engine is built for at most {limit}")]
    TooLarge {
        /// The engine's limit.
        limit: usize,
        /// The system's dimension.
        got: usize,
    },
    /// The engine is diffsol's, and the library was built without it.
    #[error("this build has no diffsol: it needs the feature `diffsol`, or the own engine")]
    NoDiffsol,
}

/// An integrator of initial-value problems.
pub trait Integrator {
    /// Its name in records.
    fn name(&self) -> &'static str;

    /// Integrates; a stop before the end is an outcome, not an error.
    fn integrate(&self, system: &dyn System, request: &Request<'_>) -> Result<Solution, Misuse>;
}

impl Request<'_> {
    /// Checks the request against the system.
    pub(crate) fn check(&self, system: &dyn System) -> Result<(), Misuse> {
        if self.state.len() != system.dimension() {
            return Err(Misuse::Dimension { expected: system.dimension(), got: self.state.len() });
        }
        if !(self.start.is_finite() && self.end.is_finite() && self.start <= self.end) {
            return Err(Misuse::Interval { start: self.start, end: self.end });
        }
        let mut last = f64::NEG_INFINITY;
        for &time in self.times {
            if !(time > last && time >= self.start && time <= self.end) {
                return Err(Misuse::Times { time });
            }
            last = time;
        }
        Ok(())
    }

    /// The pieces of [start, end] between breakpoints as (piece number, from, to); none for an empty interval.
    pub(crate) fn pieces(&self, breakpoints: &[f64]) -> Vec<(usize, f64, f64)> {
        let first = breakpoints.partition_point(|&b| b <= self.start);
        let mut pieces = Vec::new();
        let mut from = self.start;
        let mut piece = first;
        while from < self.end {
            let to = breakpoints.get(piece).copied().unwrap_or(f64::INFINITY).min(self.end);
            pieces.push((piece, from, to));
            from = to;
            piece += 1;
        }
        pieces
    }
}

/// Collects a solution while an engine steps: wanted times, events and kept steps are the same for all of them.
pub(crate) struct Recorder<'a> {
    request: &'a Request<'a>,
    next_time: usize,
    /// The solution so far.
    pub(crate) solution: Solution,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(request: &'a Request<'a>) -> Self {
        let mut solution = Solution {
            outcome: Outcome::Reached,
            time: request.start,
            state: request.state.to_vec(),
            at_times: Vec::new(),
            steps: Vec::new(),
            statistics: Statistics::default(),
        };
        if request.keep_steps {
            solution.steps.push((request.start, request.state.to_vec()));
        }
        let mut recorder = Self { request, next_time: 0, solution };
        if request.times.first() == Some(&request.start) {
            recorder.solution.at_times.push(request.state.to_vec());
            recorder.next_time = 1;
        }
        recorder
    }

    /// Whether the start is already not finite.
    pub(crate) fn start_is_finite(&mut self) -> bool {
        let finite = self.request.state.iter().all(|x| x.is_finite());
        if !finite {
            self.solution.outcome = Outcome::NonFinite;
        }
        finite
    }

    /// Takes an accepted step to (`to`, `state`); true if a terminal event ends the integration in it.
    pub(crate) fn step(&mut self, to: f64, state: &[f64], interpolate: &mut dyn FnMut(f64, &mut Vec<f64>)) -> bool {
        let from = self.solution.time;
        let event = first_event_in(self.request, (from, to), interpolate);
        let stop = event.map_or(to, |(_, t)| t);
        let mut at = Vec::new();
        while let Some(&time) = self.request.times.get(self.next_time) {
            if time > stop {
                break;
            }
            if time == to {
                at = state.to_vec();
            } else {
                interpolate(time, &mut at);
            }
            self.solution.at_times.push(at.clone());
            self.next_time += 1;
        }
        self.solution.time = stop;
        self.solution.state = state.to_vec();
        if let Some((index, time)) = event {
            interpolate(time, &mut at);
            self.solution.state.clone_from(&at);
            self.solution.outcome = Outcome::Event(index);
        }
        if self.request.keep_steps {
            self.solution.steps.push((stop, self.solution.state.clone()));
        }
        event.is_some()
    }
}

fn first_event_in(
    request: &Request<'_>,
    interval: (f64, f64),
    interpolate: &mut dyn FnMut(f64, &mut Vec<f64>),
) -> Option<(usize, f64)> {
    crate::integrate::event::first_event(request.events, interval, interpolate)
}
