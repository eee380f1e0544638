//! How often trained flows collapse over initial temperature and duration, beside published flows and the theory.

use crate::figures::{Axis, Contours, Figure, Grid, Heatmap, LegendPlace, Marker, Panel, Series, TickChoice, palette};
use crate::plots::probability_map::{LEVELS, grid};
use crate::plots::symbols::{COUNTED, FLOWS, REFINED, axis, axis_label};
use crate::results::{PlotConfig, Source, SweepRecord};

/// One panel.
struct MapPart {
    title: &'static str,
    grid: Grid,
    /// What it shows.
    source: Source,
    /// Whether it shows counted flows: those share their colours.
    flows: bool,
}

/// The frequency of collapse of trained flows, of published ones and of the closed flow, each with its best initial
/// temperatures.
pub(crate) fn flow_map(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    let y = plot.y.clone().unwrap_or_default();
    let keys = [plot.x.as_str(), y.as_str()];
    let part = |title, flows, source| grid(record, keys, source).map(|grid| MapPart { title, grid, source, flows });
    let theory = part("mixture, closed flow", false, COUNTED);
    let parts = [
        part("RealNVP here", true, FLOWS),
        part("RealNVP, published", true, Source::Published),
        theory.or_else(|| part("mixture, formula (18)", false, REFINED)),
    ];
    let parts: Vec<MapPart> = parts.into_iter().flatten().collect();
    let last_of_flows = parts.iter().rposition(|part| part.flows);
    let panels = parts.iter().enumerate().map(|(place, part)| {
        let bar = if !part.flows {
            Some("probability of collapse *P*_c")
        } else {
            (Some(place) == last_of_flows).then_some("collapsed fraction")
        };
        let mut heat = Heatmap::new(part.grid.clone());
        heat.bar = bar.map(str::to_owned);
        heat.range = part.flows.then_some((0.0, 1.0));
        let vertical = axis(axis_label(&y), plot.log_y);
        let vertical =
            if place == 0 { vertical } else { Axis { label: String::new(), ..vertical.ticks(TickChoice::Unlabelled) } };
        let (xs, ys): (Vec<f64>, Vec<f64>) = best(record, part.source).unzip();
        let marks = Series::points(&xs, &ys, Marker::Diamond).color(palette::VERMILLION).open().size(6.0);
        let panel = Panel::new(axis(axis_label(&plot.x), plot.log_x), vertical).title(part.title).aspect(1.1);
        let panel = panel.with(Series::heatmap(heat));
        let lines = Series::contours(Contours::new(part.grid.clone(), LEVELS)).color(palette::WHITE);
        let panel = if place == 0 { panel.with(lines) } else { panel };
        if place == 0 {
            let line = Series::line(&[f64::NAN], &[f64::NAN]).color(palette::GRAY).label("equal frequency");
            panel.with(marks.label("best *T*_0")).with(line).legend(LegendPlace::Below)
        } else {
            panel.with(marks).legend(LegendPlace::None)
        }
    });
    Figure::two_column().row(panels.collect::<Vec<_>>())
}

/// The best initial temperature of each duration by one source.
fn best(record: &SweepRecord, source: Source) -> impl Iterator<Item = (f64, f64)> {
    let all = record.ranks.iter().flat_map(|ranks| &ranks.best);
    all.filter_map(move |best| Some((*best.starts.get(&source)?, best.duration)))
}
