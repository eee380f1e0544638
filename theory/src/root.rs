//! Roots of functions of one number.

/// The root of an increasing function that changes sign on [low, high], to the last bit; `None` if it does not.
pub(crate) fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> Option<f64> {
    if !(f(low) < 0.0 && f(high) > 0.0) {
        return None;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return Some(middle);
        }
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
}
