//! `[published]`: counts from elsewhere, beside which a grid is drawn and judged.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;

/// `[published]`: each cell is a value for every key, then runs and collapsed runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedConfig {
    /// Who counted.
    pub source: String,
    /// The keys.
    pub keys: Vec<String>,
    /// The cells (cell x (keys, runs, collapsed)).
    pub cells: Vec<Vec<f64>>,
}

/// A count from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedCount {
    /// Runs.
    pub runs: u64,
    /// Runs that collapsed.
    pub collapsed: u64,
}

/// Relative difference at which two values of a key are the same: published tables round theirs.
const SAME: f64 = 1e-5;

impl PublishedConfig {
    /// Resolves the section; nothing if there is none.
    pub(crate) fn resolve(document: &Document) -> Result<Option<Self>, ConfigError> {
        let section = document.section("published");
        if section.is_empty() {
            return Ok(None);
        }
        let missing = |key: &str| section.missing(key, "published counts need it");
        let keys = section.texts("keys")?.ok_or_else(|| missing("keys"))?;
        let cells = section.vectors("cells")?.ok_or_else(|| missing("cells"))?;
        let whole = |x: f64| x >= 0.0 && x.fract() == 0.0;
        let sound = |cell: &Vec<f64>| match cell.as_slice() {
            [values @ .., runs, collapsed] => {
                values.len() == keys.len() && whole(*runs) && whole(*collapsed) && collapsed <= runs && *runs > 0.0
            }
            _ => false,
        };
        if !cells.iter().all(sound) {
            return Err(section.breaks("cells", "hold a value for each key, then runs and collapsed runs"));
        }
        Ok(Some(Self { source: section.text("source")?.ok_or_else(|| missing("source"))?, keys, cells }))
    }

    /// The count where every key has the value that `value` gives for it.
    pub fn find(&self, value: impl Fn(&str) -> Option<f64>) -> Option<PublishedCount> {
        let wanted: Vec<f64> = self.keys.iter().map(|key| value(key)).collect::<Option<_>>()?;
        let same = |cell: &&Vec<f64>| cell.iter().zip(&wanted).all(|(a, b)| (a - b).abs() <= SAME * b.abs());
        let cell = self.cells.iter().find(same)?;
        let [.., runs, collapsed] = cell.as_slice() else { return None };
        Some(PublishedCount { runs: *runs as u64, collapsed: *collapsed as u64 })
    }
}
