//! What ensembles share: draws counted block by block.

use std::ops::{Add, Range};

use crate::montecarlo::statistics::estimate::{GoOn, in_parts};
use crate::parallel;

/// Draws that are followed and counted together, a block at a time.
pub(crate) trait Ensemble: Sync {
    /// What is counted. The sum commutes, so that it does not depend on the threads.
    type Tally: Add<Output = Self::Tally> + Send;

    /// Of no draw.
    fn nothing(&self) -> Self::Tally;

    /// A range of draws in pieces of work.
    fn blocks(&self, draws: Range<u64>) -> Vec<Range<u64>>;

    /// Of one of these pieces.
    fn count(&self, seed: u64, block: Range<u64>) -> Self::Tally;

    /// Of a range of draws; blocks that are not begun before `go_on` says no are left out.
    fn tally_while(&self, seed: u64, draws: Range<u64>, go_on: GoOn<'_>) -> Self::Tally {
        let nothing = || self.nothing();
        let count = |block: &Range<u64>| {
            if !go_on(0) {
                return nothing();
            }
            let tally = self.count(seed, block.clone());
            go_on(block.end - block.start);
            tally
        };
        in_parts(draws).fold(nothing(), |sum, part| sum + parallel::sum(&self.blocks(part), nothing, count))
    }
}
