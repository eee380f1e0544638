//! The table of named targets: which schedule keeps all modes of each, by family.

use std::cmp::Ordering;

use serde_json::Value;

use crate::config::Route;
use crate::report::{ReportSection, ReportTable};
use crate::results::ModesKept;
use crate::studies::number;

/// Name of the section.
const NAME: &str = "targets";
const COLUMNS: [&str; 7] = [
    "target",
    "family",
    "loses a mode at T0 = 1",
    "best schedule",
    "loses a mode there",
    "modes kept there",
    "KL(q||p) there",
];
/// The axis of temperatures, the first of a schedule's columns.
const HEAT: &str = "schedule.initial_temperature";
const SCHEDULE: &str = "schedule.";
const FAMILY: &str = "family";

/// A row's target, and the record of its sweep.
pub(crate) struct NamedTarget {
    pub(crate) name: String,
    pub(crate) record: Value,
}

/// A count at a point of a grid.
struct PointCount {
    /// What it is of: the values that are no schedule's, and the route where that is a flow.
    of: String,
    hot: f64,
    schedule: String,
    value: f64,
    low: f64,
    high: f64,
    /// The median divergence, of flows.
    divergence: Option<f64>,
    /// The modes that its runs keep.
    kept: Option<ModesKept>,
}

impl PointCount {
    /// The least is the best.
    fn order(&self) -> (f64, f64, f64, f64) {
        (self.value, -self.kept.map_or(0.0, |kept| kept.mean), self.divergence.unwrap_or(0.0), self.hot)
    }
}

/// The section; nothing without a row.
pub(crate) fn targets(named: &[NamedTarget]) -> Option<ReportSection> {
    let rows: Vec<Vec<String>> = named.iter().flat_map(rows).collect();
    if rows.is_empty() {
        return None;
    }
    Some(ReportSection {
        name: NAME.to_owned(),
        title: "Which schedule keeps all modes of the targets that people test on".to_owned(),
        caption: "Shares of runs that lose a mode, with 95% intervals, without annealing and with the best of the schedules that were \
            counted for the same family; of equal ones that which keeps most modes, then that of the least divergence, or the \
            coldest. Flows count as families of their own; their divergence is the median."
            .to_owned(),
        table: ReportTable { columns: COLUMNS.map(str::to_owned).to_vec(), rows },
        ..ReportSection::default()
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
        let best = mine().min_by(|a, b| a.order().partial_cmp(&b.order()).unwrap_or(Ordering::Equal))?;
        let share =
            |count: &PointCount| format!("{} [{}, {}]", number(count.value), short(count.low), short(count.high));
        let without = if coldest.hot == 1.0 { share(coldest) } else { String::new() };
        let schedule = if best.hot == 1.0 { "none".to_owned() } else { best.schedule.clone() };
        let kept = best.kept.map_or_else(String::new, |kept| format!("{} of {}", short(kept.mean), kept.modes));
        let divergence = best.divergence.map_or_else(String::new, number);
        Some(vec![target.name.clone(), of.to_owned(), without, schedule, share(best), kept, divergence])
    };
    families.into_iter().filter_map(row).collect()
}

/// Every count of a sweep's record.
fn counted(record: &Value) -> Vec<PointCount> {
    let keys = list(&record["axes"]).flat_map(|axis| list(&axis["keys"])).filter_map(Value::as_str).collect::<Vec<_>>();
    let kind = record["config"]["schedule"]["kind"].as_str().unwrap_or("");
    let mut found = Vec::new();
    for point in list(&record["points"]) {
        let at = GridPlace { keys: &keys, values: list(&point["values"]).collect() };
        for route in [Route::MonteCarlo, Route::RealNvp] {
            let answer = &point[route.name()];
            let Some(value) = answer["value"].as_f64() else { continue };
            let end = |key: &str| answer[key].as_f64().unwrap_or(f64::NAN);
            let (of, schedule) = (at.family(route == Route::RealNvp), at.schedule(kind));
            // Flows are counted anew for each family beside them: the first stands for all, for the best of several is no count.
            if found.iter().any(|known: &PointCount| (&known.of, &known.schedule) == (&of, &schedule)) {
                continue;
            }
            found.push(PointCount {
                of,
                hot: at.hot(),
                schedule,
                value,
                low: end("low"),
                high: end("high"),
                divergence: answer["median_divergence"].as_f64(),
                kept: kept(answer),
            });
        }
    }
    found
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The modes that the runs of a count keep.
fn kept(answer: &Value) -> Option<ModesKept> {
    let lost: Option<Vec<u64>> = answer["modes_lost"].as_array()?.iter().map(Value::as_u64).collect();
    ModesKept::of(&lost?)
}

/// A point of a grid by its axes.
struct GridPlace<'a> {
    keys: &'a [&'a str],
    values: Vec<&'a Value>,
}

