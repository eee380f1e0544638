//! A flow in the plane of the mode axis at several moments of its training.

use crate::config::FlowRun;
use crate::density::enclosing_levels;
use crate::flows::{Flow, FlowProblem, Real, Transport};
use crate::results::FlowSnapshot;
use crate::studies::StudyError;
use crate::studies::planes::{PLANE_NODES, SHARES, nodes};
use crate::studies::realnvp::scene::TargetPlane;

/// Samples shown in more than two dimensions.
const POINTS: usize = 600;

/// What is shown of one run.
pub(crate) struct Snapshots<'a> {
    config: &'a FlowRun,
    problem: &'a FlowProblem,
    pub(crate) scene: TargetPlane,
    /// Steps after which the flow is still to be shown.
    wanted: Vec<usize>,
    /// Nodes along both axes.
    pub(crate) nodes: Vec<f64>,
    /// What was shown so far.
    pub(crate) taken: Vec<FlowSnapshot>,
}

impl<'a> Snapshots<'a> {
    /// Nothing shown yet; refuses modes that span more than a plane.
    pub(crate) fn new(config: &'a FlowRun, problem: &'a FlowProblem) -> Result<Self, StudyError> {
        let (dimension, steps) = (problem.kind().dimension(), problem.training().steps);
        let scene = TargetPlane::new(problem.target(), dimension)?;
        let time_step = config.problem.training.time_step;
        let reached = |time: &f64| ((time / time_step).round() as usize).min(steps);
        let mut wanted: Vec<usize> = config.density.times.iter().map(reached).collect();
        wanted.dedup();
        for &steps in &wanted {
            scene.check(&config.problem.target, problem.beta(steps))?;
        }
        let nodes = nodes(config.density.reach.unwrap_or(scene.reach), PLANE_NODES);
        Ok(Self { config, problem, scene, wanted, nodes, taken: Vec::new() })
    }

    /// The marginal of p in the plane.
    pub(crate) fn target(&self) -> Vec<f64> {
        self.scene.target(&self.nodes)
    }

    /// Levels that enclose 50% and 90% of a density.
    pub(crate) fn levels(&self, values: &[f64]) -> Vec<f64> {
        enclosing_levels(values, &SHARES)
    }

    /// Shows the flow after `steps` steps if a moment is due; `last` is beta of the last of them.
    pub(crate) fn show<T: Real>(&mut self, flow: &Flow<T>, steps: usize, (seed, last): (u64, f64)) {
        let due = self.wanted.iter().take_while(|wanted| **wanted <= steps).count();
        if due == 0 {
            return;
        }
        self.wanted.drain(..due);
        let time_step = self.config.problem.training.time_step;
        let beta = if self.problem.rule().is_some() { last } else { self.problem.beta(steps) };
        let tempered = self.scene.tempered(beta, &self.nodes);
        let dimension = self.problem.kind().dimension();
        let (mut fit, mut points) = (Vec::new(), Vec::new());
        if dimension == 2 {
            let mut at: Vec<T> = Vec::with_capacity(2 * self.nodes.len() * self.nodes.len());
            for b in &self.nodes {
                for a in &self.nodes {
                    at.extend(self.scene.plane.embed([*a, *b]).into_iter().map(T::of));
                }
            }
            // A whole number of points: the flow does not refuse.
            let logs = flow.log_density(&at).unwrap_or_default();
            fit = logs.into_iter().map(|log| log.to_f64().exp()).collect();
        } else {
            let drawn = flow.sample(seed, POINTS);
            points = drawn
                .chunks_exact(dimension)
                .map(|x| self.scene.plane.project(&x.iter().map(|x| x.to_f64()).collect::<Vec<_>>()))
                .collect();
        }
        self.taken.push(FlowSnapshot {
            steps: steps as u64,
            time: steps as f64 * time_step,
            temperature: 1.0 / beta,
            tempered_levels: self.levels(&tempered),
            tempered,
            fit_levels: self.levels(&fit),
            fit,
            points,
        });
    }
}
