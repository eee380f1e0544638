//! The phase portrait of the free pair: field lines, nullclines, boundary and equilibria, one panel a temperature.

use crate::figures::{Axis, Color, Contours, Figure, Grid, Heads, LegendPlace, Marker, Panel, Series, palette};
use crate::results::{PhasePortrait, PortraitRecord};

/// Ink of the field lines.
const FIELD: Color = Color::rgb(176, 176, 176);

/// One panel a temperature; the legends of curves and of markers stand below the first and the last.
pub fn portrait(record: &PortraitRecord) -> Figure {
    let count = record.portraits.len();
    let panels = record.portraits.iter().enumerate().map(|(index, portrait)| {
        let named = (index == 0, index + 1 == count);
        let panel = panel(record, portrait, named);
        if named.0 || named.1 { panel.legend(LegendPlace::Below) } else { panel.legend(LegendPlace::None) }
    });
    let sheet = if count == 1 { Figure::one_column() } else { Figure::two_column() };
    sheet.row(panels.collect::<Vec<_>>())
}

fn ends(nodes: &[f64]) -> (f64, f64) {
    (nodes.first().copied().unwrap_or(0.0), nodes.last().copied().unwrap_or(1.0))
}

fn named(series: Series, wanted: bool, label: &str) -> Series {
    if wanted { series.label(label) } else { series }
}

fn panel(record: &PortraitRecord, portrait: &PhasePortrait, (curves, markers): (bool, bool)) -> Panel {
    let (x, y) = (ends(&portrait.x), ends(&portrait.y));
    let slice = if record.transverse == 0.0 { String::new() } else { format!(", *z* = {}", record.transverse) };
    let mut panel = Panel::new(Axis::linear("*x*").range(x.0, x.1), Axis::linear("*y*").range(y.0, y.1))
        .title(format!("*T* = {}{slice}", portrait.temperature))
        .equal_units();
    panel = panel.with_all(collapsing(portrait, curves));
    panel = panel.with(Series::paths(portrait.lines.clone(), Heads::Middle).color(FIELD).width(0.7));
    for (values, color, name) in [
        (&portrait.nullcline_x, palette::GREEN, "d*x*/d*t* = 0"),
        (&portrait.nullcline_y, palette::ORANGE, "d*y*/d*t* = 0"),
    ] {
        if let Ok(grid) = Grid::new(portrait.x.clone(), portrait.y.clone(), values.clone()) {
            let contour = Series::contours(Contours::new(grid, vec![0.0])).color(color).width(1.4);
            panel = panel.with(named(contour, curves, name));
        }
    }
    for (index, curve) in portrait.boundary.iter().enumerate() {
        for mirrored in sides(y) {
            let (xs, ys): (Vec<f64>, Vec<f64>) = curve.iter().map(|[x, y]| (*x, mirrored * y)).unzip();
            let series = Series::line(&xs, &ys).color(palette::BLACK).width(1.9);
            panel = panel.with(named(series, curves && index == 0 && mirrored > 0.0, "boundary"));
        }
    }
    panel.with_all(equilibria(portrait, markers))
}

/// The signs of y that the window holds.
fn sides(y: (f64, f64)) -> Vec<f64> {
    if y.0 < 0.0 { vec![1.0, -1.0] } else { vec![1.0] }
}

/// The starts that collapse, |y| < Y_b, out to the rim of the window.
fn collapsing(portrait: &PhasePortrait, labelled: bool) -> Vec<Series> {
    let (x, y) = (ends(&portrait.x), ends(&portrait.y));
    let region = |(index, curve): (usize, &Vec<[f64; 2]>)| {
        let (first, last) = (curve.first()?, curve.last()?);
        let rim = if last[0] < first[0] { x.0.min(last[0]) } else { x.1.max(last[0]) };
        let mut corners = curve.clone();
        corners.push([rim, last[1]]);
        let low = if y.0 < 0.0 { -1.0 } else { 0.0 };
        corners.extend([[rim, low * last[1]]].into_iter().chain(curve.iter().rev().map(|[x, y]| [*x, low * y])));
        let series = Series::region(corners).color(palette::VERMILLION.with_alpha(0.13));
        Some(named(series, labelled && index == 0, "collapses"))
    };
    portrait.boundary.iter().enumerate().filter_map(region).collect()
}

/// Markers by stability in the slice.
fn equilibria(portrait: &PhasePortrait, labelled: bool) -> Vec<Series> {
    let looks = [("stable", Marker::Circle, false), ("saddle", Marker::Square, true), ("source", Marker::Circle, true)];
    let series = looks.into_iter().enumerate().map(|(unstable, (name, marker, open))| {
        let states = portrait.equilibria.iter().filter(|p| p.in_slice && p.unstable_in_slice == unstable);
        let (xs, ys): (Vec<f64>, Vec<f64>) = states.map(|p| (p.state.coordinates[0], p.state.coordinates[1])).unzip();
        let drawn = Series::points(&xs, &ys, marker).color(palette::BLACK).size(6.5);
        named(if open { drawn.open() } else { drawn }, labelled, name)
    });
    series.collect()
}
