//! The small-start formula (15) of the free pair, averaged over the start law.

use collapsar_theory::{Schedule, SmallStart};

use crate::probability::law::{chi_density, chi_range, two_sided};
use crate::probability::quadrature::{Integral, integrate, integrate_parallel};

/// Standard deviations beyond which a Gaussian start is left out.
const TAIL: f64 = 7.5;

/// P_c of theory (15) for means drawn from N(0, `scale`^2 I) in R^`dimension`, kl clock and equal target weights:
/// E over z0 and x0 of 2 Phi(boundary/s) - 1, s = scale/sqrt(2). Leading order for scale << 1.
pub fn small_start_probability(
    formula: &SmallStart,
    schedule: &Schedule,
    dimension: usize,
    scale: f64,
    tolerance: f64,
) -> Integral {
    let s = scale * std::f64::consts::FRAC_1_SQRT_2;
    let line = |z: f64| {
        let mut at = formula.at(z, schedule);
        // x = TAIL s v^2: the boundary leaves 0 with a power.
        let mut integrand = |v: f64| {
            let ratio = TAIL * v * v;
            let density = (2.0 / std::f64::consts::PI).sqrt() * (-ratio * ratio / 2.0).exp() * 2.0 * TAIL * v;
            if density == 0.0 || ratio == 0.0 {
                return (0.0, 0.0);
            }
            (density * two_sided(at.boundary(s * ratio) / s), 0.0)
        };
        integrate(&mut integrand, &[0.0, 1.0], tolerance / 4.0)
    };
    if dimension == 1 {
        return line(0.0);
    }
    let freedom = (dimension - 1) as f64;
    let (low, high) = chi_range(freedom);
    let integrand = |radius: f64| {
        let inner = line(s * radius);
        let density = chi_density(freedom, radius);
        (density * inner.value, density * inner.error)
    };
    integrate_parallel(&integrand, &[low, freedom.sqrt().clamp(low, high), high], tolerance / 2.0)
}
