//! The law of a class's own noise: theory section 3.9.

use super::gumbel::law;
use super::{B, Block};

/// Nodes that are taken together.
pub(super) const N: usize = 16;
/// What may lie below and above the nodes.
const BEYOND: f64 = 1e-5;
/// Parts of a step between which logarithms are cubics: their slopes err by 1e-5 of them, which has mean 0.
const CELLS: usize = 8;
/// The logarithm of a distribution function that vanishes, of as many classes as there are.
const NEVER: f32 = -80.0;

/// 2^52: numbers from here on are whole.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// Values at some nodes, in single precision: what they err by is a hundredth of what the lattice does.
pub(super) type Nodes = [f32; N];

/// The classes' own noises, and the nodes at which they are integrated over.
pub(super) struct OwnNoises {
    /// Distance of the nodes.
    pub(super) step: f64,
    pub(super) laws: Vec<NoiseLaw>,
    /// As many groups of nodes are enough for any logits.
    pub(super) groups: usize,
}

impl OwnNoises {
    pub(super) fn new(deviations: &[f64]) -> Self {
        let ends = |all: &[f64]| all.iter().fold((f64::INFINITY, 0.0f64), |(low, high), &s| (low.min(s), high.max(s)));
        let (least, largest) = ends(deviations);
        let step = node_distance(least, largest);
        let groups = most_nodes(largest, step).div_ceil(N);
        Self { step, laws: deviations.iter().map(|&s| NoiseLaw::new(s, step, groups * N)).collect(), groups }
    }
}

/// The logarithm of the distribution function F of `s x + G`, x standard normal and `P(G < t) = e^(-e^(-t))`.
///
/// The largest of `u_k + G_k` has the place k with the probability `p_k` of the softmax, so that with noises `s_k x_k` of the classes' own
/// `E p_k = int (log F_k)'(t - u_k) prod_j F_j(t - u_j) dt`.
pub(super) struct NoiseLaw {
    /// Where F leaves 0 and reaches 1, in steps of the nodes.
    pub(super) ends: (f64, f64),
    /// The first whole step that is kept, and how many are.
    first: i64,
    length: usize,
    /// The logarithm and its slope (per step) at whole steps and a number of parts, for each number.
    logarithm: Vec<f32>,
    slope: Vec<f32>,
}

/// The distance of the nodes at which sums over them are integrals, for deviations between these: as small as one group of nodes allows.
///
/// The transform of a class's density falls like `e^(-s^2 w^2/2 - pi |w|/2)`, that of the largest of several level ones like that of
/// two thirds of the deviation.
fn node_distance(least: f64, largest: f64) -> f64 {
    let scale = (least * least + 0.25).sqrt();
    ((8.5 * largest + 3.0) / (N - 2) as f64).clamp(0.6 * scale, 0.8 * scale)
}

/// Where F is 0 and 1 for all purposes.
fn reach(deviation: f64) -> (f64, f64) {
    (-(5.0 * deviation + 2.7), 5.0 * deviation + 14.0)
}

/// The most nodes at this distance on which something happens.
fn most_nodes(largest: f64, step: f64) -> usize {
    let (low, high) = reach(largest);
    ((high - low) / step) as usize + 2
}

/// `e^x` for numbers up to 0, relative error 4e-7; below -87 that of -87.
#[inline(always)]
pub(super) fn exp_single(x: &Nodes) -> Nodes {
    // Adding it rounds to an integer, which is left in the low bits.
    const ROUNDER: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let mut out = [0.0; N];
    for i in 0..N {
        let x = if x[i] < -87.0 { -87.0 } else { x[i] };
        let rounded = x * std::f32::consts::LOG2_E + ROUNDER;
        let k = rounded - ROUNDER;
        let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
        let series = 0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))));
        let power = f32::from_bits(rounded.to_bits().wrapping_add(127) << 23);
        out[i] = power * (1.0 + (r + r * r * series));
    }
    out
}

