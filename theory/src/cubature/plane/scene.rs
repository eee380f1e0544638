//! Classes and Gaussians in the plane: what each sees, how well and how far its averages are wanted.

use super::super::line::reach;
use super::super::span::PointClasses;
use super::{RANGE, SPARE};

/// No average is worse than this, however little it counts.
const LEAST: f64 = 1e-3;

/// What is averaged.
#[derive(Debug, Clone)]
pub(super) struct PlaneIntegrand {
    /// The present classes among all.
    pub(super) present: Vec<usize>,
    pub(super) points: Vec<[f64; 2]>,
    pub(super) log_weights: Vec<f64>,
    /// The variance in the logits.
    pub(super) variance: f64,
    pub(super) centres: Vec<[f64; 2]>,
    /// The variance of the Gaussians.
    pub(super) spread: f64,
    /// Digits, as a natural logarithm, that the averages over each Gaussian need not have.
    pub(super) spared: Vec<f64>,
    /// The distance from each Gaussian's centre at which it is cut; empty before [`PlaneIntegrand::cut`].
    pub(super) reaches: Vec<f64>,
}

/// Which part of `-|x|^2/(2 variance)` is left out of the classes' factors along an axis, so that they stay in range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    /// `1/(2 variance)`.
    rate: f64,
    linear: bool,
}

impl Level {
    /// The logarithm of a class's factor.
    #[inline(always)]
    pub(super) fn logit(self, x: f64, point: f64) -> f64 {
        if self.linear { point * (2.0 * x - point) * self.rate } else { -(x - point) * (x - point) * self.rate }
    }

    /// What has been left out of it.
    #[inline(always)]
    pub(super) fn common(self, x: f64) -> f64 {
        if self.linear { -x * x * self.rate } else { 0.0 }
    }
}

