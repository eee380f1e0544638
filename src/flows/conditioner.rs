//! One network of a coupling: batch in, batch out, and back.

use crate::flows::architecture::Activation;
use crate::flows::batch_norm::BatchMoments;
use crate::flows::layout::{Layer, Net, Norm};
use crate::flows::outer::Outer;
use crate::flows::panel::{MatrixView, panelled};
use crate::flows::pass::Pass;
use crate::flows::product::{Finish, Product, ThinProduct};
use crate::flows::real::Arithmetic;

/// What the forward pass keeps for the backward pass, and room for the latter; for batches of up to `capacity` rows.
#[derive(Debug, Clone)]
pub(crate) struct NetTape<T> {
    capacity: usize,
    /// Activations of the hidden layers, in panels.
    hidden: Vec<Vec<T>>,
    /// Values after each batch normalisation, with the moments before, in panels; those of the input come first.
    normal: Vec<(Vec<T>, BatchMoments<T>)>,
    /// The normalised input after gain and bias, in panels; empty if it is not normalised.
    input: Vec<T>,
    /// The network's output, row by row if it is thin, else in panels.
    output: Vec<T>,
    /// The gradient with respect to the output, in the same form.
    pub(crate) output_gradient: Vec<T>,
    /// The gradient with respect to the input, row by row.
    pub(crate) input_gradient: Vec<T>,
    /// Gradients with respect to two layers next to each other.
    scratch: [Vec<T>; 2],
}

impl<T: Arithmetic> NetTape<T> {
    /// Room for batches of `capacity` rows; the gradients' only if `backward`.
    pub(crate) fn new(net: &Net, capacity: usize, backward: bool) -> Self {
        let inner = &net.layers[..net.layers.len() - 1];
        let zeros = |size: usize| vec![T::ZERO; size];
        let output = if net.thin() { capacity * net.outputs() } else { panelled(capacity, net.outputs()) };
        let normal = |norm: &Norm| (zeros(panelled(capacity, norm.width)), BatchMoments::new(norm.width));
        let room = |size: usize| zeros(if backward { size } else { 0 });
        Self {
            capacity,
            hidden: inner.iter().map(|l| zeros(panelled(capacity, l.outputs))).collect(),
            normal: net.norms().map(normal).collect(),
            input: zeros(net.input.map_or(0, |norm| panelled(capacity, norm.width))),
            output: zeros(output),
            output_gradient: room(output),
            input_gradient: room(capacity * net.inputs()),
            scratch: std::array::from_fn(|_| room(panelled(capacity, net.widest()))),
        }
    }

