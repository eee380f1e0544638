//! Sums over reparametrised samples x = mu_i + sqrt(var_i) g of one component.
//!
//! All that a sample needs of the centres are its projections c.g, and all that a coordinate needs of the samples are
//! averages of g: two products of matrices, (K + P) d multiplications a sample each, and no vector x.

use collapsar_theory::exp_array;
use pulp::{Arch, Simd, WithSimd};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::montecarlo::lanes::rows::{add_times, dot, total};
use crate::montecarlo::lanes::step::LANES;
use crate::montecarlo::simulation::densities::{FitMixture, TargetModes};

/// What a batch is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MixtureBatch {
    /// Samples of each component.
    pub(crate) each: usize,
    /// Whether log q is differentiated in its own parameters too.
    pub(crate) score: bool,
    /// Whether samples come in pairs mu_i +- sqrt(var_i) g.
    pub(crate) antithetic: bool,
    /// Whether the gradient in the weights is wanted.
    pub(crate) weights: bool,
}

/// Most samples worked out together.
const MOST_TOGETHER: usize = 8 * LANES;
/// Most numbers of noise at a time, so that they stay near the core.
const MOST_NOISE: usize = 1 << 14;

/// The samples at hand, a row of numbers each, and the sums so far; kept between steps for their room.
///
/// A row is as long as samples are worked out together, a multiple of [`LANES`]; what lies beyond the samples at hand is
/// 0 in every row that is summed.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleSums {
    row: usize,
    /// g: d rows.
    noise: Vec<f64>,
    /// |g|^2.
    square: Vec<f64>,
    /// c.g and |x - c|^2 of all centres: K means, then P modes.
    projections: Vec<f64>,
    distances: Vec<f64>,
    /// The responsibilities; later r_c/var_c and beta rho_k.
    shares: Vec<f64>,
    /// beta - sum_c r_c/var_c, and sum_c (r_c/var_c) mu_c.g - beta sum_k rho_k nu_k.g.
    slope: Vec<f64>,
    pull: Vec<f64>,
    /// Sum of G: d.
    pub(crate) path: Vec<f64>,
    /// Sum of G.g/(2 sqrt var_i).
    pub(crate) spread: f64,
    /// Sum of log q - beta log p.
    pub(crate) value: f64,
    /// Sums of the score in the means (K x d), variances and logits.
    pub(crate) score_means: Vec<f64>,
    pub(crate) score_variances: Vec<f64>,
    pub(crate) score_logits: Vec<f64>,
}

impl SampleSums {
    /// Sums over a whole batch of component `i`; `offsets` are the logits of all densities at distance 0.
    pub(crate) fn of_component(
        &mut self,
        (q, p, beta): (&FitMixture, &TargetModes, f64),
        offsets: &[f64],
        i: usize,
        batch: MixtureBatch,
        rng: &mut impl Rng,
    ) {
        self.clear(q, p, batch.each);
        let arch = Arch::new();
        for from in (0..batch.each).step_by(self.row) {
            let count = (batch.each - from).min(self.row);
            self.draw(count, batch.antithetic, rng);
            arch.dispatch(Add { q, p, beta, batch, i, count, offsets, sums: self });
        }
    }

    fn clear(&mut self, q: &FitMixture, p: &TargetModes, each: usize) {
        let (k, d) = (q.weights.len(), q.means.len() / q.weights.len());
        let room = (MOST_NOISE / d).clamp(LANES, MOST_TOGETHER).min(each);
        self.row = room.next_multiple_of(LANES);
        let centres = k + p.weights.len();
        let reset = |numbers: &mut Vec<f64>, length: usize| {
            numbers.clear();
            numbers.resize(length, 0.0);
        };
        reset(&mut self.noise, d * self.row);
        for rows in [&mut self.projections, &mut self.distances, &mut self.shares] {
            rows.resize(centres * self.row, 0.0);
        }
        for row in [&mut self.square, &mut self.slope, &mut self.pull] {
            row.resize(self.row, 0.0);
        }
        reset(&mut self.path, d);
        reset(&mut self.score_means, k * d);
        reset(&mut self.score_variances, k);
        reset(&mut self.score_logits, k);
        (self.spread, self.value) = (0.0, 0.0);
    }

