//! Averages of a softmax over many Gaussians at the same lattice points: theory section 3.9.

mod frame;
mod points;
mod row;
#[cfg(test)]
mod tests;

use super::few::{self, NoisyLogit};
use super::few_averages::Few;
use super::four::four;
use super::lattice::{Lattice, LatticeNode};
use super::plane::{SPARE, largest_share};
use super::span::{FEWEST, PointClasses, RowAverages};
use frame::loadings;
use points::PointBlock;
use row::LatticeRow;
use std::borrow::Cow;

/// Points that are taken together.
const B: usize = 16;
/// Largest exponent of a class's factor at a point: products over two of them stay in range.
const RANGE: f64 = 150.0;

/// A number at each point of a block.
type Block = [f64; B];

/// Which classes a Gaussian sees, and how well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accuracy {
    /// Absolute error of what is not averaged over the points.
    pub(super) tolerance: f64,
    /// Logarithm of the share below which a class is left out.
    pub(super) floor: f64,
    pub(super) wants_trace: bool,
}

/// The averages of the softmax of `u_k = log w_k - |x - c_k|^2/(2 variance)` over `N(m_i, spread I)`, `m_i` the rows of `centres`: of up to
/// four classes that a Gaussian sees by their own rules to the tolerance, of more over the lattice, whose spread of shifts is
/// reported. `None` for fewer present classes than [`FEWEST`], for logits that differ too much over the points and where a number
/// is not finite.
#[inline(always)]
pub(super) fn averages(
    classes: &PointClasses<'_>,
    centres: &[f64],
    spread: f64,
    lattice: &Lattice,
    accuracy: Accuracy,
) -> Option<RowAverages> {
    let scene = LatticeScene::new(classes, spread)?;
    if !centres.iter().all(|x| x.is_finite()) {
        return None;
    }
    let (n, width) = (classes.log_weights.len(), classes.width);
    let mut rows = Vec::new();
    let mut parts = Vec::new();
    for centre in centres.chunks(width) {
        let Sight { logits, seen, fifth } = scene.seen(centre, accuracy.floor);
        // The lattice has all once the fifth class counts, so that averages change smoothly where a class comes into sight.
        let t = ((fifth - accuracy.floor) / SPARE).clamp(0.0, 1.0);
        let part = t * t * t * (10.0 - 15.0 * t + 6.0 * t * t);
        let few = &seen[..seen.len().min(FEWEST - 1)];
        let exact = (part < 1.0).then(|| scene.exact(centre, &logits, few, accuracy));
        parts.push((part, exact));
        if part > 0.0 {
            rows.push(LatticeRow::new(&scene, logits, seen));
        }
    }
    if !rows.is_empty() {
        scene.sum(lattice, &mut rows, accuracy.wants_trace)?;
    }
    let mut rows = rows.into_iter();
    let mut out = RowAverages { mean: vec![0.0; parts.len() * n], ..RowAverages::default() };
    for ((part, exact), wide) in parts.into_iter().zip(out.mean.chunks_exact_mut(n)) {
        let sampled = if part > 0.0 { rows.next().map(LatticeRow::average) } else { None };
        let (mut log_sum, mut trace, mut error) = (0.0, 0.0, 0.0f64);
        for (one, part) in [(exact, 1.0 - part), (sampled, part)] {
            let Some(one) = one else { continue };
            one.mean.iter().for_each(|&(k, p)| wide[scene.present[k]] += part * p);
            (log_sum, trace) = (log_sum + part * one.log_sum, trace + part * one.trace);
            error = error.max(one.error);
        }
        out.log_sum.push(log_sum);
        out.trace.push(trace);
        out.error = out.error.max(error);
    }
    Some(out)
}

/// The averages over one Gaussian.
struct LatticeAverage {
    mean: Vec<(usize, f64)>,
    log_sum: f64,
    trace: f64,
    error: f64,
}

/// What one Gaussian sees.
struct Sight {
    /// Of all classes at the centre.
    logits: Vec<f64>,
    /// The classes that are not negligible everywhere about it, by falling share.
    seen: Vec<usize>,
    /// Logarithm of the share of the fifth of them; minus infinity for fewer.
    fifth: f64,
}

/// The present classes.
struct LatticeScene {
    present: Vec<usize>,
    points: Vec<Vec<f64>>,
    log_weights: Vec<f64>,
    variance: f64,
    spread: f64,
    /// The loadings of their logits on the noise less those of their middle.
    loadings: Vec<Vec<f64>>,
}

fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

