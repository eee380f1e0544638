//! P_c over initial temperature and duration.

use super::NOWHERE;
use crate::figures::{
    Axis, ColorMap, Contours, Dash, Figure, Grid, Heatmap, LegendPlace, Panel, Series, TickChoice, palette,
};

/// P_c below which lines and numbers over the map are white: viridis is dark there.
const DARK: f64 = 0.55;
/// Type size of the numbers in cells.
const CELL_PX: f64 = 7.5;

/// Values over temperatures and durations, both increasing: that at (temperatures\[i\], durations\[j\]) in place
/// j n_temperatures + i; not a number where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct CellMap<'a> {
    /// T0.
    pub temperatures: &'a [f64],
    /// t0, or steps.
    pub durations: &'a [f64],
    /// P_c.
    pub values: &'a [f64],
}

/// A map of exact values with iso-lines, and published shares beside it.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeatMapPlot<'a> {
    /// What the durations are.
    pub duration_label: &'a str,
    /// Cells and solid iso-lines.
    pub exact: CellMap<'a>,
    /// Dashed iso-lines.
    pub formula: Option<CellMap<'a>>,
    /// Cells with their share in per cent, in a second panel.
    pub published: Option<CellMap<'a>>,
    /// Values of the iso-lines.
    pub levels: &'a [f64],
}

/// One panel, or two.
pub fn heat_map(plot: &HeatMapPlot<'_>) -> Figure {
    let title = |panel: Panel, name: &str| if plot.published.is_some() { panel.title(name) } else { panel };
    let bare = |y: Axis| Panel::new(Axis::log("initial temperature *T*_0"), y).aspect(0.9);
    let y = Axis::linear(plot.duration_label);
    let mut left = title(bare(y.clone()), "exact").with_all(cells(&plot.exact, plot.published.is_none()));
    left = left.with_all(lines(&plot.exact, plot.levels, Dash::Solid));
    if let Some(formula) = &plot.formula {
        let key = |dash, name: &str| Series::line(&NOWHERE, &NOWHERE).color(palette::BLACK).dash(dash).label(name);
        left = left.with_all(lines(formula, plot.levels, Dash::Dashed));
        left = left.with(key(Dash::Solid, "exact")).with(key(Dash::Dashed, "formula")).legend(LegendPlace::Below);
    }
    let Some(published) = &plot.published else { return Figure::one_column().row([left]) };
    // Cells reach half way beyond their nodes: only equal nodes have a common axis.
    let common = published.durations == plot.exact.durations;
    let y = if common { Axis { label: String::new(), ..y.ticks(TickChoice::Unlabelled) } } else { y };
    let right = title(bare(y), "published").with_all(cells(published, true)).with_all(shares(published));
    Figure::two_column().row([left, right])
}

fn grid(map: &CellMap<'_>) -> Option<Grid> {
    Grid::new(map.temperatures, map.durations, map.values).ok()
}

fn cells(map: &CellMap<'_>, bar: bool) -> Option<Series> {
    let cells = Heatmap::new(grid(map)?).map(ColorMap::Viridis).range(0.0, 1.0);
    Some(Series::heatmap(if bar { cells.bar("collapse probability *P*_c") } else { cells }))
}

/// Iso-lines, white where the map is dark.
fn lines(map: &CellMap<'_>, levels: &[f64], dash: Dash) -> Vec<Series> {
    let Some(grid) = grid(map) else { return Vec::new() };
    let (dark, light): (Vec<f64>, Vec<f64>) = levels.iter().partition(|level| **level < DARK);
    let series = [(dark, palette::WHITE), (light, palette::BLACK)].map(|(levels, color)| {
        let contours = Contours::new(grid.clone(), levels);
        let contours = if dash == Dash::Solid { contours.labelled() } else { contours };
        Series::contours(contours).color(color).dash(dash).width(1.2)
    });
    series.into()
}

/// The share of each cell in per cent.
fn shares(map: &CellMap<'_>) -> Vec<Series> {
    let mut texts = Vec::new();
    for (j, &duration) in map.durations.iter().enumerate() {
        for (i, &temperature) in map.temperatures.iter().enumerate() {
            let value = map.values.get(j * map.temperatures.len() + i).copied().unwrap_or(f64::NAN);
            if value.is_finite() {
                let color = if value < DARK { palette::WHITE } else { palette::BLACK };
                let text = format!("{:.0}", 100.0 * value);
                texts.push(Series::text(temperature, duration, text).color(color).size(CELL_PX));
            }
        }
    }
    texts
}
