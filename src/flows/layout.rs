//! Where each tensor of a flow lies in its one vector of parameters.

use std::ops::Range;

use crate::flows::architecture::{Architecture, BatchNorm, Conditioner};
use crate::flows::panel::{PANEL, panelled, panels};

/// Up to so many columns a product is taken along the registers (see [`crate::flows::product::ThinProduct`]).
pub(crate) const THIN: usize = 4;

/// Batch normalisation of some columns: gain y + bias with y normalised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Norm {
    pub(crate) width: usize,
    /// The bias and, next to it, the gain.
    pub(crate) bias: usize,
    /// Running mean and, one padded width further, variance.
    pub(crate) statistics: usize,
}

impl Norm {
    /// Numbers of a gain: whole panels.
    pub(crate) fn padded(&self) -> usize {
        panels(self.width) * PANEL
    }

    /// Where the gain begins.
    pub(crate) fn gain(&self) -> usize {
        self.bias + self.padded()
    }
}

/// A linear layer. Its weights lie in panels of 64 outputs with a row for each input; those of a last layer in panels
/// of 64 inputs with a row for each output where that takes less room, or it is thin. What fills up a panel is zero and
/// stays zero under training.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Whether the weights have a row for each output.
    pub(crate) by_output: bool,
    pub(crate) weight: usize,
    pub(crate) bias: usize,
    /// Batch normalisation between the linear map and the activation; its bias is the layer's.
    pub(crate) norm: Option<Norm>,
    /// Where the transposed weights lie among all transposed ones, if a pass needs them: the backward pass those of
    /// weights with a row for each input, the forward pass the others.
    pub(crate) transposed: Option<usize>,
}

impl Layer {
    /// Whether products with the weights are taken along the registers, and the output is written row by row.
    pub(crate) fn thin(&self) -> bool {
        self.by_output && self.transposed.is_none()
    }

    pub(crate) fn weights(&self) -> usize {
        if self.by_output { panelled(self.outputs, self.inputs) } else { panelled(self.inputs, self.outputs) }
    }

    /// Numbers of a bias: whole panels.
    pub(crate) fn padded(&self) -> usize {
        panels(self.outputs) * PANEL
    }

    /// Where the weight from `input` to `output` lies.
    pub(crate) fn index(&self, output: usize, input: usize) -> usize {
        let (row, column, rows) =
            if self.by_output { (output, input, self.outputs) } else { (input, output, self.inputs) };
        self.weight + (column / PANEL) * rows * PANEL + row * PANEL + column % PANEL
    }
}

/// One network: hidden layers and a last one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Net {
    /// `net` of a joint conditioner, `scale` and `shift` of separate ones.
    pub(crate) name: &'static str,
    /// Where its parameters begin and end: they lie together.
    pub(crate) range: Range<usize>,
    /// Batch normalisation of the input.
    pub(crate) input: Option<Norm>,
    pub(crate) layers: Vec<Layer>,
}

impl Net {
    pub(crate) fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs
    }

    pub(crate) fn inputs(&self) -> usize {
        self.layers[0].inputs
    }

    /// Every batch normalisation, in order.
    pub(crate) fn norms(&self) -> impl Iterator<Item = &Norm> {
        self.input.iter().chain(self.layers.iter().filter_map(|layer| layer.norm.as_ref()))
    }

    /// Whether the output is written row by row.
    pub(crate) fn thin(&self) -> bool {
        self.layers[self.layers.len() - 1].thin()
    }

    pub(crate) fn widest(&self) -> usize {
        self.layers.iter().map(|l| l.inputs.max(l.outputs)).max().unwrap_or(0)
    }
}

/// All networks of a flow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParameterLayout {
    /// One or two networks a coupling.
    pub(crate) couplings: Vec<Vec<Net>>,
    pub(crate) parameters: usize,
    pub(crate) statistics: usize,
    pub(crate) transposed: usize,
}

impl ParameterLayout {
    pub(crate) fn new(architecture: &Architecture) -> Self {
        let mut layout = Self { couplings: Vec::new(), parameters: 0, statistics: 0, transposed: 0 };
        let halves = architecture.halves();
        for i in 0..architecture.couplings {
            let (kept, changed) = (halves[i % 2], halves[1 - i % 2]);
            let nets: &[(&'static str, usize)] = match architecture.conditioner {
                Conditioner::Joint => &[("net", 2 * changed)],
                Conditioner::Separate => &[("scale", changed), ("shift", changed)],
            };
            let nets = nets.iter().map(|&(name, outputs)| {
                let start = layout.parameters;
                let input = (architecture.batch_norm == BatchNorm::Input).then(|| layout.norm(start, kept));
                let layers = layout.layers(architecture, kept, outputs);
                Net { name, range: start..layout.parameters, input, layers }
            });
            let nets = nets.collect();
            layout.couplings.push(nets);
        }
        layout
    }

    /// Room for the normalisation of `width` columns whose bias begins at `bias`.
    fn norm(&mut self, bias: usize, width: usize) -> Norm {
        let norm = Norm { width, bias, statistics: self.statistics };
        self.parameters = norm.gain() + norm.padded();
        self.statistics += 2 * norm.padded();
        norm
    }

    fn layers(&mut self, architecture: &Architecture, inputs: usize, outputs: usize) -> Vec<Layer> {
        let widths: Vec<_> = [inputs].iter().chain(&architecture.hidden).chain(&[outputs]).copied().collect();
        let last = widths.len() - 2;
        let layer = |(i, w): (usize, &[usize])| {
            let thin = i == last && w[1] <= THIN;
            let mut layer = Layer {
                inputs: w[0],
                outputs: w[1],
                by_output: thin || (i == last && panelled(w[1], w[0]) < panelled(w[0], w[1])),
                weight: self.parameters,
                bias: 0,
                norm: None,
                transposed: None,
            };
            layer.bias = layer.weight + layer.weights();
            self.parameters = layer.bias + layer.padded();
            if architecture.batch_norm == BatchNorm::Hidden && i < last {
                layer.norm = Some(self.norm(layer.bias, layer.outputs));
            }
            // A normalised input has its gradient in panels.
            let thin_inputs = i == 0 && layer.inputs <= THIN && architecture.batch_norm != BatchNorm::Input;
            if !thin && !thin_inputs {
                layer.transposed = Some(self.transposed);
                let (rows, columns) = (layer.outputs, layer.inputs);
                self.transposed += if layer.by_output { panelled(columns, rows) } else { panelled(rows, columns) };
            }
            layer
        };
        widths.windows(2).enumerate().map(layer).collect()
    }

    pub(crate) fn nets(&self) -> impl Iterator<Item = &Net> {
        self.couplings.iter().flatten()
    }
}
