//! `collapsar reproduce`: every configuration run, every claim checked, one report.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize};

use crate::cli::ReproduceArgs;
use crate::commands::experiment::Experiment;
use crate::commands::report_sections::{agreement, intro, section, verdicts};
use crate::commands::report_targets::{NamedTarget, targets};
use crate::commands::{Failure, print};
use crate::report::{Provenance, ReportPage, html, markdown};
use crate::results::{Store, VERSION};
use crate::studies::comparisons;

/// What is known of earlier work in the folder.
const MANIFEST: &str = "reproduce.json";
/// The report's files.
const REPORT: &str = "report";
/// The file of the explorer, as its build names it.
const EXPLORER: &str = "collapsar.html";

/// How fast the work goes beside what its configurations say.
#[derive(Debug, Default)]
struct ReportPace {
    said: f64,
    took: f64,
}

impl ReportPace {
    fn add(&mut self, said: f64, took: f64) {
        self.said += said;
        self.took += took;
    }

    /// The time left for work of so many seconds, in words; nothing at the end.
    fn left(&self, said: f64) -> String {
        let seconds = said * self.took / self.said;
        match seconds {
            _ if said == 0.0 => String::new(),
            s if s < 90.0 => format!("   about {s:.0} s left"),
            s => format!("   about {:.0} min left", s / 60.0),
        }
    }
}

/// Finished experiments by name.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest(BTreeMap<String, Finished>);

/// What an experiment was, and the files that it made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Finished {
    /// Version, overrides and values.
    of: String,
    files: Vec<String>,
}

/// Reads, computes what is not there yet, checks, writes and says.
pub fn run(args: &ReproduceArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let experiments = experiments(args)?;
    let store = Store::open(&args.out).map_err(Failure::computation)?;
    let mut manifest = Manifest::read(&args.out);
    let (mut sections, mut judged, mut points, mut kept) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut named = Vec::new();
    // The page as it is built, if it has been put beside the report.
    let beside = args.out.join(EXPLORER).is_file().then_some(EXPLORER);
    let explorer = args.explorer.as_deref().or(beside);
    let mut pace = ReportPace::default();
    for (place, experiment) in experiments.iter().enumerate() {
        let of = experiment.fingerprint();
        let files = match manifest.finished(experiment, args).cloned() {
            Some(finished) => {
                kept += 1;
                finished.files
            }
            None => {
                say(args, &format!("{:>2}/{} {:<24}", place + 1, experiments.len(), experiment.stem))?;
                let began = Instant::now();
                let files = experiment.run(args)?;
                let took = began.elapsed().as_secs_f64();
                pace.add(experiment.config.seconds, took);
                let open = experiments[place + 1..].iter().filter(|e| manifest.finished(e, args).is_none());
                let left = pace.left(open.map(|e| e.config.seconds).sum());
                say(args, &format!("{took:6.1} s{left}\n"))?;
                let finished = Finished { of, files: files.clone() };
                manifest.0.insert(experiment.stem.clone(), finished);
                manifest.write(&store)?;
                files
            }
        };
        let record = read_record(&args.out.join(format!("{}.json", experiment.stem)))?;
        judged.extend(verdicts(experiment, &record, args.quick));
        points.extend(comparisons(&record));
        sections.extend(section(experiment, &record, (&args.out, &files), explorer)?);
        if let Some(name) = experiment.config.row.clone() {
            named.push(NamedTarget { name, record });
        }
    }
    sections.extend(targets(&named));
    if let Some((last, verdict, files)) = agreement(&points)? {
        store.write(&files).map_err(Failure::computation)?;
        sections.push(last);
        judged.extend(verdict);
    }
    let failed = judged.iter().filter(|v| !v.passed).count();
    let report = ReportPage {
        title: "When annealing prevents collapse".to_owned(),
        intro: intro(args.quick),
        sections,
        verdicts: judged,
        provenance: provenance(args, &experiments),
    };
    let files = [
        (format!("{REPORT}.html"), html(&report).into_bytes()),
        (format!("{REPORT}.md"), markdown(&report).into_bytes()),
    ];
    store.write(&files).map_err(Failure::computation)?;
    let checks = report.verdicts.len();
    say(
        args,
        &format!(
            "{} experiments ({kept} unchanged), {checks} checks, {failed} failed\nreport      {}\ncost        {:.1} s\n",
            experiments.len(),
            args.out.join(format!("{REPORT}.html")).display(),
            started.elapsed().as_secs_f64()
        ),
    )?;
    for verdict in report.verdicts.iter().filter(|v| !v.passed) {
        say(args, &format!("failed      {}: {} (expected {})\n", verdict.claim, verdict.measured, verdict.expected))?;
    }
    if failed > 0 { Err(Failure::computation(anyhow!("{failed} of {checks} checks failed"))) } else { Ok(()) }
}

