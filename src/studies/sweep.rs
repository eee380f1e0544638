//! The probability of collapse over a grid, point by point, each kept as soon as it is finished.

mod checks;
mod finished;
mod grid;
mod ranks;
mod summary;

#[cfg(feature = "figures")]
use crate::config::PlotConfig;
use crate::config::{ConfigError, Document, SweepConfig};
#[cfg(feature = "figures")]
use crate::figures::Figure;
use crate::montecarlo::Comparison;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{SweepPoint, SweepRecord, sweep_csv};
use crate::studies::{Study, StudyError, Watch};
pub use finished::Points;
pub use grid::{GridPart, SweepGrid};

/// A grid of probabilities, judged.
#[derive(Debug)]
pub struct Sweep {
    record: SweepRecord,
    #[cfg(feature = "figures")]
    plots: Vec<PlotConfig>,
    computed: usize,
}

impl Study for Sweep {
    const NAME: &'static str = "sweep";
    const QUESTION: &'static str =
        "Compute the probability of collapse over a grid of problems; killed and run again, it continues";
    type Config = SweepConfig;
    type Record = SweepRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        SweepConfig::resolve(document.clone())
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let grid = SweepGrid::new(config)?;
        let (points, computed) = grid.points(GridPart::WHOLE, watch)?;
        Self::of(grid, points, computed)
    }

    fn record(&self) -> &SweepRecord {
        &self.record
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        sweep_csv(&self.record).map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        let figure = |plot: &PlotConfig| (format!("-{}", plot.name), plots::sweep(&self.record, plot));
        self.plots.iter().map(figure).collect()
    }

    fn summary(&self) -> String {
        summary::summary(&self.record)
    }

    fn cost(&self) -> String {
        format!("{} new points", self.computed)
    }

    fn failure(&self) -> Option<StudyError> {
        let mut failures = self.record.points.iter().filter_map(|point| point.failure.as_ref());
        let first = failures.next()?;
        let count = 1 + failures.count();
        Some(StudyError::computation(format!("{count} points failed, the first by: {first}")))
    }
}

impl Sweep {
    /// The judged grid of all its points, `computed` of which are new.
    ///
    /// # Errors
    /// Points are missing.
    pub fn of(grid: SweepGrid, points: Points, computed: usize) -> Result<Self, StudyError> {
        let missing = (0..grid.len()).filter(|index| !points.contains_key(index)).count();
        if missing > 0 {
            let all = grid.len();
            let text = format!("{missing} of {all} points are missing: a shard is unfinished or was left out");
            return Err(StudyError::computation(text));
        }
        let SweepGrid { config, header } = grid;
        let record = checks::judged(header, points.into_values().collect(), &config);
        Ok(Self {
            record,
            #[cfg(feature = "figures")]
            plots: config.plots().to_vec(),
            computed,
        })
    }
}

/// The exact values and counts in the record of a grid; none in other records.
pub fn comparisons(record: &serde_json::Value) -> Vec<Comparison> {
    let points = record.get("points").and_then(|points| points.as_array()).cloned().unwrap_or_default();
    let points = points.into_iter().filter_map(|point| serde_json::from_value::<SweepPoint>(point).ok());
    points.filter_map(|point| point.routes.comparison()).collect()
}
