//! Integrals of smooth functions of one number.

/// Adaptive Simpson with Richardson's correction; `tolerance` absolute, at most `depth` halvings.
pub(crate) fn simpson(f: &dyn Fn(f64) -> f64, a: f64, b: f64, tolerance: f64, depth: u32) -> f64 {
    let m = a + (b - a) / 2.0;
    let (l, r) = (f(a + (m - a) / 2.0), f(m + (b - m) / 2.0));
    let (fa, fm, fb) = (f(a), f(m), f(b));
    let whole = (b - a) / 6.0 * (fa + 4.0 * fm + fb);
    let halves = (b - a) / 12.0 * (fa + 4.0 * l + 2.0 * fm + 4.0 * r + fb);
    let change = halves - whole;
    if depth == 0 || change.abs() <= 15.0 * tolerance.max(f64::EPSILON * halves.abs()) {
        return halves + change / 15.0;
    }
    simpson(f, a, m, tolerance / 2.0, depth - 1) + simpson(f, m, b, tolerance / 2.0, depth - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrals_to_their_tolerance() {
        for tolerance in [1e-4, 1e-8, 1e-12] {
            // Runge's function: atan(5 x)/5.
            let found = simpson(&|x: f64| 1.0 / (1.0 + 25.0 * x * x), -1.0, 2.0, tolerance, 40);
            let exact = (10f64.atan() + 5f64.atan()) / 5.0;
            assert!((found - exact).abs() < tolerance, "{found} {exact}");
        }
        // A cubic is integrated exactly.
        assert!((simpson(&|x| x * x * x, 0.0, 2.0, 1.0, 40) - 4.0).abs() < 1e-15);
    }
}
