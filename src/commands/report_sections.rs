//! The parts of the report: sections from records, verdicts from checks.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::commands::Failure;
use crate::commands::experiment::Experiment;
use crate::commands::output::pictures;
use crate::config::{CheckRule, PlotConfig, SweepConfig, Verb};
use crate::montecarlo::{Agreement, Comparison};
use crate::plots;
use crate::report::{JudgedClaim, ReportSection, ReportTable, encoded};
use crate::studies::{DRIFT, number};

/// What parts a configuration from what the report says of it.
const FOR_THE_REPORT: &str = "# ---- For the report";
/// Name of the joint figure of all comparisons.
const AGREEMENT: &str = "agreement";
/// Probability below which a joint test speaks against agreement.
const DOUBT: f64 = 1e-3;

/// The first paragraph.
pub(crate) fn intro(quick: bool) -> String {
    let whole = "A variational mixture q is fitted to a multimodal target p by gradient flow of the reverse KL divergence. \
        Whether it keeps all modes or collapses onto one is decided by its initial draw and by the annealing of the \
        temperature. Each section poses one question, answers it by every route that exists for it, and says what to see.";
    if quick {
        format!(
            "{whole} This is the quick setting: samples and grids are smaller, and claims that need the full size are left out."
        )
    } else {
        whole.to_owned()
    }
}

/// What the checks of an experiment say about its record.
pub(crate) fn verdicts(experiment: &Experiment, record: &Value, quick: bool) -> Vec<JudgedClaim> {
    let wanted = experiment.config.checks.iter().filter(|check| !(quick && check.full));
    wanted
        .map(|check| {
            let found = record.pointer(&check.value).and_then(as_number);
            let expected = match check.rule {
                CheckRule::Equals { value, tolerance } => format!("{} ± {}", number(value), number(tolerance)),
                CheckRule::AtLeast(bound) => format!("≥ {}", number(bound)),
                CheckRule::AtMost(bound) => format!("≤ {}", number(bound)),
            };
            JudgedClaim {
                claim: check.claim.clone(),
                expected,
                measured: found.map_or_else(|| format!("nothing at {}", check.value), number),
                passed: found.is_some_and(|x| check.rule.holds(x)),
                note: format!("{}.json {}", experiment.stem, check.value),
            }
        })
        .collect()
}

/// Truth counts as 1 and 0.
fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_bool().map(|b| if b { 1.0 } else { 0.0 }))
}

/// The sections of an experiment: one for each of its figures.
pub(crate) fn section(
    experiment: &Experiment,
    record: &Value,
    (folder, files): (&Path, &[String]),
    explorer: Option<&str>,
) -> Result<Vec<ReportSection>, Failure> {
    let stem = &experiment.stem;
    let has = |name: &str| files.iter().any(|file| file == name);
    let csv = Some(format!("{stem}.csv")).filter(|name| has(name)).unwrap_or_default();
    let plain = |name: String, title: &str, caption: &str, svg: String| ReportSection {
        title: title.to_owned(),
        caption: caption.to_owned(),
        config_text: experiment.text.clone(),
        explorer: explorer.map_or_else(String::new, |page| explored(page, experiment)),
        figure_file: if svg.is_empty() { String::new() } else { format!("{name}.png") },
        figure_svg: svg,
        numbers: numbers(record),
        csv_file: csv.clone(),
        table: ReportTable::default(),
        notes: notes(record),
        name,
    };
    let plots: Vec<PlotConfig> = if experiment.config.verb == Verb::Sweep {
        SweepConfig::resolve(experiment.document.clone()).map_err(Failure::usage)?.plots().to_vec()
    } else {
        Vec::new()
    };
    let picture = |name: &str| -> Result<String, Failure> {
        let file = format!("{name}.svg");
        if !has(&file) {
            return Ok(String::new());
        }
        let path = folder.join(&file);
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()));
        text.map_err(Failure::computation)
    };
    let (title, caption) = (&experiment.config.title, &experiment.config.caption);
    if plots.is_empty() {
        let mut found = vec![plain(stem.clone(), title, caption, picture(stem)?)];
        let drift = format!("{stem}-{DRIFT}");
        let svg = picture(&drift)?;
        if !svg.is_empty() {
            found.push(ReportSection {
                title: "What heat does to the weights of the modes".to_owned(),
                caption: "The weights of separate modes in p^β, theory (40); dotted: half of each mode's weight, below which it counts \
                    as lost."
                    .to_owned(),
                figure_file: format!("{drift}.png"),
                figure_svg: svg,
                csv_file: csv.clone(),
                name: drift,
                ..ReportSection::default()
            });
        }
        return Ok(found);
    }
    let mut sections = Vec::new();
    for plot in plots {
        let name = format!("{stem}-{}", plot.name);
        let svg = picture(&name)?;
        let caption = if plot.caption.is_empty() { caption } else { &plot.caption };
        sections.push(plain(name, &plot.title, caption, svg));
    }
    // Once is enough.
    for section in sections.iter_mut().skip(1) {
        section.config_text.clear();
        section.explorer.clear();
        section.numbers.clear();
        section.notes.clear();
    }
    Ok(sections)
}

