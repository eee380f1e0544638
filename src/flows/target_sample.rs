//! Exact samples of the target.

use collapsar_theory::Target;
use rand::RngExt;

use crate::flows::realnvp::BLOCK;
use crate::random::{Purpose, normal, stream_for};

/// `count` points of the target in `dimension` coordinates (standard normal in those that its modes lack), row by row;
/// point i depends on (seed, i/128) and its place in that block only.
pub fn target_sample(target: &Target, dimension: usize, count: usize, seed: u64) -> Vec<f64> {
    let mut points = vec![0.0; count * dimension];
    for (block, points) in points.chunks_mut(BLOCK * dimension).enumerate() {
        let mut rng = stream_for(seed, Purpose::Target, block as u64);
        for point in points.chunks_exact_mut(dimension) {
            let mut left: f64 = rng.random();
            let mut mode = target.modes().len() - 1;
            for (k, v) in target.weights().iter().enumerate() {
                left -= v;
                if left < 0.0 {
                    mode = k;
                    break;
                }
            }
            let nu = target.modes()[mode].iter().copied().chain(std::iter::repeat(0.0));
            point.iter_mut().zip(nu).for_each(|(x, nu)| *x = nu + normal(&mut rng));
        }
    }
    points
}
