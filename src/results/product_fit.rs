//! A product measure fitted to a mixture.

use serde::Serialize;

/// A stationary product measure q of y, x = R y, or x = C R y with whitening.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ProductFit {
    /// F = E_q\[log q - log pi/T\]; KL(q||pi) at T = 1.
    pub objective: f64,
    /// The error of sampling of `objective`; null where nothing is sampled.
    pub error: Option<f64>,
    /// E y_j.
    pub mean: Vec<f64>,
    /// Var y_j.
    pub variance: Vec<f64>,
    /// C_k, the mass of each component by responsibilities.
    pub coverage: Vec<f64>,
    /// Whether it is a local minimum of F: `coupling` < 1.
    pub stable: bool,
    /// The factor by which a sweep of coordinate ascent multiplies a perturbation in the end: the largest eigenvalue of a parallel
    /// sweep; of a sampled fit that of a sweep in turn.
    pub coupling: f64,
    /// Change of log q by a sweep, root mean square: 0 at a stationary point.
    pub residual: f64,
    /// The components (from 1) from which ascent ends here; empty for an even start, and for
    /// the end of a search for a frame where no ascent ends on it.
    pub from: Vec<usize>,
    /// R by rows; null in the given coordinates.
    pub rotation: Option<Vec<Vec<f64>>>,
    /// The angle of R in degrees, from 0 to 90, in the plane: axes have no order and no sign. Null elsewhere.
    pub angle: Option<f64>,
}

/// Target and fits over the plane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductPlane {
    /// Nodes of x_1.
    pub x: Vec<f64>,
    /// Nodes of x_2.
    pub y: Vec<f64>,
    /// pi, x_1 fastest.
    pub target: Vec<f64>,
    /// Levels that enclose shares of its mass.
    pub target_levels: Vec<f64>,
    /// Fits over the same nodes.
    pub fits: Vec<PlaneFit>,
}

/// A fit over the plane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaneFit {
    /// Place in `optima`, from 1.
    pub optimum: usize,
    /// q(x), x_1 fastest.
    pub density: Vec<f64>,
    /// Levels that enclose shares of its mass.
    pub levels: Vec<f64>,
}
