//! When an ascent gives way to Newton's method, and when that has arrived: for fits by sums and on grids alike.

/// Sweeps allowed: near a critical point the ascent needs 1/(1 - lambda), which Newton cuts short.
pub(super) const SWEEPS: usize = 3000;
/// Newton is tried from this residual on, and after a failure from a residual so many times smaller.
pub(super) const TRY: f64 = 0.05;
pub(super) const RETRY: f64 = 0.2;
/// Steps of one trial, and the size beyond which a step leaves the neighbourhood of the ascent's limit.
pub(super) const NEWTON_STEPS: usize = 12;
pub(super) const NEAR: f64 = 0.5;
/// Relative residual of the linear systems: the quadratic convergence of the last steps needs no more.
pub(super) const LINEAR: f64 = 1e-9;
/// A step that gains less than this factor has come down to rounding.
pub(super) const GAIN: f64 = 0.5;
/// Residuals up to this are those of a stationary point; of a sum, times (1 + beta A^2).
pub(super) const ACCEPTED: f64 = 1e-11;
