//! The record of several variants of one problem.

use serde::Serialize;

use crate::results::SolveRecord;
use crate::results::table::{columns, trajectory_csv, values};
use crate::trajectory::Report;

/// The record of `collapsar solve` on a configuration with `[compare]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompareRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The variants in the order of the configuration.
    pub variants: Vec<SolvedVariant>,
}

/// What `collapsar solve` found: of one run, or of the variants of a `[compare]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SolveRecords {
    /// One run.
    One(Box<SolveRecord>),
    /// Several.
    Several(CompareRecord),
}

impl SolveRecords {
    /// The records with their labels; that of a single run is empty.
    pub fn all(&self) -> Vec<(&str, &SolveRecord)> {
        match self {
            Self::One(record) => vec![("", record)],
            Self::Several(all) => all.variants.iter().map(|v| (v.label.as_str(), &v.record)).collect(),
        }
    }
}

/// One variant: its label beside the fields of its own record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SolvedVariant {
    /// The key in `[compare]`.
    pub label: String,
    /// The run.
    #[serde(flatten)]
    pub record: SolveRecord,
}

/// A CSV table of labelled trajectories: the column `variant`, then those of the trajectories' own tables; empty where a
/// variant has no such column. A single trajectory without a label is its own table.
///
/// # Errors
/// Those of the writer.
pub fn comparison_csv(variants: &[(&str, &[Report])]) -> Result<Vec<u8>, csv::Error> {
    if let [("", rows)] = variants {
        return trajectory_csv(rows);
    }
    let mut header = vec!["variant".to_owned()];
    for name in variants.iter().filter_map(|(_, rows)| rows.first()).flat_map(columns) {
        if !header.contains(&name) {
            header.push(name);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header)?;
    for (label, rows) in variants {
        let Some(first) = rows.first() else { continue };
        let names = columns(first);
        let places: Vec<usize> = names.iter().filter_map(|name| header.iter().position(|h| h == name)).collect();
        for row in *rows {
            let mut cells = vec![String::new(); header.len()];
            cells[0] = (*label).to_owned();
            for (place, value) in places.iter().zip(values(row)) {
                cells[*place] = value.to_string();
            }
            writer.write_record(&cells)?;
        }
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}
