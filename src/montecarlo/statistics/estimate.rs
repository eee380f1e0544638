//! A probability estimated by counting.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::montecarlo::statistics::binomial::binomial_interval;
use crate::montecarlo::statistics::tally::{RunEnd, Tally};
use crate::parallel;

/// Told how many more runs are done, from any thread; whether to go on.
pub type GoOn<'a> = &'a (dyn Fn(u64) -> bool + Sync);

/// How runs 0 to `n` - 1 end, in parallel; those that are not begun before `go_on` says no are undecided.
pub(crate) fn tally_while(n: u64, go_on: GoOn<'_>, end: impl Fn(u64) -> RunEnd + Sync) -> Tally {
    let run = |index| {
        let end = if go_on(0) { end(index) } else { RunEnd::Undecided };
        go_on(1);
        end
    };
    let ends: Vec<RunEnd> = parallel::map_range(0..n, run);
    ends.iter().collect()
}

/// The counts of what runs one by one: a type with `end(seed, index)` and `options.level`.
macro_rules! counted {
    ($runs:ty) => {
        impl $runs {
            /// The probability of collapse, that is, of losing a mode, from runs 0 to `n` - 1.
            pub fn estimate(&self, seed: u64, n: u64) -> $crate::montecarlo::Estimate {
                let ends =
                    $crate::montecarlo::statistics::estimate::tally_while(n, &|_| true, |index| self.end(seed, index));
                $crate::montecarlo::Estimate::new(ends, self.options.level, seed)
            }

            /// The same as long as `go_on`, told of the runs that are done, says so; else nothing.
            pub fn estimate_while(
                &self,
                seed: u64,
                n: u64,
                go_on: $crate::montecarlo::GoOn<'_>,
            ) -> Option<$crate::montecarlo::Estimate> {
                let ends =
                    $crate::montecarlo::statistics::estimate::tally_while(n, go_on, |index| self.end(seed, index));
                go_on(0).then(|| $crate::montecarlo::Estimate::new(ends, self.options.level, seed))
            }
        }
    };
}
pub(crate) use counted;

/// The same with the time at which each run reached T = 1: a type with `end_and_time(seed, index)` and `options.level`.
macro_rules! cooled {
    ($runs:ty) => {
        impl $runs {
            /// The probability of collapse from runs 0 to `n` - 1 as long as `go_on`, told of the runs that are done, says so, with the times at which T = 1 was reached;
            /// else nothing.
            pub fn cooled_while(
                &self,
                seed: u64,
                n: u64,
                go_on: $crate::montecarlo::GoOn<'_>,
            ) -> Option<($crate::montecarlo::Estimate, $crate::montecarlo::statistics::cooling::Cooling)> {
                let run = |index| {
                    let run = if go_on(0) { self.end_and_time(seed, index) } else { (RunEnd::Undecided, None) };
                    go_on(1);
                    run
                };
                let runs: Vec<(RunEnd, Option<f64>)> = $crate::parallel::map_range(0..n, run);
                let (ends, times): (Vec<RunEnd>, Vec<Option<f64>>) = runs.into_iter().unzip();
                let estimate = $crate::montecarlo::Estimate::new(ends.iter().collect(), self.options.level, seed);
                go_on(0).then(|| (estimate, $crate::montecarlo::statistics::cooling::Cooling::of(&times)))
            }
        }
    };
}
pub(crate) use cooled;

/// A range of draws in parts whose lists of blocks fit in memory, whatever n.
pub(crate) fn in_parts(draws: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    const PART: u64 = 1 << 22;
    let end = draws.end;
    // Each part but the first begins on a multiple, so that blocks are not cut.
    std::iter::successors(Some(draws.start), |start| (start / PART + 1).checked_mul(PART))
        .take_while(move |start| *start < end)
        .map(move |start| start..end.min((start / PART + 1) * PART))
}

/// Confidence level of intervals unless said otherwise.
pub const DEFAULT_LEVEL: f64 = 0.95;

/// The estimated probability of collapse with everything that it was counted from.
///
/// The interval is that of Clopper and Pearson (Biometrika 26, 1934): exact, so that it covers the truth with at least
/// the given level whatever n. Runs that ended without a verdict may have been anything: the lower end counts none of
/// them as collapsed, the upper end all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Runs.
    pub n: u64,
    /// Runs that collapsed.
    pub collapsed: u64,
    /// Runs that recovered both modes.
    pub recovered: u64,
    /// Runs not decided within the limits.
    pub undecided: u64,
    /// Runs that the integrator could not follow.
    pub failures: u64,
    /// collapsed/n; nothing for n = 0. With open runs, undecided or failed, the middle of what they allow: (collapsed +
    /// open/2)/n.
    pub probability: Option<f64>,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Confidence level of the interval.
    pub level: f64,
    /// Seed of the streams.
    pub seed: u64,
}

/// The same count at a finite time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HorizonEstimate {
    /// The time.
    pub time: f64,
    /// The count.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// What an ensemble of a pair says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairEstimate {
    /// In the limit, or at the horizon that was asked for.
    pub estimate: Estimate,
    /// At the end of the run, [`collapsar_theory::Schedule::end_of_run`]; none where a horizon was asked for.
    pub at_horizon: Option<HorizonEstimate>,
}

impl Estimate {
    /// The estimate from `tally`, with the interval at `level` in (0, 1) (pulled into [0, 1 - 1e-12]).
    pub fn new(tally: Tally, level: f64, seed: u64) -> Self {
        let n = tally.total();
        let open = tally.undecided + tally.failures;
        let level = if level.is_finite() { level.clamp(0.0, 1.0 - 1e-12) } else { DEFAULT_LEVEL };
        Self {
            n,
            collapsed: tally.collapsed,
            recovered: tally.recovered,
            undecided: tally.undecided,
            failures: tally.failures,
            probability: (n > 0).then(|| (tally.collapsed as f64 + 0.5 * open as f64) / n as f64),
            low: binomial_interval(tally.collapsed, n, level).0,
            high: binomial_interval(tally.collapsed + open, n, level).1,
            level,
            seed,
        }
    }

    /// Runs without a verdict.
    pub fn open(&self) -> u64 {
        self.undecided + self.failures
    }

    /// The least and the largest share of collapsed runs that the open ones allow; (0, 1) for n = 0.
    pub fn extremes(&self) -> (f64, f64) {
        let share = |count: u64| count as f64 / self.n as f64;
        if self.n == 0 { (0.0, 1.0) } else { (share(self.collapsed), share(self.collapsed + self.open())) }
    }

    /// sqrt(p (1-p)/n) at the estimated p; infinite for n = 0.
    pub fn standard_error(&self) -> f64 {
        self.probability.map_or(f64::INFINITY, |p| (p * (1.0 - p) / self.n as f64).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_runs_widen_the_interval() {
        let tally = Tally { collapsed: 30, recovered: 60, undecided: 8, failures: 2 };
        let estimate = Estimate::new(tally, 0.95, 1);
        assert_eq!((estimate.n, estimate.probability), (100, Some(0.35)));
        assert_eq!(estimate.extremes(), (0.3, 0.4));
        assert_eq!(estimate.low, binomial_interval(30, 100, 0.95).0);
        assert_eq!(estimate.high, binomial_interval(40, 100, 0.95).1);
        let none = Estimate::new(Tally::default(), 0.95, 1);
        assert_eq!((none.probability, none.low, none.high), (None, 0.0, 1.0));
    }
}
