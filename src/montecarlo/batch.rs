//! The gradient of one batch of reparametrised samples, in O(B) instead of O(B d).

use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

/// Directions that the log densities can tell apart: e_1, the rest of mu_1 - mu_2, the rest of both means.
pub(crate) const SEEN: usize = 3;

/// Where the two components are, as far as a batch can tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Geometry {
    /// d.
    pub(crate) dimension: usize,
    /// mu_1 - mu_2 along the seen directions (the last entry is 0).
    pub(crate) gap: [f64; SEEN],
    /// mu_i along the seen directions.
    pub(crate) means: [[f64; SEEN]; 2],
    /// var_i.
    pub(crate) variances: [f64; 2],
    /// rho: the modes are +-rho e_1.
    pub(crate) separation: f64,
    /// h = log(v/(1-v))/2.
    pub(crate) bias: f64,
    /// beta.
    pub(crate) beta: f64,
    /// Whether the explicit dependence of log q on its parameters is differentiated too.
    pub(crate) score: bool,
    /// Whether the gradients in the variances are wanted. If not, the two variances must be equal.
    pub(crate) trains_variance: bool,
}

/// Sums over a batch, divided by its size, that make up the gradient.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BatchSums {
    /// Share of the samples drawn from component i.
    pub(crate) share: [f64; 2],
    /// Over samples of component i: the other's responsibility over its variance.
    pub(crate) other: [f64; 2],
    /// Over samples of component i: s_1 - s_2 of the target.
    pub(crate) tilt: [f64; 2],
    /// sum_b a_jb g_b/B along the seen directions, a_jb the factor of the noise g_b in the gradient in mu_j.
    pub(crate) seen: [[f64; SEEN]; 2],
    /// Covariance, in each unseen direction, of the same sums: of (1, 1), (1, 2) and (2, 2).
    pub(crate) unseen: [f64; 3],
    /// dF/dvar_i.
    pub(crate) variance: [f64; 2],
}

/// Draws a batch of `size` samples x = mu_i + sqrt(var_i) g, i either component with probability 1/2, and sums up the
/// gradient of the mean over the batch of log q(x) - beta log p(x).
///
/// Along the sample path, with o the other component and r the responsibilities at x, t = tanh(rho x_1 + h),
///
/// dmu_i: (beta - r_i/var_i - r_o/var_o) sqrt(var_i) g + beta mu_i - (r_o/var_o)(mu_i - mu_o) - beta rho t e_1,
///
/// and with the score, + (r_i/var_i) sqrt(var_i) g; then mu_o too receives (r_o/var_o)(sqrt(var_i) g + mu_i - mu_o).
/// The responsibilities, t and |x|^2 depend on g through its components along the seen directions and through the
/// squared length of the rest, a chi square of d - 3 degrees of freedom. Given those, the directions of the rests are
/// independent and uniform, so that the gradients' noise in the unseen directions is a sum of B independent isotropic
/// vectors with known factors a_jb.
///
/// - Equal variances that are not trained: the a_jb do not depend on the rest at all. The sum is exactly normal with
///   covariance sum_b a_jb a_lb/B^2 in every unseen direction, and the lengths need not be drawn.
/// - Trained variances: given the lengths, the sum is replaced by the normal vector of the same covariance,
///   sum_b a_jb a_lb |rest_b|^2/(d - 3)/B^2. What is lost are fourth cumulants, of relative size 6/(B (d - 1)).
pub(crate) fn batch(geometry: &Geometry, size: usize, rng: &mut impl Rng) -> BatchSums {
    let mut sums = BatchSums::default();
    let rest = geometry.dimension.saturating_sub(SEEN);
    // Refused for no degree of freedom: then there is no rest.
    let length = if geometry.trains_variance { ChiSquared::new(rest as f64).ok() } else { None };
    let mut bits = 0u64;
    for b in 0..size {
        if b % 64 == 0 {
            bits = rng.next_u64();
        }
        let i = (bits & 1) as usize;
        bits >>= 1;
        let mut g = [0.0; SEEN];
        for (n, g) in g.iter_mut().enumerate().take(geometry.dimension) {
            // The last direction acts on the variances only.
            if n + 1 < SEEN || geometry.trains_variance {
                *g = StandardNormal.sample(rng);
            }
        }
        let tail = length.as_ref().map_or(0.0, |law| law.sample(rng));
        let per_direction = if geometry.trains_variance && rest > 0 { tail / rest as f64 } else { 1.0 };
        sums.add(geometry, i, &g, tail, per_direction);
    }
    sums.divide(size as f64);
    sums
}

impl BatchSums {
    #[inline(always)]
    fn add(&mut self, geometry: &Geometry, i: usize, g: &[f64; SEEN], tail: f64, per_direction: f64) {
        let o = 1 - i;
        let d = geometry.dimension as f64;
        let [own_var, other_var] = [geometry.variances[i], geometry.variances[o]];
        let (root, beta) = (own_var.sqrt(), geometry.beta);
        let sign = if i == 0 { 1.0 } else { -1.0 };
        let gap: [f64; SEEN] = std::array::from_fn(|n| sign * geometry.gap[n]);
        let square = g[0] * g[0] + g[1] * g[1] + g[2] * g[2] + tail;
        // |x - mu_o|^2 less what it shares with |x - mu_i|^2 = var_i |g|^2.
        let further = gap[0] * (gap[0] + 2.0 * root * g[0]) + gap[1] * (gap[1] + 2.0 * root * g[1]);
        let uneven = if geometry.trains_variance {
            square * (own_var / other_var - 1.0) + d * (other_var / own_var).ln()
        } else {
            0.0
        };
        // log of (q_o/q_i) at x.
        let logit = -0.5 * (further / other_var + uneven);
        let ratio = logit.min(700.0).exp();
        let (r_own, r_other) = (1.0 / (1.0 + ratio), ratio / (1.0 + ratio));
        let tilt = (geometry.separation * (geometry.means[i][0] + root * g[0]) + geometry.bias).tanh();
        let (pull_own, pull_other) = (r_own / own_var, r_other / other_var);
        let path = beta - pull_own - pull_other;
        let score = if geometry.score { 1.0 } else { 0.0 };
        let a_own = root * (path + score * pull_own);
        let a_other = root * score * pull_other;
        self.share[i] += 1.0;
        self.other[i] += pull_other;
        self.tilt[i] += tilt;
        for n in 0..SEEN {
            self.seen[i][n] += a_own * g[n];
            self.seen[o][n] += a_other * g[n];
        }
        self.unseen[2 * i] += a_own * a_own * per_direction;
        self.unseen[2 * o] += a_other * a_other * per_direction;
        self.unseen[1] += a_own * a_other * per_direction;
        if geometry.trains_variance {
            let mut drift = -beta * geometry.separation * tilt * g[0];
            for n in 0..SEEN {
                drift += (beta * geometry.means[i][n] - pull_other * gap[n]) * g[n];
            }
            self.variance[i] += (path * root * square + drift) / (2.0 * root) + score * 0.5 * pull_own * (square - d);
            let distance = further + own_var * square;
            self.variance[o] += score * 0.5 * pull_other * (distance / other_var - d);
        }
    }

    fn divide(&mut self, size: f64) {
        let scale = |v: &mut f64| *v /= size;
        self.share.iter_mut().for_each(scale);
        self.other.iter_mut().for_each(scale);
        self.tilt.iter_mut().for_each(scale);
        self.variance.iter_mut().for_each(scale);
        self.seen.iter_mut().flatten().for_each(scale);
        self.unseen.iter_mut().for_each(|v| *v /= size * size);
    }
}
