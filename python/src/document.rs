//! A configuration.

use collapsar::config;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert;
use crate::errors::{self, Source};

/// A checked configuration: known sections and keys only.
#[pyclass(frozen, module = "collapsar._native")]
pub(crate) struct Document {
    pub(crate) inner: config::Document,
    pub(crate) source: Source,
    text: String,
}

#[pymethods]
impl Document {
    /// The configuration of a text in TOML, called `name` in errors.
    #[staticmethod]
    fn from_text(py: Python<'_>, name: &str, text: String) -> PyResult<Self> {
        Self::parsed(py, name, text, Source::Text)
    }

    /// The configuration of a dict of sections.
    #[staticmethod]
    fn from_values(py: Python<'_>, name: &str, values: &Bound<'_, PyDict>) -> PyResult<Self> {
        let table = convert::table(values, "")?;
        let text = toml::to_string(&table).map_err(|error| errors::computation(py, error.to_string()))?;
        Self::parsed(py, name, text, Source::Values)
    }

    /// It in TOML.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// Its sections as a dict.
    fn sections(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let table: toml::Table = self.text.parse().map_err(|error: toml::de::Error| {
            errors::computation(py, format!("a checked configuration is no TOML: {}", error.message()))
        })?;
        convert::values(py, &toml::Value::Table(table))
    }
}

impl Document {
    fn parsed(py: Python<'_>, name: &str, text: String, source: Source) -> PyResult<Self> {
        let inner = config::Document::parse(name, &text, &[]).map_err(|error| errors::config(py, &error, source))?;
        Ok(Self { inner, source, text })
    }
}
