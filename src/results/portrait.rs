//! The record of phase portraits of the free pair.

use serde::Serialize;

use crate::config::PortraitRun;
use crate::results::EquilibriumRecord;

/// The record of `collapsar portrait`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortraitRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: PortraitRun,
    /// rho.
    pub separation: f64,
    /// z of the slice.
    pub transverse: f64,
    /// Highest temperature with a stable collapsed state; null if there is none at T = 1.
    pub critical_temperature: Option<f64>,
    /// One portrait a temperature.
    pub portraits: Vec<PhasePortrait>,
}

/// The flow at one constant temperature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhasePortrait {
    /// T.
    pub temperature: f64,
    /// Nodes in x.
    pub x: Vec<f64>,
    /// Nodes in y.
    pub y: Vec<f64>,
    /// dx/dt at (x\[i\], y\[j\]), at index j n_x + i, over x where x -> -x is a symmetry: its zeros are the nullcline
    /// beside the axis.
    pub nullcline_x: Vec<f64>,
    /// dy/dt over y there.
    pub nullcline_y: Vec<f64>,
    /// Field lines of (dx/dt, dy/dt), each in the direction of time.
    pub lines: Vec<Vec<[f64; 2]>>,
    /// Curves (x, Y_b) from the wall outwards: starts with |y| below collapse at this temperature. Empty where none does.
    pub boundary: Vec<Vec<[f64; 2]>>,
    /// All equilibria, of every z.
    pub equilibria: Vec<PortraitState>,
    /// What the search for them proves.
    pub established: String,
}

/// An equilibrium of a portrait.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortraitState {
    /// The state with its stability in all three directions.
    #[serde(flatten)]
    pub state: EquilibriumRecord,
    /// Whether it lies in the slice.
    pub in_slice: bool,
    /// Growing directions within the slice.
    pub unstable_in_slice: usize,
}

impl PortraitRecord {
    /// Equilibria and boundaries as a CSV table: temperature, series, x, y, z, growing directions.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["temperature", "series", "x", "y", "z", "unstable"])?;
        for portrait in &self.portraits {
            let temperature = portrait.temperature.to_string();
            for point in &portrait.equilibria {
                let [x, y, z] = point.state.coordinates.map(|v| v.to_string());
                let unstable = point.state.unstable.to_string();
                writer.write_record([&temperature, point.state.kind, &x, &y, &z, &unstable])?;
            }
            for (curve, points) in portrait.boundary.iter().enumerate() {
                let series = format!("boundary-{}", curve + 1);
                for [x, y] in points {
                    let [x, y, z] = [*x, *y, self.transverse].map(|v| v.to_string());
                    writer.write_record([&temperature, &series, &x, &y, &z, ""])?;
                }
            }
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}
