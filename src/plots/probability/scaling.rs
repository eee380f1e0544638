//! Power laws: measured points, fitted slope and slope of the theory.

use super::Intervals;
use crate::figures::{Axis, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};

/// y = prefactor x^slope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerLaw {
    /// Slope in logarithms.
    pub slope: f64,
    /// y at x = 1.
    pub prefactor: f64,
}

/// One set of points.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScalingSeries<'a> {
    /// Entry in the legend.
    pub label: &'a str,
    /// The points with their intervals.
    pub points: Intervals<'a>,
    /// A line.
    pub fitted: Option<PowerLaw>,
    /// A dashed line.
    pub theory: Option<PowerLaw>,
}

/// A panel of power laws.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScalingPlot<'a> {
    /// The abscissa.
    pub x_label: &'a str,
    /// The ordinate.
    pub y_label: &'a str,
    /// The sets of points.
    pub series: &'a [ScalingSeries<'a>],
}

/// One colour a set; the slopes stand in the legend.
pub fn scaling(plot: &ScalingPlot<'_>) -> Figure {
    let mut panel = Panel::new(Axis::log(plot.x_label), Axis::log(plot.y_label)).aspect(0.85);
    let markers = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];
    for (index, series) in plot.series.iter().enumerate() {
        let color = palette::cycle(index);
        let [low, high] = extent(series.points.x);
        let line = |law: PowerLaw| {
            // Two points make a power law on logarithmic axes.
            let x = [low / 1.15, high * 1.15];
            Series::line(&x, &x.map(|x| law.prefactor * x.powf(law.slope))).color(color)
        };
        let slope = |law: PowerLaw| format!("{:.3}", law.slope).replace('-', "\u{2212}");
        panel = panel
            .with_all(series.fitted.map(|law| line(law).width(1.2).label(format!("fit, slope {}", slope(law)))))
            .with_all(
                series
                    .theory
                    .map(|law| line(law).dash(Dash::Dashed).width(1.1).label(format!("theory, slope {}", slope(law)))),
            )
            .with(series.points.bars().color(color).marker(markers[index % 4]).size(4.6).label(series.label));
    }
    Figure::one_column().row([panel.legend(LegendPlace::Below)])
}

/// Least and greatest positive value.
fn extent(x: &[f64]) -> [f64; 2] {
    let positive = x.iter().copied().filter(|x| *x > 0.0 && x.is_finite());
    let [low, high] = positive.fold([f64::INFINITY, 0.0], |[l, h]: [f64; 2], x| [l.min(x), h.max(x)]);
    if low <= high { [low, high] } else { [1.0, 10.0] }
}
