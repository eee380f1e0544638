//! Mean-field families: a product measure q = prod_j q_j fitted to a pair of modes, and when it collapses.
//!
//! The target is pi = w N(a, I) + (1-w) N(-a, I) in units of the component's standard deviation; the objective is
//! F_beta(q) = E_q\[log q - beta log pi\], mean field (M1). Everything depends on x through S = sum_j a_j x_j, so that the
//! fit of ten thousand coordinates is one scalar sum: mean field (M2)-(M3). In the plane any Gaussian mixture is fitted on a
//! tensor grid, in a frame that may turn.

mod anderson;
mod ascent;
mod axis_bound;
mod certificate;
mod certify;
mod complex;
mod correlated;
mod critical;
mod diffusion;
mod far;
mod fit;
mod fold;
mod gaussian;
mod gaussian_mixture;
mod grid_solve;
mod half_spaces;
mod joint_turn;
mod krylov;
mod lattice;
mod law;
mod linear;
mod marginal;
mod newton;
mod observables;
mod orthogonal;
mod plane;

mod plane_flow;
mod plane_grid;
mod plane_observe;
mod plane_solve;
mod plane_turn;
mod rates;
mod rectangle;
mod rotated_fit;
mod rotation;
mod sampled;
mod sampled_curve;
mod sampled_field;
mod sampled_marginal;
mod sampled_observe;
mod sampled_points;
mod sampled_solve;
mod sampled_sums;
mod sampled_turn;
mod scalar_sum;
mod solve;
mod space;
mod space_grid;
mod space_solve;
mod spectrum;
mod spike;
mod spread;
mod spread_flow;
mod status;
mod tanh_normal;
mod target;
mod term;
mod turn_start;
mod turned_fit;
mod unequal;
mod unequal_pair;
mod waves;
mod whitening;

pub use crate::numerics::CriticalPoint;
pub use axis_bound::axis_bound;
pub use certificate::{
    binary_divergence, disagreement, even_bound, explicit_minority_bound, heaviest_mode_bound, minority_bound,
};
pub use certify::OptimumCertificate;
pub use correlated::{correlated_divergence, correlation_cost, one_mode_objective};
pub use critical::{critical_norm, critical_norm_diagonal, critical_rest, critical_temperature, odd_coupling};
pub use far::{FarPair, FarState, NearCoordinate};
pub use fit::{MeanField, MeanFieldOptions, MeanFieldStart};
pub use fold::{FoldPoint, fold_weight};
pub use gaussian::{GaussianMeanField, gaussian_critical_norm};
pub use gaussian_mixture::GaussianMixture;
pub use half_spaces::HalfSpaces;
pub use joint_turn::{JointOptions, JointTurn, joint_turn};
pub(crate) use linear::eigenpairs;
pub use observables::MeanFieldObservables;
pub use plane::{PlaneFrame, PlaneMeanField, PlaneOptions, PlaneState};
pub use plane_flow::{PlaneFlow, PlaneFlowState};
pub use plane_observe::PlaneObservables;
pub use plane_solve::{PlaneSolution, PlaneStart};
pub use plane_turn::{RotationStatus, RotationStep};
pub use rectangle::{Rectangle, best_rectangle};
pub use rotated_fit::{RotatedFit, RotationHeat, RotationOptions, RotationStart, merging_temperature, rotated_fit};
pub use rotation::direction_rate;
pub use sampled::{SampledFrame, SampledMeanField, SampledOptions, SampledState};
pub use sampled_observe::SampledObservables;
pub use sampled_solve::{SampledSolution, SampledStart};
pub use sampled_turn::TurnStep;
pub use scalar_sum::MeanFieldState;
pub use solve::MeanFieldSolution;
pub use space::{SpaceMeanField, SpaceState};
pub use space_solve::SpaceSolution;
pub use spectrum::Couplings;
pub use spike::{SpikeAndBulk, SpikeState, critical_bulk};
pub use spread::{
    SpreadPair, SpreadState, critical_norm_expansion, direction_correction, spread_critical_norm,
    spread_critical_temperature, spread_fold_weight, spread_pitchfork_amplitude,
};
pub use spread_flow::SpreadFlow;
pub use status::MeanFieldStatus;
pub use target::{Group, MeanFieldPair};
pub use turn_start::TurnStart;
pub use turned_fit::{TurnOptions, TurnedFit, turned_fit};
pub use unequal::{UnequalMeanField, UnequalSolution};
pub use unequal_pair::{UnequalGroup, UnequalPair};
pub use whitening::Whitened;
