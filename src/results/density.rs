//! The record of a run shown as densities.

use serde::Serialize;

use crate::config::DensityRun;

/// The record of `collapsar density`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// What the densities are.
    pub definition: &'static str,
    /// Shares of mass that the levels enclose.
    pub shares: Vec<f64>,
    /// The variants in the order of the configuration; one without a label if it has none.
    pub variants: Vec<DensityVariant>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityVariant {
    /// The key in `[compare]`, or nothing.
    pub label: String,
    /// The resolved configuration.
    pub config: DensityRun,
    /// Whether a mode is lost in the limit; null without a limit.
    pub collapsed: Option<bool>,
    /// The modes in the plane: along the mode axis, and across.
    pub modes: Vec<[f64; 2]>,
    /// The path of each component's mean in the plane.
    pub paths: Vec<Vec<[f64; 2]>>,
    /// Nodes of the marginals.
    pub axis: Vec<f64>,
    /// Nodes of the plane, along both axes.
    pub nodes: Vec<f64>,
    /// p in the plane, at node (i, j) in place j n + i.
    pub target: Vec<f64>,
    /// Levels of p that enclose the shares.
    pub target_levels: Vec<f64>,
    /// The moments.
    pub snapshots: Vec<Snapshot>,
}

/// One moment of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snapshot {
    /// t.
    pub time: f64,
    /// T.
    pub temperature: f64,
    /// var.
    pub variance: f64,
    /// w_i.
    pub weights: Vec<f64>,
    /// C_k.
    pub coverage: Vec<f64>,
    /// Means in the plane.
    pub means: Vec<[f64; 2]>,
    /// Weights of the modes in p^beta.
    pub tempered_weights: Vec<f64>,
    /// Marginals along the mode axis: of p,
    pub marginal_target: Vec<f64>,
    /// of p^beta,
    pub marginal_tempered: Vec<f64>,
    /// of q.
    pub marginal_fit: Vec<f64>,
    /// p^beta in the plane,
    pub tempered: Vec<f64>,
    /// its levels,
    pub tempered_levels: Vec<f64>,
    /// q in the plane,
    pub fit: Vec<f64>,
    /// and its levels.
    pub fit_levels: Vec<f64>,
}

impl DensityRecord {
    /// The marginals as a CSV table: variant, time, temperature, position, p, p^beta, q.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["variant", "time", "temperature", "position", "target", "tempered", "fit"])?;
        for variant in &self.variants {
            for shot in &variant.snapshots {
                for (i, at) in variant.axis.iter().enumerate() {
                    let densities = [&shot.marginal_target, &shot.marginal_tempered, &shot.marginal_fit];
                    let mut row = vec![variant.label.clone()];
                    row.extend([shot.time, shot.temperature, *at].map(|v| v.to_string()));
                    row.extend(densities.map(|density| density[i].to_string()));
                    writer.write_record(&row)?;
                }
            }
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}
