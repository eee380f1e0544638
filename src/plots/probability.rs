//! Figures of the probability of collapse: plain slices in, [`crate::figures::Figure`] out.

mod agreement;
mod curves;
mod heat_map;
mod lag;
mod scaling;

use crate::figures::{Axis, Series};

pub use agreement::{AgreementPlot, agreement};
pub use curves::{CurvesPlot, ProbabilityCurve, curves};
pub use heat_map::{CellMap, HeatMapPlot, heat_map};
pub use lag::{LagPlot, lag};
pub use scaling::{PowerLaw, ScalingPlot, ScalingSeries, scaling};

/// Points of a line; the shorter slice sets their number, here and below.
#[derive(Debug, Clone, Copy, Default)]
pub struct Samples<'a> {
    /// Abscissae.
    pub x: &'a [f64],
    /// Ordinates.
    pub y: &'a [f64],
}

/// Points with intervals.
#[derive(Debug, Clone, Copy, Default)]
pub struct Intervals<'a> {
    /// Abscissae.
    pub x: &'a [f64],
    /// Ordinates.
    pub y: &'a [f64],
    /// Lower ends.
    pub low: &'a [f64],
    /// Upper ends.
    pub high: &'a [f64],
}

impl Samples<'_> {
    fn line(&self) -> Series {
        Series::line(self.x, self.y)
    }
}

impl Intervals<'_> {
    fn bars(&self) -> Series {
        Series::error_bars(self.x, self.y, self.low, self.high)
    }
}

/// An axis of either kind; labels take the markup of [`crate::figures::plain`].
fn axis(label: &str, log: bool) -> Axis {
    if log { Axis::log(label) } else { Axis::linear(label) }
}

/// An entry of the legend without data.
fn key(series: Series, label: &str) -> Series {
    series.label(label)
}

const NOWHERE: [f64; 1] = [f64::NAN];
