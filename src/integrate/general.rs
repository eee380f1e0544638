//! The general engine, diffsol: its methods by their options. What they do is in `with_diffsol`, and that they refuse in a build without
//! it in `without_diffsol`.

use crate::integrate::options::Tolerances;

/// Their names.
pub(crate) const TSIT5: &str = "diffsol-tsit45";
pub(crate) const BDF: &str = "diffsol-bdf";

/// diffsol's explicit Tsitouras 5(4).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DiffsolTsit5 {
    /// Local error control.
    pub tolerances: Tolerances,
}

/// The Jacobian of a system: (piece, t, y, J) fills J (n x n, row-major) with d(rate_i)/d(y_j).
pub type Jacobian<'a> = &'a dyn Fn(usize, f64, &[f64], &mut [f64]);

/// diffsol's implicit BDF of variable order 1 to 5, with an analytic Jacobian.
pub struct DiffsolBdf<'a> {
    /// Local error control.
    pub tolerances: Tolerances,
    /// The Jacobian of the systems it is asked to integrate.
    pub jacobian: Jacobian<'a>,
}
