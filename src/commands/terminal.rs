//! What a terminal shows of a study at work, and the journal that keeps its finished parts.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::cli::RunArgs;
use crate::commands::Failure;
use crate::commands::output::{folder, stem};
use crate::results::{Journal, Store};
use crate::studies::{GridPart, KeptLine, Watch};

/// How often a bar shows that the work goes on.
const TICK: Duration = Duration::from_millis(200);

/// In a file or a pipe, a line on the work so often, the first after as long.
const LINE: Duration = Duration::from_secs(30);

/// A progress bar on a terminal, now and then a line where standard error is none, nothing with --json or with --quiet;
/// and a journal in the folder of the results where the study keeps parts.
pub(crate) struct Terminal {
    bar: ProgressBar,
    /// When the last line was written, and of what the work is; none where there is a bar, or nothing is wanted.
    lines: Option<Mutex<(Instant, Work)>>,
    /// The journal's file, and the record of earlier work; none where nothing is written.
    kept: Option<Kept>,
}

/// The unit of the work, and how much of it earlier runs did.
#[derive(Default)]
struct Work {
    unit: String,
    begun: u64,
}

struct Kept {
    path: PathBuf,
    /// The record whose points are known; none if all is to be computed anew.
    record: Option<PathBuf>,
    journal: Mutex<Option<Journal>>,
}

impl Terminal {
    /// Without a journal.
    pub(crate) fn plain(args: &RunArgs) -> Self {
        if args.options.quiet || args.options.json {
            return Self { bar: ProgressBar::hidden(), lines: None, kept: None };
        }
        let bar = ProgressBar::new(0);
        let lines = bar.is_hidden().then(|| Mutex::new((Instant::now(), Work::default())));
        Self { bar, lines, kept: None }
    }

