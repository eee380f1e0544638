//! The flow: parameters, both directions, density and samples.

use collapsar_theory::InvalidParameter;
use pulp::Arch;
use rand::RngExt;

use crate::flows::architecture::{Activation, Architecture, Initial};
use crate::flows::coupling::CouplingTape;
use crate::flows::layout::ParameterLayout;
use crate::flows::panel::transpose;
use crate::flows::pass::Pass;
use crate::flows::real::Real;
use crate::flows::transport::{BLOCK, Image, Transport};
use crate::random::{Purpose, normal, stream_for};

/// A RealNVP in the number type `T`, see [`Architecture`].
///
/// Points are given row by row, d numbers each. Batch normalisation uses its running averages here.
#[derive(Debug, Clone)]
pub struct RealNvp<T> {
    pub(crate) architecture: Architecture,
    pub(crate) layout: ParameterLayout,
    pub(crate) parameters: Vec<T>,
    /// Running averages of batch normalisation.
    pub(crate) statistics: Vec<T>,
    pub(crate) order: Vec<usize>,
    pub(crate) arch: Arch,
}

impl<T: Real> RealNvp<T> {
    /// A flow with the parameters that [`Initial`] describes, drawn from `seed`.
    pub fn new(architecture: &Architecture, seed: u64) -> Result<Self, InvalidParameter> {
        let mut flow = Self::empty(architecture)?;
        for (i, nets) in flow.layout.couplings.iter().enumerate() {
            for (n, net) in nets.iter().enumerate() {
                let mut rng = stream_for(seed, Purpose::Initial, (2 * i + n) as u64);
                let last = net.layers.len() - 1;
                for (l, layer) in net.layers.iter().enumerate() {
                    let masked = architecture.initial == Initial::Masked && l == 0;
                    let inputs = if masked { architecture.dimension } else { layer.inputs };
                    let bound = 1.0 / (inputs as f64).sqrt();
                    let spread = bound * if architecture.activation == Activation::Relu { 2f64.sqrt() } else { 1.0 };
                    for output in 0..layer.outputs {
                        for input in 0..layer.inputs {
                            flow.parameters[layer.index(output, input)] = match architecture.initial {
                                Initial::Identity if l == last => T::ZERO,
                                Initial::Identity => T::of(spread) * T::of(normal(&mut rng)),
                                Initial::Uniform | Initial::Masked => T::of(rng.random_range(-bound..bound)),
                            };
                        }
                    }
                    // A bias before batch normalisation has no effect: the one behind it starts at zero.
                    if architecture.initial != Initial::Identity && layer.norm.is_none() {
                        let bias = &mut flow.parameters[layer.bias..][..layer.outputs];
                        bias.iter_mut().for_each(|b| *b = T::of(rng.random_range(-bound..bound)));
                    }
                }
            }
        }
        Ok(flow)
    }

    /// All weights and biases zero, gains and running variances one: the identity.
    pub(crate) fn empty(architecture: &Architecture) -> Result<Self, InvalidParameter> {
        architecture.check()?;
        let layout = ParameterLayout::new(architecture);
        let mut parameters = vec![T::ZERO; layout.parameters];
        let mut statistics = vec![T::ZERO; layout.statistics];
        for norm in layout.nets().flat_map(|net| net.norms()) {
            parameters[norm.gain()..][..norm.width].fill(T::ONE);
            statistics[norm.statistics + norm.padded()..][..norm.width].fill(T::ONE);
        }
        let order = architecture.order();
        Ok(Self { architecture: architecture.clone(), layout, parameters, statistics, order, arch: Arch::new() })
    }

    /// What the flow is made of.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// All parameters as the kernels keep them: zeros fill the panels up.
    pub fn parameters(&self) -> &[T] {
        &self.parameters
    }

