//! `collapsar sweep`: the probability of collapse over a grid, point by point, each kept as soon as it is finished.

mod kept;
mod words;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, anyhow};
use indicatif::ProgressBar;
use rand::Rng;

use crate::cli::{RunArgs, Shard, SweepArgs};
use crate::commands::Failure;
use crate::commands::output::{Products, deliver, folder, pictures, progress, stem};
use crate::commands::routes::Question;
use crate::commands::solve::read_document;
use crate::commands::training::{Notebook, Trainable};
use crate::commands::verdict::judged;
use crate::config::{Route, RunConfig, Sweep};
use crate::montecarlo::{Comparison, stream};
use crate::plots;
use crate::results::{PROGRAM, RoutesRecord, SweepHeader, SweepPoint, TrainedRun, VERSION, comparison, sweep_csv};
use kept::SharedJournal;
pub(crate) use kept::{Kept, Points, shards_in};
use words::summary;

/// Reads, computes what is not there yet, writes and says.
pub fn run(args: &SweepArgs) -> Result<Vec<PathBuf>, Failure> {
    let started = Instant::now();
    let grid = Grid::read(&args.run)?;
    let mut known = if args.force { Points::new() } else { grid.finished(&args.run)? };
    let (journal, kept) = SharedJournal::open(&args.run, args.shard, &grid.line()?)?;
    known.extend(kept.points);
    let mine: Vec<usize> = grid.part(args.shard).collect();
    let open: Vec<usize> = mine.iter().copied().filter(|index| !known.contains_key(index)).collect();
    let trained = grid.header.routes.contains(&Route::RealNvp);
    let bar = grid.progress(args, &mine, &open)?;
    let compute = |&index: &usize| {
        let runs = kept.runs.get(&index).map_or(&[][..], Vec::as_slice);
        let note = |run: &TrainedRun| {
            bar.inc(1);
            journal.keep_run(index, run)
        };
        bar.inc(runs.len() as u64);
        let point = grid.compute(index, &Notebook { known: runs, note: &note })?;
        journal.keep_point(&point)?;
        bar.inc(u64::from(!trained));
        Ok(point)
    };
    // A point of trained flows keeps every thread busy for long: one after the other, the journal grows steadily.
    let computed: Vec<SweepPoint> = if trained {
        open.iter().map(compute).collect::<Result<_, Failure>>()?
    } else {
        crate::parallel::try_map(&open, compute)?
    };
    bar.finish_and_clear();
    known.extend(computed.into_iter().map(|point| (point.index, point)));
    if args.shard.is_some() {
        journal.close()?;
        let text = format!("{} of {} points, to be joined by `collapsar merge`\n", mine.len(), grid.sweep.len());
        if !args.run.quiet {
            crate::commands::print(text.as_bytes())?;
        }
        return Ok(Vec::new());
    }
    let seconds = started.elapsed().as_secs_f64();
    let outcome = grid.finish(&args.run, known, &format!("{} new points in {seconds:.1} s", open.len()))?;
    journal.remove()?;
    outcome.report()
}

/// A grid with what identifies it.
pub(crate) struct Grid {
    sweep: Sweep,
    header: SweepHeader,
}

/// What was written, and the points that have no answer.
pub(crate) struct Finished {
    written: Vec<PathBuf>,
    failed: usize,
    first: Option<String>,
}

impl Finished {
    /// An error if a point failed; else the files.
    pub(crate) fn report(self) -> Result<Vec<PathBuf>, Failure> {
        match self.first {
            Some(first) => Err(Failure::computation(anyhow!("{} points failed, the first by: {first}", self.failed))),
            None => Ok(self.written),
        }
    }
}

impl Grid {
    /// Reads a configuration and checks every point of its grid.
    pub(crate) fn read(args: &RunArgs) -> Result<Self, Failure> {
        let sweep = Sweep::resolve(read_document(&args.config, &args.overrides)?).map_err(Failure::usage)?;
        let mut asked: Option<Vec<Route>> = sweep.routes().map(<[Route]>::to_vec);
        let mut first = None;
        for index in 0..sweep.len() {
            let config = sweep.point(index).map_err(Failure::usage)?;
            let problem = config.problem().map_err(Failure::usage)?;
            let question = Question::new(&config, &problem)?;
            let routes = asked.get_or_insert_with(|| question.default_routes());
            if routes.contains(&Route::RealNvp) {
                // What it refuses, it refuses before anything is trained.
                Trainable::new(&config)?;
            }
            first.get_or_insert(config);
        }
        let (Some(config), Some(routes)) = (first, asked) else {
            return Err(Failure::usage(anyhow!("`sweep` has no point")));
        };
        let axes = sweep.axes().to_vec();
        Ok(Self { sweep, header: SweepHeader { program: PROGRAM, version: VERSION, config, axes, routes } })
    }

    /// The header as the first line of a journal.
    pub(crate) fn line(&self) -> Result<String, Failure> {
        serde_json::to_string(&self.header).map_err(Failure::computation)
    }

    /// The indices of a shard, or all.
    fn part(&self, shard: Option<Shard>) -> impl Iterator<Item = usize> {
        let Shard { part, parts } = shard.unwrap_or(Shard { part: 1, parts: 1 });
        (part - 1..self.sweep.len()).step_by(parts)
    }

