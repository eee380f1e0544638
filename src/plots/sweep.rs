//! The figures of a grid.

use crate::figures::{Axis, Color, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};
use crate::plots::flow_map::flow_map;
use crate::plots::formulas::formula_name;
use crate::plots::kept::{divergence, kept};
use crate::plots::mechanisms::mechanisms;
use crate::plots::probability_map::map;
use crate::plots::standardised::standardised;
use crate::plots::symbols::{COUNTED, EXACT, FLOWS, FORMULA, HOT, LOOKS, Look, THIN, axis, axis_label, hue, name};
use crate::results::{Answer, FitRecord, PlotConfig, PlotKind, Route, Source, SweepPoint, SweepRecord};

/// The figure that `plot` describes.
pub fn sweep(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    match plot.kind {
        PlotKind::Curves => Figure::one_column().row([curves(record, plot)]),
        PlotKind::Scaling => Figure::one_column().row([scaling(record, plot)]),
        PlotKind::Map if plot.shows(FLOWS) && record.ranks.is_some() => flow_map(record, plot),
        PlotKind::Map => map(record, plot),
        PlotKind::Agreement => agreement(record),
        PlotKind::Mechanisms => mechanisms(record, plot),
        PlotKind::Kept => kept(record, plot),
        PlotKind::Divergence => divergence(record, plot),
    }
}

/// The points of a curve that have a value of some kind, as columns.
struct CurveColumns<'a> {
    record: &'a SweepRecord,
    x: &'a str,
    places: &'a [usize],
}

impl CurveColumns<'_> {
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

/// Value, lower and upper end of what a source says at a point; the ends of published counts are theirs.
pub(crate) fn said(record: &SweepRecord, point: &SweepPoint, source: Source) -> Option<[f64; 3]> {
    match source {
        Source::Route(route) => point.routes.get(route).map(Answer::interval),
        Source::Published => record.published_at(point).map(|p| [p.value, p.low, p.high]),
    }
}

/// The same where it is drawn: outside its regime a formula would only hide the curves; maps show it everywhere. Where
/// mostly open runs make the interval there is no value: the bar alone is drawn.
fn drawn(record: &SweepRecord, point: &SweepPoint, source: Source) -> Option<[f64; 3]> {
    let holds = match source {
        Source::Route(route) => point.routes.get(route).is_none_or(|answer| answer.valid || answer.estimate.is_some()),
        Source::Published => true,
    };
    let [value, low, high] = said(record, point, source).filter(|_| holds)?;
    let open = match source {
        Source::Route(route) => point.routes.get(route).is_some_and(Answer::is_open),
        Source::Published => false,
    };
    Some([if open { f64::NAN } else { value }, low, high])
}

fn curves(record: &SweepRecord, plot: &PlotConfig) -> Panel {
    let y = axis("probability of collapse *P*_c", plot.log_y);
    let [low, high] = shown(record);
    // Curves that lie together are shown as they differ; the axis says where.
    let together = high - low < NARROW && low > NARROW;
    let top = if high < LOW { LOW } else { 1.0 };
    // A little more at both ends, for marks on them.
    let y = if plot.log_y || together { y } else { y.range(-RIM * top, (1.0 + RIM) * top) };
    let mut panel = Panel::new(axis(axis_label(&plot.x), plot.log_x), y).aspect(0.9).legend(LegendPlace::Below);
    let all = record.curves(&[&plot.x]);
    for (i, curve) in all.iter().enumerate() {
        let column = CurveColumns { record, x: &plot.x, places: &curve.points };
        panel = panel.with_all(one_curve(&column, plot, hue(i, all.len())));
        if all.len() > 1 {
            panel = panel.with(Series::line(&[f64::NAN], &[f64::NAN]).color(hue(i, all.len())).label(name(curve)));
        }
    }
    panel.with_all(keys_of(record, plot))
}

/// Room beyond the ends of an axis of probabilities, as a share of it.
const RIM: f64 = 0.02;

/// P_c below which an axis does not run to 1.
const LOW: f64 = 0.4;

/// Spread of all curves and their distance from 0 with which the axis follows them.
const NARROW: f64 = 0.2;

/// The lowest and the highest end of what is drawn.
fn shown(record: &SweepRecord) -> [f64; 2] {
    let routes = || Route::ALL.into_iter().map(Source::Route);
    let ends = record.points.iter().flat_map(|point| routes().filter_map(move |route| drawn(record, point, route)));
    ends.fold([1.0, 0.0], |[least, most], [value, low, high]| [least.min(low.min(value)), most.max(high.max(value))])
}

