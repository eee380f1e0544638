//! `[sweep]`: a cartesian grid over the keys of a configuration.

use crate::config::axis::{AxisReader, AxisValue, SweepAxis};
use crate::config::collapse::CollapseRun;
use crate::config::document::{Document, ROUTES, SWEEP};
use crate::config::error::{ConfigError, Origin};
use crate::config::plot::{PlotConfig, RATE, TIME};
use crate::config::published::PublishedConfig;
use crate::config::route::Route;
use crate::config::value::{Node, Value};

/// Most points of a grid.
pub const MOST_POINTS: usize = 1_000_000;

/// The grid of a configuration; the last axis runs fastest.
#[derive(Debug, Clone)]
pub struct SweepConfig {
    document: Document,
    axes: Vec<SweepAxis>,
    routes: Option<Vec<Route>>,
    plots: Vec<PlotConfig>,
    published: Option<PublishedConfig>,
}

impl SweepConfig {
    /// Reads `[sweep]` and resolves every point, so that no bad value comes to light half way.
    pub fn resolve(document: Document) -> Result<Self, ConfigError> {
        let (routes, plots) = (read_routes(&document)?, PlotConfig::resolve(&document)?);
        let published = PublishedConfig::resolve(&document)?;
        let mut sweep = Self { axes: Vec::new(), routes, plots, published, document };
        let mut axes = Vec::new();
        let mut points = 1usize;
        for (key, node) in sweep.document.entries(SWEEP).iter().filter(|(key, _)| key != ROUTES) {
            let reader = AxisReader { document: &sweep.document, key, node };
            let count = reader.count()?;
            points = points.saturating_mul(count);
            if points > MOST_POINTS {
                let size = format!("a grid of {points} points or more");
                let rule = "have at most 1000000: sweep fewer values or split the file";
                return Err(reader.invalid(ConfigError::breaking(SWEEP, size, rule)));
            }
            axes.push(reader.axis(count)?);
        }
        if axes.is_empty() {
            let message = "`sweep` has no axis: give it keys with lists, for example schedule.duration = [5, 10, 20]";
            return Err(sweep.document.error(Origin::Absent, message.to_owned()));
        }
        sweep.axes = axes;
        sweep.check_plots()?;
        for index in 0..sweep.len() {
            sweep.point(index)?;
        }
        Ok(sweep)
    }

    /// Every plotted key is one of the grid's.
    fn check_plots(&self) -> Result<(), ConfigError> {
        let known: Vec<&str> =
            self.axes.iter().flat_map(|axis| axis.keys.iter().map(String::as_str)).chain([RATE, TIME]).collect();
        for plot in &self.plots {
            let named = [Some(&plot.x).filter(|x| !x.is_empty()), plot.y.as_ref()];
            if let Some(key) = named.into_iter().flatten().find(|key| !known.contains(&key.as_str())) {
                let origin = self.document.node("plot", &plot.name).map(|node| node.origin.clone());
                let rule = format!("be a key of the grid: {}", known.join(", "));
                let message = ConfigError::breaking(&format!("plot.{}", plot.name), format!("along `{key}`"), &rule);
                return Err(self.document.error(origin.unwrap_or(Origin::Absent), message));
            }
        }
        Ok(())
    }

    /// The axes, in the order of the file.
    pub fn axes(&self) -> &[SweepAxis] {
        &self.axes
    }

    /// The routes asked for; none for all that the problem has.
    pub fn routes(&self) -> Option<&[Route]> {
        self.routes.as_deref()
    }

    /// The figures.
    pub fn plots(&self) -> &[PlotConfig] {
        &self.plots
    }

    /// Counts from elsewhere.
    pub fn published(&self) -> Option<&PublishedConfig> {
        self.published.as_ref()
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// Whether the grid has no point (it never has none).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The resolved run of point `index` < `len`.
    pub fn point(&self, index: usize) -> Result<CollapseRun, ConfigError> {
        let positions = self.positions(index);
        let assignments = self.axes.iter().zip(&positions).flat_map(|(axis, &p)| &axis.assignments[p]);
        CollapseRun::resolve(&self.document.with(assignments)?)
    }

    /// The value of every column at point `index`.
    pub fn values(&self, index: usize) -> Vec<AxisValue> {
        let positions = self.positions(index);
        self.axes.iter().zip(&positions).flat_map(|(axis, &p)| axis.values[p].clone()).collect()
    }

    /// The position on every axis.
    fn positions(&self, index: usize) -> Vec<usize> {
        let mut rest = index;
        let mut positions: Vec<usize> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let position = rest % axis.values.len();
                rest /= axis.values.len();
                position
            })
            .collect();
        positions.reverse();
        positions
    }
}

fn read_routes(document: &Document) -> Result<Option<Vec<Route>>, ConfigError> {
    let Some(node) = document.node(SWEEP, ROUTES) else { return Ok(None) };
    let read = |node: &Node| match &node.value {
        Value::Text(text) => Route::ALL.into_iter().find(|route| route.name() == text),
        _ => None,
    };
    let routes = match &node.value {
        Value::Array(items) if !items.is_empty() => items.iter().map(read).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    routes.map(Some).ok_or_else(|| {
        let names = Route::ALL.map(|route| format!("\"{}\"", route.name())).join(", ");
        let rule = format!("be a list of {names}");
        document.error(node.origin.clone(), ConfigError::breaking("sweep.routes", node.value.describe(), &rule))
    })
}
