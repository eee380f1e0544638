//! Temperatures interpolated in a table, their primitive of beta and its inverse.

use crate::schedule::ratios::{expm1_over, log1p_over};

/// The points of a table; a time that is there twice is a jump.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) times: Vec<f64>,
    pub(super) temperatures: Vec<f64>,
    /// For each piece between breakpoints the first point after its beginning.
    after: Vec<usize>,
}

impl Table {
    pub(super) fn new(times: Vec<f64>, temperatures: Vec<f64>) -> Self {
        let mut table = Self { times, temperatures, after: Vec::new() };
        let starts = std::iter::once(0.0).chain(table.breakpoints());
        table.after = starts.map(|start| table.after_time(start)).collect();
        table
    }

    /// The times > 0, each once.
    pub(super) fn breakpoints(&self) -> Vec<f64> {
        let mut times: Vec<f64> = self.times.iter().copied().filter(|&t| t > 0.0).collect();
        times.dedup();
        times
    }

    fn after_time(&self, t: f64) -> usize {
        self.times.partition_point(|&time| time <= t)
    }

    /// T on the line before point `after`; constant outside.
    fn on_segment(&self, after: usize, t: f64) -> f64 {
        let (times, temperatures) = (&self.times, &self.temperatures);
        match after {
            0 => temperatures[0],
            n if n == times.len() => temperatures[n - 1],
            n => {
                let x = (t - times[n - 1]) / (times[n] - times[n - 1]);
                temperatures[n - 1] + (temperatures[n] - temperatures[n - 1]) * x
            }
        }
    }
}

/// T at t: linear between the points, constant outside.
pub(super) fn table_temperature(table: &Table, t: f64) -> f64 {
    table.on_segment(table.after_time(t), t)
}

/// T at t by the line of the piece, so that a jump at its end does not count.
pub(super) fn table_in_piece(table: &Table, piece: usize, t: f64) -> f64 {
    table.on_segment(table.after[piece.min(table.after.len() - 1)], t)
}

/// The segments of a table as (start, length, T at start, T at end); the last one has infinite length.
fn table_segments(table: &Table) -> impl Iterator<Item = (f64, f64, f64, f64)> + '_ {
    let Table { times, temperatures, .. } = table;
    let last = times.len() - 1;
    let before = (0.0, times[0], temperatures[0], temperatures[0]);
    let inner = (0..last).map(|i| (times[i], times[i + 1] - times[i], temperatures[i], temperatures[i + 1]));
    let after = (times[last], f64::INFINITY, temperatures[last], temperatures[last]);
    std::iter::once(before).chain(inner).chain(std::iter::once(after))
}

pub(super) fn table_integral(table: &Table, t: f64) -> f64 {
    let mut total = 0.0;
    for (start, length, t_a, t_b) in table_segments(table) {
        if t <= start {
            break;
        }
        let elapsed = (t - start).min(length);
        let slope = if length.is_finite() && length > 0.0 { (t_b - t_a) / (t_a * length) } else { 0.0 };
        total += elapsed / t_a * log1p_over(slope * elapsed);
    }
    total
}

pub(super) fn table_inverse(table: &Table, value: f64) -> f64 {
    let mut rest = value;
    for (start, length, t_a, t_b) in table_segments(table) {
        let slope = if length.is_finite() && length > 0.0 { (t_b - t_a) / (t_a * length) } else { 0.0 };
        let whole = if length.is_finite() { length / t_a * log1p_over(slope * length) } else { f64::INFINITY };
        if rest <= whole {
            return start + rest * t_a * expm1_over(slope * t_a * rest);
        }
        rest -= whole;
    }
    f64::INFINITY
}
