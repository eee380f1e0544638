//! The figures of runs that somebody else made.

use crate::figures::{Axis, Color, ColorMap, Dash, Figure, Grid, Heatmap, LegendPlace, Marker, Panel, Series, palette};
use crate::results::{DiagnoseRecord, RunRecord, RunsPlane};

/// Modes that have a colour of their own.
const COLOURED: usize = 6;
/// Samples, many on each other.
const SAMPLES: f64 = 0.35;
/// Traces in a figure.
const MOST_TRACES: usize = 60;

/// Coverage of every run, samples in the plane of the modes, and traces: what follows the name in theirs, and each figure.
pub fn diagnose(record: &DiagnoseRecord) -> Vec<(String, Figure)> {
    let mut figures = vec![("-coverage".to_owned(), Figure::two_column().row([strips(record)]).without_letters())];
    if let Some(plane) = &record.plane {
        figures.push(("-samples".to_owned(), Figure::one_column().row([samples(record, plane)]).without_letters()));
    }
    if record.runs.iter().any(|run| run.course.is_some()) {
        figures.push(("-traces".to_owned(), traces(record)));
    }
    figures
}

fn ink(mode: usize) -> Color {
    if mode < COLOURED { palette::cycle(mode) } else { palette::GRAY }
}

/// A strip a mode: the share of every run over the weight of the mode.
fn strips(record: &DiagnoseRecord) -> Panel {
    let (modes, runs) = (record.modes.len(), record.runs.len());
    let x = Axis::linear("run").range(0.5, runs as f64 + 0.5);
    let y = Axis::linear("mode").range(modes as f64 - 0.5, -0.5);
    let mut values = Vec::new();
    for k in 0..modes {
        let weight = record.modes[k].weight.max(f64::MIN_POSITIVE);
        values.extend(record.runs.iter().map(|run| (run.coverage[k] / weight).min(2.0)));
    }
    let nodes = |n: usize, from: f64| (0..n).map(|i| i as f64 + from).collect::<Vec<f64>>();
    let aspect = (0.06 + 0.05 * modes as f64).min(0.9);
    let mut panel = Panel::new(x, y).aspect(aspect).legend(LegendPlace::Below);
    if let Ok(grid) = Grid::new(nodes(runs, 1.0), nodes(modes, 0.0), values) {
        let map = Heatmap::new(grid).map(ColorMap::Cividis).range(0.0, 2.0).bar("*C*_k/*v*_k");
        panel = panel.with(Series::heatmap(map));
    }
    let lost = record
        .runs
        .iter()
        .enumerate()
        .flat_map(|(i, run)| run.lost_modes.iter().map(move |k| ((i + 1) as f64, *k as f64)));
    let (x, y): (Vec<f64>, Vec<f64>) = lost.unzip();
    // No wider than a run's column.
    let size = (160.0 / runs.max(1) as f64).clamp(3.0, 7.0);
    panel.with(Series::points(&x, &y, Marker::Cross).color(palette::VERMILLION).size(size).label("lost"))
}

fn samples(record: &DiagnoseRecord, plane: &RunsPlane) -> Panel {
    let [x, y] = &plane.labels;
    let mut panel = Panel::new(Axis::linear(x.clone()), Axis::linear(y.clone())).legend(LegendPlace::Below);
    if record.dimension.is_some_and(|d| d > 1) {
        panel = panel.equal_units();
    }
    for k in 0..record.modes.len() {
        let own = plane.points.iter().filter(|(_, mode)| *mode == k).map(|(point, _)| (point[0], point[1]));
        let (x, y): (Vec<f64>, Vec<f64>) = own.unzip();
        panel = panel.with(Series::points(&x, &y, Marker::Circle).color(ink(k).with_alpha(SAMPLES)).size(1.4));
        if k < COLOURED {
            // Large enough to be seen in the legend.
            let key = Series::points(&[f64::NAN], &[f64::NAN], Marker::Circle).color(ink(k)).size(4.0);
            panel = panel.with(key.label(format!("mode {k}")));
        }
    }
    let (x, y): (Vec<f64>, Vec<f64>) = plane.modes.iter().map(|m| (m[0], m[1])).unzip();
    panel.with(Series::points(&x, &y, Marker::Plus).color(palette::BLACK).size(6.0).label("means"))
}

/// The coverage of the lightest mode that is lost, or of the lightest, over the traces; below, the temperature.
fn traces(record: &DiagnoseRecord) -> Figure {
    let lightest = |modes: &mut dyn Iterator<Item = usize>| {
        modes.min_by(|a, b| record.modes[*a].weight.total_cmp(&record.modes[*b].weight))
    };
    let mut lost = record.runs.iter().flat_map(|run| run.lost_modes.iter().copied());
    let shown = lightest(&mut lost).or_else(|| lightest(&mut (0..record.modes.len()))).unwrap_or(0);
    let threshold = record.config.diagnose.lost_below * record.modes[shown].weight;
    let axis = Axis::linear(format!("coverage *C* of mode {shown}")).range(-0.03, 1.03);
    let mut panel = Panel::new(Axis::linear("step or time"), axis).aspect(0.7).legend(LegendPlace::Below);
    let with_course: Vec<&RunRecord> =
        record.runs.iter().filter(|run| run.course.is_some()).take(MOST_TRACES).collect();
    let mut named = [false; 2];
    for run in &with_course {
        let Some(course) = &run.course else { continue };
        let is_lost = run.lost_modes.contains(&shown);
        let curve: Vec<f64> = course.coverage.iter().map(|c| c[shown]).collect();
        let color = if is_lost { palette::VERMILLION } else { palette::BLUE };
        let mut series = Series::line(&course.times, &curve).color(color).width(0.9);
        if !std::mem::replace(&mut named[usize::from(is_lost)], true) {
            series = series.label(if is_lost { "lost" } else { "held" });
        }
        panel = panel.with(series);
    }
    panel = panel.with(Series::horizontal(threshold).color(palette::GRAY).dash(Dash::Dashed));
    let heat = with_course.iter().filter_map(|run| {
        let course = run.course.as_ref()?;
        Some((course.times.clone(), course.temperature.clone()?))
    });
    let mut temperature =
        Panel::new(Axis::linear("step or time"), Axis::log("temperature *T*")).aspect(0.7).legend(LegendPlace::Below);
    let mut any = false;
    for (times, values) in heat {
        any = true;
        temperature = temperature.with(Series::line(&times, &values).color(palette::BLACK).width(0.9));
    }
    let losses: Vec<(f64, f64)> = record
        .runs
        .iter()
        .flat_map(|run| &run.losses)
        .filter(|loss| loss.held_before)
        .filter_map(|loss| Some((loss.time, loss.temperature?)))
        .collect();
    let (x, y): (Vec<f64>, Vec<f64>) = losses.into_iter().unzip();
    if !x.is_empty() {
        temperature = temperature
            .with(Series::points(&x, &y, Marker::Cross).color(palette::VERMILLION).size(5.0).label("a mode is lost"));
    }
    if any {
        Figure::two_column().row([panel, temperature])
    } else {
        Figure::one_column().row([panel]).without_letters()
    }
}
