//! Configuration: TOML text and overrides -> checked document -> resolved run.
//!
//! [`Document`] mirrors the text, remembers where each value came from and refuses unknown keys; each study resolves what
//! it reads of it into a run ([`SolveRun`], [`ProbabilityRun`], ..), which has no open choice left and can be written back
//! as TOML.

mod axis;
mod bifurcation;
mod boundary;
mod collapse;
mod compare;
mod density;
mod density_flow;
mod design;
mod diagnose;
mod document;
mod error;
mod experiment;
mod family;
mod flow;
mod flow_target;
pub mod keys;
mod mean_field;
mod mixture;
mod named;
mod plot;
mod portrait;
mod probability;
mod problem;
mod product;
mod published;
mod resolve;
mod route;
mod run;
mod runs;
mod scan;
mod schedule;
mod section;
mod sweep;
mod value;

pub use axis::{AxisValue, SweepAxis};
pub use bifurcation::LARGEST_SEPARATION;
pub use collapse::CollapseRun;
pub use compare::Variant;
pub use density_flow::DensityFlowRun;
pub use design::DesignRun;
pub use document::{Document, Override};
pub use error::{ConfigError, Origin};
pub use experiment::{Check, CheckRule, ExperimentConfig, Verb};
pub use family::{ComponentShape, FamilyConfig, ProductCriterion};
pub use flow::FlowConfig;
pub use flow_target::FlowTargetConfig;
pub use keys::{
    BifurcationConfig, BoundaryConfig, Criterion, DensityConfig, DesignConfig, DiagnoseConfig, Drawing, Engine,
    ExactConfig, FittedFamily, FormulaConfig, FrameStart, Heat, LangevinConfig, MonteCarloConfig, OptimiserName,
    OrFalse, Parameter, PortraitConfig, Precision, Restarts, RotationConfig, ScanAxis, ScanConfig, ScheduleShape,
    SimulationConfig, SolveConfig, StopConfig, TrainingConfig, VarianceName,
};
pub use mean_field::{MeanFieldRun, ProductFamily};
pub use mixture::{ComponentConfig, CovarianceConfig, MixtureConfig};
pub use named::NamedDensity;
pub use plot::{PlotConfig, PlotKind, RATE, TIME};
pub use problem::ProblemConfig;
pub use product::{JudgedProducts, ProductRun, ProductStart};
pub use published::{PublishedConfig, PublishedCount};
pub use route::{Route, Source};
pub use run::{InitialVariance, StartConfig, TargetConfig};
pub use runs::{
    BifurcationRun, BoundaryRun, DensityRun, FlowProblemConfig, FlowRun, FlowStart, PortraitRun, ProbabilityRun,
    SolveRun, VarianceStart,
};
pub use schedule::ScheduleConfig;
pub use sweep::{MOST_POINTS, SweepConfig};
