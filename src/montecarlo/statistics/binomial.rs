//! Intervals for a share that was counted.

use collapsar_theory::numerics::{bisect, regularised_beta};

/// The Clopper-Pearson interval of a probability after `count` of `n`: the values p at which the binomial tail beyond
/// the count, P(X >= count) for the lower end and P(X <= count) for the upper, is (1 - level)/2. (0, 1) for n = 0.
pub fn binomial_interval(count: u64, n: u64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let (k, rest) = (count.min(n) as f64, n.saturating_sub(count) as f64);
    let low = |p: f64| regularised_beta(k, rest + 1.0, p) - tail;
    let high = |p: f64| regularised_beta(k + 1.0, rest, p) - (1.0 - tail);
    let low = if count == 0 { None } else { bisect(0.0, 1.0, low) };
    let high = if count >= n { None } else { bisect(0.0, 1.0, high) };
    (low.unwrap_or(0.0), high.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_small_and_large_counts() {
        // Rule of three, exactly: 1 - 0.025^(1/n).
        let (low, high) = binomial_interval(0, 100, 0.95);
        assert!(low == 0.0 && (high - (1.0 - 0.025f64.powf(0.01))).abs() < 1e-11);
        assert_eq!(binomial_interval(0, 0, 0.95), (0.0, 1.0));
        assert_eq!(binomial_interval(5, 5, 0.95).1, 1.0);
        // Binomial sums at the ends: P(X >= 8) at the lower, P(X <= 8) at the upper.
        let (low, high) = binomial_interval(8, 20, 0.99);
        let choose = |k: u64| (0..k).map(|i| (20 - i) as f64 / (i + 1) as f64).product::<f64>();
        let mass = |p: f64, k: u64| choose(k) * p.powi(k as i32) * (1.0 - p).powi(20 - k as i32);
        assert!(((8..=20).map(|k| mass(low, k)).sum::<f64>() - 0.005).abs() < 1e-11);
        assert!(((0..=8).map(|k| mass(high, k)).sum::<f64>() - 0.005).abs() < 1e-11);
        // Normal limit: +-1.96 standard errors, to the continuity correction 1/(2n) and the skewness.
        let (low, high) = binomial_interval(300_000, 1_000_000, 0.95);
        let spread = 1.959_964 * (0.3f64 * 0.7 / 1e6).sqrt();
        assert!((0.3 - low - spread).abs() < 2e-6 && (high - 0.3 - spread).abs() < 2e-6);
    }
}
