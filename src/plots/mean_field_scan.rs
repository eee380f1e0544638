//! The figure of curves and maps of product measures.

use crate::figures::{Axis, Color, Contours, Dash, Figure, Grid, Heatmap, LegendPlace, Marker, Panel, Series, palette};
use crate::plots::mean_field::over_plane;
use crate::results::{CriticalMark, MeanFieldRecord, ProductScan, ScanAxis, ScanLine, SpreadNorm, TurnMark};

/// Width of a map's sheet in inches.
const MAP_IN: f64 = 4.2;
/// What the shades of a map are.
const KEPT: &str = "mass kept, min_*k* *C*_*k*/*v*_*k*";
/// Its lines of equal mass.
const LEVELS: [f64; 3] = [0.25, 0.5, 0.75];
/// The colours of curves: those that can be told apart on white.
const INKS: [Color; 6] =
    [palette::BLUE, palette::VERMILLION, palette::GREEN, palette::PURPLE, palette::ORANGE, palette::BLACK];

/// A map of the mass kept with its critical line; or, along one axis, fits over the plane above F and the mass kept; along the
/// dimension the critical norm with its limit and the first correction.
pub fn mean_field_scan(record: &MeanFieldRecord, scan: &ProductScan) -> Figure {
    if let Some(y) = scan.y.as_ref().filter(|_| scan.map) {
        return Figure::new(MAP_IN).row([map(scan, y)]).without_letters();
    }
    let panels = scan.panels.iter().map(|panel| {
        over_plane(&panel.optima, &panel.plane, false).title(format!("{} = {}", symbol(scan.x.axis), short(panel.x)))
    });
    let figure = Figure::two_column();
    let figure = if scan.panels.is_empty() { figure } else { figure.row(panels.collect::<Vec<_>>()) };
    match (&scan.y, scan.x.axis) {
        (None, ScanAxis::Dimension) if !scan.critical.is_empty() => figure.row(critical(scan)),
        _ if scan.turns.is_empty() => figure.row(curves(record, scan)),
        _ => figure.row(curves(record, scan).into_iter().take(1).chain([turns(scan)]).collect::<Vec<_>>()),
    }
}

fn symbol(axis: ScanAxis) -> &'static str {
    match axis {
        ScanAxis::Separation => "*A*",
        ScanAxis::Angle => "*α*",
        ScanAxis::Weight => "*w*",
        ScanAxis::Temperature => "*T*",
        ScanAxis::Dimension => "*d*",
    }
}

/// Three decimals at most.
fn short(value: f64) -> f64 {
    (1e3 * value).round() / 1e3
}

/// The least and the largest value.
fn ends(line: &ScanLine) -> [f64; 2] {
    line.values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], x| [a.min(*x), b.max(*x)])
}

fn axis(line: &ScanLine) -> Axis {
    let axis = match line.axis {
        ScanAxis::Separation => Axis::linear("separation *A*"),
        ScanAxis::Angle => Axis::linear("angle *α* to *x*_1 (degrees)"),
        ScanAxis::Weight => Axis::linear("weight *w*"),
        ScanAxis::Temperature => Axis::linear("temperature *T*"),
        ScanAxis::Dimension => Axis::log("dimension *d*"),
    };
    let [first, last] = ends(line);
    axis.range(first, last)
}

fn map(scan: &ProductScan, y: &ScanLine) -> Panel {
    let grid = Grid::new(scan.x.values.clone(), y.values.clone(), scan.kept.clone()).ok();
    let shades = |grid: &Grid| Series::heatmap(Heatmap::new(grid.clone()).range(0.0, 1.0).bar(KEPT));
    let lines = |grid: &Grid| Series::contours(Contours::new(grid.clone(), LEVELS).labelled()).color(palette::WHITE);
    let mut panel = Panel::new(axis(&scan.x), axis(y))
        .aspect(0.85)
        .legend(LegendPlace::Below)
        .with_all(grid.iter().map(shades))
        .with_all(grid.iter().map(lines));
    let fold = [scan.x.axis, y.axis].contains(&ScanAxis::Weight);
    // The axis of `at`.
    let along = match fold {
        true => ScanAxis::Separation,
        false if scan.x.axis == ScanAxis::Separation => y.axis,
        false => scan.x.axis,
    };
    let line = |value: &dyn Fn(&CriticalMark) -> Option<f64>| {
        let place = |mark: &CriticalMark| {
            let value = value(mark)?;
            Some(if scan.x.axis == along { (mark.at, value) } else { (value, mark.at) })
        };
        let (x, y): (Vec<f64>, Vec<f64>) = scan.critical.iter().filter_map(place).unzip();
        Series::line(&x, &y).color(palette::VERMILLION).width(2.0)
    };
    let label = if fold { "between the lines each mode has a fit" } else { "*A*_c: the even product becomes a saddle" };
    if !scan.critical.is_empty() {
        panel = panel.with(line(&|mark| mark.value).label(label));
    }
    if fold {
        panel = panel.with(line(&|mark| mark.value.map(|w| 1.0 - w)));
    }
    if let Some(SpreadNorm { norm, .. }) = scan.spread.filter(|_| !scan.critical.is_empty()) {
        let limit = if scan.x.axis == along { Series::horizontal(norm) } else { Series::vertical(norm) };
        panel = panel.with(limit.color(palette::WHITE).dash(Dash::Dashed).width(1.4));
        let key = Series::line(&[f64::NAN], &[f64::NAN]).color(palette::GRAY).dash(Dash::Dashed);
        panel = panel.with(key.label("*A*_c for *d* → ∞"));
    }
    panel
}

