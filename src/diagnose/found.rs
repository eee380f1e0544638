//! The modes that runs found together, and what each run has of them.

use std::collections::HashSet;

use nalgebra::DVector;
use rand::RngExt;

use crate::diagnose::merge::DipTest;
use crate::diagnose::mode::{Mode, ModeSums};
use crate::diagnose::modes::{Modes, Pool};
use crate::diagnose::options::DiagnoseOptions;
use crate::parallel::map;
use crate::random::stream;
use crate::runs::Samples;

/// Samples of all runs together by which modes are found.
const MOST_POOLED: usize = 200_000;
/// Seed of the pool.
const POOLED: u64 = 1;
/// Parts of the line between two modes.
const BINS: usize = 12;
/// The level of log p in a part: this quantile of what lies there.
const TOP: f64 = 0.9;
/// Samples in a part that say something.
const FEWEST_IN_BIN: usize = 5;

/// Two modes and what lies between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Separation {
    /// The modes, counted from 0.
    pub modes: [usize; 2],
    /// The dip of the samples between their means along Fisher's direction.
    pub dip: f64,
    /// The number of these samples.
    pub n: usize,
    /// The probability of such a dip if there were one mode, at most.
    pub p: f64,
    /// log p at the lower of the two modes less the least on the line between them, in nats; none where log p is not given, or
    /// where no sample lies between.
    pub barrier: Option<f64>,
}

/// Modes, and the samples of each run in each.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The modes as they were given, else those of most samples first.
    pub modes: Vec<Mode>,
    /// Samples of a run (outer) in a mode.
    pub counts: Vec<Vec<u64>>,
    /// Neighbours with the dips between them; of given modes none.
    pub separations: Vec<Separation>,
    cells: Modes,
}

impl Found {
    /// Modes that nobody told of: pooled over the runs, found by one half of the samples and told apart by the other. The
    /// halves are drawn: rows may come in turns, one mode after the other, and a fixed stride would see some of them only. A copy of a
    /// run has nothing to add: in the other half its points would be no fresh ones.
    ///
    /// Limits. Two normal modes of equal weight have a dip only if they are more than 2 spreads apart. In many dimensions the line between them
    /// is found where runs differ along it, where it is one of the widest axes of the pooled samples (so it is for modes that
    /// are about as wide in all directions: 4 spreads apart in 128 dimensions take 20 runs of 500 samples), or by its moments:
    /// on a narrow axis, held by all runs, modes of equal weight 4 spreads apart were found in 19 of 20 sets of 40 d^2 samples, in 3 of 10
    /// of 10 d^2 (d = 16 and 32). No more than 10^6 numbers of one half are searched, which is 40 d^2 samples up to d = 37.
    /// What is not found passes for one mode, never the other way round.
    pub fn new(runs: &[&Samples], options: &DiagnoseOptions) -> Self {
        let (mut known, mut fresh) = (Pool::default(), Pool::default());
        let each = (MOST_POOLED / runs.len().max(1)).max(4);
        let mut known_runs = HashSet::new();
        for (run, samples) in runs.iter().enumerate() {
            if !known_runs.insert(samples.fingerprint()) {
                continue;
            }
            let step = samples.len().div_ceil(each).max(1);
            let mut rng = stream(POOLED, run as u64);
            for from in (0..samples.len()).step_by(step) {
                let i = rng.random_range(from..(from + step).min(samples.len()));
                let pool = if rng.random::<bool>() { &mut known } else { &mut fresh };
                pool.points.push(samples.point(i));
                pool.runs.push(run);
            }
        }
        let (cells, tests) = Modes::new(&known, &fresh, options);
        let found = Self::of(runs, cells);
        let total = |mode: usize| found.counts.iter().map(|run| run[mode]).sum::<u64>();
        let mut order: Vec<usize> = (0..found.modes.len()).collect();
        order.sort_by_key(|mode| std::cmp::Reverse(total(*mode)));
        let place = |mode: usize| order.iter().position(|other| *other == mode).unwrap_or(mode);
        let separation = |test: DipTest| Separation {
            modes: test.groups.map(place),
            dip: test.dip,
            n: test.n,
            p: test.p,
            barrier: None,
        };
        let mut found = Self {
            modes: order.iter().map(|mode| found.modes[*mode].clone()).collect(),
            counts: found.counts.iter().map(|run| order.iter().map(|mode| run[*mode]).collect()).collect(),
            separations: tests.into_iter().map(separation).collect(),
            cells: found.cells.ordered(&order),
        };
        let barriers = found.separations.iter().map(|pair| found.barrier(runs, pair.modes)).collect::<Vec<_>>();
        found.separations.iter_mut().zip(barriers).for_each(|(pair, barrier)| pair.barrier = barrier);
        found
    }

