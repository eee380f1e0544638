//! Target, tempered target and fitted mixture of a run at several moments.

use crate::config::{ConfigError, DensityRun, Document, ProblemConfig, Variant};
use crate::density::{Gaussians, Plane, TemperedTarget, enclosing_levels};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{DensityRecord, DensityVariant, PROGRAM, Snapshot, VERSION};
use crate::studies::planes::{MARGIN, PLANE_NODES, SHARES, check_tempered, nodes, over_plane};
use crate::studies::solve::{RUN, in_variant, trace};
use crate::studies::{Study, StudyError, Watch, number};
use crate::trajectory::{LimitStatus, Report};

/// Nodes of the marginals.
const AXIS_NODES: u32 = 241;
const DEFINITION: &str = "marginals in the plane of the mode axis and the second direction: q and p are Gaussian mixtures there; \
    p^beta is N(0, 1/beta) across the span of the modes, so its marginal is p^beta of the modes in the plane, \
    normalised there by quadrature; levels enclose the shares of the mass within the window";

/// Densities in the plane of the mode axis, for each variant at several moments.
#[derive(Debug)]
pub struct Density(DensityRecord);

impl Study for Density {
    const NAME: &'static str = "density";
    const QUESTION: &'static str = "Show target and fit of a run as densities at several moments";
    type Config = Vec<Variant<DensityRun>>;
    type Record = DensityRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        document.variants(DensityRun::resolve)
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        watch.begin(config.len() as u64 * RUN, 0, "% of the runs");
        let mut runs = Vec::new();
        for variant in config {
            let label = variant.label.clone();
            runs.push(projected(variant, watch).map_err(|error| in_variant(error, &label))?);
        }
        // One window for all: what differs between variants is then seen.
        let reach = runs.iter().map(|run| run.reach).fold(0.0, f64::max);
        let variants = runs.into_iter().map(|run| run.evaluated(reach)).collect();
        Ok(Self(DensityRecord {
            program: PROGRAM,
            version: VERSION,
            definition: DEFINITION,
            shares: SHARES.to_vec(),
            variants,
        }))
    }

    fn record(&self) -> &DensityRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        self.0.csv().map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        vec![(String::new(), plots::density(&self.0))]
    }

    fn summary(&self) -> String {
        summary(&self.0)
    }
}

/// A run in its plane, before densities are evaluated.
struct ProjectedRun {
    variant: Variant<DensityRun>,
    collapsed: Option<bool>,
    modes: Vec<[f64; 2]>,
    paths: Vec<Vec<[f64; 2]>>,
    means: Vec<Vec<[f64; 2]>>,
    reports: Vec<Report>,
    reach: f64,
}

fn projected(variant: Variant<DensityRun>, watch: &dyn Watch) -> Result<ProjectedRun, StudyError> {
    let config = &variant.config;
    let ProblemConfig { target, family, start, .. } = &config.run.problem;
    let dimension = start.dimension();
    if dimension < 2 {
        let given = start.means.is_some();
        let key = if given { "start.means" } else { "start.dimension" };
        let value = if given { format!("of dimension {dimension}") } else { dimension.to_string() };
        return Err(StudyError::refused(key, value, "be at least 2, the dimension of the plane that is drawn"));
    }
    // The plane may be refused: before the run is made.
    let target = target.target()?;
    let plane = Plane::new(target.modes(), &[]).map_err(StudyError::misuse)?;
    let modes: Vec<[f64; 2]> = target.modes().iter().map(|mode| plane.project(mode)).collect();
    let schedule = config.run.problem.schedule.schedule()?;
    for &time in &config.density.times {
        check_tempered(&config.run.problem.target, &modes, schedule.beta(time))?;
    }
    let (_, start, trajectory) = trace(&config.run, &config.density.times, watch)?;
    let modes: Vec<Vec<f64>> = start.modes.chunks(start.dimension).map(<[f64]>::to_vec).collect();
    let points: Vec<Vec<f64>> =
        trajectory.reports.iter().chain(&trajectory.fine).flat_map(|report| report.means.clone()).collect();
    let plane = Plane::new(&modes, &points).map_err(StudyError::misuse)?;
    let projected = |report: &Report| report.means.iter().map(|mean| plane.project(mean)).collect::<Vec<_>>();
    let fine: Vec<Vec<[f64; 2]>> = trajectory.fine.iter().map(projected).collect();
    let components = family.weights.len();
    let means: Vec<Vec<[f64; 2]>> = trajectory.reports.iter().map(projected).collect();
    let modes: Vec<[f64; 2]> = modes.iter().map(|mode| plane.project(mode)).collect();
    let decided = trajectory.limit.as_ref().filter(|limit| limit.status != LimitStatus::Moving);
    Ok(ProjectedRun {
        collapsed: decided.map(|limit| limit.verdict.collapsed()),
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

impl ProjectedRun {
    fn evaluated(self, reach: f64) -> DensityVariant {
        let (axis, plane) = (nodes(reach, AXIS_NODES), nodes(reach, PLANE_NODES));
        let config: &DensityRun = &self.variant.config;
        let weights = &config.run.problem.target.weights;
        let target = Gaussians { centres: self.modes.clone(), weights: weights.clone(), variance: 1.0 };
        let values = over_plane(&plane, |at| target.density(at));
        let snapshots = self.reports.iter().zip(&self.means).map(|(report, means)| {
            let tempered = TemperedTarget::new(&self.modes, weights, 1.0 / report.temperature);
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

fn summary(record: &DensityRecord) -> String {
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
    lines.join("\n") + "\n"
}
