//! One training run, step by step; many side by side.

use collapsar_theory::InvalidParameter;
use pulp::Arch;

use crate::flows::adam::AdamState;
use crate::flows::batch::{Batch, Losses};
use crate::flows::density::{LogDensity, Scored, ScoredDensity};
use crate::flows::evaluation::{DensityEvaluation, Evaluation, evaluate, evaluate_on_density};
use crate::flows::flow::Flow;
use crate::flows::flow_problem::{FlowProblem, Plan};
use crate::flows::real::Real;
use crate::flows::rule_cooling::RuleCooling;
use crate::flows::step_workspace::StepWorkspace;
use crate::parallel;
use crate::random::{Purpose, stream_for};

/// A run in progress: flow, moments of Adam, number of the next step. The random numbers of a step depend on (seed,
/// step) only.
pub struct Trainer<'a, T> {
    plan: &'a Plan,
    flow: Flow<T>,
    target: Box<dyn Scored<T> + 'a>,
    workspace: StepWorkspace<T>,
    /// log p and log q of the last batch, where a rule watches them.
    densities: Option<[Vec<f64>; 2]>,
    arch: Arch,
    adam: AdamState<T>,
    gradient: Vec<T>,
    seed: u64,
    step: usize,
    cooling: Option<RuleCooling>,
}

/// A recorded step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// The number of the step, from 0.
    pub step: usize,
    /// beta(t) at which it was taken.
    pub beta: f64,
    /// The losses on its batch, before the parameters moved.
    pub losses: Losses,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainingOutcome<E = Evaluation> {
    /// All steps were taken.
    Trained(E),
    /// Loss or gradient were not finite.
    Diverged {
        /// The step at which they were not; the parameters are those before it.
        step: usize,
    },
}

/// A finished run.
#[derive(Debug, Clone)]
pub struct TrainingRun<T, E = Evaluation> {
    /// Its seed.
    pub seed: u64,
    /// The flow after the last step that was finite.
    pub flow: Flow<T>,
    /// Every `training.every`-th step and the last.
    pub records: Vec<Record>,
    /// The step from which on T = 1 by a rule that watches the fit.
    pub cold: Option<usize>,
    /// How it ended.
    pub outcome: TrainingOutcome<E>,
}

impl<'a, T: Real> Trainer<'a, T> {
    /// A run of `problem` that has taken no step.
    pub fn new(problem: &'a FlowProblem, seed: u64) -> Result<Self, InvalidParameter> {
        let flow = Flow::new(problem.kind(), seed)?;
        Self::start_from(problem, flow, seed)
    }

    /// The same from given parameters; `flow` must be of the kind of the problem.
    pub fn start_from(problem: &'a FlowProblem, flow: impl Into<Flow<T>>, seed: u64) -> Result<Self, InvalidParameter> {
        let order = problem.kind().order();
        Self::of(problem.plan(), problem.target().scored_in(&order)?, flow.into(), seed)
    }

    /// A run on a target that is known by its density.
    pub fn on_density<D: LogDensity>(problem: &'a FlowProblem<D>, seed: u64) -> Result<Self, InvalidParameter> {
        let flow = Flow::new(problem.kind(), seed)?;
        let target = ScoredDensity::new(problem.target(), &problem.kind().order());
        Self::of(problem.plan(), Box::new(target), flow, seed)
    }

    fn of(plan: &'a Plan, target: Box<dyn Scored<T> + 'a>, flow: Flow<T>, seed: u64) -> Result<Self, InvalidParameter> {
        if flow.kind() != *plan.kind() {
            return Err(InvalidParameter::new("flow", format!("{:?}", flow.kind()), "be of the kind of the problem"));
        }
        let workspace = StepWorkspace::new(&flow, target.together(), plan.training().batch);
        let parameters = flow.parameters().len();
        let gradient = vec![T::ZERO; parameters];
        let cooling = plan.rule().copied().map(RuleCooling::new);
        let densities = cooling.is_some().then(Default::default);
        let (adam, arch) = (AdamState::new(parameters), Arch::new());
        Ok(Self { plan, flow, target, workspace, densities, arch, adam, gradient, seed, step: 0, cooling })
    }

    /// The flow as it is.
    pub fn flow(&self) -> &Flow<T> {
        &self.flow
    }

    /// The same, to be changed.
    pub fn flow_mut(&mut self) -> &mut Flow<T> {
        &mut self.flow
    }

    /// The number of the next step.
    pub fn next_step(&self) -> usize {
        self.step
    }

