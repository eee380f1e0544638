//! Averages of a softmax over many Gaussians at the same lattice points: theory section 3.9.

mod frame;
mod gumbel;
mod moments;
mod noise;
mod points;
mod row;
mod scene;
mod split;
mod split_row;
#[cfg(test)]
mod tests;

use super::lattice::Lattice;
use super::plane::SPARE;
use super::span::{PointClasses, RowAverages};
use scene::{LatticeScene, Sight};

/// Points that are taken together.
const B: usize = 16;

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
/// reported. `None` for fewer than five present classes, for logits that differ too much over the points and where a number
/// is not finite.
#[inline(always)]
pub(super) fn averages(
    classes: &PointClasses<'_>,
    centres: &[f64],
    spread: f64,
    [lattice, folded]: [&Lattice; 2],
    accuracy: Accuracy,
) -> Option<RowAverages> {
    let scene = LatticeScene::new(classes, spread)?;
    if !centres.iter().all(|x| x.is_finite()) {
        return None;
    }
    let mut sights = Vec::new();
    let mut parts = Vec::new();
    for centre in centres.chunks(classes.width) {
        let (sight, fifth) = scene.sight(centre, accuracy.floor);
        // The lattice has all once the fifth class counts, so that averages change smoothly where a class comes into sight.
        let part = smooth_step((fifth - accuracy.floor) / SPARE);
        parts.push((part, (part < 1.0).then(|| scene.few(centre, &sight, accuracy))));
        if part > 0.0 {
            sights.push(sight);
        }
    }
    let mut sampled = sampled(&scene, &sights, [lattice, folded], accuracy.wants_trace)?.into_iter();
    let mut out = RowAverages { mean: vec![0.0; parts.len() * classes.log_weights.len()], ..RowAverages::default() };
    for ((part, few), wide) in parts.into_iter().zip(out.mean.chunks_exact_mut(classes.log_weights.len())) {
        let sampled = if part > 0.0 { sampled.next() } else { None };
        let average = LatticeAverage::between(few, sampled, part)?;
        average.mean.iter().for_each(|&(k, p)| wide[scene.present[k]] += p);
        out.log_sum.push(average.log_sum);
        out.trace.push(average.trace);
        out.error = out.error.max(average.error);
    }
    Some(out)
}

/// Probabilities of all classes but the largest below which control variates leave less to the points than the classes' own noises do,
/// and above which they leave more.
const RARE: (f64, f64) = (1e-4, 1e-3);

/// The averages of Gaussians that see so much over the points: by the noises' split as far as it is of use. `None` if exponents leave
/// their range.
#[inline(always)]
fn sampled(
    scene: &LatticeScene,
    sights: &[Sight],
    [lattice, folded]: [&Lattice; 2],
    wants_trace: bool,
) -> Option<Vec<LatticeAverage>> {
    let part = |sight: &Sight| match &scene.split {
        Some(split) => split.part * smooth_step(libm::log(scene.others(sight) / RARE.0) / libm::log(RARE.1 / RARE.0)),
        None => 0.0,
    };
    let parts: Vec<f64> = sights.iter().map(part).collect();
    let (mut by_variates, mut by_split) = (Vec::new(), Vec::new());
    for (sight, part) in sights.iter().zip(&parts) {
        if *part < 1.0 {
            by_variates.push(sight);
        }
        if *part > 0.0 {
            by_split.push(sight);
        }
    }
    let found =
        if by_variates.is_empty() { Vec::new() } else { row::averages(scene, &by_variates, lattice, wants_trace)? };
    let mut by_variates = found.into_iter();
    let mut by_split = match &scene.split {
        Some(split) if !by_split.is_empty() => split_row::averages((scene, split), &by_split, folded, wants_trace),
        _ => Vec::new(),
    }
    .into_iter();
    let average = |&part: &f64| {
        let first = if part < 1.0 { by_variates.next() } else { None };
        let second = if part > 0.0 { by_split.next() } else { None };
        LatticeAverage::between(first, second, part)
    };
    parts.iter().map(average).collect()
}

/// The averages over one Gaussian: `E p_k` of some classes, in parts that add up, `E log sum`, `E tr Cov c` and the error.
struct LatticeAverage {
    mean: Vec<(usize, f64)>,
    log_sum: f64,
    trace: f64,
    error: f64,
}

impl LatticeAverage {
    /// Between two of which one may be left out; `part` of the second.
    fn between(first: Option<Self>, second: Option<Self>, part: f64) -> Option<Self> {
        let (Some(a), Some(b)) = (&first, &second) else { return first.or(second) };
        let mix = |a: f64, b: f64| (1.0 - part) * a + part * b;
        let less = a.mean.iter().map(|&(k, p)| (k, (1.0 - part) * p));
        Some(Self {
            mean: less.chain(b.mean.iter().map(|&(k, p)| (k, part * p))).collect(),
            log_sum: mix(a.log_sum, b.log_sum),
            trace: mix(a.trace, b.trace),
            error: a.error.max(b.error),
        })
    }
}

/// From 0 at 0 to 1 at 1, twice continuously differentiable.
fn smooth_step(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * t * (10.0 - 15.0 * t + 6.0 * t * t)
}
