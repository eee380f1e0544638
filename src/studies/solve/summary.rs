//! A run in words.

use crate::results::SolveRecord;
use crate::studies::number;
use crate::trajectory::{Limit, LimitStatus, Trajectory};

/// What a person wants to know first.
pub(super) fn summary(record: &SolveRecord, trajectory: &Trajectory) -> String {
    let config = &record.config;
    let mut lines = vec![
        format!(
            "problem     {} components, {} modes, d = {}; {}",
            config.problem.family.weights.len(),
            record.modes.len(),
            record.dimension,
            config.problem.family.describe(),
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
        let pairs = limit.coverage.iter().zip(&config.problem.target.weights);
        let text: Vec<String> = pairs.map(|(c, v)| format!("{} (weight {})", number(*c), number(*v))).collect();
        lines.push(format!("limit       coverage of the modes {}", text.join(", ")));
        lines.push(format!("verdict     {}", verdict(record, limit)));
    }
    lines.join("\n") + "\n"
}

fn schedule_text(record: &SolveRecord) -> String {
    let schedule = &record.config.problem.schedule;
    let named = [
        ("T0", schedule.initial_temperature),
        ("t0", schedule.duration),
        ("rate", schedule.rate),
        ("exponent", schedule.exponent),
    ];
    let given = named.iter().filter_map(|(name, value)| value.map(|v| format!("{name} = {}", number(v))));
    std::iter::once(schedule.kind.name().to_owned()).chain(given).collect::<Vec<_>>().join(", ")
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
