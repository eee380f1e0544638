//! What an ensemble needs to know of a pair beside its field.

use collapsar_theory::Verdict;

use crate::montecarlo::lanes::step::LaneSystem;
use crate::montecarlo::pair::follow::Follow;
use crate::montecarlo::statistics::tally::RunEnd;

/// A pair with its start law and its trapping regions.
pub(crate) trait Model<const N: usize>: LaneSystem<N> {
    /// The start of draw `index` under `seed`.
    fn draw(&self, seed: u64, index: u64) -> [f64; N];

    /// The typical size of a start, 1 at most: the unit of absolute errors.
    fn size(&self) -> f64;

    /// Whether a state is certain to recover, by a comparison of coordinates.
    fn apart(&self, state: &[f64; N]) -> bool;

    /// What is certain at a state.
    fn verdict(&self, t: f64, state: &[f64; N]) -> Verdict;

    /// Whether [`Model::verdict`] is likely enough to find a collapsed run to pay for it.
    fn worth_asking(&self, t: f64, state: &[f64; N]) -> bool;

    /// Whether a certain end in the limit is also the end at every later finite time.
    fn certain_before_horizon(&self) -> bool;

    /// The end of a run that is classified at a finite time.
    fn at_horizon(&self, state: &[f64; N]) -> RunEnd;

    /// The end of a run from (t, state) on, followed by itself with adaptive steps.
    fn alone(&self, limits: &Follow, t: f64, state: [f64; N]) -> RunEnd;
}
