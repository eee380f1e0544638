//! A grid of problems: which points there are, which are known, and the computation of the others.

use collapsar_theory::{Schedule, ScheduleKind};

use crate::config::{CollapseRun, Route, ScheduleConfig, SweepConfig};
use crate::results::{Answers, PROGRAM, SweepHeader, SweepPoint, TrainedRun, VERSION};
use crate::studies::probability::{CollapseProbability, FLOW, FlowQuestion, PRODUCT, ProductQuestion};
use crate::studies::sweep::finished::{FinishedPoints, Points, keep_point, keep_run};
use crate::studies::trainable::{Trainable, Trainings};
use crate::studies::watch::UntilCancelled;
use crate::studies::{KeptLine, StudyError, Watch};

/// A part of a grid: points `part - 1`, `part - 1 + parts`, ...
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridPart {
    /// Which, from 1.
    pub part: usize,
    /// Of how many.
    pub parts: usize,
}

impl GridPart {
    /// All of it.
    pub const WHOLE: Self = Self { part: 1, parts: 1 };

    /// Its indices in a grid of `len` points.
    pub fn indices(self, len: usize) -> impl Iterator<Item = usize> {
        (self.part.saturating_sub(1)..len).step_by(self.parts.max(1))
    }
}

/// A grid whose every point is checked, with what identifies it.
#[derive(Debug)]
pub struct SweepGrid {
    pub(super) config: SweepConfig,
    pub(super) header: SweepHeader,
}

impl SweepGrid {
    /// Checks every point, so that what is refused is refused before anything is computed.
    ///
    /// # Errors
    /// The first point that poses no question.
    pub fn new(config: SweepConfig) -> Result<Self, StudyError> {
        let mut asked: Option<Vec<Route>> = config.routes().map(<[Route]>::to_vec);
        let mut first = None;
        for index in 0..config.len() {
            let run = config.point(index)?;
            match &run {
                CollapseRun::Mixture(mixture) => {
                    let problem = mixture.problem.watched()?.0;
                    let question = CollapseProbability::new(mixture, &problem, 0)?;
                    let routes = asked.get_or_insert_with(|| question.default_routes());
                    if routes.contains(&Route::RealNvp) {
                        Trainable::of_question(mixture, 0)?;
                    }
                }
                CollapseRun::Flow(count) => {
                    let question = FlowQuestion::new(count)?;
                    asked.get_or_insert_with(|| question.default_routes());
                }
                CollapseRun::Product(product) => {
                    let question = ProductQuestion::new(product)?;
                    asked.get_or_insert_with(|| question.default_routes());
                }
            }
            first.get_or_insert(run);
        }
        let (Some(run), Some(routes)) = (first, asked) else {
            return Err(StudyError::refused("sweep", "a grid of 0 points", "have at least one"));
        };
        let axes = config.axes().to_vec();
        Ok(Self { config, header: SweepHeader { program: PROGRAM, version: VERSION, config: run, axes, routes } })
    }

