//! Temperatures interpolated in a table, their primitive of beta and its inverse.

use crate::schedule::ratios::{expm1_over, log1p_over};

/// T at t: linear between the points, constant outside.
pub(super) fn table_temperature(times: &[f64], temperatures: &[f64], t: f64) -> f64 {
    let after = times.partition_point(|&time| time <= t);
    match after {
        0 => temperatures[0],
        n if n == times.len() => temperatures[n - 1],
        n => {
            let x = (t - times[n - 1]) / (times[n] - times[n - 1]);
            temperatures[n - 1] + (temperatures[n] - temperatures[n - 1]) * x
        }
    }
}

/// The segments of a table as (start, length, T at start, T at end); the last one has infinite length.
pub(super) fn table_segments<'a>(
    times: &'a [f64],
    temperatures: &'a [f64],
) -> impl Iterator<Item = (f64, f64, f64, f64)> + 'a {
    let last = times.len() - 1;
    let before = (0.0, times[0], temperatures[0], temperatures[0]);
    let inner = (0..last).map(|i| (times[i], times[i + 1] - times[i], temperatures[i], temperatures[i + 1]));
    let after = (times[last], f64::INFINITY, temperatures[last], temperatures[last]);
    std::iter::once(before).chain(inner).chain(std::iter::once(after))
}

pub(super) fn table_integral(times: &[f64], temperatures: &[f64], t: f64) -> f64 {
    let mut total = 0.0;
    for (start, length, t_a, t_b) in table_segments(times, temperatures) {
        if t <= start {
            break;
        }
        let elapsed = (t - start).min(length);
        let slope = if length.is_finite() && length > 0.0 { (t_b - t_a) / (t_a * length) } else { 0.0 };
        total += elapsed / t_a * log1p_over(slope * elapsed);
    }
    total
}

pub(super) fn table_inverse(times: &[f64], temperatures: &[f64], value: f64) -> f64 {
    let mut rest = value;
    for (start, length, t_a, t_b) in table_segments(times, temperatures) {
        let slope = if length.is_finite() && length > 0.0 { (t_b - t_a) / (t_a * length) } else { 0.0 };
        let whole = if length.is_finite() { length / t_a * log1p_over(slope * length) } else { f64::INFINITY };
        if rest <= whole {
            return start + rest * t_a * expm1_over(slope * t_a * rest);
        }
        rest -= whole;
    }
    f64::INFINITY
}