    /// With the journal of a run or of its shard; an earlier record is read unless all is computed anew.
    pub(crate) fn with_journal(args: &RunArgs, shard: Option<GridPart>, force: bool) -> Result<Self, Failure> {
        let plain = Self::plain(args);
        let Some(folder) = folder(args) else { return Ok(plain) };
        let store = Store::open(folder).map_err(Failure::computation)?;
        let name = format!("{}.json", stem(args));
        store.check(&[&name]).map_err(Failure::computation)?;
        let record = (!force).then(|| store.path(&name));
        let path = store.path(&journal_name(args, shard));
        Ok(Self { kept: Some(Kept { path, record, journal: Mutex::new(None) }), ..plain })
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Leaves the journal on the disk.
    pub(crate) fn close(self) -> Result<(), Failure> {
        self.into_journal().map_or(Ok(()), Journal::close).map_err(Failure::computation)
    }

    /// Deletes the journal: its points are in the record.
    pub(crate) fn remove(self) -> Result<(), Failure> {
        self.into_journal().map_or(Ok(()), Journal::remove).map_err(Failure::computation)
    }

    /// A line on the work where it is time for one.
    fn line(&self) {
        // Another thread that holds the lock writes it.
        let Some(mut lines) = self.lines.as_ref().and_then(|lines| lines.try_lock().ok()) else { return };
        if lines.0.elapsed() < LINE {
            return;
        }
        lines.0 = Instant::now();
        let (done, total, Work { unit, begun }) = (self.bar.position(), self.bar.length().unwrap_or(0), &lines.1);
        // By the whole of what was done: the bar's own estimate trusts the last parts, and some take no time.
        let elapsed = self.bar.elapsed();
        let left = match done.saturating_sub(*begun) {
            0 => String::new(),
            some => {
                let left = elapsed.mul_f64(total.saturating_sub(done) as f64 / some as f64);
                format!(", {} left", HumanDuration(left))
            }
        };
        eprintln!("{done} of {total} {unit} after {}{left}", HumanDuration(elapsed));
    }

    fn into_journal(self) -> Option<Journal> {
        self.kept?.journal.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// A thread that panicked while it wrote left a line that the next reader drops.
    fn journal(&self) -> MutexGuard<'_, Option<Journal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Terminal {
    fn begin(&self, total: u64, done: u64, unit: &str) {
        let template = format!("{{spinner}} {{elapsed}} {{bar:30}} {{pos}}/{{len}} {unit}, {{eta}} left  {{msg}}");
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar.set_style(style);
        self.bar.set_length(total);
        self.bar.set_position(done);
        self.bar.reset_eta();
        self.bar.enable_steady_tick(TICK);
        if let Some(lines) = &self.lines {
            let work = Work { unit: unit.to_owned(), begun: done };
            lines.lock().unwrap_or_else(PoisonError::into_inner).1 = work;
        }
    }

    fn advance(&self, units: u64) {
        self.bar.inc(units);
        self.line();
    }

    fn say(&self, message: &dyn fmt::Display) {
        self.bar.set_message(message.to_string());
    }

    fn warn(&self, message: &dyn fmt::Display) {
        self.bar.suspend(|| eprintln!("warning: {message}"));
    }

    fn kept(&self, header: &str) -> Result<Vec<KeptLine>, Box<dyn Error + Send + Sync>> {
        let Some(kept) = &self.kept else { return Ok(Vec::new()) };
        let Some(record) = kept.record.as_deref() else {
            *kept.journal() = Some(Journal::anew(&kept.path, header)?);
            return Ok(Vec::new());
        };
        let (journal, noted) = Journal::open(&kept.path, header)?;
        *kept.journal() = Some(journal);
        Ok([points_of(record, header), lines_of(&kept.path, noted)].concat())
    }

    fn keep(&self, line: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        let Some(kept) = &self.kept else { return Ok(()) };
        match kept.journal().as_mut() {
            Some(journal) => Ok(journal.append(line)?),
            None => Ok(()),
        }
    }
}

/// The lines of a journal after its header, with their places.
pub(crate) fn lines_of(path: &Path, lines: Vec<String>) -> Vec<KeptLine> {
    let place = |i: usize| format!("{}, line {}", path.display(), i + 2);
    lines.into_iter().enumerate().map(|(i, text)| KeptLine { text, place: place(i) }).collect()
}

/// The points of an earlier record under the same header; whatever else is there will be replaced.
fn points_of(record: &Path, header: &str) -> Vec<KeptLine> {
    let bytes = std::fs::read(record).unwrap_or_default();
    let earlier: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let header: serde_json::Value = serde_json::from_str(header).unwrap_or_default();
    let same = header.as_object().is_some_and(|keys| keys.iter().all(|(key, value)| earlier.get(key) == Some(value)));
    let points = earlier.get("points").filter(|_| same).and_then(|points| points.as_array());
    let place = |i: usize| format!("{}, /points/{i}", record.display());
    let line = |(i, point): (usize, &serde_json::Value)| KeptLine { text: point.to_string(), place: place(i) };
    points.into_iter().flatten().enumerate().map(line).collect()
}

/// The journal of a run, or of its shard.
fn journal_name(args: &RunArgs, shard: Option<GridPart>) -> String {
    match shard {
        Some(GridPart { part, parts }) => format!("{}.shard-{part}-of-{parts}.jsonl", stem(args)),
        None => format!("{}.journal.jsonl", stem(args)),
    }
}

/// The shards of a run in a folder, by name.
pub(crate) fn shards_in(folder: &Path, args: &RunArgs) -> Result<Vec<PathBuf>, Failure> {
    let prefix = format!("{}.shard-", stem(args));
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()));
    let names = entries.map_err(Failure::usage)?.filter_map(|entry| entry.ok().map(|e| e.path()));
    let mut found: Vec<PathBuf> = names
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with(&prefix) && name.ends_with(".jsonl")
        })
        .collect();
    found.sort();
    Ok(found)
}
