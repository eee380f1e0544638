//! Numerical bifurcation analysis of `u' = F(u, p)`: branches of equilibria, their folds and crossings, and the curves
//! of such points in two parameters.
//!
//! This half of the room is generic: it knows a field, its Jacobian and its derivative in the parameter
//! ([`ParametricProblem`], [`TwoParameterProblem`]) and nothing else of ours. Values in, outcomes out: a stop is a value
//! ([`BranchStop`]), an `Err` is a misuse, and every point found carries its bracket, its residual and its status
//! ([`SpecialPoint`]).

mod arc;
mod bordered;
mod branch;
mod branch_point;
mod continuation;
mod continuation_options;
mod curve;
mod curve_continuation;
mod detection;
mod differences;
mod fold;
mod invariant;
mod locate;
mod misuse;
mod newton;
mod normal_form;
mod problem;
mod special_point;
mod stability;
mod switching;

pub use arc::Refusal;
pub use branch::{Branch, BranchPoint, BranchStop};
pub use continuation::{Advance, Continuation, Direction};
pub use continuation_options::ContinuationOptions;
pub use curve::{Curve, CurveEvent, CurveEventKind, CurveOptions, CurvePoint};
pub use curve_continuation::{fold_curve, pitchfork_curve};
pub use differences::DifferenceLadder;
pub use invariant::{Violation, violations};
pub use locate::{Located, locate_branch_point, locate_fold};
pub use misuse::Misuse;
pub use newton::{NewtonOptions, NewtonOutcome, NewtonStatus, newton};
pub use normal_form::{NormalForm, NullVectors, normal_form};
pub use problem::{ParametricProblem, Section, TwoParameterProblem};
pub use special_point::{Kind, SpecialPoint, Status};
pub use stability::{eigenvalues, eigenvector, spectrum, unstable_count};
pub use switching::{BranchStart, switch_branch};
