//! What the runs are: fits with samples, or shares of modes.

use std::borrow::Cow;
use std::collections::HashSet;

use rand::RngExt;

use crate::config::DiagnoseConfig;
use crate::diagnose::{Found, UNIT, draws};
use crate::random::stream;
use crate::results::RunsPlane;
use crate::runs::{Data, Run, Samples, Trace};
use crate::studies::StudyError;

/// Points of the figure.
const SHOWN: usize = 6000;
/// The seed by which they are chosen.
const SHOWN_SEED: u64 = 2;

/// The runs by what they hold.
pub(super) enum Kinds<'a> {
    /// Samples, or draws from the mixture at the end of a trace.
    Fits { samples: Vec<Cow<'a, Samples>>, traces: Vec<Option<&'a Trace>>, notes: Vec<String> },
    /// C_k of each run.
    Coverage(Vec<Vec<f64>>),
}

impl<'a> Kinds<'a> {
    /// Of runs that go together: of one dimension, or of as many modes.
    pub(super) fn of(runs: &[&'a Run], settings: &DiagnoseConfig) -> Result<Self, StudyError> {
        let Some(first) = runs.first() else {
            return Err(StudyError::refused("files", "none", "hold at least one run"));
        };
        let size = |run: &Run| match &run.data {
            Data::Samples(samples) => (samples.dimension, "dimensions"),
            Data::Trace(trace) => (trace.dimension, "dimensions"),
            Data::Coverage(shares) => (shares.len(), "coverages"),
        };
        let wanted = size(first);
        if let Some(other) = runs.iter().find(|run| size(run) != wanted) {
            let (n, what) = size(other);
            let rule = format!("go with {}, which has {} {}", first.name, wanted.0, wanted.1);
            return Err(StudyError::refused(other.name.clone(), format!("{n} {what}"), rule));
        }
        if wanted.1 == "coverages" {
            let shares = runs.iter().filter_map(|run| match &run.data {
                Data::Coverage(shares) => Some(shares.clone()),
                _ => None,
            });
            return Ok(Self::Coverage(shares.collect()));
        }
        let mut notes = Vec::new();
        let (mut samples, mut traces) = (Vec::new(), Vec::new());
        let (mut incomplete, mut thinned, mut plain) = (0, 0, 0);
        for (i, run) in runs.iter().enumerate() {
            match &run.data {
                Data::Samples(found) => {
                    incomplete += found.incomplete;
                    thinned += usize::from(found.stride > 1);
                    samples.push(Cow::Borrowed(found));
                    traces.push(None);
                }
                Data::Trace(trace) => {
                    plain += usize::from(trace.variances.is_none());
                    samples.push(Cow::Owned(draws(trace, settings.seed, i as u64)));
                    traces.push(Some(trace));
                }
                Data::Coverage(_) => {}
            }
        }
        let copies = samples.len() - samples.iter().map(|run| run.fingerprint()).collect::<HashSet<u64>>().len();
        if copies > 0 {
            notes.push(format!(
                "{copies} of {} runs repeat the samples of others: they are counted, but say nothing new",
                samples.len()
            ));
        }
        if incomplete > 0 {
            notes.push(format!("{incomplete} rows with missing or infinite values were left out"));
        }
        if thinned > 0 {
            notes.push(format!(
                "{thinned} files were thinned to stay within {} MiB (`diagnose.memory`)",
                settings.memory
            ));
        }
        if plain > 0 {
            notes.push(format!("{plain} traces have no variances: components have variance {UNIT}"));
        }
        Ok(Self::Fits { samples, traces, notes })
    }

    /// d.
    pub(super) fn dimension(&self) -> Option<usize> {
        match self {
            Self::Fits { samples, .. } => samples.first().map(|samples| samples.dimension),
            Self::Coverage(_) => None,
        }
    }

    /// The samples of a run, if it came with them.
    pub(super) fn samples(&self, run: usize) -> Option<&Samples> {
        match self {
            Self::Fits { samples, .. } => samples.get(run).map(AsRef::as_ref),
            Self::Coverage(_) => None,
        }
    }

    /// The trace of a run.
    pub(super) fn trace(&self, run: usize) -> Option<&Trace> {
        match self {
            Self::Fits { traces, .. } => traces.get(run).copied().flatten(),
            Self::Coverage(_) => None,
        }
    }

    /// What a reader should know of them.
    pub(super) fn notes(&self) -> &[String] {
        match self {
            Self::Fits { notes, .. } => notes,
            Self::Coverage(_) => &[],
        }
    }

    /// Samples of all runs in the plane of the first three modes, or of two coordinates.
    pub(super) fn plane(&self, found: &Found) -> Option<RunsPlane> {
        let Self::Fits { samples, .. } = self else { return None };
        let d = samples.first()?.dimension;
        let means: Vec<&[f64]> = found.modes.iter().map(|mode| &mode.mean[..]).collect();
        let (basis, labels) = axes(&means, d);
        let show = |x: &[f64]| basis.clone().map(|axis| axis.iter().zip(x).map(|(a, x)| a * x).sum::<f64>());
        let all: usize = samples.iter().map(|samples| samples.len()).sum();
        let step = all.div_ceil(SHOWN).max(1);
        let mut points = Vec::new();
        // One of each block, drawn: rows may come in turns.
        let mut rng = stream(SHOWN_SEED, 0);
        let (mut place, mut next) = (0, 0);
        for samples in samples {
            for i in 0..samples.len() {
                if place % step == 0 {
                    next = place + rng.random_range(0..step);
                }
                if place == next {
                    points.push((show(samples.point(i)), found.mode_of(samples.point(i))));
                }
                place += 1;
            }
        }
        let modes = means.iter().map(|mean| show(mean)).collect();
        Some(RunsPlane { labels, points, modes })
    }
}

/// Two directions: the coordinates in one and two dimensions, else from the first mode to the second and across to the third.
fn axes(means: &[&[f64]], d: usize) -> ([Vec<f64>; 2], [String; 2]) {
    let unit = |at: usize| (0..d).map(|i| f64::from(u8::from(i == at))).collect::<Vec<f64>>();
    let named = |i: usize| format!("*x*_{}", i + 1);
    if d <= 2 || means.len() < 2 {
        return ([unit(0), unit(1)], [named(0), named(1)]);
    }
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let less = |v: Vec<f64>, axis: &[f64]| {
        let along: f64 = v.iter().zip(axis).map(|(a, b)| a * b).sum();
        v.iter().zip(axis).map(|(v, a)| v - along * a).collect::<Vec<f64>>()
    };
    let between = |k: usize| means[k].iter().zip(means[0]).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let scaled = |v: Vec<f64>| {
        let size = norm(&v);
        v.into_iter().map(|x| x / size).collect::<Vec<f64>>()
    };
    let first = scaled(between(1));
    // The third mode, or the coordinate that is most across.
    let across = (2..means.len()).map(|k| less(between(k), &first)).find(|v| norm(v) > 1e-6);
    let across = across.unwrap_or_else(|| {
        let least = (0..d).min_by(|a, b| first[*a].abs().total_cmp(&first[*b].abs())).unwrap_or(0);
        less(unit(least), &first)
    });
    ([first, scaled(across)], ["mode axis".to_owned(), "across".to_owned()])
}
