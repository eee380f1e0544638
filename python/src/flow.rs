//! Trained flows.

use std::sync::Arc;

use collapsar::flows::{self, MOST_SAMPLED, Transport};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::convert;
use crate::errors::{self, Source};
use crate::watch::{State, work};

/// A trained flow, in double precision.
#[pyclass(frozen, module = "collapsar._native")]
pub(crate) struct Flow {
    inner: Arc<flows::Flow<f64>>,
}

#[pymethods]
impl Flow {
    /// The flow of the bytes of a safetensors file.
    #[new]
    fn new(py: Python<'_>, weights: &[u8]) -> PyResult<Self> {
        let flow = flows::Flow::from_safetensors(weights);
        let flow = flow.map_err(|error| errors::breaking(py, "weights", &error.to_string(), "hold a flow"))?;
        Ok(Self { inner: Arc::new(flow) })
    }

    /// The bytes again.
    fn weights(&self, py: Python<'_>) -> PyResult<Py<PyBytes>> {
        let bytes = self.inner.to_safetensors().map_err(|error| errors::computation(py, error.to_string()))?;
        Ok(PyBytes::new(py, &bytes).unbind())
    }

    /// d.
    #[getter]
    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    /// Number of trained parameters.
    #[getter]
    fn parameters(&self) -> usize {
        self.inner.parameters().len()
    }

    /// `count` samples (count x d) from a seed, and log q of each.
    #[pyo3(signature = (count, seed, threads=None))]
    #[allow(clippy::type_complexity, reason = "two arrays")]
    fn sample<'py>(
        &self,
        py: Python<'py>,
        count: usize,
        seed: u64,
        threads: Option<i64>,
    ) -> PyResult<(Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>)> {
        let d = self.dimension();
        if !(1..=MOST_SAMPLED / d).contains(&count) {
            let rule = format!("be at least 1 and at most {} in {d} dimensions", MOST_SAMPLED / d);
            return Err(errors::breaking(py, "count", &count.to_string(), &rule));
        }
        let flow = Arc::clone(&self.inner);
        let state = Arc::new(State::default());
        let (points, logs) = work(py, threads, &None, (&state, Source::Values), move |_| {
            let points = flow.sample(seed, count);
            let logs = flow.log_density(&points)?;
            Ok((points, logs))
        })?;
        let points = Array2::from_shape_vec((count, d), points);
        let points = points.map_err(|error| errors::computation(py, error.to_string()))?;
        Ok((points.into_pyarray(py), convert::vector(py, logs)))
    }

    /// log q at points (n x d).
    #[pyo3(signature = (points, threads=None))]
    fn log_prob<'py>(
        &self,
        py: Python<'py>,
        points: &Bound<'py, PyAny>,
        threads: Option<i64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let (numbers, shape) = convert::numbers(points, "points")?;
        if shape.len() != 2 || shape[1] != self.dimension() {
            let rule = format!("have the shape (n, {})", self.dimension());
            return Err(errors::breaking(py, "points", &format!("of shape {shape:?}"), &rule));
        }
        let flow = Arc::clone(&self.inner);
        let state = Arc::new(State::default());
        let logs = work(py, threads, &None, (&state, Source::Values), move |_| Ok(flow.log_density(&numbers)?))?;
        Ok(convert::vector(py, logs))
    }
}
