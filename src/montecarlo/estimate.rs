//! A probability estimated by counting.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use crate::montecarlo::tally::{RunEnd, Tally};
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
                let ends = $crate::montecarlo::estimate::tally_while(n, &|_| true, |index| self.end(seed, index));
                $crate::montecarlo::Estimate::new(ends, self.options.level, seed)
            }

            /// The same as long as `go_on`, told of the runs that are done, says so; else nothing.
            pub fn estimate_while(
                &self,
                seed: u64,
                n: u64,
                go_on: $crate::montecarlo::GoOn<'_>,
            ) -> Option<$crate::montecarlo::Estimate> {
                let ends = $crate::montecarlo::estimate::tally_while(n, go_on, |index| self.end(seed, index));
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
            ) -> Option<($crate::montecarlo::Estimate, $crate::montecarlo::cooling::Cooling)> {
                let run = |index| {
                    let run = if go_on(0) { self.end_and_time(seed, index) } else { (RunEnd::Undecided, None) };
                    go_on(1);
                    run
                };
                let runs: Vec<(RunEnd, Option<f64>)> = $crate::parallel::map_range(0..n, run);
                let (ends, times): (Vec<RunEnd>, Vec<Option<f64>>) = runs.into_iter().unzip();
                let estimate = $crate::montecarlo::Estimate::new(ends.iter().collect(), self.options.level, seed);
                go_on(0).then(|| (estimate, $crate::montecarlo::cooling::Cooling::of(&times)))
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

/// The Clopper-Pearson interval of a probability after `count` of `n`: the values p at which the binomial tail beyond
/// the count, P(X >= count) for the lower end and P(X <= count) for the upper, is (1 - level)/2. (0, 1) for n = 0.
pub fn binomial_interval(count: u64, n: u64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let (k, rest) = (count.min(n) as f64, n.saturating_sub(count) as f64);
    let low = if count == 0 { 0.0 } else { root(|p| beta_regularised(k, rest + 1.0, p), tail) };
    let high = if count >= n { 1.0 } else { root(|p| beta_regularised(k + 1.0, rest, p), 1.0 - tail) };
    (low, high)
}

/// Where the increasing `f` passes `value` on [0, 1], to rounding.
fn root(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (0.0f64, 1.0f64);
    loop {
        let middle = low + (high - low) / 2.0;
        // 1e-12 relative: far below what a count can tell, and no walk down through the subnormals.
        if middle <= low || middle >= high || high - low <= 1e-12 * high {
            return middle;
        }
        if f(middle) < value { low = middle } else { high = middle }
    }
}

/// I_x(a, b) = P(X <= x) of the beta law, a, b > 0, by Lentz's continued fraction (Numerical Recipes 6.4) run to
/// convergence: it needs O(sqrt(max(a, b))) terms, more than fixed-length implementations allow for n = 10^6.
///
/// Relative error about 1e-16 (a + b) log(a + b), from the logarithms of Gamma.
fn beta_regularised(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction of the incomplete beta function.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guarded = |v: f64| if v.abs() < TINY { TINY } else { v };
    let terms = 1000 + 10 * (a.max(b)).sqrt() as usize;
    let mut c = 1.0;
    let mut d = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for i in 1..=terms {
        let m = i as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guarded(1.0 + even * d);
        c = guarded(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guarded(1.0 + odd * d);
        c = guarded(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_beta_against_closed_forms() {
        for x in [1e-3, 0.2, 0.5, 0.9] {
            // I_x(a, 1) = x^a, I_x(1, b) = 1 - (1-x)^b, I_x(2, 2) = x^2 (3 - 2x).
            assert!((beta_regularised(7.0, 1.0, x) - x.powi(7)).abs() < 1e-13);
            assert!((beta_regularised(1.0, 5.0, x) - (1.0 - (1.0 - x).powi(5))).abs() < 1e-13);
            assert!((beta_regularised(2.0, 2.0, x) - x * x * (3.0 - 2.0 * x)).abs() < 1e-13);
        }
        // The median of a symmetric law, with parameters as large as an ensemble makes them.
        assert!((beta_regularised(5e5, 5e5, 0.5) - 0.5).abs() < 1e-8);
    }

    #[test]
    fn intervals_of_small_and_large_counts() {
        // Rule of three, exactly: 1 - 0.025^(1/n).
        let (low, high) = binomial_interval(0, 100, 0.95);
        assert!(low == 0.0 && (high - (1.0 - 0.025f64.powf(0.01))).abs() < 1e-11);
        assert_eq!(binomial_interval(0, 0, 0.95), (0.0, 1.0));
        assert_eq!(binomial_interval(5, 5, 0.95).1, 1.0);
        // Binomial sums at the ends: P(X >= 8) at the lower, P(X <= 8) at the upper.
        let (low, high) = binomial_interval(8, 20, 0.99);
        let choose = |k: u64| (0..k).map(|i| (20 - i) as f64 / (i + 1) as f64).product::<f64>();
        let mass = |p: f64, k: u64| choose(k) * p.powi(k as i32) * (1.0 - p).powi(20 - k as i32);
        assert!(((8..=20).map(|k| mass(low, k)).sum::<f64>() - 0.005).abs() < 1e-11);
        assert!(((0..=8).map(|k| mass(high, k)).sum::<f64>() - 0.005).abs() < 1e-11);
        // Normal limit: +-1.96 standard errors, to the continuity correction 1/(2n) and the skewness.
        let (low, high) = binomial_interval(300_000, 1_000_000, 0.95);
        let spread = 1.959_964 * (0.3f64 * 0.7 / 1e6).sqrt();
        assert!((0.3 - low - spread).abs() < 2e-6 && (high - 0.3 - spread).abs() < 2e-6);
    }

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