    /// Losses on the batch of the next step and the gradient of the objective, laid out like the parameters; takes no
    /// step.
    pub fn gradient(&mut self) -> (Losses, &[T]) {
        self.gradient.fill(T::ZERO);
        let losses = self.accumulate();
        (losses, &self.gradient)
    }

    /// beta of the next step.
    pub fn beta(&self) -> f64 {
        self.cooling.map_or_else(|| self.plan.beta(self.step), |cooling| cooling.beta)
    }

    fn accumulate(&mut self) -> Losses {
        let mut rng = stream_for(self.seed, Purpose::Step, self.step as u64);
        let batch = Batch::new(self.beta(), self.plan.training().batch, self.densities.as_mut());
        self.workspace.gradient(&self.flow, self.target.as_mut(), batch, &mut rng, &mut self.gradient)
    }

    /// Takes a step; none if loss or gradient are not finite, and then the parameters stay as they are.
    pub fn step(&mut self) -> Option<Record> {
        let training = self.plan.training();
        let losses = self.accumulate();
        let record = Record { step: self.step, beta: self.beta(), losses };
        let finite = losses.objective.is_finite()
            && self.adam.step(
                self.arch,
                &training.adam,
                (self.plan.rate(self.step), training.clip),
                self.flow.parameters_mut(),
                &mut self.gradient,
            );
        if !finite {
            return None;
        }
        self.workspace.update_running(&mut self.flow, training.batch);
        self.step += 1;
        if let Some((cooling, densities)) = self.cooling.as_mut().zip(self.densities.as_ref()) {
            cooling.look(self.step, self.step as f64 * training.step_size, densities);
        }
        Some(record)
    }
}

/// Trains one flow. The observer is called with every recorded step and the flow after it.
pub fn train<T: Real>(
    problem: &FlowProblem,
    seed: u64,
    observer: impl FnMut(&Record, &Flow<T>),
) -> Result<TrainingRun<T>, InvalidParameter> {
    let judge = |flow: &Flow<T>| {
        let found = evaluate(flow, problem.target(), problem.training().samples, seed)?;
        Ok(found.is_finite().then_some(found))
    };
    to_the_end(Trainer::new(problem, seed)?, observer, judge)
}

/// The same on a target that is known by its density.
pub fn train_on_density<T: Real, D: LogDensity>(
    problem: &FlowProblem<D>,
    seed: u64,
    observer: impl FnMut(&Record, &Flow<T>),
) -> Result<TrainingRun<T, DensityEvaluation>, InvalidParameter> {
    let judge = |flow: &Flow<T>| {
        let found = evaluate_on_density(flow, problem.target(), problem.training().samples, seed)?;
        Ok(found.is_finite().then_some(found))
    };
    to_the_end(Trainer::on_density(problem, seed)?, observer, judge)
}

/// All steps, and what `judge` finds at their end; nothing where it is not finite.
fn to_the_end<T: Real, E>(
    mut trainer: Trainer<'_, T>,
    mut observer: impl FnMut(&Record, &Flow<T>),
    judge: impl FnOnce(&Flow<T>) -> Result<Option<E>, InvalidParameter>,
) -> Result<TrainingRun<T, E>, InvalidParameter> {
    let (training, seed) = (trainer.plan.training(), trainer.seed);
    let mut records = Vec::with_capacity(training.steps / training.every + 2);
    let mut stopped = None;
    while stopped.is_none() && trainer.step < training.steps {
        match trainer.step() {
            Some(record) if record.step % training.every == 0 || trainer.step == training.steps => {
                observer(&record, &trainer.flow);
                records.push(record);
            }
            Some(_) => {}
            None => stopped = Some(trainer.step),
        }
    }
    let Trainer { flow, cooling, .. } = trainer;
    let outcome = match stopped {
        Some(step) => TrainingOutcome::Diverged { step },
        // Parameters that the last step has spoilt show in what the flow says of its samples.
        None => judge(&flow)?.map_or(TrainingOutcome::Diverged { step: training.steps }, TrainingOutcome::Trained),
    };
    Ok(TrainingRun { seed, flow, records, cold: cooling.and_then(|cooling| cooling.cold), outcome })
}

/// Trains a flow for each seed, in parallel; each run is the same, bit for bit, as [`train`] gives it. The observer is
/// called with the seed, from any thread.
pub fn train_many<T: Real>(
    problem: &FlowProblem,
    seeds: &[u64],
    observer: impl Fn(u64, &Record, &Flow<T>) + Sync,
) -> Result<Vec<TrainingRun<T>>, InvalidParameter> {
    // One task a seed: a run takes seconds at least.
    parallel::try_map(seeds, |&seed| train(problem, seed, |record, flow| observer(seed, record, flow)))
}
