//! The figure of where a pair can collapse in the plane of separation and temperature.

use crate::figures::{Axis, Color, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};
use crate::plots::bifurcation::{known, separation};
use crate::results::{BifurcationRecord, TrainedWindow};

/// Width of the sheet in inches.
const WIDTH_IN: f64 = 4.6;
/// Opacity of the region below T_c, and of that of stable collapsed states on it.
const FAINT: f64 = 0.14;
/// See there.
const STRONG: f64 = 0.22;
/// Height of a note over the middle of its point, in shares of the logarithmic axis.
const RAISED: f64 = 0.035;

/// Critical curve, shaded side where collapse is possible, and the critical points of the configuration.
pub fn phase_diagram(record: &BifurcationRecord) -> Figure {
    let panel = if record.pair == "free" { free(record) } else { sphere(record) };
    Figure::new(WIDTH_IN).row([panel.aspect(0.8)])
}

/// The side of a curve towards T = 1, as a polygon.
fn below(x: &[f64], y: &[f64]) -> Vec<[f64; 2]> {
    let mut region: Vec<[f64; 2]> = x.iter().zip(y).map(|(&x, &y)| [x, y]).collect();
    if let (Some(&first), Some(&last)) = (x.first(), x.last()) {
        region.extend([[last, 1.0], [first, 1.0]]);
    }
    region
}

fn frame(record: &BifurcationRecord, highest: f64) -> Panel {
    let x = &record.critical_curve.separations;
    let (first, last) = (x.first().copied().unwrap_or(0.0), x.last().copied().unwrap_or(1.0));
    Panel::new(Axis::linear(separation(record)).range(first, last), Axis::log("temperature *T*").range(1.0, highest))
}

/// A marked point with a note to its left; `offset` in shares of the axis.
fn marked(panel: Panel, [x, y]: [f64; 2], offset: f64, note: String) -> Panel {
    let (span, highest) = match (panel.x.range, panel.y.range) {
        (Some((first, last)), Some((_, highest))) => (last - first, highest),
        _ => (1.0, 10.0),
    };
    let point = Series::points(&[x], &[y], Marker::Circle).color(palette::BLACK).size(5.0);
    let note = Series::text(x - offset * span, y * highest.powf(RAISED), note).color(palette::BLACK);
    panel.with(point).with(note)
}

fn free(record: &BifurcationRecord) -> Panel {
    let curve = &record.critical_curve;
    let (mut x, mut y) = known(&curve.separations, &curve.temperatures);
    // The curve reaches T = 1 between two of its points.
    let corner = record.critical_separation.filter(|&c| record.temperature == 1.0 && x.first().is_some_and(|&x| c < x));
    if let Some(corner) = corner {
        (x, y) = ([vec![corner], x].concat(), [vec![1.0], y].concat());
    }
    let highest = y.iter().copied().fold(10.0, f64::max);
    let asymptotic = known(&curve.separations, &curve.asymptotic);
    let mut panel = frame(record, highest)
        .with(Series::region(below(&x, &y)).color(palette::VERMILLION.with_alpha(0.16)).label("collapse possible"))
        .with(Series::line(&x, &y).color(palette::VERMILLION).width(1.8).label("*T*_c: fold of the collapsed state"));
    if !asymptotic.0.is_empty() {
        let line = Series::line(&asymptotic.0, &asymptotic.1).color(palette::BLACK).dash(Dash::Dashed).width(1.0);
        panel = panel.with(line.label("its form at large *ρ*"));
    }
    if let Some(window) = &record.trained_weights {
        let last = panel.x.range.map_or(f64::INFINITY, |(_, last)| last);
        panel = panel.with_all(trained(window, last));
    }
    if let Some(critical) = record.critical_temperature {
        panel =
            marked(panel, [record.separation, critical], 0.13, format!("*T*_c({}) = {critical:.3}", record.separation));
    }
    if let Some(corner) = corner {
        panel = marked(panel, [corner, 1.0], 0.1, format!("*ρ*_c = {corner:.3}"));
    }
    let (first, last) = panel.x.range.unwrap_or((0.0, 1.0));
    let note = Series::text(first + 0.3 * (last - first), highest.powf(0.5), "no collapsed state");
    panel.with(note.color(palette::GRAY)).legend(LegendPlace::UpperLeft)
}

/// The folds between which trained weights have a collapsed state, up to the separation `last`.
fn trained(window: &TrainedWindow, last: f64) -> [Series; 2] {
    let least = [window.least_separation, window.least_temperature];
    let tour: Vec<[f64; 2]> =
        window.lower.iter().rev().chain([&least]).chain(&window.upper).filter(|p| p[0] <= last).copied().collect();
    let (x, y): (Vec<f64>, Vec<f64>) = tour.iter().map(|p| (p[0], p[1])).unzip();
    [
        Series::region(tour).color(palette::BLUE.with_alpha(0.14)),
        Series::line(&x, &y).color(palette::BLUE).width(1.4).label("fold with trained weights"),
    ]
}

fn sphere(record: &BifurcationRecord) -> Panel {
    let curve = &record.critical_curve;
    let antipodal = known(&curve.separations, &curve.temperatures);
    let (heavier, lighter) = (known(&curve.separations, &curve.heavier), known(&curve.separations, &curve.lighter));
    let highest = [&antipodal.1, &heavier.1, &lighter.1].into_iter().flatten().copied().fold(10.0, f64::max);
    let equal = record.target_weight == 0.5;
    let mut panel = frame(record, 1.1 * highest)
        .with(shade(&antipodal, FAINT).label("opposite means give way"))
        .with(shade(&heavier, STRONG))
        .with(shade(&Default::default(), 1.0 - (1.0 - FAINT) * (1.0 - STRONG)).label("collapsed state is stable"))
        .with(
            Series::line(&antipodal.0, &antipodal.1).color(palette::VERMILLION).width(1.8).label("*T*_c = *R*^2/*α*"),
        );
    let weight = record.target_weight.max(1.0 - record.target_weight);
    let limits = [(&heavier, Dash::Dashed, weight), (&lighter, Dash::Dotted, 1.0 - weight)];
    for ((x, y), dash, weight) in limits.into_iter().take(if equal { 1 } else { 2 }) {
        let label = format!("its limit on the mode of weight {}", number(weight));
        panel = panel.with(Series::line(x, y).color(palette::BLACK).dash(dash).label(label));
    }
    if let Some(critical) = record.critical_temperature {
        panel =
            marked(panel, [record.separation, critical], 0.13, format!("*T*_c({}) = {critical:.2}", record.separation));
    }
    panel.legend(LegendPlace::LowerRight)
}

/// Without the rounding of 1 - w.
fn number(weight: f64) -> f64 {
    (1e6 * weight).round() / 1e6
}

fn shade((x, y): &(Vec<f64>, Vec<f64>), alpha: f64) -> Series {
    let color: Color = palette::VERMILLION.with_alpha(alpha);
    Series::region(below(x, y)).color(color)
}
