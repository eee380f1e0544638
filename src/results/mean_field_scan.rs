//! Curves and maps of product measures.

use serde::Serialize;

use crate::config::ScanAxis;
use crate::results::{ProductFit, ProductPlane};

/// Products of the given coordinates along one axis or two: by the theorem on their order the fits from the two components bound
/// every stationary point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductScan {
    /// The abscissa.
    pub x: ScanLine,
    /// The ordinate of a map, or what tells curves.
    pub y: Option<ScanLine>,
    /// Whether it is a map.
    pub map: bool,
    /// The least F, x fastest.
    pub objective: Vec<f64>,
    /// min_k C_k/v_k of the fit of least F: 1 where no mode loses mass, 0 where one is lost.
    pub kept: Vec<f64>,
    /// Local minima: 1, or 2 where the fits from the two components differ.
    pub optima: Vec<u64>,
    /// F of the other stationary point where there are two minima: of the other minimum, or, at equal weights and along a single axis,
    /// unless it is the weight, of the even saddle; null where there is none or it was not found.
    pub other: Vec<Option<f64>>,
    /// Where the number of minima changes, by an equation of its own, in maps over |a| and along the dimension; empty elsewhere.
    pub critical: Vec<CriticalMark>,
    /// The limit of many equal coordinates at T = 1, where the dimension is an axis.
    pub spread: Option<SpreadNorm>,
    /// Fits over the plane.
    pub panels: Vec<ScanPanel>,
    /// How long the frame takes to turn; empty unless asked for.
    pub turns: Vec<TurnMark>,
}

/// Steps of a joint descent, each a sweep of the marginals and a turn of the frame, from a degree beside the given frame until
/// F < 1e-6 at T = 1, which is 0 in the frame of the pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TurnMark {
    /// |a|.
    pub at: f64,
    /// The temperature at which the hot frame turns: where the fits from both components coincide; null where none does up to 64.
    pub heat: Option<f64>,
    /// Steps at T = 1; null where 3000 do not suffice.
    pub cold: Option<usize>,
    /// Steps at that temperature and of cooling to 1; null likewise.
    pub hot: Option<usize>,
}

/// An axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScanLine {
    /// What changes.
    pub axis: ScanAxis,
    /// Its values, rising unless given one by one.
    pub values: Vec<f64>,
}

/// A point of a critical line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CriticalMark {
    /// The value on the axis that is not `value`'s; beside a weight |a|.
    pub at: f64,
    /// Equal weights: the norm |a| at which the even product loses its stability. Beside a weight: that of the heavier mode at which
    /// the lighter mode's fit ends. Null where there is none, or none on the map.
    pub value: Option<f64>,
    /// The same norm for products of Gaussians; null beside a weight.
    pub gaussian: Option<f64>,
}

/// A_c(d)^2 = norm^2 + slope/d + O(d^-2) of equal coordinates at T = 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpreadNorm {
    /// A_c of infinitely many.
    pub norm: f64,
    /// The coefficient of 1/d.
    pub slope: f64,
}

/// Target and fits over the plane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScanPanel {
    /// x.
    pub x: f64,
    /// Stationary points, the lowest first.
    pub optima: Vec<ProductFit>,
    /// Densities; `optimum` counts in `optima`.
    pub plane: ProductPlane,
}

impl ProductScan {
    /// The points as a CSV table: x, y where there are two axes, objective, kept, optima, other.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["x", "y", "objective", "kept", "optima", "other"])?;
        let across = self.x.values.len();
        for n in 0..self.objective.len() {
            let y = self.y.as_ref().map(|line| line.values[n / across]);
            let text = |value: Option<f64>| value.map_or(String::new(), |x| x.to_string());
            writer.write_record([
                self.x.values[n % across].to_string(),
                text(y),
                self.objective[n].to_string(),
                self.kept[n].to_string(),
                self.optima[n].to_string(),
                text(self.other[n]),
            ])?;
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}
