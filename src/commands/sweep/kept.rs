//! What a sweep keeps as it goes: finished points, and the finished trainings of a point that takes long.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::cli::{RunArgs, Shard};
use crate::commands::Failure;
use crate::commands::output::{folder, stem};
use crate::results::{Journal, Store, SweepPoint, TrainedRun};

/// The points that are known, by index.
pub(crate) type Points = BTreeMap<usize, SweepPoint>;

/// What the lines of a journal hold.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Finished points.
    pub(crate) points: Points,
    /// Finished trainings of any points, by the point's index.
    pub(crate) runs: BTreeMap<usize, Vec<TrainedRun>>,
}

/// A line for a training.
#[derive(Serialize, Deserialize)]
struct RunLine {
    point: usize,
    run: TrainedRun,
}

impl Kept {
    /// Reads the lines of a journal after its header.
    pub(crate) fn parse(lines: &[String]) -> Result<Self, Failure> {
        let mut kept = Self::default();
        for line in lines {
            if let Ok(RunLine { point, run }) = serde_json::from_str(line) {
                kept.runs.entry(point).or_default().push(run);
                continue;
            }
            let point: SweepPoint = serde_json::from_str(line)
                .with_context(|| format!("a journal holds a line that is no point: {line}"))
                .map_err(Failure::computation)?;
            kept.points.insert(point.index, point);
        }
        Ok(kept)
    }
}

/// The journal of a sweep, written from any thread; none without a folder.
pub(crate) struct SharedJournal(Option<Mutex<Journal>>);

impl SharedJournal {
    /// Opens or creates it in the folder of the results, and reads what it holds.
    pub(crate) fn open(args: &RunArgs, shard: Option<Shard>, header: &str) -> Result<(Self, Kept), Failure> {
        let Some(folder) = folder(args) else { return Ok((Self(None), Kept::default())) };
        let store = Store::open(folder).map_err(Failure::computation)?;
        let path = store.path(&journal_name(args, shard));
        let (journal, lines) = Journal::open(&path, header).map_err(Failure::computation)?;
        Ok((Self(Some(Mutex::new(journal))), Kept::parse(&lines)?))
    }

    /// Keeps a point.
    pub(crate) fn keep_point(&self, point: &SweepPoint) -> Result<(), Failure> {
        self.append(point)
    }

    /// Keeps a training of a point.
    pub(crate) fn keep_run(&self, point: usize, run: &TrainedRun) -> Result<(), Failure> {
        self.append(&RunLine { point, run: *run })
    }

    fn append(&self, line: &impl Serialize) -> Result<(), Failure> {
        let Some(journal) = &self.0 else { return Ok(()) };
        let line = serde_json::to_string(line).map_err(Failure::computation)?;
        // A thread that panicked while it wrote left a line that the next reader drops.
        journal.lock().unwrap_or_else(PoisonError::into_inner).append(&line).map_err(Failure::computation)
    }

    /// Leaves it on the disk.
    pub(crate) fn close(self) -> Result<(), Failure> {
        self.into_inner().map_or(Ok(()), Journal::close).map_err(Failure::computation)
    }

    /// Deletes it: its points are in the record.
    pub(crate) fn remove(self) -> Result<(), Failure> {
        self.into_inner().map_or(Ok(()), Journal::remove).map_err(Failure::computation)
    }

    fn into_inner(self) -> Option<Journal> {
        self.0.map(|journal| journal.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The journal of a run, or of its shard.
fn journal_name(args: &RunArgs, shard: Option<Shard>) -> String {
    match shard {
        Some(Shard { part, parts }) => format!("{}.shard-{part}-of-{parts}.jsonl", stem(args)),
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
