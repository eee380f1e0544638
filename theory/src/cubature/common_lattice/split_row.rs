//! The sums of one Gaussian over points of the noise that the classes share, an integral over their own noises at each.

use super::gumbel::GUMBEL_MEAN;
use super::moments::ShiftMoments;
use super::noise::{Located, N, Nodes, OwnNoises, exp_single};
use super::scene::{LatticeScene, Sight, square};
use super::split::NoiseSplit;
use super::{B, Block, LatticeAverage};
use crate::cubature::lattice::{Lattice, LatticeNode};
use std::borrow::Cow;

/// The averages over Gaussians that see so much.
#[inline(always)]
pub(super) fn averages(
    (scene, split): (&LatticeScene, &NoiseSplit),
    sights: &[&Sight],
    lattice: &Lattice,
    wants_trace: bool,
) -> Vec<LatticeAverage> {
    let noises = OwnNoises::new(&split.deviations);
    let loadings: Vec<Vec<f64>> =
        split.loadings.iter().map(|row| row.iter().map(|b| b / noises.step).collect()).collect();
    let mut room = NodeRoom::new(loadings.len());
    let mut rows: Vec<SplitRow> = sights.iter().map(|sight| SplitRow::new(&noises, sight)).collect();
    let (width, points) = (loadings[0].len(), lattice.points());
    let axes: Vec<Cow<'_, [LatticeNode]>> = (0..width).map(|a| lattice.coordinate(a)).collect();
    let mut over = vec![[0.0; B]; loadings.len()];
    for shift in 0..lattice.shifts() {
        let mut places = vec![0.0; width];
        for first in (0..points).step_by(B) {
            let count = B.min(points - first);
            over.fill([0.0; B]);
            for (axis, nodes) in axes.iter().enumerate() {
                let mut place = [0.0; B];
                for l in 0..count {
                    place[l] = nodes[shift * points + first + l].place;
                }
                for (over, loading) in over.iter_mut().zip(&loadings) {
                    for l in 0..B {
                        over[l] += loading[axis] * place[l];
                    }
                }
                places[axis] += place.iter().sum::<f64>() / points as f64;
            }
            for row in &mut rows {
                row.add((scene, &noises), (&over, count), &mut room, wants_trace);
            }
        }
        rows.iter_mut().for_each(|row| row.end_shift((&loadings, noises.step), points, &places));
    }
    rows.into_iter().map(SplitRow::average).collect()
}

/// Room for what the classes seen have at some points.
struct NodeRoom {
    /// Logits in steps, and where the first nodes are from there.
    places: Vec<Block>,
    located: Vec<Located>,
    /// The slopes of their logarithms at some nodes, and the probabilities.
    slopes: Vec<Nodes>,
    shares: Vec<Nodes>,
    /// The sum of the logarithms. Behind a pointer, for compilers take a local array to pieces.
    sum: Box<Nodes>,
}

impl NodeRoom {
    fn new(classes: usize) -> Self {
        let none = vec![[0.0; N]; classes];
        Self {
            places: vec![[0.0; B]; classes],
            located: vec![Located::default(); classes],
            slopes: none.clone(),
            shares: none,
            sum: Box::new([0.0; N]),
        }
    }
}

fn sum_of(nodes: &Nodes) -> f64 {
    nodes.iter().copied().map(f64::from).sum()
}

/// One Gaussian.
struct SplitRow {
    seen: Vec<usize>,
    /// Of the classes seen at the centre, in steps.
    logits: Vec<f64>,
    sums: Vec<f64>,
    log: f64,
    trace: f64,
    /// Of the logarithm, the trace and the probabilities.
    moments: ShiftMoments,
}

impl SplitRow {
    fn new(noises: &OwnNoises, sight: &Sight) -> Self {
        let seen = sight.seen.clone();
        Self {
            logits: seen.iter().map(|&k| sight.logits[k] / noises.step).collect(),
            sums: vec![0.0; seen.len()],
            log: 0.0,
            trace: 0.0,
            moments: ShiftMoments::new(2 + seen.len()),
            seen,
        }
    }

