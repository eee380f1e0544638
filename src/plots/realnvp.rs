//! The figure of trained flows: for each run a row of densities, one column a moment; below, loss, coverage and
//! temperature over time.

use crate::figures::{
    Axis, Color, Contours, Dash, Figure, Grid, LegendPlace, Marker, Panel, Series, TickChoice, palette,
};
use crate::results::{FlowMoment, FlowRecord, FlowSnapshot, FlowVariant};

/// Contours of the target.
const TARGET: Color = Color::rgb(140, 140, 140);
const TEMPERED: Color = palette::GREEN;
/// Samples, many on each other.
const SAMPLES: f64 = 0.35;

/// A row of densities a run and a row of curves.
pub fn realnvp(record: &FlowRecord) -> Figure {
    let mut figure = Figure::two_column();
    let last = record.variants.len().saturating_sub(1);
    for (index, variant) in record.variants.iter().enumerate() {
        let columns = variant.snapshots.len();
        let panels = variant.snapshots.iter().enumerate().map(|(column, shot)| {
            let ends = (column == 0, index == last);
            plane(variant, shot, ends).legend(if index == 0 && column + 1 == columns {
                LegendPlace::Right
            } else {
                LegendPlace::None
            })
        });
        figure = figure.row(panels.collect::<Vec<_>>());
    }
    let time = || Axis::linear("time *t*");
    let label = |variant: &FlowVariant, others: &str| {
        if record.variants.len() > 1 { variant.label.clone() } else { others.to_owned() }
    };
    let mut loss = Panel::new(time(), Axis::linear("divergence KL(*q*||*p*)").range(0.0, highest_loss(record)));
    let mut coverage = Panel::new(time(), Axis::linear("coverage *C*_k").range(-0.03, 1.03));
    let mut temperature = Panel::new(time(), Axis::log("temperature *T*"));
    let mut targets: Vec<f64> = Vec::new();
    for (place, variant) in record.variants.iter().enumerate() {
        let color = ink(variant);
        let dash = if place % 2 == 0 { Dash::Solid } else { Dash::Dashed };
        loss = loss
            .with(line(variant, &|m| m.divergence).color(color).dash(dash).width(1.0).label(label(variant, "batch")));
        temperature =
            temperature.with(line(variant, &|m| m.temperature).color(color).dash(dash).label(label(variant, "*T*")));
        for k in 0..variant.modes.len() {
            let curve = line(variant, &|m| m.coverage.get(k).copied().unwrap_or(f64::NAN));
            let curve = curve.color(if record.variants.len() > 1 { color } else { palette::cycle(k) });
            coverage = coverage.with(curve.dash(if k == 0 { Dash::Solid } else { Dash::Dashed }));
        }
        targets.extend(&variant.config.target.weights);
    }
    targets.sort_by(f64::total_cmp);
    targets.dedup();
    for v in targets {
        coverage = coverage.with(Series::horizontal(v).color(palette::GRAY).dash(Dash::Dotted));
    }
    let key =
        |name: &str, dash: Dash| Series::line(&[f64::NAN], &[f64::NAN]).color(palette::GRAY).dash(dash).label(name);
    coverage =
        coverage.with(key("*C*_1", Dash::Solid)).with(key("*C*_2", Dash::Dashed)).with(key("*v*_k", Dash::Dotted));
    figure.row([loss, coverage.legend(LegendPlace::Below), temperature])
}

/// Colour of a run: that of its end.
fn ink(variant: &FlowVariant) -> Color {
    if variant.collapsed == Some(true) { palette::VERMILLION } else { palette::BLUE }
}

fn line(variant: &FlowVariant, of: &dyn Fn(&FlowMoment) -> f64) -> Series {
    let times: Vec<f64> = variant.moments.iter().map(|m| m.time).collect();
    Series::line(&times, &variant.moments.iter().map(of).collect::<Vec<_>>())
}

/// Top of the axis of losses: what is above it is the start of a hot run.
fn highest_loss(record: &FlowRecord) -> f64 {
    let starts = record.variants.iter().filter_map(|v| v.moments.first()).map(|m| m.divergence);
    1.3 * starts.fold(0.5, f64::max)
}

/// Ticks and label in the first column and the last row, ticks alone in the others.
fn shared(axis: Axis, shown: bool) -> Axis {
    if shown { axis } else { Axis { label: String::new(), ..axis.ticks(TickChoice::Unlabelled) } }
}

fn plane(variant: &FlowVariant, shot: &FlowSnapshot, (first, last): (bool, bool)) -> Panel {
    let reach = variant.nodes.last().copied().unwrap_or(1.0);
    let x = shared(Axis::linear("mode axis").range(-reach, reach), last);
    let name = if variant.label.is_empty() { "across" } else { &variant.label };
    let y = shared(Axis::linear(name).range(-reach, reach), first);
    let level = |values: &[f64], levels: &[f64], color: Color, dash: Dash, width: f64| {
        let grid = Grid::new(variant.nodes.clone(), variant.nodes.clone(), values.to_vec()).ok()?;
        Some(Series::contours(Contours::new(grid, levels.to_vec())).color(color).dash(dash).width(width))
    };
    let color = ink(variant);
    let (xs, ys): (Vec<f64>, Vec<f64>) = shot.points.iter().map(|p| (p[0], p[1])).unzip();
    let (mx, my): (Vec<f64>, Vec<f64>) = variant.modes.iter().map(|m| (m[0], m[1])).unzip();
    let key = |name: &str, color: Color, dash: Dash| {
        Series::line(&[f64::NAN], &[f64::NAN]).color(color).dash(dash).label(name)
    };
    let mut panel = Panel::new(x, y)
        .equal_units()
        .title(format!("*t* = {}, *T* = {}", short(shot.time), short(shot.temperature)))
        .with_all(level(&variant.target, &variant.target_levels, TARGET, Dash::Solid, 1.0))
        .with_all(level(&shot.tempered, &shot.tempered_levels, TEMPERED, Dash::Dashed, 0.9))
        .with(Series::points(&xs, &ys, Marker::Circle).color(color.with_alpha(SAMPLES)).size(1.6));
    if !shot.fit.is_empty() {
        panel = panel.with_all(level(&shot.fit, &shot.fit_levels, color, Dash::Solid, 1.2));
    }
    panel
        .with(Series::points(&mx, &my, Marker::Plus).color(palette::BLACK).size(5.0).label("modes"))
        .with(key("target *p*", TARGET, Dash::Solid))
        .with(key("*p*^{1/*T*}", TEMPERED, Dash::Dashed))
        .with(key("flow *q*", color, Dash::Solid))
}

/// Two digits after the point at most.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
