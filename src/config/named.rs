//! `target.density`: a density by its name.

use collapsar_theory::{Benchmark, BenchmarkKind, InvalidParameter};
use serde::{Serialize, Serializer};

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::section::Section;

/// `[target]` with a density by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NamedDensity {
    /// Its name.
    #[serde(serialize_with = "name")]
    pub density: BenchmarkKind,
}

fn name<S: Serializer>(kind: &BenchmarkKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

const KEY: &str = "density";

impl NamedDensity {
    /// The density that a document names, if it does; in `dimension` dimensions.
    pub(crate) fn resolve(document: &Document, dimension: usize) -> Result<Option<Self>, ConfigError> {
        let section = document.section("target");
        let Some(density) = section.choice(KEY, &BenchmarkKind::ALL.map(|kind| (kind.name(), kind)))? else {
            return Ok(None);
        };
        section.refuse(&["separation", "means", "weights", "components"], "`target.density` is the target")?;
        let found = Self { density };
        found.benchmark(dimension).map_err(|error| section.parameter(&error))?;
        Ok(Some(found))
    }

    /// Whether a document names one.
    pub(crate) fn is_given(document: &Document) -> bool {
        document.section("target").has(KEY)
    }

    /// Refuses one where only a mixture will do.
    pub(crate) fn refuse(section: &Section<'_>) -> Result<(), ConfigError> {
        let why = "only flows are trained on a density: realnvp, and probability and sweep by the route realnvp";
        section.refuse(&[KEY], why)
    }

    /// The density.
    pub(crate) fn benchmark(self, dimension: usize) -> Result<Benchmark, InvalidParameter> {
        Benchmark::new(self.density, dimension)
    }
}
