//! One run.

use crate::runs::error::RunError;

/// How far a sum of shares may be from 1: a few numbers of half precision are off by less.
const ROUNDED: f64 = 4e-3;

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The file's name, with the run's own where a file holds several.
    pub name: String,
    /// What it left.
    pub data: Data,
}

/// What a run left.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Samples of the fit.
    Samples(Samples),
    /// The components of a mixture over its training.
    Trace(Trace),
    /// The share of its mass on each mode.
    Coverage(Vec<f64>),
}

/// Samples of a fit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    /// d.
    pub dimension: usize,
    /// The samples one after the other, n d numbers.
    pub points: Vec<f64>,
    /// log q of each.
    pub log_q: Option<Vec<f64>>,
    /// log p of each, with any constant; -inf where p = 0.
    pub log_p: Option<Vec<f64>>,
    /// Rows that were left out because a value is missing or not finite.
    pub incomplete: usize,
    /// One row of so many was read.
    pub stride: usize,
}

/// The components of a mixture over its training: lists over T moments, K components and d coordinates, the last fastest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// K.
    pub components: usize,
    /// d.
    pub dimension: usize,
    /// Step, iteration or time of each moment; 0, 1, 2, .. unless given.
    pub times: Vec<f64>,
    /// T(t) of each moment.
    pub temperature: Option<Vec<f64>>,
    /// mu_i (T x K x d).
    pub means: Vec<f64>,
    /// w_i (T x K).
    pub weights: Vec<f64>,
    /// Variance of a coordinate of component i (T x K); none if the file does not say.
    pub variances: Option<Vec<f64>>,
}

impl Samples {
    /// n.
    pub fn len(&self) -> usize {
        self.points.len() / self.dimension.max(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Sample i.
    pub fn point(&self, i: usize) -> &[f64] {
        &self.points[i * self.dimension..(i + 1) * self.dimension]
    }

    /// A number that is the same for the same points.
    pub fn fingerprint(&self) -> u64 {
        // FNV-1a over words.
        let step = |hash: u64, x: &f64| (hash ^ x.to_bits()).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
        self.points.iter().fold(0xcbf2_9ce4_8422_2325 ^ self.dimension as u64, step)
    }

    /// Leaves out what is not finite: a coordinate, a log that is no number or +inf.
    pub(crate) fn completed(mut self) -> Self {
        let sound = |log: &Option<Vec<f64>>, i: usize| log.as_ref().is_none_or(|log| log[i] < f64::INFINITY);
        let keep: Vec<usize> = (0..self.len())
            .filter(|&i| self.point(i).iter().all(|x| x.is_finite()) && sound(&self.log_q, i) && sound(&self.log_p, i))
            .collect();
        if keep.len() < self.len() {
            self.incomplete += self.len() - keep.len();
            self.points = keep.iter().flat_map(|&i| self.point(i).to_vec()).collect();
            let pick = |log: Vec<f64>| keep.iter().map(|&i| log[i]).collect();
            self.log_q = self.log_q.map(pick);
            self.log_p = self.log_p.map(pick);
        }
        self
    }
}

impl Trace {
    /// T.
    pub fn moments(&self) -> usize {
        self.times.len()
    }

    /// mu_i at a moment.
    pub fn mean(&self, moment: usize, i: usize) -> &[f64] {
        let at = (moment * self.components + i) * self.dimension;
        &self.means[at..at + self.dimension]
    }

    /// The weights at a moment.
    pub fn weights_at(&self, moment: usize) -> &[f64] {
        &self.weights[moment * self.components..(moment + 1) * self.components]
    }

    /// The variances at a moment.
    pub fn variances_at(&self, moment: usize) -> Option<&[f64]> {
        Some(&self.variances.as_ref()?[moment * self.components..(moment + 1) * self.components])
    }
}

impl Run {
    /// A run that is in memory: samples whose values are not finite are left out and counted.
    ///
    /// # Errors
    /// What can be no run: none of its samples is finite, weights that do not sum to one, and the like.
    pub fn new(name: impl Into<String>, data: Data) -> Result<Self, RunError> {
        let data = match data {
            Data::Samples(samples) => Data::Samples(samples.completed()),
            other => other,
        };
        Self { name: name.into(), data }.checked()
    }

    /// The run, if what it holds can be one.
    pub(crate) fn checked(self) -> Result<Self, RunError> {
        let fail = |message: String| Err(RunError::new(&self.name, message));
        match &self.data {
            Data::Samples(samples) if samples.is_empty() => match samples.incomplete {
                0 => fail("it holds no samples".to_owned()),
                n => fail(format!("a value is missing or not finite in each of its {n} samples")),
            },
            Data::Trace(trace) if trace.moments() == 0 => fail("its trace has no moments".to_owned()),
            Data::Trace(trace) if !trace.means.iter().all(|x| x.is_finite()) => {
                fail("a mean of its trace is not finite".to_owned())
            }
            Data::Trace(trace) => {
                let last = trace.moments() - 1;
                if !trace.weights.iter().all(|w| (0.0..=1.0 + 1e-6).contains(w)) {
                    return fail("a weight of its trace is not between 0 and 1".to_owned());
                }
                let sum: f64 = trace.weights_at(last).iter().sum();
                if (sum - 1.0).abs() > ROUNDED {
                    return fail(format!("the weights at the end of its trace sum to {sum}: they must sum to 1"));
                }
                match trace.variances.iter().flatten().find(|v| !(**v > 0.0 && v.is_finite())) {
                    Some(v) => fail(format!("a variance of its trace is {v}: it must be positive")),
                    None => Ok(self),
                }
            }
            Data::Coverage(shares) => match shares.iter().find(|c| !(-1e-9..=1.0 + 1e-6).contains(*c)) {
                Some(c) => fail(format!("a coverage is {c}: it must be between 0 and 1")),
                None if shares.iter().sum::<f64>() > 1.0 + ROUNDED => {
                    fail(format!("its coverages sum to {}: they must sum to 1 at most", shares.iter().sum::<f64>()))
                }
                None => Ok(self),
            },
            Data::Samples(_) => Ok(self),
        }
    }
}
