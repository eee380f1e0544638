//! How often trained flows collapse over initial temperature and duration, beside published flows and the theory.

use crate::figures::{Axis, Figure, Grid, Heatmap, LegendPlace, Marker, Panel, Series, TickChoice, palette};
use crate::figures::{Contours, Dash};
use crate::plots::probability_map::{LEVELS, grid};
use crate::plots::sweep::{axis, counted, published, refined, trained};
use crate::plots::symbols::axis_label;
use crate::results::{PlotConfig, Starts, SweepRecord};

/// The frequency of collapse of trained flows, of published ones and of the closed flow, each with its best initial
/// temperatures.
pub(crate) fn flow_map(record: &SweepRecord, plot: &PlotConfig) -> Figure {
    let y = plot.y.clone().unwrap_or_default();
    let keys = [plot.x.as_str(), y.as_str()];
    let theory = grid(record, keys, |point| counted(point).map(|c| [c[0]]));
    let (theory, name, route): (_, _, fn(&Starts) -> Option<f64>) = match theory {
        Some(grid) => (Some(grid), "closed flow of the pair", |s| s.montecarlo),
        None => (grid(record, keys, refined), "formula (18)", |s| s.refined),
    };
    let mine = grid(record, keys, |point| trained(point).map(|t| [t[0]]));
    let beside = grid(record, keys, |point| published(record, point).map(|p| [p.value]));
    let panels: [(Option<Grid>, &str, fn(&Starts) -> Option<f64>); 3] = [
        (mine, "RealNVP, trained here", |s| s.realnvp),
        (beside, "RealNVP, published", |s| s.published),
        (theory, name, route),
    ];
    let count = panels.iter().filter(|(grid, ..)| grid.is_some()).count();
    let drawn = panels.into_iter().filter_map(|(grid, title, route)| Some((grid?, title, route))).enumerate();
    let drawn = drawn.map(|(place, (grid, title, route))| {
        let vertical = axis(axis_label(&y), plot.log_y);
        let vertical =
            if place == 0 { vertical } else { Axis { label: String::new(), ..vertical.ticks(TickChoice::Unlabelled) } };
        let mut heat = Heatmap::new(grid.clone());
        let range = if place == 2 { None } else { Some((0.0, 1.0)) };
        heat.range = range;
        if place + 1 == count || place == 1 {
            heat = heat.bar(if place == 1 { "collapsed fraction" } else { "probability of collapse *P*_c" });
        }
        let (x, y): (Vec<f64>, Vec<f64>) = best(record, route).unzip();
        Panel::new(axis(axis_label(&plot.x), plot.log_x), vertical)
            .title(title)
            .aspect(1.1)
            .with(Series::heatmap(heat))
            .with_all(
                (place == 0)
                    .then(|| Series::contours(Contours::new(grid, LEVELS)).color(palette::WHITE).dash(Dash::Solid)),
            )
            .with(
                Series::points(&x, &y, Marker::Diamond).color(palette::VERMILLION).open().size(6.0).label("best *T*_0"),
            )
            .legend(if place == 0 { LegendPlace::Below } else { LegendPlace::None })
    });
    Figure::two_column().row(drawn.collect::<Vec<_>>())
}

/// The best initial temperature of each duration by one route.
fn best(record: &SweepRecord, route: fn(&Starts) -> Option<f64>) -> impl Iterator<Item = (f64, f64)> {
    let all = record.ranks.iter().flat_map(|ranks| &ranks.best);
    all.filter_map(move |best| Some((route(&best.starts)?, best.duration)))
}
