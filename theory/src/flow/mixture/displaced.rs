//! The field beside a state: where one coordinate moves, few averages do.

use crate::cubature::largest_share;
use crate::family::WeightRule;
use crate::flow::mixture::{ClassAverages, MixtureFlow, MixtureState};

/// A state whose averages are known, for the field at states that differ from it in one coordinate by little.
#[derive(Debug, Clone)]
pub struct Displaced<'a> {
    flow: &'a MixtureFlow,
    beta: f64,
    state: &'a [f64],
    plain: MixtureState,
    averages: ClassAverages,
}

impl<'a> Displaced<'a> {
    /// About `state`, of [`MixtureFlow::averages`] there.
    pub fn new(flow: &'a MixtureFlow, beta: f64, state: &'a [f64], averages: ClassAverages) -> Self {
        Self { flow, beta, state, plain: flow.unpack(beta, state), averages }
    }

    /// About `state`. Compiled into its caller, whose vector instructions matter.
    #[inline(always)]
    pub fn about_inlined(flow: &'a MixtureFlow, beta: f64, state: &'a [f64]) -> Self {
        let averages = flow.averages_with(&flow.unpack(beta, state), false);
        Self::new(flow, beta, state, averages)
    }

    /// [`Flow::field`](crate::Flow::field) where coordinate `j` is larger by `h`, to the tolerance of the averages: a mean or a
    /// logit changes those over its own component and over components that see it, which alone are found anew. `h` is small
    /// beside the distances at which a component is seen. Compiled into its caller, whose vector instructions matter.
    #[inline(always)]
    pub fn field_inlined(&self, j: usize, h: f64) -> Vec<f64> {
        let mut state = self.state.to_vec();
        state[j] += h;
        let moved = self.flow.unpack(self.beta, &state);
        let [own, target] = self.changed(j);
        let log_shares = self.flow.log_shares(&moved);
        let of = |rows: &[usize]| rows.iter().filter_map(|&i| log_shares.get(i).copied()).collect::<Vec<f64>>();
        let (own_centres, target_centres) = (self.centres(&moved, &own), self.centres(&moved, &target));
        let centres = [(&own_centres[..], &of(&own)[..]), (&target_centres[..], &of(&target)[..])];
        let found = self.flow.averages_over(&moved, centres, false);
        let averages = self.merged(&moved, [&own, &target], &found);
        let mut rate = vec![0.0; state.len()];
        self.flow.field_of(self.beta, &moved, &averages, &mut rate);
        rate
    }

    /// The components over which averages of q's and of p's softmax change with a coordinate.
    fn changed(&self, j: usize) -> [Vec<usize>; 2] {
        let (k, means) = (self.flow.components(), self.flow.components() * self.flow.width);
        let logits = if self.flow.rules.weights == WeightRule::Fixed { 0 } else { k };
        let seen = |component: usize| (0..k).filter(|&i| i == component || self.sees(i, component)).collect();
        match j {
            _ if j < means => [seen(j / self.flow.width), vec![j / self.flow.width]],
            _ if j < means + logits => [seen(j - means), Vec::new()],
            // The variance, which all of them depend on.
            _ => [(0..k).collect(), (0..k).collect()],
        }
    }

    /// Whether the average over a component changes with another: it is heavy enough beside the heaviest one somewhere.
    fn sees(&self, from: usize, other: usize) -> bool {
        let (plain, width) = (&self.plain, self.flow.width);
        let row = |i: usize| &plain.means[i * width..(i + 1) * width];
        let square = |i: usize, j: usize| row(i).iter().zip(row(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        let logit = |i: usize| plain.log_weights[i] - square(i, from) / (2.0 * plain.variance);
        let all = 0..plain.log_weights.len();
        let top = all.fold(from, |top, i| if logit(i) > logit(top) { i } else { top });
        let slope = square(other, top).sqrt() / plain.variance;
        let share = largest_share(logit(top) - logit(other), slope, plain.variance);
        // What is not a number is seen: the heaviest itself, or a component at its place.
        share.is_nan() || share > self.flow.cubature.floor()
    }

    fn centres(&self, moved: &MixtureState, rows: &[usize]) -> Vec<f64> {
        let width = self.flow.width;
        rows.iter().flat_map(|&i| &moved.means[i * width..(i + 1) * width]).copied().collect()
    }

    /// The known averages with those that were `found` for the components listed in place of theirs.
    fn merged(&self, moved: &MixtureState, [own, target]: [&[usize]; 2], found: &ClassAverages) -> ClassAverages {
        let mut all = self.averages.clone();
        // Where a logit changes, the weights of all other components do by one factor.
        let factors = moved.log_weights.iter().zip(&self.plain.log_weights).map(|(new, old)| new - old);
        all.log_own.iter_mut().zip(factors).for_each(|(log, factor)| *log += factor);
        let width = self.flow.width;
        let put = |all: &mut [f64], found: &[f64], rows: &[usize], width: usize| {
            for (found, &i) in found.chunks(width).zip(rows) {
                all[i * width..(i + 1) * width].copy_from_slice(found);
            }
        };
        put(&mut all.log_own, &found.log_own, own, 1);
        put(&mut all.own_spread, &found.own_spread, own, 1);
        put(&mut all.own_pull, &found.own_pull, own, width);
        put(&mut all.log_target, &found.log_target, target, 1);
        put(&mut all.target_spread, &found.target_spread, target, 1);
        put(&mut all.target_pull, &found.target_pull, target, width);
        all
    }
}
