//! The start of a pair, drawn in its three statistics at a cost that does not grow with d.

use std::f64::consts::FRAC_1_SQRT_2;

use collapsar_theory::{InvalidParameter, Part};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution};

use crate::random::{normal, stream};

/// mu_1 and mu_2 independent N(0, scale^2 I) in R^d, seen by the free pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FreeStart {
    dimension: usize,
    scale: f64,
    /// Chi square of d - 1 degrees of freedom; none for d = 1.
    rest: Option<ChiSquared<f64>>,
}

impl FreeStart {
    /// The law in R^`dimension`, `dimension` >= 1, `scale` > 0.
    pub fn new(dimension: usize, scale: f64) -> Result<Self, InvalidParameter> {
        if dimension == 0 {
            return Err(InvalidParameter::new("dimension", dimension, "be at least 1").of(Part::Start));
        }
        if !(scale > 0.0 && scale.is_finite()) {
            return Err(InvalidParameter::new("scale", scale, "be positive and finite").of(Part::Start));
        }
        Ok(Self { dimension, scale, rest: chi_squared(dimension - 1) })
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// sigma.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// (x, y, z) of draw `index` under `seed`.
    ///
    /// (mu_1 + mu_2)/2 and (mu_1 - mu_2)/2 are independent N(0, scale^2/2 I): x and y are their coordinates along u, z
    /// the length of the other d - 1 coordinates of the second.
    pub fn draw(&self, seed: u64, index: u64) -> [f64; 3] {
        let mut rng = stream(seed, index);
        let unit = self.scale * FRAC_1_SQRT_2;
        let (x, y) = (normal(&mut rng), normal(&mut rng));
        [unit * x, unit * y, unit * chi(self.rest.as_ref(), &mut rng)]
    }
}

/// mu_1 and mu_2 independent and uniform on the sphere of radius R in R^d, seen by the sphere pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SphereStart {
    dimension: usize,
    /// Chi squares of d - 1 and d - 2 degrees of freedom; none for 0.
    rest: [Option<ChiSquared<f64>>; 2],
}

impl SphereStart {
    /// The law in R^`dimension`, `dimension` >= 2 (on the sphere in R^1, two points, nothing moves).
    pub fn new(dimension: usize) -> Result<Self, InvalidParameter> {
        if dimension < 2 {
            let rule = "be at least 2 for means on the sphere";
            return Err(InvalidParameter::new("dimension", dimension, rule).of(Part::Start));
        }
        Ok(Self { dimension, rest: [chi_squared(dimension - 1), chi_squared(dimension - 2)] })
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// (m_1, m_2, s) of draw `index` under `seed`.
    ///
    /// A coordinate of a uniform point is g/sqrt(g^2 + chi^2) with g normal and chi^2 of one degree less than its
    /// dimension. m_1 and m_2 are such coordinates in R^d; the parts of the means orthogonal to e_1 are two independent
    /// uniform directions in R^(d-1), whose cosine is such a coordinate again: s = m_1 m_2 + cos sqrt((1-m_1^2)(1-m_2^2)).
    pub fn draw(&self, seed: u64, index: u64) -> [f64; 3] {
        let mut rng = stream(seed, index);
        let mut coordinate = |rest: usize| {
            let (g, room) = (normal(&mut rng), chi(self.rest[rest].as_ref(), &mut rng));
            let size = g.hypot(room);
            (g / size, room / size)
        };
        let ((m1, sine1), (m2, sine2)) = (coordinate(0), coordinate(0));
        let cosine = coordinate(1).0;
        [m1, m2, m1 * m2 + sine1 * sine2 * cosine]
    }
}

fn chi_squared(freedom: usize) -> Option<ChiSquared<f64>> {
    // The constructor refuses only freedoms that are not positive.
    ChiSquared::new(freedom as f64).ok()
}

/// A chi variate, 0 for no degree of freedom.
fn chi(law: Option<&ChiSquared<f64>>, rng: &mut impl Rng) -> f64 {
    law.map_or(0.0, |law| law.sample(rng).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: u64 = 40_000;

    /// Mean of f over draws, with its standard error.
    fn mean(f: impl Fn(u64) -> f64) -> (f64, f64) {
        let values: Vec<f64> = (0..DRAWS).map(f).collect();
        let n = DRAWS as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        (mean, (variance / n).sqrt())
    }

    /// Five standard errors: one false alarm in 10^6.
    fn near(found: (f64, f64), exact: f64) -> bool {
        (found.0 - exact).abs() < 5.0 * found.1 + 1e-12
    }

    #[test]
    fn moments_of_the_free_start() {
        for (d, sigma) in [(1, 1.0), (2, 0.3), (100, 2.0)] {
            let law = FreeStart::new(d, sigma).unwrap();
            let half = sigma * sigma / 2.0;
            for axis in 0..2 {
                assert!(near(mean(|i| law.draw(3, i)[axis]), 0.0));
                assert!(near(mean(|i| law.draw(3, i)[axis].powi(2)), half));
                assert!(near(mean(|i| law.draw(3, i)[axis].powi(4)), 3.0 * half * half));
            }
            let n = d as f64 - 1.0;
            assert!(near(mean(|i| law.draw(3, i)[2].powi(2)), half * n));
            assert!(near(mean(|i| law.draw(3, i)[2].powi(4)), half * half * n * (n + 2.0)));
            assert!(near(mean(|i| law.draw(3, i)[0] * law.draw(3, i)[1]), 0.0));
        }
    }

    #[test]
    fn moments_of_the_sphere_start() {
        for d in [2, 3, 7, 512] {
            let law = SphereStart::new(d).unwrap();
            let n = d as f64;
            for axis in 0..3 {
                assert!(near(mean(|i| law.draw(5, i)[axis]), 0.0));
                assert!(near(mean(|i| law.draw(5, i)[axis].powi(2)), 1.0 / n));
                assert!(near(mean(|i| law.draw(5, i)[axis].powi(4)), 3.0 / (n * (n + 2.0))));
            }
            // m_1 m_2 s = E (mu_1.e)(mu_2.e)(mu_1.mu_2) = 1/d^2.
            assert!(near(mean(|i| law.draw(5, i).iter().product()), 1.0 / (n * n)), "{d}");
            // Gram matrices have no negative eigenvalue.
            for i in 0..1000 {
                let [a, b, s] = law.draw(5, i);
                assert!(1.0 - a * a - b * b - s * s + 2.0 * a * b * s > -1e-14);
            }
        }
    }

    #[test]
    fn refusals() {
        assert!(FreeStart::new(0, 1.0).unwrap_err().to_string().contains("`start.dimension` is 0"));
        assert!(FreeStart::new(1, -1.0).unwrap_err().to_string().contains("`start.scale` is -1"));
        assert!(SphereStart::new(1).is_err());
    }
}
