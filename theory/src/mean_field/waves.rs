//! log cosh as a sum of waves.
//!
//! f(t) = log cosh t has tanh t = (1/pi) int_0^inf pi/sinh(pi om/2) sin(om t) d om as derivative. At the half-odd
//! frequencies om_m = (m + 1/2) 2 pi/P the sum in place of the integral is a square wave that changes its sign at 0, P,
//! 2P, ..: there it equals tanh up to 2 e^(-2(P-|t|)), |t| < P, and no singularity at om = 0 is met. Hence
//!
//!   E f(t + S) = sum_m k_m (1 - Re\[psi(om_m) e^(i om_m t)\]),   k_m = (2 pi/P) / (om_m sinh(pi om_m/2)).
//!
//! The weights fall as e^(-pi om/2), so a hundred frequencies carry the whole law of S.

use std::f64::consts::PI;

use super::complex::Complex;

/// Where e^(-pi om/2) is 2e-16, with what stands before it 1e-17.
const HIGHEST: f64 = 23.0;

/// The frequencies om_m and the weights k_m.
#[derive(Debug, Clone)]
pub(super) struct Waves {
    /// om_(m+1) - om_m.
    pub(super) step: f64,
    pub(super) omega: Vec<f64>,
    pub(super) weight: Vec<f64>,
    /// e^(i om_m h).
    pub(super) phase: Vec<Complex>,
}

impl Waves {
    /// Waves that hold for |t| up to somewhat below `period`, for the bias h = `bias`.
    pub(super) fn new(period: f64, bias: f64) -> Self {
        let step = 2.0 * PI / period;
        let count = (HIGHEST / step).ceil() as usize;
        let omega: Vec<f64> = (0..count).map(|m| (m as f64 + 0.5) * step).collect();
        let weight = omega.iter().map(|om| step / (om * libm::sinh(0.5 * PI * om))).collect();
        let phase = omega.iter().map(|om| Complex::turn(om * bias)).collect();
        Self { step, omega, weight, phase }
    }

    /// The first `count` of them.
    pub(super) fn lowest(&self, count: usize) -> Self {
        let first = |values: &[f64]| values[..count].to_vec();
        Self {
            step: self.step,
            omega: first(&self.omega),
            weight: first(&self.weight),
            phase: self.phase[..count].to_vec(),
        }
    }

    /// The same at another bias.
    pub(super) fn at_bias(&self, bias: f64) -> Self {
        let phase = self.omega.iter().map(|om| Complex::turn(om * bias)).collect();
        Self { phase, ..self.clone() }
    }

    /// E f(S+h), E tanh(S+h) and E sech^2(S+h), psi the characteristic function of S at the first frequencies.
    pub(super) fn averages(&self, psi: &[Complex]) -> (f64, f64, f64) {
        let (mut f, mut tanh, mut sech2) = (0.0, 0.0, 0.0);
        // The waves that psi leaves out still carry their part of f.
        let dropped: f64 = self.weight[psi.len()..].iter().rev().sum();
        for m in (0..psi.len()).rev() {
            let Complex { re, im } = psi[m] * self.phase[m];
            let (om, k) = (self.omega[m], self.weight[m]);
            f += k * (1.0 - re);
            tanh += k * om * im;
            sech2 += k * om * om * re;
        }
        (f + dropped, tanh, sech2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One point: psi = e^(i om t).
    #[test]
    fn waves_are_log_cosh() {
        let waves = Waves::new(60.0, 0.0);
        for t in [0.0, 1e-6, -0.3, 1.0, 5.0, -20.0, 41.0] {
            let psi: Vec<Complex> = waves.omega.iter().map(|om| Complex::turn(om * t)).collect();
            let (f, tanh, sech2) = waves.averages(&psi);
            let t_abs: f64 = f64::abs(t);
            let truth = t_abs + (-2.0 * t_abs).exp().ln_1p() - std::f64::consts::LN_2;
            // Terms up to k_0 = 4 P/pi^2 are added: 25 ulps of 1.
            assert!((f - truth).abs() < 2e-14, "{t}: {}", f - truth);
            assert!((tanh - t.tanh()).abs() < 2e-14 && (sech2 - 1.0 / t.cosh().powi(2)).abs() < 2e-14, "{t}");
        }
        let moved = Waves::new(60.0, 1.5);
        let psi: Vec<Complex> = moved.omega.iter().map(|om| Complex::turn(om * 0.7)).collect();
        assert!((moved.averages(&psi).1 - 2.2f64.tanh()).abs() < 2e-14);
    }
}
