//! Sums over reparametrised samples of one component, lane by lane.

use collapsar_theory::exp_array;
use pulp::{Arch, Simd, WithSimd};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::montecarlo::lanes::{LANES, Lane};
use crate::montecarlo::mixture_densities::{Mixture, Modes};

/// What a batch is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    /// Samples of each component.
    pub(crate) each: usize,
    /// Whether log q is differentiated in its own parameters too.
    pub(crate) score: bool,
    /// Whether samples come in pairs mu_i +- sqrt(var_i) g.
    pub(crate) antithetic: bool,
    /// Whether the gradient in the weights is wanted.
    pub(crate) weights: bool,
}

const ZERO: Lane = [0.0; LANES];

/// The samples at hand and the sums so far; kept between steps for their room.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    /// g, x: d.
    noise: Vec<Lane>,
    points: Vec<Lane>,
    /// |x - centre|^2 and the responsibilities: K components, then P modes.
    distances: Vec<Lane>,
    shares: Vec<Lane>,
    /// Sum of G: d.
    pub(crate) path: Vec<Lane>,
    /// Sum of G.g/(2 sqrt var_i).
    pub(crate) spread: Lane,
    /// Sum of log q - beta log p.
    pub(crate) value: Lane,
    /// Sums of the score in the means (K x d), variances and logits.
    pub(crate) score_means: Vec<Lane>,
    pub(crate) score_variances: Vec<Lane>,
    pub(crate) score_logits: Vec<Lane>,
}

impl Sums {
    /// Sums over a whole batch of component `i`; `offsets` are the logits of all densities at distance 0.
    pub(crate) fn of_component(
        &mut self,
        (q, p, beta): (&Mixture, &Modes, f64),
        offsets: &[f64],
        i: usize,
        batch: Batch,
        rng: &mut impl Rng,
    ) {
        self.clear(q, p);
        let arch = Arch::new();
        for from in (0..batch.each).step_by(LANES) {
            let count = (batch.each - from).min(LANES);
            self.draw(count, batch.antithetic, rng);
            arch.dispatch(Add { q, p, beta, batch, i, count, offsets, sums: self });
        }
    }

    fn clear(&mut self, q: &Mixture, p: &Modes) {
        let (k, d) = (q.weights.len(), q.means.len() / q.weights.len());
        let reset = |lanes: &mut Vec<Lane>, length: usize| {
            lanes.clear();
            lanes.resize(length, ZERO);
        };
        for lanes in [&mut self.noise, &mut self.points, &mut self.path] {
            reset(lanes, d);
        }
        for lanes in [&mut self.distances, &mut self.shares] {
            reset(lanes, k + p.weights.len());
        }
        reset(&mut self.score_means, k * d);
        reset(&mut self.score_variances, k);
        reset(&mut self.score_logits, k);
        (self.spread, self.value) = (ZERO, ZERO);
    }

    fn draw(&mut self, count: usize, antithetic: bool, rng: &mut impl Rng) {
        let drawn = if antithetic { count.div_ceil(2) } else { count };
        for lane in &mut self.noise {
            lane[..drawn].iter_mut().for_each(|x| *x = StandardNormal.sample(rng));
            for l in drawn..count {
                lane[l] = -lane[l - drawn];
            }
        }
    }
}

/// Up to one lane of samples of component `i`.
struct Add<'a> {
    q: &'a Mixture,
    p: &'a Modes,
    beta: f64,
    batch: Batch,
    i: usize,
    count: usize,
    offsets: &'a [f64],
    sums: &'a mut Sums,
}

impl WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        // Lanes beyond the count weigh nothing.
        let weight: Lane = std::array::from_fn(|l| if l < self.count { 1.0 } else { 0.0 });
        self.place();
        self.divide(&weight);
        self.follow(&weight);
        if self.batch.score {
            self.score(&weight);
        }
    }
}

