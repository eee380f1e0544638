//! The potential of the target in the plane: the average of its logarithm over a Gaussian of unit variance, as a function of the mean.

use super::line::reach;
use super::span::PointClasses;
use crate::kernel::{exp_array, log_array};
use std::f64::consts::{PI, TAU};

#[cfg(test)]
mod tests;

/// Distance of the nodes. What a unit Gaussian has smoothed has a Fourier transform that falls like `e^(-xi^2/2)`.
const H: f64 = 0.1;
/// Nodes of the interpolation along each axis: its gradient errs by `xi^14 H^15 7! 8!/16!` for a wave of frequency xi and slope 1, which
/// `e^(-xi^2/2)` leaves below 1e-15.
const N: usize = 16;
/// The table reaches so far beyond the modes.
const MARGIN: f64 = 6.0;
/// Most nodes along an axis, and most places at which the logarithm itself is evaluated.
const MOST_NODES: usize = 1024;
const MOST_PLACES: usize = 1 << 23;
/// Error of the sums that stand for the averages, far below that of the interpolation.
const SUMS: f64 = 1e-14;
/// Places that are evaluated together.
const B: usize = 16;
/// Logarithm of the probability at which a class is left out of such places.
const FLOOR: f64 = -40.0;

/// `T(m) = E log sum_k w_k e^(c_k.x - |c_k|^2/2)`, `x ~ N(m, I)`, in a box about the points `c_k`.
///
/// Source: theory section 3.8. By the trapezoid rule along both axes at nodes a tenth apart, and by Lagrange's polynomials of degree 15 between
/// them. Error of the gradient: below 1e-12 of the largest difference of two points, rounding most of it; of T relative to its
/// size.
#[derive(Debug, Clone)]
pub struct PotentialTable {
    /// The first node along each axis, in steps.
    low: [f64; 2],
    /// Nodes along each axis.
    nodes: [usize; 2],
    /// Along the second axis one after the other.
    values: Vec<f64>,
}

/// The weights of the nodes along both axes at a place among them.
struct Weights {
    value: [[f64; N]; 2],
    slope: [[f64; N]; 2],
}

impl PotentialTable {
    /// The table of classes of unit variance in the plane; `None` if they are fewer than three, too steep or too far apart.
    #[inline(always)]
    pub(crate) fn new(classes: &PointClasses<'_>) -> Option<Self> {
        let present: Vec<usize> =
            (0..classes.log_weights.len()).filter(|&k| classes.log_weights[k].is_finite()).collect();
        let finite = classes.points.iter().all(|x| x.is_finite());
        if classes.width != 2 || classes.variance != 1.0 || present.len() < 3 || !finite {
            return None;
        }
        let points: Vec<[f64; 2]> =
            present.iter().map(|&k| [classes.points[2 * k], classes.points[2 * k + 1]]).collect();
        let log_weights: Vec<f64> = present.iter().map(|&k| classes.log_weights[k]).collect();
        let (mut low, mut nodes, mut steep) = ([0.0; 2], [0; 2], 0.0f64);
        for axis in 0..2 {
            let along = || points.iter().map(|p| p[axis]);
            let (least, most) = (along().fold(f64::INFINITY, f64::min), along().fold(f64::NEG_INFINITY, f64::max));
            low[axis] = ((least - MARGIN) / H).floor();
            let count = ((most + MARGIN) / H).ceil() - low[axis] + 1.0;
            if count > MOST_NODES as f64 {
                return None;
            }
            nodes[axis] = count as usize;
            steep = steep.max(most - least);
        }
        // As for the grid of 3.7, wherever the Gaussian is.
        let digits = -libm::log(SUMS) + 1.5;
        let finest = TAU / (steep / PI * digits + PI / (2.0 * steep.max(1.0))).max((2.0 * digits).sqrt());
        let parts = (H / finest).ceil().max(1.0) as usize;
        let step = H / parts as f64;
        let radius = (reach(SUMS) / step).ceil() as usize;
        let places = nodes.map(|n| (n - 1) * parts + 2 * radius + 1);
        if places[0] * places[1] > MOST_PLACES {
            return None;
        }
        let first = low.map(|low| low * H - radius as f64 * step);
        let bell = bell(radius, step);
        // Along the first axis line by line, the sums of each beside those of the next: the second axis is then as the first was.
        let mut halfway = vec![0.0; nodes[0] * places[1]];
        let mut line = vec![0.0; places[0].next_multiple_of(B)];
        for row in 0..places[1] {
            let y = first[1] + step * row as f64;
            logarithms(&points, &log_weights, y, (first[0], step), &mut line);
            for node in 0..nodes[0] {
                halfway[node * places[1] + row] = sum(&bell, &line[node * parts..]);
            }
        }
        let mut values = vec![0.0; nodes[0] * nodes[1]];
        for (column, values) in halfway.chunks_exact(places[1]).zip(values.chunks_exact_mut(nodes[1])) {
            for node in 0..nodes[1] {
                values[node] = sum(&bell, &column[node * parts..]);
            }
        }
        Some(Self { low, nodes, values })
    }

