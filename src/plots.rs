//! The project's figures: records in, [`crate::figures::Figure`] out.

mod bifurcation;
mod boundary;
mod comparison;
mod density;
mod design;
mod diagnose;
mod drift;
mod flow_map;
mod formulas;
mod kept;
mod mean_field;
mod mean_field_scan;
mod mechanisms;
mod phase_diagram;
mod portrait;
mod probability_map;
mod realnvp;
mod standardised;
mod sweep;
mod symbols;
mod trajectory;

pub use bifurcation::bifurcation;
pub use boundary::boundary;
pub use comparison::{Compared, comparison};
pub use density::density;
pub use design::design;
pub use diagnose::diagnose;
pub use drift::drift;
pub use mean_field::mean_field;
pub use mean_field_scan::mean_field_scan;
pub use phase_diagram::phase_diagram;
pub use portrait::portrait;
pub use realnvp::realnvp;
pub use standardised::standardised;
pub use sweep::sweep;
pub use trajectory::trajectory;
