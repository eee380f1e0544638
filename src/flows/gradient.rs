//! The objective on a batch, and its gradient by one pass forward and one back.

use rand_chacha::ChaCha8Rng;

use crate::flows::architecture::BatchNorm;
use crate::flows::coupling::{Backward, CouplingTape, flat};
use crate::flows::density::Scored;
use crate::flows::real::Real;
use crate::flows::realnvp::{RealNvp, log_normal};
use crate::random::normal;

/// Rows that go through all couplings together: their activations stay in the cache.
const TOGETHER: usize = 64;

/// The objective of a batch in the two forms that a run is judged by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Losses {
    /// F_beta = E_q[log q - beta log p], theory (1), what is minimised.
    pub objective: f64,
    /// The same at beta = 1: KL(q||p).
    pub divergence: f64,
}

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
    /// log p and log q of the last batch, where they are kept.
    pub(crate) densities: Option<[Vec<f64>; 2]>,
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
            densities: None,
        }
    }

    /// The objective on `batch` base points drawn from `rng`, and its gradient, which is added to `gradient`.
    pub(crate) fn gradient(
        &mut self,
        flow: &RealNvp<T>,
        target: &mut dyn Scored<T>,
        beta: f64,
        (batch, rng): (usize, &mut ChaCha8Rng),
        gradient: &mut [T],
    ) -> Losses {
        flow.transpose(true, &mut self.transposed);
        let mut sums = [0.0; 2];
        let mut done = 0;
        self.densities.iter_mut().flatten().for_each(Vec::clear);
        while done < batch {
            let rows = self.capacity.min(batch - done);
            let part = self.forward(flow, target, (beta, batch), rows, rng);
            (sums[0], sums[1]) = (sums[0] + part[0], sums[1] + part[1]);
            self.backward(flow, rows, batch, gradient);
            done += rows;
        }
        Losses { objective: sums[0] / batch as f64, divergence: sums[1] / batch as f64 }
    }

    /// Draws base points, pushes them through the flow, leaves the gradient with respect to the result in `halves`, and
    /// gives the sums of log q - beta log p and log q - log p.
    fn forward(
        &mut self,
        flow: &RealNvp<T>,
        target: &mut dyn Scored<T>,
        (beta, batch): (f64, usize),
        rows: usize,
        rng: &mut ChaCha8Rng,
    ) -> [f64; 2] {
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
        let factor = T::of(-beta / batch as f64);
        let mut sums = [0.0; 2];
        let [out_a, out_b] = &mut self.halves;
        let log_p = &mut self.log_p[..rows];
        target.scores([x[0], x[1]], sizes, factor, [out_a, out_b], log_p);
        for (row, &log_p) in log_p.iter().enumerate() {
            let base = [0, 1].map(|h| log_normal(&self.base[h][row * sizes[h]..(row + 1) * sizes[h]]).to_f64());
            let log_q = base[0] + base[1] - self.log_determinant[row].to_f64();
            sums[0] += log_q - beta * log_p;
            sums[1] += log_q - log_p;
            if let Some([of_p, of_q]) = &mut self.densities {
                of_p.push(log_p);
                of_q.push(log_q);
            }
        }
        sums
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
