//! The project's figures: records in, [`crate::figures::Figure`] out.

mod bifurcation;
mod boundary;
mod comparison;
mod density;
mod portrait;
mod probability;
mod trajectory;

pub use bifurcation::bifurcation;
pub use boundary::boundary;
pub use comparison::{Compared, comparison};
pub use density::density;
pub use portrait::portrait;
pub use probability::{
    AgreementPlot, CellMap, CurvesPlot, HeatMapPlot, Intervals, LagPlot, PowerLaw, ProbabilityCurve, Samples,
    ScalingPlot, ScalingSeries, agreement, curves, heat_map, lag, scaling,
};
pub use trajectory::trajectory;
