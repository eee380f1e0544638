//! Classes and Gaussians in the plane, and the step of the grid that they allow.

use super::super::span::PointClasses;
use super::RANGE;
use std::f64::consts::{PI, TAU};

/// Digits asked for beyond those of the tolerance: the terms' factors and their number.
const MORE: f64 = 1.5;
/// The same of the Gaussians alone, times a logarithm's growth.
const MORE_ALONE: f64 = 4.0;
/// Steps are powers of two to this power: states nearby, whose fields are subtracted, share their nodes.
const NOTCH: f64 = 0.125;

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
fn square(a: &[f64; 2], b: &[f64; 2]) -> f64 {
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
    pub(super) fn new(classes: &PointClasses<'_>, centres: &[f64], spread: f64) -> Option<Self> {
        let finite = |all: &[f64]| all.iter().all(|x| x.is_finite());
        let sound = finite(classes.points) && finite(centres) && finite(&[spread, classes.variance]);
        if !sound || spread <= 0.0 || classes.variance <= 0.0 {
            return None;
        }
        let present: Vec<usize> =
            (0..classes.log_weights.len()).filter(|&k| classes.log_weights[k].is_finite()).collect();
        Some(Self {
            points: present.iter().map(|&k| [classes.points[2 * k], classes.points[2 * k + 1]]).collect(),
            log_weights: present.iter().map(|&k| classes.log_weights[k]).collect(),
            present,
            variance: classes.variance,
            centres: centres.chunks_exact(2).map(|c| [c[0], c[1]]).collect(),
            spread,
        })
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

    /// The scene of some of its Gaussians and of the classes that any of them sees: beyond `e^floor` of the heaviest, where the
    /// Gaussian's own density is counted.
    pub(super) fn part(&self, gaussians: &[usize], floor: f64) -> Self {
        let centres: Vec<[f64; 2]> = gaussians.iter().map(|&i| self.centres[i]).collect();
        let mut kept = vec![false; self.points.len()];
        for centre in &centres {
            let logits: Vec<f64> = (0..self.points.len()).map(|k| self.logit(k, centre)).collect();
            let top = (0..logits.len()).fold(0, |top, k| if logits[k] > logits[top] { k } else { top });
            for (k, kept) in kept.iter_mut().enumerate() {
                let slope = square(&self.points[k], &self.points[top]).sqrt() / self.variance;
                let best = largest_share(logits[top] - logits[k], slope, self.spread);
                // What is not a number is kept: a class at the place of the heaviest.
                *kept |= k == top || best > floor || best.is_nan();
            }
        }
        let seen = || kept.iter().enumerate().filter(|(_, kept)| **kept).map(|(k, _)| k);
        Self {
            present: seen().map(|k| self.present[k]).collect(),
            points: seen().map(|k| self.points[k]).collect(),
            log_weights: seen().map(|k| self.log_weights[k]).collect(),
            variance: self.variance,
            centres,
            spread: self.spread,
        }
    }

    /// What keeps the classes' factors and their sums in range within `reach` of the Gaussians; `None` if nothing does.
    pub(super) fn level(&self, reach: f64) -> Option<Level> {
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

/// The steps along both axes at which the trapezoid rule errs by about `e^-digits`.
///
/// Where two classes are level and no third is above them, the logarithm is singular at a distance of pi over the
/// difference of their slopes from the real axis; a Gaussian sees that with its density there.
pub(super) fn steps(scene: &PlaneIntegrand, digits: f64) -> [f64; 2] {
    let root = scene.spread.sqrt();
    // In standard deviations, as frequencies 2 pi/h.
    let alone = (2.0 * (digits + MORE_ALONE)).sqrt();
    let (n, digits) = (scene.points.len(), digits + MORE);
    let slack = libm::log(n as f64);
    let mut most = [alone; 2];
    for j in 0..n {
        for k in 0..j {
            let (a, b) = (&scene.points[j], &scene.points[k]);
            let slope = [(a[0] - b[0]) / scene.variance, (a[1] - b[1]) / scene.variance];
            let steep = slope.map(|s| s.abs() * root);
            let asks = |axis: usize, digits: f64| digits * steep[axis] / PI + PI / (2.0 * steep[axis]);
            let is_open = |axis: usize| PI / steep[axis] < alone && asks(axis, digits) > most[axis];
            let open = [is_open(0), is_open(1)];
            if open == [false; 2] {
                continue;
            }
            // Their line alone may be too far from every Gaussian.
            if line_distance(scene, (j, k), &slope) / (2.0 * scene.spread) > digits {
                continue;
            }
            if let Some(nearest) = level_with(scene, (j, k), &slope, slack) {
                let left = digits - nearest / (2.0 * scene.spread);
                for axis in (0..2).filter(|&axis| open[axis] && left > 0.0) {
                    most[axis] = most[axis].max(asks(axis, left));
                }
            }
        }
    }
    most.map(|most| libm::exp2((libm::log2(TAU * root / most) / NOTCH).floor() * NOTCH))
}

/// The square of the distance from the Gaussians to where classes j and k are level.
fn line_distance(scene: &PlaneIntegrand, (j, k): (usize, usize), slope: &[f64; 2]) -> f64 {
    let length = slope[0] * slope[0] + slope[1] * slope[1];
    let apart = |m: &[f64; 2]| scene.logit(j, m) - scene.logit(k, m);
    let nearest = scene.centres.iter().map(|m| apart(m).abs()).fold(f64::INFINITY, f64::min);
    nearest * nearest / length
}

/// The square of the distance from the Gaussians to where classes j and k are level and no third exceeds them by more
/// than `slack`; `None` if they are nowhere.
fn level_with(scene: &PlaneIntegrand, (j, k): (usize, usize), slope: &[f64; 2], slack: f64) -> Option<f64> {
    let (a, b) = (&scene.points[j], &scene.points[k]);
    let length = (slope[0] * slope[0] + slope[1] * slope[1]).sqrt();
    let shift = (scene.log_weights[j] - scene.log_weights[k]) / (length * length);
    let place = [0.5 * (a[0] + b[0]) - shift * slope[0], 0.5 * (a[1] + b[1]) - shift * slope[1]];
    let along = [-slope[1] / length, slope[0] / length];
    let here = scene.logit(j, &place);
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for (l, c) in scene.points.iter().enumerate().filter(|(l, _)| *l != j && *l != k) {
        let room = slack + here - scene.logit(l, &place);
        let rate = ((c[0] - a[0]) * along[0] + (c[1] - a[1]) * along[1]) / scene.variance;
        if rate > 0.0 {
            high = high.min(room / rate);
        } else if rate < 0.0 {
            low = low.max(room / rate);
        } else if room < 0.0 {
            return None;
        }
        if low > high {
            return None;
        }
    }
    let nearest = |m: &[f64; 2]| {
        let at = ((m[0] - place[0]) * along[0] + (m[1] - place[1]) * along[1]).max(low).min(high);
        square(m, &[place[0] + at * along[0], place[1] + at * along[1]])
    };
    Some(scene.centres.iter().map(nearest).fold(f64::INFINITY, f64::min))
}
