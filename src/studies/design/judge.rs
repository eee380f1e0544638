//! P_c of a schedule, by one route, each value kept as soon as it is known.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use collapsar_theory::Schedule;
use serde::{Deserialize, Serialize};

use crate::config::{DesignRun, InitialVariance, Route, ScheduleConfig};
use crate::results::{Answer, Steps};
use crate::studies::design::search::Seen;
use crate::studies::design::shape::Member;
use crate::studies::probability::CollapseProbability;
use crate::studies::trainable::Trainings;
use crate::studies::watch::UntilCancelled;
use crate::studies::{StudyError, Watch};

/// Stages of a count, each of four times the draws of the one before, and the fewest draws of the first.
const STAGES: usize = 3;
const FEWEST: u64 = 32;

/// Judges members.
pub(super) struct Judge<'a> {
    config: &'a DesignRun,
    route: Route,
    /// Where the schedule of a flow's training ends, and how long it goes on from there.
    rest: f64,
    watch: &'a dyn Watch,
    known: Mutex<BTreeMap<String, Answer>>,
}

/// A line that is kept.
#[derive(Serialize, Deserialize)]
struct Line {
    asked: String,
    answer: Answer,
}

/// What identifies a value.
#[derive(Serialize)]
struct Asked<'a> {
    schedule: &'a ScheduleConfig,
    variance: Option<f64>,
    route: Route,
    samples: u64,
    seed: u64,
}