/// The critical norm against the dimension, and how it approaches its limit.
fn critical(scan: &ProductScan) -> Vec<Panel> {
    let points = |value: &dyn Fn(&CriticalMark) -> Option<f64>| -> (Vec<f64>, Vec<f64>) {
        scan.critical.iter().filter_map(|mark| value(mark).map(|value| (mark.at, value))).unzip()
    };
    let (d, norm) = points(&|mark| mark.value);
    let (at, gaussian) = points(&|mark| mark.gaussian);
    let mut first =
        Panel::new(axis(&scan.x), Axis::linear("critical norm *A*_c")).legend(LegendPlace::UpperRight).with(
            Series::line(&at, &gaussian).color(palette::VERMILLION).dash(Dash::Dotted).label("products of Gaussians"),
        );
    let Some(SpreadNorm { norm: limit, slope }) = scan.spread else {
        return vec![
            first.with(Series::points(&d, &norm, Marker::Circle).color(palette::BLUE).size(4.0).label("all products")),
        ];
    };
    let expansion: Vec<f64> = d.iter().map(|d| (limit * limit + slope / d).sqrt()).collect();
    first = first
        .with(Series::line(&d, &expansion).color(palette::BLACK).width(1.0).label("with the term 1/*d*"))
        .with(Series::horizontal(limit).color(palette::GRAY).dash(Dash::Dashed).label("limit"))
        .with(Series::points(&d, &norm, Marker::Circle).color(palette::BLUE).size(4.0).label("all products"));
    let scaled: Vec<f64> = d.iter().zip(&norm).map(|(d, norm)| d * (norm * norm - limit * limit)).collect();
    let second = Panel::new(axis(&scan.x), Axis::linear("*d* (*A*_c^2 − *A*_∞^2)"))
        .legend(LegendPlace::UpperRight)
        .with(Series::horizontal(slope).color(palette::GRAY).dash(Dash::Dashed).label("coefficient of 1/*d*"))
        .with(Series::points(&d, &scaled, Marker::Circle).color(palette::BLUE).size(4.0).label("all products"));
    vec![first, second]
}

/// Steps until the frame has turned, cold and hot.
fn turns(scan: &ProductScan) -> Panel {
    let line = |steps: &dyn Fn(&TurnMark) -> Option<usize>, color: Color, mark: Marker| {
        let found = scan.turns.iter().filter_map(|turn| steps(turn).map(|n| (turn.at, n as f64)));
        let (x, y): (Vec<f64>, Vec<f64>) = found.unzip();
        [Series::line(&x, &y).color(color).width(1.2), Series::points(&x, &y, mark).color(color).size(4.0)]
    };
    let [cold, cold_marks] = line(&|turn| turn.cold, palette::BLUE, Marker::Circle);
    let [hot, hot_marks] = line(&|turn| turn.hot, palette::VERMILLION, Marker::Triangle);
    Panel::new(axis(&scan.x), Axis::log("steps until the frame has turned"))
        .legend(LegendPlace::UpperLeft)
        .with(cold.label("cold, *T* = 1"))
        .with(cold_marks)
        .with(hot.label("hot, then cooled"))
        .with(hot_marks)
}

/// F of the best fit and of the other stationary point, and the mass that the best one keeps.
fn curves(record: &MeanFieldRecord, scan: &ProductScan) -> Vec<Panel> {
    let across = scan.x.values.len();
    let free = if record.temperature == 1.0 && scan.x.axis != ScanAxis::Temperature {
        "KL(*q* | *p*)"
    } else {
        "objective *F*"
    };
    let mut first = Panel::new(axis(&scan.x), Axis::linear(free));
    let mut second = Panel::new(axis(&scan.x), Axis::linear(KEPT)).legend(LegendPlace::None);
    let components = &record.config.target.components;
    let alike = components.iter().all(|one| one.weight == 0.5 && one.covariance == components[0].covariance);
    for (n, start) in (0..scan.objective.len()).step_by(across).enumerate() {
        let color = INKS[n % INKS.len()];
        let row = start..start + across;
        let other: Vec<f64> = scan.other[row.clone()].iter().map(|other| other.unwrap_or(f64::NAN)).collect();
        let name = scan.y.as_ref().map(|y| format!("{} = {}", symbol(y.axis), short(y.values[n])));
        let label = name.unwrap_or_else(|| "lowest".to_owned());
        let line = |values: &[f64]| Series::line(&scan.x.values, values).color(color).width(1.6);
        first = first
            .with(line(&scan.objective[row.clone()]).label(label))
            .with(line(&other).width(1.0).dash(Dash::Dashed));
        second = second.with(line(&scan.kept[row]));
    }
    if scan.other.iter().any(Option::is_some) {
        let word = if alike && ![Some(scan.x.axis), scan.y.as_ref().map(|y| y.axis)].contains(&Some(ScanAxis::Weight)) {
            "even, a saddle"
        } else {
            "the other minimum"
        };
        let key = Series::line(&[f64::NAN], &[f64::NAN]).color(palette::GRAY).width(1.0).dash(Dash::Dashed);
        first = first.with(key.label(word));
    }
    if let (None, ScanAxis::Separation, Some(critical)) = (&scan.y, scan.x.axis, record.critical_norm) {
        let mark = || Series::vertical(critical).color(palette::GRAY).dash(Dash::Dotted);
        first = first.with(mark().label(format!("*A*_c = {critical:.4}")));
        second = second.with(mark());
    }
    vec![first, second]
}
