//! Numerical bifurcation analysis of `u' = F(u, p)`: branches of equilibria, their folds and crossings, and the curves
//! of such points in two parameters.
//!
//! One half of the room knows the pairs: [`free_equilibria()`] and [`sphere_equilibria()`] find every equilibrium with
//! intervals, [`critical_temperature`], [`antipodal_temperature`] and their inverses say where collapse is possible, and
//! [`FreeFamily`] and [`SphereFamily`] are what the other half continues; [`Diagram`] draws all branches through given
//! equilibria.
//!
//! The other half is generic: it knows a field, its Jacobian and its derivative in the parameter
//! ([`ParametricProblem`], [`TwoParameterProblem`]) and nothing else of ours. Values in, outcomes out: a stop is a value
//! ([`BranchStop`]), an `Err` is a misuse, and every point found carries its bracket, its residual and its status
//! ([`SpecialPoint`]).
//!
//! ```
//! use collapsar::bifurcation::{Continuation, ContinuationOptions, Orientation, ParametricProblem, switch_branch};
//!
//! /// Mean-field magnet, u' = tanh(p u) - u: a supercritical pitchfork at p = 1.
//! struct Magnet;
//!
//! impl ParametricProblem for Magnet {
//!     fn dimension(&self) -> usize {
//!         1
//!     }
//!     fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
//!         out[0] = (parameter * state[0]).tanh() - state[0];
//!     }
//!     fn jacobian(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
//!         out[0] = parameter / (parameter * state[0]).cosh().powi(2) - 1.0;
//!     }
//!     fn parameter_derivative(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
//!         out[0] = state[0] / (parameter * state[0]).cosh().powi(2);
//!     }
//! }
//!
//! # fn main() -> Result<(), collapsar::bifurcation::ContinuationMisuse> {
//! let options = ContinuationOptions { parameter: [0.5, 2.0], ..ContinuationOptions::default() };
//! let disordered = Continuation::new(&Magnet, &[0.0], 0.5, Orientation::Increasing, &options)?.run();
//! let critical = &disordered.special[0];
//! assert!((critical.parameter - 1.0).abs() < 1e-10 && critical.change() == 1);
//! for start in switch_branch(&Magnet, critical, 0.05, &options)?.iter().flatten() {
//!     let ordered = Continuation::from_start(&Magnet, start, &options)?.run();
//!     assert!(ordered.points.iter().all(|point| point.is_stable()));
//! }
//! # Ok(())
//! # }
//! ```

mod arc;
mod bordered;
mod branch;
mod branch_point;
mod constraint;
mod continuation;
mod continuation_options;
mod critical;
mod curve;
mod curve_continuation;
mod curve_event;
mod detection;
mod diagram;
mod differences;
mod enclosure;
mod equilibria;
mod fold;
mod forces;
mod free_equilibria;
mod free_pair;
mod interval;
mod invariant;
mod kind;
mod locate;
mod misuse;
mod mixture_family;
mod newton;
mod normal_form;
mod norms;
mod pair_family;
mod problem;
mod profile;
mod special_point;
mod sphere_critical;
mod sphere_equilibria;
mod sphere_pair;
mod stability;
mod switching;
mod weight_window;
mod weighted_pair;

pub use arc::Refusal;
pub use branch::{Branch, BranchPoint, BranchStop};
pub use constraint::admissible;
pub use continuation::{Advance, Continuation, Orientation};
pub use continuation_options::ContinuationOptions;
pub use critical::{
    CollapseFold, collapse_fold, critical_separation, critical_temperature, critical_temperature_asymptotic,
};
pub use curve::{Curve, CurveEvent, CurveEventKind, CurveOptions, CurvePoint};
pub use curve_continuation::{fold_curve, pitchfork_curve};
pub use diagram::Diagram;
pub use differences::DifferenceLadder;
pub use enclosure::SearchOptions;
pub use equilibria::{Admissible, Eigenmode, Equilibria, Equilibrium, EquilibriumKind};
pub use free_equilibria::free_equilibria;
pub use free_pair::FreeFamily;
pub use invariant::{Violation, violations};
pub use kind::PointKind;
pub use locate::{Located, locate_branch_point, locate_fold};
pub use misuse::ContinuationMisuse;
pub use mixture_family::MixtureFamily;
pub use newton::{NewtonOptions, NewtonOutcome, NewtonStatus, newton};
pub use normal_form::{NormalForm, NullVectors, normal_form};
pub use pair_family::{PairParameter, PairPoint, pair_continuation};
pub use problem::{OneParameter, ParametricProblem, TwoParameterProblem};
pub use special_point::{SpecialPoint, Status};
pub use sphere_critical::{
    antipodal_separation, antipodal_temperature, antipodal_temperature_at, stable_collapse_temperature,
};
pub use sphere_equilibria::sphere_equilibria;
pub use sphere_pair::SphereFamily;
pub use stability::{eigenvalues, eigenvector, spectrum, unstable_count};
pub use switching::{BranchStart, switch_branch};
pub use weight_window::{WeightFold, WeightWindow, weight_window};
pub use weighted_pair::WeightedFamily;
