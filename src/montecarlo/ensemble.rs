//! What ensembles share: draws followed and counted block by block.

use std::ops::{Add, Range};

use crate::montecarlo::statistics::estimate::{GoOn, in_parts};
use crate::parallel;

/// Draws that are followed a block at a time.
pub(crate) trait Ensemble: Sync {
    /// How one draw ends.
    type Run: Send;
    /// What is counted of runs. The sum commutes, so that it does not depend on the threads.
    type Tally: Add<Output = Self::Tally> + Send;

    /// Draws of a block, a piece of work: 1 where runs are followed one by one, and may each take long.
    fn block(&self) -> u64;

    /// The runs of a block or a part of one, in order.
    fn follow(&self, seed: u64, draws: Range<u64>) -> Vec<Self::Run>;

    /// A tally of no draw.
    fn nothing(&self) -> Self::Tally;

    /// Counts one more run.
    fn count(&self, tally: &mut Self::Tally, run: &Self::Run);

    /// A range of draws in blocks, each but the first beginning on a multiple of [`Ensemble::block`].
    fn blocks(&self, draws: Range<u64>) -> Vec<Range<u64>> {
        let size = self.block();
        let starts = (draws.start / size * size..draws.end).step_by(size as usize);
        starts.map(|start| start.max(draws.start)..draws.end.min(start.saturating_add(size))).collect()
    }

    /// The runs of a range of draws, in order.
    fn runs_of(&self, seed: u64, draws: Range<u64>) -> Vec<Self::Run> {
        let runs = parallel::map(&self.blocks(draws), |block| self.follow(seed, block.clone()));
        runs.into_iter().flatten().collect()
    }

    /// The tally of a range of draws; blocks that are not begun before `go_on` says no are left out.
    fn tally_while(&self, seed: u64, draws: Range<u64>, go_on: GoOn<'_>) -> Self::Tally {
        let nothing = || self.nothing();
        let count = |block: &Range<u64>| {
            let mut tally = nothing();
            if go_on(0) {
                self.follow(seed, block.clone()).iter().for_each(|run| self.count(&mut tally, run));
                go_on(block.end - block.start);
            }
            tally
        };
        in_parts(draws).fold(nothing(), |sum, part| sum + parallel::sum(&self.blocks(part), nothing, count))
    }
}
