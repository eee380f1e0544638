//! Steps that draws take together, as long as the one that finds them hardest allows.

use pulp::{Arch, Simd, WithSimd};

use crate::integrate::control::Controller;
use crate::montecarlo::lanes::set::{Lanes, lane};
use crate::montecarlo::lanes::step::{LANES, Lane, LaneSystem, NODES, Stepped, scale, step};

/// Below this fraction of the time a step is given up.
const SMALLEST: f64 = 1e-12;

/// How precise a step is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepTolerances {
    pub(crate) relative: f64,
    pub(crate) absolute: f64,
    /// How many statistics move, over which errors are averaged.
    pub(crate) moving: usize,
}

/// The time of draws that are followed together, and their next step.
pub(crate) struct CommonSteps<const N: usize> {
    arch: Arch,
    control: Controller,
    tolerances: StepTolerances,
    pub(crate) t: f64,
    /// What the last attempt led to, and the error of each lane in tolerances: infinite where it is no number.
    tried: Vec<(Stepped<N>, Lane)>,
}

/// What an attempt comes to.
pub(crate) enum Attempted<S> {
    /// A step from time `from`, with the constants of the field at its nodes; the lanes take it by [`CommonSteps::take`].
    Fine { from: f64, h: f64, stages: [S; NODES.len()] },
    /// Too long for some draw: the next is shorter.
    Long,
    /// Too long for some draw, and a shorter one of no use; the next is as long again.
    Stuck,
}

impl<const N: usize> CommonSteps<N> {
    pub(crate) fn new(control: Controller, tolerances: StepTolerances) -> Self {
        Self { arch: Arch::new(), control, tolerances, t: 0.0, tried: Vec::new() }
    }

    /// The field where it may have jumped, and a first step, not beyond `to`.
    pub(crate) fn restart<S: LaneSystem<N>>(&mut self, system: &S, lanes: &mut Lanes<N>, piece: usize, to: f64) {
        let stage = system.stage(piece, self.t);
        for (state, rate) in lanes.chunks_mut() {
            *rate = system.rates(&stage, state);
        }
        self.control.restart();
        if self.control.next() == 0.0 {
            self.control.propose(lanes.first_step(to - self.t));
        }
    }

    /// Tries a step, not beyond `to`.
    pub(crate) fn attempt<S: LaneSystem<N>>(
        &mut self,
        system: &S,
        lanes: &Lanes<N>,
        piece: usize,
        to: f64,
    ) -> Attempted<S::Stage> {
        let (from, (h, onto_end)) = (self.t, self.control.attempt(to - self.t));
        let stages = NODES.map(|c| system.stage(piece, from + c * h));
        let tolerances = self.tolerances;
        let mut worst = 0.0f64;
        self.tried.clear();
        for c in 0..lanes.chunks() {
            let (state, first) = lanes.chunk(c);
            let mut tried = self.arch.dispatch(Attempt { system, h, stages: &stages, state, first, tolerances });
            for size in &mut tried.1[..lanes.filled(c)] {
                let error = (*size / tolerances.moving as f64).sqrt();
                *size = if error.is_finite() { error } else { f64::INFINITY };
                worst = worst.max(*size);
            }
            self.tried.push(tried);
        }
        if worst <= 1.0 {
            self.control.accept(h, worst);
            self.t = if onto_end { to } else { from + h };
            return Attempted::Fine { from, h, stages };
        }
        self.control.reject(h, worst);
        if self.control.next() > SMALLEST * from.max(SMALLEST) {
            return Attempted::Long;
        }
        self.control.propose(h);
        Attempted::Stuck
    }

    /// The states and rates that a fine attempt led to become those of the lanes.
    pub(crate) fn take(&self, lanes: &mut Lanes<N>) {
        for ((state, rate), (done, _)) in lanes.chunks_mut().zip(&self.tried) {
            (*state, *rate) = (done.state, done.rate);
        }
    }

    /// State and rate to which the last attempt led an entry.
    pub(crate) fn tried(&self, entry: usize) -> ([f64; N], [f64; N]) {
        let done = &self.tried[entry / LANES].0;
        (lane(&done.state, entry % LANES), lane(&done.rate, entry % LANES))
    }

    /// The error of the last attempt in an entry, in tolerances.
    pub(crate) fn error(&self, entry: usize) -> f64 {
        self.tried[entry / LANES].1[entry % LANES]
    }
}

/// A step and the sum of squares of its errors in each lane, compiled for each vector width.
struct Attempt<'a, const N: usize, S: LaneSystem<N>> {
    system: &'a S,
    h: f64,
    stages: &'a [S::Stage; NODES.len()],
    state: &'a [Lane; N],
    first: &'a [Lane; N],
    tolerances: StepTolerances,
}

impl<const N: usize, S: LaneSystem<N>> WithSimd for Attempt<'_, N, S> {
    type Output = (Stepped<N>, Lane);

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) -> Self::Output {
        let StepTolerances { relative, absolute, .. } = self.tolerances;
        let done = step(self.system, self.h, self.stages, self.state, self.first);
        let mut size = [0.0; LANES];
        for n in 0..N {
            for l in 0..LANES {
                let ratio = done.error[n][l] / scale(relative, absolute, self.state[n][l], done.state[n][l]);
                size[l] += ratio * ratio;
            }
        }
        (done, size)
    }
}
