//! `collapsar realnvp`: one training of a normalizing flow, watched.

mod shown;

use std::path::PathBuf;
use std::time::Instant;

use indicatif::ProgressBar;

use crate::cli::RunArgs;
use crate::commands::Failure;
use crate::commands::compare::read_variants;
use crate::commands::output::{Products, deliver, drawn, progress, stem};
use crate::commands::solve::read_config;
use crate::commands::summary::number;
use crate::commands::training::Trainable;
use crate::config::{Precision, Variant};
use crate::flows::{Outcome, Real, RealNvp, Record, evaluate, train};
use crate::plots;
use crate::results::{FlowMoment, FlowRecord, FlowVariant, FlowVerdict, PROGRAM, VERSION, flow_csv};
use shown::Shown;

/// Samples for the evaluation of a flow that is still trained.
const WATCHED: usize = 2000;
const DEFINITION: &str = "time = steps times `training.time_step`; in two dimensions q is the exact density of the flow, in more \
    it is shown by samples projected on the plane of the mode axis and one axis across; levels enclose 50% and 90%";

/// Reads, trains, writes and says.
pub fn run(args: &RunArgs) -> Result<Vec<PathBuf>, Failure> {
    let base = read_config(&args.config, &args.overrides)?;
    let mut variants = read_variants(args)?;
    if variants.is_empty() {
        variants.push(Variant { label: String::new(), config: base });
    }
    let trainable = variants.iter().map(|v| Trainable::new(&v.config)).collect::<Result<Vec<_>, _>>()?;
    let started = Instant::now();
    let steps = trainable.iter().map(|t| t.problem.training().steps).sum();
    let bar = progress(args, steps, "steps");
    let (mut records, mut files) = (Vec::new(), Vec::new());
    for (place, (variant, trainable)) in variants.iter().zip(&trainable).enumerate() {
        let ending = if variants.len() > 1 { format!("-{}.safetensors", place + 1) } else { ".safetensors".into() };
        let weights = format!("{}{ending}", stem(args));
        let (record, bytes) = match trainable.flow.precision {
            Precision::Single => watch::<f32>(variant, trainable, weights, &bar),
            Precision::Double => watch::<f64>(variant, trainable, weights, &bar),
        }?;
        records.push(record);
        files.push((ending, bytes));
    }
    bar.finish_and_clear();
    let record = FlowRecord { program: PROGRAM, version: VERSION, definition: DEFINITION, variants: records };
    let csv = flow_csv(&record.variants).map_err(Failure::computation)?;
    files.extend(drawn(csv, &plots::realnvp(&record))?);
    let text = summary(&record, started.elapsed().as_secs_f64());
    deliver(args, &Products { record: &record, text, files })
}

/// Trains one flow; its record and the bytes of its weights.
fn watch<T: Real>(
    variant: &Variant,
    trainable: &Trainable<'_>,
    weights: String,
    bar: &ProgressBar,
) -> Result<(FlowVariant, Vec<u8>), Failure> {
    let (problem, seed, time_step) = (&trainable.problem, trainable.seed(), trainable.training.time_step);
    let first = RealNvp::<T>::new(problem.architecture(), seed).map_err(Failure::usage)?;
    let mut shown = Shown::new(&variant.config, problem)?;
    shown.show(&first, 0, seed);
    let (mut moments, began) = (Vec::new(), bar.position());
    let watched = problem.training().samples.min(WATCHED);
    let run = train::<T>(problem, seed, |record: &Record, flow: &RealNvp<T>| {
        shown.show(flow, record.step + 1, seed);
        // A target that fits the problem fits its evaluation.
        let found = evaluate(flow, problem.target(), watched, seed).ok();
        bar.set_position(began + record.step as u64 + 1);
        bar.set_message(format!("T = {:.3}, F = {:.4}", 1.0 / record.beta, record.losses.objective));
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
    })
    .map_err(Failure::usage)?;
    let bytes = run.flow.to_safetensors().map_err(Failure::computation)?;
    let (diverged_at, found) = match run.outcome {
        Outcome::Trained(found) => (None, Some(found)),
        Outcome::Diverged { step } => (Some(step as u64), None),
    };
    let record = FlowVariant {
        label: variant.label.clone(),
        config: variant.config.clone(),
        seed,
        weights,
        parameters: trainable.parameters,
        diverged_at,
        collapsed: found.as_ref().map(|found| trainable.collapsed(found)),
        criterion: trainable.criterion(),
        evaluation: found.map(FlowVerdict::from),
        modes: shown.modes.clone(),
        target: shown.target(),
        target_levels: shown.levels(&shown.target()),
        nodes: shown.nodes.clone(),
        moments,
        snapshots: shown.snapshots,
    };
    Ok((record, bytes))
}

fn summary(record: &FlowRecord, seconds: f64) -> String {
    let mut lines = Vec::new();
    let mut steps = 0;
    for variant in &record.variants {
        let training = variant.config.training.as_ref();
        steps += training.map_or(0, |t| t.steps);
        let label = if variant.label.is_empty() { "the flow" } else { &variant.label };
        let verdict = match (variant.diverged_at, variant.collapsed) {
            (Some(step), _) => format!("diverged at step {step}"),
            (None, Some(true)) => "collapsed".to_owned(),
            _ => "recovered".to_owned(),
        };
        lines.push(format!("variant     {label}: {verdict}"));
        lines.push(format!(
            "  flow      d = {}, {} parameters, seed {}; {}",
            variant.config.start.dimension(),
            variant.parameters,
            variant.seed,
            training.map_or(String::new(), |t| format!("{} steps of {} points", t.steps, t.batch)),
        ));
        if let Some(found) = &variant.evaluation {
            let pairs = found.coverage.iter().zip(&variant.config.target.weights);
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
    }
    lines.push(format!("cost        {steps} steps, {seconds:.1} s"));
    lines.join("\n") + "\n"
}
