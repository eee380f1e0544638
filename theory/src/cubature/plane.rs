//! Averages of a softmax over Gaussians in the plane by the trapezoid rule on one grid: theory section 3.7.

mod direct;
mod groups;
mod lines;
mod scene;
mod step;
mod sum;
#[cfg(test)]
mod tests;
mod tile;

use super::span::{PointClasses, RowAverages};
use groups::{GaussianGroup, groups};
use lines::Lines;
use scene::PlaneIntegrand;
pub(crate) use scene::largest_share;
use sum::{GridSum, Heaviest};

/// Fewer classes have kernels of their own.
const FEWEST: usize = 3;
/// Nodes of a tile along each axis.
const N: usize = 8;
/// Most tiles: beyond, cells with nodes only where classes meet cost less.
const MOST_TILES: usize = 4096;
/// Every density of a class and their sums are kept within e^+-(twice this) at the nodes.
const RANGE: f64 = 300.0;
/// Logarithm of what a class left out of a tile may weigh beside the tolerance.
pub(crate) const SPARE: f64 = 4.0;

/// What is wanted beside `E log sum` and the pulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// `E p_k`.
    pub(crate) means: bool,
    /// `E tr Cov_p c`.
    pub(crate) traces: bool,
}

/// Averages over each Gaussian in turn, and `E sum_k p_k (c_k - m_i)`, two coordinates for each.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaneAverages {
    pub(crate) rows: RowAverages,
    pub(crate) pulls: Vec<f64>,
}

/// The averages of the softmax of `u_k = log w_k - |x - c_k|^2/(2 variance)` over `N(m_i, spread I)`, `m_i` the rows of
/// `centres`, all in the plane, to an absolute `tolerance` (of the logarithm and of the pulls relative to the size of the
/// logits and of the scene). `None` where the rule would cost more than others or leave the range of numbers: fewer than
/// three present classes, coordinates other than two, a number that is not finite, a grid that is too fine. Averages that
/// count by a share are wanted to the tolerance over that; no logarithms of shares are shares of 1.
#[inline(always)]
pub(crate) fn averages(
    classes: &PointClasses<'_>,
    (centres, log_shares): (&[f64], &[f64]),
    spread: f64,
    tolerance: f64,
    wanted: Wanted,
) -> Option<PlaneAverages> {
    if classes.width != 2 {
        return None;
    }
    let mut scene = PlaneIntegrand::new(classes, (centres, log_shares), spread, tolerance)?;
    let present = scene.points.len();
    if present < FEWEST {
        return None;
    }
    let digits = -libm::log(tolerance);
    let (rows, n) = (scene.centres.len(), classes.log_weights.len());
    let mut all = PlaneAverages::new((rows, n), wanted.means);
    all.rows.error = tolerance;
    let (mut left, mut seen) = (Vec::with_capacity(rows), Vec::with_capacity(n));
    let mut sights = vec![false; rows * present];
    for row in 0..rows {
        scene.seen(row, digits, &mut seen);
        if !direct::average(&scene, row, &seen, tolerance, wanted, &mut all) {
            left.push(row);
            seen.iter().for_each(|&k| sights[row * present + k] = true);
        }
    }
    if left.is_empty() {
        return Some(all);
    }
    scene.cut(tolerance);
    // One place only, for it is compiled into each of its callers.
    for group in &groups(&scene, &left, &sights, digits) {
        let found = on_one_grid(&group.scene, classes, group.steps, tolerance, wanted)?;
        all.take(group, &found, n);
    }
    Some(all)
}

impl PlaneAverages {
    /// Room for so many Gaussians and classes.
    fn new((rows, n): (usize, usize), wants_means: bool) -> Self {
        let mut all = Self { pulls: vec![0.0; 2 * rows], ..Self::default() };
        (all.rows.log_sum, all.rows.trace) = (vec![0.0; rows], vec![0.0; rows]);
        all.rows.mean = vec![0.0; if wants_means { rows * n } else { 0 }];
        all
    }

    /// Puts the averages over a group of Gaussians, of `n` classes, in their places.
    fn take(&mut self, group: &GaussianGroup, found: &Self, n: usize) {
        for (place, &row) in group.gaussians.iter().enumerate() {
            self.pulls[2 * row..2 * row + 2].copy_from_slice(&found.pulls[2 * place..2 * place + 2]);
            self.rows.log_sum[row] = found.rows.log_sum[place];
            self.rows.trace[row] = found.rows.trace[place];
            if !found.rows.mean.is_empty() {
                let from = &found.rows.mean[place * n..(place + 1) * n];
                self.rows.mean[row * n..(row + 1) * n].copy_from_slice(from);
            }
        }
    }
}

/// The averages over all Gaussians of a scene on a grid of the given steps.
#[inline(always)]
fn on_one_grid(
    scene: &PlaneIntegrand,
    classes: &PointClasses<'_>,
    [h, k]: [f64; 2],
    tolerance: f64,
    wanted: Wanted,
) -> Option<PlaneAverages> {
    let level = scene.level()?;
    let across: [Lines; 2] = [Lines::new(scene, 0, h, level)?, Lines::new(scene, 1, k, level)?];
    let mut heaviest = Vec::with_capacity(scene.centres.len());
    for centre in &scene.centres {
        heaviest.push(Heaviest::new(scene, centre));
    }
    let floor = libm::log(tolerance) - SPARE;
    let sum = GridSum { scene, across: &across, heaviest: &heaviest, wanted, floor };
    Some(sum.averages(classes, tolerance))
}
