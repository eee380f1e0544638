//! P_c over two keys of a grid.

use crate::figures::{Contours, Dash, Figure, Grid, Heatmap, LegendPlace, Panel, Series, palette};
use crate::plots::formulas::formula_name;
use crate::plots::symbols::{COUNTED, EXACT, FORMULA, REFINED, axis, axis_label};
use crate::results::{PlotConfig, Source, SweepRecord};

/// Lines of equal probability.
pub(crate) const LEVELS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// The exact values as colours with lines of equal probability, the formula's lines over them, and published counts beside.
pub(crate) fn map(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    let y = plot.y.clone().unwrap_or_default();
    let axes = [axis(axis_label(&plot.x), plot.log_x), axis(axis_label(&y), plot.log_y)];
    let panel = |title: &str| Panel::new(axes[0].clone(), axes[1].clone()).title(title).aspect(0.9);
    let has_exact = record.points.iter().any(|point| record.probability(point, EXACT).is_some());
    let main = if has_exact { EXACT } else { COUNTED };
    let title = if has_exact { "exact" } else { "closed flow, counted" };
    let mut left = panel(title).legend(LegendPlace::Below);
    let bar = "probability of collapse *P*_c";
    let levels: &[f64] = if plot.levels.is_empty() { &LEVELS } else { &plot.levels };
    if let Some(grid) = grid(record, [&plot.x, &y], main) {
        let largest = record.points.iter().filter_map(|point| record.probability(point, main)).fold(0.0, f64::max);
        let top = if plot.levels.is_empty() { 1.0 } else { largest };
        left = left.with(Series::heatmap(Heatmap::new(grid.clone()).range(0.0, top).bar(bar)));
        left = left.with(Series::contours(Contours::new(grid, levels.to_vec()).labelled()).color(palette::WHITE));
        left = left.with(Series::line(&[f64::NAN], &[f64::NAN]).color(palette::GRAY).label("equal probability"));
    }
    for (source, dash) in [(FORMULA, Dash::Dashed), (REFINED, Dash::Dotted)] {
        if let Some(grid) = grid(record, [&plot.x, &y], source) {
            left = left.with(Series::contours(Contours::new(grid, levels.to_vec())).color(palette::BLACK).dash(dash));
            let key = Series::line(&[f64::NAN], &[f64::NAN]).color(palette::BLACK).dash(dash);
            let by = formula_name(record.points.iter(), source).unwrap_or_default();
            left = left.with(key.label(format!("by {by}")));
        }
    }
    let beside = grid(record, [&plot.x, &y], Source::Published);
    match beside.filter(|_| record.published.is_some()) {
        Some(grid) => {
            let right = panel("published runs").with(Series::heatmap(Heatmap::new(grid).range(0.0, 1.0).bar(bar)));
            Figure::two_column().row([left, right])
        }
        None => Figure::one_column().row([left]),
    }
}

/// A value over two columns; missing where there is none. Nothing if no point has it.
pub(crate) fn grid(record: &SweepRecord, keys: [&str; 2], source: Source) -> Option<Grid> {
    let axis = |key: &str| {
        let mut values: Vec<f64> = record.points.iter().filter_map(|p| record.number(p, key)).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    };
    let (xs, ys) = (axis(keys[0]), axis(keys[1]));
    let mut values = vec![f64::NAN; xs.len() * ys.len()];
    for point in &record.points {
        let place = |axis: &[f64], key| record.number(point, key).and_then(|v| axis.iter().position(|x| *x == v));
        if let (Some(i), Some(j), Some(value)) =
            (place(&xs, keys[0]), place(&ys, keys[1]), record.probability(point, source))
        {
            values[j * xs.len() + i] = value;
        }
    }
    if values.iter().all(|v| v.is_nan()) { None } else { Grid::new(xs, ys, values).ok() }
}
