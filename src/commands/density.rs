//! `collapsar density`: target, tempered target and fitted mixture of a run at several moments.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::anyhow;

use crate::cli::RunArgs;
use crate::commands::Failure;
use crate::commands::compare::read_variants;
use crate::commands::output::{Products, deliver, drawn};
use crate::commands::solve::{read_config, trace};
use crate::commands::summary::number;
use crate::config::{RunConfig, Variant};
use crate::density::{Gaussians, Plane, Tempered, enclosing_levels};
use crate::plots;
use crate::results::{DensityRecord, DensityVariant, PROGRAM, Snapshot, VERSION};
use crate::trajectory::{LimitStatus, Report};

/// Nodes of the marginals.
const AXIS_NODES: u32 = 241;
/// Nodes of the plane along each axis.
pub(crate) const PLANE_NODES: u32 = 81;
/// Standard deviations shown around modes and means unless told otherwise.
pub(crate) const MARGIN: f64 = 3.2;
/// Shares of mass that the contours enclose.
pub(crate) const SHARES: [f64; 2] = [0.5, 0.9];
const DEFINITION: &str = "marginals in the plane of the mode axis and the second direction: q and p are Gaussian mixtures there; \
    p^beta is N(0, 1/beta) across the span of the modes, so its marginal is p^beta of the modes in the plane, \
    normalised there by quadrature; levels enclose the shares of the mass within the window";

/// Reads, computes, writes and says.
pub fn run(args: &RunArgs) -> Result<Vec<PathBuf>, Failure> {
    let base = read_config(&args.config, &args.overrides)?;
    let mut variants = read_variants(args)?;
    if variants.is_empty() {
        variants.push(Variant { label: String::new(), config: base });
    }
    let started = Instant::now();
    let variants = variants.into_iter().map(|variant| {
        let label = format!("variant \"{}\"", variant.label);
        let named = !variant.label.is_empty();
        show(variant).map_err(|failure| if named { failure.within(&label) } else { failure })
    });
    let mut variants = variants.collect::<Result<Vec<Shown>, Failure>>()?;
    // One window for all: what differs between variants is then seen.
    let reach = variants.iter().map(|shown| shown.reach).fold(0.0, f64::max);
    let variants = variants.drain(..).map(|shown| shown.evaluated(reach)).collect();
    let record =
        DensityRecord { program: PROGRAM, version: VERSION, definition: DEFINITION, shares: SHARES.to_vec(), variants };
    let csv = record.csv().map_err(Failure::computation)?;
    let text = summary(&record, started.elapsed().as_secs_f64());
    deliver(args, &Products { record: &record, text, files: drawn(csv, &plots::density(&record))? })
}

/// A run in its plane, before densities are evaluated.
struct Shown {
    variant: Variant,
    collapsed: Option<bool>,
    modes: Vec<[f64; 2]>,
    paths: Vec<Vec<[f64; 2]>>,
    means: Vec<Vec<[f64; 2]>>,
    reports: Vec<Report>,
    reach: f64,
}

fn show(variant: Variant) -> Result<Shown, Failure> {
    let config = &variant.config;
    let dimension = config.start.means.as_ref().map_or(config.start.dimension.unwrap_or(0), |means| means[0].len());
    if dimension < 2 {
        return Err(Failure::usage(anyhow!(
            "the start has dimension {dimension}: it must have at least 2, the dimension of the plane that is drawn"
        )));
    }
    // The plane may be refused: before the run is made.
    let target = config.target.target().map_err(Failure::usage)?;
    Plane::new(target.modes(), &[]).map_err(Failure::usage)?;
    let (_, start, trajectory) = trace(config, &config.density.times)?;
    let modes: Vec<Vec<f64>> = start.modes.chunks(start.dimension).map(<[f64]>::to_vec).collect();
    let points: Vec<Vec<f64>> =
        trajectory.reports.iter().chain(&trajectory.fine).flat_map(|report| report.means.clone()).collect();
    let plane = Plane::new(&modes, &points).map_err(Failure::usage)?;
    let projected = |report: &Report| report.means.iter().map(|mean| plane.project(mean)).collect::<Vec<_>>();
    let fine: Vec<Vec<[f64; 2]>> = trajectory.fine.iter().map(projected).collect();
    let components = config.family.weights.len();
    let means: Vec<Vec<[f64; 2]>> = trajectory.reports.iter().map(projected).collect();
    let modes: Vec<[f64; 2]> = modes.iter().map(|mode| plane.project(mode)).collect();
    let decided = trajectory.limit.as_ref().filter(|limit| limit.status != LimitStatus::Moving);
    Ok(Shown {
        collapsed: decided.map(|limit| !limit.lost.is_empty()),
        paths: (0..components).map(|i| fine.iter().map(|row| row[i]).collect()).collect(),
        reach: config.density.reach.unwrap_or_else(|| reach(&modes, &means, &trajectory.reports)),
        reports: trajectory.reports,
        modes,
        means,
        variant,
    })
}

