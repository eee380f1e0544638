//! Values of records and configurations as objects of Python, and back.

use numpy::ndarray::{ArrayD, IxDyn};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArrayDyn};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};
use serde_json::Value;

use crate::errors;

/// Keys below which lists stay lists: they are written back as configurations.
const CONFIGURATIONS: [&str; 2] = ["config", "schedule"];

/// A record: rectangular lists of floating-point numbers become arrays of NumPy, a missing one among them NaN.
pub(crate) fn record(py: Python<'_>, value: &Value) -> PyResult<Py<PyAny>> {
    object(py, value, true)
}

fn object(py: Python<'_>, value: &Value, arrays: bool) -> PyResult<Py<PyAny>> {
    Ok(match value {
        Value::Null => py.None(),
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any().unbind(),
        Value::String(text) => PyString::new(py, text).into_any().unbind(),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(n), _) => n.into_pyobject(py)?.into_any().unbind(),
            (None, Some(n)) => n.into_pyobject(py)?.into_any().unbind(),
            (None, None) => PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any().unbind(),
        },
        Value::Array(items) => match array(items).filter(|_| arrays) {
            Some(array) => array.into_pyarray(py).into_any().unbind(),
            None => {
                let items = items.iter().map(|item| object(py, item, arrays)).collect::<PyResult<Vec<_>>>()?;
                PyList::new(py, items)?.into_any().unbind()
            }
        },
        Value::Object(entries) => {
            let dict = PyDict::new(py);
            for (key, value) in entries {
                dict.set_item(key, object(py, value, arrays && !CONFIGURATIONS.contains(&key.as_str()))?)?;
            }
            dict.into_any().unbind()
        }
    })
}

/// The array of a rectangular list of floating-point numbers; none of any other list.
fn array(items: &[Value]) -> Option<ArrayD<f64>> {
    let mut shape = vec![items.len()];
    let mut first = items.first()?;
    while let Value::Array(inner) = first {
        shape.push(inner.len());
        first = inner.first()?;
    }
    let mut numbers = Vec::with_capacity(shape.iter().product());
    let mut any = false;
    collect(items, &shape[1..], &mut numbers, &mut any).filter(|()| any)?;
    ArrayD::from_shape_vec(IxDyn(&shape), numbers).ok()
}

fn collect(items: &[Value], shape: &[usize], numbers: &mut Vec<f64>, any: &mut bool) -> Option<()> {
    for item in items {
        match (item, shape) {
            (Value::Array(inner), [length, rest @ ..]) if inner.len() == *length => {
                collect(inner, rest, numbers, any)?;
            }
            (Value::Number(number), []) if number.is_f64() => {
                *any = true;
                numbers.push(number.as_f64()?);
            }
            (Value::Null, []) => numbers.push(f64::NAN),
            _ => return None,
        }
    }
    Some(())
}

/// A table of TOML as an object of Python.
pub(crate) fn values(py: Python<'_>, value: &toml::Value) -> PyResult<Py<PyAny>> {
    Ok(match value {
        toml::Value::String(text) => PyString::new(py, text).into_any().unbind(),
        toml::Value::Integer(n) => n.into_pyobject(py)?.into_any().unbind(),
        toml::Value::Float(x) => PyFloat::new(py, *x).into_any().unbind(),
        toml::Value::Boolean(flag) => PyBool::new(py, *flag).to_owned().into_any().unbind(),
        toml::Value::Datetime(moment) => PyString::new(py, &moment.to_string()).into_any().unbind(),
        toml::Value::Array(items) => {
            let items = items.iter().map(|item| values(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any().unbind()
        }
        toml::Value::Table(entries) => {
            let dict = PyDict::new(py);
            for (key, value) in entries {
                dict.set_item(key, values(py, value)?)?;
            }
            dict.into_any().unbind()
        }
    })
}

/// A dict as a table of TOML; what is None is left out. `at` is the dotted key of the dict.
pub(crate) fn table(dict: &Bound<'_, PyDict>, at: &str) -> PyResult<toml::Table> {
    let mut table = toml::Table::new();
    for (key, value) in dict {
        let Ok(key) = key.extract::<String>() else {
            let shown = key.repr()?.to_string();
            let place = if at.is_empty() { "problem" } else { at };
            return Err(errors::breaking(dict.py(), place, &shown, "have texts for keys"));
        };
        if !value.is_none() {
            let place = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            table.insert(key, toml_value(&value, &place)?);
        }
    }
    Ok(table)
}

fn toml_value(value: &Bound<'_, PyAny>, at: &str) -> PyResult<toml::Value> {
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(toml::Value::Boolean(flag.is_true()));
    }
    if value.is_instance_of::<PyInt>()
        && let Ok(n) = value.extract::<i64>()
    {
        return Ok(toml::Value::Integer(n));
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(toml::Value::Float(value.extract()?));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(toml::Value::String(text.to_string()));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        return table(dict, at).map(toml::Value::Table);
    }
    // Arrays and scalars of NumPy say themselves what they are.
    if let Ok(plain) = value.call_method0("tolist") {
        return toml_value(&plain, at);
    }
    if let Ok(items) = value.try_iter() {
        let items = items.map(|item| toml_value(&item?, at)).collect::<PyResult<Vec<_>>>()?;
        return Ok(toml::Value::Array(items));
    }
    let rule = "be a number of 64 bits, a text, a flag, a list or a dict";
    Err(errors::breaking(value.py(), at, &value.repr()?.to_string(), rule))
}

/// The numbers of an array of any float or integer type, with its shape; `key` names it in errors.
pub(crate) fn numbers(value: &Bound<'_, PyAny>, key: &str) -> PyResult<(Vec<f64>, Vec<usize>)> {
    let py = value.py();
    let numpy = py.import("numpy")?;
    let kwargs = PyDict::new(py);
    kwargs.set_item("dtype", "float64")?;
    let array = numpy.call_method("ascontiguousarray", (value,), Some(&kwargs));
    let array = array.map_err(|_| errors::breaking(py, key, &shown(value), "be an array of numbers"))?;
    let array: PyReadonlyArrayDyn<'_, f64> = array.extract()?;
    // An array without axes becomes one of one axis there.
    Ok((array.as_slice()?.to_vec(), array.as_array().shape().to_vec()))
}

/// A value in an error: not all of an array.
fn shown(value: &Bound<'_, PyAny>) -> String {
    const MOST: usize = 80;
    let text = value.repr().map_or_else(|_| "a value".to_owned(), |text| text.to_string());
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain("..".chars()).collect() }
}

/// A list of numbers as an array.
pub(crate) fn vector(py: Python<'_>, numbers: Vec<f64>) -> Bound<'_, PyArray1<f64>> {
    numbers.into_pyarray(py)
}
