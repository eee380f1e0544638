//! The figure of densities: for each run a row of marginals along the mode axis and a row of contours, one column a moment.

use crate::figures::{
    Axis, Color, Contours, Dash, Figure, Grid, Heads, LegendPlace, Marker, Panel, Series, TickChoice, palette,
};
use crate::results::{DensityRecord, DensityVariant, Snapshot};

/// The target's fill.
const TARGET: Color = Color::rgb(205, 205, 205);
/// Contours of the target.
const TARGET_LINE: Color = Color::rgb(150, 150, 150);
const TEMPERED: Color = palette::GREEN;

/// Standard deviations shown across the mode axis.
const ACROSS: f64 = 3.2;

/// Two rows a run, one column a moment.
pub fn density(record: &DensityRecord) -> Figure {
    let peak = record.variants.iter().map(peak).fold(0.0, f64::max);
    let mut figure = Figure::two_column();
    let last = record.variants.len().saturating_sub(1);
    for (index, variant) in record.variants.iter().enumerate() {
        let columns = variant.snapshots.len();
        let panels = |make: &dyn Fn(&Snapshot, PanelPlace) -> Panel| {
            let place =
                |column| PanelPlace { column, first: index == 0, last: index == last, end: column + 1 == columns };
            variant.snapshots.iter().enumerate().map(|(c, shot)| make(shot, place(c))).collect::<Vec<_>>()
        };
        figure = figure.row(panels(&|shot, place| marginals(variant, shot, place, peak)));
        figure = figure.row(panels(&|shot, place| plane(variant, shot, place)));
    }
    figure
}

/// Where a panel stands.
#[derive(Clone, Copy)]
struct PanelPlace {
    column: usize,
    /// Whether it belongs to the first run,
    first: bool,
    /// or to the last one.
    last: bool,
    /// Whether its column is the last.
    end: bool,
}

/// Highest density of the marginals of target and fit.
fn peak(variant: &DensityVariant) -> f64 {
    let shots = variant.snapshots.iter();
    let values = shots.flat_map(|shot| shot.marginal_fit.iter().chain(&shot.marginal_target).copied());
    values.fold(0.0, f64::max)
}

/// Colour of the fit: that of its end.
fn ink(variant: &DensityVariant) -> Color {
    if variant.collapsed == Some(true) { palette::VERMILLION } else { palette::BLUE }
}

/// Ticks and label in the first column, ticks alone in the others.
fn shared(axis: Axis, shown: bool) -> Axis {
    if shown { axis } else { Axis { label: String::new(), ..axis.ticks(TickChoice::Unlabelled) } }
}

fn window(variant: &DensityVariant) -> f64 {
    variant.axis.last().copied().unwrap_or(1.0)
}

fn legend(place: PanelPlace) -> LegendPlace {
    if place.first && place.end { LegendPlace::Right } else { LegendPlace::None }
}

/// How far modes and fitted components reach across the mode axis.
fn across(variant: &DensityVariant) -> f64 {
    let means = variant.snapshots.iter().flat_map(|shot| &shot.means);
    let centres = variant.modes.iter().chain(means).map(|point| point[1].abs()).fold(0.0, f64::max);
    let variance = variant.snapshots.iter().map(|shot| shot.variance).fold(1.0, f64::max);
    centres + ACROSS * variance.sqrt()
}

/// Two significant digits after the point at most.
fn short(value: f64) -> String {
    let digits = if value.abs() >= 10.0 { 1 } else { 2 };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn marginals(variant: &DensityVariant, shot: &Snapshot, place: PanelPlace, peak: f64) -> Panel {
    let reach = window(variant);
    let label = if variant.label.is_empty() { "density".to_owned() } else { variant.label.clone() };
    let x = shared(Axis::linear("").range(-reach, reach), false);
    let y = shared(Axis::linear(label).range(0.0, 1.08 * peak), place.column == 0);
    let zeros = vec![0.0; variant.axis.len()];
    let line = |values: &[f64]| Series::line(&variant.axis, values);
    Panel::new(x, y)
        .title(format!("*t* = {}, *T* = {}", short(shot.time), short(shot.temperature)))
        .aspect(0.75)
        .with(Series::band(&variant.axis, &zeros, &shot.marginal_target).color(TARGET).label("target *p*"))
        .with(line(&shot.marginal_tempered).color(TEMPERED).dash(Dash::Dashed).width(1.2).label("*p*^{1/*T*}"))
        .with(line(&shot.marginal_fit).color(ink(variant)).label("fit *q*"))
        .legend(legend(place))
}

fn plane(variant: &DensityVariant, shot: &Snapshot, place: PanelPlace) -> Panel {
    let reach = window(variant);
    let across = across(variant).min(reach);
    let x = shared(Axis::linear("mode axis").range(-reach, reach), place.last);
    let y = shared(Axis::linear("second direction").range(-across, across), place.column == 0);
    let level = |values: &[f64], levels: &[f64], color: Color, dash: Dash, width: f64| {
        let grid = Grid::new(variant.nodes.clone(), variant.nodes.clone(), values.to_vec()).ok()?;
        Some(Series::contours(Contours::new(grid, levels.to_vec())).color(color).dash(dash).width(width))
    };
    let color = ink(variant);
    let travelled = |path: &Vec<[f64; 2]>| {
        // The paths run on to the last moment: as far as this one, the nearest point.
        let (Some(i), share) = (shot_index(variant, shot), path.len()) else { return Vec::new() };
        path[..(i + 1).min(share)].to_vec()
    };
    let (xs, ys): (Vec<f64>, Vec<f64>) = shot.means.iter().map(|m| (m[0], m[1])).unzip();
    let (mx, my): (Vec<f64>, Vec<f64>) = variant.modes.iter().map(|m| (m[0], m[1])).unzip();
    Panel::new(x, y)
        .equal_units()
        .with_all(level(&variant.target, &variant.target_levels, TARGET_LINE, Dash::Solid, 1.0))
        .with_all(level(&shot.tempered, &shot.tempered_levels, TEMPERED, Dash::Dashed, 0.9))
        .with_all(level(&shot.fit, &shot.fit_levels, color, Dash::Solid, 1.2))
        .with(
            Series::paths(variant.paths.iter().map(travelled).collect(), Heads::None).color(palette::BLACK).width(0.8),
        )
        .with(Series::points(&mx, &my, Marker::Plus).color(palette::GRAY).size(5.0).label("modes"))
        .with(Series::points(&xs, &ys, Marker::Circle).color(palette::BLACK).size(3.6).label("means"))
        .legend(legend(place))
}

/// The point of the paths nearest to the means of a moment.
fn shot_index(variant: &DensityVariant, shot: &Snapshot) -> Option<usize> {
    let count = variant.paths.iter().map(Vec::len).min()?;
    let gap = |i: usize| {
        let pairs = variant.paths.iter().zip(&shot.means);
        pairs.map(|(path, mean)| (path[i][0] - mean[0]).hypot(path[i][1] - mean[1])).fold(0.0, f64::max)
    };
    (0..count).min_by(|&a, &b| gap(a).total_cmp(&gap(b)))
}
