//! What is drawn of a flow's target: a plane, and densities in it.

use collapsar_theory::{Benchmark, GaussianMixture};

use crate::config::FlowTargetConfig;
use crate::density::{Gaussians, Plane, TemperedTarget};
use crate::flows::FlowTarget;
use crate::studies::StudyError;
use crate::studies::planes::{MARGIN, check_tempered, over_plane};

/// The target in the plane of its modes, or of the coordinates that a named density is drawn in.
pub(super) struct TargetPlane {
    pub(super) plane: Plane,
    /// The modes in the plane.
    pub(super) modes: Vec<[f64; 2]>,
    /// Half of the window's side unless it is given.
    pub(super) reach: f64,
    shown: Shown,
}

enum Shown {
    /// Modes of covariance I.
    Unit {
        weights: Vec<f64>,
    },
    /// The marginal in the plane, and whether its power is the marginal of p's power: the plane is all there is, or the
    /// covariances are one multiple of I.
    Shaped {
        marginal: GaussianMixture,
        factorises: bool,
    },
    Named(Benchmark),
}

impl TargetPlane {
    /// Refuses modes that span more than a plane.
    pub(super) fn new(target: &FlowTarget, dimension: usize) -> Result<Self, StudyError> {
        let axes: Vec<Vec<f64>> =
            (0..dimension).map(|i| (0..dimension).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
        if let FlowTarget::Benchmark(benchmark) = target {
            let [a, b] = benchmark.plane();
            let plane = Plane::of_axes(&axes[a], &axes[b]);
            let shown = Shown::Named(benchmark.clone());
            return Ok(Self { plane, modes: Vec::new(), reach: benchmark.reach(), shown });
        }
        let padded = |mut mode: Vec<f64>| {
            mode.resize(dimension, 0.0);
            mode
        };
        let modes: Vec<Vec<f64>> = target.modes().into_iter().map(padded).collect();
        // Across the axis: the coordinate that has least of it.
        let along = |axis: &&Vec<f64>| {
            modes.iter().map(|m| m.iter().zip(*axis).map(|(m, a)| m * a).sum::<f64>().abs()).fold(0.0, f64::max)
        };
        let across = axes.iter().rev().min_by(|a, b| along(a).total_cmp(&along(b))).cloned();
        let across: Vec<_> = across.into_iter().collect();
        let plane = Plane::new(&modes, &across).map_err(StudyError::misuse)?;
        let modes: Vec<[f64; 2]> = modes.iter().map(|mode| plane.project(mode)).collect();
        let far = modes.iter().flatten().fold(0.0, |top: f64, x| top.max(x.abs()));
        let (shown, widest) = match target {
            FlowTarget::Shaped(mixture) => shaped(mixture, &plane, &modes)?,
            _ => (Shown::Unit { weights: target.shares() }, 1.0),
        };
        Ok(Self { plane, modes, reach: far + MARGIN * widest, shown })
    }

    /// Refuses a tempered target whose quadrature is out of reach.
    pub(super) fn check(&self, config: &FlowTargetConfig, beta: f64) -> Result<(), StudyError> {
        match config {
            FlowTargetConfig::Mixture(target) if target.covariances.is_none() => {
                check_tempered(target, &self.modes, beta)
            }
            _ => Ok(()),
        }
    }

    /// The marginal of p at the nodes of the plane.
    pub(super) fn target(&self, nodes: &[f64]) -> Vec<f64> {
        match &self.shown {
            Shown::Unit { weights } => {
                let target = Gaussians { centres: self.modes.clone(), weights: weights.clone(), variance: 1.0 };
                over_plane(nodes, |at| target.density(at))
            }
            Shown::Shaped { marginal, .. } => over_plane(nodes, |at| marginal.log_density(&at).exp()),
            Shown::Named(benchmark) => normalised(over_plane(nodes, |at| benchmark.in_plane(1.0, at).exp()), nodes),
        }
    }

    /// The marginal of p^beta there, normalised; nothing where it has no formula.
    pub(super) fn tempered(&self, beta: f64, nodes: &[f64]) -> Vec<f64> {
        match &self.shown {
            Shown::Unit { weights } => {
                let tempered = TemperedTarget::new(&self.modes, weights, beta);
                over_plane(nodes, |at| tempered.density(at))
            }
            Shown::Shaped { factorises: false, .. } => Vec::new(),
            Shown::Shaped { marginal, .. } => {
                normalised(over_plane(nodes, |at| (beta * marginal.log_density(&at)).exp()), nodes)
            }
            Shown::Named(benchmark) => normalised(over_plane(nodes, |at| benchmark.in_plane(beta, at).exp()), nodes),
        }
    }
}

/// The marginal of a mixture in a plane, and the largest standard deviation there.
fn shaped(mixture: &GaussianMixture, plane: &Plane, modes: &[[f64; 2]]) -> Result<(Shown, f64), StudyError> {
    let d = mixture.dimension();
    let axes = plane.axes();
    let entry = |rows: &[Vec<f64>], a: &[f64], b: &[f64]| -> f64 {
        rows.iter().zip(a).map(|(row, a)| a * row.iter().zip(b).map(|(s, b)| s * b).sum::<f64>()).sum()
    };
    let covariances: Vec<Vec<Vec<f64>>> = (0..modes.len())
        .map(|k| axes.iter().map(|a| axes.iter().map(|b| entry(mixture.covariance_of(k), a, b)).collect()).collect())
        .collect();
    let widest = covariances.iter().flat_map(|c| [c[0][0], c[1][1]]).fold(0.0, f64::max).sqrt();
    let first = mixture.covariance_of(0);
    let multiple = |i: usize, j: usize| first[i][j] == if i == j { first[0][0] } else { 0.0 };
    let common =
        (1..modes.len()).all(|k| mixture.covariance_of(k) == first) && (0..d).all(|i| (0..d).all(|j| multiple(i, j)));
    let means = modes.iter().map(|mode| mode.to_vec()).collect();
    let marginal = GaussianMixture::new(mixture.weights().to_vec(), means, covariances)?;
    Ok((Shown::Shaped { marginal, factorises: common || d == 2 }, widest))
}

/// Values up to a constant as those of a density whose mass in the window is 1; nodes are evenly spaced.
fn normalised(mut values: Vec<f64>, nodes: &[f64]) -> Vec<f64> {
    let step = nodes.get(1).zip(nodes.first()).map_or(1.0, |(b, a)| b - a);
    let mass = values.iter().sum::<f64>() * step * step;
    values.iter_mut().for_each(|value| *value /= mass);
    values
}
