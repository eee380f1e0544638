//! Averages over components that have a covariance of their own: theory 15.4.

use std::sync::atomic::Ordering;

use super::ShapedAverages;
use super::averages::{LogAverages, Method};
use super::classes::Classes;
use super::factors::{Factors, Matrix};
use crate::cubature::{Levels, Logits, QuadraticAverages, SoftmaxAverages};
use crate::frame::dot;
use crate::shape::Covariance;

impl ShapedAverages {
    /// At a state that is none, so that an integrator sees it.
    pub(super) fn refused(components: usize, modes: usize, width: usize) -> Self {
        let of = |classes: usize| {
            let nan = |n: usize| vec![f64::NAN; components * n];
            let (shares, log, pull, tilt, across) = (nan(classes), nan(1), nan(width), nan(width * width), nan(1));
            LogAverages { shares, log, pull, spread: Vec::new(), tilt, across, error: f64::NAN }
        };
        Self { own: of(components), target: of(modes) }
    }
}

impl Method {
    /// The averages of a mixture over N(mean, C C^T) for each row of `means`, C the Cholesky factors. Steps are remembered from
    /// `slot` on.
    #[inline(always)]
    pub(super) fn full_averages(
        &self,
        of: &Classes<'_>,
        means: &[f64],
        factors: &Factors<'_>,
        slot: usize,
    ) -> LogAverages {
        let mut out = LogAverages::default();
        for (i, (mean, factor)) in means.chunks(of.width).zip(&factors.factors).enumerate() {
            let own = slot == 0 && of.log_weights[i] > f64::NEG_INFINITY;
            let reference = if own { i } else { of.first() };
            if !of.points.iter().chain(mean).all(|x| x.is_finite()) {
                FullRow::refuse(of, &mut out);
                continue;
            }
            let row = FullRow::new(of, mean, (factor, factors.across.get(i).copied()), reference);
            if row.seen.is_common() {
                row.by_logits(self, &mut out);
            } else {
                let memory = &self.steps[slot + i];
                let mut levels: Levels = memory.load(Ordering::Relaxed).to_le_bytes();
                row.by_quadrature(self.tolerance, &mut levels, &mut out);
                memory.store(u32::from_le_bytes(levels), Ordering::Relaxed);
            }
        }
        out
    }
}

/// A mixture under one Gaussian, x = mean + C g in the frame: its classes in x, and as g sees them.
struct FullRow<'a> {
    of: &'a Classes<'a>,
    seen: Classes<'a>,
    factor: &'a Matrix,
    reference: usize,
    levels: Vec<f64>,
    /// Sigma_c^-1 (point - mean), and C^T of it.
    pulls: Matrix,
    slopes: Matrix,
}

