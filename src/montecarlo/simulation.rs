//! Simulations in R^d: the flow of full means, Adam's flow and stochastic gradient descent.

pub(crate) mod adam_flow;
pub(crate) mod densities;
#[cfg(feature = "diffsol")]
pub(crate) mod gradient_flow;
pub(crate) mod mixture_descent;
pub(crate) mod mixture_gradient;
pub(crate) mod mixture_sums;
pub(crate) mod optimiser;
pub(crate) mod options;
pub(crate) mod pace;
pub(crate) mod pair_batch;
pub(crate) mod pair_descent;
pub(crate) mod pair_gradient;
pub(crate) mod shaped_descent;
pub(crate) mod shaped_gradient;
pub(crate) mod shapes;
