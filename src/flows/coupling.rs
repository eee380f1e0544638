//! One affine coupling: x_b = z_b e^s + t with (s, t) from the kept coordinates, and log|det| = sum of s.

use pulp::{Simd, WithSimd};

use crate::flows::conditioner::NetTape;
use crate::flows::layout::Net;
use crate::flows::panel::{MatrixView, PANEL, panels};
use crate::flows::pass::Pass;
use crate::flows::real::Arithmetic;
use crate::parallel;

/// Products of batch and weights from which two networks are worth two threads: about a millisecond of work.
const WORTH_TWO_THREADS: usize = 1 << 26;

/// A vector for `length` numbers, padded so that it is a whole number of registers.
pub(crate) fn flat<T: Arithmetic>(length: usize) -> Vec<T> {
    vec![T::ZERO; length.div_ceil(PANEL) * PANEL]
}

/// What the forward pass of a coupling keeps.
#[derive(Debug, Clone)]
pub(crate) struct CouplingTape<T> {
    nets: Vec<NetTape<T>>,
    /// tanh(r/c), the bounded output of the network.
    bounded: Vec<T>,
    /// e^s.
    growth: Vec<T>,
    /// t.
    shift: Vec<T>,
}

impl<T: Arithmetic> CouplingTape<T> {
    pub(crate) fn new(nets: &[Net], changed: usize, capacity: usize, backward: bool) -> Self {
        let size = changed * capacity;
        Self {
            nets: nets.iter().map(|net| NetTape::new(net, capacity, backward)).collect(),
            bounded: flat(size),
            growth: flat(size),
            shift: flat(size),
        }
    }

    /// Runs the networks on the kept coordinates (row by row) and prepares scale and shift.
    pub(crate) fn condition(&mut self, nets: &[Net], pass: Pass<'_, T>, kept: &[T], changed: usize, bound: T) {
        let input = MatrixView::plain(kept, nets[0].inputs());
        if let ([a, b], [net_a, net_b]) = (self.nets.as_mut_slice(), nets) {
            let work = pass.rows * net_a.layers.iter().map(|l| l.inputs * l.outputs).sum::<usize>();
            if work >= WORTH_TWO_THREADS {
                parallel::join(|| a.forward(net_a, pass, input), || b.forward(net_b, pass, input));
            } else {
                a.forward(net_a, pass, input);
                b.forward(net_b, pass, input);
            }
            a.output(net_a).copy_columns(pass.rows, 0, changed, &mut self.bounded);
            b.output(net_b).copy_columns(pass.rows, 0, changed, &mut self.shift);
        } else {
            self.nets[0].forward(&nets[0], pass, input);
            let output = self.nets[0].output(&nets[0]);
            output.copy_columns(pass.rows, 0, changed, &mut self.bounded);
            output.copy_columns(pass.rows, changed, changed, &mut self.shift);
        }
        pass.arch.dispatch(Bound { bound, bounded: &mut self.bounded, growth: &mut self.growth });
    }

    /// x = z e^s + t and log|det| += sum of s, row by row; after [`Self::condition`].
    pub(crate) fn apply(&self, rows: usize, changed: usize, bound: T, z: &[T], x: &mut [T], log_det: &mut [T]) {
        for i in 0..rows * changed {
            x[i] = z[i] * self.growth[i] + self.shift[i];
        }
        self.add_log_determinant(changed, bound, &mut log_det[..rows]);
    }

    /// z = (x - t) e^-s and log|det| -= sum of s, in place; after [`Self::condition`].
    pub(crate) fn undo(&self, rows: usize, changed: usize, bound: T, x: &mut [T], log_det: &mut [T]) {
        for i in 0..rows * changed {
            x[i] = (x[i] - self.shift[i]) / self.growth[i];
        }
        self.add_log_determinant(changed, -bound, &mut log_det[..rows]);
    }

    fn add_log_determinant(&self, changed: usize, bound: T, log_det: &mut [T]) {
        for (log_det, bounded) in log_det.iter_mut().zip(self.bounded.chunks_exact(changed)) {
            let mut sum = T::ZERO;
            bounded.iter().for_each(|b| sum += *b);
            *log_det += bound * sum;
        }
    }

