//! The figure of product measures: target and fits over the plane, and the densities of the coordinates.

use crate::figures::{Axis, Color, Contours, Dash, Figure, Grid, LegendPlace, Panel, Series, palette};
use crate::results::{MeanFieldRecord, ProductFit, ProductMarginal, ProductPlane};

/// The target's fill and its contours, which are wide: they show beside a fit that covers them.
const TARGET: Color = Color::rgb(205, 205, 205);
const TARGET_WIDTH: f64 = 3.6;

/// Over the plane a panel for the given coordinates and one for the turned ones, below them (beside a single one) the densities of
/// the coordinates of the best fit; in more dimensions the densities alone.
pub fn mean_field(record: &MeanFieldRecord) -> Figure {
    let turned = record.optima.iter().any(|fit| fit.rotation.is_some());
    let over = |plane: &ProductPlane| {
        let given = over_plane(&record.optima, plane, false);
        std::iter::once(given).chain(turned.then(|| over_plane(&record.optima, plane, true))).collect::<Vec<_>>()
    };
    let mut first = record.plane.as_ref().map_or(Vec::new(), over);
    let best = record.marginals.iter().filter(|marginal| marginal.optimum == 1);
    let count = best.clone().count();
    let densities = best.enumerate().map(|(place, marginal)| density(record, marginal, place + 1 == count));
    if first.len() == 2 {
        return Figure::two_column().row(first).row(densities.collect::<Vec<_>>());
    }
    first.extend(densities);
    Figure::two_column().row(first)
}

/// Target and fits of one frame over the plane.
pub(super) fn over_plane(optima: &[ProductFit], plane: &ProductPlane, turned: bool) -> Panel {
    let ends = |nodes: &[f64]| (nodes[0], nodes[nodes.len() - 1]);
    let ((left, right), (low, high)) = (ends(&plane.x), ends(&plane.y));
    let mut panel = Panel::new(Axis::linear("*x*_1").range(left, right), Axis::linear("*x*_2").range(low, high))
        .title(if turned { "product in a turned frame" } else { "product of the given coordinates" })
        .equal_units()
        .legend(LegendPlace::Below);
    let grid = |values: &[f64]| Grid::new(plane.x.clone(), plane.y.clone(), values.to_vec()).ok();
    let contours = |values: &[f64], levels: &[f64]| {
        grid(values).map(|grid| Series::contours(Contours::new(grid, levels.to_vec())))
    };
    panel = panel.with_all(
        contours(&plane.target, &plane.target_levels).map(|s| s.color(TARGET).width(TARGET_WIDTH).label("target *p*")),
    );
    let shown = plane.fits.iter().filter(|fit| optima[fit.optimum - 1].rotation.is_some() == turned);
    for (place, fit) in shown.enumerate() {
        let (color, dash) = look(place);
        let label = format!("*q*, *F* = {}", short(optima[fit.optimum - 1].objective));
        panel = panel
            .with_all(contours(&fit.density, &fit.levels).map(|s| s.color(color).dash(dash).width(1.3).label(label)));
    }
    if turned {
        panel = panel.with_all(optima.iter().find(|fit| fit.rotation.is_some()).and_then(|fit| axes(fit, plane)));
    }
    panel
}

fn look(place: usize) -> (Color, Dash) {
    match place {
        0 => (palette::BLUE, Dash::Solid),
        1 => (palette::VERMILLION, Dash::Dashed),
        _ => (palette::GREEN, Dash::Dotted),
    }
}

/// The axes of the frame through the middle of the window.
fn axes(fit: &ProductFit, plane: &ProductPlane) -> Option<Series> {
    let rotation = fit.rotation.as_ref()?;
    let middle = |nodes: &[f64]| 0.5 * (nodes[0] + nodes[nodes.len() - 1]);
    let (x, y) = (middle(&plane.x), middle(&plane.y));
    let reach = plane.x[plane.x.len() - 1] - x + plane.y[plane.y.len() - 1] - y;
    let line = |j: usize| {
        let (dx, dy) = (reach * rotation[0][j], reach * rotation[1][j]);
        vec![[x - dx, y - dy], [x + dx, y + dy]]
    };
    let paths = Series::paths(vec![line(0), line(1)], crate::figures::Heads::None);
    Some(paths.color(palette::BLACK.with_alpha(0.4)).width(0.6).label("frame"))
}

fn density(record: &MeanFieldRecord, marginal: &ProductMarginal, last: bool) -> Panel {
    let j = marginal.coordinate;
    let turned = record.optima[marginal.optimum - 1].rotation.is_some();
    let letter = if turned { "y" } else { "x" };
    let zeros = vec![0.0; marginal.y.len()];
    let panel = Panel::new(Axis::linear(format!("*{letter}*_{j}")), Axis::linear("density"))
        .aspect(0.75)
        .title(if turned { "turned frame" } else { "lowest *F*" })
        .with(Series::band(&marginal.y, &zeros, &marginal.target).color(TARGET).label("target *p*"))
        .with(Series::line(&marginal.y, &marginal.density).color(palette::BLUE).width(1.4).label("fit *q*_*j*"));
    panel.legend(if last { LegendPlace::Below } else { LegendPlace::None })
}

/// Three digits.
fn short(value: f64) -> String {
    if value.abs() < 1e-3 { format!("{value:.1e}") } else { format!("{value:.3}") }
}
