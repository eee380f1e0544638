//! The figure of several runs side by side: statistics, coverage and temperature against time, one column a run.

use crate::figures::{Axis, Dash, Figure, LegendPlace, Panel, Series, TickChoice, palette};
use crate::results::SolveRecord;
use crate::trajectory::Report;

/// Components beyond which curves carry no legend: it would hide them.
const MOST_LABELS: usize = 4;
/// Weights are drawn logarithmically if one falls below this.
const SMALL_WEIGHT: f64 = 1e-2;
/// Height over width of the panels.
const ASPECT: f64 = 0.62;

/// A run with its label.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// Title of its column; markup as in [`crate::figures::plain`].
    pub label: &'a str,
    /// The run.
    pub record: &'a SolveRecord,
    /// Its trajectory after the integrator's steps.
    pub rows: &'a [Report],
}

/// A curve of one panel: its values, its look and its entry in the legend.
struct ComparedCurve {
    values: Vec<f64>,
    series: Series,
}

/// One column of panels a run, with common axes along the rows.
pub fn comparison(runs: &[Compared<'_>]) -> Figure {
    let mut figure = Figure::two_column();
    let mut rows: Vec<(&str, Curves)> = vec![(statistics_label(runs), statistics), ("coverage *C*_k", coverage)];
    if runs.iter().any(|run| run.record.config.problem.family.trains_weights()) {
        rows.push(("weight *w*_i", weights));
    }
    rows.push(("temperature *T*", temperature));
    let count = rows.len();
    for (index, (label, curves)) in rows.into_iter().enumerate() {
        let drawn: Vec<Vec<ComparedCurve>> = runs.iter().map(curves).collect();
        let values = drawn.iter().flatten().flat_map(|curve| &curve.values).copied();
        let ends = values.fold([f64::INFINITY, f64::NEG_INFINITY], |[l, h], v| [l.min(v), h.max(v)]);
        let last = index + 1 == count;
        let log = last || (label.starts_with("weight") && ends[0] > 0.0 && ends[0] < SMALL_WEIGHT);
        let panels = runs.iter().zip(drawn).enumerate().map(|(column, (run, curves))| {
            let y = if log { Axis::log(label) } else { Axis::linear(label) };
            let y = ranged(y, ends, log);
            let y = if column == 0 { y } else { Axis { label: String::new(), ..y.ticks(TickChoice::Unlabelled) } };
            let x = time_axis(runs);
            let x = if last { x } else { Axis { label: String::new(), ..x.ticks(TickChoice::Unlabelled) } };
            let panel = Panel::new(x, y).aspect(ASPECT).with_all(guides(index));
            let panel = panel.with_all(curves.into_iter().map(|curve| curve.series));
            let panel = if index == 0 { panel.title(title(run)) } else { panel };
            panel.legend(if column + 1 == runs.len() { LegendPlace::Right } else { LegendPlace::None })
        });
        figure = figure.row(panels.collect::<Vec<_>>());
    }
    figure
}

type Curves = fn(&Compared<'_>) -> Vec<ComparedCurve>;

/// Label and verdict.
fn title(run: &Compared<'_>) -> String {
    match run.record.collapsed {
        Some(true) => format!("{}: collapses", run.label),
        Some(false) => format!("{}: recovers", run.label),
        None => run.label.to_owned(),
    }
}

fn time_axis(runs: &[Compared<'_>]) -> Axis {
    let ends = runs.iter().filter_map(|run| run.rows.last()).map(|row| row.time);
    Axis::linear("time *t*").range(0.0, ends.fold(0.0, f64::max))
}

/// The axis over all values of the row with some room.
fn ranged(axis: Axis, [low, high]: [f64; 2], log: bool) -> Axis {
    if log {
        let room = (high / low).powf(0.06).max(1.1);
        return axis.range(low / room, high * room);
    }
    let room = 0.06 * (high - low);
    axis.range(low - room, high + room)
}

fn guides(row: usize) -> Option<Series> {
    (row == 0).then(|| Series::horizontal(0.0).dash(Dash::Dotted).width(0.7))
}

fn is_pair(run: &Compared<'_>) -> bool {
    run.record.modes.len() == 2 && run.rows.first().is_some_and(|row| row.means.len() == 2)
}

fn on_sphere(run: &Compared<'_>) -> bool {
    run.record.config.problem.family.on_sphere()
}

fn statistics_label(runs: &[Compared<'_>]) -> &'static str {
    match runs.first() {
        Some(run) if is_pair(run) && on_sphere(run) => "overlaps",
        Some(run) if is_pair(run) => "*x*, *y*, *z*",
        _ => "overlap *μ*_i·*ν*_k / |*ν*_k|^2",
    }
}

fn curve(run: &Compared<'_>, value: &dyn Fn(&Report) -> f64, look: impl Fn(Series) -> Series) -> ComparedCurve {
    let times: Vec<f64> = run.rows.iter().map(|row| row.time).collect();
    let values: Vec<f64> = run.rows.iter().map(value).collect();
    ComparedCurve { series: look(Series::line(&times, &values)), values }
}

/// m_1, m_2, s of theory (8), x, y, z of theory (11), or all overlaps of means and modes.
fn statistics(run: &Compared<'_>) -> Vec<ComparedCurve> {
    if !is_pair(run) {
        return overlaps(run);
    }
    let along = |row: &Report, i: usize| row.gram[i][2] / row.gram[2][2].sqrt();
    if on_sphere(run) {
        let radius = |row: &Report| row.gram[2][2].sqrt();
        let overlap = move |row: &Report, i: usize| along(row, i) / radius(row);
        return vec![
            curve(run, &|row| overlap(row, 0), |s| s.color(palette::BLUE).label("*m*_1")),
            curve(run, &|row| overlap(row, 1), |s| s.color(palette::VERMILLION).label("*m*_2")),
            curve(run, &|row| row.gram[0][1] / row.gram[2][2], |s| {
                s.color(palette::BLACK).dash(Dash::Dashed).label("*s*")
            }),
        ];
    }
    let half = move |row: &Report| 0.5 * (along(row, 0) - along(row, 1));
    // The squared distance less its part along the axis: not below rounding where the means lie on the axis.
    let across = move |row: &Report| {
        let distance = 0.25 * (row.gram[0][0] + row.gram[1][1] - 2.0 * row.gram[0][1]);
        (distance - half(row).powi(2)).max(0.0).sqrt()
    };
    vec![
        curve(run, &|row| 0.5 * (along(row, 0) + along(row, 1)), |s| s.color(palette::BLUE).label("*x*")),
        curve(run, &half, |s| s.color(palette::VERMILLION).label("*y*")),
        curve(run, &across, |s| s.color(palette::BLACK).dash(Dash::Dashed).label("*z*")),
    ]
}

fn overlaps(run: &Compared<'_>) -> Vec<ComparedCurve> {
    let (k, p) = (run.rows.first().map_or(0, |row| row.means.len()), run.record.modes.len());
    let mut curves = Vec::new();
    for (i, m) in (0..k).flat_map(|i| (0..p).map(move |m| (i, m))) {
        let dash = [Dash::Solid, Dash::Dashed, Dash::Dotted][m % 3];
        let name = if k * p <= MOST_LABELS * 2 { Some(format!("{}, {}", i + 1, m + 1)) } else { None };
        curves.push(curve(run, &|row| row.gram[i][k + m] / row.gram[k + m][k + m], |s| {
            let s = s.color(palette::cycle(i)).dash(dash);
            name.iter().fold(s, |s, name| s.label(name.clone()))
        }));
    }
    curves
}

/// C_k with the weights of the target dashed.
fn coverage(run: &Compared<'_>) -> Vec<ComparedCurve> {
    let targets = &run.record.config.problem.target.weights;
    let named = targets.len() <= MOST_LABELS;
    let mut curves = Vec::new();
    for (m, &v) in targets.iter().enumerate() {
        let color = [palette::GREEN, palette::PURPLE, palette::ORANGE, palette::SKY][m % 4];
        curves.push(curve(run, &|_| v, |s| s.color(color).dash(Dash::Dotted).width(1.0)));
        curves.push(curve(run, &|row| row.coverage[m], |s| {
            let s = s.color(color);
            if named { s.label(format!("*C*_{}", m + 1)) } else { s }
        }));
    }
    let limits = [0.0, 1.0].map(|v| ComparedCurve { values: vec![v], series: Series::line(&[], &[]) });
    curves.extend(limits);
    curves
}

/// T, and the variance where it is not 1.
fn weights(run: &Compared<'_>) -> Vec<ComparedCurve> {
    let count = run.rows.first().map_or(0, |row| row.weights.len());
    let look = |i: usize| {
        move |series: Series| {
            let series = series.color(palette::cycle(i)).dash([Dash::Solid, Dash::Dashed, Dash::Dotted][i % 3]);
            if count <= MOST_LABELS { series.label(format!("*w*_{}", i + 1)) } else { series }
        }
    };
    (0..count).map(|i| curve(run, &|row| row.weights[i], look(i))).collect()
}

fn temperature(run: &Compared<'_>) -> Vec<ComparedCurve> {
    let mut curves = vec![curve(run, &|row| row.temperature, |s| s.color(palette::BLACK).label("*T*"))];
    if !run.record.config.problem.family.has_unit_variance() {
        let look = |s: Series| s.color(palette::SKY).dash(Dash::Dashed).label("variance");
        curves.push(curve(run, &|row| row.variance, look));
    }
    curves
}
