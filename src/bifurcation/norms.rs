//! Norms of vectors.

/// Maximum norm, infinite where an entry is not finite (a plain maximum would pass over NaN).
pub(super) fn max_norm(values: &[f64]) -> f64 {
    values.iter().fold(
        0.0,
        |largest: f64, value| {
            if value.is_finite() { largest.max(value.abs()) } else { f64::INFINITY }
        },
    )
}
