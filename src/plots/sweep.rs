//! The figures of a grid.

use crate::figures::{Axis, Color, ColorMap, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};
use crate::plots::flow_map::flow_map;
use crate::plots::mechanisms::mechanisms;
use crate::plots::probability_map::map;
use crate::plots::standardised::standardised;
use crate::plots::symbols::{HOT, axis_label, choice, shown, symbol};
use crate::results::{
    AxisValue, Curve, FitRecord, PlotConfig, PlotKind, PublishedPoint, RoutesRecord, SweepPoint, SweepRecord,
    comparison,
};

/// The figure that `plot` describes.
pub fn sweep(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    match plot.kind {
        PlotKind::Curves => Figure::one_column().row([curves(record, plot)]),
        PlotKind::Scaling => Figure::one_column().row([scaling(record, plot)]),
        PlotKind::Map if plot.shows("realnvp") && record.ranks.is_some() => flow_map(record, plot),
        PlotKind::Map => map(record, plot),
        PlotKind::Agreement => agreement(record),
        PlotKind::Mechanisms => mechanisms(record, plot),
    }
}

pub(crate) fn name(curve: &Curve) -> String {
    let part = |(key, value): &(String, AxisValue)| match value {
        AxisValue::Text(text) => choice(key, text),
        _ => format!("{} = {}", symbol(key), shown(value)),
    };
    curve.fixed.iter().map(part).collect::<Vec<_>>().join(", ")
}

pub(crate) fn axis(label: impl Into<String>, log: bool) -> Axis {
    if log { Axis::log(label) } else { Axis::linear(label) }
}

/// The points of a curve that have a value of some kind, as columns.
struct Column<'a> {
    record: &'a SweepRecord,
    x: &'a str,
    places: &'a [usize],
}

impl Column<'_> {
    fn take<const N: usize>(&self, of: impl Fn(&SweepPoint) -> Option<[f64; N]>) -> (Vec<f64>, [Vec<f64>; N]) {
        let (mut xs, mut columns) = (Vec::new(), std::array::from_fn(|_| Vec::new()));
        for &place in self.places {
            let point = &self.record.points[place];
            if let (Some(x), Some(values)) = (self.record.number(point, self.x), of(point)) {
                xs.push(x);
                columns.iter_mut().zip(values).for_each(|(column, value): (&mut Vec<f64>, f64)| column.push(value));
            }
        }
        (xs, columns)
    }
}

pub(crate) fn exact(point: &SweepPoint) -> Option<[f64; 1]> {
    point.routes.exact.map(|e| [e.value])
}

pub(crate) fn formula(point: &SweepPoint) -> Option<[f64; 1]> {
    point.routes.formula.as_ref().map(|f| [f.value])
}

pub(crate) fn refined(point: &SweepPoint) -> Option<[f64; 1]> {
    point.routes.formula.as_ref().and_then(|f| f.refined).map(|p| [p])
}

pub(crate) fn counted(point: &SweepPoint) -> Option<[f64; 3]> {
    point.routes.montecarlo.as_ref().map(|m| [m.value, m.estimate.low, m.estimate.high])
}

pub(crate) fn trained(point: &SweepPoint) -> Option<[f64; 3]> {
    point.routes.realnvp.as_ref().map(|r| [r.value, r.estimate.low, r.estimate.high])
}

fn simulated(point: &SweepPoint) -> Option<[f64; 3]> {
    point.routes.simulation.map(|s| [s.value, s.estimate.low, s.estimate.high])
}

pub(crate) fn published<'a>(record: &'a SweepRecord, point: &SweepPoint) -> Option<&'a PublishedPoint> {
    record.published.as_ref()?.points.iter().find(|p| p.index == point.index)
}

