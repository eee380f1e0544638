//! Grids, point by point: on the threads of this process, or wherever an executor sends them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use collapsar::results::{Journal as Lines, JournalError};
use collapsar::studies::{GridPart, Study, StudyError, Sweep, SweepGrid};
use pyo3::prelude::*;

use crate::document::Document;
use crate::errors::{self, Source};
use crate::study::Answer;
use crate::watch::{State, kept_lines, work};

/// A checked grid.
#[pyclass(frozen, module = "collapsar._native")]
pub(crate) struct Grid {
    inner: Arc<SweepGrid>,
    document: collapsar::config::Document,
    source: Source,
}

#[pymethods]
impl Grid {
    /// The grid of `[sweep]`; every point is checked.
    #[new]
    fn new(py: Python<'_>, document: &Document) -> PyResult<Self> {
        let (inner, source) = (document.inner.clone(), document.source);
        let grid = grid(&inner).map_err(|error| errors::study(py, &error, source))?;
        Ok(Self { inner: Arc::new(grid), document: inner, source })
    }

    /// Number of points.
    fn __len__(&self) -> usize {
        self.inner.len()
    }

    /// The first line of its journal.
    fn identity(&self, py: Python<'_>) -> PyResult<String> {
        self.inner.identity().map_err(|error| errors::study(py, &error, self.source))
    }

    /// The points that lines hold; lines that are no points of this grid are refused.
    fn known(&self, py: Python<'_>, lines: Vec<String>) -> PyResult<Vec<usize>> {
        let points = self.inner.known(&kept_lines(lines)).map_err(|error| errors::study(py, &error, self.source))?;
        Ok(points.into_keys().collect())
    }

    /// Computes point `index` of it: its lines, given lines of earlier work on it.
    #[pyo3(signature = (index, lines=Vec::new(), threads=None))]
    fn point(&self, py: Python<'_>, index: usize, lines: Vec<String>, threads: Option<i64>) -> PyResult<Vec<String>> {
        if index >= self.inner.len() {
            let rule = format!("be below the number of points, {}", self.inner.len());
            return Err(errors::breaking(py, "index", &index.to_string(), &rule));
        }
        let (grid, state) = (Arc::clone(&self.inner), Arc::new(State::with_kept(kept_lines(lines), None)));
        let part = GridPart { part: index + 1, parts: self.inner.len() };
        work(py, threads, &None, (&state, self.source), move |watch| grid.points(part, watch).map(drop))?;
        Ok(state.lines())
    }

    /// Computes a part of it, all that `lines` do not hold: further lines are returned, and go to the journal as
    /// they come.
    #[pyo3(signature = (part, parts, lines=Vec::new(), journal=None, threads=None, progress=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn part(
        &self,
        py: Python<'_>,
        part: usize,
        parts: usize,
        lines: Vec<String>,
        journal: Option<&Journal>,
        threads: Option<i64>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<String>> {
        if !(1..=parts).contains(&part) {
            return Err(errors::breaking(py, "shard", &format!("({part}, {parts})"), "be (I, N) with 1 <= I <= N"));
        }
        let lent = journal.and_then(|journal| journal.lock().take());
        let (grid, state) = (Arc::clone(&self.inner), Arc::new(State::with_kept(kept_lines(lines), lent)));
        let part = GridPart { part, parts };
        let done = work(py, threads, &progress, (&state, self.source), move |watch| grid.points(part, watch).map(drop));
        if let Some(journal) = journal {
            *journal.lock() = state.journal();
        }
        done.map(|()| state.lines())
    }

    /// The judged grid of the lines of all its points.
    fn judged(&self, py: Python<'_>, lines: Vec<String>, computed: usize) -> PyResult<Answer> {
        let found = || {
            let points = self.inner.known(&kept_lines(lines))?;
            // Judging takes the grid: its own copy, which is checked as quickly as the first time.
            Sweep::of(grid(&self.document)?, points, computed)
        };
        found().map(Answer::of).map_err(|error| errors::study(py, &error, self.source))
    }
}

fn grid(document: &collapsar::config::Document) -> Result<SweepGrid, StudyError> {
    SweepGrid::new(Sweep::resolve(document)?)
}

/// A file that finished points go to, line by line.
#[pyclass(frozen, module = "collapsar._native")]
pub(crate) struct Journal {
    inner: Mutex<Option<Lines>>,
    lines: Vec<String>,
}

#[pymethods]
impl Journal {
    /// Opens or makes the journal of work that `identity` names.
    #[new]
    fn new(py: Python<'_>, path: PathBuf, identity: &str) -> PyResult<Self> {
        let (journal, lines) = Lines::open(&path, identity).map_err(|error| refused(py, &error))?;
        Ok(Self { inner: Mutex::new(Some(journal)), lines })
    }

    /// The lines that it held when it was opened.
    #[getter]
    fn lines(&self) -> Vec<String> {
        self.lines.clone()
    }

    /// Adds a line.
    fn append(&self, py: Python<'_>, line: &str) -> PyResult<()> {
        match self.lock().as_mut() {
            Some(journal) => journal.append(line).map_err(|error| refused(py, &error)),
            None => Err(errors::computation(py, "the journal is closed".to_owned())),
        }
    }

    /// Puts everything on the disk.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let journal = self.lock().take();
        journal.map_or(Ok(()), Lines::close).map_err(|error| refused(py, &error))
    }

    /// Deletes it: its points are kept elsewhere.
    fn remove(&self, py: Python<'_>) -> PyResult<()> {
        let journal = self.lock().take();
        journal.map_or(Ok(()), Lines::remove).map_err(|error| refused(py, &error))
    }
}

impl Journal {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Lines>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(py: Python<'_>, error: &JournalError) -> PyErr {
    let source = std::error::Error::source(error).map_or_else(String::new, |source| format!(": {source}"));
    errors::computation(py, format!("{error}{source}"))
}
