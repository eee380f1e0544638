//! Random starts and what is made of them; this room never sees the exact routes it is compared with.
//!
//! Three levels of simulation (theory section 8): ensembles of the closed flow, by pairs, mixtures and products; the flow of
//! full means in R^d; and stochastic gradient descent.

mod ensemble;
mod lanes;
mod mixture;
mod pair;
mod product;
mod sample;
mod simulation;
mod statistics;

pub use mixture::adaptive::AdaptiveEnsemble;
pub use mixture::end::{MixtureEnd, MixtureRun};
pub use mixture::ensemble::MixtureEnsemble;
pub use mixture::estimate::{MechanismShare, MixtureEstimate, MixtureTally};
pub use mixture::options::MixtureOptions;
pub use mixture::shaped::ShapedEnsemble;
pub use pair::adaptive::AdaptivePair;
pub use pair::ensemble::{EnsembleOptions, FreeEnsemble, SphereEnsemble};
pub use pair::start::{FreeStart, SphereStart};
pub use product::counts::ProductEstimate;
pub use product::ensemble::{ProductEnsemble, ProductOptions};
pub use sample::{draw_shaped, draw_start};
pub use simulation::adam_flow::{AdamEnsemble, AdamOptions};
#[cfg(feature = "diffsol")]
pub use simulation::gradient_flow::{GradientFlow, GradientFlowOptions};
pub use simulation::mixture_descent::{MixtureDescent, MixtureDescentOptions, VarianceCoordinate};
pub use simulation::optimiser::Optimiser;
pub use simulation::options::DescentOptions;
pub use simulation::pace::Watching;
pub use simulation::pair_descent::Descent;
pub use simulation::shaped_descent::ShapedDescent;
pub use statistics::agreement::{Agreement, Comparison};
pub use statistics::binomial::binomial_interval;
pub use statistics::cooling::Cooling;
pub use statistics::estimate::{DEFAULT_LEVEL, Estimate, GoOn, HorizonEstimate, PairEstimate};
pub use statistics::tally::{RunEnd, Tally};