    /// `T(m)` and its gradient; `None` outside of the table.
    #[inline(always)]
    pub(crate) fn at(&self, m: &[f64]) -> Option<(f64, [f64; 2])> {
        let (i, j) = (self.place(0, m[0])?, self.place(1, m[1])?);
        let Weights { value: [x, y], slope: [dx, dy] } = Weights::new([i.1, j.1]);
        let (mut along, mut slope) = ([0.0; N], [0.0; N]);
        for k in 0..N {
            let from = (i.0 + k) * self.nodes[1] + j.0;
            let column = &self.values[from..from + N];
            for l in 0..N {
                along[l] += x[k] * column[l];
                slope[l] += dx[k] * column[l];
            }
        }
        let (mut value, mut gradient) = (0.0, [0.0; 2]);
        for l in 0..N {
            value += along[l] * y[l];
            gradient[0] += slope[l] * y[l];
            gradient[1] += along[l] * dy[l];
        }
        Some((value, gradient.map(|g| g / H)))
    }

    /// The first of the nodes for a place, and the place from it on in steps.
    #[inline(always)]
    fn place(&self, axis: usize, x: f64) -> Option<(usize, f64)> {
        let place = x / H - self.low[axis];
        let first = place.floor() - (N / 2 - 1) as f64;
        // False for what is not a number.
        (first >= 0.0 && first <= (self.nodes[axis] - N) as f64).then_some((first as usize, place - first))
    }
}

impl Weights {
    /// Lagrange's polynomials at two places and their derivatives in steps.
    #[inline(always)]
    fn new(t: [f64; 2]) -> Self {
        // The products of the distances to all nodes before one, from both ends and for both places side by side, and their
        // derivatives.
        let (mut product, mut rate) = ([[1.0; 4]; N], [[0.0; 4]; N]);
        for i in 1..N {
            let (near, far) = ((i - 1) as f64, (N - i) as f64);
            let apart = [t[0] - near, t[1] - near, t[0] - far, t[1] - far];
            for l in 0..4 {
                product[i][l] = product[i - 1][l] * apart[l];
                rate[i][l] = rate[i - 1][l] * apart[l] + product[i - 1][l];
            }
        }
        let mut out = Self { value: [[0.0; N]; 2], slope: [[0.0; N]; 2] };
        for i in 0..N {
            let (before, behind) = (i, N - 1 - i);
            for axis in 0..2 {
                let (p, q) = (product[before][axis], product[behind][2 + axis]);
                out.value[axis][i] = SCALES[i] * (p * q);
                out.slope[axis][i] = SCALES[i] * (rate[before][axis] * q + p * rate[behind][2 + axis]);
            }
        }
        out
    }
}

/// `1/prod_(j != i) (i - j)`.
const SCALES: [f64; N] = {
    let (mut scales, mut i) = ([1.0; N], 0);
    while i < N {
        let mut j = 0;
        while j < N {
            if j != i {
                scales[i] /= i as f64 - j as f64;
            }
            j += 1;
        }
        i += 1;
    }
    scales
};

/// The normal density at `step` times whole numbers up to `radius`, with sum 1.
fn bell(radius: usize, step: f64) -> Vec<f64> {
    let place = |i: usize| step * (i as f64 - radius as f64);
    let mut bell: Vec<f64> = (0..=2 * radius).map(|i| libm::exp(-0.5 * place(i) * place(i))).collect();
    let total: f64 = bell.iter().sum();
    bell.iter_mut().for_each(|b| *b /= total);
    bell
}

/// The sum of as many products as there are weights.
#[inline(always)]
fn sum(weights: &[f64], values: &[f64]) -> f64 {
    let mut total = [0.0; B];
    let (chunks, rest) = weights.as_chunks::<B>();
    for (weights, values) in chunks.iter().zip(values.as_chunks::<B>().0) {
        for l in 0..B {
            total[l] += weights[l] * values[l];
        }
    }
    let behind = &values[weights.len() - rest.len()..];
    total.iter().sum::<f64>() + rest.iter().zip(behind).map(|(w, v)| w * v).sum::<f64>()
}

/// `log sum_k w_k e^(c_k.x - |c_k|^2/2)` at the places of a line.
#[inline(always)]
fn logarithms(points: &[[f64; 2]], log_weights: &[f64], y: f64, (first, step): (f64, f64), line: &mut [f64]) {
    let half = 0.5 * step * (B - 1) as f64;
    for (block, out) in line.as_chunks_mut::<B>().0.iter_mut().enumerate() {
        let centre = first + step * (block * B) as f64 + half;
        let logit = |k: usize| {
            let [a, b] = points[k];
            log_weights[k] + a * (centre - 0.5 * a) + b * (y - 0.5 * b)
        };
        let mut top = 0;
        for k in 1..points.len() {
            if logit(k) > logit(top) {
                top = k;
            }
        }
        let lead = logit(top);
        let mut sum = [1.0; B];
        for k in 0..points.len() {
            let (gap, slope) = (logit(k) - lead, points[k][0] - points[top][0]);
            if k == top || gap + slope.abs() * half < FLOOR {
                continue;
            }
            let mut logits = [0.0; B];
            for l in 0..B {
                logits[l] = gap + slope * (step * l as f64 - half);
            }
            let factor = exp_array(&logits);
            for l in 0..B {
                sum[l] += factor[l];
            }
        }
        let log = log_array(&sum);
        for l in 0..B {
            out[l] = log[l] + (lead + points[top][0] * (step * l as f64 - half));
        }
    }
}