/// What is drawn of one curve.
fn one_curve(column: &CurveColumns<'_>, plot: &PlotConfig, color: Color) -> Vec<Series> {
    let record = column.record;
    let of = |source: Source| column.take(|point| drawn(record, point, source).filter(|_| plot.shows(source)));
    let has_exact = !of(EXACT).0.is_empty();
    let mut series = Vec::new();
    for look in &LOOKS {
        let (x, [p, low, high]) = of(look.source);
        // Counts are joined where nothing else leads the eye.
        let joined = (look.source == COUNTED && !has_exact).then_some((Dash::Solid, THIN));
        if let Some((dash, width)) = look.line.or(joined) {
            series.push(Series::line(&x, &p).color(color).dash(dash).width(width));
        }
        if let Some((marker, size, open)) = look.mark {
            let bars = Series::error_bars(&x, &p, &low, &high).color(color).marker(marker).size(size);
            series.push(if open { bars.open() } else { bars });
        }
        if look.source == EXACT && plot.x == HOT && x.len() > 2 {
            let best = (0..x.len()).min_by(|&i, &j| p[i].total_cmp(&p[j])).unwrap_or(0);
            let mark = Series::points(&x[best..=best], &p[best..=best], Marker::Diamond).color(color);
            series.push(mark.size(7.0).open());
        }
    }
    series
}

/// Entries of the legend that say what lines and points are.
fn keys_of(record: &SweepRecord, plot: &PlotConfig) -> Vec<Series> {
    let nowhere = [f64::NAN];
    let mut keys = Vec::new();
    for look in LOOKS.iter().filter(|look| plot.shows(look.source)) {
        if !record.points.iter().any(|point| drawn(record, point, look.source).is_some()) {
            continue;
        }
        let key = match (look.mark, look.line) {
            (Some((marker, size, open)), _) => {
                let points = Series::points(&nowhere, &nowhere, marker).size(size);
                if open { points.open() } else { points }
            }
            (None, line) => Series::line(&nowhere, &nowhere).dash(line.map_or(Dash::Solid, |(dash, _)| dash)),
        };
        keys.push(key.color(palette::GRAY).label(label(record, look)));
        if look.source == EXACT && plot.x == HOT {
            let best = Series::points(&nowhere, &nowhere, Marker::Diamond).color(palette::GRAY).size(7.0).open();
            keys.push(best.label("best *T*_0 of these"));
        }
    }
    keys
}

/// The name of a source; a formula is named by its equation, a route that takes several by all that are drawn.
fn label(record: &SweepRecord, look: &Look) -> String {
    let drawn = record.points.iter().filter(|point| drawn(record, point, look.source).is_some());
    formula_name(drawn, look.source).unwrap_or_else(|| look.label.to_owned())
}

fn scaling(record: &SweepRecord, plot: &PlotConfig) -> Panel {
    let mut panel = Panel::new(Axis::log(axis_label(&plot.x)), Axis::log("probability of collapse *P*_c"))
        .aspect(0.9)
        .legend(LegendPlace::Below);
    let fits: Vec<&FitRecord> = record.fits.iter().filter(|fit| fit.plot == plot.name).collect();
    for (i, curve) in record.curves(&[&plot.x]).iter().enumerate() {
        let column = CurveColumns { record, x: &plot.x, places: &curve.points };
        let color = palette::cycle(i);
        let (mut x, [mut p, ..]) = column.take(|point| said(record, point, EXACT));
        if x.is_empty() {
            (x, [p, ..]) = column.take(|point| said(record, point, COUNTED));
        }
        let mut label = name(curve);
        if let Some(fit) = fits.get(i) {
            let separator = if label.is_empty() { "" } else { ": " };
            let slope = fit.slope.map_or("no slope".to_owned(), |slope| format!("slope {slope:.3}"));
            label.push_str(&format!("{separator}{slope}"));
            if let Some(predicted) = fit.predicted {
                label.push_str(&format!(", theory {predicted:.3}"));
                panel = panel.with(predicted_line(&x, &p, predicted).color(color));
            }
        }
        panel = panel.with(Series::points(&x, &p, Marker::Circle).color(color).size(4.0).label(label));
        let (x, [p, ..]) = column.take(|point| said(record, point, FORMULA));
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
        record.points.iter().filter_map(|p| p.routes.comparison().and_then(|c| c.standardised())).collect();
    z.sort_by(f64::total_cmp);
    standardised(&z)
}
