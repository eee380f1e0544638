//! The record of product measures fitted to a Gaussian mixture.

use serde::Serialize;

use crate::config::MeanFieldRun;
use crate::results::{ProductFit, ProductPlane, ProductScan};

/// The record of `collapsar mean-field`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanFieldRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: MeanFieldRun,
    /// What the numbers are.
    pub definition: &'static str,
    /// How the fits without rotation were computed.
    pub route: ProductRoute,
    /// T of the fits: the last of the schedule.
    pub temperature: f64,
    /// Stationary points of F, the lowest first: the ends of ascents from the components, and where it is no minimum the even
    /// one of a symmetric target; with a rotation those in the frame that it found beside those in the given one.
    pub optima: Vec<ProductFit>,
    /// |a| of a pair, in standard deviations of its components, over the coordinates that differ; null where the target is no
    /// pair of one diagonal covariance.
    pub norm: Option<f64>,
    /// The norm at which the even solution loses its stability along the pair's direction, weights 1/2, at this T; null where
    /// there is none, or where the target is no such pair.
    pub critical_norm: Option<f64>,
    /// The temperature at which the pair's even solution gains its stability, weights 1/2; null as above.
    pub critical_temperature: Option<f64>,
    /// What is proved about the optimum of the family asked for.
    pub certificate: Certificate,
    /// Whether the family asked for loses a mode: its fits from the components differ, or the best one gives a mode less than half
    /// of its weight.
    pub collapsed: bool,
    /// Modes k (from 1) with C_k < v_k/2 in the best fit of the family asked for.
    pub lost: Vec<usize>,
    /// How the frame was found.
    pub rotation: Option<FrameSearch>,
    /// Where slow cooling leads; null for a constant temperature, and in more than two dimensions.
    pub annealed: Option<Annealed>,
    /// Curves and maps; null unless asked for.
    pub scan: Option<ProductScan>,
    /// Densities of the coordinates.
    pub marginals: Vec<ProductMarginal>,
    /// Target and fits over the plane; null unless d = 2.
    pub plane: Option<ProductPlane>,
}

/// How product measures were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductRoute {
    /// The law of one sum: a pair of one diagonal covariance in any dimension, of two in three and more.
    ScalarSum,
    /// A tensor grid: any Gaussian mixture in one or two dimensions.
    Plane,
    /// A tensor grid in three dimensions, where it needs no more than 5e7 nodes.
    Space,
    /// Averages over quasi-random points: any Gaussian mixture in up to 100 dimensions.
    Sampled,
}

/// A statement about the optimum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    /// What is proved.
    pub verdict: Proof,
    /// Why, in words.
    pub reason: String,
    /// L: an upper bound of the least F, that of the best fit found.
    pub bound: Option<f64>,
    /// i and j (from 1) of the half spaces x_i > c_i and x_j > c_j (or < c_j), in the frame of the fit.
    pub coordinates: Option<[usize; 2]>,
    /// c_i and c_j where the bound on the mass is best.
    pub threshold: Option<[f64; 2]>,
    /// pi of the points on one side only.
    pub off: Option<f64>,
    /// t*: every optimum has at least 1 - t* of its mass on one side of both thresholds.
    pub minority: Option<f64>,
    /// Whether the optimum itself is known: that of lowest F here, or its mirror image.
    pub known: bool,
}

/// What is proved about the optimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// There is one stationary point: no collapse.
    Unique,
    /// F is 0 to rounding: the fit is the target.
    Exact,
    /// Every optimum has less of its mass on the smaller side of two thresholds than the target has.
    Collapsed,
    /// Nothing.
    NotCertified,
}

/// The fit in the given coordinates that is followed from the hot end of the schedule to its last temperature, at its minimum at
/// each temperature: the limit of slow cooling, whatever the shape of the schedule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Annealed {
    /// T at the start.
    pub heat: f64,
    /// The end: place in `optima`, from 1; null where no ascent from a component ends there.
    pub optimum: Option<usize>,
    /// F at the end.
    pub objective: f64,
    /// C_k at the end.
    pub coverage: Vec<f64>,
}

/// How the frame was sought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameSearch {
    /// C by rows, x = C z, z with pooled covariance I; null without whitening.
    pub whitening: Option<Vec<Vec<f64>>>,
    /// Every start and its end.
    pub restarts: Vec<FrameEnd>,
}

/// One start of the frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameEnd {
    /// Degrees at the start, in the plane.
    pub start: Option<f64>,
    /// T at the start.
    pub heat: f64,
    /// Degrees at the end, from 0 to 90, in the plane.
    pub angle: Option<f64>,
    /// F at the end.
    pub objective: f64,
    /// "minimum", "stationary" (a stationary frame that is no minimum) or "not-converged".
    pub status: &'static str,
}

/// The density of a coordinate under a fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductMarginal {
    /// The fit: place in `optima`, from 1.
    pub optimum: usize,
    /// j of y_j, from 1.
    pub coordinate: usize,
    /// y_j.
    pub y: Vec<f64>,
    /// q_j(y_j).
    pub density: Vec<f64>,
    /// The target's density of y_j.
    pub target: Vec<f64>,
}

impl MeanFieldRecord {
    /// The points of a scan, or the densities as a CSV table: optimum, coordinate, y, density, target.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        if let Some(scan) = &self.scan {
            return scan.csv();
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["optimum", "coordinate", "y", "density", "target"])?;
        for marginal in &self.marginals {
            let (optimum, coordinate) = (marginal.optimum.to_string(), marginal.coordinate.to_string());
            for ((y, density), target) in marginal.y.iter().zip(&marginal.density).zip(&marginal.target) {
                writer.write_record([
                    &optimum,
                    &coordinate,
                    &y.to_string(),
                    &density.to_string(),
                    &target.to_string(),
                ])?;
            }
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}
