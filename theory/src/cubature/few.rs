//! Two and three classes: one direction is integrated in closed form by the kernels, the other by quadrature.

#[cfg(test)]
mod tests;

use super::few_averages::Few;
use super::line::{Feature, IntegrandShape, NOWHERE, average};
use super::triple;
use crate::kernel::{FixedScale, bend};
use std::f64::consts::PI;

/// Loadings shorter than this fraction of those they are left over from are rounding.
pub(crate) const ROUNDING: f64 = 4e-15;

/// A logit: mean and loadings on the noise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoisyLogit<'a> {
    pub(crate) mean: f64,
    pub(crate) loading: &'a [f64],
}

/// Scale that a kernel of width `s`, whose argument runs at `slope`, adds to an integrand: its poles are at distance
/// pi, but Gaussian smoothing makes it entire, which is worth about `2 s` more.
pub(crate) fn kernel_scale(slope: f64, s: f64) -> f64 {
    slope * PI / (PI + 2.0 * s)
}

/// `|x - y|`.
pub(crate) fn separation(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(u, v)| (u - v) * (u - v)).sum::<f64>().sqrt()
}

/// Below this a share is computed as what it is, not as a difference from 1.
const SMALL: f64 = 1e-6;

/// `L(a, b)` where the kernel, good to 1e-14 absolutely, says `kernel`: `sigma(u) = e^u sigma(-u)` and a shift of the
/// noise by b give `e^(a + b^2/2) L(-a - b^2, b)`, whose factor is of order 1 as long as `a + b^2 <= 0`.
fn small(a: f64, b: f64, kernel: f64) -> f64 {
    let square = b * b;
    if a + square > 0.0 {
        return kernel.max(0.0);
    }
    libm::exp(a + 0.5 * square) * crate::kernel::logistic_normal(-a - square, b)
}

/// Two classes: the kernels themselves.
pub(crate) fn two(c: [NoisyLogit<'_>; 2]) -> Few {
    pair([c[0].mean, c[1].mean], separation(c[0].loading, c[1].loading))
}

/// Two classes of these mean logits, whose difference has the standard deviation `b`.
pub(crate) fn pair(means: [f64; 2], b: f64) -> Few {
    let a = means[0] - means[1];
    let (soft, value, slope) = crate::kernel::logistic_softplus_normal(a, b);
    let error = 8.0 * f64::EPSILON;
    let mut out = Few { log_sum: means[1] + soft, error, log_sum_error: error * (1.0 + soft), ..Few::default() };
    (out.mean[0], out.mean[1]) = match (value < SMALL, value > 1.0 - SMALL) {
        (true, _) => (small(a, b, value), 1.0 - value),
        (_, true) => (value, small(-a, b, 1.0 - value)),
        _ => (value, 1.0 - value),
    };
    out.set_cross(0, 1, slope);
    out
}

/// Where the kernel's argument, linear on both sides of the bend `w = 0`, crosses zero.
pub(crate) fn crossings(at_zero: f64, below: f64, above: f64) -> [Option<(f64, f64)>; 2] {
    let cross = |slope: f64, right: bool| {
        let w = -at_zero / slope;
        (slope != 0.0 && w.is_finite() && (w >= 0.0) == right).then_some((w, slope.abs()))
    };
    [cross(below, false), cross(above, true)]
}

/// Three classes: given `w = u_3 - u_2`, the first is against `u_2 + log(1 + e^w)`, a Gaussian comparison.
pub(crate) fn three(c: [NoisyLogit<'_>; 3], tolerance: f64) -> Few {
    let square = |j: usize, k: usize| separation(c[j].loading, c[k].loading).powi(2);
    let squares = [square(1, 2), square(2, 0), square(0, 1)];
    triple::three(&c.map(|class| class.mean), &squares, tolerance, true).unwrap_or_else(|| three_finely(c, tolerance))
}

/// The same to any tolerance.
pub(super) fn three_finely(c: [NoisyLogit<'_>; 3], tolerance: f64) -> Few {
    // The closest pair is the one to integrate over: the cost grows with its separation.
    let pairs = [(0, 1, 2), (1, 0, 2), (2, 0, 1)];
    let width = |&(_, j, k): &(usize, usize, usize)| separation(c[j].loading, c[k].loading);
    let (i, j, k) = pairs.into_iter().min_by(|p, q| width(p).total_cmp(&width(q))).unwrap_or((0, 1, 2));
    let (one, two, three) = (c[i], c[j], c[k]);
    let scale = separation(three.loading, two.loading);
    // u_1 - u_2 = lean * g + s * (independent), w = offset + scale * g.
    let direction = |q: usize| {
        if scale > 0.0 { (three.loading[q] - two.loading[q]) / scale } else { 0.0 }
    };
    let apart = |q: usize| one.loading[q] - two.loading[q];
    let n = one.loading.len();
    let lean: f64 = (0..n).map(|q| apart(q) * direction(q)).sum();
    let s = (0..n).map(|q| (apart(q) - lean * direction(q)).powi(2)).sum::<f64>().sqrt();
    let s = if s <= ROUNDING * separation(one.loading, two.loading) { 0.0 } else { s };
    let (mu, offset) = (one.mean - two.mean, three.mean - two.mean);
    let kernel = FixedScale::new(s);
    let unit = 1.0 / (1.0 + mu.abs() + offset.abs() + scale + s + lean.abs());
    let mut integrand = |g: f64| {
        let (low, high, bent) = bend(offset + scale * g);
        let (soft, value, slope) = kernel.triple(mu + lean * g - bent);
        let rest = 1.0 - value;
        [unit * soft, value, rest * high, slope * low, slope * high, (rest - slope) * low * high]
    };
    let slopes = lean.abs().max((lean - scale).abs());
    let mut features = [NOWHERE; 3];
    if scale > 0.0 {
        let bend = -offset / scale;
        features[0] = Feature { place: bend, width: 1.0 / scale };
        let found = crossings(mu + lean * bend, lean, lean - scale);
        for (feature, (distance, slope)) in features[1..].iter_mut().zip(found.into_iter().flatten()) {
            *feature = Feature { place: bend + distance, width: s.max(1.0) / slope };
        }
    }
    let shape = IntegrandShape { scale: scale.max(kernel_scale(slopes, s)), features: &features, tolerance };
    let (v, error) = average(&shape, &mut integrand);
    let pair = crate::kernel::softplus_normal(offset, scale);
    let mut out = Few { log_sum: two.mean + pair + v[0] / unit, error, log_sum_error: error / unit, ..Few::default() };
    out.mean[i] = v[1];
    out.mean[k] = v[2];
    out.mean[j] = (1.0 - v[1] - v[2]).max(0.0);
    out.set_cross(i, j, v[3]);
    out.set_cross(i, k, v[4]);
    out.set_cross(j, k, v[5]);
    out
}
