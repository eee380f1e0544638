//! What is known of a grid: finished points, and the finished trainings of a point that takes long.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::results::{SweepPoint, TrainedRun};
use crate::studies::{StudyError, Watch};

/// The points that are known, by index.
pub type Points = BTreeMap<usize, SweepPoint>;

/// What was kept of earlier work.
#[derive(Debug, Default)]
pub(super) struct Finished {
    /// Finished points.
    pub(super) points: Points,
    /// Finished trainings of any points, by the point's index.
    pub(super) runs: BTreeMap<usize, Vec<TrainedRun>>,
}

/// A line for a training.
#[derive(Serialize, Deserialize)]
struct RunLine {
    point: usize,
    run: TrainedRun,
}

impl Finished {
    /// Reads lines: points, and trainings of points.
    pub(super) fn parse(lines: &[String]) -> Result<Self, StudyError> {
        let mut finished = Self::default();
        for line in lines {
            if let Ok(RunLine { point, run }) = serde_json::from_str(line) {
                finished.runs.entry(point).or_default().push(run);
                continue;
            }
            let point: SweepPoint = serde_json::from_str(line).map_err(|error| {
                StudyError::computation(error).within(format!("a journal holds a line that is no point: {line}"))
            })?;
            finished.points.insert(point.index, point);
        }
        Ok(finished)
    }
}

/// Keeps a point.
pub(super) fn keep_point(watch: &dyn Watch, point: &SweepPoint) -> Result<(), StudyError> {
    keep(watch, point)
}

/// Keeps a training of a point.
pub(super) fn keep_run(watch: &dyn Watch, point: usize, run: &TrainedRun) -> Result<(), StudyError> {
    keep(watch, &RunLine { point, run: *run })
}

fn keep(watch: &dyn Watch, line: &impl Serialize) -> Result<(), StudyError> {
    let line = serde_json::to_string(line).map_err(StudyError::computation)?;
    watch.keep(&line).map_err(StudyError::computation)
}
