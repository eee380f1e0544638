//! How long marginals and frame take together until the frame has turned, cold and hot.

use collapsar_theory::{JointOptions, joint_turn, merging_temperature};

use crate::parallel;
use crate::results::TurnMark;
use crate::studies::mean_field::pair::DiagonalPair;
use crate::studies::{StudyError, Watch};

/// The frame at the start, off the given one: that of equal coordinates is stationary.
const BESIDE_DEG: f64 = 1.0;
/// F below which the frame has turned: it is 0 in the frame of the pair.
const ARRIVED: f64 = 1e-6;
/// Steps after which a descent is given up.
const MOST: usize = 3000;

/// For the pair at each of these |a|, in deviations.
pub(super) fn turns(pair: &DiagonalPair, norms: &[f64], watch: &dyn Watch) -> Result<Vec<TurnMark>, StudyError> {
    parallel::try_map(norms, |&norm| {
        if watch.cancelled() {
            return Err(StudyError::Cancelled);
        }
        let target = pair.clone().with_norm(norm).in_deviations()?;
        let angle = BESIDE_DEG.to_radians();
        let heat = merging_temperature(&target, angle)?;
        let steps = |heat: f64| -> Result<Option<usize>, StudyError> {
            Ok(joint_turn(&target, JointOptions { angle, heat, arrived: ARRIVED, most: MOST })?.steps)
        };
        let found = TurnMark { at: norm, heat, cold: steps(1.0)?, hot: heat.map(steps).transpose()?.flatten() };
        watch.advance(1);
        Ok(found)
    })
}