#[inline(always)]
pub(super) fn square(a: &[f64; 2], b: &[f64; 2]) -> f64 {
    (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
}

/// Logarithm of the most that a class weighs beside another anywhere, a Gaussian's own density counted: its logit is lower by
/// `gap` at the centre, and `slope` is the difference of their gradients. Not a number where they are one place.
pub(crate) fn largest_share(gap: f64, slope: f64, spread: f64) -> f64 {
    // log p_k/p_top rises along one direction; the Gaussian weighs it down.
    let level = gap / slope;
    if slope * spread < level { slope * slope * spread / 2.0 - gap } else { -level * level / (2.0 * spread) }
}

impl PlaneIntegrand {
    /// `None` if a number is not finite.
    pub(super) fn new(
        classes: &PointClasses<'_>,
        (centres, log_shares): (&[f64], &[f64]),
        spread: f64,
        tolerance: f64,
    ) -> Option<Self> {
        let finite = |all: &[f64]| all.iter().all(|x| x.is_finite());
        let sound = finite(classes.points) && finite(centres) && finite(&[spread, classes.variance]);
        if !sound || spread <= 0.0 || classes.variance <= 0.0 {
            return None;
        }
        let present: Vec<usize> =
            (0..classes.log_weights.len()).filter(|&k| classes.log_weights[k].is_finite()).collect();
        let most = libm::log(LEAST / tolerance).max(0.0);
        let spared: Vec<f64> =
            (0..centres.len() / 2).map(|i| log_shares.get(i).map_or(0.0, |share| (-share).clamp(0.0, most))).collect();
        Some(Self {
            points: present.iter().map(|&k| [classes.points[2 * k], classes.points[2 * k + 1]]).collect(),
            log_weights: present.iter().map(|&k| classes.log_weights[k]).collect(),
            present,
            variance: classes.variance,
            reaches: Vec::new(),
            spared,
            centres: centres.chunks_exact(2).map(|c| [c[0], c[1]]).collect(),
            spread,
        })
    }

    /// Finds where the Gaussians are cut.
    pub(super) fn cut(&mut self, tolerance: f64) {
        let at = |spared: &f64| (reach(tolerance * libm::exp(*spared)) - 0.3) * self.spread.sqrt();
        self.reaches = self.spared.iter().map(at).collect();
    }

    /// The farthest of the distances at which Gaussians are cut.
    pub(super) fn farthest_reach(&self) -> f64 {
        self.reaches.iter().fold(0.0, |m: f64, r| m.max(*r))
    }

    /// `log w_k - |x - c_k|^2/(2 variance)`.
    #[inline(always)]
    pub(super) fn logit(&self, k: usize, x: &[f64; 2]) -> f64 {
        self.log_weights[k] - square(x, &self.points[k]) / (2.0 * self.variance)
    }

    /// The square of the distance of two Gaussians.
    pub(super) fn apart(&self, i: usize, j: usize) -> f64 {
        square(&self.centres[i], &self.centres[j])
    }

    /// The classes that a Gaussian sees, the heaviest first: beyond the tolerance and some beside every other one, where the
    /// Gaussian's own density is counted.
    #[inline(always)]
    pub(super) fn seen(&self, gaussian: usize, digits: f64, seen: &mut Vec<usize>) {
        let (centre, floor) = (&self.centres[gaussian], self.spared[gaussian] - digits - SPARE);
        let mut top = (0, f64::NEG_INFINITY);
        for k in 0..self.points.len() {
            let logit = self.logit(k, centre);
            if logit > top.1 {
                top = (k, logit);
            }
        }
        seen.clear();
        seen.push(top.0);
        for k in 0..self.points.len() {
            if k != top.0 && self.is_above(k, top, centre, floor) {
                seen.push(k);
            }
        }
        // What lies behind others is seen beside the heaviest alone.
        for i in (1..seen.len()).rev() {
            for l in 1..seen.len() {
                let other = (seen[l], self.logit(seen[l], centre));
                if l != i && !self.is_above(seen[i], other, centre, floor) {
                    seen.remove(i);
                    break;
                }
            }
        }
    }

    /// Whether a class is beyond `e^floor` of another one of that logit at the centre.
    #[inline(always)]
    fn is_above(&self, k: usize, (other, logit): (usize, f64), centre: &[f64; 2], floor: f64) -> bool {
        let gap = logit - self.logit(k, centre);
        let slope = square(&self.points[k], &self.points[other]).sqrt() / self.variance;
        let share = largest_share(gap, slope, self.spread);
        // What is not a number is seen: a class at the place of the other.
        gap <= 0.0 || share > floor || share.is_nan()
    }

    /// The scene of some of its Gaussians, which are cut, and of the classes that any of them sees, by `sights`: Gaussian x class.
    pub(super) fn part(&self, gaussians: &[usize], sights: &[bool]) -> Self {
        let n = self.points.len();
        let seen = || (0..n).filter(|&k| gaussians.iter().any(|&i| sights[i * n + k]));
        Self {
            present: seen().map(|k| self.present[k]).collect(),
            points: seen().map(|k| self.points[k]).collect(),
            log_weights: seen().map(|k| self.log_weights[k]).collect(),
            variance: self.variance,
            centres: gaussians.iter().map(|&i| self.centres[i]).collect(),
            spread: self.spread,
            spared: gaussians.iter().map(|&i| self.spared[i]).collect(),
            reaches: gaussians.iter().map(|&i| self.reaches[i]).collect(),
        }
    }

    /// What keeps the classes' factors and their sums in range within the reach of the Gaussians; `None` if nothing does.
    pub(super) fn level(&self) -> Option<Level> {
        let reach = self.farthest_reach();
        let twice = 2.0 * self.variance;
        // The sum at the farthest node is at least the class that is largest there.
        let depth = |m: &[f64; 2]| {
            let far = |k: usize| {
                let along = square(m, &self.points[k]).sqrt() + 2.0 * reach;
                along * along / twice - self.log_weights[k]
            };
            (0..self.points.len()).map(far).fold(f64::INFINITY, f64::min)
        };
        if self.centres.iter().map(depth).fold(0.0, f64::max) < RANGE {
            return Some(Level { rate: 1.0 / twice, linear: false });
        }
        let size = |all: &[[f64; 2]]| all.iter().map(|p| square(p, &[0.0; 2])).fold(0.0, f64::max).sqrt();
        let farthest = size(&self.points);
        let most = farthest * (2.0 * (size(&self.centres) + 2.0 * reach) + farthest) / twice;
        (most < RANGE).then_some(Level { rate: 1.0 / twice, linear: true })
    }
}
