//! Flows trained on functions of Python.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use collapsar::config::DensityFlowRun;
use collapsar::flows::LogDensity;
use collapsar::studies::{DensityFlow, Watch};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::convert;
use crate::document::Document;
use crate::errors;
use crate::watch::{Progress, State, work};

/// log p and its gradient by two functions of Python, or by one that gives both.
struct Functions {
    log_prob: Py<PyAny>,
    grad: Option<Py<PyAny>>,
    dimension: usize,
    state: Arc<State>,
    /// The exception that ended the training.
    raised: Mutex<Option<PyErr>>,
    calls: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Functions {
    /// Never kept while Python is waited for: who has the interpreter may wait for it.
    fn raised(&self) -> MutexGuard<'_, Option<PyErr>> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, py: Python<'_>, points: &[f64], log_p: &mut [f64], score: &mut [f64]) -> PyResult<()> {
        let (rows, d) = (log_p.len(), self.dimension);
        let given = |shape: [usize; 2], numbers: &[f64]| -> PyResult<Py<PyArray2<f64>>> {
            let array = Array2::from_shape_vec(shape, numbers.to_vec());
            let array = array.map_err(|error| errors::computation(py, error.to_string()))?;
            Ok(array.into_pyarray(py).unbind())
        };
        let taken = |found: &Bound<'_, PyAny>, name: &str, shape: &[usize], out: &mut [f64]| -> PyResult<()> {
            let (numbers, found) = convert::numbers(found, name)?;
            if found != shape {
                let rule = format!("give an array of shape {shape:?} for points of shape {:?}", [rows, d]);
                return Err(errors::breaking(py, name, &format!("of shape {found:?}"), &rule));
            }
            out.copy_from_slice(&numbers);
            Ok(())
        };
        let log_prob = self.log_prob.bind(py);
        match &self.grad {
            Some(grad) => {
                taken(&log_prob.call1((given([rows, d], points)?,))?, "log_prob", &[rows], log_p)?;
                taken(&grad.bind(py).call1((given([rows, d], points)?,))?, "grad", &[rows, d], score)
            }
            None => {
                let both = log_prob.call1((given([rows, d], points)?,))?;
                let both: (Bound<'_, PyAny>, Bound<'_, PyAny>) = both.extract().map_err(|_| {
                    let rule = "give log p and its gradient, (n,) and (n, d), or come with `grad`";
                    errors::breaking(py, "log_prob", "a function of other values", rule)
                })?;
                taken(&both.0, "log_prob", &[rows], log_p)?;
                taken(&both.1, "grad", &[rows, d], score)
            }
        }
    }
}

impl LogDensity for Functions {
    fn evaluate(&self, points: &[f64], log_p: &mut [f64], score: &mut [f64]) {
        // What is not a number ends the training.
        if self.state.cancelled() || self.raised().is_some() {
            return log_p.fill(f64::NAN);
        }
        let begun = Instant::now();
        if let Err(error) = Python::attach(|py| self.ask(py, points, log_p, score)) {
            log_p.fill(f64::NAN);
            *self.raised() = Some(error);
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        let spent = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(spent, Ordering::Relaxed);
    }
}

/// Trains a flow on a density of Python: the record, the weights, the number of calls and the seconds that they took.
#[pyfunction]
#[pyo3(signature = (document, log_prob, grad=None, threads=None, progress=None))]
#[allow(clippy::type_complexity, reason = "four values")]
pub(crate) fn train_density(
    py: Python<'_>,
    document: &Document,
    log_prob: Py<PyAny>,
    grad: Option<Py<PyAny>>,
    threads: Option<i64>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<(Py<PyAny>, Py<PyBytes>, u64, f64)> {
    let run = DensityFlowRun::resolve(&document.inner).map_err(|error| errors::config(py, &error, document.source))?;
    let state = Arc::new(State::default());
    let functions = Arc::new(Functions {
        log_prob,
        grad,
        dimension: run.start.dimension,
        state: Arc::clone(&state),
        raised: Mutex::default(),
        calls: AtomicU64::new(0),
        nanoseconds: AtomicU64::new(0),
    });
    let progress: Progress<'_> = progress;
    let theirs = Arc::clone(&functions);
    let found = work(py, threads, &progress, (&state, document.source), move |watch| {
        DensityFlow::compute(run, theirs.as_ref(), watch)
    });
    // Of what followed from it the user need not hear.
    if let Some(error) = functions.raised().take() {
        return Err(error);
    }
    let found = found?;
    let record = serde_json::to_value(found.record()).map_err(|error| errors::computation(py, error.to_string()))?;
    let seconds = functions.nanoseconds.load(Ordering::Relaxed) as f64 * 1e-9;
    let weights = PyBytes::new(py, found.weights()).unbind();
    Ok((convert::record(py, &record)?, weights, functions.calls.load(Ordering::Relaxed), seconds))
}
