//! Figures of a grid for runs that lose some of many modes, and for flows: what they keep, and how far they are from the target.

use crate::figures::{Axis, Dash, Figure, LegendPlace, Panel, Series, palette};
use crate::plots::symbols::{COUNTED, FLOWS, LOOKS, THIN, axis, axis_label, hue, name};
use crate::results::{Answer, PlotConfig, Route, Source, SweepCurve, SweepRecord};

/// A value with its ends.
type AnswerValue = fn(&Answer) -> Option<[f64; 3]>;

/// Room beyond the ends of an axis, as a share of it.
const RIM: f64 = 0.05;

/// The mean number of modes that runs keep, with its standard error.
pub(crate) fn kept(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    let modes = drawn(record, plot).filter_map(Answer::modes_kept).map(|kept| kept.modes).max();
    let top = modes.unwrap_or(1) as f64;
    let y = Axis::linear(format!("modes kept of {top}")).range(-RIM * top, (1.0 + RIM) * top);
    figure(record, plot, y, |answer| {
        answer.modes_kept().map(|kept| [kept.mean, kept.mean - kept.error, kept.mean + kept.error])
    })
}

/// The median of KL(q||p) over trained flows, with the quartiles.
pub(crate) fn divergence(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    let value: AnswerValue = |answer| answer.divergence().map(|[low, median, high]| [median, low, high]);
    let high = drawn(record, plot).filter_map(value).fold(0.0, |most: f64, [_, _, high]| most.max(high));
    let y = axis("divergence KL(*q*‖*p*)", plot.log_y);
    figure(record, plot, if plot.log_y { y } else { y.range(0.0, (1.0 + 2.0 * RIM) * high) }, value)
}

/// What is drawn of a grid.
fn drawn<'a>(record: &'a SweepRecord, plot: &'a PlotConfig) -> impl Iterator<Item = &'a Answer> {
    let shown = Route::ALL.into_iter().filter(|route| plot.shows(Source::Route(*route)));
    shown.flat_map(|route| record.points.iter().filter_map(move |point| point.routes.get(route)))
}

/// A curve for each combination of the other axes: counts joined by solid lines, flows by dashed ones.
fn figure(record: &SweepRecord, plot: &PlotConfig, y: Axis, value: AnswerValue) -> Figure {
    let mut panel = Panel::new(axis(axis_label(&plot.x), plot.log_x), y).aspect(0.9).legend(LegendPlace::Below);
    let all = record.curves(&[&plot.x]);
    let looks = LOOKS.iter().filter(|look| [COUNTED, FLOWS].contains(&look.source) && plot.shows(look.source));
    let mut keys = Vec::new();
    for look in looks {
        let Some((marker, size, _)) = look.mark else { continue };
        let dash = look.line.map_or(Dash::Solid, |(dash, _)| dash);
        let mut any = false;
        for (i, curve) in all.iter().enumerate() {
            let (x, [mean, low, high]) = columns(record, plot, (curve, look.source), value);
            any |= !x.is_empty();
            panel = panel
                .with(Series::line(&x, &mean).color(hue(i, all.len())).width(THIN).dash(dash))
                .with(Series::error_bars(&x, &mean, &low, &high).color(hue(i, all.len())).marker(marker).size(size));
        }
        if any {
            let key = Series::points(&[f64::NAN], &[f64::NAN], marker).size(size).color(palette::GRAY);
            keys.push(key.label(look.label));
        }
    }
    if all.len() > 1 {
        let nowhere = [f64::NAN];
        let named = |(i, curve)| Series::line(&nowhere, &nowhere).color(hue(i, all.len())).label(name(curve));
        panel = panel.with_all(all.iter().enumerate().map(named));
    }
    Figure::one_column().row([panel.with_all(keys)])
}

/// Abscissae, values and ends of a curve.
fn columns(
    record: &SweepRecord,
    plot: &PlotConfig,
    (curve, source): (&SweepCurve, Source),
    value: AnswerValue,
) -> (Vec<f64>, [Vec<f64>; 3]) {
    let (mut xs, mut columns) = (Vec::new(), [const { Vec::new() }; 3]);
    let Source::Route(route) = source else { return (xs, columns) };
    for point in curve.points.iter().map(|&place| &record.points[place]) {
        let found = point.routes.get(route).and_then(value);
        if let (Some(x), Some(values)) = (record.number(point, &plot.x), found) {
            xs.push(x);
            columns.iter_mut().zip(values).for_each(|(column, value): (&mut Vec<f64>, f64)| column.push(value));
        }
    }
    (xs, columns)
}
