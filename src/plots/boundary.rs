//! The figure of collapse boundaries.

use crate::figures::{Axis, Contours, Dash, Figure, Grid, Heads, LegendPlace, Marker, Panel, Series, palette};
use crate::results::{BoundaryRecord, Portrait};

/// The curves and, for the free pair, the phase portrait at the final temperature with the first curve on it.
pub fn boundary(record: &BoundaryRecord) -> Figure {
    let curves = curves(record);
    match &record.portrait {
        Some(portrait) => Figure::two_column().row([curves, phase(record, portrait)]),
        None => Figure::one_column().row([curves]),
    }
}

fn labels(record: &BoundaryRecord) -> (Axis, Axis, &'static str) {
    if record.pair == "free" {
        (Axis::linear("*x*_0"), Axis::linear("boundary *Y*_b"), "*z*")
    } else {
        (Axis::linear("*m*_1 + *m*_2"), Axis::linear("boundary *D*_b"), "*s*")
    }
}

fn curves(record: &BoundaryRecord) -> Panel {
    let (x, y, transverse) = labels(record);
    let mut panel = Panel::new(x, y).aspect(0.85).legend(LegendPlace::Below);
    let several_temperatures = record.curves.windows(2).any(|w| w[0].initial_temperature != w[1].initial_temperature);
    let mut temperatures: Vec<f64> = record.curves.iter().map(|c| c.initial_temperature).collect();
    temperatures.dedup();
    for (i, curve) in record.curves.iter().enumerate() {
        let hue = temperatures.iter().position(|t| *t == curve.initial_temperature).unwrap_or(0);
        let label = if several_temperatures {
            format!("*T*_0 = {}, {transverse} = {}", curve.initial_temperature, curve.transverse)
        } else {
            format!("{transverse} = {}", curve.transverse)
        };
        let per_temperature = record.curves.len() / temperatures.len().max(1);
        let (color, dash) = if several_temperatures {
            (palette::cycle(hue), [Dash::Solid, Dash::Dashed, Dash::Dotted][i % per_temperature.max(1) % 3])
        } else {
            (palette::cycle(i), Dash::Solid)
        };
        panel = panel.with(Series::line(&curve.abscissae, &curve.ordinates).color(color).dash(dash).label(label));
    }
    panel
}

fn phase(record: &BoundaryRecord, portrait: &Portrait) -> Panel {
    let title = format!("*z* = 0, *T* = {}", portrait.temperature);
    let reach = portrait.x.last().map_or(1.0, |x| 0.85 * x);
    let mut panel = Panel::new(Axis::linear("*x*").range(0.0, reach), Axis::linear("*y*").range(0.0, reach))
        .title(title)
        .aspect(0.85)
        .legend(LegendPlace::Below);
    for (rates, color, name) in
        [(&portrait.rate_x, palette::GREEN, "d*x*/d*t* = 0"), (&portrait.rate_y, palette::ORANGE, "d*y*/d*t* = 0")]
    {
        if let Ok(grid) = Grid::new(portrait.x.clone(), portrait.y.clone(), rates.clone()) {
            panel = panel.with(Series::contours(Contours::new(grid, vec![0.0])).color(color));
            panel = panel.with(Series::line(&[f64::NAN], &[f64::NAN]).color(color).label(name));
        }
    }
    if let Some(curve) = record.curves.first() {
        let line = Series::line(&curve.abscissae, &curve.ordinates).color(palette::BLACK);
        panel = panel.with(line.width(1.8).label("boundary"));
    }
    for (name, open, wanted) in [("stable", false, true), ("unstable", true, false)] {
        let points = portrait.equilibria.iter().filter(|p| (p.unstable == 0) == wanted && p.x >= 0.0 && p.y >= 0.0);
        let (xs, ys): (Vec<f64>, Vec<f64>) = points.map(|p| (p.x, p.y)).unzip();
        let series = Series::points(&xs, &ys, Marker::Square).color(palette::BLACK).size(6.0).label(name);
        panel = panel.with(if open { series.open() } else { series });
    }
    let (collapsing, recovering): (Vec<_>, Vec<_>) = portrait
        .trajectories
        .iter()
        .cloned()
        .partition(|path| path.last().is_some_and(|end| end[0].abs() > end[1].abs()));
    for (paths, color, name) in
        [(collapsing, palette::VERMILLION, "collapses"), (recovering, palette::BLUE, "recovers")]
    {
        let starts: (Vec<f64>, Vec<f64>) = paths.iter().filter_map(|p| p.first()).map(|p| (p[0], p[1])).unzip();
        panel = panel.with(Series::paths(paths, Heads::Middle).color(color));
        panel = panel.with(Series::points(&starts.0, &starts.1, Marker::Circle).color(color).size(3.5));
        panel = panel.with(Series::line(&[f64::NAN], &[f64::NAN]).color(color).label(name));
    }
    panel
}
