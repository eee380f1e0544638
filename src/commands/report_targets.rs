//! The table of named targets: which schedule keeps all modes of each, by family.

use serde_json::Value;

use crate::config::Route;
use crate::report::{Section, Table};
use crate::studies::number;

/// Name of the section.
const NAME: &str = "targets";
const COLUMNS: [&str; 6] =
    ["target", "family", "loses a mode at T0 = 1", "best schedule", "loses a mode there", "modes kept there"];
/// The axis of temperatures, the first of a schedule's columns.
const HEAT: &str = "schedule.initial_temperature";
const SCHEDULE: &str = "schedule.";

/// A row's target, and the record of its sweep.
pub(crate) struct NamedTarget {
    pub(crate) name: String,
    pub(crate) record: Value,
}

/// A count at a point of a grid.
struct Counted {
    /// What it is of: the values that are no schedule's, and the route where that is a flow.
    of: String,
    hot: f64,
    schedule: String,
    value: f64,
    low: f64,
    high: f64,
    /// Of all modes, the mean number that a run keeps, and that number.
    kept: Option<(f64, usize)>,
}

/// The section; nothing without a row.
pub(crate) fn targets(named: &[NamedTarget]) -> Option<Section> {
    let rows: Vec<Vec<String>> = named.iter().flat_map(rows).collect();
    if rows.is_empty() {
        return None;
    }
    Some(Section {
        name: NAME.to_owned(),
        title: "Which schedule keeps all modes of the targets that people test on".to_owned(),
        caption: "Shares of runs that lose a mode, with 95% intervals, without annealing and with the best of the schedules that were \
            counted for the same family; of equal ones the coldest. Flows count as families of their own."
            .to_owned(),
        table: Table { columns: COLUMNS.map(str::to_owned).to_vec(), rows },
        ..Section::default()
    })
}

fn rows(target: &NamedTarget) -> Vec<Vec<String>> {
    let all = counted(&target.record);
    let mut families: Vec<&str> = Vec::new();
    for count in &all {
        if !families.contains(&count.of.as_str()) {
            families.push(&count.of);
        }
    }
    let row = |of: &str| {
        let mine = || all.iter().filter(|count| count.of == of);
        let coldest = mine().min_by(|a, b| a.hot.total_cmp(&b.hot))?;
        let best = mine().min_by(|a, b| a.value.total_cmp(&b.value).then(a.hot.total_cmp(&b.hot)))?;
        let share = |count: &Counted| format!("{} [{}, {}]", number(count.value), short(count.low), short(count.high));
        let without = if coldest.hot == 1.0 { share(coldest) } else { String::new() };
        let schedule = if best.hot == 1.0 { "none".to_owned() } else { best.schedule.clone() };
        let kept = best.kept.map_or_else(String::new, |(mean, of)| format!("{} of {of}", short(mean)));
        Some(vec![target.name.clone(), of.to_owned(), without, schedule, share(best), kept])
    };
    families.into_iter().filter_map(row).collect()
}

/// Every count of a sweep's record.
fn counted(record: &Value) -> Vec<Counted> {
    let axes: Vec<String> = record["axes"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|axis| axis["keys"].as_array().into_iter().flatten())
        .filter_map(|key| key.as_str().map(str::to_owned))
        .collect();
    let mut found = Vec::new();
    for point in record["points"].as_array().into_iter().flatten() {
        let values: Vec<&Value> = point["values"].as_array().into_iter().flatten().collect();
        let named = || axes.iter().zip(&values);
        let written = |value: &Value| value.as_f64().map_or_else(|| value.as_str().unwrap_or("").to_owned(), number);
        let family: Vec<String> =
            named().filter(|(key, _)| !key.starts_with(SCHEDULE)).map(|(_, value)| written(value)).collect();
        let schedule = named().filter(|(key, _)| key.starts_with(SCHEDULE));
        let words = schedule.map(|(key, value)| match key.as_str() {
            HEAT => format!("T0 = {}", written(value)),
            _ => format!("{} {}", key.trim_start_matches(SCHEDULE).replace('_', " "), written(value)),
        });
        let schedule = words.collect::<Vec<_>>().join(", ");
        let hot = named().find(|(key, _)| *key == HEAT).and_then(|(_, value)| value.as_f64()).unwrap_or(1.0);
        for route in [Route::MonteCarlo, Route::RealNvp] {
            let answer = &point[route.name()];
            let Some(value) = answer["value"].as_f64() else { continue };
            let of = if route == Route::RealNvp { "RealNVP".to_owned() } else { family.join(", ") };
            let kept = answer["modes_lost"].as_array().map(|lost| {
                let counts: Vec<f64> = lost.iter().filter_map(Value::as_f64).collect();
                let runs: f64 = counts.iter().sum();
                let gone: f64 = counts.iter().enumerate().map(|(k, n)| k as f64 * n).sum();
                let modes = counts.len().saturating_sub(1);
                (modes as f64 - gone / runs, modes)
            });
            let end = |key: &str| answer[key].as_f64().unwrap_or(f64::NAN);
            let (low, high) = (end("low"), end("high"));
            found.push(Counted { of, hot, schedule: schedule.clone(), value, low, high, kept });
        }
    }
    found
}

fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