impl GridPlace<'_> {
    fn named(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.keys.iter().copied().zip(self.values.iter().copied())
    }

    /// T0, 1 where it is no axis.
    fn hot(&self) -> f64 {
        self.named().find(|(key, _)| *key == HEAT).and_then(|(_, value)| value.as_f64()).unwrap_or(1.0)
    }

    /// Its kind, and the schedule's axes.
    fn schedule(&self, kind: &str) -> String {
        let words = self.named().filter_map(|(key, value)| {
            let name = key.strip_prefix(SCHEDULE)?.replace('_', " ");
            let name = if key == HEAT { "T0 =" } else { &name };
            Some(format!("{name} {}", written(value)))
        });
        std::iter::once(kind.to_owned()).chain(words).collect::<Vec<_>>().join(", ")
    }

    /// All other axes: a variant of a section by its label, a key with its name; of flows without the mixture's family.
    fn family(&self, is_flow: bool) -> String {
        let has_family = self.keys.iter().any(|key| key.starts_with(FAMILY));
        let lead = if is_flow { Some("RealNVP") } else { Some("mixture").filter(|_| !has_family) };
        let others = self.named().filter(|(key, _)| !(key.starts_with(SCHEDULE) || is_flow && key.starts_with(FAMILY)));
        let words = others.map(|(key, value)| match key.rsplit_once('.') {
            None => written(value),
            Some((_, name)) => format!("{name} {}", written(value)),
        });
        lead.map(str::to_owned).into_iter().chain(words).collect::<Vec<_>>().join(", ")
    }
}

fn written(value: &Value) -> String {
    value.as_f64().map_or_else(|| value.as_str().unwrap_or("").to_owned(), number)
}

fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Two families over two temperatures, and flows beside the first.
    #[test]
    fn each_family_has_its_best_schedule() {
        let count = |value: f64, lost: [u64; 3]| json!({"value": value, "low": value, "high": 1.0, "modes_lost": lost});
        let flow = |value: f64, kl: f64| json!({"value": value, "low": 0.0, "high": 1.0, "median_divergence": kl, "modes_lost": [2, 2, 0]});
        let record = json!({
            "config": {"schedule": {"kind": "exponential"}},
            "axes": [{"keys": ["schedule.initial_temperature"]}, {"keys": ["family"]}],
            "points": [
                {"values": [1.0, "pair"], "montecarlo": count(0.5, [2, 2, 0]), "realnvp": flow(0.0, 0.3)},
                {"values": [1.0, "product"], "montecarlo": count(1.0, [0, 4, 0])},
                {"values": [8.0, "pair"], "montecarlo": count(0.25, [3, 0, 1]), "realnvp": flow(0.0, 0.1)},
                {"values": [8.0, "product"], "montecarlo": count(1.0, [0, 4, 0])},
            ],
        });
        let found = targets(&[NamedTarget { name: "two modes".to_owned(), record }]);
        let rows = found.map(|section| section.table.rows).unwrap_or_default();
        let expected = [
            ["two modes", "pair", "0.5 [0.5, 1]", "exponential, T0 = 8", "0.25 [0.25, 1]", "1.5 of 2", ""],
            ["two modes", "RealNVP", "0 [0, 1]", "exponential, T0 = 8", "0 [0, 1]", "1.5 of 2", "0.1"],
            ["two modes", "product", "1 [1, 1]", "none", "1 [1, 1]", "1 of 2", ""],
        ];
        assert_eq!(rows, expected);
        assert!(targets(&[]).is_none());
    }
}
