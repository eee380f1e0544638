//! The verdict as a report: what was found, the figures, and every run.

use crate::report::{Provenance, ReportPage, ReportSection, ReportTable};
use crate::results::{DiagnoseRecord, ModeRecord, RunRecord, Share};
use crate::studies::diagnose::summary::{findings, percent, place, verdict};
use crate::studies::number;

/// What follows the name in that of a figure, its title and its caption.
const FIGURES: [(&str, &str, &str); 3] = [
    (
        "-coverage",
        "Coverage",
        "The share C_k of every run in every mode, over the weight v_k of the mode; a cross: the mode is lost.",
    ),
    (
        "-samples",
        "Samples",
        "Samples of all runs together by the mode that they are of, in the plane of the modes; on the axes where d = 2.",
    ),
    (
        "-traces",
        "Traces",
        "Coverage of the lightest lost mode while the runs were trained; dashed: below it the mode is lost. With the temperature, where it \
         is known.",
    ),
];

/// Of a record, with figures as SVG documents under what follows the name in theirs.
pub(super) fn page(record: &DiagnoseRecord, pictures: &[(String, String)]) -> ReportPage {
    let named = |(name, text): (&str, String)| (name.to_owned(), text);
    let plain = |name: &str, title: &str| ReportSection {
        name: name.to_owned(),
        title: title.to_owned(),
        ..ReportSection::default()
    };
    let mut sections = vec![
        ReportSection { numbers: findings(record).into_iter().map(named).collect(), ..plain("findings", "Findings") },
        ReportSection {
            notes: record.advice.iter().chain(&record.notes).cloned().collect(),
            ..plain("advice", "Advice and notes")
        },
        ReportSection { table: modes(record), ..plain("modes", "Modes") },
    ];
    for (name, title, caption) in FIGURES {
        if let Some((_, svg)) = pictures.iter().find(|(ending, _)| ending == name) {
            let (caption, figure_svg) = (caption.to_owned(), svg.clone());
            sections.push(ReportSection { caption, figure_svg, ..plain(&name[1..], title) });
        }
    }
    sections.push(ReportSection { table: runs(record), ..plain("runs", "Runs") });
    if let Some(target) = record.target.as_ref().filter(|target| !target.toml.is_empty()) {
        sections.push(ReportSection { config_text: target.toml.clone(), ..plain("target", "The fitted target") });
    }
    sections.retain(|section| {
        let ReportSection { numbers, notes, table, figure_svg, config_text, .. } = section;
        let texts = figure_svg.len() + config_text.len();
        numbers.len() + notes.len() + table.rows.len() + texts > 0
    });
    let settings = &record.config.diagnose;
    ReportPage {
        title: "Did the runs collapse?".to_owned(),
        intro: format!("{}.\n\n{}.", verdict(record), record.definition),
        sections,
        verdicts: Vec::new(),
        provenance: Provenance {
            version: record.version.to_owned(),
            command: format!("{} diagnose", record.program),
            seed: settings.seed.to_string(),
            details: [
                ("lost_below", settings.lost_below),
                ("false_alarm", settings.false_alarm),
                ("level", settings.level),
            ]
            .map(|(key, value)| (key.to_owned(), number(value)))
            .to_vec(),
        },
    }
}

/// The columns in which some row has an entry.
fn table<const N: usize>(columns: [&str; N], rows: impl Iterator<Item = [String; N]>) -> ReportTable {
    let rows: Vec<[String; N]> = rows.collect();
    let used: Vec<usize> = (0..N).filter(|at| rows.iter().any(|row| !row[*at].is_empty())).collect();
    let cells = |row: &[String; N]| used.iter().map(|at| row[*at].clone()).collect();
    ReportTable { columns: cells(&columns.map(String::from)), rows: rows.iter().map(cells).collect() }
}

fn modes(record: &DiagnoseRecord) -> ReportTable {
    let row = |(k, mode): (usize, &ModeRecord)| {
        let Share { count, n, low, high, .. } = mode.lost;
        let interval = format!("{} to {}", percent(low), percent(high));
        [k.to_string(), number(mode.weight), place(&mode.mean), format!("{count} of {n}"), interval]
    };
    table(["mode", "weight", "mean", "lost by", "interval"], record.modes.iter().enumerate().map(row))
}

fn runs(record: &DiagnoseRecord) -> ReportTable {
    let row = |run: &RunRecord| {
        let coverage: Vec<String> = run.coverage.iter().map(|c| format!("{c:.3}")).collect();
        let lost: Vec<String> = run.lost_modes.iter().map(usize::to_string).collect();
        let lost = if lost.is_empty() { "none".to_owned() } else { lost.join(" ") };
        [
            run.file.clone(),
            run.set.to_owned(),
            run.samples.map_or_else(String::new, |n| n.to_string()),
            coverage.join(" "),
            if run.certain { lost } else { format!("{lost} (within its interval)") },
            run.mechanism.unwrap_or_default().to_owned(),
            run.elbo.map_or_else(String::new, number),
        ]
    };
    table(["run", "set", "samples", "coverage", "lost modes", "mechanism", "elbo"], record.runs.iter().map(row))
}
