//! A found schedule in words, and as files that other programs read.

use collapsar_theory::Schedule;

use crate::config::{ScheduleConfig, VarianceStart};
use crate::results::{Counted, DesignRecord};
use crate::studies::number;

/// Rows of the table of a schedule.
const ROWS: usize = 200;

pub(super) fn summary(record: &DesignRecord) -> String {
    let design = &record.config.design;
    let mut text = String::new();
    let mut line = |name: &str, words: String| text.push_str(&format!("{name:<12}{words}\n"));
    let asked = match (design.wanted, design.budget) {
        (Some(wanted), Some(budget)) => format!("P_c at most {} within time {}", number(wanted), number(budget)),
        (Some(wanted), None) => format!("P_c at most {}, as cheap as can be", number(wanted)),
        (None, Some(budget)) => format!("the least P_c within time {}", number(budget)),
        (None, None) => String::new(),
    };
    line("wanted", format!("{asked}; searched by the {} route", record.route));
    line("without", format!("P_c {} without annealing", number(record.without)));
    if let Some(given) = record.given {
        line("given", format!("P_c {} in time {}", number(given.probability), number(given.cost)));
    }
    for family in &record.families {
        let mark = if family.attainable { "" } else { "  (not what is wanted)" };
        let words = format!(
            "{:<19} time {:<9} P_c {:<12} {}{mark}",
            family.kind.name(),
            fits(family.cost, family.restarts),
            number(family.probability),
            words(&family.schedule, family.start)
        );
        line("", words);
    }
    line("schedule", words(&record.schedule, record.start));
    line("time", format!("{} in all: {}", number(record.total), fits(record.cost, record.restarts)));
    let verdict = if record.attainable { "" } else { ": not what is wanted, the best that was found" };
    line(
        "confirmed",
        format!("P_c {} by {} fresh draws{verdict}", interval(&record.probability), record.probability.n),
    );
    for note in &record.notes {
        line("note", note.clone());
    }
    text
}

fn fits(cost: f64, restarts: u64) -> String {
    if restarts == 1 { number(cost) } else { format!("{restarts} x {}", number(cost)) }
}

fn interval(counted: &Counted) -> String {
    format!("{} [{}, {}]", number(counted.value), number(counted.low), number(counted.high))
}

/// The schedule in a line.
fn words(schedule: &ScheduleConfig, start: Option<VarianceStart>) -> String {
    let mut parts = vec![schedule.kind.name().to_owned()];
    let mut part = |name: &str, value: Option<f64>| parts.extend(value.map(|x| format!("{name} {}", number(x))));
    part("T0", schedule.initial_temperature);
    part("t0", schedule.duration);
    part("rate", schedule.rate);
    part("var(0)", start.map(|start| start.variance));
    if let (Some(times), Some(temperatures)) = (&schedule.times, &schedule.temperatures) {
        let points = times.iter().zip(temperatures).map(|(t, hot)| format!("{}@{}", number(*hot), number(*t)));
        parts.push(format!("T@t {}", points.collect::<Vec<_>>().join(" ")));
    }
    parts.join(" ")
}

/// The sections to be put into a configuration, and the table (time, beta, temperature) for any training loop.
pub(super) fn hand_over(record: &DesignRecord) -> Vec<(String, Vec<u8>)> {
    let mut sections = section("schedule", &record.schedule);
    sections.extend(record.start.iter().flat_map(|start| section("start", start)));
    let mut files = vec![("-schedule.toml".to_owned(), sections.join("\n").into_bytes())];
    let schedule = record.schedule.schedule().ok();
    files.extend(schedule.map(|schedule| ("-schedule.csv".to_owned(), table(&schedule, record.cost))));
    files
}

/// The lines of a section whose values are words, numbers and lists of them: JSON and TOML write them alike.
fn section(name: &str, keys: &impl serde::Serialize) -> Vec<String> {
    let keys = serde_json::to_value(keys).unwrap_or_default();
    let lines = keys.as_object().into_iter().flatten().map(|(key, value)| format!("{key} = {value}"));
    std::iter::once(format!("[{name}]")).chain(lines).chain([String::new()]).collect()
}

/// T and beta over the duration; at a jump the values after it.
fn table(schedule: &Schedule, duration: f64) -> Vec<u8> {
    let mut times: Vec<f64> = (0..=ROWS).map(|i| duration * i as f64 / ROWS as f64).collect();
    times.extend(schedule.breakpoints().into_iter().filter(|t| *t <= duration));
    times.sort_by(f64::total_cmp);
    times.dedup();
    let row = |t: &f64| format!("{t},{},{}\n", schedule.beta(*t), schedule.temperature(*t));
    let rows: String = times.iter().map(row).collect();
    format!("time,beta,temperature\n{rows}").into_bytes()
}
