//! Plain records: the only serialised shapes, and the one store that writes files.

mod bifurcation;
mod boundary;
mod compare;
mod density;
mod density_flow;
mod design;
mod diagnose;
mod formula;
#[cfg(feature = "files")]
mod journal;
mod kept;
mod mean_field;
mod mean_field_scan;
mod portrait;
mod probability;
mod product_fit;
mod ranks;
mod realnvp;
mod solve;
#[cfg(feature = "files")]
mod store;
mod sweep;
mod sweep_checks;
mod sweep_table;
mod table;

pub use bifurcation::{
    AlphaCurve, BifurcationRecord, BranchRecord, CollapsedState, CriticalCurve, EquilibriumRecord, SpecialRecord,
    TrainedWindow,
};
pub use boundary::{ArrowField, BoundaryCurve, BoundaryRecord, PortraitPoint};
pub use compare::{CompareRecord, SolveRecords, SolvedVariant, comparison_csv};
pub use density::{DensityRecord, DensityVariant, Snapshot};
pub use density_flow::{DensityFlowRecord, DensityMoment, DensityVerdict};
pub use design::{Counted, DesignPoint, DesignRecord, FamilyDesign, Given, Recognition, Steps, TurnpikeRecord};
pub use diagnose::{
    ComparisonRecord, DiagnoseRecord, DiagnoseSettings, LossRecord, MechanismCount, ModeRecord, ProductVerdict,
    RestartsRecord, RunCourse, RunRecord, RunsPlane, SeparationRecord, Share, TargetRecord, TellingRecord,
};
pub use formula::{Advice, Equation, FormulaDetail, ScheduleAdvice};
#[cfg(feature = "files")]
pub use journal::{Journal, JournalError};
pub use kept::ModesKept;
pub use mean_field::{
    Annealed, Certificate, FrameEnd, FrameSearch, MeanFieldRecord, ProductMarginal, ProductRoute, Proof,
};
pub use mean_field_scan::{CriticalMark, ProductScan, ScanLine, ScanPanel, SpreadNorm, TurnMark};
pub use portrait::{PhasePortrait, PortraitRecord, PortraitState};
pub use probability::{Answer, Answers, CountDetail, Detail, ProbabilityRecord};
pub use product_fit::{PlaneFit, ProductFit, ProductPlane};
pub use ranks::{BestStart, BySource, RankCorrelation, RankRecord};
pub use realnvp::{
    FlowMoment, FlowRecord, FlowSnapshot, FlowVariant, FlowVerdict, LangevinRecord, MarginalDistances, Measured,
    TrainedRun, flow_csv,
};
pub use solve::{DriftRecord, EndRecord, LimitRecord, SolveRecord, StepCounts};
#[cfg(feature = "files")]
pub use store::{Store, StoreError, writing};
pub use sweep::{SweepCurve, SweepHeader, SweepPoint, SweepRecord};
pub use sweep_checks::{Difference, FitRecord, FormulaErrors, PublishedPoint, PublishedRecord};
pub use sweep_table::sweep_csv;
pub use table::trajectory_csv;

/// What grids and their figures are made of: records show it as it was asked for.
pub use crate::config::{AxisValue, PlotConfig, PlotKind, RATE, Route, ScanAxis, Source, SweepAxis, TIME};
/// How modes are lost, as it was counted.
pub use crate::montecarlo::MechanismShare;

/// Who made a record.
pub const PROGRAM: &str = "collapsar";
/// Its version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