fn curves(record: &SweepRecord, plot: &PlotConfig) -> Panel {
    let y = axis("probability of collapse *P*_c", plot.log_y);
    let top = if tallest(record) < LOW { LOW } else { 1.0 };
    let y = if plot.log_y { y } else { y.range(0.0, top) };
    let mut panel = Panel::new(axis(axis_label(&plot.x), plot.log_x), y).aspect(0.9).legend(LegendPlace::Below);
    let all = record.curves(&[&plot.x]);
    for (i, curve) in all.iter().enumerate() {
        let column = Column { record, x: &plot.x, places: &curve.points };
        panel = panel.with_all(one_curve(&column, plot, hue(i, all.len())));
        if all.len() > 1 {
            panel = panel.with(Series::line(&[f64::NAN], &[f64::NAN]).color(hue(i, all.len())).label(name(curve)));
        }
    }
    panel.with_all(keys_of(record, plot))
}

/// P_c below which an axis does not run to 1.
const LOW: f64 = 0.4;

fn tallest(record: &SweepRecord) -> f64 {
    let values = record.points.iter().flat_map(|p| {
        let routes = &p.routes;
        let formula = routes.formula.as_ref().filter(|f| f.valid).map(|f| f.value);
        [
            routes.exact.map(|e| e.value),
            formula,
            routes.montecarlo.as_ref().map(|m| m.estimate.high),
            routes.simulation.map(|s| s.estimate.high),
            routes.realnvp.as_ref().map(|r| r.estimate.high),
        ]
    });
    values.flatten().fold(0.0, f64::max)
}

/// The colour of a curve: of the palette, or, for more curves than it has, along a colour map.
fn hue(index: usize, count: usize) -> Color {
    if count <= palette::CYCLE.len() {
        return palette::cycle(index);
    }
    // Short of the lightest end, which is hard to see on white.
    ColorMap::Viridis.at(0.9 * index as f64 / (count - 1) as f64)
}

/// What is drawn of one curve.
fn one_curve(column: &Column<'_>, plot: &PlotConfig, color: Color) -> Vec<Series> {
    let mut drawn = Vec::new();
    let (x, [p]) = column.take(|point| exact(point).filter(|_| plot.shows("exact")));
    let has_exact = !x.is_empty();
    drawn.push(Series::line(&x, &p).color(color));
    if plot.x == HOT && x.len() > 2 {
        let best = (0..x.len()).min_by(|&i, &j| p[i].total_cmp(&p[j])).unwrap_or(0);
        let mark = Series::points(&x[best..=best], &p[best..=best], Marker::Diamond).color(color);
        drawn.push(mark.size(7.0).open());
    }
    // Outside its regime the formula would only hide the curves; maps show it everywhere.
    let valid = |point: &SweepPoint| point.routes.formula.as_ref().filter(|f| f.valid).map(|f| [f.value]);
    let (x, [p]) = column.take(|point| valid(point).filter(|_| plot.shows("formula")));
    drawn.push(Series::line(&x, &p).color(color).dash(Dash::Dashed));
    let (x, [p]) = column.take(|point| refined(point).filter(|_| plot.shows("refined")));
    drawn.push(Series::line(&x, &p).color(color).dash(Dash::Dotted));
    let (x, [p, low, high]) = column.take(|point| counted(point).filter(|_| plot.shows("montecarlo")));
    if !has_exact {
        drawn.push(Series::line(&x, &p).color(color).width(0.8));
    }
    drawn.push(Series::error_bars(&x, &p, &low, &high).color(color).marker(Marker::Circle).size(3.0));
    let (x, [p, low, high]) = column.take(|point| simulated(point).filter(|_| plot.shows("simulation")));
    drawn.push(Series::error_bars(&x, &p, &low, &high).color(color).marker(Marker::Triangle).size(5.0));
    let (x, [p, low, high]) = column.take(|point| trained(point).filter(|_| plot.shows("realnvp")));
    drawn.push(Series::line(&x, &p).color(color).width(0.8));
    drawn.push(Series::error_bars(&x, &p, &low, &high).color(color).marker(Marker::Diamond).size(5.0));
    let beside = |point: &SweepPoint| published(column.record, point).map(|p| [p.value, p.low, p.high]);
    let (x, [p, low, high]) = column.take(|point| beside(point).filter(|_| plot.shows("published")));
    drawn.push(Series::error_bars(&x, &p, &low, &high).color(color).marker(Marker::Square).open().size(5.0));
    drawn
}