impl<'a> Judge<'a> {
    /// By this route, with what is kept of earlier work.
    pub(super) fn new(
        config: &'a DesignRun,
        route: Route,
        watch: &'a dyn Watch,
        kept: &str,
    ) -> Result<Self, StudyError> {
        let lines = watch.kept(kept).map_err(StudyError::computation)?;
        let mut known = BTreeMap::new();
        for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
            match serde_json::from_str::<Line>(&line.text).ok().filter(|line| line.answer.check().is_ok()) {
                Some(line) => drop(known.insert(line.asked, line.answer)),
                None => watch.warn(&format!("{}: no value of P_c; it is computed anew", line.place)),
            }
        }
        let schedule = config.run.problem.schedule.schedule()?;
        let training = config.run.training.as_ref();
        let rest =
            training.map_or(0.0, |training| (training.end() - schedule.settling_time(Schedule::SETTLED)).max(0.0));
        Ok(Self { config, route, rest, watch, known: Mutex::new(known) })
    }

    /// The route of the search.
    pub(super) fn route(&self) -> Route {
        self.route
    }

    /// The seed of the search.
    pub(super) fn seed(&self) -> u64 {
        self.config.run.problem.start.seed.unwrap_or(0)
    }

    /// The largest jump of the temperature up that a trained variance follows with the optimiser's step.
    pub(super) fn largest_jump(&self) -> Option<f64> {
        let step = Steps::of(self.config, 0.0).step;
        let family = &self.config.run.problem.family;
        let trained = family.trains_variance() || family.has_own_variances();
        (self.config.run.flow.is_none() && trained).then_some(1.0 / step)
    }

    /// P_c as the route says it.
    pub(super) fn plain(&self, member: &Member) -> Result<f64, StudyError> {
        Ok(self.answer(self.route, member, self.config.design.samples, self.seed())?.value)
    }

    /// How many stages a value for the search has: a count is looked at by a sixteenth and by a quarter of the draws first.
    pub(super) fn stages(&self, route: Route) -> usize {
        let counted = route == Route::MonteCarlo && self.config.design.samples >= FEWEST << (2 * (STAGES - 1));
        if counted { STAGES } else { 1 }
    }

    /// log P_c by a route, for the search, at one of its stages: from the same draws for all, and of a count at least half a run.
    pub(super) fn seen(&self, route: Route, member: &Member, stage: usize) -> Result<Seen, StudyError> {
        let samples = self.config.design.samples >> (2 * (self.stages(route) - 1 - stage));
        let answer = self.answer(route, member, samples, self.seed())?;
        let Some(estimate) = answer.estimate else { return Ok(Seen::known(answer.value.max(f64::MIN_POSITIVE).ln())) };
        // A count of none says that there are fewer than about one.
        let log = |p: f64| p.max(0.5 / estimate.n.max(1) as f64).ln();
        let [value, low, high] = answer.interval();
        Ok(Seen { value: log(value), low: low.ln(), high: log(high) })
    }

    /// Half a standard error of log P_c as the search counts it: from common draws smaller differences say little. 0 where nothing
    /// is counted.
    pub(super) fn doubt(&self, route: Route, probability: f64) -> f64 {
        let n = self.config.design.samples.max(1) as f64;
        if is_counted(route) { 0.5 * ((1.0 - probability) / (probability * n)).sqrt() } else { 0.0 }
    }

    /// The fresh count number `round` of a member.
    pub(super) fn verify(&self, member: &Member, round: u64) -> Result<Answer, StudyError> {
        // Runs of a trained flow have seeds that follow each other.
        const APART: u64 = 1 << 20;
        let route = if is_counted(self.route) { self.route } else { Route::MonteCarlo };
        let seed = self.seed().wrapping_add(APART * (round + 1));
        self.answer(route, member, self.config.design.verify, seed)
    }

    /// The mean time at which T = 1 is reached where the fit decides it, by the same count.
    pub(super) fn time(&self, route: Route, member: &Member) -> Result<Option<f64>, StudyError> {
        if !member.schedule.kind.watches_the_fit() {
            return Ok(None);
        }
        let answer = self.answer(route, member, self.config.design.samples, self.seed())?;
        Ok(answer.cooling.and_then(|cooling| cooling.mean))
    }

    /// d.
    pub(super) fn dimension(&self) -> usize {
        self.config.run.problem.start.dimension()
    }

    fn answer(&self, route: Route, member: &Member, samples: u64, seed: u64) -> Result<Answer, StudyError> {
        if self.watch.cancelled() {
            return Err(StudyError::Cancelled);
        }
        let asked = Asked { schedule: &member.schedule, variance: member.variance, route, samples, seed };
        let asked = serde_json::to_string(&asked).map_err(StudyError::computation)?;
        if let Some(answer) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&asked) {
            self.watch.advance(1);
            return Ok(answer.clone());
        }
        let answer = self.compute(route, member, samples, seed)?;
        let line = Line { asked, answer };
        let text = serde_json::to_string(&line).map_err(StudyError::computation)?;
        self.watch.keep(&text).map_err(StudyError::computation)?;
        self.watch.advance(1);
        let Line { asked, answer } = line;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(asked, answer.clone());
        Ok(answer)
    }

    fn compute(&self, route: Route, member: &Member, samples: u64, seed: u64) -> Result<Answer, StudyError> {
        let mut run = self.config.run.clone();
        run.problem.schedule = member.schedule.clone();
        if member.variance.is_some() {
            run.problem.start.variance = member.variance.map(InitialVariance::Common);
        }
        run.montecarlo.samples = samples;
        if let Some(simulation) = run.simulation.as_mut().filter(|_| route == Route::Simulation) {
            simulation.runs = samples;
        }
        if let Some(training) = &mut run.training {
            if route == Route::RealNvp {
                training.runs = samples;
            }
            let cold = match member.schedule.rule()? {
                Some(rule) => rule.gaussian_duration(self.dimension()),
                None => member.schedule.schedule()?.settling_time(Schedule::SETTLED),
            };
            let end = cold + self.rest;
            training.steps = ((end / training.time_step).ceil() as u64).max(1);
        }
        let problem = run.problem.watched()?.0;
        let question = CollapseProbability::new(&run, &problem, seed)?;
        let mut found = question.answer(&[route], &Trainings::default(), &UntilCancelled(self.watch))?;
        found.by_route.remove(&route).ok_or_else(|| {
            StudyError::computation(format!("the {} route has no answer: {}", route.name(), found.notes.join("; ")))
        })
    }
}

/// Whether a route counts runs.
fn is_counted(route: Route) -> bool {
    [Route::MonteCarlo, Route::Simulation, Route::RealNvp].contains(&route)
}