    /// The header in one line: what finished points are kept under.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn identity(&self) -> Result<String, StudyError> {
        serde_json::to_string(&self.header).map_err(StudyError::computation)
    }

    /// What the grid is.
    pub fn header(&self) -> &SweepHeader {
        &self.header
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.config.len()
    }

    /// Whether there is no point (there always is one).
    pub fn is_empty(&self) -> bool {
        self.config.is_empty()
    }

    /// The points of kept lines, without computing any.
    ///
    /// # Errors
    /// A line that is no point of this grid.
    pub fn known(&self, lines: &[KeptLine]) -> Result<Points, StudyError> {
        let refuse = |why: String| Err(StudyError::computation(why));
        FinishedPoints::parse(lines, |point| self.check(point), refuse).map(|finished| finished.points)
    }

    /// Whether a point that was read is one of this grid: its place, values and seed, and numbers that a count can give.
    fn check(&self, point: &SweepPoint) -> Result<(), String> {
        if point.index >= self.len() {
            return Err(format!("point {}, but the grid has {}", point.index, self.len()));
        }
        if point.values != self.config.values(point.index) {
            return Err(format!("point {} has other values in this grid", point.index));
        }
        let run = self.config.point(point.index).map_err(|e| e.to_string())?;
        let seed = seed_of(&run).map_err(|e| e.to_string())?;
        if point.seed != seed {
            return Err(format!("point {} has the seed {}, here {seed}", point.index, point.seed));
        }
        for (route, answer) in &point.routes.by_route {
            if !self.header.routes.contains(route) {
                return Err(format!("point {}: the route {} is not of this grid", point.index, route.name()));
            }
            answer.check().map_err(|why| format!("point {}, {}: {why}", point.index, route.name()))?;
        }
        Ok(())
    }

    /// The points of a part: those that `watch` has kept, and the others computed and kept one by one. Returns how many
    /// were computed, too.
    ///
    /// # Errors
    /// A journal that cannot be read or written, or a watch that asks for the end.
    pub fn points(&self, part: GridPart, watch: &dyn Watch) -> Result<(Points, usize), StudyError> {
        let kept = watch.kept(&self.identity()?).map_err(StudyError::computation)?;
        let refuse = |why: String| {
            watch.warn(&format!("{why}; it is computed anew"));
            Ok(())
        };
        let FinishedPoints { mut points, runs } = FinishedPoints::parse(&kept, |point| self.check(point), refuse)?;
        let mine: Vec<usize> = part.indices(self.len()).collect();
        let open: Vec<usize> = mine.iter().copied().filter(|index| !points.contains_key(index)).collect();
        let trained = self.header.routes.contains(&Route::RealNvp);
        let (all, left) = (self.units(&mine)?, self.units(&open)?);
        watch.begin(all, all - left, if trained { "runs" } else { "points" });
        let compute = |&index: &usize| {
            if watch.cancelled() {
                return Err(StudyError::Cancelled);
            }
            let known = runs.get(&index).map_or(&[][..], Vec::as_slice);
            let note = |run: &TrainedRun| {
                watch.advance(1);
                if watch.cancelled() { Err(StudyError::Cancelled) } else { keep_run(watch, index, run) }
            };
            watch.advance(known.len() as u64);
            let point = self.compute(index, &Trainings { known, note: Some(&note) }, watch)?;
            keep_point(watch, &point)?;
            watch.advance(u64::from(!trained));
            Ok(point)
        };
        // A point of trained flows keeps every thread busy for long: one after the other, the journal grows steadily.
        let computed: Vec<SweepPoint> = if trained {
            open.iter().map(compute).collect::<Result<_, StudyError>>()?
        } else {
            crate::parallel::try_map(&open, compute)?
        };
        points.extend(computed.into_iter().map(|point| (point.index, point)));
        Ok((points, open.len()))
    }

    /// Units of progress: points, or the trainings of trained flows.
    fn units(&self, indices: &[usize]) -> Result<u64, StudyError> {
        if !self.header.routes.contains(&Route::RealNvp) {
            return Ok(indices.len() as u64);
        }
        let runs = |&index: &usize| {
            let run = self.config.point(index)?;
            Ok(run.training().map_or(0, |training| training.runs))
        };
        indices.iter().map(runs).sum()
    }

    fn compute(&self, index: usize, trainings: &Trainings<'_>, watch: &dyn Watch) -> Result<SweepPoint, StudyError> {
        let config = self.config.point(index)?;
        let (seed, routes, watch) = (seed_of(&config)?, &self.header.routes, UntilCancelled(watch));
        let (pair, found) = match &config {
            CollapseRun::Mixture(mixture) => {
                let problem = mixture.problem.watched()?.0;
                let question = CollapseProbability::new(mixture, &problem, seed)?;
                (question.pair_name(), question.answer(routes, trainings, &watch))
            }
            CollapseRun::Flow(count) => (FLOW, FlowQuestion::new(count)?.answer(routes, seed, trainings)),
            CollapseRun::Product(product) => (PRODUCT, ProductQuestion::new(product)?.answer(routes, seed, &watch)),
        };
        let (routes, failure) = match found {
            Ok(answers) => (answers, None),
            Err(StudyError::Cancelled) => return Err(StudyError::Cancelled),
            Err(failure) => (Answers::default(), Some(failure.to_string())),
        };
        Ok(SweepPoint {
            index,
            values: self.config.values(index),
            rate: rate(&config),
            time: time(&config, &routes)?,
            seed,
            pair: pair.to_owned(),
            routes,
            failure,
        })
    }
}

/// The time at which T = 1 is reached.
fn time(config: &CollapseRun, answers: &Answers) -> Result<Option<f64>, StudyError> {
    let schedule = config.schedule();
    if schedule.rule()?.is_none() {
        let known = schedule.schedule()?;
        return Ok((known.final_temperature() == 1.0).then(|| known.settling_time(Schedule::SETTLED)));
    }
    Ok(Route::ALL.iter().find_map(|route| answers.get(*route)?.cooling?.mean))
}

/// The seed of a point's draws.
fn seed_of(run: &CollapseRun) -> Result<u64, StudyError> {
    match run {
        CollapseRun::Mixture(mixture) => Ok(match mixture.problem.shaped()? {
            Some(shaped) => shaped.seed(run.seed()),
            None => mixture.problem.watched()?.0.seed(run.seed()),
        }),
        CollapseRun::Flow(count) => Ok(FlowQuestion::new(count)?.seed()),
        CollapseRun::Product(product) => Ok(ProductQuestion::new(product)?.seed()),
    }
}

/// The rate of a schedule that has one.
fn rate(config: &CollapseRun) -> Option<f64> {
    let ScheduleConfig { kind, initial_temperature, duration, rate, .. } = config.schedule();
    match (*kind, initial_temperature, duration) {
        (ScheduleKind::Geometric, Some(hot), Some(duration)) => Some(hot.ln() / duration),
        _ => *rate,
    }
}
