//! Initial means drawn exactly, in coordinates whose number does not grow with d.

use collapsar_theory::{Coordinates, Problem, ShapedProblem, StartLaw};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

/// The modes and K drawn means of a problem whose start is a law, in coordinates of a frame of the modes (its first
/// ones) and the means (the rest).
///
/// With G the K x d matrix of standard normals: its part along the modes is drawn as it is; the rest, K x n with
/// n = d - D0, enters only through its Gram matrix, whose Cholesky factor is lower triangular with independent
/// entries, chi of n - i degrees of freedom on the diagonal and standard normals below (Bartlett 1933). So a draw
/// costs O(K^2 + K P) for any d. `None` if the start is not a law.
pub fn draw_start(problem: &Problem, rng: &mut impl Rng) -> Option<Coordinates> {
    let collapsar_theory::Start::Law(law) = problem.start() else { return None };
    let (_, reduced) = problem.reduce();
    let components = problem.family().components();
    let along = reduced.dimension;
    let rest = law.dimension() - along;
    let width = along + rest.min(components);
    let mut means = vec![0.0; components * width];
    for (i, mean) in means.chunks_mut(width).enumerate() {
        for (j, entry) in mean.iter_mut().enumerate() {
            *entry = match j.checked_sub(along) {
                None => StandardNormal.sample(rng),
                Some(column) if column < i => StandardNormal.sample(rng),
                Some(column) if column == i => chi(rest - i, rng),
                Some(_) => 0.0,
            };
        }
        let size = mean.iter().map(|x| x * x).sum::<f64>().sqrt();
        let factor = match law {
            StartLaw::Gaussian { scale, .. } => *scale,
            StartLaw::Sphere { .. } => problem.radius().unwrap_or(1.0) / size,
        };
        mean.iter_mut().for_each(|x| *x *= factor);
    }
    let modes = reduced.modes.chunks(along).flat_map(|mode| {
        let mut row = mode.to_vec();
        row.resize(width, 0.0);
        row
    });
    Some(Coordinates { modes: modes.collect(), means, dimension: width })
}

/// The same of a problem with shapes: in the frame of modes and means where the flow is [reduced](ShapedProblem::is_reduced), else
/// in R^d, every coordinate drawn.
pub fn draw_shaped(problem: &ShapedProblem, rng: &mut impl Rng) -> Option<Coordinates> {
    let plain = problem.problem();
    let collapsar_theory::Start::Law(law) = plain.start() else { return None };
    if problem.is_reduced() {
        return draw_start(plain, rng);
    }
    let (_, coordinates) = problem.reduce();
    Some(Coordinates { means: full_means(plain, *law, rng), ..coordinates })
}

/// K drawn means in R^d (K x d), every coordinate drawn.
pub(crate) fn full_means(problem: &Problem, law: StartLaw, rng: &mut impl Rng) -> Vec<f64> {
    let d = law.dimension();
    let mut means: Vec<f64> = (0..problem.family().components() * d).map(|_| StandardNormal.sample(rng)).collect();
    for mean in means.chunks_mut(d) {
        let factor = match law {
            StartLaw::Gaussian { scale, .. } => scale,
            StartLaw::Sphere { .. } => problem.radius().unwrap_or(1.0) / mean.iter().map(|x| x * x).sum::<f64>().sqrt(),
        };
        mean.iter_mut().for_each(|x| *x *= factor);
    }
    means
}

/// A chi variate of `freedom` >= 1 degrees of freedom.
fn chi(freedom: usize, rng: &mut impl Rng) -> f64 {
    // ChiSquared refuses only degrees that are not positive.
    ChiSquared::new(freedom as f64).map_or(0.0, |law| law.sample(rng).sqrt())
}
