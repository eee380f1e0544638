//! One block of draws followed along the mesh of its ensemble.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use crate::montecarlo::lanes::set::Lanes;
use crate::montecarlo::lanes::step::{LANES, LaneSystem, scale, step};
use crate::montecarlo::pair::follow::Follow;
use crate::montecarlo::pair::mesh::MeshStep;
use crate::montecarlo::pair::model::Model;
use crate::montecarlo::statistics::tally::{JudgedEnd, RunEnd};

/// Draws followed together: their states fit the first-level cache.
pub(crate) const BLOCK: usize = 512;
/// A draw may err by this many tolerances in a step of the mesh, which the pilots found good to one; beyond it the draw is
/// followed by itself from its start.
const GUARD: f64 = 10.0;

/// The mesh of an ensemble, and the limits of what is followed by itself.
pub(crate) struct SharedMesh<S> {
    pub(crate) steps: Vec<MeshStep<S>>,
    pub(crate) alone: Follow,
    /// The time at which runs are judged on the way, if they are.
    pub(crate) horizon: Option<f64>,
}

impl<S> SharedMesh<S> {
    /// The limits of a run that is followed by itself to the horizon, and judged there.
    fn to_horizon(&self) -> Option<Follow> {
        self.horizon.map(|end| Follow { end, at_end: true, ..self.alone })
    }
}

/// The end of a run whose state says so already.
pub(crate) fn certain<M: Model<3>>(model: &M, alone: &Follow, t: f64, state: &[f64; 3]) -> Option<RunEnd> {
    if !alone.early {
        return None;
    }
    if model.apart(state) {
        return Some(RunEnd::Recovered);
    }
    if !model.worth_asking(t, state) {
        return None;
    }
    RunEnd::certain(model.verdict(t, state))
}

/// The ends of the draws of one block, in order. Lanes do not see each other and the mesh is fixed, so each end is a
/// function of its own draw.
pub(crate) fn run<M: Model<3>>(
    model: &M,
    course: &SharedMesh<M::Stage>,
    seed: u64,
    draws: Range<u64>,
) -> Vec<JudgedEnd> {
    let mut block = PairBlock::new(model, course, seed, draws.clone());
    let arch = Arch::new();
    let mut t = 0.0;
    for mesh_step in &course.steps {
        if block.lanes.is_empty() {
            break;
        }
        if course.horizon.is_some_and(|horizon| t <= horizon && horizon < mesh_step.end) {
            block.judge(model, course, t);
        }
        arch.dispatch(BlockStep { block: &mut block, system: model, mesh_step, alone: &course.alone });
        t = mesh_step.end;
        block.settle(model, course, seed, draws.start, mesh_step);
    }
    block.finish(model, course, t);
    let judged = block.ends.into_iter().zip(block.at_horizon);
    judged.map(|(end, earlier)| JudgedEnd { end, at_horizon: earlier.unwrap_or(end) }).collect()
}

/// One step of a block as an operation that is compiled for each vector width. (A closure would not be inlined into the
/// code for the wide registers.)
struct BlockStep<'a, M: Model<3>> {
    block: &'a mut PairBlock,
    system: &'a M,
    mesh_step: &'a MeshStep<M::Stage>,
    alone: &'a Follow,
}

impl<M: Model<3>> WithSimd for BlockStep<'_, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if self.mesh_step.restart {
            self.block.restart(self.system, self.mesh_step);
        }
        self.block.advance(self.system, self.mesh_step, self.alone);
    }
}

struct PairBlock {
    ends: Vec<RunEnd>,
    /// Where the runs stood at the horizon that were open there.
    at_horizon: Vec<Option<RunEnd>>,
    /// Draws still followed, as offsets in the block.
    lanes: Lanes<3>,
    /// Entries that a step has ended, and whether by certain recovery (else by its error).
    left: Vec<(usize, bool)>,
}

