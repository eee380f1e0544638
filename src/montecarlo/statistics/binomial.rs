//! Intervals for a share that was counted.

use statrs::function::gamma::ln_gamma;

/// The Clopper-Pearson interval of a probability after `count` of `n`: the values p at which the binomial tail beyond
/// the count, P(X >= count) for the lower end and P(X <= count) for the upper, is (1 - level)/2. (0, 1) for n = 0.
pub fn binomial_interval(count: u64, n: u64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let (k, rest) = (count.min(n) as f64, n.saturating_sub(count) as f64);
    let low = if count == 0 { 0.0 } else { root(|p| beta_regularised(k, rest + 1.0, p), tail) };
    let high = if count >= n { 1.0 } else { root(|p| beta_regularised(k + 1.0, rest, p), 1.0 - tail) };
    (low, high)
}

/// Where the increasing `f` passes `value` on [0, 1], to rounding.
fn root(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (0.0f64, 1.0f64);
    loop {
        let middle = low + (high - low) / 2.0;
        // 1e-12 relative: far below what a count can tell, and no walk down through the subnormals.
        if middle <= low || middle >= high || high - low <= 1e-12 * high {
            return middle;
        }
        if f(middle) < value { low = middle } else { high = middle }
    }
}

/// I_x(a, b) = P(X <= x) of the beta law, a, b > 0, by Lentz's continued fraction (Numerical Recipes 6.4) run to
/// convergence: it needs O(sqrt(max(a, b))) terms, more than fixed-length implementations allow for n = 10^6.
///
/// Relative error about 1e-16 (a + b) log(a + b), from the logarithms of Gamma.
fn beta_regularised(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction of the incomplete beta function.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guarded = |v: f64| if v.abs() < TINY { TINY } else { v };
    let terms = 1000 + 10 * (a.max(b)).sqrt() as usize;
    let mut c = 1.0;
    let mut d = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for i in 1..=terms {
        let m = i as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guarded(1.0 + even * d);
        c = guarded(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guarded(1.0 + odd * d);
        c = guarded(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_beta_against_closed_forms() {
        for x in [1e-3, 0.2, 0.5, 0.9] {
            // I_x(a, 1) = x^a, I_x(1, b) = 1 - (1-x)^b, I_x(2, 2) = x^2 (3 - 2x).
            assert!((beta_regularised(7.0, 1.0, x) - x.powi(7)).abs() < 1e-13);
            assert!((beta_regularised(1.0, 5.0, x) - (1.0 - (1.0 - x).powi(5))).abs() < 1e-13);
            assert!((beta_regularised(2.0, 2.0, x) - x * x * (3.0 - 2.0 * x)).abs() < 1e-13);
        }
        // The median of a symmetric law, with parameters as large as an ensemble makes them.
        assert!((beta_regularised(5e5, 5e5, 0.5) - 0.5).abs() < 1e-8);
    }

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
