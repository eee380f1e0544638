//! How runs end, and counts of it.

use std::ops::Add;

use collapsar_theory::Verdict;

/// The end of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// The components end on different modes.
    Recovered,
    /// They end on the same mode.
    Collapsed,
    /// Not decided within the limits; never guessed.
    Undecided,
    /// The integrator could not go on: a state that is not finite, or steps below the spacing of times.
    Failed,
}

impl RunEnd {
    /// The end of a run of which this much is certain.
    pub(crate) fn certain(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Recovered => Some(Self::Recovered),
            Verdict::Collapsed => Some(Self::Collapsed),
            Verdict::Open => None,
        }
    }
}

/// The end of one run in the limit, and where it stood at an earlier time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JudgedEnd {
    pub(crate) end: RunEnd,
    /// The same as `end` where that was certain by then.
    pub(crate) at_horizon: RunEnd,
}

/// Counts of every end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Runs that collapsed.
    pub collapsed: u64,
    /// Runs that recovered both modes.
    pub recovered: u64,
    /// Runs not decided within the limits.
    pub undecided: u64,
    /// Runs that failed.
    pub failures: u64,
}

impl Tally {
    /// Counts one more run.
    pub fn count(&mut self, end: RunEnd) {
        match end {
            RunEnd::Recovered => self.recovered += 1,
            RunEnd::Collapsed => self.collapsed += 1,
            RunEnd::Undecided => self.undecided += 1,
            RunEnd::Failed => self.failures += 1,
        }
    }

    /// All runs.
    pub fn total(&self) -> u64 {
        self.collapsed + self.recovered + self.undecided + self.failures
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            collapsed: self.collapsed + other.collapsed,
            recovered: self.recovered + other.recovered,
            undecided: self.undecided + other.undecided,
            failures: self.failures + other.failures,
        }
    }
}

impl<'a> FromIterator<&'a RunEnd> for Tally {
    fn from_iter<I: IntoIterator<Item = &'a RunEnd>>(ends: I) -> Self {
        let mut tally = Self::default();
        ends.into_iter().for_each(|&end| tally.count(end));
        tally
    }
}
