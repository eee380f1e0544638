//! One run of the closed flow, or several variants of it.

mod summary;
mod trace;
mod watched;

use crate::config::{ConfigError, Document, SolveRun, Variant};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots::{self, Compared};
use crate::results::{CompareRecord, PROGRAM, SolveRecord, SolveRecords, SolvedVariant, VERSION, comparison_csv};
use crate::studies::heat::{drift, drift_record};
use crate::studies::{Study, StudyError, Watch, number};
use crate::trajectory::Trajectory;
pub(crate) use trace::{RUN, trace};

/// What the figure of the weights of tempered modes is called.
#[cfg(feature = "figures")]
pub const DRIFT: &str = "drift";

/// Where a start ends, and how it gets there: the closed flow followed to its limit.
#[derive(Debug)]
pub struct Solve {
    record: SolveRecords,
    trajectories: Vec<Trajectory>,
}

impl Study for Solve {
    const NAME: &'static str = "solve";
    const QUESTION: &'static str = "Integrate the closed flow of one problem and say where it ends";
    type Config = Vec<Variant<SolveRun>>;
    type Record = SolveRecords;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        document.variants(SolveRun::resolve)
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        watch.begin(config.len() as u64 * RUN, 0, "% of the runs");
        let (mut solved, mut trajectories) = (Vec::new(), Vec::new());
        for Variant { label, config } in config {
            let (record, trajectory) = run(config, watch).map_err(|error| in_variant(error, &label))?;
            solved.push(SolvedVariant { label, record });
            trajectories.push(trajectory);
        }
        let record = match <[SolvedVariant; 1]>::try_from(solved) {
            Ok([SolvedVariant { label, record }]) if label.is_empty() => SolveRecords::One(Box::new(record)),
            Ok(one) => several(one.into()),
            Err(all) => several(all),
        };
        Ok(Self { record, trajectories })
    }

    fn record(&self) -> &SolveRecords {
        &self.record
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        let runs = self.record.all().into_iter().zip(&self.trajectories);
        let tables: Vec<_> = runs.map(|((label, _), run)| (label, run.fine.as_slice())).collect();
        comparison_csv(&tables).map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        let figure = match (&self.record, self.trajectories.as_slice()) {
            (SolveRecords::One(record), [run]) => plots::trajectory(&run.fine, &record.config.problem.target.weights),
            _ => plots::comparison(&self.compared()),
        };
        let all = self.record.all();
        let moved: Vec<_> = all.iter().filter_map(|(label, record)| Some((*label, record.drift.as_ref()?))).collect();
        let mut figures = vec![(String::new(), figure)];
        if !moved.is_empty() {
            figures.push((format!("-{DRIFT}"), plots::drift(&moved)));
        }
        figures
    }

    fn summary(&self) -> String {
        let runs = self.record.all().into_iter().zip(&self.trajectories);
        let text = runs.map(|((label, record), run)| {
            let heading = if label.is_empty() { String::new() } else { format!("variant     {label}\n") };
            heading + &summary::summary(record, run)
        });
        text.collect::<Vec<_>>().join("\n")
    }

    fn cost(&self) -> String {
        let all = self.record.all();
        let sum = |of: fn(&SolveRecord) -> usize| all.iter().map(|(_, record)| of(record)).sum::<usize>();
        let engine = all.first().map_or("", |(_, record)| record.engine);
        let (steps, evaluations) = (sum(|r| r.steps.accepted), sum(|r| r.steps.evaluations));
        format!("{steps} steps, {evaluations} evaluations by {engine}")
    }
}

#[cfg(feature = "figures")]
impl Solve {
    fn compared(&self) -> Vec<Compared<'_>> {
        let runs = self.record.all().into_iter().zip(&self.trajectories);
        runs.map(|((label, record), run)| Compared { label, record, rows: &run.fine }).collect()
    }
}

fn several(variants: Vec<SolvedVariant>) -> SolveRecords {
    SolveRecords::Several(CompareRecord { program: PROGRAM, version: VERSION, variants })
}

/// The error with the variant that has it.
pub(crate) fn in_variant(error: StudyError, label: &str) -> StudyError {
    if label.is_empty() { error } else { error.within(format!("variant \"{label}\"")) }
}

/// Follows the run of a configuration to its limit.
fn run(config: SolveRun, watch: &dyn Watch) -> Result<(SolveRecord, Trajectory), StudyError> {
    let (seen, mut notes) = watched::realised(&config)?;
    let (frame, start, trajectory) = trace(&seen, &config.solve.times, watch)?;
    let engine = trace::integrator(&config)?.name();
    notes.extend(drift(&seen.problem)?);
    if let (None, Some(last)) = (&trajectory.limit, trajectory.reports.last()) {
        let error = number(last.average_error);
        notes.push(format!(
            "the averages at the end are sampled, with an error of {error}: no limit is looked for, the verdict is that at t = {}",
            number(last.time)
        ));
    }
    let drift = drift_record(&seen.problem)?;
    let record = SolveRecord::new(config, engine, &trajectory, &start, frame.as_ref());
    Ok((SolveRecord { notes, drift, ..record }, trajectory))
}
