//! Random numbers and what is made of them; this room never sees the exact routes it is compared with.
//!
//! Three levels of simulation (theory section 8): ensembles of the closed flow, the flow of full means in R^d, and
//! stochastic gradient descent.

mod adam_ensemble;
mod adaptive_ensemble;
mod adaptive_pair;
mod agreement;
mod batch;
mod block;
mod cooling;
mod descent;
mod descent_options;
mod ensemble;
mod estimate;
mod follow;
mod free_lanes;
#[cfg(feature = "diffsol")]
mod gradient_flow;
mod lag;
mod lanes;
mod mean_gradient;
mod mesh;
mod mixture_averages;
mod mixture_block;
mod mixture_certainty;
mod mixture_densities;
mod mixture_descent;
mod mixture_end;
mod mixture_ensemble;
mod mixture_estimate;
mod mixture_gradient;
mod mixture_lanes;
mod mixture_pulls;
mod mixture_run;
mod mixture_step;
mod mixture_sums;
mod model;
mod optimiser;
mod pace;
mod pair_start;
mod product_ensemble;
mod product_order;
mod rows;
mod sample;
mod sphere_lanes;
mod stream;
mod tally;

pub use adam_ensemble::{AdamEnsemble, AdamOptions};
pub use adaptive_ensemble::AdaptiveEnsemble;
pub use adaptive_pair::AdaptivePair;
pub use agreement::{Agreement, Comparison};
pub use cooling::Cooling;
pub use descent::Descent;
pub use descent_options::DescentOptions;
pub use ensemble::{EnsembleOptions, FreeEnsemble, SphereEnsemble};
pub use estimate::{DEFAULT_LEVEL, Estimate, GoOn, HorizonEstimate, PairEstimate, binomial_interval};
#[cfg(feature = "diffsol")]
pub use gradient_flow::{GradientFlow, GradientFlowOptions};
pub use mixture_descent::{MixtureDescent, MixtureDescentOptions, VarianceCoordinate};
pub use mixture_end::{MixtureEnd, MixtureRun};
pub use mixture_ensemble::{MixtureEnsemble, MixtureOptions};
pub use mixture_estimate::{MechanismShare, MixtureEstimate, MixtureTally};
pub use optimiser::{Adam, Optimiser};
pub use pace::Watching;
pub use pair_start::{FreeStart, SphereStart};
pub use product_ensemble::{ProductEnsemble, ProductEstimate, ProductOptions};
pub use sample::draw_start;
pub(crate) use sample::full_means;
pub use stream::stream;
pub use tally::{RunEnd, Tally};
