//! Averages of a softmax over Gaussians in the plane by the trapezoid rule on one grid: theory section 3.7.

mod groups;
mod lines;
mod step;
mod sum;
#[cfg(test)]
mod tests;
mod tile;

use super::line::reach;
use super::span::{PointClasses, RowAverages};
use groups::{GaussianGroup, groups};
use lines::Lines;
pub(crate) use step::largest_share;
use step::{PlaneIntegrand, steps};
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
/// three present classes, coordinates other than two, a number that is not finite, a grid that is too fine.
#[inline(always)]
pub(crate) fn averages(
    classes: &PointClasses<'_>,
    centres: &[f64],
    spread: f64,
    tolerance: f64,
    wanted: Wanted,
) -> Option<PlaneAverages> {
    if classes.width != 2 {
        return None;
    }
    let scene = PlaneIntegrand::new(classes, centres, spread)?;
    if scene.points.len() < FEWEST {
        return None;
    }
    let digits = -libm::log(tolerance);
    let reach = (reach(tolerance) - 0.3) * spread.sqrt();
    let whole = steps(&scene, digits);
    let (rows, n) = (scene.centres.len(), classes.log_weights.len());
    let groups = groups(&scene, (digits, SPARE), reach, whole)
        .unwrap_or_else(|| vec![GaussianGroup { gaussians: (0..rows).collect(), scene, steps: whole }]);
    let mut all = PlaneAverages::default();
    // One place only, for it is compiled into each of its callers.
    for group in &groups {
        let found = on_one_grid(&group.scene, classes, (group.steps, reach), tolerance, wanted)?;
        if groups.len() == 1 {
            return Some(found);
        }
        all.take(&group.gaussians, &found, (rows, n));
    }
    all.rows.error = tolerance;
    Some(all)
}

impl PlaneAverages {
    /// Puts the averages of some of `rows` Gaussians over `n` classes in their places.
    fn take(&mut self, gaussians: &[usize], found: &Self, (rows, n): (usize, usize)) {
        self.pulls.resize(2 * rows, 0.0);
        self.rows.log_sum.resize(rows, 0.0);
        self.rows.trace.resize(rows, 0.0);
        self.rows.mean.resize(if found.rows.mean.is_empty() { 0 } else { rows * n }, 0.0);
        for (place, &row) in gaussians.iter().enumerate() {
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
    ([h, k], reach): ([f64; 2], f64),
    tolerance: f64,
    wanted: Wanted,
) -> Option<PlaneAverages> {
    let level = scene.level(reach)?;
    let across: [Lines; 2] = [Lines::new(scene, 0, h, reach, level)?, Lines::new(scene, 1, k, reach, level)?];
    let mut heaviest = Vec::with_capacity(scene.centres.len());
    for centre in &scene.centres {
        heaviest.push(Heaviest::new(scene, centre));
    }
    let floor = libm::log(tolerance) - SPARE;
    let sum = GridSum { scene, across: &across, heaviest: &heaviest, reach, wanted, floor };
    Some(sum.averages(classes, tolerance))
}