impl Add<'_> {
    /// x and its distances from all centres.
    #[inline(always)]
    fn place(&mut self) {
        let Self { q, p, i, sums, .. } = self;
        let (k, d, root) = (q.weights.len(), sums.points.len(), q.variances[*i].sqrt());
        for (j, point) in sums.points.iter_mut().enumerate() {
            let (mean, noise) = (q.means[*i * d + j], &sums.noise[j]);
            for l in 0..LANES {
                point[l] = mean + root * noise[l];
            }
        }
        for (c, distance) in sums.distances.iter_mut().enumerate() {
            let centre = if c < k { &q.means[c * d..][..d] } else { &p.modes[(c - k) * d..][..d] };
            *distance = ZERO;
            for (point, &at) in sums.points.iter().zip(centre) {
                for l in 0..LANES {
                    distance[l] += (point[l] - at) * (point[l] - at);
                }
            }
        }
    }

    /// The responsibilities of q and of p, and the value of the sample.
    #[inline(always)]
    fn divide(&mut self, weight: &Lane) {
        let Self { q, beta, batch, offsets, sums, .. } = self;
        let k = q.weights.len();
        for (c, share) in sums.shares.iter_mut().enumerate() {
            let (offset, half) = (offsets[c], if c < k { 0.5 / q.variances[c] } else { 0.5 });
            for l in 0..LANES {
                share[l] = offset - half * sums.distances[c][l];
            }
        }
        let (own, target) = sums.shares.split_at_mut(k);
        let (of_q, of_p) = (normalise(own), normalise(target));
        if batch.weights {
            for l in 0..LANES {
                let (log_q, log_p) = (of_q[0][l] + of_q[1][l].ln(), of_p[0][l] + of_p[1][l].ln());
                sums.value[l] += weight[l] * (log_q - *beta * log_p);
            }
        }
    }

    /// G = (beta - sum_c r_c/var_c) x + sum_c (r_c/var_c) mu_c - beta sum_k rho_k nu_k.
    #[inline(always)]
    fn follow(&mut self, weight: &Lane) {
        let Self { q, p, beta, i, sums, .. } = self;
        let (k, d, beta) = (q.weights.len(), sums.points.len(), *beta);
        let (own, target) = sums.shares.split_at(k);
        let mut slope = [beta; LANES];
        for (share, variance) in own.iter().zip(&q.variances) {
            for l in 0..LANES {
                slope[l] -= share[l] / variance;
            }
        }
        let mut along = ZERO;
        for j in 0..d {
            let point = &sums.points[j];
            let mut path: Lane = std::array::from_fn(|l| slope[l] * point[l]);
            for (c, share) in own.iter().enumerate() {
                let factor = q.means[c * d + j] / q.variances[c];
                for l in 0..LANES {
                    path[l] += factor * share[l];
                }
            }
            for (c, share) in target.iter().enumerate() {
                let factor = beta * p.modes[c * d + j];
                for l in 0..LANES {
                    path[l] -= factor * share[l];
                }
            }
            for l in 0..LANES {
                path[l] *= weight[l];
                along[l] += path[l] * sums.noise[j][l];
                sums.path[j][l] += path[l];
            }
        }
        let half = 0.5 / q.variances[*i].sqrt();
        for l in 0..LANES {
            sums.spread[l] += half * along[l];
        }
    }

    /// d log q in its own parameters.
    #[inline(always)]
    fn score(&mut self, weight: &Lane) {
        let Self { q, sums, .. } = self;
        let (k, d) = (q.weights.len(), sums.points.len());
        for c in 0..k {
            let (variance, w, share) = (q.variances[c], q.weights[c], sums.shares[c]);
            let pull: Lane = std::array::from_fn(|l| weight[l] * share[l] / variance);
            for (j, point) in sums.points.iter().enumerate() {
                let (at, sum) = (q.means[c * d + j], &mut sums.score_means[c * d + j]);
                for l in 0..LANES {
                    sum[l] += pull[l] * (point[l] - at);
                }
            }
            for l in 0..LANES {
                sums.score_variances[c][l] += 0.5 * pull[l] * (sums.distances[c][l] / variance - d as f64);
                sums.score_logits[c][l] += weight[l] * (share[l] - w);
            }
        }
    }
}

/// Logits become shares that sum to 1; returns the largest, and the sum of exponentials over that of it.
#[inline(always)]
fn normalise(logits: &mut [Lane]) -> [Lane; 2] {
    let mut top = [f64::NEG_INFINITY; LANES];
    for lane in logits.iter() {
        for l in 0..LANES {
            top[l] = top[l].max(lane[l]);
        }
    }
    let mut total = [0.0; LANES];
    for lane in logits.iter_mut() {
        let shifted: Lane = std::array::from_fn(|l| lane[l] - top[l]);
        *lane = exp_array(&shifted);
        for l in 0..LANES {
            total[l] += lane[l];
        }
    }
    let inverse: Lane = std::array::from_fn(|l| 1.0 / total[l]);
    for lane in logits.iter_mut() {
        for l in 0..LANES {
            lane[l] *= inverse[l];
        }
    }
    [top, total]
}
