//! The figure of collapse boundaries.

use crate::figures::{Axis, Contours, Dash, Figure, Grid, Heads, LegendPlace, Marker, Panel, Series, palette};
use crate::results::{ArrowField, BoundaryRecord};

/// Keys of the schedule with a panel for each initial temperature.
const RATE: &str = "schedule.rate";
/// See there.
const DURATION: &str = "schedule.duration";
/// Strokes of curves that share a colour.
const DASHES: [Dash; 3] = [Dash::Solid, Dash::Dashed, Dash::Dotted];

/// The curves and, for the free pair, the phase portrait at the final temperature with the first curve on it. Curves of
/// several rates or durations take a panel for each initial temperature instead.
pub fn boundary(record: &BoundaryRecord) -> Figure {
    if record.varied.iter().any(|key| [RATE, DURATION].contains(key)) {
        return speeds(record);
    }
    let curves = curves(record);
    match &record.portrait {
        Some(portrait) => Figure::two_column().row([curves, phase(record, portrait)]),
        None => Figure::one_column().row([curves]),
    }
}

/// A panel for each initial temperature, a curve for each rate or duration.
fn speeds(record: &BoundaryRecord) -> Figure {
    let mut temperatures: Vec<f64> = record.curves.iter().map(|curve| curve.initial_temperature).collect();
    temperatures.dedup();
    let panels: Vec<Panel> = temperatures.iter().map(|&temperature| speed(record, temperature)).collect();
    let figure = if panels.len() == 1 { Figure::one_column() } else { Figure::two_column() };
    figure.row(panels)
}

/// The curves of one initial temperature.
fn speed(record: &BoundaryRecord, temperature: f64) -> Panel {
    let (x, y, transverse) = labels(record);
    let highest = record.curves.iter().flat_map(|curve| curve.ordinates.iter().copied()).fold(0.0, f64::max);
    let curves: Vec<_> = record.curves.iter().filter(|curve| curve.initial_temperature == temperature).collect();
    let several = curves.windows(2).any(|w| w[0].transverse != w[1].transverse);
    let mut speeds: Vec<Option<f64>> = curves.iter().map(|curve| curve.rate.or(curve.duration)).collect();
    speeds.dedup();
    let title = match record.critical_temperature {
        Some(critical) if temperature < critical => format!("*T*_0 = {temperature} < *T*_c"),
        Some(critical) if temperature > critical => format!("*T*_0 = {temperature} > *T*_c"),
        _ => format!("*T*_0 = {temperature}"),
    };
    let reach = curves.iter().flat_map(|curve| curve.abscissae.iter().copied()).fold(0.0, f64::max);
    let x = if record.pair == "free" { x.range(0.0, reach) } else { x };
    let mut panel = Panel::new(x, y.range(0.0, 1.04 * highest)).title(title).aspect(0.85).legend(LegendPlace::Below);
    for curve in &curves {
        let speed = curve.rate.or(curve.duration);
        let hue = speeds.iter().position(|other| *other == speed).unwrap_or(0);
        let nth = curves.iter().filter(|c| c.rate.or(c.duration) == speed).position(|c| c == curve).unwrap_or(0);
        let name = if curve.rate.is_some() { "*κ*" } else { "*t*_0" };
        let mut label = format!("{name} = {}", speed.unwrap_or(f64::NAN));
        if several {
            label = format!("{label}, {transverse} = {}", curve.transverse);
        }
        let line = Series::line(&curve.abscissae, &curve.ordinates).color(palette::cycle(hue)).dash(DASHES[nth % 3]);
        panel = panel.with(line.label(label));
    }
    if record.pair == "free" {
        let note = |x: f64, y: f64, word: &str| Series::text(x * reach, y * highest, word).color(palette::GRAY);
        panel = panel.with(note(0.26, 0.76, "recovers")).with(note(0.86, 0.14, "collapses"));
    }
    panel
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
    let several = record.curves.windows(2).any(|w| w[0].transverse != w[1].transverse);
    let mut panel = Panel::new(x, y).aspect(0.85).legend(LegendPlace::Below);
    if let Some(curve) = record.curves.first().filter(|_| !several) {
        let when = record.horizon.map_or_else(String::new, |t| format!(", judged at *t* = {t}"));
        panel = panel.title(format!("{transverse} = {}{when}", curve.transverse));
    }
    let several_temperatures = record.curves.windows(2).any(|w| w[0].initial_temperature != w[1].initial_temperature);
    let mut temperatures: Vec<f64> = record.curves.iter().map(|c| c.initial_temperature).collect();
    temperatures.dedup();
    for (i, curve) in record.curves.iter().enumerate() {
        let hue = temperatures.iter().position(|t| *t == curve.initial_temperature).unwrap_or(0);
        let hot = format!("*T*_0 = {}", curve.initial_temperature);
        let label = match (several_temperatures, several) {
            (true, true) => format!("{hot}, {transverse} = {}", curve.transverse),
            (true, false) => hot,
            _ => format!("{transverse} = {}", curve.transverse),
        };
        let label = curve.weights.map_or_else(|| label.clone(), |weights| format!("{label}, {weights} weights"));
        let per_temperature = record.curves.len() / temperatures.len().max(1);
        let (color, dash) = if several_temperatures {
            (palette::cycle(hue), DASHES[i % per_temperature.max(1) % 3])
        } else {
            (palette::cycle(i), Dash::Solid)
        };
        panel = panel.with(Series::line(&curve.abscissae, &curve.ordinates).color(color).dash(dash).label(label));
    }
    panel
}

fn phase(record: &BoundaryRecord, portrait: &ArrowField) -> Panel {
    let title = format!("*z* = 0, *T* = {}", portrait.temperature);
    let reach = portrait.x.last().map_or(1.0, |x| 0.85 * x);
    let mut panel = Panel::new(Axis::linear("*x*").range(0.0, reach), Axis::linear("*y*").range(0.0, reach))
        .title(title)
        .aspect(0.85)
        .legend(LegendPlace::Below);
    // Over the distance from the axis, on which the rates vanish too: else the zeros near it are lost in the interpolation.
    let columns = portrait.x.len();
    let over_x: Vec<f64> = portrait.rate_x.iter().zip(portrait.x.iter().cycle()).map(|(rate, x)| rate / x).collect();
    let over_y = portrait.rate_y.iter().enumerate().map(|(i, rate)| rate / portrait.y[i / columns]).collect();
    for (rates, color, name) in [(over_x, palette::GREEN, "d*x*/d*t* = 0"), (over_y, palette::ORANGE, "d*y*/d*t* = 0")]
    {
        if let Ok(grid) = Grid::new(portrait.x.clone(), portrait.y.clone(), rates) {
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
