//! The plane in which densities are shown: its nodes, its window and the shares of mass that contours enclose.

use crate::config::TargetConfig;
use crate::density::TemperedTarget;
use crate::studies::StudyError;

/// Nodes of the plane along each axis.
pub(crate) const PLANE_NODES: u32 = 81;
/// Standard deviations shown around modes and means unless told otherwise.
pub(crate) const MARGIN: f64 = 3.2;
/// Shares of mass that the contours enclose.
pub(crate) const SHARES: [f64; 2] = [0.5, 0.9];

/// Refuses, by the key of the modes, a tempered target whose quadrature is out of reach.
pub(crate) fn check_tempered(target: &TargetConfig, modes: &[[f64; 2]], beta: f64) -> Result<(), StudyError> {
    TemperedTarget::check(modes, beta).map_err(|rule| match target.separation {
        Some(separation) => StudyError::refused("target.separation", separation, rule),
        None => StudyError::refused("target.means", format!("a list of {}", modes.len()), rule),
    })
}

/// Nodes from -reach to reach.
pub(crate) fn nodes(reach: f64, count: u32) -> Vec<f64> {
    (0..count).map(|i| reach * (2.0 * f64::from(i) / f64::from(count - 1) - 1.0)).collect()
}

/// A density at all nodes of the plane, the first coordinate fastest.
pub(crate) fn over_plane(nodes: &[f64], density: impl Fn([f64; 2]) -> f64) -> Vec<f64> {
    nodes.iter().flat_map(|&b| nodes.iter().map(move |&a| [a, b])).map(density).collect()
}
