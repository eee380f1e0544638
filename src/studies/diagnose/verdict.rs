//! Counts and statements.

use crate::config::DiagnoseConfig;
use crate::diagnose::{self, Course, Objective, Telling, best_of, fisher, restarts_for, runs_to_say, runs_to_tell};
use crate::montecarlo::binomial_interval;
use crate::results::{
    ComparisonRecord, LossRecord, MechanismCount, RestartsRecord, RunCourse, RunRecord, Share, TellingRecord,
};
use crate::runs::{Data, Run};
use crate::studies::StudyError;

/// Of further runs one is whole with this probability.
const SURE: f64 = 0.99;
/// P_c that one would like to state.
const WANTED: f64 = 0.01;
/// Power of a comparison.
const POWER: f64 = 0.8;
/// Pairs in order from which an objective tells.
const IN_ORDER: f64 = 0.9;

/// v_k: given, or by the runs that hold all modes.
pub(super) fn weights(settings: &DiagnoseConfig, coverage: &[Vec<f64>]) -> Result<Vec<f64>, StudyError> {
    let modes = coverage.first().map_or(0, Vec::len);
    if settings.weights.is_empty() {
        return Ok(diagnose::weights(coverage, settings.lost_below));
    }
    if settings.weights.len() != modes {
        let rule = format!("be {modes}, one for each mode");
        return Err(StudyError::refused("diagnose.weights", format!("{:?}", settings.weights), rule));
    }
    Ok(settings.weights.clone())
}

/// What was seen of a run.
pub(super) struct Seen<'a> {
    pub(super) coverage: &'a [f64],
    /// Samples in each mode; none for a table of coverages.
    pub(super) counts: Option<&'a [u64]>,
    pub(super) objective: Option<Objective>,
    pub(super) course: Option<Course>,
}

/// What is said of one run.
pub(super) fn run(
    settings: &DiagnoseConfig,
    run: &Run,
    set: &'static str,
    weights: &[f64],
    seen: Seen<'_>,
) -> RunRecord {
    let Seen { coverage, counts, objective, course } = seen;
    let lost_modes = diagnose::lost(coverage, weights, settings.lost_below);
    let n: u64 = counts.iter().flat_map(|counts| counts.iter()).sum();
    let ends: Vec<(f64, f64)> =
        counts.iter().flat_map(|counts| counts.iter()).map(|k| binomial_interval(*k, n, settings.level)).collect();
    let threshold = |k: usize| settings.lost_below * weights[k];
    let certain =
        ends.iter().enumerate().all(|(k, (low, high))| !(*low..*high).contains(&threshold(k)) || weights.len() == 1);
    let losses = course.iter().flat_map(|course| {
        lost_modes.iter().filter_map(|&mode| {
            let from = course.lost_from(mode, weights[mode], settings.lost_below)?;
            Some(LossRecord {
                mode,
                time: course.times[from],
                temperature: course.temperature.as_ref().map(|t| t[from]),
                held_before: from > 0,
            })
        })
    });
    let losses: Vec<LossRecord> = losses.collect();
    RunRecord {
        file: run.name.clone(),
        set,
        samples: match &run.data {
            Data::Samples(samples) => Some(samples.len()),
            Data::Trace(_) => Some(n as usize),
            Data::Coverage(_) => None,
        },
        coverage: coverage.to_vec(),
        low: ends.iter().map(|ends| ends.0).collect(),
        high: ends.iter().map(|ends| ends.1).collect(),
        mechanism: course.as_ref().map(|course| course.mechanism(&lost_modes, weights).name()),
        lost_modes,
        certain,
        elbo: objective.map(|found| found.elbo),
        elbo_error: objective.map(|found| found.error),
        ess: objective.map(|found| found.ess),
        losses,
        course: course.map(|course| RunCourse {
            times: course.times,
            temperature: course.temperature,
            coverage: course.coverage,
        }),
    }
}

fn share(count: u64, n: u64, level: f64) -> Share {
    let (low, high) = binomial_interval(count, n, level);
    // On one side: the upper end of the interval at 2 level - 1.
    let below = binomial_interval(count, n, 2.0 * level - 1.0).1;
    Share { value: (n > 0).then(|| count as f64 / n as f64), n, count, low, high, below }
}

/// Runs that lost any mode.
pub(super) fn collapsed(runs: &[&RunRecord], level: f64) -> Share {
    share(runs.iter().filter(|run| !run.lost_modes.is_empty()).count() as u64, runs.len() as u64, level)
}

/// Runs that lost a given mode.
pub(super) fn lost(runs: &[&RunRecord], mode: usize, level: f64) -> Share {
    share(runs.iter().filter(|run| run.lost_modes.contains(&mode)).count() as u64, runs.len() as u64, level)
}

/// What P_c says of further runs.
pub(super) fn restarts(found: &Share, level: f64) -> RestartsRecord {
    let value = found.value.unwrap_or(1.0);
    RestartsRecord {
        for_99: restarts_for(SURE, value),
        for_99_at_high: restarts_for(SURE, found.high),
        best_of: [2, 5, 10].into_iter().map(|k| (k, best_of(k, value))).collect(),
        to_say_1_percent: runs_to_say(WANTED, level),
    }
}

/// Whether the objective tells.
pub(super) fn telling(runs: &[RunRecord]) -> Option<TellingRecord> {
    let known: Vec<(Objective, bool)> = runs
        .iter()
        .filter_map(|run| {
            let found = Objective { elbo: run.elbo?, error: run.elbo_error?, ess: run.ess? };
            Some((found, run.lost_modes.is_empty()))
        })
        .collect();
    if known.len() < runs.len() {
        return None;
    }
    let Telling { ordered, best_is_whole, gap, error } = Telling::of(&known)?;
    Some(TellingRecord { by_objective: best_is_whole && ordered >= IN_ORDER, ordered, best_is_whole, gap, error })
}

/// The other set beside this one.
pub(super) fn comparison(mine: &Share, others: &[&RunRecord], level: f64) -> Option<ComparisonRecord> {
    if others.is_empty() {
        return None;
    }
    let against = collapsed(others, level);
    let p = fisher(mine.count, mine.n, against.count, against.n);
    let runs_to_tell = mine.value.zip(against.value).and_then(|(a, b)| runs_to_tell(a, b, level, POWER));
    Some(ComparisonRecord { against, p, differ: p <= 1.0 - level, runs_to_tell })
}

/// How modes were lost.
pub(super) fn mechanisms(runs: &[&RunRecord]) -> Vec<MechanismCount> {
    let mut counts: Vec<MechanismCount> = Vec::new();
    for mechanism in runs.iter().filter(|run| !run.lost_modes.is_empty()).filter_map(|run| run.mechanism) {
        match counts.iter_mut().find(|count| count.mechanism == mechanism) {
            Some(count) => count.runs += 1,
            None => counts.push(MechanismCount { mechanism, runs: 1 }),
        }
    }
    counts.sort_by_key(|count| std::cmp::Reverse(count.runs));
    counts
}