impl NoiseLaw {
    /// At nodes `step` apart, of which up to `most` are asked for at once.
    fn new(deviation: f64, step: f64, most: usize) -> Self {
        let (low, high) = reach(deviation);
        let (low, high) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let steps = (high - low) as usize;
        let law = law(deviation, (low as f64 * step, step / CELLS as f64), CELLS * (steps + 1));
        let length = steps + 2 * most;
        // A row more, for rounding can make a whole step of a part.
        let size = length * (CELLS + 2);
        let (mut logarithm, mut slope) = (vec![NEVER; size], vec![0.0; size]);
        let mut ends = (high as f64, low as f64);
        for part in 0..=CELLS {
            for i in 0..steps {
                let [value, density] = law[i * CELLS + part];
                let at = part * length + most + i;
                let place = low as f64 + i as f64 + part as f64 / CELLS as f64;
                if value > 0.0 {
                    (logarithm[at], slope[at]) =
                        ((libm::log(value) as f32).max(NEVER), (step * density / value) as f32);
                }
                if value > BEYOND {
                    ends.0 = place.min(ends.0);
                }
                if value < 1.0 - BEYOND {
                    ends.1 = place.max(ends.1);
                }
            }
            logarithm[part * length + most + steps..(part + 1) * length].fill(0.0);
        }
        Self { ends, first: low - most as i64, length, logarithm, slope }
    }

    /// Where these places (in steps) are, with so many groups of whole steps after each.
    #[inline(always)]
    pub(super) fn locate(&self, places: &Block, groups: usize, out: &mut Located) {
        let (cells, first, length) = (CELLS as f64, self.first as f64, self.length as f64);
        let last = (self.length - N * groups) as f64;
        // Loops of one kind of numbers each, which vectors are made of.
        let (mut at, mut t) = ([0.0; B], [0.0f32; B]);
        for l in 0..B {
            let whole = places[l].floor();
            let part = (places[l] - whole) * cells;
            let cell = part.floor();
            let step = (whole - first).max(0.0).min(last);
            at[l] = cell * length + step;
            t[l] = (part - cell) as f32;
        }
        for l in 0..B {
            // The low bits are the number's, without a conversion for each.
            out.from[l] = (at[l] + WHOLE).to_bits() as u32;
        }
        // Hermite's cubics, and their derivatives per step.
        let cells = CELLS as f32;
        let (value, slope) = (&mut out.value, &mut out.slope);
        for l in 0..B {
            let (t, u) = (t[l], 1.0 - t[l]);
            value[0][l] = t * t * (3.0 - 2.0 * t);
            value[1][l] = t * u * u / cells;
            value[2][l] = -t * t * u / cells;
            slope[0][l] = 6.0 * t * u * cells;
            slope[1][l] = u * (1.0 - 3.0 * t);
            slope[2][l] = t * (3.0 * t - 2.0);
        }
    }

    /// Adds the logarithm at a group of nodes after one of the places to a sum, and leaves its slope.
    #[inline(always)]
    pub(super) fn add(&self, located: &Located, (l, group): (usize, usize), sum: &mut Nodes, slopes: &mut Nodes) {
        let from = located.from[l] as usize + N * group;
        let next = from + self.length;
        let (value, after) = (&self.logarithm[from..from + N], &self.logarithm[next..next + N]);
        let (slope, slope_after) = (&self.slope[from..from + N], &self.slope[next..next + N]);
        let [up, left, right] = [0, 1, 2].map(|i| located.value[i][l]);
        let [rise, turn, turn_after] = [0, 1, 2].map(|i| located.slope[i][l]);
        // Arrays of their own, for compilers do not know slices apart.
        let (mut logarithm, mut rate) = ([0.0; N], [0.0; N]);
        for i in 0..N {
            let gain = after[i] - value[i];
            logarithm[i] = value[i] + (up * gain + (left * slope[i] + right * slope_after[i]));
            rate[i] = rise * gain + (turn * slope[i] + turn_after * slope_after[i]);
        }
        for i in 0..N {
            sum[i] += logarithm[i];
        }
        *slopes = rate;
    }
}

/// Places among those that are kept.
#[derive(Clone, Default)]
pub(super) struct Located {
    from: [u32; B],
    /// Factors of the gain and of both slopes of a cell in the logarithm, and in its slope.
    value: [[f32; B]; 3],
    slope: [[f32; B]; 3],
}

#[cfg(test)]
mod tests {
    use super::{N, exp_single};

    #[test]
    fn exponentials_in_single_precision() {
        for start in 0..200 {
            let x: [f32; N] = std::array::from_fn(|i| -0.03 * (start * N + i) as f32);
            for (x, found) in x.iter().zip(exp_single(&x)) {
                let truth = f64::from(x.max(-87.0)).exp();
                assert!((f64::from(found) / truth - 1.0).abs() < 4e-7, "{x} {found}");
            }
        }
    }
}
