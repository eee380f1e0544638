//! Normalizing flows, RealNVP and product measures, trained on the reverse divergence to a tempered Gaussian mixture or
//! another density (theory sections 10, 14.14).
//!
//! ```text
//! FlowKind + FlowTarget + Schedule + Training -> FlowProblem -> train / train_many -> TrainingRun { flow, records, outcome }
//! Flow <-> safetensors           evaluate(flow, target) -> Evaluation
//! LogDensity in place of FlowTarget -> train_on_density -> TrainingRun
//! ```
//!
//! A route of its own: it shares targets and schedules with the others, nothing else. The gradient is written by hand,
//! batched, on kernels that are compiled for each vector width and chosen at run time; a step allocates nothing.

mod adam;
mod architecture;
mod batch;
mod batch_norm;
mod conditioner;
mod coupling;
mod density;
mod evaluation;
mod exponential;
mod flow;
mod flow_problem;
mod frame;
mod gradient;
mod kind;
mod langevin;
mod langevin_sample;
mod layout;
mod mixture;
mod moments;
mod monotone;
mod monotone_gradient;
mod outer;
mod panel;
mod pass;
mod pieces;
mod product;
mod real;
mod realnvp;
mod rule_cooling;
mod step_workspace;
mod tanh;
mod target;
mod target_sample;
mod tiles;
mod trainer;
mod training;
mod transport;
mod weights;

pub use architecture::{Activation, Architecture, BatchNorm, Conditioner, Initial, Mask};
pub use batch::Losses;
pub use density::LogDensity;
pub use evaluation::{DensityEvaluation, Evaluation, LOST_BELOW, evaluate, evaluate_on_density};
pub use flow::Flow;
pub use flow_problem::FlowProblem;
pub use kind::{CoordinateMaps, FlowKind};
pub use langevin::Langevin;
pub use langevin_sample::{LangevinSample, marginal_distances};
pub use moments::SampleMean;
pub use monotone::MonotoneMap;
pub use real::Real;
pub use realnvp::RealNvp;
pub use target::FlowTarget;
pub use trainer::{Record, Trainer, TrainingOutcome, TrainingRun, train, train_many, train_on_density};
pub use training::Training;
pub use transport::{Image, MOST_SAMPLED, Transport};
pub use weights::WeightsError;
