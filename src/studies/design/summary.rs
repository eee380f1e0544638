//! A found schedule in words, and as files that other programs read.

use crate::config::{ScheduleConfig, VarianceStart};
use crate::results::{Counted, DesignRecord};
use crate::studies::number;

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
    if let Some(best) = record.turnpike {
        let words = format!(
            "T* = {} is the best temperature to hold ({:.3} T_c): each factor of ten in P_c takes {} there",
            number(best.temperature),
            best.temperature / best.critical_temperature,
            number(std::f64::consts::LN_10 / best.rate)
        );
        line("turnpike", words);
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
    let relaxed = record.restarts - 1;
    let between =
        if relaxed == 0 { String::new() } else { format!(", and {relaxed} x {} at T = 1", number(design.relaxation)) };
    line("time", format!("{} in all: {}{between}", number(record.total), fits(record.cost, record.restarts)));
    let steps = &record.steps;
    let batch = steps.batch.map_or_else(String::new, |batch| format!(", batch {batch}"));
    let rate = number(steps.learning_rate);
    line("steps", format!("{} a fit, of {} with learning rate {rate}{batch}", steps.steps, steps.optimiser));
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
    part("tau", schedule.tau);
    part("kappa", schedule.kappa);
    part("interval", schedule.interval);
    part("var(0)", start.map(|start| start.variance));
    if let (Some(times), Some(temperatures)) = (&schedule.times, &schedule.temperatures) {
        let points = times.iter().zip(temperatures).map(|(t, hot)| format!("{}@{}", number(*hot), number(*t)));
        parts.push(format!("T@t {}", points.collect::<Vec<_>>().join(" ")));
    }
    parts.join(" ")
}
