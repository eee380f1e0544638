//! The sums of one Gaussian over the points, with what is known exactly taken out.

use super::{B, Block, LatticeAverage, LatticeScene, PointBlock, square};
use crate::kernel::{log_array, logistic_softplus_normal};

/// Classes whose logit at the centre is lower than the largest by this have no control variate.
const LEAD: f64 = 2.0;

/// A class that is compared with every other alone: of two classes all averages are known, and what the points have to say is how much
/// the others change them.
struct ControlVariate {
    /// Its place among those seen.
    slot: usize,
    /// Its part in the average; those of all control variates add up to 1.
    part: f64,
    /// For each class seen: the mean of `p_k` and of `log(1 + e^(u_k - u_c))` without all others.
    pairs: Vec<(f64, f64)>,
    /// For each class the factor with which `p_k` of the pair is taken out; the factor of the logarithms.
    shares: Vec<f64>,
    whole: f64,
    /// Ratios of the factors at the centre.
    ratios: Vec<f64>,
    sums: Vec<Block>,
    log: Block,
}

/// One Gaussian.
pub(super) struct LatticeRow {
    seen: Vec<usize>,
    /// Largest logit at the centre, the softmax there, and the factors `e^(u_k - top)`.
    top: f64,
    softmax: Vec<f64>,
    weights: Vec<f64>,
    variates: Vec<ControlVariate>,
    sums: Vec<Block>,
    log: Block,
    trace: Block,
    /// Mean and sum of squares over the shifts, of the logarithm, the trace and the probabilities.
    over_shifts: Vec<[f64; 2]>,
    shifts: usize,
}

impl LatticeRow {
    pub(super) fn new(scene: &LatticeScene, logits: Vec<f64>, seen: Vec<usize>) -> Self {
        let top = seen.iter().map(|&k| logits[k]).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = seen.iter().map(|&k| libm::exp(logits[k] - top)).collect();
        let total: f64 = weights.iter().sum();
        let near = |slot: usize| (1.0 + (logits[seen[slot]] - top) / LEAD).max(0.0);
        let parts: Vec<(usize, f64)> =
            (0..seen.len()).map(|slot| (slot, near(slot).powi(3))).filter(|(_, part)| *part > 0.0).collect();
        let all: f64 = parts.iter().map(|(_, part)| part).sum();
        let variates = parts
            .into_iter()
            .map(|(slot, part)| ControlVariate::new(scene, &logits, &seen, slot, part / all))
            .collect();
        Self {
            top,
            softmax: weights.iter().map(|w| w / total).collect(),
            weights,
            variates,
            sums: vec![[0.0; B]; seen.len()],
            log: [0.0; B],
            trace: [0.0; B],
            over_shifts: vec![[0.0; 2]; 2 + seen.len()],
            shifts: 0,
            seen,
        }
    }

    /// Adds some points.
    #[inline(always)]
    pub(super) fn add(&mut self, scene: &LatticeScene, block: &PointBlock, together: usize, wants_trace: bool) {
        let mut sum = [0.0; B];
        for (&k, w) in self.seen.iter().zip(&self.weights) {
            let factor = &block.factors[k];
            for l in 0..B {
                sum[l] += w * factor[l];
            }
        }
        let log = log_array(&sum);
        let mut inverse = [0.0; B];
        for l in 0..B {
            self.log[l] += block.weight[l] * log[l];
            inverse[l] = block.weight[l] / sum[l];
        }
        for (&k, total) in self.seen.iter().zip(&mut self.sums) {
            let factor = &block.factors[k];
            for l in 0..B {
                total[l] += factor[l] * inverse[l];
            }
        }
        for variate in &mut self.variates {
            variate.add(&self.seen, block, together);
        }
        if wants_trace {
            self.add_trace(scene, block, &sum);
        }
    }

    /// Adds `tr Cov c` at some points, `sum` the sum of the classes.
    #[inline(always)]
    fn add_trace(&mut self, scene: &LatticeScene, block: &PointBlock, sum: &Block) {
        for (i, &j) in self.seen.iter().enumerate() {
            for (l, &k) in self.seen[..i].iter().enumerate() {
                let factor = self.weights[i] * self.weights[l] * square(&scene.points[j], &scene.points[k]);
                let (a, b) = (&block.factors[j], &block.factors[k]);
                for l in 0..B {
                    self.trace[l] += block.weight[l] * (factor * (a[l] / sum[l]) * (b[l] / sum[l]));
                }
            }
        }
    }

