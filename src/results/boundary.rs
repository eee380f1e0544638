//! The record of collapse boundaries.

use serde::Serialize;

use crate::config::BoundaryRun;

/// The record of `collapsar boundary`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoundaryRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: BoundaryRun,
    /// "free" (x, y, z) or "sphere" (m_1, m_2, s).
    pub pair: &'static str,
    /// What abscissa, ordinate and transverse are.
    pub axes: [&'static str; 3],
    /// Keys of the configuration that differ from curve to curve.
    pub varied: Vec<&'static str>,
    /// Highest temperature at which collapse is possible: T_c of theory (12), R^2/alpha of theory (9); null if there is none.
    pub critical_temperature: Option<f64>,
    /// The curves.
    pub curves: Vec<BoundaryCurve>,
    /// C of theory (13) at the final temperature; null where it is not defined.
    pub connection_constant: Option<f64>,
    /// Its estimated error.
    pub connection_error: Option<f64>,
    /// alpha' of theory (13) at the final temperature; null where it is not defined.
    pub exponent: Option<f64>,
    /// The time at which runs are classified; null for the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<f64>,
    /// The flow in the plane of the curves at the final temperature (free pair only).
    pub portrait: Option<ArrowField>,
}

/// One curve: collapse below it, recovery above.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoundaryCurve {
    /// T0 of its schedule.
    pub initial_temperature: f64,
    /// kappa of it, where it is exponential.
    pub rate: Option<f64>,
    /// t0 of it, where it has one.
    pub duration: Option<f64>,
    /// z (free pair) or s (sphere pair).
    pub transverse: f64,
    /// "trained" or "fixed" weights, where both are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<&'static str>,
    /// x, or m_1 + m_2.
    pub abscissae: Vec<f64>,
    /// Y_b, or D_b: the middle of the bracket.
    pub ordinates: Vec<f64>,
    /// The width of each bracket, whose two sides are certain.
    pub widths: Vec<f64>,
    /// Points whose bracket stayed open because a run in it could not be decided.
    pub undecided: usize,
}

/// The flow of the free pair at z = 0 and one temperature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArrowField {
    /// T.
    pub temperature: f64,
    /// Nodes in x.
    pub x: Vec<f64>,
    /// Nodes in y.
    pub y: Vec<f64>,
    /// dx/dt at (x\[i\], y\[j\]), at index j n_x + i.
    pub rate_x: Vec<f64>,
    /// dy/dt there.
    pub rate_y: Vec<f64>,
    /// The equilibria at z = 0, as (x, y) and whether they are stable there.
    pub equilibria: Vec<PortraitPoint>,
    /// Trajectories under the schedule, from starts on both sides of the boundary: (x, y) along each.
    pub trajectories: Vec<Vec<[f64; 2]>>,
}

/// An equilibrium of the portrait.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PortraitPoint {
    /// x.
    pub x: f64,
    /// y.
    pub y: f64,
    /// "recovered", "collapsed", "saddle", ...
    pub kind: &'static str,
    /// Directions that grow.
    pub unstable: usize,
}

impl BoundaryRecord {
    /// The curves as a CSV table.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let [abscissa, ordinate, transverse] = self.axes;
        writer.write_record(["initial_temperature", "rate", "duration", transverse, abscissa, ordinate, "width"])?;
        let cell = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        for curve in &self.curves {
            let schedule = [Some(curve.initial_temperature), curve.rate, curve.duration].map(cell);
            for ((x, y), width) in curve.abscissae.iter().zip(&curve.ordinates).zip(&curve.widths) {
                let place = [curve.transverse, *x, *y, *width].map(|v| v.to_string());
                writer.write_record(schedule.iter().chain(&place))?;
            }
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}
