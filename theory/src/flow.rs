//! The closed flows: right-hand side, objective and, where it is known in closed form, the Jacobian.
//!
//! Time enters a flow only through beta(t): the field is autonomous at a given beta, which is how the bifurcation
//! analysis uses it; an integrator composes it with a [`crate::Schedule`].

mod adam;
mod free_pair;
mod mixture;
mod shaped;
mod sphere_pair;
mod tabulated;

pub use adam::{AdamFlow, AdamMemory};
pub use free_pair::{FreePair, FreePairOptions};
pub use mixture::{ClassAverages, Displaced, MixtureFlow, MixtureState};
pub use shaped::{LogAverages, ShapedAverages, ShapedFlow, ShapedState};
pub use sphere_pair::{SpherePair, SpherePairOptions, SphereVariance};
pub(crate) use tabulated::{TabulatedFreeObjective, TabulatedSphereObjective};
pub use tabulated::{TabulatedFreePair, TabulatedSpherePair};

/// A closed system of summary statistics under tempered gradient flow.
pub trait Flow {
    /// The number of statistics N.
    fn dimension(&self) -> usize;

    /// d(state)/dt at inverse temperature `beta`, into `rate`; both of length N.
    fn field(&self, beta: f64, state: &[f64], rate: &mut [f64]);

    /// [`Flow::field`] compiled into its caller, where the caller's vector instructions matter.
    #[inline(always)]
    fn field_inlined(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        self.field(beta, state, rate);
    }

    /// The objective F_beta of theory (1) at this state; at constant beta it never rises along the flow (with
    /// variance unit or trained; a slaved variance moves with beta).
    fn objective(&self, beta: f64, state: &[f64]) -> f64;

    /// [`Flow::objective`] compiled into its caller.
    #[inline(always)]
    fn objective_inlined(&self, beta: f64, state: &[f64]) -> f64 {
        self.objective(beta, state)
    }
}

/// A flow with an analytic Jacobian.
pub trait SmoothFlow: Flow {
    /// d(rate_i)/d(state_j) at inverse temperature `beta`, into `jacobian` (N x N, row-major).
    fn jacobian(&self, beta: f64, state: &[f64], jacobian: &mut [f64]);
}
