//! A pass over a batch, layer by layer.

use pulp::Arch;

use crate::flows::architecture::Activation;
use crate::flows::batch_norm::{BatchMoments, Denormalise, Measure, Normalise};
use crate::flows::layout::{Layer, Norm};
use crate::flows::outer::{ColumnSums, Outer};
use crate::flows::panel::{MatrixView, panelled};
use crate::flows::product::{Finish, Product};
use crate::flows::real::Arithmetic;

/// What all layers of a pass share.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a, T> {
    pub(crate) arch: Arch,
    pub(crate) activation: Activation,
    pub(crate) parameters: &'a [T],
    /// Running averages of batch normalisation, or none to use those of the batch.
    pub(crate) running: Option<&'a [T]>,
    /// Transposed weights, those that the pass reads.
    pub(crate) transposed: &'a [T],
    pub(crate) rows: usize,
}

impl<T: Arithmetic> Pass<'_, T> {
    /// The backward factor of the activation at its values `h`.
    pub(crate) fn slope<'h>(&self, h: &'h [T]) -> Finish<'h, T> {
        match self.activation {
            Activation::Tanh => Finish::TanhSlope(h),
            Activation::Relu => Finish::ReluSlope(h),
        }
    }

    /// The weights with a row for each input.
    fn by_input(&self, layer: &Layer) -> &[T] {
        match layer.transposed {
            Some(at) if layer.by_output => &self.transposed[at..][..panelled(layer.inputs, layer.outputs)],
            _ => &self.parameters[layer.weight..][..layer.weights()],
        }
    }

    /// The weights with a row for each output; of layers that are not thin.
    fn by_output(&self, layer: &Layer) -> &[T] {
        match layer.transposed {
            Some(at) if !layer.by_output => &self.transposed[at..][..panelled(layer.outputs, layer.inputs)],
            _ => &self.parameters[layer.weight..][..layer.weights()],
        }
    }

    /// c = finish(a W + bias).
    pub(crate) fn product(
        &self,
        layer: &Layer,
        capacity: usize,
        a: MatrixView<'_, T>,
        with_bias: bool,
        finish: Finish<'_, T>,
        c: &mut [T],
    ) {
        self.arch.dispatch(Product {
            rows: self.rows,
            depth: layer.inputs,
            width: layer.outputs,
            a,
            w: self.by_input(layer),
            bias: with_bias.then(|| &self.parameters[layer.bias..][..layer.padded()]),
            finish,
            c,
            capacity,
        });
    }

    /// c = finish(d W').
    pub(crate) fn product_back(
        &self,
        layer: &Layer,
        capacity: usize,
        d: MatrixView<'_, T>,
        finish: Finish<'_, T>,
        c: &mut [T],
    ) {
        self.arch.dispatch(Product {
            rows: self.rows,
            depth: layer.outputs,
            width: layer.inputs,
            a: d,
            w: self.by_output(layer),
            bias: None,
            finish,
            c,
            capacity,
        });
    }

    /// Gradients of weights and, without batch normalisation, of the bias; `gradient` begins with the weights'.
    pub(crate) fn outer(&self, layer: &Layer, a: MatrixView<'_, T>, y: MatrixView<'_, T>, gradient: &mut [T]) {
        let (rows, width) = (self.rows, layer.outputs);
        let g = &mut gradient[..layer.weights()];
        if layer.by_output {
            self.arch.dispatch(Outer { rows, height: width, width: layer.inputs, a: y, y: a, g });
        } else {
            self.arch.dispatch(Outer { rows, height: layer.inputs, width, a, y, g });
        }
        if layer.norm.is_none() {
            let g = &mut gradient[layer.bias - layer.weight..][..layer.padded()];
            self.arch.dispatch(ColumnSums { rows, width, y, g });
        }
    }

    /// Batch normalisation of `y` in place, with the moments of the batch or the running ones; h = finish(gain y + bias).
    pub(crate) fn normalise(
        &self,
        norm: &Norm,
        capacity: usize,
        (y, moments): (&mut [T], &mut BatchMoments<T>),
        activation: Option<Activation>,
        h: &mut [T],
    ) {
        let (rows, padded) = (self.rows, norm.padded());
        match self.running {
            None => self.arch.dispatch(Measure { rows, capacity, y, moments }),
            Some(running) => {
                let (mean, variance) = running[norm.statistics..][..2 * padded].split_at(padded);
                moments.set(mean, variance);
            }
        }
        let gain = &self.parameters[norm.gain()..][..padded];
        let bias = &self.parameters[norm.bias..][..padded];
        self.arch.dispatch(Normalise { rows, capacity, moments, gain, bias, activation, y, h });
    }

    /// The reverse on the gradient `d` with respect to gain y + bias, in place; the gradients of bias and gain are added
    /// to `gradient`, which begins with them.
    pub(crate) fn denormalise(
        &self,
        norm: &Norm,
        capacity: usize,
        (y, moments): (&[T], &BatchMoments<T>),
        d: &mut [T],
        gradient: &mut [T],
    ) {
        let (bias_gradient, rest) = gradient.split_at_mut(norm.padded());
        self.arch.dispatch(Denormalise {
            rows: self.rows,
            capacity,
            moments,
            gain: &self.parameters[norm.gain()..][..norm.padded()],
            y,
            d: &mut d[..y.len()],
            gain_gradient: &mut rest[..norm.padded()],
            bias_gradient,
        });
    }
}
