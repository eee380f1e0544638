//! What a person wants to know of the runs first.

use crate::results::{DiagnoseRecord, RunRecord, Share};
use crate::studies::number;

/// Modes and runs that are listed.
const MOST_MODES: usize = 12;
const MOST_RUNS: usize = 12;

pub(super) fn percent(p: f64) -> String {
    let p = 100.0 * p;
    match p {
        p if p == 0.0 || p == 100.0 => format!("{p:.0}%"),
        // Almost all is not all.
        p if p > 99.0 => format!("{}%", (100.0 * p).floor() / 100.0),
        p if p >= 10.0 => format!("{p:.0}%"),
        p => format!("{p:.1}%"),
    }
}

fn confidence(level: f64) -> String {
    format!("{}%", number(100.0 * level))
}

/// In lines of the terminal.
pub(super) fn summary(record: &DiagnoseRecord) -> String {
    let mut lines = vec![modes(record)];
    lines.extend(each_mode(record).into_iter().map(|line| format!("  {line}")));
    lines.push(format!("collapse    {}", verdict(record)));
    let lost: Vec<&RunRecord> = record.runs.iter().filter(|run| !run.lost_modes.is_empty()).collect();
    for run in lost.iter().take(MOST_RUNS) {
        lines.push(format!("  {}", one(run)));
    }
    if lost.len() > MOST_RUNS {
        lines.push(format!("  and {} more, in the table", lost.len() - MOST_RUNS));
    }
    lines.extend(statements(record).into_iter().map(|(name, text)| format!("{name:<12}{text}")));
    lines.join("\n") + "\n"
}

fn modes(record: &DiagnoseRecord) -> String {
    let n = record.modes.len();
    let what = if n == 1 { "1 mode".to_owned() } else { format!("{n} modes") };
    let how = match record.modes_from {
        "found" => format!(
            "found (one mode passes for several with probability {})",
            number(record.config.diagnose.false_alarm)
        ),
        "given" => "given".to_owned(),
        _ => "columns of the table".to_owned(),
    };
    let dimension = record.dimension.map_or_else(String::new, |d| format!(", d = {d}"));
    format!("modes       {what}, {how}; {} runs{dimension}", record.runs.len())
}

pub(super) fn place(mean: &[f64]) -> String {
    const MOST: usize = 3;
    let shown: Vec<String> = mean.iter().take(MOST).map(|x| format!("{x:.3}")).collect();
    let more = if mean.len() > MOST { ", .." } else { "" };
    if mean.is_empty() { String::new() } else { format!("({}{more})", shown.join(", ")) }
}

fn each_mode(record: &DiagnoseRecord) -> Vec<String> {
    let mut lines: Vec<String> = record
        .modes
        .iter()
        .enumerate()
        .take(MOST_MODES)
        .map(|(k, mode)| {
            let Share { count, n, low, high, .. } = mode.lost;
            let at = if mode.mean.is_empty() { String::new() } else { format!(" at {}", place(&mode.mean)) };
            format!(
                "mode {k}    weight {}{at}, lost by {count} of {n} [{}, {}]",
                number(mode.weight),
                percent(low),
                percent(high)
            )
        })
        .collect();
    if record.modes.len() > MOST_MODES {
        lines.push(format!("and {} more, in the record", record.modes.len() - MOST_MODES));
    }
    lines
}

pub(super) fn verdict(record: &DiagnoseRecord) -> String {
    let Share { value, n, count, low, high, below } = record.probability;
    let level = confidence(record.config.diagnose.level);
    if record.modes.len() == 1 {
        return format!("one mode in all {n} runs: nothing to lose, or lost by all");
    }
    match (value, count) {
        (None, _) => "no runs".to_owned(),
        (Some(_), 0) => format!("0 of {n} collapsed: below {} with {level} confidence", percent(below)),
        (Some(p), _) => {
            format!(
                "{count} of {n} collapsed: {} [{}, {}] with {level} confidence",
                percent(p),
                percent(low),
                percent(high)
            )
        }
    }
}

fn one(run: &RunRecord) -> String {
    let lost: Vec<String> = run.lost_modes.iter().map(usize::to_string).collect();
    let plural = if lost.len() == 1 { "mode" } else { "modes" };
    let mut text = format!("{} lost {plural} {}", run.file, lost.join(", "));
    if let Some(mechanism) = run.mechanism {
        text.push_str(&format!(", {mechanism}"));
    }
    if let Some(loss) = run.losses.first() {
        let at = loss.temperature.map_or_else(String::new, |t| format!(" at T = {}", number(t)));
        text.push_str(&match loss.held_before {
            true => format!(", from {}{at} on", number(loss.time)),
            false => ", never held".to_owned(),
        });
    }
    if !run.certain {
        text.push_str(" (within the interval of the threshold)");
    }
    text
}

/// Further statements by name, with advice and notes.
fn statements(record: &DiagnoseRecord) -> Vec<(&'static str, String)> {
    let mut lines = findings(record);
    lines.extend(record.advice.iter().map(|text| ("advice", text.clone())));
    lines.extend(record.notes.iter().map(|text| ("note", text.clone())));
    lines
}

/// What counts, objectives, traces and modes say, by name.
pub(super) fn findings(record: &DiagnoseRecord) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let level = confidence(record.config.diagnose.level);
    let restarts = &record.restarts;
    if record.modes.len() > 1 {
        let k = |k: Option<u64>| k.map_or_else(|| "no number".to_owned(), |k| k.to_string());
        let best: Vec<String> = restarts.best_of.iter().map(|(k, p)| format!("{} with {k}", percent(*p))).collect();
        lines.push((
            "restarts",
            format!(
                "for one whole run with 99%: {} at the estimate, {} at the upper end; {}",
                k(restarts.for_99),
                k(restarts.for_99_at_high),
                best.join(", ")
            ),
        ));
        lines.push((
            "to say 1%",
            format!("{} runs of which none collapses, with {level} confidence", restarts.to_say_1_percent),
        ));
    }
    if let Some(found) = &record.recognition {
        let word = if found.by_objective { "tells" } else { "does not tell" };
        lines.push((
            "elbo",
            format!(
                "{word} whole runs from collapsed ones: {} of pairs in order, gap {} +- {}",
                percent(found.ordered),
                number(found.gap),
                number(found.error)
            ),
        ));
    }
    if let Some(found) = &record.comparison {
        let (mine, other) = (&record.probability, &found.against);
        let more = found.runs_to_tell.map_or_else(String::new, |n| format!("; {n} runs of each would tell with 80%"));
        lines.push((
            "comparison",
            format!(
                "{} of {} against {} of {}: {} at {level} (Fisher, p = {}){}",
                mine.count,
                mine.n,
                other.count,
                other.n,
                if found.differ { "they differ" } else { "no difference is shown" },
                number(found.p),
                if found.differ { String::new() } else { more }
            ),
        ));
    }
    if !record.mechanisms.is_empty() {
        let each: Vec<String> = record.mechanisms.iter().map(|m| format!("{} of {}", m.runs, m.mechanism)).collect();
        lines.push(("mechanism", each.join(", ")));
    }
    if let Some(target) = &record.target {
        let effective =
            target.effective_dimension.map_or_else(String::new, |d| format!(", effective dimension {}", number(d)));
        lines.push((
            "target",
            format!(
                "nearest modes {} and {} are {} spreads apart, {} degrees off an axis; widths within a factor {}{effective}",
                target.nearest[0],
                target.nearest[1],
                number(target.separation),
                number(target.angle),
                number(target.widths)
            ),
        ));
    }
    lines
}
