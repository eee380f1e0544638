//! The words of `collapsar solve`: what a person wants to know first.

use crate::results::SolveRecord;
use crate::trajectory::{Limit, LimitStatus, Trajectory};

/// What a person wants to know first.
pub(crate) fn summary(record: &SolveRecord, trajectory: &Trajectory, seconds: f64) -> String {
    let config = &record.config;
    let mut lines = vec![
        format!(
            "problem     {} components, {} modes, d = {}; means {}, variance {}, weights {}, clock {}",
            config.family.weights.len(),
            record.modes.len(),
            record.dimension,
            config.family.means,
            config.family.variance,
            if config.family.train_weights == "no" { "fixed" } else { config.family.train_weights },
            config.family.clock,
        ),
        format!("schedule    {}", schedule_text(record)),
    ];
    if let Some(last) = trajectory.reports.last() {
        lines.push(format!(
            "at t = {:<6} T = {}, variance {}, objective {}",
            number(last.time),
            number(last.temperature),
            number(last.variance),
            number(last.objective)
        ));
        let k = last.means.len();
        for i in 0..k {
            let overlaps: Vec<String> = (0..record.modes.len()).map(|m| number(last.gram[i][k + m])).collect();
            lines.push(format!(
                "  mean {}    weight {}, norm {}, overlaps with the modes {}",
                i + 1,
                number(last.weights[i]),
                number(last.gram[i][i].sqrt()),
                overlaps.join(" ")
            ));
        }
        let coverage: Vec<String> = last.coverage.iter().map(|c| number(*c)).collect();
        lines.push(format!("  coverage  of the modes {}", coverage.join(" ")));
    }
    if let Some(limit) = &trajectory.limit {
        let pairs = limit.coverage.iter().zip(&config.target.weights);
        let text: Vec<String> = pairs.map(|(c, v)| format!("{} (weight {})", number(*c), number(*v))).collect();
        lines.push(format!("limit       coverage of the modes {}", text.join(", ")));
        lines.push(format!("verdict     {}", verdict(record, limit)));
    }
    lines.push(format!(
        "cost        {} steps, {} evaluations by {}, {seconds:.2} s",
        record.steps.accepted, record.steps.evaluations, record.engine
    ));
    lines.join("\n") + "\n"
}

fn schedule_text(record: &SolveRecord) -> String {
    let schedule = &record.config.schedule;
    let named = [
        ("T0", schedule.initial_temperature),
        ("t0", schedule.duration),
        ("rate", schedule.rate),
        ("exponent", schedule.exponent),
    ];
    let given = named.iter().filter_map(|(name, value)| value.map(|v| format!("{name} = {}", number(v))));
    std::iter::once(schedule.kind.to_owned()).chain(given).collect::<Vec<_>>().join(", ")
}

fn verdict(record: &SolveRecord, limit: &Limit) -> String {
    let lost: Vec<String> = limit.lost.iter().map(|m| (m + 1).to_string()).collect();
    match (record.collapsed, limit.status) {
        (None, _) => format!("undecided: still moving at t = {}", number(limit.time)),
        (Some(false), LimitStatus::UnstableEquilibrium) => {
            "no mode is lost, on an equilibrium that is unstable".to_owned()
        }
        (Some(false), _) => "recovered: no mode is lost".to_owned(),
        (Some(true), status) => format!(
            "collapsed: lost mode {} by {}{}",
            lost.join(", "),
            limit.mechanism.name(),
            if status == LimitStatus::UnstableEquilibrium { ", on an equilibrium that is unstable" } else { "" }
        ),
    }
}

/// Six significant digits, as short as they can be written.
pub(crate) fn number(x: f64) -> String {
    let x = if x == 0.0 { 0.0 } else { x };
    let rounded: f64 = format!("{x:.5e}").parse().unwrap_or(x);
    let plain = rounded == 0.0 || (1e-4..1e6).contains(&rounded.abs());
    if plain { rounded.to_string() } else { format!("{rounded:e}") }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (0.1 + 0.2, "0.3"),
            (2.998_776_54, "2.99878"),
            (999_999.96, "1e6"),
            (1e6, "1e6"),
            (223_130.6, "223131"),
            (-6.012_345e-12, "-6.01235e-12"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ];
        for (x, text) in cases {
            assert_eq!(number(x), text);
        }
    }
}
