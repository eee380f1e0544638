//! Quasi-random points: a shifted lattice of rank 1, folded. The same seed gives the same points on every machine.

use std::f64::consts::PI;

/// A stream of 64-bit words (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Words(u64);

/// Generators tried for each coordinate, and where their stream begins: the lattice is one, seeds shift it.
const TRIED: usize = 32;
const GENERATORS: u64 = 0x5eed_1a77_1ce0_0001;
/// Uniforms are kept so far from 0 and 1.
const INSIDE: f64 = 1e-15;

impl Words {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1), of 53 bits.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// u_nj, coordinate by coordinate: v = {n z_j/N + shift_j}, folded to 1 - |2 v - 1|, which makes of smooth integrands periodic ones.
/// N = `points` is a power of two.
pub(super) fn uniforms(points: usize, dimension: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut shifts = Words::new(seed);
    let column = |z: usize| {
        let shift = shifts.unit();
        let folded = |n: usize| {
            let v = (share(n, z, points) + shift).fract();
            (1.0 - (2.0 * v - 1.0).abs()).clamp(INSIDE, 1.0 - INSIDE)
        };
        (0..points).map(folded).collect()
    };
    generators(points, dimension).into_iter().map(column).collect()
}

/// {n z/N}.
fn share(n: usize, z: usize, points: usize) -> f64 {
    (n * z % points) as f64 / points as f64
}

/// z_j, chosen one after the other for the smallest error in the Korobov space of smoothness 1 with weights 1/d: the sum over
/// the points of prod_j (1 + 2 pi^2 B_2({n z_j/N})/d).
fn generators(points: usize, dimension: usize) -> Vec<usize> {
    let weight = 2.0 * PI * PI / dimension as f64;
    let kernel: Vec<f64> = (0..points)
        .map(|n| {
            let v = n as f64 / points as f64;
            weight * (v * v - v + 1.0 / 6.0)
        })
        .collect();
    let mut words = Words::new(GENERATORS);
    let mut products = vec![1.0; points];
    let mut chosen = Vec::with_capacity(dimension);
    for _ in 0..dimension {
        let mut best = (f64::INFINITY, 1);
        for _ in 0..TRIED {
            let z = (words.next() as usize % points) | 1;
            let error: f64 = products.iter().enumerate().map(|(n, product)| product * kernel[n * z % points]).sum();
            if error < best.0 {
                best = (error, z);
            }
        }
        let z = best.1;
        products.iter_mut().enumerate().for_each(|(n, product)| *product *= 1.0 + kernel[n * z % points]);
        chosen.push(z);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_spread_and_pairs_uncorrelated() {
        let (points, dimension) = (512, 12);
        let columns = uniforms(points, dimension, 7);
        assert!(columns == uniforms(points, dimension, 7) && columns != uniforms(points, dimension, 8));
        for (i, a) in columns.iter().enumerate() {
            let mean: f64 = a.iter().sum::<f64>() / points as f64;
            assert!((mean - 0.5).abs() < 1e-5, "{mean}");
            for b in &columns[..i] {
                let mixed: f64 = a.iter().zip(b).map(|(a, b)| (a - 0.5) * (b - 0.5)).sum::<f64>() / points as f64;
                assert!(mixed.abs() < 0.02 / 12.0, "{mixed}");
            }
        }
    }
}
