//! Equilibria and branches in words.

use crate::results::BifurcationRecord;
use crate::studies::number;

fn maybe(value: Option<f64>, none: &str) -> String {
    value.map_or(none.to_owned(), |value| format!("{value:.10}"))
}

/// What a person wants to know first.
pub(super) fn summary(record: &BifurcationRecord) -> String {
    let mut lines = vec![format!(
        "pair        {}, separation {}, target weight {}, variance {}",
        record.pair,
        number(record.separation),
        number(record.target_weight),
        record.variance
    )];
    lines.push(format!(
        "critical    temperature {} at separation {}",
        maybe(record.critical_temperature, "none: collapse is impossible even at T = 1"),
        number(record.separation)
    ));
    lines.push(format!(
        "            separation {} at temperature {} ({})",
        maybe(record.critical_separation, "none found"),
        number(record.temperature),
        record.temperature_source
    ));
    if let Some(alpha) = record.alpha {
        lines.push(format!("            alpha {alpha:.10}"));
    }
    for state in &record.collapsed_states {
        lines.push(format!(
            "            stable collapsed state on the mode of weight {}: below T = {}",
            number(state.target_weight),
            maybe(state.temperature, "(none)")
        ));
    }
    lines.push(format!("equilibria  at T = {}, in {}", number(record.temperature), record.coordinates.join(", ")));
    for state in &record.equilibria {
        let at: Vec<String> = state.coordinates.iter().map(|c| format!("{:>9}", number(*c))).collect();
        let rates: Vec<String> = state.eigenvalues.iter().map(|rate| number(*rate)).collect();
        lines.push(format!("  {:<11} {}   rates {}", state.kind, at.join(" "), rates.join(" ")));
    }
    lines.push(format!("proved      {}", record.established));
    lines.push(format!(
        "branches    {} in {}, {} special points, {} equilibria on none of them",
        record.branches.len(),
        record.parameter,
        record.special_points.iter().filter(|point| point.happens()).count(),
        record.equilibria_off_branches
    ));
    for point in record.special_points.iter().filter(|point| point.happens()) {
        let at: Vec<String> = point.coordinates.iter().map(|c| number(*c)).collect();
        lines.push(format!("  {:<13} {} at ({})", point.kind, number(point.parameter), at.join(", ")));
    }
    lines.join("\n") + "\n"
}
