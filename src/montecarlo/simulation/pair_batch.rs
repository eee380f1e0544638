//! The gradient of one batch of reparametrised samples, in O(B) instead of O(B d).

use collapsar_theory::exp_array;
use pulp::{Arch, Simd, WithSimd};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

use crate::montecarlo::lanes::step::{LANES, Lane};

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
    let mut draws = Draws::new(geometry);
    let mut sums = Accumulators::default();
    let arch = Arch::new();
    // The samples of a batch are exchangeable: those of the first component come first.
    let first =
        (0..size).step_by(64).map(|b| (rng.next_u64() >> (64 - (size - b).min(64))).count_ones() as usize).sum();
    for (component, count) in [(0, first), (1, size - first)] {
        let mut left: usize = count;
        while left > 0 {
            let here = left.min(CHUNK);
            draws.fill(geometry, here, rng);
            arch.dispatch(AddChunk { sums: &mut sums, geometry, component, draws: &draws, count: here });
            left -= here;
        }
    }
    sums.total(size as f64)
}

/// Samples drawn before their contributions are worked out together.
const CHUNK: usize = 256;

/// The noise of some samples, as far as it is seen.
struct Draws {
    g: [[f64; CHUNK]; SEEN],
    /// Squared length of the rest.
    tail: [f64; CHUNK],
    length: Option<ChiSquared<f64>>,
}

impl Draws {
    fn new(geometry: &Geometry) -> Self {
        let rest = geometry.dimension.saturating_sub(SEEN);
        // Refused for no degree of freedom: then there is no rest.
        let length = if geometry.trains_variance { ChiSquared::new(rest as f64).ok() } else { None };
        Self { g: [[0.0; CHUNK]; SEEN], tail: [0.0; CHUNK], length }
    }

    fn fill(&mut self, geometry: &Geometry, count: usize, rng: &mut impl Rng) {
        // The last direction acts on the variances only.
        let seen = if geometry.trains_variance { SEEN } else { SEEN - 1 };
        for g in self.g.iter_mut().take(seen.min(geometry.dimension)) {
            g[..count].iter_mut().for_each(|g| *g = StandardNormal.sample(rng));
        }
        if let Some(law) = &self.length {
            self.tail[..count].iter_mut().for_each(|tail| *tail = law.sample(rng));
        }
    }
}

/// [`BatchSums`] before the lanes are added up.
#[derive(Default)]
struct Accumulators {
    share: [f64; 2],
    other: [Lane; 2],
    tilt: [Lane; 2],
    seen: [[Lane; SEEN]; 2],
    unseen: [Lane; 3],
    variance: [Lane; 2],
}

/// Adds the contributions of `count` samples of one component; compiled for each vector width.
struct AddChunk<'a> {
    sums: &'a mut Accumulators,
    geometry: &'a Geometry,
    component: usize,
    draws: &'a Draws,
    count: usize,
}

impl WithSimd for AddChunk<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sums.share[self.component] += self.count as f64;
        for from in (0..self.count).step_by(LANES) {
            // Lanes beyond the count hold old draws and weigh nothing.
            let weight: Lane = std::array::from_fn(|l| if from + l < self.count { 1.0 } else { 0.0 });
            let take = |source: &[f64; CHUNK]| -> Lane { std::array::from_fn(|l| source[from + l]) };
            let g = [take(&self.draws.g[0]), take(&self.draws.g[1]), take(&self.draws.g[2])];
            self.sums.add(self.geometry, self.component, &g, &take(&self.draws.tail), &weight);
        }
    }
}

impl Accumulators {
    /// Up to one lane of samples of component `i`.
    #[inline(always)]
    fn add(&mut self, geometry: &Geometry, i: usize, g: &[Lane; SEEN], tail: &Lane, weight: &Lane) {
        let o = 1 - i;
        let (d, beta, trains) = (geometry.dimension as f64, geometry.beta, geometry.trains_variance);
        let (own_var, other_var) = (geometry.variances[i], geometry.variances[o]);
        let (root, by_own, by_other) = (own_var.sqrt(), 1.0 / own_var, 1.0 / other_var);
        let sign = if i == 0 { 1.0 } else { -1.0 };
        let gap = [sign * geometry.gap[0], sign * geometry.gap[1]];
        let score = if geometry.score { 1.0 } else { 0.0 };
        let rest = d - SEEN as f64;
        // log of q_o/q_i from unequal variances; 0 at equal ones.
        let (uneven, offset) =
            if trains { (own_var * by_other - 1.0, d * (other_var * by_own).ln()) } else { (0.0, 0.0) };
        let (mut logit, mut angle) = ([0.0; LANES], [0.0; LANES]);
        let (mut square, mut further) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            square[l] = g[0][l] * g[0][l] + g[1][l] * g[1][l] + g[2][l] * g[2][l] + tail[l];
            // |x - mu_o|^2 less what it shares with |x - mu_i|^2 = var_i |g|^2.
            further[l] = gap[0] * (gap[0] + 2.0 * root * g[0][l]) + gap[1] * (gap[1] + 2.0 * root * g[1][l]);
            logit[l] = -0.5 * (further[l] * by_other + uneven * square[l] + offset);
            angle[l] = 2.0 * (geometry.separation * (geometry.means[i][0] + root * g[0][l]) + geometry.bias);
        }
        let (ratio, grown) = (exp_array(&logit), exp_array(&angle));
        for l in 0..LANES {
            let r_own = 1.0 / (1.0 + ratio[l]);
            let pull_own = r_own * by_own;
            let pull_other = ratio[l] * r_own * by_other;
            let tilt = 1.0 - 2.0 / (1.0 + grown[l]);
            let path = beta - pull_own - pull_other;
            let a_own = weight[l] * root * (path + score * pull_own);
            let a_other = weight[l] * root * score * pull_other;
            let spread = if trains && rest > 0.0 { tail[l] / rest } else { 1.0 };
            self.other[i][l] += weight[l] * pull_other;
            self.tilt[i][l] += weight[l] * tilt;
            for n in 0..SEEN {
                self.seen[i][n][l] += a_own * g[n][l];
                self.seen[o][n][l] += a_other * g[n][l];
            }
            self.unseen[2 * i][l] += a_own * a_own * spread;
            self.unseen[2 * o][l] += a_other * a_other * spread;
            self.unseen[1][l] += a_own * a_other * spread;
            if trains {
                let mut drift = -beta * geometry.separation * tilt * g[0][l];
                for n in 0..SEEN {
                    drift += beta * geometry.means[i][n] * g[n][l];
                }
                drift -= pull_other * (gap[0] * g[0][l] + gap[1] * g[1][l]);
                let own = 0.5 * (path * square[l] + drift / root + score * pull_own * (square[l] - d));
                let distance = further[l] + own_var * square[l];
                self.variance[i][l] += weight[l] * own;
                self.variance[o][l] += weight[l] * 0.5 * score * pull_other * (distance * by_other - d);
            }
        }
    }

    fn total(&self, size: f64) -> BatchSums {
        let mean = |lane: &Lane| lane.iter().sum::<f64>() / size;
        BatchSums {
            share: self.share.map(|n| n / size),
            other: [mean(&self.other[0]), mean(&self.other[1])],
            tilt: [mean(&self.tilt[0]), mean(&self.tilt[1])],
            seen: [self.seen[0].each_ref().map(mean), self.seen[1].each_ref().map(mean)],
            unseen: self.unseen.each_ref().map(|lane| mean(lane) / size),
            variance: self.variance.each_ref().map(mean),
        }
    }
}
