//! A flow in the plane of the mode axis at several moments of its training.

use crate::config::FlowRun;
use crate::density::{Gaussians, Plane, TemperedTarget, enclosing_levels};
use crate::flows::{FlowProblem, Real, RealNvp};
use crate::results::FlowSnapshot;
use crate::studies::StudyError;
use crate::studies::planes::{MARGIN, PLANE_NODES, SHARES, check_tempered, nodes, over_plane};

/// Samples shown in more than two dimensions.
const POINTS: usize = 600;

/// What is shown of one run.
pub(crate) struct Snapshots<'a> {
    config: &'a FlowRun,
    problem: &'a FlowProblem,
    plane: Plane,
    /// Steps after which the flow is still to be shown.
    wanted: Vec<usize>,
    /// The modes in the plane.
    pub(crate) modes: Vec<[f64; 2]>,
    /// Nodes along both axes.
    pub(crate) nodes: Vec<f64>,
    /// What was shown so far.
    pub(crate) taken: Vec<FlowSnapshot>,
}

impl<'a> Snapshots<'a> {
    /// Nothing shown yet; refuses modes that span more than a plane.
    pub(crate) fn new(config: &'a FlowRun, problem: &'a FlowProblem) -> Result<Self, StudyError> {
        let (dimension, steps) = (problem.architecture().dimension, problem.training().steps);
        let padded = |mode: &Vec<f64>| mode.iter().copied().chain(std::iter::repeat(0.0)).take(dimension).collect();
        let modes: Vec<Vec<f64>> = problem.target().modes().iter().map(padded).collect();
        let axes: Vec<Vec<f64>> =
            (0..dimension).map(|i| (0..dimension).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
        // Across the axis: the coordinate that has least of it.
        let along = |axis: &&Vec<f64>| {
            modes.iter().map(|m| m.iter().zip(*axis).map(|(m, a)| m * a).sum::<f64>().abs()).fold(0.0, f64::max)
        };
        let across = axes.iter().rev().min_by(|a, b| along(a).total_cmp(&along(b))).cloned();
        let across: Vec<_> = across.into_iter().collect();
        let plane = Plane::new(&modes, &across).map_err(StudyError::misuse)?;
        let modes: Vec<[f64; 2]> = modes.iter().map(|mode| plane.project(mode)).collect();
        let far = modes.iter().flatten().fold(0.0, |top: f64, x| top.max(x.abs()));
        let time_step = config.training.time_step;
        let reached = |time: &f64| ((time / time_step).round() as usize).min(steps);
        let mut wanted: Vec<usize> = config.density.times.iter().map(reached).collect();
        wanted.dedup();
        for &steps in &wanted {
            check_tempered(&config.target, &modes, problem.beta(steps))?;
        }
        let nodes = nodes(config.density.reach.unwrap_or(far + MARGIN), PLANE_NODES);
        Ok(Self { config, problem, plane, wanted, modes, nodes, taken: Vec::new() })
    }

    /// The marginal of p in the plane.
    pub(crate) fn target(&self) -> Vec<f64> {
        let weights = self.config.target.weights.clone();
        let target = Gaussians { centres: self.modes.clone(), weights, variance: 1.0 };
        over_plane(&self.nodes, |at| target.density(at))
    }

    /// Levels that enclose 50% and 90% of a density.
    pub(crate) fn levels(&self, values: &[f64]) -> Vec<f64> {
        enclosing_levels(values, &SHARES)
    }

    /// Shows the flow after `steps` steps if a moment is due; `last` is beta of the last of them.
    pub(crate) fn show<T: Real>(&mut self, flow: &RealNvp<T>, steps: usize, (seed, last): (u64, f64)) {
        let due = self.wanted.iter().take_while(|wanted| **wanted <= steps).count();
        if due == 0 {
            return;
        }
        self.wanted.drain(..due);
        let time_step = self.config.training.time_step;
        let beta = if self.problem.rule().is_some() { last } else { self.problem.beta(steps) };
        let tempered = TemperedTarget::new(&self.modes, &self.config.target.weights, beta);
        let tempered = over_plane(&self.nodes, |at| tempered.density(at));
        let dimension = self.problem.architecture().dimension;
        let (mut fit, mut points) = (Vec::new(), Vec::new());
        if dimension == 2 {
            let mut at: Vec<T> = Vec::with_capacity(2 * self.nodes.len() * self.nodes.len());
            for b in &self.nodes {
                for a in &self.nodes {
                    at.extend(self.plane.embed([*a, *b]).into_iter().map(T::of));
                }
            }
            // A whole number of points: the flow does not refuse.
            let logs = flow.log_density(&at).unwrap_or_default();
            fit = logs.into_iter().map(|log| log.to_f64().exp()).collect();
        } else {
            let drawn = flow.sample(seed, POINTS);
            points = drawn
                .chunks_exact(dimension)
                .map(|x| self.plane.project(&x.iter().map(|x| x.to_f64()).collect::<Vec<_>>()))
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
