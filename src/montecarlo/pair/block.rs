//! One block of draws followed along the mesh of its ensemble.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use crate::integrate::Tolerances;
use crate::montecarlo::lanes::block::DrawBlock;
use crate::montecarlo::lanes::set::Lanes;
use crate::montecarlo::lanes::step::{LANES, scale, step};
use crate::montecarlo::pair::follow::Follow;
use crate::montecarlo::pair::mesh::MeshStep;
use crate::montecarlo::pair::model::Model;
use crate::montecarlo::statistics::tally::{JudgedEnd, RunEnd};

/// Draws followed together: their states fit the first-level cache.
pub(crate) const BLOCK: u64 = 512;
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
pub(crate) fn run<M: Model<3>>(model: &M, mesh: &SharedMesh<M::Stage>, seed: u64, draws: Range<u64>) -> Vec<JudgedEnd> {
    let starts = draws.clone().map(|index| model.draw(seed, index));
    let known = |_, start: &[f64; 3]| certain(model, &mesh.alone, 0.0, start);
    let block = DrawBlock::new(starts, known);
    let mut pairs = PairBlock { model, mesh, seed, first: draws.start, block, left: Vec::new() };
    let arch = Arch::new();
    let mut t = 0.0;
    for mesh_step in &mesh.steps {
        if pairs.block.followed.is_empty() {
            break;
        }
        if mesh.horizon.is_some_and(|horizon| t <= horizon && horizon < mesh_step.end) {
            pairs.judge(t);
        }
        let (followed, left) = (&mut pairs.block.followed, &mut pairs.left);
        arch.dispatch(BlockStep { model, mesh_step, tolerances: mesh.alone.tolerances, followed, left });
        t = mesh_step.end;
        pairs.settle(mesh_step);
    }
    pairs.finish(t);
    let ends = pairs.block.into_ends();
    ends.map(|(end, earlier)| JudgedEnd { end, at_horizon: earlier.unwrap_or(end) }).collect()
}

/// One step of every followed draw as an operation that is compiled for each vector width; notes the entries that it ends. (A
/// closure would not be inlined into the code for the wide registers.)
struct BlockStep<'a, M: Model<3>> {
    model: &'a M,
    mesh_step: &'a MeshStep<M::Stage>,
    tolerances: Tolerances,
    followed: &'a mut Lanes<3>,
    left: &'a mut Vec<(usize, bool)>,
}

impl<M: Model<3>> WithSimd for BlockStep<'_, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { model, mesh_step, tolerances, followed, left } = self;
        if mesh_step.restart {
            for (state, rate) in followed.chunks_mut() {
                *rate = model.rates(&mesh_step.stages[0], state);
            }
        }
        advance(model, mesh_step, tolerances, followed, left);
    }
}

/// The step itself: a function of references, which the compiler then knows to be apart.
#[inline(always)]
fn advance<M: Model<3>>(
    model: &M,
    mesh_step: &MeshStep<M::Stage>,
    tolerances: Tolerances,
    followed: &mut Lanes<3>,
    left: &mut Vec<(usize, bool)>,
) {
    left.clear();
    let (relative, absolute) = (GUARD * tolerances.relative, GUARD * tolerances.absolute);
    for (c, (state, rate)) in followed.chunks_mut().enumerate() {
        let done = step(model, mesh_step.h, &mesh_step.stages, state, rate);
        let mut fine = [true; LANES];
        for n in 0..3 {
            for l in 0..LANES {
                // False for errors that are not numbers.
                fine[l] &= done.error[n][l].abs() <= scale(relative, absolute, state[n][l], done.state[n][l]);
            }
        }
        // A loop of its own, and no closure: it is compiled for the vectors.
        let [x, y, z] = &done.state;
        let (mut apart, mut any) = ([false; LANES], false);
        for l in 0..LANES {
            apart[l] = model.apart(&[x[l], y[l], z[l]]);
        }
        for l in 0..LANES {
            any |= !fine[l] | apart[l];
        }
        (*state, *rate) = (done.state, done.rate);
        if any {
            let ended = (0..LANES).filter(|&l| !fine[l] || apart[l]).map(|l| (c * LANES + l, fine[l]));
            left.extend(ended);
        }
    }
}

struct PairBlock<'a, M: Model<3>> {
    model: &'a M,
    mesh: &'a SharedMesh<M::Stage>,
    seed: u64,
    /// The first draw of the block.
    first: u64,
    block: DrawBlock<RunEnd, RunEnd, 3>,
    /// Entries that a step has ended, and whether by certain recovery (else by its error).
    left: Vec<(usize, bool)>,
}

impl<M: Model<3>> PairBlock<'_, M> {
    /// Takes the runs that ended in a step out of the block and, where it is worth asking, those that are trapped.
    fn settle(&mut self, mesh_step: &MeshStep<M::Stage>) {
        let (model, mesh) = (self.model, self.mesh);
        for (entry, fine) in std::mem::take(&mut self.left).into_iter().rev() {
            if entry >= self.block.followed.len() {
                continue;
            }
            if !fine {
                let start = model.draw(self.seed, self.first + self.block.followed.draw(entry) as u64);
                *self.block.at_horizon(entry) = mesh.to_horizon().map(|limits| model.alone(&limits, 0.0, start));
                self.block.end(entry, model.alone(&mesh.alone, 0.0, start));
            } else if mesh.alone.early {
                self.block.end(entry, RunEnd::Recovered);
            }
        }
        if mesh_step.ask {
            self.block.end_where(|state| certain(model, &mesh.alone, mesh_step.end, state));
        }
    }

    /// Follows what is open at `t` to the horizon, and back.
    fn judge(&mut self, t: f64) {
        let Some(limits) = self.mesh.to_horizon() else { return };
        self.block.judge(|lanes, entry| self.model.alone(&limits, t, lanes.state(entry)));
    }

    /// What is open at the end of the mesh: at the horizon it is classified, before it it goes on by itself.
    fn finish(&mut self, t: f64) {
        if self.mesh.horizon.is_some_and(|horizon| t <= horizon) {
            self.judge(t);
        }
        self.block.end_where(|state| Some(self.model.alone(&self.mesh.alone, t, *state)));
    }
}
