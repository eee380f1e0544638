//! Runs of named arrays.

use std::io;

use crate::runs::array::{Array, ArrayLayout};
use crate::runs::error::RunError;
use crate::runs::role::{ArrayRole, Columns};
use crate::runs::run::{Data, Run, Samples, Trace};
use crate::runs::thin::{self, Pick};

/// Reads an array by its place in the list, with the places of an axis that are picked.
pub(crate) type ArrayReader<'a> = dyn FnMut(usize, usize, Pick) -> io::Result<Array> + 'a;

/// The arrays of a file.
pub(crate) struct Arrays<'a> {
    pub(crate) file: &'a str,
    pub(crate) listed: &'a [(String, ArrayLayout)],
    pub(crate) read: &'a mut ArrayReader<'a>,
}

impl Arrays<'_> {
    /// The runs that they hold.
    pub(crate) fn runs(mut self, columns: &Columns, most: usize) -> Result<Vec<Run>, RunError> {
        let names: Vec<&str> = self.listed.iter().map(|(name, _)| name.as_str()).collect();
        // An array without a name is a file of its own.
        if let Some(missing) = columns.missing(&names).filter(|_| names != [""]) {
            return Err(self.fail(format!("it holds no array `{missing}`: it holds {}", names.join(", "))));
        }
        if columns.coordinates.is_empty() && self.find(columns, ArrayRole::Means).is_some() {
            return self.trace(columns, most);
        }
        self.samples(columns, most)
    }

    fn fail(&self, message: impl Into<String>) -> RunError {
        RunError::new(self.file, message)
    }

    fn find(&self, columns: &Columns, role: ArrayRole) -> Option<usize> {
        let of = |name: &str| columns.array_role(name);
        // Beside an array of times T is the temperature.
        let timed = self.listed.iter().any(|(name, _)| name != "T" && of(name) == ArrayRole::Time);
        let of = |name: &str| if timed && name == "T" { ArrayRole::Temperature } else { of(name) };
        self.listed.iter().position(|(name, _)| of(name) == role)
    }

    fn array(&mut self, at: usize, axis: usize, pick: Pick) -> Result<Array, RunError> {
        let name = &self.listed[at].0;
        let found = (self.read)(at, axis, pick);
        found.map_err(|error| {
            let of = if name.is_empty() { String::new() } else { format!("array `{name}`: ") };
            RunError::new(self.file, format!("{of}{error}"))
        })
    }

    /// The array of samples: the one that is called so, else the only one, else the only one of several axes.
    fn samples_at(&self, columns: &Columns) -> Result<usize, RunError> {
        if let Some(found) = self.find(columns, ArrayRole::Samples) {
            return Ok(found);
        }
        let others = |(name, _): &&(String, ArrayLayout)| columns.array_role(name) == ArrayRole::Other;
        let wide = |(_, (_, layout)): &(usize, &(String, ArrayLayout))| layout.shape.len() >= 2;
        let candidates: Vec<usize> =
            self.listed.iter().enumerate().filter(|at| wide(at) && others(&at.1)).map(|(at, _)| at).collect();
        match (&candidates[..], self.listed.len()) {
            ([only], _) => Ok(*only),
            ([], 1) => Ok(0),
            _ => {
                let names: Vec<&str> = self.listed.iter().map(|(name, _)| name.as_str()).collect();
                Err(self.fail(format!(
                    "it holds the arrays {}: name that of the samples by `diagnose.columns`",
                    names.join(", ")
                )))
            }
        }
    }

    fn samples(&mut self, columns: &Columns, most: usize) -> Result<Vec<Run>, RunError> {
        let at = self.samples_at(columns)?;
        let shape = self.listed[at].1.shape.clone();
        let (runs, rows, dimension) = match shape[..] {
            [n] => (1, n, 1),
            [n, d] => (1, n, d),
            [runs, n, d] => (runs, n, d),
            _ => {
                return Err(self.fail(format!("samples of shape {shape:?}: they must be n x d, or runs x n x d")));
            }
        };
        if dimension == 0 {
            return Err(self.fail("its samples have no coordinates"));
        }
        let logs = [ArrayRole::LogQ, ArrayRole::LogP].map(|role| self.find(columns, role));
        let width = runs * (dimension + logs.iter().flatten().count());
        let stride = thin::stride(rows, width, most);
        let pick = Pick::drawn(stride);
        let axis = shape.len().saturating_sub(2);
        let points = self.array(at, axis, pick)?.values;
        let mut values = [None, None];
        for (value, log) in values.iter_mut().zip(logs) {
            let Some(log) = log else { continue };
            let found = self.listed[log].1.shape.clone();
            let squeezed: Vec<usize> = found.iter().copied().filter(|n| *n != 1).collect();
            let wanted: Vec<usize> = shape[..=axis].iter().copied().filter(|n| *n != 1).collect();
            if squeezed != wanted {
                let name = &self.listed[log].0;
                return Err(self.fail(format!("array `{name}` has shape {found:?}, the samples {shape:?}")));
            }
            // (runs, n), or (n), perhaps with an axis of length one at the end.
            let rows_at = found.iter().rposition(|n| *n == rows).unwrap_or(0);
            *value = Some(self.array(log, rows_at, pick)?.values);
        }
        let kept = pick.count(rows);
        let part =
            |values: &[f64], run: usize, width: usize| values[run * kept * width..(run + 1) * kept * width].to_vec();
        let [log_q, log_p] = values;
        Ok((0..runs)
            .map(|run| {
                let name = if runs == 1 { self.file.to_owned() } else { format!("{}:{}", self.file, run + 1) };
                let samples = Samples {
                    dimension,
                    points: part(&points, run, dimension),
                    log_q: log_q.as_ref().map(|log| part(log, run, 1)),
                    log_p: log_p.as_ref().map(|log| part(log, run, 1)),
                    incomplete: 0,
                    stride,
                };
                Run { name, data: Data::Samples(samples.completed()) }
            })
            .collect())
    }

    fn trace(&mut self, columns: &Columns, most: usize) -> Result<Vec<Run>, RunError> {
        let at = self.find(columns, ArrayRole::Means).unwrap_or(0);
        let shape = self.listed[at].1.shape.clone();
        let (moments, components, dimension) = match shape[..] {
            [k, d] => (1, k, d),
            [t, k, d] => (t, k, d),
            _ => {
                return Err(self.fail(format!(
                    "`{}` has shape {shape:?}: it must be moments x components x coordinates",
                    self.listed[at].0
                )));
            }
        };
        if moments * components * dimension == 0 {
            return Err(self.fail("its trace is empty"));
        }
        let stride = thin::stride(moments, components * (dimension + 2) + 2, most);
        let pick = Pick::last(stride);
        let means = self.array(at, 0, if shape.len() == 3 { pick } else { Pick::ALL })?.values;
        let kept = pick.count(moments);
        let each = self.spread(columns, ArrayRole::Weights, [moments, components], pick)?;
        let weights = each.unwrap_or_else(|| vec![1.0 / components as f64; kept * components]);
        let mut variances = self.spread(columns, ArrayRole::Variances, [moments, components], pick)?;
        if variances.is_none() {
            let deviations = self.spread(columns, ArrayRole::Deviations, [moments, components], pick)?;
            variances = deviations.map(|values| values.into_iter().map(|s| s * s).collect());
        }
        let mut temperature = self.spread(columns, ArrayRole::Temperature, [moments, 1], pick)?;
        if temperature.is_none() {
            let beta = self.spread(columns, ArrayRole::Beta, [moments, 1], pick)?;
            temperature = beta.map(|values| values.into_iter().map(f64::recip).collect());
        }
        let times = self.spread(columns, ArrayRole::Time, [moments, 1], pick)?;
        let times = times.unwrap_or_else(|| (0..kept).map(|block| pick.row(block, moments) as f64).collect());
        let trace = Trace { components, dimension, times, temperature, means, weights, variances };
        Ok(vec![Run { name: self.file.to_owned(), data: Data::Trace(trace) }])
    }

    /// An array of moments x components: given so, for each moment, for each component, or once.
    fn spread(
        &mut self,
        columns: &Columns,
        role: ArrayRole,
        [moments, components]: [usize; 2],
        pick: Pick,
    ) -> Result<Option<Vec<f64>>, RunError> {
        let Some(at) = self.find(columns, role) else { return Ok(None) };
        let shape = self.listed[at].1.shape.clone();
        let kept = pick.count(moments);
        let repeat =
            |values: &[f64], times: usize| values.iter().flat_map(|v| std::iter::repeat_n(*v, times)).collect();
        Ok(Some(match shape[..] {
            [t, k] if t == moments && k == components => self.array(at, 0, pick)?.values,
            [t, 1] | [t] if t == moments && t != components => repeat(&self.array(at, 0, pick)?.values, components),
            [t] if t == moments && components == 1 => self.array(at, 0, pick)?.values,
            [k] if k == components => self.array(at, 0, Pick::ALL)?.values.repeat(kept),
            [] | [1] => vec![self.array(at, 0, Pick::ALL)?.values[0]; kept * components],
            // Of every coordinate: its mean.
            [t, k, d] if t == moments && k == components && d > 0 => {
                let all = self.array(at, 0, pick)?.values;
                all.chunks_exact(d).map(|row| row.iter().sum::<f64>() / d as f64).collect()
            }
            _ => {
                let name = &self.listed[at].0;
                return Err(self.fail(format!(
                    "array `{name}` has shape {shape:?}, the trace {moments} moments of {components} components"
                )));
            }
        }))
    }
}
