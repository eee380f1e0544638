//! What is done to lanes of two components on two modes as operations that are compiled for each vector width.

use pulp::{Simd, WithSimd};

use crate::montecarlo::lanes::step::{LANES, Lane, LaneSystem, NODES, Stepped, scale, step};
use crate::montecarlo::mixture::lanes::{MixtureLanes, MixtureStage};
use crate::montecarlo::mixture::run::ABSOLUTE;

/// A step and the size of its error for each lane.
pub(crate) struct Attempt<'a, const D: usize, const N: usize> {
    pub(crate) lanes: &'a MixtureLanes<'a, D>,
    pub(crate) h: f64,
    pub(crate) stages: &'a [MixtureStage; NODES.len()],
    pub(crate) state: &'a [Lane; N],
    pub(crate) first: &'a [Lane; N],
    pub(crate) relative: f64,
}

impl<const D: usize, const N: usize> WithSimd for Attempt<'_, D, N> {
    type Output = (Stepped<N>, Lane);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        let done = step(self.lanes, self.h, self.stages, self.state, self.first);
        let mut size = [0.0; LANES];
        for n in 0..N {
            for l in 0..LANES {
                let scale = scale(self.relative, self.relative * ABSOLUTE, self.state[n][l], done.state[n][l]);
                let ratio = done.error[n][l] / scale;
                size[l] += ratio * ratio;
            }
        }
        (done, size)
    }
}

/// The field at a state.
pub(crate) struct Rate<'a, const D: usize, const N: usize>(
    pub(crate) &'a MixtureLanes<'a, D>,
    pub(crate) &'a MixtureStage,
    pub(crate) &'a [Lane; N],
);

impl<const D: usize, const N: usize> WithSimd for Rate<'_, D, N> {
    type Output = [Lane; N];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [Lane; N] {
        self.0.rates(self.1, self.2)
    }
}

/// The objective at a state.
pub(crate) struct LaneObjective<'a, const D: usize, const N: usize>(
    pub(crate) &'a MixtureLanes<'a, D>,
    pub(crate) &'a MixtureStage,
    pub(crate) &'a [Lane; N],
);

impl<const D: usize, const N: usize> WithSimd for LaneObjective<'_, D, N> {
    type Output = Lane;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Lane {
        self.0.objective(self.1, self.2)
    }
}