    /// The points of an earlier record of the same grid.
    fn finished(&self, args: &RunArgs) -> Result<Points, Failure> {
        let Some(path) = folder(args).map(|folder| folder.join(format!("{}.json", stem(args)))) else {
            return Ok(Points::new());
        };
        // Whatever is there and is not this grid's record will be replaced by it.
        let earlier =
            std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        let Some(mut earlier) = earlier else { return Ok(Points::new()) };
        let header = serde_json::to_value(&self.header).map_err(Failure::computation)?;
        let same =
            header.as_object().is_some_and(|keys| keys.iter().all(|(key, value)| earlier.get(key) == Some(value)));
        let points = earlier.get_mut("points").map(serde_json::Value::take).unwrap_or_default();
        let points: Vec<SweepPoint> =
            if same { serde_json::from_value(points).unwrap_or_default() } else { Vec::new() };
        Ok(points.into_iter().map(|point| (point.index, point)).collect())
    }

    /// A bar over points, or over the trainings of trained flows; the `open` points of `mine` are still to be done.
    fn progress(&self, args: &SweepArgs, mine: &[usize], open: &[usize]) -> Result<ProgressBar, Failure> {
        let trained = self.header.routes.contains(&Route::RealNvp);
        let length = |indices: &[usize]| -> Result<usize, Failure> {
            let runs = |&index: &usize| -> Result<usize, Failure> {
                let config = self.sweep.point(index).map_err(Failure::usage)?;
                Ok(config.training.map_or(0, |training| training.runs as usize))
            };
            if trained { indices.iter().map(runs).sum() } else { Ok(indices.len()) }
        };
        let (all, left) = (length(mine)?, length(open)?);
        let bar = progress(&args.run, all, if trained { "runs" } else { "points" });
        bar.set_position((all - left) as u64);
        bar.reset_eta();
        Ok(bar)
    }

    fn compute(&self, index: usize, notebook: &Notebook<'_>) -> Result<SweepPoint, Failure> {
        let mut config = self.sweep.point(index).map_err(Failure::usage)?;
        let seed = if self.header.axes.iter().any(|axis| axis.keys.iter().any(|key| key == "start.seed")) {
            config.start.seed.unwrap_or(0)
        } else {
            own_seed(&config)?
        };
        config.start.seed = Some(seed);
        let problem = config.problem().map_err(Failure::usage)?;
        let question = Question::new(&config, &problem)?;
        let trained = question.trained(&self.header.routes, notebook)?;
        let (routes, failure) = match question.answer(&self.header.routes, trained) {
            Ok(routes) => (routes, None),
            Err(failure) => (RoutesRecord::default(), Some(failure.to_string())),
        };
        let values = self.sweep.values(index);
        Ok(SweepPoint { index, values, rate: rate(&config), seed, pair: question.pair().to_owned(), routes, failure })
    }

    /// Writes the record, the table and the figure of all points.
    pub(crate) fn finish(self, args: &RunArgs, known: Points, cost: &str) -> Result<Finished, Failure> {
        let missing = (0..self.sweep.len()).filter(|index| !known.contains_key(index)).count();
        if missing > 0 {
            let text =
                format!("{missing} of {} points are missing: a shard is unfinished or was left out", self.sweep.len());
            return Err(Failure::computation(anyhow!(text)));
        }
        let points: Vec<SweepPoint> = known.into_values().collect();
        let record = judged(self.header, points, &self.sweep);
        let csv = sweep_csv(&record).context("cannot make the table").map_err(Failure::computation)?;
        let text = summary(&record, cost);
        let mut files = vec![(".csv".to_owned(), csv)];
        for plot in self.sweep.plots() {
            files.extend(pictures(&format!("-{}", plot.name), &plots::sweep(&record, plot))?);
        }
        let written = deliver(args, &Products { record: &record, text, files })?;
        let failures: Vec<String> = record.points.into_iter().filter_map(|point| point.failure).collect();
        Ok(Finished { written, failed: failures.len(), first: failures.into_iter().next() })
    }
}

/// The exact values and counts in the record of a grid; none in other records.
pub(crate) fn comparisons(record: &serde_json::Value) -> Vec<Comparison> {
    let points = record.get("points").and_then(|points| points.as_array()).cloned().unwrap_or_default();
    let routes = points.into_iter().filter_map(|point| serde_json::from_value::<SweepPoint>(point).ok());
    routes.filter_map(|point| comparison(&point.routes)).collect()
}

/// The rate of a schedule that has one.
fn rate(config: &RunConfig) -> Option<f64> {
    match (config.schedule.kind, config.schedule.initial_temperature, config.schedule.duration) {
        ("geometric", Some(hot), Some(duration)) => Some(hot.ln() / duration),
        _ => config.schedule.rate,
    }
}

/// `start.seed` mixed with everything else that the run resolved to: the counting errors of different points are
/// independent, and a point is the same in every grid that has it.
fn own_seed(config: &RunConfig) -> Result<u64, Failure> {
    let bytes = serde_json::to_vec(config).map_err(Failure::computation)?;
    // FNV-1a (Fowler, Noll and Vo); the stream mixes it.
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    // 53 bits: exact in every reader of JSON.
    Ok(stream(config.start.seed.unwrap_or(0), hash).next_u64() >> 11)
}
