//! The sums of one Gaussian over the points, with what is known exactly taken out.

use super::moments::ShiftMoments;
use super::points::PointBlock;
use super::scene::{LatticeScene, Sight, square};
use super::{B, Block, LatticeAverage};
use crate::cubature::lattice::{Lattice, LatticeNode};
use crate::kernel::{log_array, logistic_softplus_normal};
use std::borrow::Cow;

/// Classes whose logit at the centre is lower than the largest by this have no control variate.
const LEAD: f64 = 2.0;

/// Largest exponent of a class's factor at a point: products over two of them stay in range.
const RANGE: f64 = 150.0;

/// The averages over Gaussians that see so much; `None` if exponents leave their range.
#[inline(always)]
pub(super) fn averages(
    scene: &LatticeScene,
    sights: &[&Sight],
    lattice: &Lattice,
    wants_trace: bool,
) -> Option<Vec<LatticeAverage>> {
    let loadings = scene.loadings();
    let width = loadings[0].len();
    let size = |loading: &Vec<f64>| loading.iter().map(|b| b * b).sum::<f64>().sqrt();
    let most = loadings.iter().map(size).fold(0.0, f64::max) * lattice.farthest(width);
    if most > RANGE || most.is_nan() {
        return None;
    }
    let axes: Vec<Cow<'_, [LatticeNode]>> = (0..width).map(|a| lattice.coordinate(a)).collect();
    // As many factors 1 + t as stay in range are multiplied before their logarithm is taken.
    let together = (600.0 / (2.0 * most + 40.0)) as usize;
    let mut block = PointBlock::new(loadings.len());
    let mut rows: Vec<LatticeRow> = sights.iter().map(|sight| LatticeRow::new(scene, sight)).collect();
    let (points, shifts) = (lattice.points(), lattice.shifts());
    for shift in 0..shifts {
        let (mut total, mut places) = (0.0, vec![0.0; width]);
        for first in (0..points).step_by(B) {
            let count = B.min(points - first);
            block.load(&loadings, &axes, (shift * points + first, count), &mut places);
            total += block.weight.iter().sum::<f64>();
            for row in &mut rows {
                row.add(scene, &block, together.max(1), wants_trace);
            }
        }
        places.iter_mut().for_each(|z| *z /= total);
        rows.iter_mut().for_each(|row| row.end_shift(&loadings, total, &places));
    }
    Some(rows.into_iter().map(LatticeRow::average).collect())
}

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
struct LatticeRow {
    seen: Vec<usize>,
    /// Largest logit at the centre, the softmax there, and the factors `e^(u_k - top)`.
    top: f64,
    softmax: Vec<f64>,
    weights: Vec<f64>,
    variates: Vec<ControlVariate>,
    sums: Vec<Block>,
    log: Block,
    trace: Block,
    /// Of the logarithm, the trace and the probabilities.
    moments: ShiftMoments,
}

impl LatticeRow {
    fn new(scene: &LatticeScene, sight: &Sight) -> Self {
        let (logits, seen) = (&sight.logits, &sight.seen);
        let top = seen.iter().map(|&k| logits[k]).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = seen.iter().map(|&k| libm::exp(logits[k] - top)).collect();
        let total: f64 = weights.iter().sum();
        let near = |slot: usize| (1.0 + (logits[seen[slot]] - top) / LEAD).max(0.0);
        let parts: Vec<(usize, f64)> =
            (0..seen.len()).map(|slot| (slot, near(slot).powi(3))).filter(|(_, part)| *part > 0.0).collect();
        let all: f64 = parts.iter().map(|(_, part)| part).sum();
        let variates =
            parts.into_iter().map(|(slot, part)| ControlVariate::new(scene, logits, seen, slot, part / all)).collect();
        Self {
            top,
            softmax: weights.iter().map(|w| w / total).collect(),
            weights,
            variates,
            sums: vec![[0.0; B]; seen.len()],
            log: [0.0; B],
            trace: [0.0; B],
            moments: ShiftMoments::new(2 + seen.len()),
            seen: seen.clone(),
        }
    }

    /// Adds some points.
    #[inline(always)]
    fn add(&mut self, scene: &LatticeScene, block: &PointBlock, together: usize, wants_trace: bool) {
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
    fn end_shift(&mut self, loadings: &[Vec<f64>], total: f64, places: &[f64]) {
        let mean = |sums: &mut Block| std::mem::replace(sums, [0.0; B]).iter().sum::<f64>() / total;
        let along = |k: usize| loadings[k].iter().zip(places).map(|(b, z)| b * z).sum::<f64>();
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
        self.moments.add(&values);
    }

    fn average(self) -> LatticeAverage {
        let found = self.moments.average(&self.seen);
        LatticeAverage { log_sum: self.top + found.log_sum, ..found }
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