impl<'a> FullRow<'a> {
    fn new(of: &'a Classes<'a>, mean: &[f64], (factor, across): (&'a Matrix, Option<f64>), reference: usize) -> Self {
        let gap = |c: usize| -> Vec<f64> { of.point(c).iter().zip(mean).map(|(p, m)| p - m).collect() };
        let gaps: Matrix = (0..of.log_weights.len()).map(gap).collect();
        let pulls: Matrix = gaps.iter().enumerate().map(|(c, gap)| of.pull(c, gap)).collect();
        let levels = gaps.iter().zip(&pulls).enumerate().map(|(c, (gap, pull))| of.level(c, gap, pull)).collect();
        let slopes = pulls.iter().map(|pull| transposed_times(factor, pull)).collect();
        Self { of, seen: of.seen_through(factor, across), factor, reference, levels, pulls, slopes }
    }

    /// Puts a row at the end of `out`: `tilt` is E\[grad log f g^T\] beyond what the reference has of it, `bent` what curvatures
    /// add to the gradient; `across` is the part of g.grad log f across the frame, for each direction.
    fn finish(
        &self,
        shares: &[f64],
        log_sum: f64,
        (mut tilt, across): (Matrix, f64),
        bent: &[f64],
        error: f64,
        out: &mut LogAverages,
    ) {
        let (d, own) = (self.factor.len(), &self.pulls[self.reference]);
        let mut pull = own.clone();
        for (share, other) in shares.iter().zip(&self.pulls) {
            pull.iter_mut().zip(other.iter().zip(own)).for_each(|(p, (o, r))| *p += share * (o - r));
        }
        pull.iter_mut().zip(bent).for_each(|(p, b)| *p += b);
        for j in 0..d {
            let column: Vec<f64> = self.factor.iter().map(|row| row[j]).collect();
            for (row, p) in tilt.iter_mut().zip(self.of.pull(self.reference, &column)) {
                row[j] -= p;
            }
        }
        out.shares.extend_from_slice(shares);
        out.log.push(self.levels[self.reference] - 0.5 * self.seen.trace(self.reference) + log_sum);
        out.pull.extend(pull);
        // g^T becomes (x - mean)^T = g^T C^T.
        out.tilt.extend(tilt.iter().flat_map(|row| self.factor.iter().map(move |c| dot(row, c))));
        out.across.push(across - self.seen.rest(self.reference));
        out.error = if error > out.error || error.is_nan() { error } else { out.error };
    }

    /// One covariance: logits are linear in g. E\[s_c g\] = sum_l E\[s_c s_l\] (h_c - h_l) by Stein's lemma.
    fn by_logits(&self, method: &Method, out: &mut LogAverages) {
        let (n, d, own) = (self.levels.len(), self.factor.len(), &self.slopes[self.reference]);
        let loadings: Vec<f64> =
            self.slopes.iter().flat_map(|slope| slope.iter().zip(own).map(|(a, b)| a - b)).collect();
        let offsets: Vec<f64> = self.levels.iter().map(|level| level - self.levels[self.reference]).collect();
        let mut found = SoftmaxAverages::default();
        match Logits::new(&offsets, &loadings, d) {
            Ok(logits) => method.cubature.softmax(&logits, &mut found),
            Err(_) => return Self::refuse(self.of, out),
        }
        let mut tilt = vec![vec![0.0; d]; d];
        for c in 0..n {
            for l in 0..c {
                let both = found.second[c * n + l];
                for (i, row) in tilt.iter_mut().enumerate() {
                    let pull = both * (self.pulls[c][i] - self.pulls[l][i]);
                    let slopes = self.slopes[c].iter().zip(&self.slopes[l]);
                    row.iter_mut().zip(slopes).for_each(|(t, (a, b))| *t += pull * (a - b));
                }
            }
        }
        self.finish(&found.mean, found.log_sum, (tilt, 0.0), &[], found.error, out);
    }

    /// By the trapezoidal rule, theory (30).
    #[inline(always)]
    fn by_quadrature(&self, tolerance: f64, levels: &mut Levels, out: &mut LogAverages) {
        let Some(relative) = self.seen.relative(self.reference, 1.0, &self.levels, &self.slopes) else {
            return Self::refuse(self.of, out);
        };
        let QuadraticAverages { log_sum, rest: own, classes, error } = relative.quadratics.averages(tolerance, levels);
        let (d, directions) = (self.factor.len(), &relative.directions);
        let (mut shares, mut tilt, mut bent) = (vec![0.0; self.levels.len()], vec![vec![0.0; d]; d], vec![0.0; d]);
        shares[self.reference] = own;
        let left = (self.of.ambient - directions.len()).max(1) as f64;
        let mut rest = 0.0;
        for ((class, moments), &which) in relative.quadratics.classes.iter().zip(&classes).zip(&relative.which) {
            shares[which] = moments.share;
            let mut first = vec![0.0; d];
            // E[s g g^T]: across the directions a multiple of I.
            let across = moments.across / left;
            rest -= class.across * across;
            let mut second: Matrix =
                (0..d).map(|i| (0..d).map(|j| if i == j { across } else { 0.0 }).collect()).collect();
            for (a, u) in directions.iter().enumerate() {
                first.iter_mut().zip(u).for_each(|(f, x)| *f += moments.first[a] * x);
                for (b, v) in directions.iter().enumerate() {
                    let factor = moments.second[a][b] - if a == b { across } else { 0.0 };
                    for (row, x) in second.iter_mut().zip(u) {
                        row.iter_mut().zip(v).for_each(|(s, y)| *s += factor * x * y);
                    }
                }
            }
            let apart = |v: &[f64]| -> Vec<f64> {
                let x = times(self.factor, v);
                let of = |c: usize| self.of.pull(c, &x);
                of(which).iter().zip(of(self.reference)).map(|(a, b)| a - b).collect()
            };
            bent.iter_mut().zip(apart(&first)).for_each(|(b, x)| *b -= x);
            // E[s g g^T] is symmetric: a row is a column.
            for (j, column) in second.iter().enumerate() {
                for (row, x) in tilt.iter_mut().zip(apart(column)) {
                    row[j] -= x;
                }
            }
            let pulls = self.pulls[which].iter().zip(&self.pulls[self.reference]);
            for (row, (a, b)) in tilt.iter_mut().zip(pulls) {
                row.iter_mut().zip(&first).for_each(|(t, f)| *t += (a - b) * f);
            }
        }
        self.finish(&shares, log_sum, (tilt, rest), &bent, error, out);
    }

    /// The same for one row.
    fn refuse(of: &Classes<'_>, out: &mut LogAverages) {
        let nan = |n: usize| std::iter::repeat_n(f64::NAN, n);
        out.shares.extend(nan(of.log_weights.len()));
        out.log.push(f64::NAN);
        out.pull.extend(nan(of.width));
        out.tilt.extend(nan(of.width * of.width));
        out.across.push(f64::NAN);
        out.error = f64::NAN;
    }
}

/// C v.
fn times(factor: &Matrix, v: &[f64]) -> Vec<f64> {
    factor.iter().map(|row| dot(row, v)).collect()
}

/// C^T v.
fn transposed_times(factor: &Matrix, v: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; v.len()];
    for (row, x) in factor.iter().zip(v) {
        out.iter_mut().zip(row).for_each(|(o, c)| *o += c * x);
    }
    out
}

impl Classes<'_> {
    /// The same classes in g, x = mean + C g in the frame, and across it of variance `across`, if there is anything: of precisions
    /// C^T Sigma^-1 C. The points are those of x.
    fn seen_through(&self, factor: &Matrix, across: Option<f64>) -> Classes<'_> {
        let d = factor.len();
        let columns: Matrix = (0..d).map(|j| factor.iter().map(|row| row[j]).collect()).collect();
        let precision = |c: usize| {
            let half: Matrix = columns.iter().map(|column| self.pull(c, column)).collect();
            let entry = |i: usize, j: usize| dot(&columns[i.max(j)], &half[i.min(j)]);
            Covariance::Full((0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect())
        };
        let classes = 0..self.log_weights.len();
        let rests = across.map_or(Vec::new(), |variance| classes.clone().map(|c| variance * self.rest(c)).collect());
        self.with_precisions(classes.map(precision).collect(), rests)
    }
}
