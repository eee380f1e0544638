//! Exact samples of the target.

use std::f64::consts::TAU;

use collapsar_theory::{Benchmark, GaussianMixture, ManyWell, Target};
use nalgebra::{Cholesky, DMatrix};
use rand::{Rng, RngExt};

use crate::flows::target::FlowTarget;
use crate::flows::transport::BLOCK;
use crate::random::{Purpose, normal, stream_for};

impl FlowTarget {
    /// `count` points in `dimension` coordinates (standard normal in those that its modes lack), row by row; point i depends on
    /// (seed, i/128) and its place in that block only.
    pub fn sample(&self, dimension: usize, count: usize, seed: u64) -> Vec<f64> {
        let factors = match self {
            Self::Shaped(mixture) => factors(mixture),
            _ => Vec::new(),
        };
        let mut points = vec![0.0; count * dimension];
        for (block, points) in points.chunks_mut(BLOCK * dimension).enumerate() {
            let mut rng = stream_for(seed, Purpose::Target, block as u64);
            for point in points.chunks_exact_mut(dimension) {
                match self {
                    Self::Mixture(target) => of_unit(target, point, &mut rng),
                    Self::Shaped(mixture) => of_shaped(mixture, &factors, point, &mut rng),
                    Self::Benchmark(benchmark) => of_benchmark(benchmark, point, &mut rng),
                }
            }
        }
        points
    }
}

/// A mode, by the weights.
fn mode(weights: &[f64], rng: &mut impl Rng) -> usize {
    let mut left: f64 = rng.random();
    let drawn = weights.iter().position(|v| {
        left -= v;
        left < 0.0
    });
    drawn.unwrap_or(weights.len() - 1)
}

fn of_unit(target: &Target, point: &mut [f64], rng: &mut impl Rng) {
    let nu = &target.modes()[mode(target.weights(), rng)];
    let nu = nu.iter().copied().chain(std::iter::repeat(0.0));
    point.iter_mut().zip(nu).for_each(|(x, nu)| *x = nu + normal(rng));
}

/// Lower Cholesky factors of the covariances.
fn factors(mixture: &GaussianMixture) -> Vec<DMatrix<f64>> {
    let d = mixture.dimension();
    let of = |k: usize| {
        let rows = mixture.covariance_of(k);
        let factor = Cholesky::new(DMatrix::from_fn(d, d, |i, j| rows[i][j]));
        // A mixture has none that is not positive definite.
        factor.map_or_else(|| DMatrix::from_element(d, d, f64::NAN), |factor| factor.l())
    };
    (0..mixture.weights().len()).map(of).collect()
}

fn of_shaped(mixture: &GaussianMixture, factors: &[DMatrix<f64>], point: &mut [f64], rng: &mut impl Rng) {
    let k = mode(mixture.weights(), rng);
    let noise: Vec<f64> = point.iter().map(|_| normal(rng)).collect();
    for (i, (x, mean)) in point.iter_mut().zip(mixture.mean_of(k)).enumerate() {
        *x = mean + (0..=i).map(|j| factors[k][(i, j)] * noise[j]).sum::<f64>();
    }
}

/// By rejection where there is no formula; how each density is cut is said where it is declared.
fn of_benchmark(benchmark: &Benchmark, point: &mut [f64], rng: &mut impl Rng) {
    match benchmark {
        Benchmark::ManyWell(_) => {
            for pair in point.chunks_exact_mut(2) {
                pair[0] = well(rng);
                pair[1] = normal(rng);
            }
        }
        Benchmark::TwoMoons(moons) => loop {
            let circle = moons.circle();
            let x = on_circle(circle, rng);
            if rng.random::<f64>().ln() < moons.log_kept(x) {
                return point.copy_from_slice(&x);
            }
        },
        Benchmark::Rings(rings) => {
            let (radii, thick) = rings.circles();
            let radius = radii[mode(&rings.shares(), rng)];
            point.copy_from_slice(&on_circle((radius, thick), rng));
        }
        Benchmark::Funnel(funnel) => {
            point[0] = funnel.spread() * normal(rng);
            let narrow = (0.5 * point[0]).exp();
            point[1..].iter_mut().for_each(|x| *x = narrow * normal(rng));
        }
    }
}

/// Centre and standard deviation of the Gaussians under which a double well is drawn, the weight of the right one, and the
/// logarithm of a bound of e^f over their density (the largest is 10.33).
const WELLS: f64 = 1.7;
const WELL: f64 = 0.5;
const RIGHT: f64 = 0.8;
const ENVELOPE: f64 = 10.35;

/// log e^f over the density that is drawn from.
fn well_ratio(x: f64) -> f64 {
    let gaussian = |centre: f64| (-0.5 * ((x - centre) / WELL).powi(2)).exp() / (WELL * TAU.sqrt());
    ManyWell::well(x) - (RIGHT * gaussian(WELLS) + (1.0 - RIGHT) * gaussian(-WELLS)).ln()
}

/// The first coordinate of a double well.
fn well(rng: &mut impl Rng) -> f64 {
    loop {
        let side = if rng.random::<f64>() < RIGHT { WELLS } else { -WELLS };
        let x = side + WELL * normal(rng);
        if rng.random::<f64>().ln() < well_ratio(x) - ENVELOPE {
            return x;
        }
    }
}

/// A point at a uniform angle, its radius of density r e^{-((r - radius)/thick)^2/2}, cut ten standard deviations away.
fn on_circle((radius, thick): (f64, f64), rng: &mut impl Rng) -> [f64; 2] {
    const CUT: f64 = 10.0;
    loop {
        let r = radius + thick * normal(rng);
        if r > 0.0 && rng.random::<f64>() < r / (radius + CUT * thick) {
            let (sin, cos) = (TAU * rng.random::<f64>()).sin_cos();
            return [r * cos, r * sin];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_of_a_well_is_one() {
        let top = (-60_000..=60_000).map(|i| well_ratio(f64::from(i) * 1e-4)).fold(f64::NEG_INFINITY, f64::max);
        assert!(top < ENVELOPE && top > ENVELOPE - 0.5, "{top}");
    }
}
