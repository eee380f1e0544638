//! Did my runs collapse, how often will they, and why.

mod advice;
mod kinds;
mod page;
mod problem;
mod product;
mod summary;
mod target;
mod verdict;

use crate::config::{ConfigError, DiagnoseConfig, Document, FittedFamily};
use crate::diagnose::{Course, DiagnoseOptions, Found, Mode, Objective};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::report::{ReportPage, markdown};
use crate::results::{DiagnoseRecord, DiagnoseSettings, ModeRecord, PROGRAM, RunRecord, SeparationRecord, VERSION};
use crate::runs::{Columns, Run, Samples};
use crate::studies::{Study, StudyError, Watch, number};
use kinds::Kinds;
use verdict::Seen;

const DEFINITION: &str = "C_k is the share of a run's samples in mode k; a mode is lost by a run if C_k/v_k is below `lost_below`, and a \
    run that lost one has collapsed; v_k is the weight of the mode, given or by the runs that hold all modes";

/// Runs that somebody else made, and what is to be said of them.
#[derive(Debug)]
pub struct DiagnoseRun {
    /// Every choice.
    pub settings: DiagnoseConfig,
    /// The runs.
    pub runs: Vec<Run>,
    /// A second set beside them.
    pub against: Vec<Run>,
}

impl DiagnoseRun {
    /// The names of columns and arrays.
    pub fn columns(&self) -> Columns {
        let DiagnoseConfig { columns, log_q, log_p, run, .. } = &self.settings;
        Columns { coordinates: columns.clone(), log_q: log_q.clone(), log_p: log_p.clone(), run: run.clone() }
    }

    /// Numbers that are held of each of `files` files, at most.
    pub fn most_numbers(&self, files: usize) -> usize {
        const MIB: u64 = 1 << 20;
        let all = self.settings.memory.saturating_mul(MIB) / size_of::<f64>() as u64;
        usize::try_from(all).unwrap_or(usize::MAX) / files.max(1)
    }
}

/// The verdict.
#[derive(Debug)]
pub struct Diagnose(DiagnoseRecord);

impl Diagnose {
    /// All of it as a report, with those of its figures that are given, as SVG documents under the names in [`Study::figures`].
    pub fn report(&self, pictures: &[(String, String)]) -> ReportPage {
        page::page(&self.0, pictures)
    }
}

impl Study for Diagnose {
    const NAME: &'static str = "diagnose";
    const QUESTION: &'static str =
        "Say of runs that you made elsewhere whether they lost modes, how often further runs will, and why";
    type Config = DiagnoseRun;
    type Record = DiagnoseRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        Ok(DiagnoseRun { settings: DiagnoseConfig::resolve(document)?, runs: Vec::new(), against: Vec::new() })
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        compute(&config, watch).map(Self)
    }

    fn record(&self) -> &DiagnoseRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        self.0.csv().map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        plots::diagnose(&self.0)
    }

    /// The report in Markdown, and the problem as a configuration.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let report = ("-report.md".to_owned(), markdown(&self.report(&[])).into_bytes());
        let problem = self.0.target.as_ref().filter(|target| !target.toml.is_empty());
        let problem = problem.map(|target| ("-problem.toml".to_owned(), target.toml.clone().into_bytes()));
        std::iter::once(report).chain(problem).collect()
    }

    fn summary(&self) -> String {
        summary::summary(&self.0)
    }
}

