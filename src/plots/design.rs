//! The figure of a schedule that was looked for.

use crate::figures::{Axis, Dash, Figure, LegendPlace, Marker, Panel, Series, palette};
use crate::results::DesignRecord;

const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];

/// P_c of a fit against its time, the best member of each family, and of the best number of fits where there may be several;
/// beside the schedule that was found.
pub fn design(record: &DesignRecord) -> Figure {
    Figure::two_column().row([costs(record), schedule(record)])
}

fn costs(record: &DesignRecord) -> Panel {
    let several = !record.restarted.is_empty();
    let time = if several { "time of all fits" } else { "time of a fit *t*_0" };
    let mut panel = Panel::new(Axis::linear(time), Axis::log("probability of collapse *P*_c"))
        .aspect(0.85)
        .legend(LegendPlace::Below);
    let singles = record.curve.iter().map(|point| point.probability).filter(|p| *p > 0.0);
    let lowest = 0.3 * singles.fold(record.config.design.wanted.unwrap_or(1.0), f64::min);
    for (i, family) in record.families.iter().enumerate() {
        let points = record.curve.iter().filter(|point| point.kind == family.kind && point.probability > 0.0);
        let (x, y): (Vec<f64>, Vec<f64>) = points.map(|point| (point.cost, point.probability)).unzip();
        let color = palette::cycle(i);
        panel = panel.with(Series::line(&x, &y).color(color));
        let marks = Series::points(&x, &y, MARKERS[i % MARKERS.len()]).color(color).size(4.5);
        panel = panel.with(marks.label(family.kind.name()));
        let points = record.restarted.iter().filter(|point| point.kind == family.kind && point.probability >= lowest);
        let (x, y): (Vec<f64>, Vec<f64>) = points.map(|point| (point.total, point.probability)).unzip();
        if several {
            panel = panel.with(Series::line(&x, &y).color(color).dash(Dash::Dotted).width(1.6));
        }
    }
    if several {
        let entry = Series::line(&[], &[]).color(palette::BLACK).dash(Dash::Dotted).width(1.6);
        panel = panel.with(entry.label("the best number of fits"));
    }
    if let Some(wanted) = record.config.design.wanted {
        let last = record.curve.iter().map(|point| point.cost).fold(0.0, f64::max);
        let line = Series::line(&[0.0, last], &[wanted; 2]).color(palette::GRAY).dash(Dash::Dashed);
        panel = panel.with(line.label(if several { "wanted" } else { "wanted of a fit" }));
    }
    let found = record.probability;
    if found.low > 0.0 {
        let bars = Series::error_bars(&[record.total], &[found.value], &[found.low], &[found.high]);
        panel = panel.with(bars.color(palette::BLACK).label("found, counted afresh"));
    }
    panel
}

fn schedule(record: &DesignRecord) -> Panel {
    let mut panel = Panel::new(Axis::linear("time *t*"), Axis::log("temperature *T*"))
        .title(record.kind.name())
        .aspect(0.85)
        .legend(LegendPlace::Below);
    for (i, family) in record.families.iter().enumerate() {
        let Ok(schedule) = family.schedule.schedule() else { continue };
        let (mut times, mut temperatures) = (Vec::new(), Vec::new());
        let mut edges = vec![0.0];
        edges.extend(schedule.breakpoints().into_iter().filter(|t| *t <= family.cost * (1.0 + 1e-9)));
        if edges.last().is_some_and(|last| *last < family.cost) {
            edges.push(family.cost);
        }
        const STEPS: usize = 60;
        for (piece, ends) in edges.windows(2).enumerate() {
            for n in 0..=STEPS {
                let t = ends[0] + (ends[1] - ends[0]) * n as f64 / STEPS as f64;
                times.push(t);
                temperatures.push(1.0 / schedule.beta_in_piece(piece, t));
            }
        }
        times.push(family.cost);
        temperatures.push(1.0);
        let width = if family.kind == record.kind { 2.0 } else { 1.0 };
        panel = panel
            .with(Series::line(&times, &temperatures).color(palette::cycle(i)).width(width).label(family.kind.name()));
    }
    panel
}
