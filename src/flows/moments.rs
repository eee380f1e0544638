//! Means and spreads with their standard errors.

/// An estimate from independent samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleMean {
    /// Its value.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// The mean, with error sqrt(variance/n).
pub(crate) fn mean(values: &[f64]) -> SampleMean {
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - value).powi(2)).sum::<f64>() / (n - 1.0);
    SampleMean { value, error: (variance / n).sqrt() }
}

/// The standard deviation, with error sqrt((m4 - m2^2)/n)/(2 sd) from the fourth moment.
pub(crate) fn spread(values: &[f64]) -> SampleMean {
    let n = values.len() as f64;
    let centre = values.iter().sum::<f64>() / n;
    let moment = |power| values.iter().map(|x| (x - centre).powi(power)).sum::<f64>() / n;
    let (second, fourth) = (moment(2), moment(4));
    let value = second.sqrt();
    let error = if value > 0.0 { ((fourth - second * second).max(0.0) / n).sqrt() / (2.0 * value) } else { 0.0 };
    SampleMean { value, error }
}

/// log of the mean of e^x, relative to the largest x so that nothing overflows.
pub(crate) fn log_mean_exp(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let n = values.len() as f64;
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    largest + (values.map(|x| (x - largest).exp()).sum::<f64>() / n).ln()
}
