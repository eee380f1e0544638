//! Flows as safetensors.

use std::iter;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use thiserror::Error;

use crate::flows::architecture::Architecture;
use crate::flows::flow::Flow;
use crate::flows::kind::{CoordinateMaps, FlowKind};
use crate::flows::layout::{Norm, ParameterLayout};
use crate::flows::monotone::MonotoneMap;
use crate::flows::real::Real;
use crate::flows::realnvp::RealNvp;

/// The key of the architecture of a RealNVP, as JSON, in the metadata.
const ARCHITECTURE: &str = "architecture";
/// That of what a product measure is made of.
const MEAN_FIELD: &str = "mean_field";

/// Why bytes are not a flow.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The bytes are no safetensors file, or a tensor is missing.
    #[error("not a file of weights")]
    Format(#[from] safetensors::SafeTensorError),
    /// The metadata has no architecture.
    #[error("the metadata has neither `architecture` nor `mean_field`")]
    NoArchitecture,
    /// The architecture in the metadata can not be read.
    #[error("the architecture in the metadata can not be read")]
    Architecture(#[from] serde_json::Error),
    /// The architecture is outside its domain.
    #[error(transparent)]
    Parameter(#[from] collapsar_theory::InvalidParameter),
    /// The file is too small for the architecture that it names.
    #[error("{bytes} bytes can not hold the {parameters} parameters of the architecture in the metadata")]
    TooSmall {
        /// Its size.
        bytes: usize,
        /// What the architecture has.
        parameters: usize,
    },
    /// A tensor that the architecture does not have.
    #[error("tensor `{name}` is none of the architecture in the metadata")]
    Surplus {
        /// Its name.
        name: String,
    },
    /// A weight that is no number.
    #[error("tensor `{name}` holds {value}: it must be finite")]
    NotFinite {
        /// Its name.
        name: String,
        /// The first such weight.
        value: f64,
    },
    /// A tensor does not fit the architecture.
    #[error("tensor `{name}` is {found}: it must be {expected}")]
    Tensor {
        /// Its name.
        name: String,
        /// Its type and shape.
        found: String,
        /// What the architecture asks for.
        expected: String,
    },
}

/// A named tensor of a flow: where its entries lie, in row-major order.
struct Tensor {
    name: String,
    shape: Vec<usize>,
    /// Among the running averages instead of the parameters.
    running: bool,
    places: Vec<usize>,
}

/// The tensors of a flow: `coupling.0.net.layer.1.weight` (outputs by inputs) and `.bias`, with batch normalisation
/// also `.gain`, `.mean` and `.variance`, that of the input `coupling.0.net.input.bias` and so on; separate networks are called `scale` and `shift` instead of `net`.
fn of_couplings(layout: &ParameterLayout) -> Vec<Tensor> {
    let mut tensors = Vec::new();
    let vector = |name: String, running: bool, first: usize, width: usize| {
        let places = (first..first + width).collect();
        Tensor { name, shape: vec![width], running, places }
    };
    let normal = |prefix: &str, norm: &Norm| {
        let at = norm.statistics;
        [("gain", false, norm.gain()), ("mean", true, at), ("variance", true, at + norm.padded())]
            .map(|(name, running, first)| vector(format!("{prefix}.{name}"), running, first, norm.width))
    };
    for (i, nets) in layout.couplings.iter().enumerate() {
        for net in nets {
            if let Some(norm) = &net.input {
                let prefix = format!("coupling.{i}.{}.input", net.name);
                tensors.push(vector(format!("{prefix}.bias"), false, norm.bias, norm.width));
                tensors.extend(normal(&prefix, norm));
            }
            for (l, layer) in net.layers.iter().enumerate() {
                let prefix = format!("coupling.{i}.{}.layer.{l}", net.name);
                let (inputs, outputs) = (layer.inputs, layer.outputs);
                let places = (0..outputs).flat_map(|o| (0..inputs).map(move |i| layer.index(o, i)));
                let (name, shape) = (format!("{prefix}.weight"), vec![outputs, inputs]);
                tensors.push(Tensor { name, shape, running: false, places: places.collect() });
                tensors.push(vector(format!("{prefix}.bias"), false, layer.bias, layer.outputs));
                tensors.extend(layer.norm.iter().flat_map(|norm| normal(&prefix, norm)));
            }
        }
    }
    tensors
}

/// The tensors of a product measure: `shift` (d), each T_j at the middle knot, `log_slope` (d by knots), and for more than
/// one knot `log_distance` (d by knots - 1), whose softmax are the distances of knots; with a rotation `rotation`, the
/// d(d-1)/2 entries of X above its diagonal, row by row.
fn of_coordinates(family: &CoordinateMaps) -> Vec<Tensor> {
    let CoordinateMaps { dimension, knots, .. } = *family;
    let tensor = |name: &str, columns: Option<usize>, first: usize| {
        let width = columns.unwrap_or(1);
        let places = (0..dimension).flat_map(|j| (0..width).map(move |i| j * family.stride() + first + i)).collect();
        let shape = iter::once(dimension).chain(columns).collect();
        Tensor { name: name.to_owned(), shape, running: false, places }
    };
    let mut tensors = vec![tensor("shift", None, 0), tensor("log_slope", Some(knots), 1)];
    if knots > 1 {
        tensors.push(tensor("log_distance", Some(knots - 1), 1 + knots));
    }
    if family.rotation {
        let places: Vec<usize> = (family.of_maps()..family.parameters()).collect();
        tensors.push(Tensor { name: "rotation".to_owned(), shape: vec![places.len()], running: false, places });
    }
    tensors
}

impl<T: Real> Flow<T> {
    /// The flow as the bytes of a safetensors file: its tensors in the type `T`, little endian, and what it is made of as
    /// JSON in the metadata, so that the file can be read without its configuration.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, WeightsError> {
        let tensors = self.tensors();
        let bytes: Vec<Vec<u8>> = tensors
            .iter()
            .map(|t| {
                let source = if t.running { self.statistics() } else { self.parameters() };
                t.places.iter().flat_map(|&p| source[p].to_bytes()).collect()
            })
            .collect();
        let mut views = Vec::with_capacity(tensors.len());
        for (tensor, bytes) in tensors.into_iter().zip(&bytes) {
            views.push((tensor.name, TensorView::new(T::DTYPE, tensor.shape, bytes)?));
        }
        let (key, made_of) = match self {
            Self::RealNvp(flow) => (ARCHITECTURE, serde_json::to_string(&flow.architecture)?),
            Self::MeanField(map) => (MEAN_FIELD, serde_json::to_string(&map.family)?),
        };
        let metadata = [(key.to_string(), made_of)].into_iter().collect();
        Ok(safetensors::serialize(views, Some(metadata))?)
    }

    /// The flow that [`Self::to_safetensors`] wrote; numbers of the other type are converted. Refuses bytes that are no
    /// safetensors file, do not say what they are or lack a tensor, hold one that is not of it, of another shape or type, or a weight that is not finite.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, WeightsError> {
        let kind = kind_of(bytes)?;
        kind.check()?;
        let (bytes_held, parameters) = (bytes.len(), kind.parameters());
        // Before memory is asked for: a parameter takes four bytes at least.
        if parameters > bytes_held / 4 {
            return Err(WeightsError::TooSmall { bytes: bytes_held, parameters });
        }
        let file = SafeTensors::deserialize(bytes)?;
        let mut flow = match &kind {
            FlowKind::RealNvp(architecture) => Self::RealNvp(RealNvp::empty(architecture)?),
            FlowKind::MeanField(family) => Self::MeanField(MonotoneMap::identity(family)?),
        };
        let known = flow.tensors();
        if let Some(name) = file.names().into_iter().find(|name| known.iter().all(|tensor| tensor.name != *name)) {
            return Err(WeightsError::Surplus { name: name.to_owned() });
        }
        for tensor in known {
            let view = file.tensor(&tensor.name)?;
            let known = matches!(view.dtype(), Dtype::F32 | Dtype::F64);
            if !known || view.shape() != tensor.shape {
                return Err(WeightsError::Tensor {
                    name: tensor.name,
                    found: format!("{:?} {:?}", view.dtype(), view.shape()),
                    expected: format!("F32 or F64 {:?}", tensor.shape),
                });
            }
            let values: Vec<f64> = if view.dtype() == Dtype::F32 {
                view.data().as_chunks::<4>().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect()
            } else {
                view.data().as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
            };
            if let Some(&value) = values.iter().find(|value| !value.is_finite()) {
                return Err(WeightsError::NotFinite { name: tensor.name, value });
            }
            let out = match &mut flow {
                Self::RealNvp(flow) if tensor.running => &mut flow.statistics,
                Self::RealNvp(flow) => &mut flow.parameters,
                Self::MeanField(map) => &mut map.parameters,
            };
            tensor.places.into_iter().zip(values).for_each(|(p, value)| out[p] = T::of(value));
        }
        Ok(flow)
    }

    fn tensors(&self) -> Vec<Tensor> {
        match self {
            Self::RealNvp(flow) => of_couplings(&flow.layout),
            Self::MeanField(map) => of_coordinates(&map.family),
        }
    }

    /// Running averages of batch normalisation.
    fn statistics(&self) -> &[T] {
        match self {
            Self::RealNvp(flow) => &flow.statistics,
            Self::MeanField(_) => &[],
        }
    }
}

/// What the metadata say that the file is.
fn kind_of(bytes: &[u8]) -> Result<FlowKind, WeightsError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes)?;
    let said = |key: &str| metadata.metadata().as_ref().and_then(|m| m.get(key));
    Ok(match (said(ARCHITECTURE), said(MEAN_FIELD)) {
        (Some(made_of), _) => serde_json::from_str::<Architecture>(made_of)?.into(),
        (None, Some(made_of)) => serde_json::from_str::<CoordinateMaps>(made_of)?.into(),
        (None, None) => return Err(WeightsError::NoArchitecture),
    })
}
