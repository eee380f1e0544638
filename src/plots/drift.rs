//! The figure of what heat does to the weights of far modes.

use crate::figures::{Axis, Dash, Figure, LegendPlace, Panel, Series, palette};
use crate::results::DriftRecord;

/// Modes beyond which curves carry no legend: it would hide them.
const MOST_LABELS: usize = 6;

/// The weights of the modes in p^beta against beta, a panel for each run, cold on the right: theory (40). The line at half of a
/// weight is where its mode counts as lost.
pub fn drift(runs: &[(&str, &DriftRecord)]) -> Figure {
    let last = runs.len().saturating_sub(1);
    let panels = runs.iter().enumerate().map(|(place, (label, record))| {
        let y = if place == 0 { "weight *v*_k(*β*)" } else { "" };
        let panel = panel(record, y).legend(if place == last { LegendPlace::Right } else { LegendPlace::None });
        if label.is_empty() { panel } else { panel.title((*label).to_owned()) }
    });
    let figure = if runs.len() > 1 { Figure::two_column() } else { Figure::one_column() };
    figure.row(panels.collect::<Vec<_>>())
}

fn panel(record: &DriftRecord, y: &str) -> Panel {
    let modes = record.weights.first().map_or(0, Vec::len);
    let mut panel = Panel::new(Axis::linear("*β* = 1/*T*"), Axis::linear(y).range(-0.03, 1.03));
    for k in 0..modes {
        let color = palette::cycle(k);
        let curve: Vec<f64> = record.weights.iter().map(|at| at[k]).collect();
        let half = curve.last().copied().unwrap_or(f64::NAN) / 2.0;
        let series = Series::line(&record.beta, &curve).color(color).width(1.4);
        let named = if modes <= MOST_LABELS { series.label(format!("mode {}", k + 1)) } else { series };
        panel = panel.with(named).with(Series::horizontal(half).color(color).dash(Dash::Dotted).width(0.8));
    }
    panel
}
