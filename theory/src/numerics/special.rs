//! Inverses of special functions.

use std::f64::consts::PI;

/// x >= 0 with erf(x) = p, p in (0, 1): Newton on erf for small p, on log erfc (convex, nearly quadratic) for large p,
/// so that neither end loses digits.
pub(crate) fn inverse_erf(p: f64) -> f64 {
    let small = p < 0.5;
    let target = (-p).ln_1p();
    let mut x = if small { p * PI.sqrt() / 2.0 } else { (-target).sqrt() };
    for _ in 0..60 {
        let density = 2.0 / PI.sqrt() * (-x * x).exp();
        let tail = libm::erfc(x);
        let step = if small { (libm::erf(x) - p) / density } else { (target - tail.ln()) * tail / density };
        x = (x - step).max(0.0);
        if step.abs() <= 4.0 * f64::EPSILON * x {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erf_is_inverted_at_both_ends() {
        for p in [1e-12, 1e-3, 0.2, 0.5, 0.9, 1.0 - 1e-9] {
            let x = inverse_erf(p);
            assert!((libm::erf(x) - p).abs() <= 4.0 * f64::EPSILON * p, "{p}");
        }
        let x = inverse_erf(1.0 - 1e-13);
        assert!((libm::erfc(x) / (1.0 - (1.0 - 1e-13)) - 1.0).abs() < 1e-12);
    }
}
