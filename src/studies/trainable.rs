//! The normalizing flow of a configuration: what is trained, when it counts as collapsed, and how often it does.

use collapsar_theory::InvalidParameter;

use crate::config::{
    Criterion, FlowConfig, FlowProblemConfig, FlowTargetConfig, Precision, ProbabilityRun, ProblemConfig,
    ScheduleConfig, TargetConfig, TrainingConfig,
};
use crate::flows::{Evaluation, FlowProblem, FlowTarget, Real, TrainingOutcome, TrainingRun, train};
use crate::montecarlo::{Cooling, DEFAULT_LEVEL, Estimate, RunEnd, Tally};
use crate::results::{Answer, Detail, TrainedRun};
use crate::studies::{StudyError, number};

/// A flow to be trained, with the rule that judges it.
pub(crate) struct Trainable<'a> {
    /// `[flow]`.
    pub(crate) flow: &'a FlowConfig,
    /// `[training]`.
    pub(crate) training: &'a TrainingConfig,
    /// What is trained.
    pub(crate) problem: FlowProblem,
    /// Number of trained parameters.
    pub(crate) parameters: usize,
    /// The spread below which a flow is collapsed; none where lost modes decide.
    threshold: Option<f64>,
    seed: u64,
}

impl<'a> Trainable<'a> {
    /// The flow of a configuration, from a seed of its own in a grid.
    pub(crate) fn of_flow(run: &'a FlowProblemConfig, seed: u64) -> Result<Self, StudyError> {
        let FlowProblemConfig { target, schedule, start, flow, training } = run;
        Self::new((flow, training), target_of(target, start.dimension)?, schedule, (start.dimension, seed))
    }

    /// The flow of a problem; refused if it has none.
    pub(crate) fn of_question(run: &'a ProbabilityRun, seed: u64) -> Result<Self, StudyError> {
        let (Some(flow), Some(training)) = (&run.flow, &run.training) else {
            let rule = "be given, or `training`: they say which flow is trained, and how";
            return Err(StudyError::refused("flow", "missing", rule));
        };
        let ProblemConfig { target, schedule, start, .. } = &run.problem;
        let target = mixture_of(target, start.dimension())?;
        Self::new((flow, training), target, schedule, (start.dimension(), seed))
    }

    fn new(
        (flow, training): (&'a FlowConfig, &'a TrainingConfig),
        target: FlowTarget,
        schedule: &ScheduleConfig,
        (dimension, seed): (usize, u64),
    ) -> Result<Self, StudyError> {
        let threshold = match training.criterion {
            Criterion::Spread => {
                Some(training.threshold.unwrap_or_else(|| half_way(&target.modes(), &target.shares())))
            }
            Criterion::Coverage => None,
        };
        let clocked = training.clock(schedule);
        let (schedule, rule) = (clocked.first()?, clocked.rule()?);
        let kind = flow.made_of(dimension);
        let parameters = kind.parameters();
        let problem = FlowProblem::new(kind, target, schedule, training.training())?;
        let problem = rule.map_or(problem.clone(), |rule| problem.with_rule(rule));
        Ok(Self { flow, training, problem, parameters, threshold, seed })
    }

    /// The seed of a single run, and of the first of many.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The rule in words.
    pub(crate) fn criterion(&self) -> String {
        match self.threshold {
            Some(threshold) => format!(
                "collapsed: the standard deviation along the axis of the modes is below {}; {} samples",
                number(threshold),
                self.training.samples
            ),
            None => format!("collapsed: a mode has C_k/v_k < 1/2; {} samples", self.training.samples),
        }
    }

    /// Whether a flow is collapsed.
    pub(crate) fn collapsed(&self, found: &Evaluation) -> bool {
        match (self.threshold, found.spread) {
            (Some(threshold), Some(spread)) => spread.value < threshold,
            _ => !found.lost.is_empty(),
        }
    }

    /// Trains `training.runs` flows side by side, but for those that are known, and counts.
    pub(crate) fn count(&self, trainings: &Trainings<'_>) -> Result<Answer, StudyError> {
        match self.flow.precision() {
            Precision::Single => self.count_in::<f32>(trainings),
            Precision::Double => self.count_in::<f64>(trainings),
        }
    }

