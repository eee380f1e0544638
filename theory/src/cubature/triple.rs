//! Three classes to ten digits and fewer: one integral by the trapezoid rule, whose step is known beforehand.

use super::few_averages::Few;
use super::line::reach;
use crate::kernel::{FINE, FastScales, INV_SQRT_2PI, exp_array, log_array};
use std::f64::consts::{PI, TAU};

/// Nodes that are taken together, and most on one side.
const B: usize = 16;
const MOST_NODES: f64 = 1e6;
/// Digits asked for beyond those of the tolerance: the terms' factors and their number, and those of the Gaussian alone.
const MORE: f64 = 2.0;
const MORE_ALONE: f64 = 4.0;
/// The same for cross products, whose poles are double.
const MORE_CROSS: f64 = 4.0;

/// Which of the classes is compared with the sum of the two others, and the integral over the difference `w` of those.
struct Split {
    /// The class that is compared, and the two others.
    order: [usize; 3],
    /// Mean and standard deviation of `w = u_k - u_j`.
    offset: f64,
    scale: f64,
    /// `u_i - u_j` along `w`'s noise, and the square of its deviation beyond.
    lean: f64,
    square: f64,
    /// The smallest frequency of the trapezoid rule.
    frequency: f64,
}

/// The frequency at which the transform of a Gaussian density times a function of `slope` g has lost `digits`, where that
/// function's own falls like `e^(-pi f - square f^2/2)`: a logistic function that a noise of that square smooths. 0 where the
/// density alone falls as fast.
fn frequency(slope: f64, square: f64, digits: f64) -> f64 {
    // Of all ways to share a frequency the one that loses least: f for the function, u/slope for the density.
    let lost = 2.0 * digits * slope * slope - PI * PI;
    if lost.is_nan() || lost <= 0.0 {
        return 0.0;
    }
    let both = slope * slope + square;
    let u = ((2.0 * digits * square + PI * PI) / both).sqrt() * slope;
    slope * lost / (both * (u + PI)) + u / slope
}

impl Split {
    fn new(i: usize, means: &[f64; 3], squares: &[f64; 3], digits: f64) -> Self {
        let (j, k) = ((i + 1) % 3, (i + 2) % 3);
        let (offset, scale) = (means[k] - means[j], squares[i].sqrt());
        // The square of a side belongs to the opposite corner.
        let lean = if scale > 0.0 { (squares[k] + squares[i] - squares[j]) / (2.0 * scale) } else { 0.0 };
        let square = (squares[k] - lean * lean).max(0.0);
        let alone = (2.0 * (digits + MORE_ALONE)).sqrt();
        // The softplus of w bends at w = 0, seen with the density there.
        let bend = frequency(scale, 0.0, digits + MORE - 0.5 * (offset / scale).powi(2));
        let kernel = frequency(lean.abs().max((lean - scale).abs()), square, digits + MORE);
        Self { order: [i, j, k], offset, scale, lean, square, frequency: alone.max(bend).max(kernel) }
    }
}

/// The averages of the softmax of three logits with these means; `squares[i]` is the variance of the difference of the two others
/// than `i`. Cross products only if wanted. `None` for a tolerance below [`FINE`].
#[inline(always)]
pub(super) fn three(means: &[f64; 3], squares: &[f64; 3], tolerance: f64, wants_cross: bool) -> Option<Few> {
    if tolerance < FINE {
        return None;
    }
    let digits = -libm::log(tolerance) + if wants_cross { MORE_CROSS } else { 0.0 };
    let mut split = Split::new(0, means, squares, digits);
    for i in 1..3 {
        let other = Split::new(i, means, squares, digits);
        if other.frequency < split.frequency {
            split = other;
        }
    }
    let step = TAU / split.frequency;
    let count = ((reach(tolerance) - 0.3) / step).ceil();
    if count.is_nan() || count > MOST_NODES {
        return None;
    }
    let ([i, j, k], Split { offset, scale, lean, square, .. }) = (split.order, split);
    // The slope of a kernel errs more than the kernel.
    let kernel = FastScales::new(square, if wants_cross { tolerance / 30.0 } else { tolerance });
    let mu = means[i] - means[j];
    let (mut log, mut first, mut second, mut third) = ([0.0; B], [0.0; B], [0.0; B], [0.0; B]);
    let mut cross = [[0.0; B]; 3];
    let factor = INV_SQRT_2PI * step;
    for block in 0..(2 * count as usize + 1).div_ceil(B) {
        let (mut half_square, mut small, mut w, mut a) = ([0.0; B], [0.0; B], [0.0; B], [0.0; B]);
        for l in 0..B {
            let g = step * ((block * B + l) as f64 - count);
            half_square[l] = -0.5 * g * g;
            w[l] = offset + scale * g;
            small[l] = -w[l].abs();
            a[l] = mu + lean * g;
        }
        let (density, small) = (exp_array(&half_square), exp_array(&small));
        let mut whole = [0.0; B];
        for l in 0..B {
            whole[l] = 1.0 + small[l];
        }
        let bent = log_array(&whole);
        let mut soft = [0.0; B];
        for l in 0..B {
            soft[l] = bent[l] + if w[l] > 0.0 { w[l] } else { 0.0 };
            a[l] -= soft[l];
        }
        let [above, share, slope] = kernel.triple(&a);
        for l in 0..B {
            let weight = factor * density[l];
            let light = small[l] / whole[l];
            let high = if w[l] > 0.0 { 1.0 - light } else { light };
            let low = if w[l] > 0.0 { light } else { 1.0 - light };
            let rest = 1.0 - share[l];
            log[l] += weight * (soft[l] + above[l]);
            first[l] += weight * share[l];
            second[l] += weight * (rest * low);
            third[l] += weight * (rest * high);
            if wants_cross {
                cross[0][l] += weight * (slope[l] * low);
                cross[1][l] += weight * (slope[l] * high);
                cross[2][l] += weight * ((rest - slope[l]) * low * high);
            }
        }
    }
    let total = |lanes: &[f64; B]| lanes.iter().sum::<f64>();
    let mut out = Few { log_sum: means[j] + total(&log), error: tolerance, ..Few::default() };
    out.log_sum_error = tolerance * (1.0 + scale + square.sqrt() + lean.abs() + mu.abs() + offset.abs());
    (out.mean[i], out.mean[j], out.mean[k]) = (total(&first), total(&second), total(&third));
    if wants_cross {
        out.set_cross(i, j, total(&cross[0]));
        out.set_cross(i, k, total(&cross[1]));
        out.set_cross(j, k, total(&cross[2]));
    }
    Some(out)
}
