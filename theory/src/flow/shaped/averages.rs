//! What the flow of shaped mixtures averages: theory (28), (29).

use std::sync::atomic::{AtomicU32, Ordering};

use super::classes::Classes;
use crate::cubature::{self, Cubature, Levels, Logits, QuadraticAverages, SoftmaxAverages};
use crate::frame::dot;
use crate::shape::Covariance;

/// Averages of log f = log sum_c weight_c N(x; c, Sigma_c) over N(mu, var I) or N(mu, Sigma), one row for each such Gaussian.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogAverages {
    /// E of the probability of each class (rows x classes).
    pub shares: Vec<f64>,
    /// E log f.
    pub log: Vec<f64>,
    /// Its gradient in mu, E grad log f (rows x D).
    pub pull: Vec<f64>,
    /// Its derivative in var, E\[(x - mu).grad log f\]/(2 var); empty where components have covariances.
    pub spread: Vec<f64>,
    /// E\[grad log f (x - mu)^T\] where components have covariances (rows x D x D, row by row); else empty.
    pub tilt: Vec<f64>,
    /// E\[(x - mu).grad log f\] across the frame over its d - D dimensions, one for each row, where components have covariances;
    /// nothing counts it where the frame is R^d.
    pub across: Vec<f64>,
    /// The largest error estimate.
    pub error: f64,
}

/// How averages are made.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) cubature: Cubature,
    pub(super) tolerance: f64,
    /// The steps of the last evaluation, for each row of each mixture.
    pub(super) steps: Vec<AtomicU32>,
}

impl Clone for Method {
    fn clone(&self) -> Self {
        let steps = self.steps.iter().map(|s| AtomicU32::new(s.load(Ordering::Relaxed))).collect();
        Self { cubature: self.cubature.clone(), tolerance: self.tolerance, steps }
    }
}

impl Method {
    /// The averages of a mixture over N(mean, variance I) for each row of `means`; steps are remembered from `slot` on.
    #[inline(always)]
    pub(super) fn averages(&self, of: &Classes<'_>, means: &[f64], variances: &[f64], slot: usize) -> LogAverages {
        if let Some(found) = self.in_rows(of, means, variances) {
            return found;
        }
        let common = of.is_common();
        let mut out = LogAverages::default();
        for (i, (mean, &variance)) in means.chunks(of.width).zip(variances).enumerate() {
            // A component's own mixture is seen from itself, so that nothing cancels where components meet.
            let own = slot == 0 && of.log_weights[i] > f64::NEG_INFINITY;
            let row = Row::new(of, mean, variance, if own { i } else { of.first() });
            if common {
                row.by_logits(&self.cubature, &mut out);
            } else {
                let memory = &self.steps[slot + i];
                let mut levels: Levels = memory.load(Ordering::Relaxed).to_le_bytes();
                row.by_quadrature(self.tolerance, &mut levels, &mut out);
                memory.store(u32::from_le_bytes(levels), Ordering::Relaxed);
            }
        }
        out
    }

    /// One variance for all classes, one for all rows and a rule for the classes' span. Such mixtures have a flow of their own,
    /// whose vectors matter: here this is an ordinary function.
    fn in_rows(&self, of: &Classes<'_>, means: &[f64], variances: &[f64]) -> Option<LogAverages> {
        let Covariance::Isotropic(precision) = of.precisions[of.first()] else { return None };
        let spread = variances[0];
        if !of.is_common() || variances.iter().any(|v| *v != spread) {
            return None;
        }
        let classes = cubature::PointClasses {
            points: &of.points,
            width: of.width,
            log_weights: &of.log_weights,
            variance: 1.0 / precision,
        };
        let found = self.cubature.rows(&classes, means, spread)?;
        let d = of.ambient as f64;
        let volume = d * libm::log(std::f64::consts::TAU) + of.log_determinants[of.first()];
        let mut pull = vec![0.0; means.len()];
        let n = of.log_weights.len();
        for (i, (out, mean)) in pull.chunks_mut(of.width).zip(means.chunks(of.width)).enumerate() {
            for (c, share) in found.mean[i * n..(i + 1) * n].iter().enumerate() {
                for (o, (x, m)) in out.iter_mut().zip(of.point(c).iter().zip(mean)) {
                    *o += precision * share * (x - m);
                }
            }
        }
        let spreads = found.trace.iter().map(|trace| 0.5 * precision * (precision * trace - d)).collect();
        Some(LogAverages {
            log: found.log_sum.iter().map(|x| x - 0.5 * (volume + d * spread * precision)).collect(),
            shares: found.mean,
            pull,
            spread: spreads,
            tilt: Vec::new(),
            across: Vec::new(),
            error: found.error,
        })
    }
}

