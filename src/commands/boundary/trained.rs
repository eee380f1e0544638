//! The boundary of two components with trained weights at a horizon, beside that with fixed ones.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::anyhow;
use collapsar_theory::{Family, Problem, Rules, Schedule, WeightRule};

use crate::cli::RunArgs;
use crate::commands::Failure;
use crate::commands::boundary::{schedules, summary, varied};
use crate::commands::output::{Products, deliver, drawn, progress};
use crate::config::RunConfig;
use crate::plots;
use crate::results::{BoundaryCurve, BoundaryRecord, PROGRAM, VERSION};
use crate::trajectory::HorizonBoundary;

/// Brackets need not be narrower: a run that is judged at a horizon is no limit.
const NARROWEST: f64 = 1e-6;

/// Computes, writes and says.
pub(super) fn run(args: &RunArgs, config: RunConfig, problem: &Problem) -> Result<Vec<PathBuf>, Failure> {
    let Some(horizon) = config.stop.horizon else {
        let text =
            "`stop.horizon` is missing: with trained weights a mode that is lost may come back, say when to judge";
        return Err(Failure::usage(anyhow!(text)));
    };
    let started = Instant::now();
    let schedules = schedules(&config)?;
    let bar = progress(args, 2 * schedules.len() * config.boundary.transverse.len(), "curves");
    let mut curves = Vec::new();
    for schedule in &schedules {
        for &transverse in &config.boundary.transverse {
            let trained = problem.family().rules().weights;
            for (weights, name) in [(trained, "trained"), (WeightRule::Fixed, "fixed")] {
                let problem = with(problem, schedule, weights)?;
                let boundary = HorizonBoundary::new(&problem, horizon).map_err(Failure::usage)?;
                curves.push(curve(&config, &boundary, schedule, transverse, name));
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    let record = BoundaryRecord {
        program: PROGRAM,
        version: VERSION,
        varied: varied(&config).into_iter().chain(["family.train_weights"]).collect(),
        config,
        pair: "free",
        critical_temperature: None,
        axes: ["x", "Y_b", "z"],
        curves,
        connection_constant: None,
        connection_error: None,
        exponent: None,
        horizon: Some(horizon),
        portrait: None,
    };
    let csv = record.csv().map_err(Failure::computation)?;
    let text = summary(&record, started.elapsed().as_secs_f64());
    deliver(args, &Products { record: &record, text, files: drawn(csv, &plots::boundary(&record))? })
}

/// The problem with another schedule and rule for the weights.
fn with(problem: &Problem, schedule: &Schedule, weights: WeightRule) -> Result<Problem, Failure> {
    let family = problem.family();
    let family = Family::new(family.weights().to_vec(), Rules { weights, ..family.rules() }).map_err(Failure::usage)?;
    Problem::new(problem.target().clone(), family, schedule.clone(), problem.start().clone()).map_err(Failure::usage)
}

fn curve(
    config: &RunConfig,
    boundary: &HorizonBoundary<'_>,
    schedule: &Schedule,
    z: f64,
    weights: &'static str,
) -> BoundaryCurve {
    let n = config.boundary.points;
    let reach = config.boundary.reach.unwrap_or(config.target.separation.unwrap_or(1.0) + 1.0);
    let width = config.boundary.width.max(NARROWEST);
    // Squares from the first point beyond the origin, where nothing moves.
    let places: Vec<f64> = (1..=n).map(|i| reach * (i as f64 / n as f64).powi(2)).collect();
    let found = crate::parallel::map(&places, |&x| (x, boundary.locate(x, z, width)));
    let located = || found.iter().filter_map(|(x, bracket)| bracket.map(|bracket| (*x, bracket)));
    BoundaryCurve {
        initial_temperature: schedule.initial_temperature(),
        rate: schedule.rate(),
        duration: schedule.duration(),
        transverse: z,
        weights: Some(weights),
        abscissae: located().map(|(x, _)| x).collect(),
        ordinates: located().map(|(_, bracket)| 0.5 * (bracket.low + bracket.high)).collect(),
        widths: located().map(|(_, bracket)| bracket.high - bracket.low).collect(),
        undecided: found.len() - located().count(),
    }
}