    /// Modes that are given: a sample is of the nearest, in units of the spread of each coordinate within the modes.
    pub fn given(runs: &[&Samples], means: &[Vec<f64>]) -> Self {
        let d = means.first().map_or(0, Vec::len);
        let plain = Self::of(runs, Modes::given(means, &vec![1.0; d]));
        let size = |mode: usize| plain.counts.iter().map(|run| run[mode]).sum::<u64>() as f64;
        let all: f64 = (0..means.len()).map(size).sum();
        let spread = |j: usize| {
            let within: f64 = plain.modes.iter().enumerate().map(|(k, mode)| size(k) / all * mode.variances[j]).sum();
            if within > 0.0 { within.sqrt() } else { 1.0 }
        };
        let scales: Vec<f64> = (0..d).map(spread).collect();
        let mut found = Self::of(runs, Modes::given(means, &scales));
        for (mode, mean) in found.modes.iter_mut().zip(means) {
            mode.mean.clone_from(mean);
        }
        found
    }

    fn of(runs: &[&Samples], cells: Modes) -> Self {
        let d = runs.first().map_or(0, |run| run.dimension);
        let sums: Vec<Vec<ModeSums>> = map(runs, |run| {
            let mut sums = vec![ModeSums::new(d); cells.count];
            for i in 0..run.len() {
                sums[cells.mode(run.point(i))].add(run.point(i));
            }
            sums
        });
        let counts = sums.iter().map(|run| run.iter().map(|sum| sum.n).collect()).collect();
        let modes = (0..cells.count)
            .map(|mode| {
                let mut all = ModeSums::new(d);
                sums.iter().for_each(|run| all.join(&run[mode]));
                all.mode()
            })
            .collect();
        Self { modes, counts, separations: Vec::new(), cells }
    }

    /// The mode that a point is of.
    pub fn mode_of(&self, x: &[f64]) -> usize {
        self.cells.mode(x)
    }

    /// How far log p falls on the line between two modes.
    fn barrier(&self, runs: &[&Samples], modes: [usize; 2]) -> Option<f64> {
        let [a, b] = modes.map(|mode| DVector::from_column_slice(&self.modes[mode].mean));
        let (line, length) = (&b - &a, (&b - &a).norm_squared());
        let mut bins: Vec<Vec<f64>> = vec![Vec::new(); BINS + 1];
        for run in runs {
            let log_p = run.log_p.as_ref()?;
            for (i, log_p) in log_p.iter().enumerate() {
                let x = run.point(i);
                if modes.contains(&self.mode_of(x)) {
                    let along = (DVector::from_column_slice(x) - &a).dot(&line) / length;
                    let place = (along * BINS as f64 + 0.5).floor();
                    if (0.0..=BINS as f64).contains(&place) {
                        bins[place as usize].push(*log_p);
                    }
                }
            }
        }
        let top = |bin: &mut Vec<f64>| {
            bin.sort_by(f64::total_cmp);
            (bin.len() >= FEWEST_IN_BIN).then(|| bin[((bin.len() - 1) as f64 * TOP) as usize])
        };
        let levels: Vec<Option<f64>> = bins.iter_mut().map(top).collect();
        let lower = levels[0]?.min(levels[BINS]?);
        let least = levels[1..BINS].iter().flatten().copied().reduce(f64::min)?;
        Some((lower - least).max(0.0))
    }
}
