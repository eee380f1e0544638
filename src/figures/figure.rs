//! Figures and the panels they are made of.

use super::axis::Axis;
use super::series::{Series, SeriesData};
use super::style::{Color, ONE_COLUMN_IN, TWO_COLUMN_IN, palette};

/// Height of a plotting frame relative to its width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aspect {
    /// Height over width.
    Ratio(f64),
    /// One unit of x is as long as one unit of y.
    EqualUnits,
}

/// Where the legend of a panel stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LegendPlace {
    /// Inside, where it hides least; a corner if one is as good as the rest.
    #[default]
    Auto,
    /// Inside, upper left.
    UpperLeft,
    /// Inside, upper right.
    UpperRight,
    /// Inside, lower left.
    LowerLeft,
    /// Inside, lower right.
    LowerRight,
    /// Outside, right of the frame.
    Right,
    /// Outside, below the frame.
    Below,
    /// No legend.
    None,
}

/// One frame with its axes and series.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Title above the frame.
    pub title: Option<String>,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// Series, the first at the bottom.
    pub series: Vec<Series>,
    /// Place of the legend of the labelled series.
    pub legend: LegendPlace,
    /// Shape of the frame; a row takes its tallest.
    pub aspect: Aspect,
}

impl Panel {
    /// An empty panel.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self { title: None, x, y, series: Vec::new(), legend: LegendPlace::Auto, aspect: Aspect::Ratio(0.72) }
    }

    /// Sets the title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Adds a series on top.
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// Adds several series on top.
    pub fn with_all(mut self, series: impl IntoIterator<Item = Series>) -> Self {
        self.series.extend(series);
        self
    }

    /// Sets the place of the legend.
    pub fn legend(mut self, place: LegendPlace) -> Self {
        self.legend = place;
        self
    }

    /// Sets height over width of the frame.
    pub fn aspect(mut self, height_over_width: f64) -> Self {
        self.aspect = Aspect::Ratio(height_over_width);
        self
    }

    /// Makes one unit of x as long as one unit of y.
    pub fn equal_units(mut self) -> Self {
        self.aspect = Aspect::EqualUnits;
        self
    }

    /// Each series with the colour it is drawn in.
    pub(super) fn colored(&self) -> impl Iterator<Item = (&Series, Color)> {
        let mut next = 0;
        self.series.iter().map(move |series| {
            let color = series.color.unwrap_or_else(|| match series.shape {
                SeriesData::Vertical(_) | SeriesData::Horizontal(_) => palette::GRAY,
                SeriesData::Text(..) | SeriesData::Paths(..) | SeriesData::Contours(_) | SeriesData::Heatmap(_) => {
                    palette::BLACK
                }
                SeriesData::Band(_) | SeriesData::Region(_) | SeriesData::Bars(_) => {
                    next += 1;
                    palette::cycle(next - 1).with_alpha(0.25)
                }
                _ => {
                    next += 1;
                    palette::cycle(next - 1)
                }
            });
            (series, color)
        })
    }

    /// The heat map that rules ticks and colour bar, if there is one.
    pub(super) fn heatmap(&self) -> Option<&super::grid::Heatmap> {
        self.series.iter().find_map(|series| match &series.shape {
            SeriesData::Heatmap(heatmap) => Some(heatmap),
            _ => None,
        })
    }
}

/// Rows of panels on one sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Title above all.
    pub title: Option<String>,
    /// Width in inches.
    pub width_in: f64,
    /// Panels row by row.
    pub rows: Vec<Vec<Panel>>,
    /// Whether panels carry (a), (b), ... when there are several.
    pub letters: bool,
}

impl Figure {
    /// An empty figure of this width in inches.
    pub fn new(width_in: f64) -> Self {
        Self { title: None, width_in, rows: Vec::new(), letters: true }
    }

    /// An empty figure for one journal column.
    pub fn one_column() -> Self {
        Self::new(ONE_COLUMN_IN)
    }

    /// An empty figure for two journal columns.
    pub fn two_column() -> Self {
        Self::new(TWO_COLUMN_IN)
    }

    /// Sets the title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Adds a row of panels.
    pub fn row(mut self, panels: impl IntoIterator<Item = Panel>) -> Self {
        self.rows.push(panels.into_iter().collect());
        self
    }

    /// Drops the panel letters.
    pub fn without_letters(mut self) -> Self {
        self.letters = false;
        self
    }
}