/// Entries of the legend that say what lines and points are.
fn keys_of(record: &SweepRecord, plot: &PlotConfig) -> Vec<Series> {
    let has =
        |what: &str, f: &dyn Fn(&RoutesRecord) -> bool| plot.shows(what) && record.points.iter().any(|p| f(&p.routes));
    let nowhere = [f64::NAN];
    let line = || Series::line(&nowhere, &nowhere).color(palette::GRAY);
    let marks = |marker| Series::points(&nowhere, &nowhere, marker).color(palette::GRAY);
    let mut keys = Vec::new();
    if has("exact", &|r| r.exact.is_some()) {
        keys.push(line().label("exact"));
        if plot.x == HOT {
            keys.push(marks(Marker::Diamond).size(7.0).open().label("best *T*_0 of these"));
        }
    }
    let valid = record.points.iter().find_map(|p| p.routes.formula.as_ref().filter(|f| f.valid));
    if let Some(valid) = valid.filter(|_| plot.shows("formula")) {
        keys.push(line().dash(Dash::Dashed).label(format!("formula {}", valid.equation)));
    }
    if has("refined", &|r| r.formula.as_ref().is_some_and(|f| f.refined.is_some())) {
        keys.push(line().dash(Dash::Dotted).label("formula (18)"));
    }
    if has("montecarlo", &|r| r.montecarlo.is_some()) {
        keys.push(marks(Marker::Circle).size(3.0).label("counted"));
    }
    if has("simulation", &|r| r.simulation.is_some()) {
        keys.push(marks(Marker::Triangle).size(5.0).label("descent"));
    }
    if has("realnvp", &|r| r.realnvp.is_some()) {
        keys.push(marks(Marker::Diamond).size(5.0).label("RealNVP"));
    }
    if record.published.is_some() && plot.shows("published") {
        keys.push(marks(Marker::Square).open().size(5.0).label("published"));
    }
    keys
}

fn scaling(record: &SweepRecord, plot: &PlotConfig) -> Panel {
    let mut panel = Panel::new(Axis::log(axis_label(&plot.x)), Axis::log("probability of collapse *P*_c"))
        .aspect(0.9)
        .legend(LegendPlace::Below);
    let fits: Vec<&FitRecord> = record.fits.iter().filter(|fit| fit.plot == plot.name).collect();
    for (i, curve) in record.curves(&[&plot.x]).iter().enumerate() {
        let column = Column { record, x: &plot.x, places: &curve.points };
        let color = palette::cycle(i);
        let (mut x, [mut p]) = column.take(exact);
        if x.is_empty() {
            (x, [p, _, _]) = column.take(counted);
        }
        let mut label = name(curve);
        if let Some(fit) = fits.get(i) {
            let separator = if label.is_empty() { "" } else { ": " };
            label.push_str(&format!("{separator}slope {:.3}", fit.slope));
            if let Some(predicted) = fit.predicted {
                label.push_str(&format!(", theory {predicted:.3}"));
                panel = panel.with(predicted_line(&x, &p, predicted).color(color));
            }
        }
        panel = panel.with(Series::points(&x, &p, Marker::Circle).color(color).size(4.0).label(label));
        let (x, [p]) = column.take(formula);
        panel = panel.with(Series::line(&x, &p).color(color).dash(Dash::Dashed));
    }
    panel
}

/// A line of the predicted slope through the first point, where the power law begins.
fn predicted_line(x: &[f64], p: &[f64], slope: f64) -> Series {
    let (Some(x0), Some(p0), Some(x1)) = (x.first(), p.first(), x.last()) else { return Series::line(&[], &[]) };
    Series::line(&[*x0, *x1], &[*p0, p0 * (x1 / x0).powf(slope)]).width(0.8)
}

/// Standardised differences: their histogram over the normal density, and in order against normal quantiles.
fn agreement(record: &SweepRecord) -> Figure {
    let mut z: Vec<f64> =
        record.points.iter().filter_map(|p| comparison(&p.routes).and_then(|c| c.standardised())).collect();
    z.sort_by(f64::total_cmp);
    standardised(&z)
}
