//! The objective on a batch, and its gradient by one pass forward and one back.

use rand_chacha::ChaCha8Rng;

use crate::flows::architecture::BatchNorm;
use crate::flows::batch::{Batch, Losses};
use crate::flows::coupling::{Backward, CouplingTape, flat};
use crate::flows::density::Scored;
use crate::flows::real::Real;
use crate::flows::realnvp::RealNvp;
use crate::flows::transport::log_normal;
use crate::random::normal;

/// Rows that go through all couplings together: their activations stay in the cache.
pub(crate) const TOGETHER: usize = 64;

/// Everything that one step needs, allocated once.
#[derive(Debug, Clone)]
pub(crate) struct Workspace<T> {
    /// Rows that go through the flow together.
    capacity: usize,
    base: [Vec<T>; 2],
    /// The half that each coupling has changed.
    changed: Vec<Vec<T>>,
    tapes: Vec<CouplingTape<T>>,
    log_determinant: Vec<T>,
    /// Gradients with respect to the two halves.
    halves: [Vec<T>; 2],
    log_p: Vec<f64>,
    transposed: Vec<T>,
}

impl<T: Real> Workspace<T> {
    /// For batches of `batch` points. Batch normalisation needs all of them together, and some targets do; without it they
    /// pass in blocks that stay in the cache.
    pub(crate) fn new(flow: &RealNvp<T>, together: bool, batch: usize) -> Self {
        let together = together || flow.architecture.batch_norm != BatchNorm::None;
        let capacity = if together { batch } else { batch.min(TOGETHER) };
        let sizes = flow.architecture.halves();
        let half = |i: usize| flat(sizes[i] * capacity);
        let couplings = flow.layout.couplings.iter().enumerate();
        Self {
            capacity,
            base: [half(0), half(1)],
            changed: couplings.clone().map(|(i, _)| half(1 - i % 2)).collect(),
            tapes: couplings.map(|(i, nets)| CouplingTape::new(nets, sizes[1 - i % 2], capacity, true)).collect(),
            log_determinant: vec![T::ZERO; capacity],
            halves: [half(0), half(1)],
            log_p: vec![0.0; capacity],
            transposed: vec![T::ZERO; flow.layout.transposed],
        }
    }

    /// The objective on base points drawn from `rng`, and its gradient, which is added to `gradient`.
    pub(crate) fn gradient(
        &mut self,
        flow: &RealNvp<T>,
        target: &mut dyn Scored<T>,
        batch: &mut Batch<'_>,
        rng: &mut ChaCha8Rng,
        gradient: &mut [T],
    ) -> Losses {
        flow.transpose(true, &mut self.transposed);
        let mut done = 0;
        while done < batch.points {
            let rows = self.capacity.min(batch.points - done);
            self.forward(flow, target, batch, rows, rng);
            self.backward(flow, rows, batch.points, gradient);
            done += rows;
        }
        batch.losses()
    }

    /// Draws base points, pushes them through the flow, and leaves the gradient with respect to the result in `halves`.
    fn forward(
        &mut self,
        flow: &RealNvp<T>,
        target: &mut dyn Scored<T>,
        batch: &mut Batch<'_>,
        rows: usize,
        rng: &mut ChaCha8Rng,
    ) {
        let sizes = flow.architecture.halves();
        for row in 0..rows {
            for (half, size) in self.base.iter_mut().zip(sizes) {
                half[row * size..(row + 1) * size].iter_mut().for_each(|z| *z = T::of(normal(rng)));
            }
        }
        self.log_determinant.fill(T::ZERO);
        let bound = T::of(flow.architecture.scale_bound);
        let pass = flow.pass(rows, false, &self.transposed);
        for (i, nets) in flow.layout.couplings.iter().enumerate() {
            let size = sizes[1 - i % 2];
            let (before, here) = self.changed.split_at_mut(i);
            let kept = before.last().unwrap_or(&self.base[0]);
            let z = if i >= 2 { &before[i - 2] } else { &self.base[1 - i] };
            self.tapes[i].condition(nets, pass, kept, size, bound);
            self.tapes[i].apply(rows, size, bound, z, &mut here[0], &mut self.log_determinant);
        }
        let x = result(&self.base, &self.changed);
        let factor = T::of(-batch.beta / batch.points as f64);
        let [out_a, out_b] = &mut self.halves;
        let log_p = &mut self.log_p[..rows];
        target.scores([x[0], x[1]], sizes, factor, [out_a, out_b], log_p);
        let (base, log_det) = (&self.base, &self.log_determinant);
        batch.take(log_p.iter().enumerate().map(|(row, &log_p)| {
            let base = [0, 1].map(|h| log_normal(&base[h][row * sizes[h]..(row + 1) * sizes[h]]).to_f64());
            (base[0] + base[1] - log_det[row].to_f64(), log_p)
        }));
    }

    fn backward(&mut self, flow: &RealNvp<T>, rows: usize, batch: usize, gradient: &mut [T]) {
        let pass = flow.pass(rows, false, &self.transposed);
        let per_log_det = T::of(-1.0 / batch as f64);
        for (i, nets) in flow.layout.couplings.iter().enumerate().rev() {
            let (before, _) = self.changed.split_at(i);
            let kept = before.last().unwrap_or(&self.base[0]);
            let z = if i >= 2 { &before[i - 2] } else { &self.base[1 - i] };
            let [first, second] = &mut self.halves;
            let (kept_gradient, g) = if i % 2 == 0 { (first, second) } else { (second, first) };
            let whole = &mut gradient[nets[0].range.start..nets[nets.len() - 1].range.end];
            let (one, two) = whole.split_at_mut(nets[0].range.len());
            let back = Backward { per_log_det, g, kept_gradient, gradients: [one, two] };
            self.tapes[i].backward(nets, pass, kept, z, back);
        }
    }

    /// Takes the moments of the last batch into the running averages.
    pub(crate) fn update_running(&self, flow: &mut RealNvp<T>, batch: usize) {
        for (tape, nets) in self.tapes.iter().zip(&flow.layout.couplings) {
            tape.update_running(nets, batch, &mut flow.statistics);
        }
    }
}

/// The halves after the last coupling.
fn result<'a, T>(base: &'a [Vec<T>; 2], changed: &'a [Vec<T>]) -> [&'a Vec<T>; 2] {
    let mut halves = [&base[0], &base[1]];
    for (i, changed) in changed.iter().enumerate() {
        halves[1 - i % 2] = changed;
    }
    halves
}