impl PairBlock {
    /// Draws the starts; those whose end is certain at once are not followed.
    fn new<M: Model<3>>(model: &M, course: &SharedMesh<M::Stage>, seed: u64, draws: Range<u64>) -> Self {
        let mut ends = Vec::with_capacity(BLOCK);
        let mut lanes = Lanes::with_capacity(BLOCK);
        for (offset, index) in draws.enumerate() {
            let start = model.draw(seed, index);
            let end = certain(model, &course.alone, 0.0, &start);
            ends.push(end.unwrap_or(RunEnd::Undecided));
            if end.is_none() {
                lanes.push(offset, &start);
            }
        }
        Self { at_horizon: vec![None; ends.len()], ends, lanes, left: Vec::new() }
    }

    #[inline(always)]
    fn restart<S: LaneSystem<3>>(&mut self, system: &S, mesh_step: &MeshStep<S::Stage>) {
        for (state, rate) in self.lanes.chunks_mut() {
            *rate = system.rates(&mesh_step.stages[0], state);
        }
    }

    /// One step of every followed draw; notes those that it ends.
    #[inline(always)]
    fn advance<M: Model<3>>(&mut self, system: &M, mesh_step: &MeshStep<M::Stage>, alone: &Follow) {
        self.left.clear();
        let (relative, absolute) = (GUARD * alone.tolerances.relative, GUARD * alone.tolerances.absolute);
        for (c, (state, rate)) in self.lanes.chunks_mut().enumerate() {
            let done = step(system, mesh_step.h, &mesh_step.stages, state, rate);
            let mut fine = [true; LANES];
            for n in 0..3 {
                for l in 0..LANES {
                    // False for errors that are not numbers.
                    fine[l] &= done.error[n][l].abs() <= scale(relative, absolute, state[n][l], done.state[n][l]);
                }
            }
            let apart = system.separated(&done.state);
            let mut any = false;
            for l in 0..LANES {
                any |= !fine[l] | apart[l];
            }
            (*state, *rate) = (done.state, done.rate);
            if any {
                let ended = (0..LANES).filter(|&l| !fine[l] || apart[l]).map(|l| (c * LANES + l, fine[l]));
                self.left.extend(ended);
            }
        }
    }

    /// Takes the runs that ended in a step out of the block and, where it is worth asking, those that are trapped.
    fn settle<M: Model<3>>(
        &mut self,
        model: &M,
        course: &SharedMesh<M::Stage>,
        seed: u64,
        first: u64,
        mesh_step: &MeshStep<M::Stage>,
    ) {
        for (entry, fine) in std::mem::take(&mut self.left).into_iter().rev() {
            if entry >= self.lanes.len() {
                continue;
            }
            let offset = self.lanes.draw(entry);
            if !fine {
                let start = model.draw(seed, first + offset as u64);
                self.ends[offset] = model.alone(&course.alone, 0.0, start);
                self.at_horizon[offset] = course.to_horizon().map(|limits| model.alone(&limits, 0.0, start));
            } else if course.alone.early {
                self.ends[offset] = RunEnd::Recovered;
            } else {
                continue;
            }
            self.lanes.remove(entry);
        }
        if mesh_step.ask {
            for entry in (0..self.lanes.len()).rev() {
                if let Some(end) = certain(model, &course.alone, mesh_step.end, &self.lanes.state(entry)) {
                    self.ends[self.lanes.remove(entry)] = end;
                }
            }
        }
    }

    /// Follows what is open at `t` to the horizon, and back.
    fn judge<M: Model<3>>(&mut self, model: &M, course: &SharedMesh<M::Stage>, t: f64) {
        let Some(limits) = course.to_horizon() else { return };
        for entry in 0..self.lanes.len() {
            self.at_horizon[self.lanes.draw(entry)] = Some(model.alone(&limits, t, self.lanes.state(entry)));
        }
    }

    /// What is open at the end of the mesh: at the horizon it is classified, before it it goes on by itself.
    fn finish<M: Model<3>>(&mut self, model: &M, course: &SharedMesh<M::Stage>, t: f64) {
        if course.horizon.is_some_and(|horizon| t <= horizon) {
            self.judge(model, course, t);
        }
        for entry in 0..self.lanes.len() {
            self.ends[self.lanes.draw(entry)] = model.alone(&course.alone, t, self.lanes.state(entry));
        }
    }
}
