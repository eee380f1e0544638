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

/// Ends of Langevin chains.
const CHAINS: Color = palette::BLACK;

/// Share of the window that is shown across the axis of modes on a line.
const ACROSS: f64 = 0.7;

/// A row of densities a run and a row of curves.
pub fn realnvp(record: &FlowRecord) -> Figure {
    let mut figure = Figure::two_column();
    let last = record.variants.len().saturating_sub(1);
    for (index, variant) in record.variants.iter().enumerate() {
        let columns = variant.snapshots.len();
        let panels = variant.snapshots.iter().enumerate().map(|(column, shot)| {
            let panel = plane(variant, shot, (column == 0, index == last));
            // Chains end with the training.
            let ends = variant.langevin.iter().filter(|_| column + 1 == columns).flat_map(|found| &found.points);
            let (xs, ys): (Vec<f64>, Vec<f64>) = ends.map(|p| (p[0], p[1])).unzip();
            let panel = match xs.is_empty() {
                true => panel,
                false => {
                    panel.with(Series::points(&xs, &ys, Marker::Circle).color(CHAINS.with_alpha(SAMPLES)).size(1.6))
                }
            };
            if index == 0 && column + 1 == columns { keyed(panel, record) } else { panel.legend(LegendPlace::None) }
        });
        figure = figure.row(panels.collect::<Vec<_>>());
    }
    let several = record.variants.len() > 1;
    let label = |variant: &FlowVariant| if several { variant.label.clone() } else { String::new() };
    let named = |series: Series, name: String| if name.is_empty() { series } else { series.label(name) };
    let time = || Axis::linear("time *t*");
    // The legend of the temperatures is that of the row.
    let mut loss = Panel::new(time(), Axis::log("divergence KL(*q*||*p*)")).legend(LegendPlace::None);
    let mut temperature = Panel::new(time(), Axis::log("temperature *T*"));
    for (place, variant) in record.variants.iter().enumerate() {
        let alike = record.variants[..place].iter().filter(|other| other.collapsed == variant.collapsed).count();
        let (color, dash) = (ink(variant), dash(alike));
        let divergence = line(variant, &|m| m.kl_reverse.unwrap_or(f64::NAN)).color(color).dash(dash);
        loss = loss.with(divergence.width(1.2));
        let curve = line(variant, &|m| m.temperature).color(color).dash(dash);
        temperature = temperature.with(named(curve, label(variant)));
    }
    figure.row([loss, coverage(record, time()), temperature])
}

/// C_k against time, a colour a run (or a mode, if there is one run only).
fn coverage(record: &FlowRecord, time: Axis) -> Panel {
    let several = record.variants.len() > 1;
    let mut panel = Panel::new(time, Axis::linear("coverage *C*_k").range(-0.03, 1.03)).legend(LegendPlace::Below);
    let mut targets: Vec<f64> = Vec::new();
    for variant in &record.variants {
        for k in 0..variant.shares.len() {
            let curve = line(variant, &|m| m.coverage.get(k).copied().unwrap_or(f64::NAN)).dash(dash(k));
            panel = panel.with(curve.color(if several { ink(variant) } else { palette::cycle(k) }));
        }
        targets.extend(&variant.shares);
    }
    targets.sort_by(f64::total_cmp);
    targets.dedup();
    for v in targets {
        panel = panel.with(Series::horizontal(v).color(palette::GRAY).dash(Dash::DashDotted));
    }
    let modes = record.variants.iter().map(|v| v.shares.len()).max().unwrap_or(0);
    let color = |k| if several { palette::GRAY } else { palette::cycle(k) };
    panel = panel.with_all((0..modes).map(|k| key(&format!("*C*_{}", k + 1), color(k), dash(k))));
    panel.with(key("*v*_k", palette::GRAY, Dash::DashDotted))
}

