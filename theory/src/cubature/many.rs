//! Five classes and more: a lattice in the directions that matter, or a line when there is one only.

use super::SoftmaxAverages;
use super::blocks::LogitClasses;
use super::lattice::Lattice;
use super::line::{Feature, IntegrandShape, average, is_smooth, reach};

/// Residual loadings below this fraction of the largest are rounding.
const ROUNDING: f64 = 4e-15;

/// Outputs integrated together on a line.
const CHUNK: usize = 16;

/// Features handed to the line rule; crossings of further neighbours are left to its adaptivity.
const FEATURES: usize = 12;

/// Loadings relative to the first class in an orthonormal frame, directions by falling variance.
pub(crate) struct Reduced {
    pub(crate) means: Vec<f64>,
    /// `n` rows of `rank` entries.
    pub(crate) loadings: Vec<f64>,
    pub(crate) rank: usize,
}

impl Reduced {
    /// Gram-Schmidt with pivoting, on the loadings less their average (which cancels in a softmax).
    pub(crate) fn new(means: Vec<f64>, rows: &[&[f64]]) -> Self {
        let n = rows.len();
        let q = rows[0].len();
        let mut rest: Vec<f64> = Vec::with_capacity(n * q);
        for row in rows {
            rest.extend((0..q).map(|i| row[i] - rows.iter().map(|r| r[i]).sum::<f64>() / n as f64));
        }
        let norm = |rest: &[f64], j: usize| rest[j * q..(j + 1) * q].iter().map(|v| v * v).sum::<f64>().sqrt();
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut first = 0.0;
        while columns.len() + 1 < n {
            let lengths: Vec<f64> = (0..n).map(|j| norm(&rest, j)).collect();
            let (pivot, length) =
                lengths.iter().enumerate().fold((0, 0.0), |m, (j, &l)| if l > m.1 { (j, l) } else { m });
            if columns.is_empty() {
                first = length;
            }
            if length <= ROUNDING * first {
                break;
            }
            let axis: Vec<f64> = rest[pivot * q..(pivot + 1) * q].iter().map(|v| v / length).collect();
            let mut column = Vec::with_capacity(n);
            for row in rest.chunks_exact_mut(q) {
                let along: f64 = row.iter().zip(&axis).map(|(r, a)| r * a).sum();
                row.iter_mut().zip(&axis).for_each(|(r, a)| *r -= along * a);
                column.push(along);
            }
            columns.push(column);
        }
        let rank = columns.len();
        let mut loadings = Vec::with_capacity(n * rank);
        for j in 0..n {
            loadings.extend(columns.iter().map(|c| c[j]));
        }
        Self { means, loadings, rank }
    }

    fn logits(&self, g: &[f64], u: &mut [f64]) {
        for (j, u) in u.iter_mut().enumerate() {
            let row = &self.loadings[j * self.rank..(j + 1) * self.rank];
            *u = self.means[j] + row.iter().zip(g).map(|(b, g)| b * g).sum::<f64>();
        }
    }
}

/// Replaces logits by probabilities and returns the logarithm of the sum.
fn softmax(u: &mut [f64]) -> f64 {
    let top = u.iter().fold(f64::NEG_INFINITY, |m, &v| m.max(v));
    let mut sum = 0.0;
    for v in u.iter_mut() {
        *v = libm::exp(*v - top);
        sum += *v;
    }
    u.iter_mut().for_each(|v| *v /= sum);
    top + libm::log(sum)
}

/// The `index`-th average: the logarithm, the means, then the products `p_j p_k`, `j < k`.
fn output(index: usize, p: &[f64], log_sum: f64, pairs: &[(usize, usize)]) -> f64 {
    match index.checked_sub(1) {
        None => log_sum,
        Some(j) => match j.checked_sub(p.len()) {
            None => p[j],
            Some(pair) => pairs.get(pair).map_or(0.0, |&(j, k)| p[j] * p[k]),
        },
    }
}

fn pairs_of(n: usize, second: bool) -> Vec<(usize, usize)> {
    if second { (0..n).flat_map(|j| (j + 1..n).map(move |k| (j, k))).collect() } else { Vec::new() }
}

/// Writes the collected averages; the mean squares follow from the row sums.
fn write(values: &[f64], pairs: &[(usize, usize)], n: usize, out: &mut SoftmaxAverages) {
    out.log_sum = values[0];
    out.mean.clear();
    out.mean.extend_from_slice(&values[1..=n]);
    out.second.clear();
    if !pairs.is_empty() {
        out.second.resize(n * n, 0.0);
        for j in 0..n {
            out.second[j * n + j] = out.mean[j];
        }
        for (&(j, k), &value) in pairs.iter().zip(&values[1 + n..]) {
            for (row, column) in [(j, k), (k, j)] {
                out.second[row * n + column] = value;
                out.second[row * n + row] -= value;
            }
        }
    }
}

