//! Sums of log sum_k exp(parabola k) over points, on blocks of a uniform grid.

use super::sampled::BLOCK;
use crate::kernel::{exp_array, log_array};

/// log P_k along a coordinate about the middle of its grid: `level` + `slope` v - Lambda_jj v^2/2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parabola {
    pub(super) level: f64,
    pub(super) slope: f64,
}

/// The grid's part of the exponentials.
pub(super) struct Sums<'a> {
    /// Lambda_jj of the components.
    curvature: &'a [f64],
    step: f64,
    /// exp(-(Lambda_k - Lambda_l) (g step)^2/2) over a block, k by k.
    bends: Vec<[f64; BLOCK]>,
}

/// Shares below e^-38 are not seen beside 1; a parabola may rise by some units between the places where it is looked at.
const UNSEEN: f64 = -50.0;
/// Exponents up to which sums can be multiplied; and how many are before a logarithm is taken.
const HIGH: f64 = 30.0;
const TOGETHER: usize = 16;

impl<'a> Sums<'a> {
    pub(super) fn new(curvature: &'a [f64], step: f64) -> Self {
        let bend =
            |change: f64| std::array::from_fn(|g| libm::exp(-0.5 * change * (g as f64 * step) * (g as f64 * step)));
        let bends = curvature.iter().flat_map(|k| curvature.iter().map(move |l| bend(k - l))).collect();
        Self { curvature, step, bends }
    }

    /// sum_n log sum_k e^(parabola k of point n) at `start` + g step. `parabolas` has the components of a point side by side.
    ///
    /// The component that leads in the middle of the block is taken out; the others' shares are e^(u + w g) times a factor of the grid
    /// alone, two exponentials a block.
    pub(super) fn block(&self, start: f64, parabolas: &[Parabola]) -> [f64; BLOCK] {
        let components = self.curvature.len();
        let places = [start, start + 0.5 * (BLOCK - 1) as f64 * self.step, start + (BLOCK - 1) as f64 * self.step];
        let mut sums = [0.0; BLOCK];
        // The parabolas taken out, summed.
        let (mut level, mut slope, mut curvature) = (0.0, 0.0, 0.0);
        for batch in parabolas.chunks(TOGETHER * components) {
            let mut products = [1.0; BLOCK];
            let mut mixed = false;
            for point in batch.chunks_exact(components) {
                let leader = self.leader(places[1], point);
                let (lead, bend) = (point[leader], self.curvature[leader]);
                level += lead.level;
                slope += lead.slope;
                curvature += bend;
                let mut shares = [1.0; BLOCK];
                let mut seen = false;
                for (k, parabola) in point.iter().enumerate().filter(|(k, _)| *k != leader) {
                    let (u, w, c) =
                        (parabola.level - lead.level, parabola.slope - lead.slope, self.curvature[k] - bend);
                    let over = places.map(|v| u + v * (w - 0.5 * c * v));
                    let top = over[0].max(over[1]).max(over[2]);
                    if top < UNSEEN {
                        continue;
                    }
                    seen = true;
                    if top > HIGH {
                        // Never multiplied with others.
                        for g in 0..BLOCK {
                            let v = start + g as f64 * self.step;
                            sums[g] += softplus(&mut shares[g], u + v * (w - 0.5 * c * v));
                        }
                        continue;
                    }
                    let [first, ratio] = exp_array(&[over[0], (w - c * start) * self.step]);
                    let powers = powers(ratio);
                    let bends = &self.bends[k * components + leader];
                    for g in 0..BLOCK {
                        shares[g] += first * powers[g] * bends[g];
                    }
                }
                if seen {
                    mixed = true;
                    for g in 0..BLOCK {
                        products[g] *= shares[g];
                    }
                }
            }
            if mixed {
                let logs = log_array(&products);
                for g in 0..BLOCK {
                    sums[g] += logs[g];
                }
            }
        }
        for g in 0..BLOCK {
            let v = start + g as f64 * self.step;
            sums[g] += level + v * (slope - 0.5 * curvature * v);
        }
        sums
    }

    /// The component with the largest value at v.
    fn leader(&self, v: f64, point: &[Parabola]) -> usize {
        let mut best = (0, f64::NEG_INFINITY);
        for (k, (parabola, curvature)) in point.iter().zip(self.curvature).enumerate() {
            let value = parabola.level + v * (parabola.slope - 0.5 * curvature * v);
            if value > best.1 {
                best = (k, value);
            }
        }
        best.0
    }
}

/// The logarithm of share + e^over, less that of the share that is left in its place: 1.
fn softplus(share: &mut f64, over: f64) -> f64 {
    let own = libm::log(*share);
    *share = 1.0;
    let (high, low) = if over > own { (over, own) } else { (own, over) };
    high + libm::log1p(libm::exp(low - high))
}

/// 1, r, .., r^15.
fn powers(r: f64) -> [f64; BLOCK] {
    let mut powers = [1.0; BLOCK];
    powers[1] = r;
    let mut width = 2;
    let mut factor = r * r;
    while width < BLOCK {
        for g in 0..width {
            powers[width + g] = powers[g] * factor;
        }
        factor *= factor;
        width *= 2;
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_agree_with_plain_sums() {
        let curvature = [1.0, 0.3, 2.0];
        for (step, reach) in [(0.1, 5.0), (0.3, 40.0), (1.0, 90.0)] {
            let parabolas: Vec<Parabola> = (0..120)
                .map(|n| {
                    let n = f64::from(n);
                    Parabola { level: reach * (2.1 * n).sin() - 3.0, slope: 0.1 * reach * (1.3 * n).cos() }
                })
                .collect();
            let start = -1.3;
            let sums = Sums::new(&curvature, step).block(start, &parabolas);
            for (g, sum) in sums.iter().enumerate() {
                let v = start + g as f64 * step;
                let plain = |point: &[Parabola]| {
                    let values: Vec<f64> =
                        point.iter().zip(curvature).map(|(p, c)| p.level + p.slope * v - 0.5 * c * v * v).collect();
                    let top = values.iter().fold(f64::NEG_INFINITY, |m: f64, x| m.max(*x));
                    top + values.iter().map(|x| (x - top).exp()).sum::<f64>().ln()
                };
                let plain: f64 = parabolas.chunks(3).map(plain).sum();
                assert!((sum - plain).abs() < 1e-12 * (1.0 + plain.abs()), "{step} {g}: {sum} {plain}");
            }
        }
    }
}