impl LatticeScene {
    fn new(classes: &PointClasses<'_>, spread: f64) -> Option<Self> {
        let present: Vec<usize> =
            (0..classes.log_weights.len()).filter(|&k| classes.log_weights[k].is_finite()).collect();
        let sound = classes.points.iter().all(|x| x.is_finite()) && spread.is_finite() && spread > 0.0;
        if present.len() < FEWEST || !sound || !(classes.variance > 0.0 && classes.variance.is_finite()) {
            return None;
        }
        let width = classes.width;
        let points: Vec<Vec<f64>> =
            present.iter().map(|&k| classes.points[k * width..(k + 1) * width].to_vec()).collect();
        let scale = spread.sqrt() / classes.variance;
        Some(Self {
            loadings: loadings(&points, scale),
            log_weights: present.iter().map(|&k| classes.log_weights[k]).collect(),
            present,
            points,
            variance: classes.variance,
            spread,
        })
    }

    fn seen(&self, centre: &[f64], floor: f64) -> Sight {
        let logits: Vec<f64> = (self.points.iter().zip(&self.log_weights))
            .map(|(point, weight)| weight - square(point, centre) / (2.0 * self.variance))
            .collect();
        let top = (0..logits.len()).fold(0, |top, k| if logits[k] > logits[top] { k } else { top });
        let share = |k: usize| {
            let slope = square(&self.points[k], &self.points[top]).sqrt() / self.variance;
            let share = largest_share(logits[top] - logits[k], slope, self.spread);
            // What is not a number is seen: the heaviest itself, or a class at its place.
            if share.is_nan() { 0.0 } else { share }
        };
        let mut shares: Vec<(usize, f64)> =
            (0..logits.len()).map(|k| (k, share(k))).filter(|(_, share)| *share > floor).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        let fifth = shares.get(FEWEST - 1).map_or(f64::NEG_INFINITY, |(_, share)| *share);
        Sight { logits, seen: shares.into_iter().map(|(k, _)| k).collect(), fifth }
    }

    /// By the rules of up to four classes.
    fn exact(&self, centre: &[f64], logits: &[f64], seen: &[usize], accuracy: Accuracy) -> LatticeAverage {
        let scale = self.spread.sqrt() / self.variance;
        let loadings: Vec<Vec<f64>> =
            seen.iter().map(|&k| self.points[k].iter().zip(centre).map(|(c, m)| scale * (c - m)).collect()).collect();
        let class = |i: usize| NoisyLogit { mean: logits[seen[i]], loading: &loadings[i] };
        let few = match seen.len() {
            1 => Few { mean: [1.0, 0.0, 0.0, 0.0], log_sum: logits[seen[0]], ..Few::default() },
            2 => few::two([class(0), class(1)]),
            3 => few::three([class(0), class(1), class(2)], accuracy.tolerance),
            _ => four([class(0), class(1), class(2), class(3)], accuracy.tolerance),
        };
        let mut trace = 0.0;
        for (i, &j) in seen.iter().enumerate() {
            for (l, &k) in seen[..i].iter().enumerate() {
                trace += few.cross[i][l] * square(&self.points[j], &self.points[k]);
            }
        }
        LatticeAverage {
            mean: seen.iter().copied().zip(few.mean).collect(),
            log_sum: few.log_sum,
            trace: if accuracy.wants_trace { trace } else { 0.0 },
            error: few.error,
        }
    }

    /// Adds up the sums of all rows; `None` if exponents leave their range.
    #[inline(always)]
    fn sum(&self, lattice: &Lattice, rows: &mut [LatticeRow], wants_trace: bool) -> Option<()> {
        let (n, width) = (self.points.len(), self.loadings[0].len());
        let size = |loading: &Vec<f64>| loading.iter().map(|b| b * b).sum::<f64>().sqrt();
        let most = self.loadings.iter().map(size).fold(0.0, f64::max) * lattice.farthest(width);
        if most > RANGE || most.is_nan() {
            return None;
        }
        let axes: Vec<Cow<'_, [LatticeNode]>> = (0..width).map(|a| lattice.coordinate(a)).collect();
        // As many factors 1 + t as stay in range are multiplied before their logarithm is taken.
        let together = (600.0 / (2.0 * most + 40.0)) as usize;
        let mut block = PointBlock::new(n);
        let (points, shifts) = (lattice.points(), lattice.shifts());
        for shift in 0..shifts {
            let (mut total, mut places) = (0.0, vec![0.0; width]);
            for first in (0..points).step_by(B) {
                let count = B.min(points - first);
                block.load(&self.loadings, &axes, (shift * points + first, count), &mut places);
                total += block.weight.iter().sum::<f64>();
                for row in rows.iter_mut() {
                    row.add(self, &block, together.max(1), wants_trace);
                }
            }
            places.iter_mut().for_each(|z| *z /= total);
            rows.iter_mut().for_each(|row| row.end_shift(self, total, &places, shift + 1));
        }
        Some(())
    }
}