    /// Adds some points, at which the classes have these logits over those at the centre (in steps).
    #[inline(always)]
    fn add(
        &mut self,
        (scene, noises): (&LatticeScene, &OwnNoises),
        (over, count): (&[Block], usize),
        room: &mut NodeRoom,
        wants_trace: bool,
    ) {
        let (mut low, mut high) = ([f64::NEG_INFINITY; B], [f64::NEG_INFINITY; B]);
        for (slot, &k) in self.seen.iter().enumerate() {
            let (place, ends) = (&mut room.places[slot], noises.laws[k].ends);
            for l in 0..B {
                place[l] = self.logits[slot] + over[k][l];
                low[l] = low[l].max(place[l] + ends.0);
                high[l] = high[l].max(place[l] + ends.1);
            }
        }
        // Below the highest of the lower ends the product vanishes, above the highest of the upper ones it is 1.
        let (mut first, mut most) = ([0.0; B], 0.0);
        for l in 0..B {
            first[l] = low[l].floor();
            most = f64::max(most, high[l] - first[l]);
        }
        let groups = (most as usize / N + 1).min(noises.groups);
        for (slot, &k) in self.seen.iter().enumerate() {
            let mut from = room.places[slot];
            for l in 0..B {
                from[l] = first[l] - from[l];
            }
            noises.laws[k].locate(&from, groups, &mut room.located[slot]);
        }
        let (mut above, mut pairs) = ([0.0; N], [0.0; N]);
        room.shares[..self.seen.len()].fill([0.0; N]);
        for l in 0..count {
            for group in 0..groups {
                let product = self.product(noises, (l, group), room);
                for i in 0..N {
                    above[i] += 1.0 - product[i];
                }
                for slot in 0..self.seen.len() {
                    let (slopes, mut share) = (&room.slopes[slot], room.shares[slot]);
                    for i in 0..N {
                        share[i] += slopes[i] * product[i];
                    }
                    room.shares[slot] = share;
                }
                if wants_trace {
                    self.add_pairs(scene, &product, room, &mut pairs);
                }
            }
        }
        // The mean of the largest, which is above the first node.
        self.log += first[..count].iter().sum::<f64>() - 0.5 * count as f64 + sum_of(&above);
        self.trace += sum_of(&pairs);
        for (sum, share) in self.sums.iter_mut().zip(&room.shares) {
            *sum += sum_of(share);
        }
    }

    /// The product of the classes' distribution functions at some nodes; leaves the slopes of their logarithms.
    #[inline(always)]
    fn product(&self, noises: &OwnNoises, (l, group): (usize, usize), room: &mut NodeRoom) -> Nodes {
        *room.sum = [0.0; N];
        for ((&k, located), slopes) in self.seen.iter().zip(&room.located).zip(&mut room.slopes) {
            noises.laws[k].add(located, (l, group), &mut room.sum, slopes);
        }
        exp_single(&room.sum)
    }

    /// Adds `sum_(j<k) E p_j p_k |c_j - c_k|^2` over the own noises: `p_j p_k = -d p_j/d u_k`.
    #[inline(always)]
    fn add_pairs(&self, scene: &LatticeScene, product: &Nodes, room: &NodeRoom, sum: &mut Nodes) {
        for (a, &j) in self.seen.iter().enumerate() {
            for (b, &k) in self.seen[..a].iter().enumerate() {
                let apart = square(&scene.points[j], &scene.points[k]) as f32;
                let (one, other) = (&room.slopes[a], &room.slopes[b]);
                for i in 0..N {
                    sum[i] += apart * (product[i] * (one[i] * other[i]));
                }
            }
        }
    }

    /// Ends a shift of `count` points whose middle is `places`; the classes have these loadings (in steps).
    fn end_shift(&mut self, (loadings, step): (&[Vec<f64>], f64), count: usize, places: &[f64]) {
        let mean = |sum: &mut f64| std::mem::take(sum) / count as f64;
        let along = |k: usize| loadings[k].iter().zip(places).map(|(b, z)| b * z).sum::<f64>();
        let total: f64 = self.sums.iter().sum();
        // The total is 1 but for the nodes' error.
        let shares: Vec<f64> = self.sums.iter_mut().map(|sum| std::mem::take(sum) / total).collect();
        // What is linear in the noise has mean 0.
        let linear: f64 = self.seen.iter().zip(&shares).map(|(&k, p)| p * along(k)).sum();
        let mut values = vec![step * (mean(&mut self.log) - linear) - GUMBEL_MEAN, mean(&mut self.trace) / step];
        values.extend(shares);
        self.moments.add(&values);
    }

    fn average(self) -> LatticeAverage {
        self.moments.average(&self.seen)
    }
}

#[cfg(test)]
mod tests;
