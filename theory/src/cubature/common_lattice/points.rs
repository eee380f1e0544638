//! Some points of the lattice with what all Gaussians share there.

use super::super::lattice::LatticeNode;
use super::{B, Block};
use crate::kernel::exp_array;
use std::borrow::Cow;

/// Some points of the lattice.
pub(super) struct PointBlock {
    pub(super) weight: Block,
    /// For each class the exponential of its logit less what its value at the centre and all classes share.
    pub(super) factors: Vec<Block>,
    pub(super) inverse: Vec<Block>,
}

impl PointBlock {
    /// Room for so many classes.
    pub(super) fn new(n: usize) -> Self {
        Self { weight: [0.0; B], factors: vec![[0.0; B]; n], inverse: vec![[0.0; B]; n] }
    }

    /// The weights of some points and the classes' factors there; adds to the weighted sum of their places.
    #[inline(always)]
    pub(super) fn load(
        &mut self,
        loadings: &[Vec<f64>],
        axes: &[Cow<'_, [LatticeNode]>],
        (first, count): (usize, usize),
        places: &mut [f64],
    ) {
        let mut weight = [0.0; B];
        weight[..count].fill(1.0);
        self.factors.iter_mut().for_each(|f| f.fill(0.0));
        for nodes in axes {
            for l in 0..count {
                weight[l] *= nodes[first + l].weight;
            }
        }
        for (axis, nodes) in axes.iter().enumerate() {
            let mut place = [0.0; B];
            for l in 0..count {
                place[l] = nodes[first + l].place;
            }
            let mut sum = 0.0;
            for l in 0..B {
                sum += weight[l] * place[l];
            }
            places[axis] += sum;
            for (factor, loading) in self.factors.iter_mut().zip(loadings) {
                let b = loading[axis];
                for l in 0..B {
                    factor[l] += b * place[l];
                }
            }
        }
        for (factor, inverse) in self.factors.iter_mut().zip(&mut self.inverse) {
            *factor = exp_array(factor);
            for l in 0..B {
                inverse[l] = 1.0 / factor[l];
            }
        }
        self.weight = weight;
    }
}
