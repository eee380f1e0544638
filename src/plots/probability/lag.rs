//! What the lag of a trained variance does: slaved, trained and simulated.

use super::{Intervals, Samples, axis};
use crate::figures::{Dash, Figure, LegendPlace, Marker, Panel, palette};

/// P_c, or the variance, against one parameter or time. What is empty is not drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct LagPlot<'a> {
    /// The abscissa.
    pub x_label: &'a str,
    /// The ordinate.
    pub y_label: &'a str,
    /// Whether their axes are logarithmic.
    pub log: [bool; 2],
    /// With the variance 1/beta.
    pub slaved: Samples<'a>,
    /// With the variance of theory (5).
    pub trained: Samples<'a>,
    /// By stochastic descent, with its intervals.
    pub simulated: Intervals<'a>,
    /// Published, with its intervals.
    pub published: Intervals<'a>,
}

/// One panel.
pub fn lag(plot: &LagPlot<'_>) -> Figure {
    let [log_x, log_y] = plot.log;
    let mut panel = Panel::new(axis(plot.x_label, log_x), axis(plot.y_label, log_y)).aspect(0.8);
    if !plot.slaved.x.is_empty() {
        panel = panel.with(plot.slaved.line().color(palette::GRAY).dash(Dash::Dashed).label("variance slaved"));
    }
    if !plot.trained.x.is_empty() {
        panel = panel.with(plot.trained.line().color(palette::BLUE).label("variance trained"));
    }
    if !plot.simulated.x.is_empty() {
        panel = panel.with(plot.simulated.bars().color(palette::VERMILLION).size(4.4).label("simulated"));
    }
    if !plot.published.x.is_empty() {
        let series = plot.published.bars().color(palette::BLACK).marker(Marker::Square).open().size(4.6);
        panel = panel.with(series.label("published"));
    }
    Figure::one_column().row([panel.legend(LegendPlace::Below)])
}