fn compute(config: &DiagnoseRun, watch: &dyn Watch) -> Result<DiagnoseRecord, StudyError> {
    let settings = &config.settings;
    let all: Vec<&Run> = config.runs.iter().chain(&config.against).collect();
    let kinds = Kinds::of(&all, settings)?;
    let set = |i: usize| if i < config.runs.len() { "runs" } else { "against" };
    let (found, counts) = match &kinds {
        Kinds::Fits { samples, .. } => {
            let samples: Vec<&Samples> = samples.iter().map(AsRef::as_ref).collect();
            watch.begin(samples.len() as u64, 0, "runs");
            let found = found(settings, &samples)?;
            watch.advance(samples.len() as u64);
            let counts = found.counts.clone();
            (Some(found), Some(counts))
        }
        Kinds::Coverage(_) => (None, None),
    };
    if watch.cancelled() {
        return Err(StudyError::Cancelled);
    }
    let coverage: Vec<Vec<f64>> = match (&kinds, &counts) {
        (Kinds::Coverage(shares), _) => shares.clone(),
        (_, counts) => counts.iter().flatten().map(|run| shares(run)).collect(),
    };
    let weights = verdict::weights(settings, &coverage)?;
    let mut runs = Vec::new();
    for (i, run) in all.iter().enumerate() {
        let objective = kinds.samples(i).and_then(Objective::of);
        let course = kinds.trace(i).zip(found.as_ref()).map(|(trace, found)| Course::new(trace, found, settings.seed));
        let counts = counts.as_ref().map(|counts| &counts[i][..]);
        let seen = Seen { coverage: &coverage[i], counts, objective, course };
        runs.push(verdict::run(settings, run, set(i), &weights, seen));
    }
    let mine = of_set(&runs, true);
    let probability = verdict::collapsed(&mine, settings.level);
    let mut notes = kinds.notes().to_vec();
    let modes: Vec<ModeRecord> = (0..weights.len())
        .map(|k| {
            let mode = found.as_ref().map(|found| &found.modes[k]);
            let empty = counts.iter().flatten().all(|run| run[k] == 0);
            ModeRecord {
                mean: mode.map_or_else(Vec::new, |mode| mode.mean.clone()),
                weight: weights[k],
                variance: mode.filter(|_| !empty).map(Mode::variance),
                variances: mode.filter(|_| !empty).map_or_else(Vec::new, |mode| mode.variances.clone()),
                covariance: mode.filter(|_| !empty).map_or_else(Vec::new, |mode| mode.covariance.clone()),
                lost: verdict::lost(&mine, k, settings.level),
            }
        })
        .collect();
    if weights.len() == 1 {
        notes.push(
            "all runs found the same single mode: either the target has no other, or every run lost it; runs alone cannot tell \
             (`diagnose.modes` names modes that are known)"
                .to_owned(),
        );
    }
    let separations = found.iter().flat_map(|found| &found.separations).map(|pair| SeparationRecord {
        modes: pair.modes,
        distance: target::distance(&modes, pair.modes),
        dip: pair.dip,
        n: pair.n,
        p: pair.p,
        barrier: pair.barrier,
    });
    let separations: Vec<SeparationRecord> = separations.collect();
    for pair in separations.iter().filter(|pair| pair.barrier.is_some_and(|fall| fall < target::NO_BARRIER)) {
        notes.push(format!(
            "log p hardly falls between modes {} and {} ({} nats): the dip there is of the fits, not of the target",
            pair.modes[0],
            pair.modes[1],
            number(pair.barrier.unwrap_or(0.0))
        ));
    }
    let dimension = kinds.dimension();
    let mut target = target::of(&modes, dimension);
    if let Some((target, d)) = target.as_mut().zip(dimension) {
        target.toml = problem::of(&modes, d, settings.family, target);
    }
    let mut product = None;
    if settings.family == Some(FittedFamily::MeanField) && target.is_some() {
        match product::of(&modes, watch)? {
            Ok(verdict) => {
                notes.extend(product::explain(&mut runs, &verdict));
                product = Some(verdict);
            }
            Err(reason) => notes.push(format!("products of the fitted target were not judged: {reason}")),
        }
    }
    let advice = advice::of(settings.family, target.as_ref(), &modes, &probability, product.as_ref())?;
    let plane = found.as_ref().and_then(|found| kinds.plane(found));
    Ok(DiagnoseRecord {
        program: PROGRAM,
        version: VERSION,
        config: DiagnoseSettings { diagnose: settings.clone() },
        definition: DEFINITION,
        dimension,
        modes_from: match &kinds {
            Kinds::Coverage(_) => "columns",
            _ if settings.modes.is_empty() => "found",
            _ => "given",
        },
        modes,
        separations,
        restarts: verdict::restarts(&probability, settings.level),
        recognition: verdict::telling(&runs),
        comparison: verdict::comparison(&probability, &of_set(&runs, false), settings.level),
        mechanisms: verdict::mechanisms(&of_set(&runs, true)),
        probability,
        runs,
        target,
        product,
        advice,
        notes,
        plane,
    })
}

fn found(settings: &DiagnoseConfig, samples: &[&Samples]) -> Result<Found, StudyError> {
    let options = DiagnoseOptions { false_alarm: settings.false_alarm, directions: settings.directions as usize };
    if settings.modes.is_empty() {
        return Ok(Found::new(samples, &options));
    }
    let d = samples.first().map_or(0, |samples| samples.dimension);
    if settings.modes[0].len() != d {
        let rule = format!("hold means of {d} coordinates, as the samples have");
        return Err(StudyError::refused("diagnose.modes", format!("{:?}", settings.modes[0]), rule));
    }
    Ok(Found::given(samples, &settings.modes))
}

/// The runs that are judged, or the others beside them.
fn of_set(runs: &[RunRecord], judged: bool) -> Vec<&RunRecord> {
    runs.iter().filter(|run| (run.set == "runs") == judged).collect()
}

/// Counts as shares.
fn shares(counts: &[u64]) -> Vec<f64> {
    let all = counts.iter().sum::<u64>().max(1) as f64;
    counts.iter().map(|n| *n as f64 / all).collect()
}
