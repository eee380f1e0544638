//! Schedules for training loops of the user's.

use collapsar::config::ScheduleConfig;
use collapsar::theory;
use numpy::PyArray1;
use pyo3::prelude::*;

use crate::convert;
use crate::document::Document;
use crate::errors;

/// Temperature as a function of time.
#[pyclass(frozen, module = "collapsar._native")]
pub(crate) struct Schedule {
    inner: theory::Schedule,
}

#[pymethods]
impl Schedule {
    /// The schedule of `[schedule]`.
    #[new]
    fn new(py: Python<'_>, document: &Document) -> PyResult<Self> {
        let config = section(py, document)?;
        let inner = config.schedule().map_err(|error| errors::parameter(py, &error))?;
        Ok(Self { inner })
    }

    /// T(t).
    fn temperature(&self, time: f64) -> f64 {
        self.inner.temperature(time)
    }

    /// beta(t) = 1/T(t).
    fn beta(&self, time: f64) -> f64 {
        self.inner.beta(time)
    }

    /// beta(t) at many times.
    fn betas<'py>(&self, py: Python<'py>, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let (times, _) = convert::numbers(times, "times")?;
        Ok(convert::vector(py, times.iter().map(|t| self.inner.beta(*t)).collect()))
    }

    /// When the last temperature is reached, to a thousandth for a schedule without an end.
    #[getter]
    fn duration(&self) -> f64 {
        self.inner.settling_time(theory::Schedule::SETTLED)
    }
}

/// A rule that watches the fit, and where it stands.
#[pyclass(module = "collapsar._native")]
pub(crate) struct AdaptiveSchedule {
    rule: theory::AdaptiveRule,
    step_size: f64,
    beta: f64,
    steps: usize,
    changes: usize,
}

#[pymethods]
impl AdaptiveSchedule {
    /// The rule of `[schedule]` for steps of the given size in time.
    #[new]
    fn new(py: Python<'_>, document: &Document, step_size: f64) -> PyResult<Self> {
        let rule = section(py, document)?.rule().map_err(|error| errors::parameter(py, &error))?;
        let Some(rule) = rule else {
            return Err(errors::breaking(
                py,
                "schedule.kind",
                "a function of time",
                "watch the fit here: adaptive-kl or adaptive-ess",
            ));
        };
        if !(step_size > 0.0 && step_size.is_finite()) {
            return Err(errors::breaking(py, "step_size", &step_size.to_string(), "be positive and finite"));
        }
        Ok(Self { step_size, beta: 1.0 / rule.initial_temperature(), steps: 0, changes: 0, rule })
    }

    /// beta of the next step.
    #[getter]
    fn beta(&self) -> f64 {
        self.beta
    }

    /// Steps that were taken.
    #[getter]
    fn steps(&self) -> usize {
        self.steps
    }

    /// A step was taken: log p and log q of its samples.
    fn update(&mut self, py: Python<'_>, log_p: &Bound<'_, PyAny>, log_q: &Bound<'_, PyAny>) -> PyResult<f64> {
        let ((log_p, _), (log_q, _)) = (convert::numbers(log_p, "log_p")?, convert::numbers(log_q, "log_q")?);
        if log_p.len() < 2 || log_p.len() != log_q.len() {
            let value = format!("{} and {} numbers", log_p.len(), log_q.len());
            return Err(errors::breaking(py, "log_p and log_q", &value, "be of the same length, two at least"));
        }
        self.steps += 1;
        let due = self.rule.changes_by(self.steps as f64 * self.step_size);
        if self.beta < 1.0 && due > self.changes {
            self.beta = self.rule.next_beta_of_samples(self.beta, &log_p, &log_q);
            self.changes = due;
        }
        Ok(self.beta)
    }
}

fn section(py: Python<'_>, document: &Document) -> PyResult<ScheduleConfig> {
    ScheduleConfig::resolve(&document.inner).map_err(|error| errors::config(py, &error, document.source))
}
