//! The step of the grid that classes and Gaussians allow.

use super::scene::{PlaneIntegrand, square};
use std::f64::consts::{PI, TAU};

/// Digits asked for beyond those of the tolerance: the terms' factors and their number.
const MORE: f64 = 1.5;
/// The same of the Gaussians alone, times a logarithm's growth.
const MORE_ALONE: f64 = 4.0;
/// Steps are powers of two to this power: states nearby, whose fields are subtracted, share their nodes.
const NOTCH: f64 = 0.125;

/// Two classes whose line some Gaussian sees.
struct Pair {
    classes: (usize, usize),
    /// The difference of their gradients, and its size along both axes in standard deviations.
    slope: [f64; 2],
    steep: [f64; 2],
    /// Digits left on their line, and what they ask for there.
    left: f64,
    most: f64,
}

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
    let asks = |steep: f64, digits: f64| {
        if PI / steep < alone { digits * steep / PI + PI / (2.0 * steep) } else { 0.0 }
    };
    let mut pairs = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for j in 0..n {
        for k in 0..j {
            let (a, b) = (&scene.points[j], &scene.points[k]);
            let slope = [(a[0] - b[0]) / scene.variance, (a[1] - b[1]) / scene.variance];
            let steep = slope.map(|s| s.abs() * root);
            let steepest = steep[0].max(steep[1]);
            if asks(steepest, digits) <= alone {
                continue;
            }
            // Their line alone may be too far from every Gaussian.
            let left = digits - line_distance(scene, (j, k), &slope);
            let most = asks(steepest, left);
            if left > 0.0 && most > alone {
                pairs.push(Pair { classes: (j, k), slope, steep, left, most });
            }
        }
    }
    // Those first that may ask for most, so that few of the others are looked at.
    pairs.sort_unstable_by(|a, b| b.most.total_cmp(&a.most));
    let mut most = [alone; 2];
    for Pair { classes, slope, steep, left, .. } in pairs {
        let more = |most: &[f64; 2], digits: f64| [0, 1].map(|axis| most[axis].max(asks(steep[axis], digits)));
        if more(&most, left) == most {
            continue;
        }
        if let Some(nearest) = level_with(scene, classes, &slope, slack)
            && nearest < digits
        {
            most = more(&most, digits - nearest);
        }
    }
    most.map(|most| libm::exp2((libm::log2(TAU * root / most) / NOTCH).floor() * NOTCH))
}

/// Digits that a Gaussian's density takes where classes j and k are level, and that it is spared, at least.
fn line_distance(scene: &PlaneIntegrand, (j, k): (usize, usize), slope: &[f64; 2]) -> f64 {
    let twice = 2.0 * scene.spread * (slope[0] * slope[0] + slope[1] * slope[1]);
    let offset = scene.logit(j, &[0.0; 2]) - scene.logit(k, &[0.0; 2]);
    let mut least = f64::INFINITY;
    for (m, spared) in scene.centres.iter().zip(&scene.spared) {
        let apart = offset + slope[0] * m[0] + slope[1] * m[1];
        least = least.min(apart * apart / twice + spared);
    }
    least
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
