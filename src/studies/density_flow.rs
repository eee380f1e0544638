//! A normalizing flow trained on a target that is a function of the caller's.

use crate::config::{DensityFlowRun, Precision};
use crate::flows::{FlowProblem, LogDensity, Real, TrainingOutcome, train_on_density};
use crate::results::{DensityFlowRecord, DensityMoment, PROGRAM, VERSION};
use crate::studies::{StudyError, Watch};

/// A trained flow: its record and its weights.
#[derive(Debug)]
pub struct DensityFlow {
    record: DensityFlowRecord,
    weights: Vec<u8>,
}

impl DensityFlow {
    /// Trains the flow of `run` on `density`, whose points have the dimension of `start`.
    pub fn compute(run: DensityFlowRun, density: &dyn LogDensity, watch: &dyn Watch) -> Result<Self, StudyError> {
        match run.flow.precision() {
            Precision::Single => Self::compute_in::<f32>(run, density, watch),
            Precision::Double => Self::compute_in::<f64>(run, density, watch),
        }
    }

    fn compute_in<T: Real>(
        run: DensityFlowRun,
        density: &dyn LogDensity,
        watch: &dyn Watch,
    ) -> Result<Self, StudyError> {
        let clocked = run.training.clock(&run.schedule);
        let kind = run.flow.made_of(run.start.dimension);
        let parameters = kind.parameters();
        let problem = FlowProblem::on_density(kind, density, clocked.first()?, run.training.training())?;
        let problem = match clocked.rule()? {
            Some(rule) => problem.with_rule(rule),
            None => problem,
        };
        watch.begin(run.training.steps, 0, "steps");
        let (mut moments, mut reported) = (Vec::new(), 0);
        let time = |step: usize| step as f64 * run.training.time_step;
        let trained = train_on_density::<T, _>(&problem, run.start.seed, |record, _| {
            watch.advance(record.step as u64 + 1 - reported);
            reported = record.step as u64 + 1;
            watch.say(&format_args!("T = {:.3}, F = {:.4}", 1.0 / record.beta, record.losses.objective));
            moments.push(DensityMoment {
                step: record.step as u64,
                time: time(record.step),
                temperature: 1.0 / record.beta,
                objective: record.losses.objective,
                divergence: record.losses.divergence,
            });
        })?;
        let weights = trained.flow.to_safetensors().map_err(StudyError::computation)?;
        let (diverged_at, evaluation) = match trained.outcome {
            TrainingOutcome::Trained(found) => (None, Some(found.into())),
            TrainingOutcome::Diverged { step } => (Some(step as u64), None),
        };
        let record = DensityFlowRecord {
            program: PROGRAM,
            version: VERSION,
            parameters,
            diverged_at,
            cold: trained.cold.map(time),
            evaluation,
            moments,
            config: run,
        };
        Ok(Self { record, weights })
    }

    /// What is reported.
    pub fn record(&self) -> &DensityFlowRecord {
        &self.record
    }

    /// The bytes of a safetensors file.
    pub fn weights(&self) -> &[u8] {
        &self.weights
    }
}