/// The legend of the densities: a flow in each colour that occurs.
fn keyed(panel: Panel, record: &FlowRecord) -> Panel {
    let panel = panel
        .with(Series::points(&[f64::NAN], &[f64::NAN], Marker::Plus).color(palette::BLACK).size(5.0).label("modes"))
        .with(key("target *p*", TARGET, Dash::Solid))
        .with(key("*p*^{1/*T*}", TEMPERED, Dash::Dashed));
    let ends =
        [(Some(true), "flow *q*, collapsed"), (Some(false), "flow *q*, recovered"), (None, "flow *q*, diverged")];
    let shown = ends.into_iter().filter_map(|(end, name)| {
        let variant = record.variants.iter().find(|variant| variant.collapsed == end)?;
        Some(key(name, ink(variant), Dash::Solid))
    });
    let chains = record.variants.iter().any(|variant| variant.langevin.is_some());
    let chains = chains.then(|| {
        Series::points(&[f64::NAN], &[f64::NAN], Marker::Circle).color(CHAINS).size(2.4).label("Langevin Monte Carlo")
    });
    panel.with_all(shown).with_all(chains).legend(LegendPlace::Right)
}

fn key(name: &str, color: Color, dash: Dash) -> Series {
    Series::line(&[f64::NAN], &[f64::NAN]).color(color).dash(dash).label(name)
}

fn dash(index: usize) -> Dash {
    [Dash::Solid, Dash::Dashed, Dash::Dotted][index % 3]
}

/// Colour of a run: that of its end.
fn ink(variant: &FlowVariant) -> Color {
    match variant.collapsed {
        Some(true) => palette::VERMILLION,
        Some(false) => palette::BLUE,
        None => palette::PURPLE,
    }
}

fn line(variant: &FlowVariant, of: &dyn Fn(&FlowMoment) -> f64) -> Series {
    let times: Vec<f64> = variant.moments.iter().map(|m| m.time).collect();
    Series::line(&times, &variant.moments.iter().map(of).collect::<Vec<_>>())
}

/// Ticks and label in the first column and the last row, ticks alone in the others.
fn shared(axis: Axis, shown: bool) -> Axis {
    if shown { axis } else { Axis { label: String::new(), ..axis.ticks(TickChoice::Unlabelled) } }
}

fn plane(variant: &FlowVariant, shot: &FlowSnapshot, (first, last): (bool, bool)) -> Panel {
    let reach = variant.nodes.last().copied().unwrap_or(1.0);
    let x = shared(Axis::linear("mode axis").range(-reach, reach), last);
    let name = if variant.label.is_empty() { "across" } else { &variant.label };
    // Modes on a line need less room across it.
    let flat = !variant.modes.is_empty() && variant.modes.iter().all(|mode| mode[1].abs() < 1e-9 * reach);
    let across = if flat { ACROSS * reach } else { reach };
    let y = shared(Axis::linear(name).range(-across, across), first);
    let level = |values: &[f64], levels: &[f64], color: Color, dash: Dash, width: f64| {
        let grid = Grid::new(variant.nodes.clone(), variant.nodes.clone(), values.to_vec()).ok()?;
        Some(Series::contours(Contours::new(grid, levels.to_vec())).color(color).dash(dash).width(width))
    };
    let color = ink(variant);
    let (xs, ys): (Vec<f64>, Vec<f64>) = shot.points.iter().map(|p| (p[0], p[1])).unzip();
    let (mx, my): (Vec<f64>, Vec<f64>) = variant.modes.iter().map(|m| (m[0], m[1])).unzip();
    let mut panel = Panel::new(x, y)
        .equal_units()
        .title(format!("*t* = {}, *T* = {}", short(shot.time), short(shot.temperature)))
        .with_all(level(&variant.target, &variant.target_levels, TARGET, Dash::Solid, 1.0))
        .with_all(level(&shot.tempered, &shot.tempered_levels, TEMPERED, Dash::Dashed, 0.9))
        .with(Series::points(&xs, &ys, Marker::Circle).color(color.with_alpha(SAMPLES)).size(1.6));
    if !shot.fit.is_empty() {
        panel = panel.with_all(level(&shot.fit, &shot.fit_levels, color, Dash::Solid, 1.2));
    }
    panel.with(Series::points(&mx, &my, Marker::Plus).color(palette::BLACK).size(5.0))
}

/// Two digits after the point at most.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
