//! The step of the grid that classes and Gaussians allow.

use super::scene::{PlaneIntegrand, square};
use std::f64::consts::{PI, TAU};

/// Digits asked for beyond those of the tolerance: the terms' factors and their number.
const MORE: f64 = 1.5;
/// The same of the Gaussians alone, times a logarithm's growth.
const MORE_ALONE: f64 = 4.0;
/// Steps are powers of two to this power: states nearby, whose fields are subtracted, share their nodes.
const NOTCH: f64 = 0.125;

/// The steps along both axes at which the trapezoid rule errs by about `e^-digits`.
///
/// Where two classes are level and no third is above them, the logarithm is singular at a distance of pi over the
/// difference of their slopes from the real axis; a Gaussian sees that with its density there.
pub(super) fn steps(scene: &PlaneIntegrand, digits: f64) -> [f64; 2] {
    let root = scene.spread.sqrt();
    // In standard deviations, as frequencies 2 pi/h.
    let spared = scene.spared.iter().fold(f64::INFINITY, |m: f64, s| m.min(*s));
    let alone = (2.0 * (digits - spared + MORE_ALONE)).sqrt();
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
            if line_distance(scene, (j, k), &slope) > digits {
                continue;
            }
            if let Some(nearest) = level_with(scene, (j, k), &slope, slack) {
                let left = digits - nearest;
                for axis in (0..2).filter(|&axis| open[axis] && left > 0.0) {
                    most[axis] = most[axis].max(asks(axis, left));
                }
            }
        }
    }
    most.map(|most| libm::exp2((libm::log2(TAU * root / most) / NOTCH).floor() * NOTCH))
}

/// Digits that a Gaussian's density takes where classes j and k are level, and that it is spared, at least.
fn line_distance(scene: &PlaneIntegrand, (j, k): (usize, usize), slope: &[f64; 2]) -> f64 {
    let length = slope[0] * slope[0] + slope[1] * slope[1];
    let apart = |m: &[f64; 2]| scene.logit(j, m) - scene.logit(k, m);
    let taken = |m: &[f64; 2]| apart(m) * apart(m) / (2.0 * scene.spread * length);
    scene.centres.iter().zip(&scene.spared).map(|(m, s)| taken(m) + s).fold(f64::INFINITY, f64::min)
}

/// The same where classes j and k are level and no third exceeds them by more than `slack`; `None` if that is nowhere.
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
        square(m, &[place[0] + at * along[0], place[1] + at * along[1]]) / (2.0 * scene.spread)
    };
    Some(scene.centres.iter().zip(&scene.spared).map(|(m, s)| nearest(m) + s).fold(f64::INFINITY, f64::min))
}
