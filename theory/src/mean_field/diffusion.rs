//! One coordinate of the flow (M9) on a grid: jumps between neighbours that leave e^(-U) at rest, one implicit step.

/// d_t p = L p of masses on a grid with step dx: from k to k+1 at the rate e^((U_k - U_(k+1))/2)/dx^2, and back at its mirror
/// image. The masses e^(-U) are at rest exactly, whatever dx; the motion errs by dx^2. Source: d_t q = d_x(q d_x(log q + U)).
pub(super) struct Diffusion {
    up: Vec<f64>,
    down: Vec<f64>,
}

/// 1 - 2^(-1/2): two implicit stages of second order that damp what is fast.
const STAGE: f64 = 1.0 - std::f64::consts::FRAC_1_SQRT_2;
/// Half of a difference of U between neighbours beyond which a rate says no more than "at once".
const STEEP: f64 = 30.0;

impl Diffusion {
    /// The jumps in the potential `u`.
    pub(super) fn new(u: &[f64], dx: f64) -> Self {
        let (scale, pairs) = (1.0 / (dx * dx), u.windows(2));
        let up: Vec<f64> = pairs.map(|u| libm::exp((0.5 * (u[0] - u[1])).clamp(-STEEP, STEEP))).collect();
        let down = up.iter().map(|rate| scale / rate).collect();
        Self { up: up.into_iter().map(|rate| scale * rate).collect(), down }
    }

    /// (1 - tau L)^(-1) p, in place: elimination without pivots, for the columns of 1 - tau L sum to 1.
    fn implicit(&self, tau: f64, p: &mut [f64]) {
        let n = p.len();
        let out = |k: usize| self.up.get(k).unwrap_or(&0.0) + if k > 0 { self.down[k - 1] } else { 0.0 };
        let mut ratios = vec![0.0; n];
        let mut pivot = 1.0 + tau * out(0);
        p[0] /= pivot;
        for k in 1..n {
            ratios[k - 1] = tau * self.down[k - 1] / pivot;
            let below = tau * self.up[k - 1];
            pivot = 1.0 + tau * out(k) - below * ratios[k - 1];
            p[k] = (p[k] + below * p[k - 1]) / pivot;
        }
        for k in (0..n - 1).rev() {
            p[k] += ratios[k] * p[k + 1];
        }
    }

    /// One implicit step of first order.
    pub(super) fn first_order(&self, tau: f64, p: &[f64]) -> Vec<f64> {
        let mut next = p.to_vec();
        self.implicit(tau, &mut next);
        next
    }

    /// One step of second order in `tau`; masses keep their sum.
    pub(super) fn step(&self, tau: f64, p: &[f64]) -> Vec<f64> {
        let first = self.first_order(STAGE * tau, p);
        let weight = (1.0 - STAGE) / STAGE;
        let mut next: Vec<f64> = p.iter().zip(&first).map(|(p, q)| p + weight * (q - p)).collect();
        self.implicit(STAGE * tau, &mut next);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(dx: f64) -> Vec<f64> {
        let half = (9.0 / dx) as i32;
        (-half..=half).map(|k| f64::from(k) * dx).collect()
    }

    fn normal(x: &[f64], mean: f64, variance: f64) -> Vec<f64> {
        let p: Vec<f64> = x.iter().map(|x| libm::exp(-(x - mean) * (x - mean) / (2.0 * variance))).collect();
        let sum: f64 = p.iter().sum();
        p.iter().map(|p| p / sum).collect()
    }

    /// In x^2/2 the mean falls as e^-t and the variance goes to 1 as e^-2t.
    #[test]
    fn a_normal_law_in_a_parabola() {
        let at = |dx: f64, tau: f64| {
            let x = grid(dx);
            let u: Vec<f64> = x.iter().map(|x| 0.5 * x * x).collect();
            let jumps = Diffusion::new(&u, dx);
            let mut p = normal(&x, 1.5, 0.5);
            for _ in 0..(1.0 / tau) as usize {
                p = jumps.step(tau, &p);
            }
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-13);
            let mean: f64 = x.iter().zip(&p).map(|(x, p)| x * p).sum();
            let variance: f64 = x.iter().zip(&p).map(|(x, p)| (x - mean) * (x - mean) * p).sum();
            [mean - 1.5 * libm::exp(-1.0), variance - (1.0 - 0.5 * libm::exp(-2.0))]
        };
        let (coarse, fine) = (at(0.2, 1.0 / 64.0), at(0.1, 1.0 / 128.0));
        for (coarse, fine) in coarse.iter().zip(fine) {
            // Both halved: the error falls to a quarter.
            assert!(coarse.abs() < 0.01 && (coarse / fine - 4.0).abs() < 0.3, "{coarse:e} {fine:e}");
        }
    }

    #[test]
    fn the_law_of_the_potential_is_at_rest() {
        let x = grid(0.3);
        let u: Vec<f64> = x.iter().map(|x| 0.5 * x * x - libm::log(libm::cosh(2.0 * x + 0.3))).collect();
        let sum: f64 = u.iter().map(|u| libm::exp(-u)).sum();
        let p: Vec<f64> = u.iter().map(|u| libm::exp(-u) / sum).collect();
        let moved = Diffusion::new(&u, 0.3).step(7.0, &p);
        assert!(p.iter().zip(&moved).all(|(p, q)| (p - q).abs() < 1e-15));
    }
}
