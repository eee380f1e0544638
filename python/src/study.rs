//! The questions: one function for those that a configuration asks, and what they answer.

use std::path::PathBuf;
use std::sync::Arc;

use collapsar::config::Route;
use collapsar::figures::{Figure, render_png, render_svg};
use collapsar::results::VERSION;
use collapsar::studies::{
    Bifurcate, Boundary, Density, Design, MeanField, Portrait, Probability, RealNvp, Solve, Study, StudyError, Sweep,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::convert;
use crate::document::Document;
use crate::errors;
use crate::watch::{Progress, State, work};

/// A study that has its answer.
trait Found: Send + Sync {
    fn record(&self) -> Result<serde_json::Value, serde_json::Error>;
    fn json(&self) -> Result<String, serde_json::Error>;
    fn table(&self) -> Result<Option<Vec<u8>>, String>;
    fn summary(&self) -> String;
    fn figures(&self) -> Vec<(String, Figure)>;
    fn files(&self) -> Vec<(String, Vec<u8>)>;
    fn failure(&self) -> Option<StudyError>;
}

impl<S: Study + Send + Sync> Found for S {
    fn record(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::to_value(Study::record(self))
    }

    fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(Study::record(self))
    }

    fn table(&self) -> Result<Option<Vec<u8>>, String> {
        Study::table(self).map_err(|error| error.to_string())
    }

    fn summary(&self) -> String {
        Study::summary(self)
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        Study::figures(self)
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        Study::files(self)
    }

    fn failure(&self) -> Option<StudyError> {
        Study::failure(self)
    }
}

/// What a study found.
#[pyclass(frozen, module = "collapsar._native")]
pub(crate) struct Answer {
    found: Box<dyn Found>,
}

#[pymethods]
impl Answer {
    /// The record as a dict with arrays.
    fn record(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let record = self.found.record().map_err(|error| errors::computation(py, error.to_string()))?;
        convert::record(py, &record)
    }

    /// The record in one line of JSON: the bytes of the command line.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        self.found.json().map_err(|error| errors::computation(py, error.to_string()))
    }

    /// The record's table as CSV; None if it has none.
    fn table(&self, py: Python<'_>) -> PyResult<Option<Py<PyBytes>>> {
        let table = self.found.table().map_err(|error| errors::computation(py, error))?;
        Ok(table.map(|bytes| PyBytes::new(py, &bytes).unbind()))
    }

    /// What a person wants to know first, in lines.
    fn summary(&self) -> String {
        self.found.summary()
    }

    /// The names of the figures.
    fn figures(&self) -> Vec<String> {
        self.found.figures().into_iter().map(|(name, _)| name).collect()
    }

    /// A figure as SVG.
    fn svg(&self, py: Python<'_>, figure: usize) -> PyResult<String> {
        render_svg(&self.drawing(py, figure)?).map_err(|error| errors::computation(py, error.to_string()))
    }

    /// A figure as PNG, `scale` pixels for one of the screen.
    fn png(&self, py: Python<'_>, figure: usize, scale: f64) -> PyResult<Py<PyBytes>> {
        let bytes = render_png(&self.drawing(py, figure)?, scale);
        let bytes = bytes.map_err(|error| errors::computation(py, error.to_string()))?;
        Ok(PyBytes::new(py, &bytes).unbind())
    }

    /// Further files: the endings of their names, and their bytes.
    fn files(&self, py: Python<'_>) -> Vec<(String, Py<PyBytes>)> {
        self.found.files().into_iter().map(|(name, bytes)| (name, PyBytes::new(py, &bytes).unbind())).collect()
    }

    /// What is missing of the answer, if anything is.
    fn failure(&self) -> Option<String> {
        self.found.failure().map(|failure| failure.to_string())
    }
}

impl Answer {
    pub(crate) fn of<S: Study + Send + Sync + 'static>(found: S) -> Self {
        Self { found: Box::new(found) }
    }

    fn drawing(&self, py: Python<'_>, index: usize) -> PyResult<Figure> {
        let mut figures = self.found.figures();
        if index >= figures.len() {
            let rule = format!("be below the number of figures, {}", figures.len());
            return Err(errors::breaking(py, "figure", &index.to_string(), &rule));
        }
        Ok(figures.swap_remove(index).1)
    }
}

/// Answers the question `verb` of a configuration; a design may keep what it has counted in a journal.
#[pyfunction]
#[pyo3(signature = (verb, document, routes=Vec::new(), threads=None, progress=None, journal=None))]
pub(crate) fn run(
    py: Python<'_>,
    verb: &str,
    document: &Document,
    routes: Vec<String>,
    threads: Option<i64>,
    progress: Option<Bound<'_, PyAny>>,
    journal: Option<PathBuf>,
) -> PyResult<Answer> {
    let routes = routes.iter().map(|name| route(py, name)).collect::<PyResult<Vec<Route>>>()?;
    let with = (threads, &progress, journal);
    match verb {
        Solve::NAME => answer::<Solve>(py, document, with, |_| ()),
        Bifurcate::NAME => answer::<Bifurcate>(py, document, with, |_| ()),
        Boundary::NAME => answer::<Boundary>(py, document, with, |_| ()),
        Probability::NAME => answer::<Probability>(py, document, with, move |config| config.routes = routes),
        Design::NAME => answer::<Design>(py, document, with, |_| ()),
        Sweep::NAME => answer::<Sweep>(py, document, with, |_| ()),
        Density::NAME => answer::<Density>(py, document, with, |_| ()),
        Portrait::NAME => answer::<Portrait>(py, document, with, |_| ()),
        RealNvp::NAME => answer::<RealNvp>(py, document, with, |_| ()),
        MeanField::NAME => answer::<MeanField>(py, document, with, |_| ()),
        _ => Err(errors::breaking(py, "verb", verb, &format!("be one of those of collapsar {VERSION}"))),
    }
}

fn route(py: Python<'_>, name: &str) -> PyResult<Route> {
    let known = Route::ALL.map(Route::name).join(", ");
    let found = Route::ALL.into_iter().find(|route| route.name() == name);
    found.ok_or_else(|| errors::breaking(py, "routes", &format!("\"{name}\""), &format!("hold some of {known}")))
}

fn answer<S>(
    py: Python<'_>,
    document: &Document,
    (threads, progress, journal): (Option<i64>, &Progress<'_>, Option<PathBuf>),
    adjust: impl FnOnce(&mut S::Config),
) -> PyResult<Answer>
where
    S: Study + Send + Sync + 'static,
    S::Config: Send + 'static,
{
    let mut config = S::resolve(&document.inner).map_err(|error| errors::config(py, &error, document.source))?;
    adjust(&mut config);
    let state = Arc::new(State::with_journal_at(journal));
    let found = work(py, threads, progress, (&state, document.source), move |watch| S::compute(config, watch));
    if let Some(journal) = state.journal() {
        let left = if found.is_ok() { journal.remove() } else { journal.close() };
        // What ended the work is said first.
        return found.and_then(|found| match left {
            Ok(()) => Ok(Answer::of(found)),
            Err(error) => Err(errors::computation(py, error.to_string())),
        });
    }
    found.map(Answer::of)
}
