//! The rule along the first direction: all classes at all nodes of a line.

use super::Quadratics;
use crate::kernel::{exp_array, log_array};

const LANES: usize = 8;
type NodeLanes = [f64; LANES];

/// Logits up to which exponentials are summed as they are.
const SAFE: f64 = 300.0;

/// A line's nodes and sums.
pub(super) struct NodeLine {
    at: Vec<NodeLanes>,
    weight: Vec<NodeLanes>,
    step: f64,
    /// Mass, logarithm, reference, classes: even lanes are even nodes.
    sums: Vec<NodeLanes>,
    /// Of each class beside its sum: s t and s t^2.
    moments: Vec<[NodeLanes; 2]>,
    exponentials: Vec<NodeLanes>,
}

impl NodeLine {
    /// Nodes h j of the given step; of an infinite one only 0.
    pub(super) fn new(of: &Quadratics, step: f64, reach: f64) -> Self {
        let half = ((2.0 * reach).sqrt() / step).ceil() as usize / LANES + 1;
        let place = |i: usize| step * (i as f64 - (half * LANES) as f64);
        let (at, weight) = if step.is_finite() {
            let at = |block: usize| std::array::from_fn(|lane| place(block * LANES + lane));
            let at: Vec<NodeLanes> = (0..2 * half).map(at).collect();
            let weight = at.iter().map(|block: &NodeLanes| block.map(|t| libm::exp(-0.5 * t * t))).collect();
            (at, weight)
        } else {
            let mut one = [0.0; LANES];
            one[0] = 1.0;
            (vec![[0.0; LANES]], vec![one])
        };
        let classes = of.classes.len();
        Self {
            at,
            weight,
            step,
            sums: vec![[0.0; LANES]; classes + 3],
            moments: vec![[[0.0; LANES]; 2]; classes],
            exponentials: vec![[0.0; LANES]; classes],
        }
    }

    /// Whether the line is one node.
    pub(super) fn even_only(&self) -> bool {
        self.at.len() == 1
    }

    /// Sums over the line through (., b, c) at the squared distance `square` across, to a loss of `left`.
    #[inline(always)]
    pub(super) fn run(&mut self, of: &Quadratics, [b, c]: [f64; 2], square: f64, left: f64) {
        self.sums.fill([0.0; LANES]);
        self.moments.fill([[0.0; LANES]; 2]);
        let blocks = if self.even_only() {
            0..1
        } else {
            let middle = self.at.len() / 2;
            let half = ((2.0 * left.max(0.0)).sqrt() / self.step).floor() as usize / LANES + 1;
            middle - half.min(middle)..middle + half.min(middle)
        };
        for block in blocks {
            let (at, weight) = (&self.at[block], &self.weight[block]);
            let mut top = [0.0; LANES];
            for (class, out) in of.classes.iter().zip(&mut self.exponentials) {
                let (slope, h) = (&class.slope, &class.curvature);
                let level = class.level + slope[1] * b + slope[2] * c
                    - 0.5 * (h[1][1] * b * b + h[2][2] * c * c + class.across * square)
                    - h[1][2] * b * c;
                let (slope, curve) = (slope[0] - h[0][1] * b - h[0][2] * c, 0.5 * h[0][0]);
                for l in 0..LANES {
                    out[l] = level + at[l] * (slope - curve * at[l]);
                    top[l] = if out[l] > top[l] { out[l] } else { top[l] };
                }
            }
            let highest = top.iter().fold(0.0f64, |m, x| if *x > m { *x } else { m });
            let mut rest = [1.0; LANES];
            if highest > SAFE {
                rest = exp_array(&top.map(|x| -x));
                // Below the reach of the exponential nothing is left.
                rest = std::array::from_fn::<_, LANES, _>(|l| if top[l] > 2.0 * SAFE { 0.0 } else { rest[l] });
            } else {
                top = [0.0; LANES];
            }
            let mut sum = rest;
            for out in &mut self.exponentials {
                let shifted: NodeLanes = std::array::from_fn(|l| out[l] - top[l]);
                let e = exp_array(&shifted);
                for l in 0..LANES {
                    out[l] = if shifted[l] < -2.0 * SAFE { 0.0 } else { e[l] };
                    sum[l] += out[l];
                }
            }
            let log = log_array(&sum);
            let mut share = [0.0; LANES];
            for l in 0..LANES {
                share[l] = weight[l] / sum[l];
                self.sums[0][l] += weight[l];
                self.sums[1][l] += weight[l] * (top[l] + log[l]);
                self.sums[2][l] += share[l] * rest[l];
            }
            for ((e, sum), [first, second]) in self.exponentials.iter().zip(&mut self.sums[3..]).zip(&mut self.moments)
            {
                for l in 0..LANES {
                    let s = share[l] * e[l];
                    sum[l] += s;
                    let t = at[l] * s;
                    first[l] += t;
                    second[l] += at[l] * t;
                }
            }
        }
    }

    /// Mass, logarithm, reference and classes: of all nodes, and of every second one.
    #[inline(always)]
    pub(super) fn totals(&self) -> (impl Iterator<Item = f64>, impl Iterator<Item = f64>) {
        let even = |lanes: &NodeLanes| lanes[0] + lanes[2] + (lanes[4] + lanes[6]);
        let odd = |lanes: &NodeLanes| lanes[1] + lanes[3] + (lanes[5] + lanes[7]);
        (self.sums.iter().map(move |x| even(x) + odd(x)), self.sums.iter().map(even))
    }

    /// E s, E s t and E s t^2 of each class, not normalised.
    #[inline(always)]
    pub(super) fn moments(&self) -> impl Iterator<Item = [f64; 3]> {
        let total = |lanes: &NodeLanes| lanes.iter().sum::<f64>();
        self.sums[3..].iter().zip(&self.moments).map(move |(s, [t, u])| [total(s), total(t), total(u)])
    }
}
