//! A run in words.

use crate::results::SolveRecord;
use crate::studies::number;
use crate::trajectory::{Limit, LimitStatus, LostModes, Trajectory};

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
        let own = |i: usize| last.variances.get(i).map_or_else(String::new, |v| format!(", variance {}", number(*v)));
        for i in 0..k {
            let overlaps: Vec<String> = (0..record.modes.len()).map(|m| number(last.gram[i][k + m])).collect();
            lines.push(format!(
                "  mean {}    weight {}{}, norm {}, overlaps with the modes {}",
                i + 1,
                number(last.weights[i]),
                own(i),
                number(last.gram[i][i].sqrt()),
                overlaps.join(" ")
            ));
        }
    }
    let weights = &config.problem.target.weights;
    lines.push(format!("  coverage  of the modes {}", coverages(&trajectory.verdict, weights)));
    let end = number(trajectory.verdict.time);
    let last = config.problem.schedule.schedule().map_or(1.0, |schedule| schedule.final_temperature());
    if last != 1.0 {
        lines.push(format!("note        the schedule ends at T = {}: what is judged is the fit there", number(last)));
    }
    lines.extend(record.notes.iter().map(|note| format!("note        {note}")));
    match &trajectory.limit {
        Some(limit) => {
            lines.push(format!("limit       coverage of the modes {}", coverages(&limit.verdict, weights)));
            let (now, then) = (loss(&trajectory.verdict), in_the_limit(record, limit));
            if record.collapsed == Some(trajectory.verdict.collapsed()) && now == loss(&limit.verdict) {
                lines.push(format!("verdict     {then}, at t = {end} and in the limit"));
            } else {
                lines.push(format!("verdict     at t = {end}: {now}"));
                let since = limit.since.map_or_else(String::new, |t| format!(", from t = {} on", number(t)));
                lines.push(format!("            in the limit: {then}{since}"));
            }
        }
        None => lines.push(format!("verdict     at t = {end}: {}", loss(&trajectory.verdict))),
    }
    lines.join("\n") + "\n"
}

/// Most modes whose coverages are all said; the record has them.
const MOST_COVERAGES: usize = 8;

/// Coverages beside weights, or what matters of many.
fn coverages(verdict: &LostModes, weights: &[f64]) -> String {
    let pair = |(c, v): (&f64, &f64)| format!("{} (weight {})", number(*c), number(*v));
    if weights.len() <= MOST_COVERAGES {
        return verdict.coverage.iter().zip(weights).map(pair).collect::<Vec<_>>().join(", ");
    }
    let share = |k: &usize| verdict.coverage[*k] / weights[*k];
    let worst = (0..weights.len()).filter(|&k| weights[k] > 0.0).min_by(|a, b| share(a).total_cmp(&share(b)));
    let worst = worst.map_or_else(String::new, |k| {
        format!(", the worst mode {} with {}", k + 1, pair((&verdict.coverage[k], &weights[k])))
    });
    format!("{} of {} lost{worst}", verdict.lost.len(), weights.len())
}

/// What is lost, in words.
fn loss(verdict: &LostModes) -> String {
    let lost: Vec<String> = verdict.lost.iter().map(|m| (m + 1).to_string()).collect();
    if lost.is_empty() {
        "recovered: no mode is lost".to_owned()
    } else {
        format!("collapsed: lost mode {} by {}", lost.join(", "), verdict.mechanism.name())
    }
}

fn schedule_text(record: &SolveRecord) -> String {
    let schedule = &record.config.problem.schedule;
    let named = [
        ("T0", schedule.initial_temperature),
        ("t0", schedule.duration),
        ("rate", schedule.rate),
        ("exponent", schedule.exponent),
        ("steepness", schedule.steepness),
        ("levels", schedule.levels.map(|n| n as f64)),
        ("cycles", schedule.cycles.map(|n| n as f64)),
        ("ratio", schedule.ratio),
    ];
    let given = named.iter().filter_map(|(name, value)| value.map(|v| format!("{name} = {}", number(v))));
    std::iter::once(schedule.kind.name().to_owned()).chain(given).collect::<Vec<_>>().join(", ")
}

fn in_the_limit(record: &SolveRecord, limit: &Limit) -> String {
    match (record.collapsed, limit.status) {
        (None, _) => format!("undecided, still moving at t = {}", number(limit.verdict.time)),
        (Some(_), LimitStatus::UnstableEquilibrium) => {
            format!("{}, on an equilibrium that is unstable", loss(&limit.verdict))
        }
        (Some(_), _) => loss(&limit.verdict),
    }
}
