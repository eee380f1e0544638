//! What a training step needs, for each kind of flow.

use rand_chacha::ChaCha8Rng;

use crate::flows::batch::{Batch, Losses};
use crate::flows::density::Scored;
use crate::flows::flow::Flow;
use crate::flows::gradient::Workspace;
use crate::flows::monotone_gradient::MonotoneWorkspace;
use crate::flows::real::Real;

/// Everything that a step needs.
#[derive(Debug, Clone)]
pub(crate) enum StepWorkspace<T> {
    RealNvp(Workspace<T>),
    MeanField(MonotoneWorkspace<T>),
}

impl<T: Real> StepWorkspace<T> {
    /// For batches of `batch` points, and a target that wants them `together` or not.
    pub(crate) fn new(flow: &Flow<T>, together: bool, batch: usize) -> Self {
        match flow {
            Flow::RealNvp(flow) => Self::RealNvp(Workspace::new(flow, together, batch)),
            Flow::MeanField(map) => Self::MeanField(MonotoneWorkspace::new(map, together, batch)),
        }
    }

    /// The objective on base points drawn from `rng`, and its gradient, which is added to `gradient`.
    pub(crate) fn gradient(
        &mut self,
        flow: &Flow<T>,
        target: &mut dyn Scored<T>,
        mut batch: Batch<'_>,
        rng: &mut ChaCha8Rng,
        gradient: &mut [T],
    ) -> Losses {
        match (self, flow) {
            (Self::RealNvp(workspace), Flow::RealNvp(flow)) => {
                workspace.gradient(flow, target, &mut batch, rng, gradient)
            }
            (Self::MeanField(workspace), Flow::MeanField(map)) => {
                workspace.gradient(map, target, &mut batch, rng, gradient)
            }
            // The flow became another one: so does its workspace.
            (workspace, flow) => {
                *workspace = Self::new(flow, target.together(), batch.points);
                workspace.gradient(flow, target, batch, rng, gradient)
            }
        }
    }

    /// Takes the moments of the last batch into the running averages of a flow that has such.
    pub(crate) fn update_running(&self, flow: &mut Flow<T>, batch: usize) {
        if let (Self::RealNvp(workspace), Flow::RealNvp(flow)) = (self, flow) {
            workspace.update_running(flow, batch);
        }
    }
}