    /// The same, to be changed; entries that are zero in a new flow because they fill up a panel must stay zero.
    pub fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.parameters
    }

    /// Writes the transposed weights that the forward pass reads and, for the backward pass too, all others.
    pub(crate) fn transpose(&self, backward: bool, out: &mut [T]) {
        for layer in self.layout.nets().flat_map(|net| &net.layers) {
            if let Some(at) = layer.transposed.filter(|_| backward || layer.by_output) {
                let w = &self.parameters[layer.weight..][..layer.weights()];
                let (inputs, outputs) = (layer.inputs, layer.outputs);
                let (rows, columns) = if layer.by_output { (outputs, inputs) } else { (inputs, outputs) };
                transpose(w, rows, columns, &mut out[at..]);
            }
        }
    }

    /// What a pass over `rows` points needs; `running` is whether batch normalisation uses its running averages.
    pub(crate) fn pass<'a>(&'a self, rows: usize, running: bool, transposed: &'a [T]) -> Pass<'a, T> {
        Pass {
            arch: self.arch,
            activation: self.architecture.activation,
            parameters: &self.parameters,
            running: running.then_some(self.statistics.as_slice()),
            transposed,
            rows,
        }
    }

    fn map(&self, points: &[T], inverse: bool) -> Result<Image<T>, InvalidParameter> {
        let d = self.architecture.dimension;
        let mut image = Image::zeros(points, d)?;
        let sizes = self.architecture.halves();
        let bound = T::of(self.architecture.scale_bound);
        // Networks of even and of odd couplings have the same shapes among themselves.
        let shapes = self.layout.couplings.iter().take(2).enumerate();
        let mut tapes: Vec<_> = shapes.map(|(i, n)| CouplingTape::new(n, sizes[1 - i], BLOCK, false)).collect();
        let mut halves = sizes.map(|size| vec![T::ZERO; size * BLOCK]);
        let mut changed_points = vec![T::ZERO; sizes[0] * BLOCK];
        let forward = self.layout.nets().flat_map(|net| &net.layers).any(|l| l.by_output && l.transposed.is_some());
        let mut transposed = vec![T::ZERO; if forward { self.layout.transposed } else { 0 }];
        self.transpose(false, &mut transposed);
        let blocks = points.chunks(BLOCK * d).zip(image.points.chunks_mut(BLOCK * d));
        for ((x, out), log_det) in blocks.zip(image.log_determinant.chunks_mut(BLOCK)) {
            let rows = log_det.len();
            self.split(x, &mut halves);
            let pass = self.pass(rows, true, &transposed);
            let couplings = self.layout.couplings.len();
            for step in 0..couplings {
                let i = if inverse { couplings - 1 - step } else { step };
                let [first, second] = &mut halves;
                let (kept, changed) = if i % 2 == 0 { (first, second) } else { (second, first) };
                let size = sizes[1 - i % 2];
                let tape = &mut tapes[i % 2];
                tape.condition(&self.layout.couplings[i], pass, kept, size, bound);
                if inverse {
                    tape.undo(rows, size, bound, changed, log_det);
                } else {
                    tape.apply(rows, size, bound, changed, &mut changed_points, log_det);
                    changed[..rows * size].copy_from_slice(&changed_points[..rows * size]);
                }
            }
            self.merge(&halves, out);
        }
        Ok(image)
    }

    /// Points row by row, into the two halves.
    pub(crate) fn split(&self, points: &[T], halves: &mut [Vec<T>; 2]) {
        let sizes = self.architecture.halves();
        for (row, x) in points.chunks_exact(self.order.len()).enumerate() {
            for (place, &i) in self.order.iter().enumerate() {
                let (half, j) = if place < sizes[0] { (0, place) } else { (1, place - sizes[0]) };
                halves[half][row * sizes[half] + j] = x[i];
            }
        }
    }

    /// The reverse of [`Self::split`].
    fn merge(&self, halves: &[Vec<T>; 2], points: &mut [T]) {
        let sizes = self.architecture.halves();
        for (row, x) in points.chunks_exact_mut(self.order.len()).enumerate() {
            for (place, &i) in self.order.iter().enumerate() {
                let (half, j) = if place < sizes[0] { (0, place) } else { (1, place - sizes[0]) };
                x[i] = halves[half][row * sizes[half] + j];
            }
        }
    }
}

impl<T: Real> Transport<T> for RealNvp<T> {
    fn dimension(&self) -> usize {
        self.architecture.dimension
    }

    fn forward(&self, points: &[T]) -> Result<Image<T>, InvalidParameter> {
        self.map(points, false)
    }

    fn inverse(&self, points: &[T]) -> Result<Image<T>, InvalidParameter> {
        self.map(points, true)
    }
}