    /// Ends a shift whose weights are `total` and whose points have their middle at `places`.
    pub(super) fn end_shift(&mut self, scene: &LatticeScene, total: f64, places: &[f64], shift: usize) {
        let mean = |sums: &mut Block| std::mem::replace(sums, [0.0; B]).iter().sum::<f64>() / total;
        let along = |k: usize| scene.loadings[k].iter().zip(places).map(|(b, z)| b * z).sum::<f64>();
        // What is linear in the noise has mean 0.
        let linear: f64 = self.seen.iter().zip(&self.softmax).map(|(&k, p)| p * along(k)).sum();
        let mut values = vec![mean(&mut self.log) - linear, mean(&mut self.trace)];
        values.extend(self.sums.iter_mut().zip(&self.weights).map(|(sum, w)| w * mean(sum)));
        for variate in &mut self.variates {
            let (slot, part) = (variate.slot, variate.part);
            let from = along(self.seen[slot]);
            let mut logs = mean(&mut variate.log);
            for i in (0..self.seen.len()).filter(|&i| i != slot) {
                let ratio = variate.ratios[i];
                logs -= ratio / (1.0 + ratio) * (along(self.seen[i]) - from);
                let (share, soft) = variate.pairs[i];
                let change = variate.shares[i] * (share - mean(&mut variate.sums[i]));
                values[2 + i] += part * change;
                values[2 + slot] -= part * change;
                logs -= soft;
            }
            values[0] -= part * variate.whole * logs;
        }
        for (kept, value) in self.over_shifts.iter_mut().zip(values) {
            // Welford's update: the spread is far below the mean.
            let step = value - kept[0];
            kept[0] += step / shift as f64;
            kept[1] += step * (value - kept[0]);
        }
        self.shifts = shift;
    }

    pub(super) fn average(self) -> LatticeAverage {
        let freedom = (self.shifts * (self.shifts - 1)) as f64;
        let error = |kept: &[f64; 2]| (kept[1] / freedom).sqrt();
        LatticeAverage {
            log_sum: self.top + self.over_shifts[0][0],
            trace: self.over_shifts[1][0],
            error: self.over_shifts[2..].iter().map(error).fold(0.0, f64::max),
            mean: self.seen.iter().zip(&self.over_shifts[2..]).map(|(&k, kept)| (k, kept[0])).collect(),
        }
    }
}

impl ControlVariate {
    fn new(scene: &LatticeScene, logits: &[f64], seen: &[usize], slot: usize, part: f64) -> Self {
        let base = seen[slot];
        let pair = |&k: &usize| {
            if k == base {
                return (0.0, 0.0);
            }
            let b = square(&scene.points[k], &scene.points[base]).sqrt() * scene.spread.sqrt() / scene.variance;
            let (soft, share, _) = logistic_softplus_normal(logits[k] - logits[base], b);
            (share, soft)
        };
        let pairs: Vec<(f64, f64)> = seen.iter().map(pair).collect();
        let without = |i: usize| {
            let others = pairs.iter().enumerate().filter(|(j, _)| *j != i);
            others.map(|(_, (share, _))| 1.0 - share).product::<f64>()
        };
        Self {
            shares: (0..seen.len()).map(without).collect(),
            whole: without(slot),
            ratios: seen.iter().map(|&k| libm::exp(logits[k] - logits[base])).collect(),
            sums: vec![[0.0; B]; seen.len()],
            log: [0.0; B],
            pairs,
            slot,
            part,
        }
    }

    #[inline(always)]
    fn add(&mut self, seen: &[usize], block: &PointBlock, together: usize) {
        let inverse = &block.inverse[seen[self.slot]];
        let (mut product, mut factors) = ([1.0; B], 0);
        for (i, &k) in seen.iter().enumerate() {
            if i == self.slot {
                continue;
            }
            let (factor, ratio, sum) = (&block.factors[k], self.ratios[i], &mut self.sums[i]);
            for l in 0..B {
                let t = ratio * (factor[l] * inverse[l]);
                let whole = 1.0 + t;
                sum[l] += block.weight[l] * (t / whole);
                product[l] *= whole;
            }
            factors += 1;
            if factors == together {
                self.take(&block.weight, &product);
                (product, factors) = ([1.0; B], 0);
            }
        }
        if factors > 0 {
            self.take(&block.weight, &product);
        }
    }

    #[inline(always)]
    fn take(&mut self, weight: &Block, product: &Block) {
        let log = log_array(product);
        for l in 0..B {
            self.log[l] += weight[l] * log[l];
        }
    }
}