/// What shows all modes and fitted components.
fn reach(modes: &[[f64; 2]], means: &[Vec<[f64; 2]>], reports: &[Report]) -> f64 {
    let far = |point: &[f64; 2]| point[0].abs().max(point[1].abs());
    let target = modes.iter().map(|mode| far(mode) + MARGIN).fold(0.0, f64::max);
    let fits = means
        .iter()
        .zip(reports)
        .map(|(means, report)| means.iter().map(far).fold(0.0, f64::max) + MARGIN * report.variance.sqrt());
    fits.fold(target, f64::max)
}

pub(crate) fn nodes(reach: f64, count: u32) -> Vec<f64> {
    (0..count).map(|i| reach * (2.0 * f64::from(i) / f64::from(count - 1) - 1.0)).collect()
}

pub(crate) fn over_plane(nodes: &[f64], density: impl Fn([f64; 2]) -> f64) -> Vec<f64> {
    nodes.iter().flat_map(|&b| nodes.iter().map(move |&a| [a, b])).map(density).collect()
}

impl Shown {
    fn evaluated(self, reach: f64) -> DensityVariant {
        let (axis, plane) = (nodes(reach, AXIS_NODES), nodes(reach, PLANE_NODES));
        let config: &RunConfig = &self.variant.config;
        let weights = &config.target.weights;
        let target = Gaussians { centres: self.modes.clone(), weights: weights.clone(), variance: 1.0 };
        let values = over_plane(&plane, |at| target.density(at));
        let snapshots = self.reports.iter().zip(&self.means).map(|(report, means)| {
            let tempered = Tempered::new(&self.modes, weights, 1.0 / report.temperature);
            let fit = Gaussians { centres: means.clone(), weights: report.weights.clone(), variance: report.variance };
            let planes = [over_plane(&plane, |at| tempered.density(at)), over_plane(&plane, |at| fit.density(at))];
            let [tempered_levels, fit_levels] = [0, 1].map(|i| enclosing_levels(&planes[i], &SHARES));
            let [tempered_plane, fit_plane] = planes;
            Snapshot {
                time: report.time,
                temperature: report.temperature,
                variance: report.variance,
                weights: report.weights.clone(),
                coverage: report.coverage.clone(),
                means: means.clone(),
                tempered_weights: tempered.mode_weights().to_vec(),
                marginal_target: axis.iter().map(|&a| target.marginal(a)).collect(),
                marginal_tempered: axis.iter().map(|&a| tempered.marginal(a)).collect(),
                marginal_fit: axis.iter().map(|&a| fit.marginal(a)).collect(),
                tempered: tempered_plane,
                tempered_levels,
                fit: fit_plane,
                fit_levels,
            }
        });
        DensityVariant {
            snapshots: snapshots.collect(),
            target_levels: enclosing_levels(&values, &SHARES),
            target: values,
            label: self.variant.label.clone(),
            config: config.clone(),
            collapsed: self.collapsed,
            modes: self.modes,
            paths: self.paths,
            axis,
            nodes: plane,
        }
    }
}

fn summary(record: &DensityRecord, seconds: f64) -> String {
    let mut lines = Vec::new();
    for variant in &record.variants {
        let verdict = match variant.collapsed {
            Some(true) => "collapses",
            Some(false) => "recovers",
            None => "undecided",
        };
        let label = if variant.label.is_empty() { "the run" } else { &variant.label };
        lines.push(format!("variant     {label}: {verdict}"));
        for shot in &variant.snapshots {
            let list = |values: &[f64]| values.iter().map(|v| number(*v)).collect::<Vec<_>>().join(" ");
            lines.push(format!(
                "  t = {:<8} T = {:<8} variance {:<8} coverage {}, weights of the modes in p^beta {}",
                number(shot.time),
                number(shot.temperature),
                number(shot.variance),
                list(&shot.coverage),
                list(&shot.tempered_weights)
            ));
        }
    }
    lines.push(format!("cost        {seconds:.2} s"));
    lines.join("\n") + "\n"
}