fn say(args: &ReproduceArgs, text: &str) -> Result<(), Failure> {
    if args.quiet { Ok(()) } else { print(text.as_bytes()) }
}

/// The experiments asked for, in the order of the report.
fn experiments(args: &ReproduceArgs) -> Result<Vec<Experiment>, Failure> {
    let folder = &args.configs;
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()));
    let paths = entries.map_err(Failure::usage)?.filter_map(|entry| entry.ok().map(|e| e.path()));
    let mut found = Vec::new();
    for path in paths.filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        found.push(Experiment::read(path, args.quick)?);
    }
    found.sort_by(|a, b| (a.config.order, &a.stem).cmp(&(b.config.order, &b.stem)));
    for name in &args.only {
        if !found.iter().any(|experiment| experiment.stem == *name) {
            let known: Vec<&str> = found.iter().map(|e| e.stem.as_str()).collect();
            return Err(Failure::usage(anyhow!("--only {name}: no such experiment; known are {}", known.join(", "))));
        }
    }
    found.retain(|experiment| args.only.is_empty() || args.only.contains(&experiment.stem));
    if found.is_empty() {
        return Err(Failure::usage(anyhow!("{} holds no configuration", folder.display())));
    }
    Ok(found)
}

impl Manifest {
    /// The manifest of a folder; an empty one if there is none that can be read.
    fn read(folder: &Path) -> Self {
        let bytes = std::fs::read(folder.join(MANIFEST)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// The work that is done already for an experiment as it stands.
    fn finished(&self, experiment: &Experiment, args: &ReproduceArgs) -> Option<&Finished> {
        let found = self.0.get(&experiment.stem).filter(|_| !args.force)?;
        (found.of == experiment.fingerprint() && found.complete(&args.out)).then_some(found)
    }

    fn write(&self, store: &Store) -> Result<(), Failure> {
        let bytes = serde_json::to_vec_pretty(self).map_err(Failure::computation)?;
        store.write(&[(MANIFEST.to_owned(), bytes)]).map(drop).map_err(Failure::computation)
    }
}

impl Finished {
    fn complete(&self, folder: &Path) -> bool {
        self.files.iter().all(|name| folder.join(name).is_file())
    }
}

fn read_record(path: &Path) -> Result<serde_json::Value, Failure> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let record = serde_json::from_slice(&bytes.map_err(Failure::computation)?);
    record.with_context(|| format!("{} is no record", path.display())).map_err(Failure::computation)
}

fn provenance(args: &ReproduceArgs, experiments: &[Experiment]) -> Provenance {
    let names: Vec<&str> = experiments.iter().map(|e| e.stem.as_str()).collect();
    let setting = if args.quick { "quick: smaller samples and grids" } else { "full" };
    let row = |name: &str, value: String| (name.to_owned(), value);
    Provenance {
        version: VERSION.to_owned(),
        command: if args.quick { "collapsar reproduce --quick" } else { "collapsar reproduce" }.to_owned(),
        seed: "`start.seed` of each configuration".to_owned(),
        details: vec![
            row("setting", setting.to_owned()),
            row("experiments", names.join(", ")),
            row("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        ],
    }
}
