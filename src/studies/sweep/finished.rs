//! What is known of a grid: finished points, and the finished trainings of a point that takes long.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::results::{SweepPoint, TrainedRun};
use crate::studies::{KeptLine, StudyError, Watch};

/// The points that are known, by index.
pub type Points = BTreeMap<usize, SweepPoint>;

/// What was kept of earlier work.
#[derive(Debug, Default)]
pub(super) struct FinishedPoints {
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

impl FinishedPoints {
    /// Reads lines, points and trainings of points, each of which `check` must accept; `refuse` is told of the others.
    pub(super) fn parse(
        lines: &[KeptLine],
        check: impl Fn(&SweepPoint) -> Result<(), String>,
        mut refuse: impl FnMut(String) -> Result<(), StudyError>,
    ) -> Result<Self, StudyError> {
        let mut finished = Self::default();
        for KeptLine { text, place } in lines.iter().filter(|line| !line.text.trim().is_empty()) {
            if let Ok(RunLine { point, run }) = serde_json::from_str(text) {
                if run.divergence.is_none_or(f64::is_finite) {
                    finished.runs.entry(point).or_default().push(run);
                } else {
                    refuse(format!("{place}: a training whose divergence is no number"))?;
                }
                continue;
            }
            let point = serde_json::from_str::<SweepPoint>(text);
            match point.map_err(|error| format!("no point: {error}")).and_then(|p| check(&p).map(|()| p)) {
                Ok(point) => drop(finished.points.insert(point.index, point)),
                Err(why) => refuse(format!("{place}: {why}"))?,
            }
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
