//! What every integrator takes and gives.

use crate::integrate::misuse::RequestMisuse;
use crate::integrate::options::Request;
use crate::integrate::system::System;

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

/// An integrator of initial-value problems.
pub trait Integrator {
    /// Its name in records.
    fn name(&self) -> &'static str;

    /// Integrates; a stop before the end is an outcome, not an error.
    fn integrate(&self, system: &dyn System, request: &Request<'_>) -> Result<Solution, RequestMisuse>;
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