    fn draw(&mut self, count: usize, antithetic: bool, rng: &mut impl Rng) {
        let drawn = if antithetic { count.div_ceil(2) } else { count };
        for row in self.noise.chunks_exact_mut(self.row) {
            let (first, rest) = row.split_at_mut(drawn);
            first.iter_mut().for_each(|x| *x = StandardNormal.sample(rng));
            let (mirrored, beyond) = rest.split_at_mut(count - drawn);
            mirrored.iter_mut().zip(first).for_each(|(x, g)| *x = -*g);
            beyond.fill(0.0);
        }
    }
}

/// A row of samples of component `i`.
struct Add<'a> {
    q: &'a FitMixture,
    p: &'a TargetModes,
    beta: f64,
    batch: MixtureBatch,
    i: usize,
    count: usize,
    offsets: &'a [f64],
    sums: &'a mut SampleSums,
}

impl WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.project(simd);
        self.divide();
        self.follow(simd);
        if self.batch.score {
            self.score(simd);
        }
    }
}

impl Add<'_> {
    /// The centres, means before modes, d numbers each.
    fn centres(&self) -> impl Iterator<Item = &[f64]> {
        let d = self.sums.path.len();
        self.q.means.chunks_exact(d).chain(self.p.modes.chunks_exact(d))
    }

    /// |x - c|^2 = |mu_i - c|^2 + 2 sqrt var_i (mu_i - c).g + var_i |g|^2.
    #[inline(always)]
    fn project<S: Simd>(&mut self, simd: S) {
        let (d, row, i) = (self.sums.path.len(), self.sums.row, self.i);
        let (variance, root) = (self.q.variances[i], self.q.variances[i].sqrt());
        let mean = &self.q.means[i * d..][..d];
        let mut projections = std::mem::take(&mut self.sums.projections);
        projections.fill(0.0);
        for (projection, centre) in projections.chunks_exact_mut(row).zip(self.centres()) {
            for (noise, &at) in self.sums.noise.chunks_exact(row).zip(centre) {
                add_times(simd, at, noise, projection);
            }
        }
        self.sums.square.fill(0.0);
        for noise in self.sums.noise.chunks_exact(row) {
            self.sums.square.iter_mut().zip(noise).for_each(|(square, g)| *square += g * g);
        }
        let mut distances = std::mem::take(&mut self.sums.distances);
        let own = &projections[i * row..][..row];
        for ((distance, projection), centre) in
            distances.chunks_exact_mut(row).zip(projections.chunks_exact(row)).zip(self.centres())
        {
            let apart: f64 = mean.iter().zip(centre).map(|(a, b)| (a - b) * (a - b)).sum();
            let rows = own.iter().zip(projection).zip(&self.sums.square);
            for (to, ((a, b), square)) in distance.iter_mut().zip(rows) {
                *to = apart + 2.0 * root * (a - b) + variance * square;
            }
        }
        (self.sums.projections, self.sums.distances) = (projections, distances);
    }

    /// The responsibilities of q and of p, and the value of the samples.
    #[inline(always)]
    fn divide(&mut self) {
        let Self { q, beta, batch, count, offsets, sums, .. } = self;
        let (row, k) = (sums.row, q.weights.len());
        let halves = q.variances.iter().map(|v| 0.5 / v).chain(std::iter::repeat(0.5));
        let rows = sums.shares.chunks_exact_mut(row).zip(sums.distances.chunks_exact(row));
        for (((share, distance), offset), half) in rows.zip(offsets.iter()).zip(halves) {
            share.iter_mut().zip(distance).for_each(|(s, square)| *s = offset - half * square);
        }
        let (own, target) = sums.shares.split_at_mut(k * row);
        for from in (0..row).step_by(LANES) {
            let (of_q, of_p) = (normalise(own, row, from), normalise(target, row, from));
            if batch.weights {
                for l in 0..LANES.min(count.saturating_sub(from)) {
                    let (log_q, log_p) = (of_q[0][l] + of_q[1][l].ln(), of_p[0][l] + of_p[1][l].ln());
                    sums.value += log_q - *beta * log_p;
                }
            }
        }
        sums.shares.chunks_exact_mut(row).for_each(|share| share[*count..].fill(0.0));
    }

    /// G = (beta - sum_c r_c/var_c) x + sum_c (r_c/var_c) mu_c - beta sum_k rho_k nu_k.
    #[inline(always)]
    fn follow<S: Simd>(&mut self, simd: S) {
        let Self { q, p, beta, i, count, sums, .. } = self;
        let (k, d, row, root) = (q.weights.len(), sums.path.len(), sums.row, q.variances[*i].sqrt());
        sums.slope[..*count].fill(*beta);
        sums.slope[*count..].fill(0.0);
        sums.pull.fill(0.0);
        for (c, (share, projection)) in
            sums.shares.chunks_exact_mut(row).zip(sums.projections.chunks_exact(row)).enumerate()
        {
            let (factor, sign) = if c < k { (1.0 / q.variances[c], 1.0) } else { (*beta, -1.0) };
            share.iter_mut().for_each(|s| *s *= factor);
            if c < k {
                add_times(simd, -1.0, share, &mut sums.slope);
            }
            for ((pull, s), at) in sums.pull.iter_mut().zip(share.iter()).zip(projection) {
                *pull += sign * (s * at);
            }
        }
        // G in the directions of the centres, and along the noise.
        let mean = &q.means[*i * d..][..d];
        add_times(simd, total(simd, &sums.slope), mean, &mut sums.path);
        let centres = q.means.chunks_exact(d).chain(p.modes.chunks_exact(d));
        for (c, (share, centre)) in sums.shares.chunks_exact(row).zip(centres).enumerate() {
            let sum = total(simd, share);
            add_times(simd, if c < k { sum } else { -sum }, centre, &mut sums.path);
        }
        for (path, noise) in sums.path.iter_mut().zip(sums.noise.chunks_exact(row)) {
            *path += root * dot(simd, &sums.slope, noise);
        }
        let own = &sums.projections[*i * row..][..row];
        let along = dot(simd, &sums.slope, own) + root * dot(simd, &sums.slope, &sums.square) + total(simd, &sums.pull);
        sums.spread += 0.5 / root * along;
    }

    /// d log q in its own parameters.
    #[inline(always)]
    fn score<S: Simd>(&mut self, simd: S) {
        let Self { q, i, count, sums, .. } = self;
        let (d, row, root) = (sums.path.len(), sums.row, q.variances[*i].sqrt());
        let own = &q.means[*i * d..][..d];
        let totals = sums.score_means.chunks_exact_mut(d).zip(q.means.chunks_exact(d));
        for (c, (totals, mean)) in totals.enumerate() {
            // Already over the variance.
            let share = &sums.shares[c * row..][..row];
            let sum = total(simd, share);
            for (((to, noise), a), b) in totals.iter_mut().zip(sums.noise.chunks_exact(row)).zip(own).zip(mean) {
                *to += sum * (a - b) + root * dot(simd, share, noise);
            }
            let (variance, w) = (q.variances[c], q.weights[c]);
            let distances = dot(simd, share, &sums.distances[c * row..][..row]);
            sums.score_variances[c] += 0.5 * (distances / variance - d as f64 * sum);
            sums.score_logits[c] += sum * variance - *count as f64 * w;
        }
    }
}

/// Logits, rows of `row` numbers, become shares that sum to 1 in the lanes from `from` on; returns the largest, and the
/// sum of exponentials over that of it.
#[inline(always)]
fn normalise(logits: &mut [f64], row: usize, from: usize) -> [[f64; LANES]; 2] {
    let (mut top, mut sum) = ([f64::NEG_INFINITY; LANES], [0.0; LANES]);
    for lane in logits.chunks_exact(row) {
        top.iter_mut().zip(&lane[from..]).for_each(|(top, logit)| *top = top.max(*logit));
    }
    for lane in logits.chunks_exact_mut(row) {
        let lane = &mut lane[from..][..LANES];
        let mut shares = [0.0; LANES];
        shares.iter_mut().zip(lane.iter().zip(&top)).for_each(|(share, (logit, top))| *share = logit - top);
        shares = exp_array(&shares);
        sum.iter_mut().zip(&shares).for_each(|(sum, share)| *sum += share);
        lane.copy_from_slice(&shares);
    }
    for lane in logits.chunks_exact_mut(row) {
        lane[from..].iter_mut().zip(&sum).for_each(|(share, sum)| *share /= sum);
    }
    [top, sum]
}