    /// The output of the last forward pass.
    pub(crate) fn output(&self, net: &Net) -> MatrixView<'_, T> {
        if net.thin() {
            MatrixView::plain(&self.output, net.outputs())
        } else {
            MatrixView::panelled(&self.output, self.capacity)
        }
    }

    /// The network applied to the rows of `input`.
    pub(crate) fn forward(&mut self, net: &Net, pass: Pass<'_, T>, input: MatrixView<'_, T>) {
        let (inner, last) = net.layers.split_at(net.layers.len() - 1);
        let mut input = input;
        if let Some(norm) = &net.input {
            let (normal, moments) = &mut self.normal[0];
            input.copy_to_panels(pass.rows, norm.width, self.capacity, normal);
            pass.normalise(norm, self.capacity, (normal, moments), None, &mut self.input);
            input = MatrixView::panelled(&self.input, self.capacity);
        }
        for (l, layer) in inner.iter().enumerate() {
            let (before, here) = self.hidden.split_at_mut(l);
            let a = before.last().map_or(input, |h| MatrixView::panelled(h, self.capacity));
            match &layer.norm {
                None => {
                    let finish = match pass.activation {
                        Activation::Tanh => Finish::Tanh,
                        Activation::Relu => Finish::Relu,
                    };
                    pass.product(layer, self.capacity, a, true, finish, &mut here[0]);
                }
                Some(norm) => {
                    let (normal, moments) = &mut self.normal[l];
                    pass.product(layer, self.capacity, a, false, Finish::Keep, normal);
                    pass.normalise(norm, self.capacity, (normal, moments), Some(pass.activation), &mut here[0]);
                }
            }
        }
        let (last, h) = (&last[0], &self.hidden[inner.len() - 1]);
        let a = MatrixView::panelled(h, self.capacity);
        if !last.thin() {
            return pass.product(last, self.capacity, a, true, Finish::Keep, &mut self.output);
        }
        pass.arch.dispatch(ThinProduct {
            rows: pass.rows,
            depth: last.inputs,
            width: last.outputs,
            a,
            w: &pass.parameters[last.weight..][..last.weights()],
            bias: Some(&pass.parameters[last.bias..][..last.outputs]),
            c: &mut self.output,
        });
    }

    /// From `output_gradient` to `input_gradient`; adds to `gradient`, which is laid out like the network's
    /// parameters.
    pub(crate) fn backward(&mut self, net: &Net, pass: Pass<'_, T>, input: MatrixView<'_, T>, gradient: &mut [T]) {
        let (inner, last) = net.layers.split_at(net.layers.len() - 1);
        let start = net.range.start;
        self.backward_last(&last[0], pass, (inner.len() - 1, start), gradient);
        let input = if net.input.is_some() { MatrixView::panelled(&self.input, self.capacity) } else { input };
        for (l, layer) in inner.iter().enumerate().rev() {
            let (before, _) = self.hidden.split_at(l);
            let [here, other] = &mut self.scratch;
            if let Some(norm) = &layer.norm {
                let (normal, moments) = &self.normal[l];
                pass.denormalise(norm, self.capacity, (normal, moments), here, &mut gradient[norm.bias - start..]);
            }
            let y = MatrixView::panelled(here, self.capacity);
            let a = before.last().map_or(input, |h| MatrixView::panelled(h, self.capacity));
            pass.outer(layer, a, y, &mut gradient[layer.weight - start..]);
            match before.last() {
                Some(h) => {
                    let slope = pass.slope(h);
                    pass.product_back(layer, self.capacity, y, slope, other);
                    self.scratch.swap(0, 1);
                }
                None if layer.transposed.is_none() => pass.arch.dispatch(ThinProduct {
                    rows: pass.rows,
                    depth: layer.outputs,
                    width: layer.inputs,
                    a: y,
                    w: &pass.parameters[layer.weight..][..layer.weights()],
                    bias: None,
                    c: &mut self.input_gradient,
                }),
                None => {
                    pass.product_back(layer, self.capacity, y, Finish::Keep, other);
                    if let Some(norm) = &net.input {
                        let (normal, moments) = &self.normal[0];
                        let gradient = &mut gradient[norm.bias - start..];
                        pass.denormalise(norm, self.capacity, (normal, moments), other, gradient);
                    }
                    let other = MatrixView::panelled(other, self.capacity);
                    other.copy_columns(pass.rows, 0, layer.inputs, &mut self.input_gradient);
                }
            }
        }
    }

    /// Through the last layer, to the gradient with respect to what comes before the activation of hidden layer `l`.
    fn backward_last(&mut self, layer: &Layer, pass: Pass<'_, T>, (l, start): (usize, usize), gradient: &mut [T]) {
        let h = &self.hidden[l];
        let finish = pass.slope(h);
        if !layer.thin() {
            let d = MatrixView::panelled(&self.output_gradient, self.capacity);
            pass.outer(layer, MatrixView::panelled(h, self.capacity), d, &mut gradient[layer.weight - start..]);
            return pass.product_back(layer, self.capacity, d, finish, &mut self.scratch[0]);
        }
        let d = MatrixView::plain(&self.output_gradient, layer.outputs);
        pass.arch.dispatch(Outer {
            rows: pass.rows,
            height: layer.outputs,
            width: layer.inputs,
            a: d,
            y: MatrixView::panelled(h, self.capacity),
            g: &mut gradient[layer.weight - start..][..layer.weights()],
        });
        let bias = &mut gradient[layer.bias - start..][..layer.outputs];
        for d in d.data.chunks_exact(layer.outputs).take(pass.rows) {
            bias.iter_mut().zip(d).for_each(|(bias, d)| *bias += *d);
        }
        pass.arch.dispatch(Product {
            rows: pass.rows,
            depth: layer.outputs,
            width: layer.inputs,
            a: d,
            w: &pass.parameters[layer.weight..][..layer.weights()],
            bias: None,
            finish,
            c: &mut self.scratch[0],
            capacity: self.capacity,
        });
    }

    /// Moves the running averages `running` a tenth of the way to the moments of the last batch, the variance with the
    /// factor n/(n - 1) that makes it unbiased, as PyTorch does.
    pub(crate) fn update_running(&self, net: &Net, rows: usize, running: &mut [T]) {
        let unbiased = T::of(rows as f64 / (rows as f64 - 1.0).max(1.0));
        let (keep, share) = (T::of(1.0 - MOMENTUM), T::of(MOMENTUM));
        for (norm, (_, moments)) in net.norms().zip(&self.normal) {
            let (mean, variance) = running[norm.statistics..][..2 * norm.padded()].split_at_mut(norm.padded());
            for (mean, new) in mean.iter_mut().zip(&moments.mean) {
                *mean = keep * *mean + share * *new;
            }
            for (variance, new) in variance.iter_mut().zip(&moments.variance) {
                *variance = keep * *variance + share * unbiased * *new;
            }
        }
    }
}

/// The share of the newest batch in the running averages.
const MOMENTUM: f64 = 0.1;
