//! Values on a rectangular grid and the two ways to show them.

use super::axis::Scale;
use super::error::FigureError;
use super::style::ColorMap;

/// Values at the nodes of a rectangular grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    xs: Vec<f64>,
    ys: Vec<f64>,
    values: Vec<f64>,
}

impl Grid {
    /// A grid with nodes `(xs[i], ys[j])` and values `values[j * xs.len() + i]`. Nodes must
    /// increase; they may be spaced at will. Values that are not finite are shown as missing.
    ///
    /// # Errors
    /// [`FigureError::GridSize`] when the counts disagree.
    pub fn new(
        xs: impl Into<Vec<f64>>,
        ys: impl Into<Vec<f64>>,
        values: impl Into<Vec<f64>>,
    ) -> Result<Self, FigureError> {
        let (xs, ys, values) = (xs.into(), ys.into(), values.into());
        if xs.len() * ys.len() == values.len() {
            Ok(Self { xs, ys, values })
        } else {
            Err(FigureError::GridSize { columns: xs.len(), rows: ys.len(), values: values.len() })
        }
    }

    pub(super) fn xs(&self) -> &[f64] {
        &self.xs
    }

    pub(super) fn ys(&self) -> &[f64] {
        &self.ys
    }

    /// Value at node `(column, row)`; not a number outside the grid.
    pub(super) fn value(&self, column: usize, row: usize) -> f64 {
        if column >= self.xs.len() {
            return f64::NAN;
        }
        let index = row * self.xs.len() + column;
        self.values.get(index).copied().unwrap_or(f64::NAN)
    }

    /// Least and greatest drawable value on `scale`.
    pub(super) fn extent(&self, scale: Scale) -> Option<(f64, f64)> {
        self.values.iter().filter_map(|&value| scale.forward(value).map(|_| value)).fold(None, |extent, value| {
            match extent {
                None => Some((value, value)),
                Some((low, high)) => Some((value.min(low), value.max(high))),
            }
        })
    }
}

/// A grid shown as coloured cells, one around each node.
#[derive(Clone, Debug, PartialEq)]
pub struct Heatmap {
    /// The values.
    pub grid: Grid,
    /// Colours.
    pub map: ColorMap,
    /// Linear or logarithmic colours.
    pub scale: Scale,
    /// Values at the two ends of the colour map; `None` takes them from the grid.
    pub range: Option<(f64, f64)>,
    /// Label of the colour bar; `None` draws no bar.
    pub bar: Option<String>,
}

impl Heatmap {
    /// A linear viridis heat map without a colour bar.
    pub fn new(grid: Grid) -> Self {
        Self { grid, map: ColorMap::Viridis, scale: Scale::Linear, range: None, bar: None }
    }

    /// Sets the colours.
    pub fn map(mut self, map: ColorMap) -> Self {
        self.map = map;
        self
    }

    /// Colours equal ratios equally.
    pub fn log(mut self) -> Self {
        self.scale = Scale::Log10;
        self
    }

    /// Sets the values at the two ends of the colour map.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Adds a colour bar with this label.
    pub fn bar(mut self, label: impl Into<String>) -> Self {
        self.bar = Some(label.into());
        self
    }
}

/// Level lines of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Contours {
    /// The values.
    pub grid: Grid,
    /// The levels.
    pub levels: Vec<f64>,
    /// Whether lines long enough carry their level.
    pub labelled: bool,
}

impl Contours {
    /// Unlabelled level lines.
    pub fn new(grid: Grid, levels: impl Into<Vec<f64>>) -> Self {
        Self { grid, levels: levels.into(), labelled: false }
    }

    /// Writes the level on each line long enough.
    pub fn labelled(mut self) -> Self {
        self.labelled = true;
        self
    }
}
