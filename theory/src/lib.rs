//! The mathematics of tempered variational mixtures.

mod adaptive;
mod basin;
mod benchmark;
mod cubature;
mod family;
mod fingerprint;
mod flow;
mod frame;
mod kernel;
mod mean_field;
mod mixture;
pub mod numerics;
mod pair;
mod parameter;
mod problem;
mod schedule;
mod shape;
mod sharp;
mod start;
mod temper;
mod tempered_fit;

pub use adaptive::AdaptiveRule;
pub use basin::{FreeBasin, SphereBasin, Verdict};
pub use benchmark::{Benchmark, BenchmarkKind, Funnel, ManyWell, Rings, TwoMoons};
pub use cubature::{Cubature, CubatureOptions, Logits, PotentialTable, SoftmaxAverages};
pub use family::{Clock, Family, MeanSpace, Metric, Rules, Tempering, VarianceRule, WeightRule};
pub use fingerprint::{mixed_seed, split_mix};
pub use flow::{
    AdamFlow, AdamMemory, ClassAverages, Displaced, Flow, FreePair, FreePairOptions, LogAverages, MixtureFlow,
    MixtureState, ShapedAverages, ShapedFlow, ShapedState, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance,
    TabulatedFreePair, TabulatedSpherePair,
};
pub use frame::Frame;
pub use kernel::{
    LogisticJet, OddSeries, PullTable, RepulsionJet, RepulsionTable, Series, exp_array, logistic_normal,
    logistic_normal_fast, logistic_normal_fast_array, logistic_normal_jet, logistic_softplus_normal,
    logistic_softplus_normal_fast_array, repulsion, repulsion_jet, softplus_normal,
};
pub use mean_field::{
    Couplings, CriticalPoint, FarPair, FarState, FoldPoint, GaussianMeanField, GaussianMixture, Group, HalfSpaces,
    JointOptions, JointTurn, MeanField, MeanFieldObservables, MeanFieldOptions, MeanFieldPair, MeanFieldSolution,
    MeanFieldStart, MeanFieldState, MeanFieldStatus, NearCoordinate, OptimumCertificate, PlaneFlow, PlaneFlowState,
    PlaneFrame, PlaneMeanField, PlaneObservables, PlaneOptions, PlaneSolution, PlaneStart, PlaneState, Rectangle,
    RotatedFit, RotationHeat, RotationOptions, RotationStart, RotationStatus, RotationStep, SampledFrame,
    SampledMeanField, SampledObservables, SampledOptions, SampledSolution, SampledStart, SampledState, SpaceMeanField,
    SpaceSolution, SpaceState, SpikeAndBulk, SpikeState, SpreadFlow, SpreadPair, SpreadState, TurnOptions, TurnStart,
    TurnStep, TurnedFit, UnequalGroup, UnequalMeanField, UnequalPair, UnequalSolution, Whitened, axis_bound,
    best_rectangle, binary_divergence, correlated_divergence, correlation_cost, critical_bulk, critical_norm,
    critical_norm_diagonal, critical_norm_expansion, critical_rest, critical_temperature, direction_correction,
    direction_rate, disagreement, even_bound, explicit_minority_bound, fold_weight, gaussian_critical_norm,
    heaviest_mode_bound, joint_turn, merging_temperature, minority_bound, odd_coupling, one_mode_objective,
    rotated_fit, spread_critical_norm, spread_critical_temperature, spread_fold_weight, spread_pitchfork_amplitude,
    turned_fit,
};
pub use mixture::Target;
pub use pair::Pair;
pub use parameter::{FARTHEST, InvalidParameter, Part};
pub use problem::{Coordinates, Problem};
pub use schedule::{Schedule, ScheduleKind};
pub use shape::{Covariance, ShapedProblem};
pub use sharp::{
    EquatorFormula, SharpFormula, SmallStart, SmallStartAt, Starvation, TransverseFormula, Turnpike,
    antipodal_threshold, boundary_exponent, broad_start_exponent, growth_number,
};
pub use start::{Start, StartLaw};
pub use temper::{TemperingDrift, tempered_weights};
pub use tempered_fit::{FitComponent, TemperedFit, TemperedModes};
