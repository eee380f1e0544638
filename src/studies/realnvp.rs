//! One training of a normalizing flow, watched.

mod scene;
mod snapshots;

use crate::config::{ConfigError, Document, FlowRun, Precision, Variant};
#[cfg(feature = "figures")]
use crate::figures::Figure;
use crate::flows::{Flow, FlowProblem, Real, Record, TrainingOutcome, Transport, evaluate, marginal_distances, train};
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{
    FlowMoment, FlowRecord, FlowVariant, FlowVerdict, LangevinRecord, MarginalDistances, Measured, PROGRAM, VERSION,
    flow_csv,
};
use crate::studies::trainable::Trainable;
use crate::studies::{Study, StudyError, Watch, number};
use snapshots::Snapshots;

/// Samples for the evaluation of a flow that is still trained.
const WATCHED: usize = 2000;
/// Ends of chains that are shown.
const CHAINS: usize = 400;
const DEFINITION: &str = "time = steps times `training.time_step`; in two dimensions q is the exact density of the flow, in more \
    it is shown by samples projected on the plane of the mode axis and one axis across; levels enclose 50% and 90%";

/// Trained normalizing flows, one a variant, with their weights.
#[derive(Debug)]
pub struct RealNvp {
    record: FlowRecord,
    weights: Vec<(String, Vec<u8>)>,
}

impl Study for RealNvp {
    const NAME: &'static str = "realnvp";
    const QUESTION: &'static str = "Train a normalizing flow on the tempered reverse divergence and watch it";
    /// The name of the results, which that of the weights' files is made of, and the variants.
    type Config = (String, Vec<Variant<FlowRun>>);
    type Record = FlowRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        Ok((document.name(), document.variants(FlowRun::resolve)?))
    }

    fn compute((name, variants): Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let trainable = variants
            .iter()
            .map(|v| Trainable::of_flow(&v.config.problem, v.config.problem.start.seed))
            .collect::<Result<Vec<_>, _>>()?;
        watch.begin(trainable.iter().map(|t| t.problem.training().steps as u64).sum(), 0, "steps");
        let (mut records, mut weights) = (Vec::new(), Vec::new());
        for (place, (variant, trainable)) in variants.iter().zip(&trainable).enumerate() {
            let ending = if variants.len() > 1 { format!("-{}.safetensors", place + 1) } else { ".safetensors".into() };
            let file = format!("{name}{ending}");
            let (record, bytes) = match trainable.flow.precision() {
                Precision::Single => watched::<f32>(variant, trainable, file, watch),
                Precision::Double => watched::<f64>(variant, trainable, file, watch),
            }?;
            records.push(record);
            weights.push((ending, bytes));
        }
        let record = FlowRecord { program: PROGRAM, version: VERSION, definition: DEFINITION, variants: records };
        Ok(Self { record, weights })
    }

    fn record(&self) -> &FlowRecord {
        &self.record
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        flow_csv(&self.record.variants).map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        vec![(String::new(), plots::realnvp(&self.record))]
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.weights.clone()
    }

    fn summary(&self) -> String {
        summary(&self.record)
    }

    fn cost(&self) -> String {
        let steps = |variant: &FlowVariant| variant.config.problem.training.steps;
        format!("{} steps", self.record.variants.iter().map(steps).sum::<u64>())
    }
}

/// Trains one flow; its record and the bytes of its weights.
fn watched<T: Real>(
    variant: &Variant<FlowRun>,
    trainable: &Trainable<'_>,
    weights: String,
    watch: &dyn Watch,
) -> Result<(FlowVariant, Vec<u8>), StudyError> {
    let (problem, seed, time_step) = (&trainable.problem, trainable.seed(), trainable.training.time_step);
    let first = Flow::<T>::new(problem.kind(), seed)?;
    let mut shown = Snapshots::new(&variant.config, problem)?;
    let hot = problem.beta(0);
    shown.show(&first, 0, (seed, hot));
    let (mut moments, mut reported) = (Vec::new(), 0);
    let samples = problem.training().samples.min(WATCHED);
    let run = train::<T>(problem, seed, |record: &Record, flow: &Flow<T>| {
        shown.show(flow, record.step + 1, (seed, record.beta));
        // A target that fits the problem fits its evaluation.
        let found = evaluate(flow, problem.target(), samples, seed).ok();
        watch.advance(record.step as u64 + 1 - reported);
        reported = record.step as u64 + 1;
        watch.say(&format_args!("T = {:.3}, F = {:.4}", 1.0 / record.beta, record.losses.objective));
        moments.push(FlowMoment {
            step: record.step as u64,
            time: record.step as f64 * time_step,
            temperature: 1.0 / record.beta,
            objective: record.losses.objective,
            divergence: record.losses.divergence,
            kl_reverse: found.as_ref().map(|e| e.kl_reverse.value),
            coverage: found.as_ref().map_or(Vec::new(), |e| e.coverage.iter().map(|c| c.value).collect()),
            spread: found.and_then(|e| e.spread).map(|s| s.value),
        });
    })?;
    let bytes = run.flow.to_safetensors().map_err(StudyError::computation)?;
    let (diverged_at, found) = match run.outcome {
        TrainingOutcome::Trained(found) => (None, Some(found)),
        TrainingOutcome::Diverged { step } => (Some(step as u64), None),
    };
    let record = FlowVariant {
        label: variant.label.clone(),
        config: variant.config.clone(),
        seed,
        weights,
        parameters: trainable.parameters,
        diverged_at,
        cold: run.cold.map(|step| step as f64 * time_step),
        langevin: found.is_some().then(|| beside(variant, problem, &run.flow, &shown, seed)).transpose()?.flatten(),
        collapsed: found.as_ref().map(|found| trainable.collapsed(found)),
        criterion: trainable.criterion(),
        evaluation: found.map(FlowVerdict::from),
        shares: problem.target().shares(),
        modes: shown.scene.modes.clone(),
        target: shown.target(),
        target_levels: shown.levels(&shown.target()),
        nodes: shown.nodes.clone(),
        moments,
        snapshots: shown.taken,
    };
    Ok((record, bytes))
}