/// A mixture under one Gaussian.
struct Row<'a> {
    of: &'a Classes<'a>,
    variance: f64,
    reference: usize,
    levels: Vec<f64>,
    pulls: Vec<Vec<f64>>,
}

impl<'a> Row<'a> {
    fn new(of: &'a Classes<'a>, mean: &[f64], variance: f64, reference: usize) -> Self {
        let gap = |c: usize| -> Vec<f64> { of.point(c).iter().zip(mean).map(|(p, m)| p - m).collect() };
        let gaps: Vec<Vec<f64>> = (0..of.log_weights.len()).map(gap).collect();
        let pulls: Vec<Vec<f64>> = gaps.iter().enumerate().map(|(c, gap)| of.pull(c, gap)).collect();
        let levels = gaps.iter().zip(&pulls).enumerate().map(|(c, (gap, pull))| of.level(c, gap, pull)).collect();
        Self { of, variance, reference, levels, pulls }
    }

    /// Puts a row at the end of `out`: `turn` is E of the part of g.grad log f that is not the reference's, `bent` what
    /// curvatures add to the gradient.
    fn finish(&self, shares: &[f64], log_sum: f64, turn: f64, bent: &[f64], error: f64, out: &mut LogAverages) {
        let (own, trace) = (&self.pulls[self.reference], self.of.trace(self.reference));
        let mut pull = own.clone();
        for (share, other) in shares.iter().zip(&self.pulls) {
            pull.iter_mut().zip(other.iter().zip(own)).for_each(|(p, (o, r))| *p += share * (o - r));
        }
        pull.iter_mut().zip(bent).for_each(|(p, b)| *p += b);
        out.shares.extend_from_slice(shares);
        out.log.push(self.levels[self.reference] - 0.5 * self.variance * trace + log_sum);
        out.pull.extend(pull);
        out.spread.push(0.5 * (turn / self.variance - trace));
        out.error = if error > out.error || error.is_nan() { error } else { out.error };
    }

    /// One covariance: logits are linear, and the kernels have them.
    fn by_logits(&self, cubature: &Cubature, out: &mut LogAverages) {
        let (n, width, deviation) = (self.levels.len(), self.of.width, self.variance.sqrt());
        let own = &self.pulls[self.reference];
        let loadings: Vec<f64> =
            self.pulls.iter().flat_map(|pull| pull.iter().zip(own).map(|(a, b)| deviation * (a - b))).collect();
        let offsets: Vec<f64> = self.levels.iter().map(|level| level - self.levels[self.reference]).collect();
        let mut found = SoftmaxAverages::default();
        match Logits::new(&offsets, &loadings, width) {
            Ok(logits) => cubature.softmax(&logits, &mut found),
            Err(_) => return self.refuse(out),
        }
        let mut turn = 0.0;
        for c in 0..if found.second.is_empty() { 0 } else { n } {
            for l in 0..c {
                let gap = loadings[c * width..].iter().zip(&loadings[l * width..(l + 1) * width]);
                turn += found.second[c * n + l] * gap.map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
            }
        }
        self.finish(&found.mean, found.log_sum, turn, &[], found.error, out);
    }

    /// By the trapezoidal rule, theory (30).
    #[inline(always)]
    fn by_quadrature(&self, tolerance: f64, levels: &mut Levels, out: &mut LogAverages) {
        let finite = self.pulls.iter().flatten().all(|x| x.is_finite()) && self.variance.is_finite();
        let relative = finite.then(|| self.of.relative(self.reference, self.variance, &self.levels, &self.pulls));
        let Some(relative) = relative.flatten() else { return self.refuse(out) };
        let quadratics = &relative.quadratics;
        let QuadraticAverages { log_sum, rest, classes, error } = quadratics.averages(tolerance, levels);
        let mut shares = vec![0.0; self.levels.len()];
        shares[self.reference] = rest;
        let (mut turn, mut force) = (0.0, [0.0; 3]);
        for ((class, moments), &which) in quadratics.classes.iter().zip(&classes).zip(&relative.which) {
            shares[which] = moments.share;
            turn += dot(&class.slope, &moments.first) - class.across * moments.across;
            for ((row, second), f) in class.curvature.iter().zip(&moments.second).zip(&mut force) {
                turn -= dot(row, second);
                *f -= dot(row, &moments.first);
            }
        }
        let mut bent = vec![0.0; self.of.width];
        for (direction, f) in relative.directions.iter().zip(force) {
            bent.iter_mut().zip(direction).for_each(|(b, u)| *b += f * u / self.variance.sqrt());
        }
        self.finish(&shares, log_sum, turn, &bent, error, out);
    }

    /// A row at a state that is not finite, so that an integrator sees it.
    fn refuse(&self, out: &mut LogAverages) {
        let nan = vec![f64::NAN; self.levels.len()];
        self.finish(&nan, f64::NAN, f64::NAN, &[], f64::NAN, out);
    }
}
