//! The gradient in the means as full vectors, from the sums over a batch.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::montecarlo::simulation::pair_batch::{BatchSums, Geometry, SEEN};

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// e_1, then the directions of what e_1 leaves of mu_1 - mu_2, then of what both leave of mu_1; zero vectors where nothing
/// is left. mu_2 lies in their span.
pub(crate) fn seen_directions(means: &[Vec<f64>; 2]) -> [Vec<f64>; SEEN] {
    let mut axis = vec![0.0; means[0].len()];
    axis[0] = 1.0;
    let mut frame = [axis, means[0].iter().zip(&means[1]).map(|(a, b)| a - b).collect(), means[0].clone()];
    for n in 1..SEEN {
        let (before, rest) = frame.split_at_mut(n);
        let vector = &mut rest[0];
        let full = dot(vector, vector).sqrt();
        // Twice: the second pass removes what rounding left of the first.
        for _ in 0..2 {
            for known in before.iter() {
                let share = dot(vector, known);
                vector.iter_mut().zip(known).for_each(|(x, e)| *x -= share * e);
            }
        }
        let size = dot(vector, vector).sqrt();
        let scale = if size > NOTHING_LEFT * full { 1.0 / size } else { 0.0 };
        vector.iter_mut().for_each(|x| *x *= scale);
    }
    frame
}

/// Relative length below which a difference of vectors is rounding.
const NOTHING_LEFT: f64 = 1e-12;

/// The gradients in mu_1 and mu_2: the drifts, the noise along the seen directions, and the noise in the others, drawn here
/// with its covariance.
pub(crate) fn mean_gradients(
    geometry: &Geometry,
    sums: &BatchSums,
    means: &[Vec<f64>; 2],
    frame: &[Vec<f64>; SEEN],
    rng: &mut impl Rng,
) -> [Vec<f64>; 2] {
    let mut draw = || (0..geometry.dimension).map(|_| StandardNormal.sample(rng)).collect::<Vec<f64>>();
    let mut noise = [draw(), draw()];
    // The last direction is seen only by trained variances; its noise is then in the sums.
    let seen = if geometry.trains_variance { SEEN } else { SEEN - 1 };
    for vector in &mut noise {
        for known in &frame[..seen] {
            let share = dot(vector, known);
            vector.iter_mut().zip(known).for_each(|(x, e)| *x -= share * e);
        }
    }
    // Cholesky factor of the 2 x 2 covariance.
    let [c11, c12, c22] = sums.unseen;
    let l11 = c11.sqrt();
    let l21 = if l11 > 0.0 { c12 / l11 } else { 0.0 };
    let l22 = (c22 - l21 * l21).max(0.0).sqrt();
    let factors = [[l11, 0.0], [l21, l22]];
    let score = if geometry.score { 1.0 } else { 0.0 };
    std::array::from_fn(|i| {
        let o = 1 - i;
        // Of the other's samples only the score acts on mu_i.
        let towards = sums.other[i] + score * sums.other[o];
        let mut gradient: Vec<f64> = (0..geometry.dimension)
            .map(|k| {
                geometry.beta * sums.share[i] * means[i][k] - towards * (means[i][k] - means[o][k])
                    + factors[i][0] * noise[0][k]
                    + factors[i][1] * noise[1][k]
            })
            .collect();
        gradient[0] -= geometry.beta * geometry.separation * sums.tilt[i];
        for (n, direction) in frame.iter().enumerate().take(seen) {
            gradient.iter_mut().zip(direction).for_each(|(g, e)| *g += sums.seen[i][n] * e);
        }
        gradient
    })
}
