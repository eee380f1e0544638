//! Normalizing flows: RealNVP trained on the reverse divergence to a tempered Gaussian mixture or another density (theory section 10).
//!
//! ```text
//! Architecture + FlowTarget + Schedule + Training -> FlowProblem -> train / train_many -> TrainingRun { flow, records, outcome }
//! RealNvp <-> safetensors        evaluate(flow, target) -> Evaluation
//! LogDensity in place of FlowTarget -> train_on_density -> TrainingRun
//! ```
//!
//! A route of its own: it shares targets and schedules with the others, nothing else. The gradient is written by hand,
//! batched, on kernels that are compiled for each vector width and chosen at run time; a step allocates nothing.

mod adam;
mod architecture;
mod batch_norm;
mod conditioner;
mod coupling;
mod density;
mod evaluation;
mod exponential;
mod flow_problem;
mod gradient;
mod layout;
mod mixture;
mod moments;
mod outer;
mod panel;
mod pass;
mod product;
mod real;
mod realnvp;
mod tanh;
mod target;
mod target_sample;
mod tiles;
mod trainer;
mod training;
mod weights;

pub use architecture::{Activation, Architecture, BatchNorm, Conditioner, Initial, Mask};
pub use density::LogDensity;
pub use evaluation::{DensityEvaluation, Evaluation, LOST_BELOW, evaluate, evaluate_on_density};
pub use flow_problem::FlowProblem;
pub use gradient::Losses;
pub use moments::SampleMean;
pub use real::Real;
pub use realnvp::{Image, MOST_SAMPLED, RealNvp};
pub use target::FlowTarget;
pub use trainer::{Record, Trainer, TrainingOutcome, TrainingRun, train, train_many, train_on_density};
pub use training::Training;
pub use weights::WeightsError;
