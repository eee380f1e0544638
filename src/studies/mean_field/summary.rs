//! What a person wants to know first.

use collapsar_theory::ScheduleKind;

use crate::results::{MeanFieldRecord, ProductFit, Proof};
use crate::studies::number;

/// The fits listed at most.
const LISTED: usize = 6;
/// Coordinates listed at most.
const COORDINATES: usize = 4;

pub(super) fn summary(record: &MeanFieldRecord) -> String {
    let components = record.config.target.components.len();
    let dimension = record.config.target.dimension();
    let mut lines = vec![format!(
        "mean field  {components} components in {dimension} dimensions, T = {}",
        number(record.temperature)
    )];
    if let Some(norm) = record.norm {
        let critical = record.critical_norm.map_or("none".to_owned(), number);
        let heat = record.critical_temperature.map_or("none".to_owned(), number);
        lines
            .push(format!("pair        |a| = {}, critical norm {critical}, critical temperature {heat}", number(norm)));
    }
    for (place, fit) in record.optima.iter().take(LISTED).enumerate() {
        let kind = if fit.stable { "" } else { ", no minimum" };
        lines.push(format!("optimum {}   {}{kind}", place + 1, described(fit)));
    }
    if record.optima.len() > LISTED {
        lines.push(format!("            and {} more", record.optima.len() - LISTED));
    }
    if let Some(rotation) = &record.rotation {
        for end in &rotation.restarts {
            let heat = if end.heat > 1.0 { format!(" at T = {}", number(end.heat)) } else { String::new() };
            let way = match (end.start, end.angle) {
                (Some(start), Some(angle)) => format!("from {start:.2}{heat} to {angle:.4} degrees"),
                _ => format!("turned{heat}"),
            };
            lines.push(format!("frame       {way}, F = {}: {}", number(end.objective), end.status));
        }
    }
    if record.annealed.is_none() && record.config.schedule.kind != ScheduleKind::Constant {
        lines.push("cooling     changes which optimum is reached, not which there are".to_owned());
    }
    if let Some(annealed) = &record.annealed {
        let end = annealed.optimum.map_or("another fit".to_owned(), |optimum| format!("optimum {optimum}"));
        lines.push(format!(
            "cooling     slowly from T = {} ends on {end}, F = {}",
            number(annealed.heat),
            number(annealed.objective)
        ));
    }
    if let Some(scan) = &record.scan {
        let ends = |values: &[f64]| {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!("{} to {}", number(least), number(largest))
        };
        let points = scan.objective.len();
        lines.push(format!("scan        {points} points, F {}, mass kept {}", ends(&scan.objective), ends(&scan.kept)));
    }
    lines.push(format!("verdict     {}", verdict(record)));
    let proved = match record.certificate.verdict {
        Proof::Unique => "unique",
        Proof::Exact => "exact",
        Proof::Collapsed => "collapsed",
        Proof::NotCertified => "not certified",
    };
    lines.push(format!("certificate {proved}: {}", record.certificate.reason));
    lines.join("\n") + "\n"
}

fn described(fit: &ProductFit) -> String {
    let list = |values: &[f64]| {
        let shown: Vec<String> = values.iter().take(COORDINATES).map(|x| number(*x)).collect();
        let rest = if values.len() > COORDINATES { ", .." } else { "" };
        format!("({}{rest})", shown.join(", "))
    };
    let error = fit.error.map_or(String::new(), |error| format!(" +- {error:.1e}"));
    let frame = fit.angle.map_or(String::new(), |angle| format!(", frame at {angle:.4} degrees"));
    format!(
        "F = {}{error}, coverage {}, mean {}, variance {}, coupling {}{frame}",
        number(fit.objective),
        list(&fit.coverage),
        list(&fit.mean),
        list(&fit.variance),
        number(fit.coupling)
    )
}

fn verdict(record: &MeanFieldRecord) -> String {
    let turned = record.config.rotation.is_some();
    let family = if turned { "in the best frame that was found" } else { "as a product of the given coordinates" };
    let cure = if turned {
        "no frame that was tried keeps all modes"
    } else {
        "no schedule changes that, since the collapsed measure is the optimum; a rotation may ([rotation])"
    };
    let lost: Vec<String> = record.lost.iter().map(usize::to_string).collect();
    match (record.collapsed, lost.is_empty()) {
        (false, _) => format!("no collapse {family}"),
        (true, true) => format!("collapsed {family}: each component has an optimum of its own; {cure}"),
        (true, false) => format!("collapsed {family}: the best fit loses mode {}; {cure}", lost.join(", ")),
    }
}