/// Rank one: all logits are lines in one noise.
pub(crate) fn on_a_line(reduced: &Reduced, tolerance: f64, second: bool, out: &mut SoftmaxAverages) {
    let n = reduced.means.len();
    let slope = |j: usize| {
        if reduced.rank == 0 { 0.0 } else { reduced.loadings[j] }
    };
    let (low, high) = (0..n).map(slope).fold((f64::INFINITY, f64::NEG_INFINITY), |m, b| (m.0.min(b), m.1.max(b)));
    let mut features: Vec<Feature> = Vec::new();
    let level = reduced.means.iter().fold(f64::NEG_INFINITY, |m, &v| m.max(v));
    for j in 0..n {
        for k in j + 1..n {
            let rate = slope(j) - slope(k);
            let place = (reduced.means[k] - reduced.means[j]) / rate;
            // Only crossings on the upper envelope bend the logarithm of the sum.
            let height = reduced.means[j] + slope(j) * place;
            let covered = (0..n).any(|i| reduced.means[i] + slope(i) * place > height + 40.0);
            if place.abs() < reach(tolerance) && !covered && features.len() < FEATURES {
                features.push(Feature { place, width: 1.0 / rate.abs() });
            }
        }
    }
    let pairs = pairs_of(n, second);
    let unit = 1.0 / (1.0 + high - low + level.abs());
    let shape = IntegrandShape { scale: high - low, features: &features, tolerance };
    let mut values = vec![0.0; 1 + n + pairs.len()];
    if is_smooth(&shape) {
        let slopes = (0..n).map(slope).collect();
        let mut classes = LogitClasses::new(&reduced.means, slopes, &pairs, unit);
        if let Some(error) = classes.average(&shape, &mut values) {
            values[0] /= unit;
            (out.error, out.log_sum_error) = (error, error / unit);
            return write(&values, &pairs, n, out);
        }
    }
    let mut u = vec![0.0; n];
    out.error = 0.0;
    for (chunk, block) in values.chunks_mut(CHUNK).enumerate() {
        let (found, error) = average(&shape, &mut |g| {
            for (j, u) in u.iter_mut().enumerate() {
                *u = reduced.means[j] + slope(j) * g;
            }
            let log_sum = unit * softmax(&mut u);
            std::array::from_fn::<f64, CHUNK, _>(|m| output(chunk * CHUNK + m, &u, log_sum, &pairs))
        });
        block.copy_from_slice(&found[..block.len()]);
        out.error = out.error.max(error);
    }
    values[0] /= unit;
    out.log_sum_error = out.error / unit;
    write(&values, &pairs, n, out);
}

/// Any rank: averages over the lattice; the spread of its shifts is the error.
pub(crate) fn on_a_lattice(reduced: &Reduced, lattice: &Lattice, second: bool, out: &mut SoftmaxAverages) {
    let (n, rank) = (reduced.means.len(), reduced.rank);
    let coordinates: Vec<_> = (0..rank).map(|d| lattice.coordinate(d)).collect();
    let pairs = pairs_of(n, second);
    let count = 1 + n + pairs.len();
    let (mut sums, mut shifted) = (vec![[0.0; 2]; count], vec![0.0; count]);
    let (mut u, mut g) = (vec![0.0; n], vec![0.0; rank]);
    // The linear part of the logarithm at the origin averages to zero and is taken out of it.
    let mut tilt = reduced.means.clone();
    softmax(&mut tilt);
    let (points, shifts) = (lattice.points(), lattice.shifts());
    for shift in 0..shifts {
        shifted.fill(0.0);
        let mut total = 0.0;
        for i in shift * points..(shift + 1) * points {
            let mut weight = 1.0;
            for (g, nodes) in g.iter_mut().zip(&coordinates) {
                *g = nodes[i].place;
                weight *= nodes[i].weight;
            }
            total += weight;
            reduced.logits(&g, &mut u);
            let linear: f64 = u.iter().zip(&reduced.means).zip(&tilt).map(|((u, m), t)| t * (u - m)).sum();
            let log_sum = softmax(&mut u) - linear;
            for (m, sum) in shifted.iter_mut().enumerate() {
                *sum += weight * output(m, &u, log_sum, &pairs);
            }
        }
        for (sum, value) in sums.iter_mut().zip(&shifted) {
            // The weights average to one up to the lattice's error; dividing by them keeps the means a distribution.
            let value = value / total;
            // Welford's update: the spread is far below the mean.
            let step = value - sum[0];
            sum[0] += step / (shift + 1) as f64;
            sum[1] += step * (value - sum[0]);
        }
    }
    let freedom = (shifts * (shifts - 1)) as f64;
    let errors: Vec<f64> = sums.iter().map(|s| (s[1] / freedom).sqrt()).collect();
    let values: Vec<f64> = sums.iter().map(|s| s[0]).collect();
    out.log_sum_error = errors[0];
    out.error = errors[1..].iter().fold(0.0, |m: f64, &e| m.max(e));
    write(&values, &pairs, n, out);
}
