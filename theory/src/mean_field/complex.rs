//! Complex numbers, as much of them as characteristic functions need.

use std::ops::{Add, AddAssign, Mul};

/// re + i im.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

/// 1.
pub(super) const ONE: Complex = Complex { re: 1.0, im: 0.0 };

/// Up to this power products are as exact as logarithms, and cheaper.
const FEW: usize = 8;

impl Complex {
    /// e^(i angle).
    pub(super) fn turn(angle: f64) -> Self {
        let (im, re) = libm::sincos(angle);
        Self { re, im }
    }

    /// Its square modulus.
    pub(super) fn square(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    /// Scaled by a real number.
    pub(super) fn scale(self, by: f64) -> Self {
        Self { re: self.re * by, im: self.im * by }
    }

    /// (1 + self)^n with an error of order eps |n log(1 + self)|.
    ///
    /// By repeated products the rounding of 1 + self would count n times; ten thousand coordinates have factors that
    /// differ from 1 by 1e-4. The branch of the logarithm does not matter for whole n. A zero gives 0.
    pub(super) fn one_plus_to(self, n: usize) -> Self {
        let base = Self { re: 1.0 + self.re, im: self.im };
        if n <= FEW {
            return (0..n).fold(ONE, |product, _| product * base);
        }
        let log_modulus = 0.5 * libm::log1p(2.0 * self.re + self.square());
        if base.im == 0.0 {
            // An even law keeps its characteristic function real: no sin(n pi) may enter.
            let sign = if base.re < 0.0 && n % 2 == 1 { -1.0 } else { 1.0 };
            return Self { re: sign * libm::exp(n as f64 * log_modulus), im: 0.0 };
        }
        let n = n as f64;
        Self::turn(n * libm::atan2(base.im, base.re)).scale(libm::exp(n * log_modulus))
    }
}

impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl AddAssign for Complex {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_agree_on_both_sides_of_the_switch() {
        let delta = Complex { re: -0.3, im: 0.4 };
        let base = ONE + delta;
        let eight = delta.one_plus_to(FEW);
        let nine = delta.one_plus_to(FEW + 1);
        let product = eight * base;
        assert!((nine.re - product.re).abs() < 1e-16 && (nine.im - product.im).abs() < 1e-16);
        assert_eq!(Complex { re: -1.0, im: 0.0 }.one_plus_to(12), Complex::default());
        let odd = Complex { re: -1.5, im: 0.0 }.one_plus_to(9);
        assert!((odd.re + 0.5f64.powi(9)).abs() < 1e-17 && odd.im == 0.0);
        // (1 - 1e-6)^(10^6) = e^-1 (1 - 5e-7 - ..), far better than the 1e-10 of repeated products.
        let many = Complex { re: -1e-6, im: 0.0 }.one_plus_to(1_000_000);
        let exact = (1e6 * (-1e-6_f64).ln_1p()).exp();
        assert!((many.re - exact).abs() < 1e-15 && many.im == 0.0);
    }
}
