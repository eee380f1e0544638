//! The flows that can be trained.

use collapsar_theory::InvalidParameter;

use crate::flows::kind::FlowKind;
use crate::flows::monotone::MonotoneMap;
use crate::flows::real::Real;
use crate::flows::realnvp::RealNvp;
use crate::flows::transport::{Image, Transport};

/// A flow in the number type `T`.
#[derive(Debug, Clone)]
pub enum Flow<T> {
    /// Couplings.
    RealNvp(RealNvp<T>),
    /// A monotone map of each coordinate.
    MeanField(MonotoneMap<T>),
}

impl<T: Real> Flow<T> {
    /// A flow where training starts, drawn from `seed`.
    pub fn new(kind: &FlowKind, seed: u64) -> Result<Self, InvalidParameter> {
        Ok(match kind {
            FlowKind::RealNvp(architecture) => Self::RealNvp(RealNvp::new(architecture, seed)?),
            FlowKind::MeanField(family) => Self::MeanField(MonotoneMap::new(family, seed)?),
        })
    }

    /// What it is made of.
    pub fn kind(&self) -> FlowKind {
        match self {
            Self::RealNvp(flow) => FlowKind::RealNvp(flow.architecture.clone()),
            Self::MeanField(map) => FlowKind::MeanField(map.family.clone()),
        }
    }

    /// All parameters as the kernels keep them: in a RealNVP, zeros fill the panels up.
    pub fn parameters(&self) -> &[T] {
        match self {
            Self::RealNvp(flow) => &flow.parameters,
            Self::MeanField(map) => &map.parameters,
        }
    }

    /// The same, to be changed; entries that are zero in a new flow because they fill up a panel must stay zero.
    pub fn parameters_mut(&mut self) -> &mut [T] {
        match self {
            Self::RealNvp(flow) => &mut flow.parameters,
            Self::MeanField(map) => &mut map.parameters,
        }
    }

    fn transport(&self) -> &dyn Transport<T> {
        match self {
            Self::RealNvp(flow) => flow,
            Self::MeanField(map) => map,
        }
    }
}

impl<T> From<RealNvp<T>> for Flow<T> {
    fn from(flow: RealNvp<T>) -> Self {
        Self::RealNvp(flow)
    }
}

impl<T: Real> Transport<T> for Flow<T> {
    fn dimension(&self) -> usize {
        self.transport().dimension()
    }

    fn forward(&self, points: &[T]) -> Result<Image<T>, InvalidParameter> {
        self.transport().forward(points)
    }

    fn inverse(&self, points: &[T]) -> Result<Image<T>, InvalidParameter> {
        self.transport().inverse(points)
    }
}