    fn count_in<T: Real>(&self, trainings: &Trainings<'_>) -> Result<Answer, StudyError> {
        let seeds = (0..self.training.runs).map(|i| self.seed.wrapping_add(i));
        let (mut runs, mut open) = (Vec::new(), Vec::new());
        for seed in seeds {
            match trainings.known.iter().find(|run| run.seed == seed) {
                Some(run) => runs.push(*run),
                None => open.push(seed),
            }
        }
        let train_one = |&seed: &u64| {
            let run = self.verdict(&train::<T>(&self.problem, seed, |_, _| ())?);
            trainings.note.map_or(Ok(()), |note| note(&run)).map(|()| run)
        };
        // In waves: within a step a waiting thread takes up other work, and that must not be another whole training.
        for wave in open.chunks(crate::parallel::width()) {
            runs.extend(crate::parallel::try_map(wave, train_one)?);
        }
        let mut tally = Tally::default();
        for run in &runs {
            tally.count(match run.collapsed {
                None => RunEnd::Failed,
                Some(true) => RunEnd::Collapsed,
                Some(false) => RunEnd::Recovered,
            });
        }
        let mut divergences: Vec<f64> = runs.iter().filter_map(|run| run.divergence).collect();
        divergences.sort_by(f64::total_cmp);
        let lost = |k: usize| runs.iter().filter(|run| run.collapsed.is_some() && run.modes_lost == k).count() as u64;
        let modes_lost = (0..=self.problem.target().shares().len()).map(lost).collect();
        let estimate = Estimate::new(tally, DEFAULT_LEVEL, self.seed);
        let detail = Detail::Training {
            definition: self.criterion(),
            modes_lost,
            median_divergence: quantile(&divergences, 0.5),
            divergence_quartiles: quantile(&divergences, 0.25).zip(quantile(&divergences, 0.75)).map(<[f64; 2]>::from),
            parameters: self.parameters,
            batch: self.training.batch,
            steps: self.training.steps,
        };
        // In the order of the seeds, whichever were known.
        runs.sort_by_key(|run| run.seed);
        let times: Vec<Option<f64>> = runs.iter().map(|run| run.cold).collect();
        Ok(Answer::counted(estimate, detail).cooled(self.problem.rule().map(|_| Cooling::of(&times))))
    }

    fn verdict<T: Real>(&self, run: &TrainingRun<T>) -> TrainedRun {
        let (collapsed, modes_lost, divergence) = match &run.outcome {
            TrainingOutcome::Diverged { .. } => (None, 0, None),
            TrainingOutcome::Trained(found) => {
                (Some(self.collapsed(found)), found.lost.len(), Some(found.kl_reverse.value))
            }
        };
        let cold = run.cold.map(|step| step as f64 * self.training.time_step);
        TrainedRun { seed: run.seed, collapsed, modes_lost, divergence, cold }
    }
}

/// The quantile of a sorted sample, linear between its values; `None` without any.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(low + at.fract() * (high - low))
}

/// The target of a configuration in `dimension` dimensions.
fn target_of(config: &FlowTargetConfig, dimension: usize) -> Result<FlowTarget, InvalidParameter> {
    match config {
        FlowTargetConfig::Mixture(target) => mixture_of(target, dimension),
        FlowTargetConfig::Named(named) => named.benchmark(dimension).map(FlowTarget::from),
    }
}

fn mixture_of(target: &TargetConfig, dimension: usize) -> Result<FlowTarget, InvalidParameter> {
    Ok(match target.shapes_in(dimension)? {
        Some(shaped) => shaped.into(),
        None => target.target()?.into(),
    })
}

/// Keeps a training.
type Note<'a> = &'a (dyn Fn(&TrainedRun) -> Result<(), StudyError> + Sync);

/// The trainings of a count that are finished, and where the next ones are noted, so that none is lost.
#[derive(Default)]
pub(crate) struct Trainings<'a> {
    /// Finished ones, in any order.
    pub(crate) known: &'a [TrainedRun],
    /// Called with each new one as it ends, from any thread.
    pub(crate) note: Option<Note<'a>>,
}

/// Half way between the spread of one mode and that of the target along the axis of two modes, sqrt(1 + R^2 4 v(1-v))
/// with 2R between them.
fn half_way(modes: &[Vec<f64>], weights: &[f64]) -> f64 {
    let [first, .., last] = modes else { return 1.0 };
    let square: f64 = first.iter().zip(last).map(|(a, b)| (a - b) * (a - b)).sum();
    0.5 * (1.0 + (1.0 + square * weights[0] * weights[1]).sqrt())
}
