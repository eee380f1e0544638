//! P_c against one parameter for several values of another.

use super::{Intervals, NOWHERE, Samples, axis, key};
use crate::figures::{Dash, Figure, LegendPlace, Marker, Panel, Series, palette};

/// One value of the second parameter. What is empty is not drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProbabilityCurve<'a> {
    /// Entry in the legend.
    pub label: &'a str,
    /// P_c by quadrature: a line.
    pub exact: Samples<'a>,
    /// P_c by a formula: a dashed line.
    pub formula: Samples<'a>,
    /// P_c by simulation with its intervals: points.
    pub montecarlo: Intervals<'a>,
    /// Published shares with their intervals: open points.
    pub published: Intervals<'a>,
}

/// A panel of such curves.
#[derive(Debug, Clone, Copy, Default)]
pub struct CurvesPlot<'a> {
    /// The swept parameter.
    pub x_label: &'a str,
    /// Whether its axis is logarithmic.
    pub log_x: bool,
    /// Whether that of P_c is; else it runs from 0 to what is reached.
    pub log_y: bool,
    /// The curves.
    pub curves: &'a [ProbabilityCurve<'a>],
}

/// One colour a curve, one look a route.
pub fn curves(plot: &CurvesPlot<'_>) -> Figure {
    let mut panel = Panel::new(axis(plot.x_label, plot.log_x), axis("collapse probability *P*_c", plot.log_y));
    for (index, curve) in plot.curves.iter().enumerate() {
        let color = palette::cycle(index);
        panel = panel
            .with(curve.formula.line().color(color).dash(Dash::Dashed).width(1.1))
            .with(curve.exact.line().color(color).width(1.4))
            .with(curve.montecarlo.bars().color(color).size(4.4))
            .with(curve.published.bars().color(color).marker(Marker::Square).open().size(4.6));
    }
    let named = plot.curves.iter().enumerate().filter(|(_, curve)| !curve.label.is_empty());
    for (index, curve) in named {
        let sample = Series::line(&NOWHERE, &NOWHERE).color(palette::cycle(index)).width(2.6);
        panel = panel.with(key(sample, curve.label));
    }
    let any = |present: &dyn Fn(&ProbabilityCurve<'_>) -> bool| plot.curves.iter().any(present);
    let line = || Series::line(&NOWHERE, &NOWHERE).color(palette::BLACK);
    let bars = || Series::error_bars(&NOWHERE, &NOWHERE, &NOWHERE, &NOWHERE).color(palette::BLACK);
    let routes = [
        (any(&|c| !c.exact.x.is_empty()), line().width(1.4), "exact"),
        (any(&|c| !c.formula.x.is_empty()), line().dash(Dash::Dashed).width(1.1), "formula"),
        (any(&|c| !c.montecarlo.x.is_empty()), bars().size(4.4), "Monte Carlo"),
        (any(&|c| !c.published.x.is_empty()), bars().marker(Marker::Square).open().size(4.6), "published"),
    ];
    let keys = routes.into_iter().filter(|(present, ..)| *present).map(|(_, series, name)| key(series, name));
    Figure::one_column().row([panel.with_all(keys).aspect(0.85).legend(LegendPlace::Below)])
}
