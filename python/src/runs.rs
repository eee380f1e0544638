//! Runs of the user's: files, or arrays in memory.

use std::fs::File;
use std::sync::Arc;

use collapsar::runs::{self, Columns, Data, Run, Samples, Trace};
use collapsar::studies::{Diagnose, DiagnoseRun, Study};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::convert;
use crate::document::Document;
use crate::errors;
use crate::study::Answer;
use crate::watch::{State, work};

/// Judges runs, each a path or a dict of arrays: `name`; `samples` with `log_q` and `log_p`; `means`, `weights`, `variances`,
/// `times` and `temperature` of a trace; or `coverage`.
#[pyfunction]
#[pyo3(signature = (document, runs, against=Vec::new(), threads=None, progress=None))]
pub(crate) fn diagnose(
    py: Python<'_>,
    document: &Document,
    runs: Vec<Bound<'_, PyAny>>,
    against: Vec<Bound<'_, PyAny>>,
    threads: Option<i64>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let mut config = Diagnose::resolve(&document.inner).map_err(|error| errors::config(py, &error, document.source))?;
    let (columns, most) = (config.columns(), config.most_numbers(runs.len() + against.len()));
    let all = |given: &[Bound<'_, PyAny>]| -> PyResult<Vec<Run>> {
        let runs = given.iter().map(|given| one(given, &columns, most)).collect::<PyResult<Vec<_>>>()?;
        Ok(runs.into_iter().flatten().collect())
    };
    let (mine, others) = (all(&runs)?, all(&against)?);
    config = DiagnoseRun { runs: mine, against: others, ..config };
    let state = Arc::new(State::default());
    let source = document.source;
    work(py, threads, &progress, (&state, source), move |watch| Diagnose::compute(config, watch)).map(Answer::of)
}

fn one(given: &Bound<'_, PyAny>, columns: &Columns, most: usize) -> PyResult<Vec<Run>> {
    let py = given.py();
    if let Ok(path) = given.cast::<PyString>() {
        let path = path.to_string();
        let file =
            File::open(&path).map_err(|error| errors::breaking(py, "runs", &path, &format!("be readable: {error}")))?;
        return runs::read(&path, file, columns, most).map_err(|error| errors::misuse(py, error.to_string()));
    }
    let dict = given.cast::<PyDict>()?;
    let name: String = match dict.get_item("name")? {
        Some(name) => name.extract()?,
        None => "run".to_owned(),
    };
    let get = |key: &str| -> PyResult<Option<(Vec<f64>, Vec<usize>)>> {
        let given = dict.get_item(key)?.filter(|value| !value.is_none());
        given.map(|value| convert::numbers(&value, &format!("{name}: {key}"))).transpose()
    };
    let flat = |key: &str, n: usize| -> PyResult<Option<Vec<f64>>> {
        let Some((numbers, _)) = get(key)? else { return Ok(None) };
        if numbers.len() == n {
            return Ok(Some(numbers));
        }
        let value = format!("{} numbers", numbers.len());
        Err(errors::breaking(py, &format!("{name}: {key}"), &value, &format!("hold {n}, as the samples or moments do")))
    };
    let shaped = |key: &str, shape: &[usize], axes: &str| {
        errors::breaking(
            py,
            &format!("{name}: {key}"),
            &format!("of shape {shape:?}"),
            &format!("have the axes {axes}"),
        )
    };
    let data = if let Some((points, shape)) = get("samples")? {
        let &[n, dimension] = shape.as_slice() else { return Err(shaped("samples", &shape, "sample, coordinate")) };
        let (log_q, log_p) = (flat("log_q", n)?, flat("log_p", n)?);
        Data::Samples(Samples { dimension, points, log_q, log_p, incomplete: 0, stride: 1 })
    } else if let Some((means, shape)) = get("means")? {
        let &[moments, components, dimension] = shape.as_slice() else {
            return Err(shaped("means", &shape, "moment, component, coordinate"));
        };
        let weights = flat("weights", moments * components)?;
        let equal = || vec![1.0 / components.max(1) as f64; moments * components];
        Data::Trace(Trace {
            components,
            dimension,
            times: flat("times", moments)?.unwrap_or_else(|| (0..moments).map(|i| i as f64).collect()),
            temperature: flat("temperature", moments)?,
            means,
            weights: weights.unwrap_or_else(equal),
            variances: flat("variances", moments * components)?,
        })
    } else if let Some((coverage, _)) = get("coverage")? {
        Data::Coverage(coverage)
    } else {
        return Err(errors::breaking(py, &name, "a dict", "hold samples, means or coverage"));
    };
    Run::new(name, data).map(|run| vec![run]).map_err(|error| errors::misuse(py, error.to_string()))
}