/// Where the explorer at `page` shows an experiment: its state stands behind the #.
fn explored(page: &str, experiment: &Experiment) -> String {
    let text = experiment.text.split(FOR_THE_REPORT).next().unwrap_or_default();
    let verb = experiment.config.verb.name();
    format!("{page}#view=configuration&verb={verb}&toml={}", encoded(text))
}

/// The numbers and words that stand at the top of a record, and those one level below.
fn numbers(record: &Value) -> Vec<(String, String)> {
    let Some(entries) = record.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in
        entries.iter().filter(|(key, _)| !["program", "version", "config", "header"].contains(&key.as_str()))
    {
        match value {
            Value::Object(inner) => {
                found.extend(inner.iter().filter_map(|(name, v)| Some((format!("{key}.{name}"), scalar(v)?))))
            }
            _ => found.extend(scalar(value).map(|text| (key.clone(), text))),
        }
    }
    found
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Number(x) => x.as_f64().map(number),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::String(text) if text.len() <= 60 => Some(text.clone()),
        _ => None,
    }
}

fn notes(record: &Value) -> Vec<String> {
    let texts = |list: &Value| list.as_array().cloned().unwrap_or_default().into_iter();
    let words = |v: Value| v.as_str().map(str::to_owned);
    let mut notes: Vec<String> = record.get("notes").map(|n| texts(n).filter_map(words).collect()).unwrap_or_default();
    for point in record.get("points").map(texts).into_iter().flatten() {
        notes.extend(point.get("notes").map(texts).into_iter().flatten().filter_map(words));
    }
    notes.sort();
    notes.dedup();
    notes
}

type SectionParts = (ReportSection, Vec<JudgedClaim>, Vec<(String, Vec<u8>)>);

/// All exact values against all counts, jointly; nothing if there are none.
pub(crate) fn agreement(points: &[Comparison]) -> Result<Option<SectionParts>, Failure> {
    let Some(joint) = Agreement::of(points) else { return Ok(None) };
    let mut z: Vec<f64> = points.iter().filter_map(Comparison::standardised).collect();
    z.sort_by(f64::total_cmp);
    let pictures = pictures(AGREEMENT, &plots::standardised(&z))?;
    let table = z.iter().map(|z| format!("{z}\n"));
    let csv = std::iter::once("standardised\n".to_owned()).chain(table).collect::<String>();
    let svg = pictures.iter().find(|(name, _)| name.ends_with(".svg"));
    let svg = svg.map_or_else(String::new, |(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let verdict = |claim: &str, p: f64, measure: String| JudgedClaim {
        claim: claim.to_owned(),
        expected: format!("p ≥ {}", number(DOUBT)),
        measured: format!("p = {}", number(p)),
        passed: p >= DOUBT,
        note: measure,
    };
    let verdicts = vec![
        verdict(
            "all exact values agree with all counts (chi square)",
            joint.chi_square_p,
            format!("chi square {} over {} problems", number(joint.chi_square), joint.problems),
        ),
        verdict(
            "no single count disagrees (largest of all |z|)",
            joint.largest_p,
            format!("largest |z| {}", number(joint.largest)),
        ),
    ];
    let section = ReportSection {
        name: AGREEMENT.to_owned(),
        title: "Agreement of the routes".to_owned(),
        caption: "Standardised differences of exact probabilities and counts over all problems of this report that have both: \
            standard normal if both are right."
            .to_owned(),
        config_text: String::new(),
        explorer: String::new(),
        figure_file: format!("{AGREEMENT}.png"),
        figure_svg: svg,
        numbers: vec![
            ("problems".to_owned(), joint.problems.to_string()),
            ("left out (too few expected ends)".to_owned(), joint.left_out.to_string()),
        ],
        csv_file: format!("{AGREEMENT}.csv"),
        table: ReportTable::default(),
        notes: Vec::new(),
    };
    let mut files = pictures;
    files.push((format!("{AGREEMENT}.csv"), csv.into_bytes()));
    Ok(Some((section, verdicts, files)))
}