/// Langevin Monte Carlo beside a trained flow, where it is asked for.
fn beside<T: Real>(
    variant: &Variant<FlowRun>,
    problem: &FlowProblem,
    flow: &Flow<T>,
    shown: &Snapshots<'_>,
    seed: u64,
) -> Result<Option<LangevinRecord>, StudyError> {
    let Some(config) = &variant.config.langevin else { return Ok(None) };
    let options = config.langevin();
    let found = options.sample(problem, seed)?;
    let (d, count) = (problem.kind().dimension(), options.chains);
    let exact = |seed: u64| problem.target().sample(d, count, seed);
    let target = exact(seed);
    let distances = |points: &[f64]| marginal_distances(points, &target, d);
    let fitted: Vec<f64> = flow.sample(seed, count).into_iter().map(|x| x.to_f64()).collect();
    let distances = MarginalDistances {
        langevin: distances(&found.points)?,
        flow: distances(&fitted)?,
        exact: distances(&exact(seed.wrapping_add(1)))?,
    };
    Ok(Some(LangevinRecord {
        gradients: (found.steps * count) as u64,
        steps: found.steps,
        coverage: found.coverage.into_iter().map(Measured::from).collect(),
        lost: found.lost,
        distances,
        points: found.points.chunks_exact(d).take(CHAINS).map(|x| shown.scene.plane.project(x)).collect(),
    }))
}

/// The mean and the largest of some distances.
fn distances(values: &[f64]) -> String {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let most = values.iter().fold(0.0, |most: f64, v| most.max(*v));
    format!("{} (at most {})", number(mean), number(most))
}

fn summary(record: &FlowRecord) -> String {
    let mut lines = Vec::new();
    for variant in &record.variants {
        let training = &variant.config.problem.training;
        let label = if variant.label.is_empty() { "the flow" } else { &variant.label };
        let verdict = match (variant.diverged_at, variant.collapsed) {
            (Some(step), _) => format!("diverged at step {step}"),
            (None, Some(true)) => "collapsed".to_owned(),
            _ => "recovered".to_owned(),
        };
        lines.push(format!("variant     {label}: {verdict}"));
        lines.push(format!(
            "  flow      d = {}, {} parameters, seed {}; {}",
            variant.config.problem.start.dimension,
            variant.parameters,
            variant.seed,
            format_args!("{} steps of {} points", training.steps, training.batch),
        ));
        if variant.config.problem.schedule.kind.watches_the_fit() {
            let cold =
                variant.cold.map_or("T = 1 was not reached".to_owned(), |t| format!("T = 1 at t = {}", number(t)));
            lines.push(format!("  cooling   {cold}"));
        }
        if let Some(found) = &variant.evaluation {
            let pairs = found.coverage.iter().zip(&variant.shares);
            let coverage = pairs.map(|(c, v)| format!("{} (weight {})", number(c.value), number(*v)));
            lines.push(format!("  coverage  {}", coverage.collect::<Vec<_>>().join(", ")));
            if let Some(spread) = found.spread {
                lines.push(format!("  spread    {} +- {:.1e}", number(spread.value), spread.error));
            }
            lines.push(format!(
                "  KL(q||p)  {} +- {:.1e}, KL(p||q) {} +- {:.1e}",
                number(found.kl_reverse.value),
                found.kl_reverse.error,
                number(found.kl_forward.value),
                found.kl_forward.error
            ));
        }
        if let Some(found) = &variant.langevin {
            let coverage: Vec<String> = found.coverage.iter().map(|c| number(c.value)).collect();
            lines.push(format!(
                "  Langevin  {} gradients as well, {} steps of each chain: coverage {}",
                found.gradients,
                found.steps,
                coverage.join(", ")
            ));
            let [chains, flow, exact] =
                [&found.distances.langevin, &found.distances.flow, &found.distances.exact].map(|d| distances(d));
            lines.push(format!("  marginals mean distance: flow {flow}, Langevin {chains}, exact samples {exact}"));
        }
    }
    lines.join("\n") + "\n"
}