    /// From the gradient `g` with respect to x_b to that with respect to z_b, in place, and to the kept coordinates,
    /// added to `kept_gradient`; `per_log_det` is the gradient with respect to log|det| of each row.
    pub(crate) fn backward(&mut self, nets: &[Net], pass: Pass<'_, T>, kept: &[T], z: &[T], back: Backward<'_, T>) {
        let changed = nets[nets.len() - 1].outputs() / if nets.len() == 1 { 2 } else { 1 };
        let Backward { per_log_det, g, kept_gradient, gradients } = back;
        // The growth is not needed again: it becomes the gradient with respect to r, and the shift that to t.
        for i in 0..pass.rows * changed {
            let through = g[i] * self.growth[i];
            let slope = T::ONE - self.bounded[i] * self.bounded[i];
            self.growth[i] = (through * z[i] + per_log_det) * slope;
            self.shift[i] = g[i];
            g[i] = through;
        }
        let input = MatrixView::plain(kept, nets[0].inputs());
        let parts = [self.growth.as_slice(), self.shift.as_slice()];
        let [gradient_a, gradient_b] = gradients;
        match (self.nets.as_mut_slice(), nets) {
            ([a, b], [net_a, net_b]) => {
                write_columns(net_a, pass.rows, &parts[..1], changed, &mut a.output_gradient);
                write_columns(net_b, pass.rows, &parts[1..], changed, &mut b.output_gradient);
                let work = pass.rows * net_a.layers.iter().map(|l| l.inputs * l.outputs).sum::<usize>();
                if work >= WORTH_TWO_THREADS {
                    parallel::join(
                        || a.backward(net_a, pass, input, gradient_a),
                        || b.backward(net_b, pass, input, gradient_b),
                    );
                } else {
                    a.backward(net_a, pass, input, gradient_a);
                    b.backward(net_b, pass, input, gradient_b);
                }
            }
            ([net], [layout]) => {
                write_columns(layout, pass.rows, &parts, changed, &mut net.output_gradient);
                net.backward(layout, pass, input, gradient_a);
            }
            _ => {}
        }
        for net in &self.nets {
            let size = pass.rows * nets[0].inputs();
            for (sum, d) in kept_gradient.iter_mut().zip(&net.input_gradient[..size]) {
                *sum += *d;
            }
        }
    }

    /// See [`NetTape::update_running`].
    pub(crate) fn update_running(&self, nets: &[Net], rows: usize, running: &mut [T]) {
        for (tape, net) in self.nets.iter().zip(nets) {
            tape.update_running(net, rows, running);
        }
    }
}

/// The gradients that a coupling's backward pass reads and writes.
pub(crate) struct Backward<'a, T> {
    pub(crate) per_log_det: T,
    pub(crate) g: &'a mut [T],
    pub(crate) kept_gradient: &'a mut [T],
    /// Of the parameters of each network; the second is empty if there is one network.
    pub(crate) gradients: [&'a mut [T]; 2],
}

/// Writes `parts` (each row by row with `count` columns) next to each other in the form of the network's output.
fn write_columns<T: Arithmetic>(net: &Net, rows: usize, parts: &[&[T]], count: usize, out: &mut [T]) {
    let (stride, panel) = if net.thin() { (net.outputs(), 0) } else { (PANEL, out.len() / panels(net.outputs())) };
    for (p, part) in parts.iter().enumerate() {
        let first = p * count;
        let at = (first / PANEL) * panel + first % PANEL;
        match count {
            2 => write_few::<T, 2>(rows, part, &mut out[at..], stride),
            4 => write_few::<T, 4>(rows, part, &mut out[at..], stride),
            8 => write_few::<T, 8>(rows, part, &mut out[at..], stride),
            _ => write_any(rows, part, (first, count), out, (stride, panel)),
        }
    }
}

/// Rows of `count` numbers from column `first` on, whatever the panels.
fn write_any<T: Arithmetic>(
    rows: usize,
    part: &[T],
    (first, count): (usize, usize),
    out: &mut [T],
    (stride, panel): (usize, usize),
) {
    for (row, mut values) in part.chunks_exact(count).take(rows).enumerate() {
        let mut column = first;
        while !values.is_empty() {
            let (here, rest) = values.split_at(values.len().min(PANEL - column % PANEL));
            out[(column / PANEL) * panel + row * stride + column % PANEL..][..here.len()].copy_from_slice(here);
            column += here.len();
            values = rest;
        }
    }
}

/// Rows of `N` numbers, of one panel each: a number that the compiler knows is copied without a call.
fn write_few<T: Arithmetic, const N: usize>(rows: usize, part: &[T], out: &mut [T], stride: usize) {
    for (row, values) in part.as_chunks::<N>().0.iter().take(rows).enumerate() {
        if let Some(out) = out[row * stride..].first_chunk_mut() {
            *out = *values;
        }
    }
}

/// r becomes tanh(r/c), and the growth e^(c tanh(r/c)).
struct Bound<'a, T> {
    bound: T,
    bounded: &'a mut [T],
    growth: &'a mut [T],
}

impl<T: Arithmetic> WithSimd for Bound<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let inverse = T::splat(simd, T::ONE / self.bound);
        for r in T::lanes_mut::<S>(self.bounded) {
            *r = T::tanh(simd, T::product(simd, *r, inverse));
        }
        for (growth, bounded) in self.growth.iter_mut().zip(self.bounded.iter()) {
            *growth = (self.bound * *bounded).exp();
        }
    }
}
