//! The figure of how modes are lost.

use crate::figures::{Axis, Color, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};
use crate::plots::symbols::{FORMULA, axis, axis_label, name};
use crate::results::{Answer, Equation, MechanismShare, PlotConfig, Route, SweepCurve, SweepPoint, SweepRecord};

/// Panels in a row.
const ACROSS: usize = 3;
/// What is drawn of the mechanisms, in the order of the legend.
const DRAWN: [(&str, &str, Color, Marker); 4] = [
    ("mean-alignment", "mean alignment", palette::VERMILLION, Marker::Circle),
    ("vanishing-weight", "vanishing weight", palette::BLUE, Marker::Square),
    ("both", "both", palette::PURPLE, Marker::Diamond),
    ("too-few-components", "too few components", palette::GRAY, Marker::Triangle),
];

/// Shares of the mechanisms with their intervals, and formula (22) where there is one.
pub(crate) fn mechanisms(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    let curves = record.curves(&[&plot.x]);
    let seen = |what: &str| record.points.iter().any(|point| share(point, what).is_some_and(|share| share.count > 0));
    let panels: Vec<Panel> = curves.iter().map(|curve| panel(record, plot, curve, &seen)).collect();
    if let [panel] = panels.as_slice() {
        return Figure::one_column().row([panel.clone().legend(LegendPlace::Below)]);
    }
    let last = panels.len().saturating_sub(1);
    let placed = panels.into_iter().enumerate().map(|(i, panel)| {
        let panel = panel.legend(if i == last { LegendPlace::Right } else { LegendPlace::None });
        let label = if i % ACROSS == 0 { panel.y.label.clone() } else { String::new() };
        Panel { y: Axis { label, ..panel.y.clone() }, ..panel }
    });
    let placed: Vec<Panel> = placed.collect();
    placed.chunks(ACROSS).fold(Figure::two_column(), |figure, row| figure.row(row.to_vec()))
}

/// The title of a panel: of keys that change together only the first.
fn title(record: &SweepRecord, curve: &SweepCurve) -> String {
    let leads = |key: &str| record.header.axes.iter().any(|axis| axis.keys.first().is_some_and(|first| first == key));
    let fixed = curve.fixed.iter().filter(|(key, _)| leads(key)).cloned().collect();
    name(&SweepCurve { fixed, points: Vec::new() })
}

fn share<'a>(point: &'a SweepPoint, what: &str) -> Option<&'a MechanismShare> {
    point
        .routes
        .get(Route::MonteCarlo)?
        .count_detail()?
        .mechanisms
        .as_ref()?
        .iter()
        .find(|share| share.mechanism == what)
}

fn panel(record: &SweepRecord, plot: &PlotConfig, curve: &SweepCurve, seen: &dyn Fn(&str) -> bool) -> Panel {
    let y = axis("share of runs", plot.log_y);
    let y = if plot.log_y { y } else { y.range(-0.02, 1.02) };
    let mut panel = Panel::new(axis(axis_label(&plot.x), plot.log_x), y).aspect(0.9);
    panel.title = Some(title(record, curve)).filter(|title| !title.is_empty());
    let points = || curve.points.iter().map(|&place| &record.points[place]);
    for (what, label, color, marker) in DRAWN.into_iter().filter(|(what, ..)| seen(what)) {
        let rows: Vec<[f64; 4]> = points()
            .filter_map(|point| {
                let (x, share) = (record.number(point, &plot.x)?, share(point, what)?);
                let n = point.routes.get(Route::MonteCarlo)?.estimate?.n as f64;
                Some([x, share.count as f64 / n, share.low, share.high])
            })
            .collect();
        let column = |i: usize| rows.iter().map(|row| row[i]).collect::<Vec<f64>>();
        let [x, p, low, high] = [0, 1, 2, 3].map(column);
        panel = panel
            .with(Series::line(&x, &p).color(color).width(0.8))
            .with(Series::error_bars(&x, &p, &low, &high).color(color).marker(marker).size(3.5).label(label));
    }
    let starved: Vec<(f64, f64)> = points()
        .filter_map(|point| {
            let formula = point.routes.get(Route::Formula).filter(|_| plot.shows(FORMULA))?;
            let starved = Answer::formula_detail(formula).is_some_and(|detail| detail.equation == Equation::Starvation);
            Some((record.number(point, &plot.x)?, formula.value)).filter(|_| starved)
        })
        .collect();
    if starved.is_empty() {
        return panel;
    }
    let (x, p): (Vec<f64>, Vec<f64>) = starved.into_iter().unzip();
    panel.with(Series::line(&x, &p).color(palette::BLUE).dash(Dash::Dashed).label("formula (22)"))
}
