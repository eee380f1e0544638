//! Four classes as two pairs: given the difference within each pair, pair against pair is a Gaussian comparison.

use super::few::{NoisyLogit, ROUNDING, crossings, kernel_scale};
use super::few_averages::Few;
use super::line::{Feature, IntegrandShape, NOWHERE, average};
use crate::kernel::{FixedScale, bend, softplus};

/// Share of the tolerance given to an inner integral at the middle of the outer one.
const INNER: f64 = 0.05;

/// Loosest inner tolerance, however little the outer density weighs.
const LOOSEST: f64 = 1e-5;

/// Inner errors relative to the outer density add up to this many times the largest: the width of the line over
/// `sqrt(2 pi)`.
const SPREAD: f64 = 6.6;

/// `w_A = u_2 - u_1`, `w_B = u_4 - u_3` and `D = u_1 - u_3` as affine functions of independent noises.
struct NoiseFrame {
    /// `w_A = a.0 + a.1 g_1`.
    a: (f64, f64),
    /// `w_B = b.0 + b.1 g_1 + b.2 g_2`.
    b: (f64, f64, f64),
    /// `D = d.0 + d.1 g_1 + d.2 g_2 + s g_3`.
    d: (f64, f64, f64),
    s: f64,
}

impl NoiseFrame {
    /// Orthogonalises the three differences; what is left within rounding is zero.
    fn new(c: [NoisyLogit<'_>; 4]) -> Self {
        let n = c[0].loading.len();
        let diff = |j: usize, k: usize| move |q: usize| c[j].loading[q] - c[k].loading[q];
        let (wa, wb, dd) = (diff(1, 0), diff(3, 2), diff(0, 2));
        let norm = |f: &dyn Fn(usize) -> f64| (0..n).map(|q| f(q) * f(q)).sum::<f64>().sqrt();
        let dot = |f: &dyn Fn(usize) -> f64, g: &dyn Fn(usize) -> f64| (0..n).map(|q| f(q) * g(q)).sum::<f64>();
        let (a1, b_norm, d_norm) = (norm(&wa), norm(&wb), norm(&dd));
        let e1 = |q: usize| if a1 > 0.0 { wa(q) / a1 } else { 0.0 };
        let (b1, d1) = (dot(&wb, &e1), dot(&dd, &e1));
        let b_rest = |q: usize| wb(q) - b1 * e1(q);
        let b2 = norm(&b_rest);
        let b2 = if b2 <= ROUNDING * b_norm { 0.0 } else { b2 };
        let e2 = |q: usize| if b2 > 0.0 { b_rest(q) / b2 } else { 0.0 };
        let d_rest = |q: usize| dd(q) - d1 * e1(q);
        let d2 = dot(&d_rest, &e2);
        let s = norm(&|q: usize| d_rest(q) - d2 * e2(q));
        let s = if s <= ROUNDING * d_norm { 0.0 } else { s };
        Self {
            a: (c[1].mean - c[0].mean, a1),
            b: (c[3].mean - c[2].mean, b1, b2),
            d: (c[0].mean - c[2].mean, d1, d2),
            s,
        }
    }

    /// Scale of the integrand along `g_2`.
    fn inner_scale(&self) -> f64 {
        let slope = self.d.2.abs().max((self.d.2 - self.b.2).abs());
        self.b.2.max(kernel_scale(slope, self.s))
    }

    /// Scale along `g_1`.
    fn outer_scale(&self) -> f64 {
        let (a, b, d) = (self.a.1, self.b.1, self.d.1);
        let slope = [d, d + a, d - b, d + a - b].iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        a.max(b.abs()).max(kernel_scale(slope, self.s))
    }

    /// Bends and crossings along `g_2` at `g_1 = g`.
    fn inner_features(&self, g: f64) -> [Feature; 3] {
        let mut out = [NOWHERE; 3];
        if self.b.2 > 0.0 {
            let bend = -(self.b.0 + self.b.1 * g) / self.b.2;
            out[0] = Feature { place: bend, width: 1.0 / self.b.2 };
            let at_bend = self.d.0 + self.d.1 * g + softplus(self.a.0 + self.a.1 * g) + self.d.2 * bend;
            let found = crossings(at_bend, self.d.2, self.d.2 - self.b.2);
            for (feature, (distance, slope)) in out[1..].iter_mut().zip(found.into_iter().flatten()) {
                *feature = Feature { place: bend + distance, width: self.s.max(1.0) / slope };
            }
        }
        out
    }

    /// Along `g_1`, at the middle of `g_2`: the two bends, and crossings of the kernel's argument on either side.
    fn outer_features(&self) -> [Feature; 6] {
        let mut out = [NOWHERE; 6];
        let (a, b, d) = (self.a.1, self.b.1, self.d.1);
        if a > 0.0 {
            out[0] = Feature { place: -self.a.0 / a, width: 1.0 / a };
        }
        if b != 0.0 {
            out[1] = Feature { place: -self.b.0 / b, width: self.b.2.max(1.0) / b.abs() };
        }
        let blur = self.s.max(self.d.2.abs()).max(1.0);
        let (ma, mb, md) = (self.a.0, self.b.0, self.d.0);
        let lines = [(md, d), (md + ma, d + a), (md - mb, d - b), (md + ma - mb, d + a - b)];
        for (feature, (value, slope)) in out[2..].iter_mut().zip(lines) {
            if slope != 0.0 {
                *feature = Feature { place: -value / slope, width: blur / slope.abs() };
            }
        }
        out
    }

    fn size(&self) -> f64 {
        self.a.0.abs()
            + self.a.1
            + self.b.0.abs()
            + self.b.1.abs()
            + self.b.2
            + self.d.0.abs()
            + self.d.1.abs()
            + self.d.2.abs()
            + self.s
    }
}

/// The pairing (and the order in it) with the least product of scales.
fn pairing(c: &[NoisyLogit<'_>; 4]) -> [usize; 4] {
    let orders = [[0, 1, 2, 3], [2, 3, 0, 1], [0, 2, 1, 3], [1, 3, 0, 2], [0, 3, 1, 2], [1, 2, 0, 3]];
    let cost = |o: &[usize; 4]| {
        let frame = NoiseFrame::new(o.map(|i| c[i]));
        (1.0 + frame.inner_scale()) * (1.0 + frame.outer_scale())
    };
    let mut best = (orders[0], cost(&orders[0]));
    for order in &orders[1..] {
        let price = cost(order);
        if price < best.1 {
            best = (*order, price);
        }
    }
    best.0
}

/// Four classes: a double integral of the kernels.
pub(crate) fn four(classes: [NoisyLogit<'_>; 4], tolerance: f64) -> Few {
    let order = pairing(&classes);
    let c = order.map(|i| classes[i]);
    let frame = NoiseFrame::new(c);
    let kernel = FixedScale::new(frame.s);
    let unit = 1.0 / (1.0 + frame.size());
    let inner_scale = frame.inner_scale();
    let mut inner_error: f64 = 0.0;
    let mut outer = |g: f64| {
        let (low_a, high_a, soft_a) = bend(frame.a.0 + frame.a.1 * g);
        let mut inner = |h: f64| {
            let (low_b, high_b, soft_b) = bend(frame.b.0 + frame.b.1 * g + frame.b.2 * h);
            let argument = frame.d.0 + frame.d.1 * g + frame.d.2 * h + soft_a - soft_b;
            let (soft, p, slope) = kernel.triple(argument);
            let rest = 1.0 - p;
            let (b_low, b_high) = (slope * low_b, slope * high_b);
            [unit * soft, p, p - slope, rest * high_b, (rest - slope) * low_b * high_b, b_low, b_high]
        };
        let features = frame.inner_features(g);
        // The outer density forgives what it weighs down: the error below is in units of it.
        let weight = libm::exp(-0.5 * g * g);
        let allowed = (INNER * tolerance / weight).min(LOOSEST.max(tolerance));
        let shape = IntegrandShape { scale: inner_scale, features: &features, tolerance: allowed };
        let (v, error) = average(&shape, &mut inner);
        inner_error = inner_error.max(error * weight);
        let [soft, p, pp, b4, b34, low, high] = v;
        [soft, p, p * high_a, pp * low_a * high_a, b4, b34, low * low_a, high * low_a, low * high_a, high * high_a]
    };
    let features = frame.outer_features();
    let shape = IntegrandShape { scale: frame.outer_scale(), features: &features, tolerance };
    let (v, error) = average(&shape, &mut outer);
    assemble(order, &c, &frame, (v, error + SPREAD * inner_error), unit)
}

/// Back to the caller's order.
fn assemble(order: [usize; 4], c: &[NoisyLogit<'_>; 4], frame: &NoiseFrame, found: ([f64; 10], f64), unit: f64) -> Few {
    let (v, error) = found;
    let within = crate::kernel::softplus_normal(frame.b.0, frame.b.1.hypot(frame.b.2));
    let log_sum = c[2].mean + within + v[0] / unit;
    let mut out = Few { log_sum, error, log_sum_error: error / unit, ..Few::default() };
    let [i, j, k, l] = order;
    out.mean[i] = (v[1] - v[2]).max(0.0);
    out.mean[j] = v[2];
    out.mean[k] = (1.0 - v[1] - v[4]).max(0.0);
    out.mean[l] = v[4];
    for (p, q, value) in [(i, j, v[3]), (k, l, v[5]), (i, k, v[6]), (i, l, v[7]), (j, k, v[8]), (j, l, v[9])] {
        out.set_cross(p, q, value);
    }
    out
}
