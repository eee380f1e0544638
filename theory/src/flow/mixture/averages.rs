//! The Gaussian averages that the mixture flow is made of.

use crate::cubature::{Cubature, Logits, SoftmaxAverages};
use crate::flow::mixture::{MixtureFlow, MixtureState};

/// The Gaussian averages of theory (2)-(5), one row per component i.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClassAverages {
    /// `<r_j>_i` (K x K).
    pub own: Vec<f64>,
    /// `<s_k>_i` (K x P).
    pub target: Vec<f64>,
    /// `<log sum_j w_j exp(-|x-mu_j|^2/(2 var))>_i + d/2`.
    pub log_own: Vec<f64>,
    /// `<log sum_k v_k^power exp(-|x-nu_k|^2/2)>_i + d var/2`.
    pub log_target: Vec<f64>,
    /// `<tr Cov_r mu>_i`.
    pub own_spread: Vec<f64>,
    /// `<tr Cov_s nu>_i`.
    pub target_spread: Vec<f64>,
    /// The largest error estimate of the averages.
    pub error: f64,
}

impl MixtureFlow {
    /// The averages of theory (2)-(5) at a state; the spreads are 0 unless the variance is trained. A state that is
    /// not finite gives averages that are not numbers.
    ///
    /// With y = mu_i + sqrt(var) g the class logits are log w_j - |mu_j - mu_i|^2/(2 var) + (mu_j - mu_i).g/sqrt(var)
    /// for q and log v_k - |nu_k - mu_i|^2/2 + sqrt(var) (nu_k - mu_i).g for p: differences only, so that
    /// nothing cancels where components meet.
    pub fn averages(&self, state: &MixtureState) -> ClassAverages {
        let (k, p) = (self.components(), self.mode_count());
        let mut all = ClassAverages::with_capacity(k, p);
        let mut scratch = Scratch::new(k.max(p), self.width);
        let root = state.variance.sqrt();
        let log_targets: Vec<f64> = self.log_targets.iter().map(|l| state.power * l).collect();
        for mean in state.means.chunks(self.width) {
            let own = Classes {
                points: &state.means,
                log_weights: &state.log_weights,
                variance: state.variance,
                scale: 1.0 / root,
            };
            let spread = scratch.average(&own, mean, &self.cubature);
            all.own.extend_from_slice(&scratch.result.mean[..k]);
            all.log_own.push(scratch.result.log_sum);
            all.own_spread.push(spread);
            all.error = all.error.max(scratch.result.error);

            let target = Classes { points: &self.modes, log_weights: &log_targets, variance: 1.0, scale: root };
            let spread = scratch.average(&target, mean, &self.cubature);
            all.target.extend_from_slice(&scratch.result.mean[..p]);
            all.log_target.push(scratch.result.log_sum);
            all.target_spread.push(spread);
            all.error = all.error.max(scratch.result.error);
        }
        all
    }
}

impl ClassAverages {
    /// None yet, with room for K components and P modes.
    fn with_capacity(k: usize, p: usize) -> Self {
        Self {
            own: Vec::with_capacity(k * k),
            target: Vec::with_capacity(k * p),
            log_own: Vec::with_capacity(k),
            log_target: Vec::with_capacity(k),
            own_spread: Vec::with_capacity(k),
            target_spread: Vec::with_capacity(k),
            error: 0.0,
        }
    }
}

/// The classes of one softmax: points c_j with log weights, seen from a Gaussian.
struct Classes<'a> {
    points: &'a [f64],
    log_weights: &'a [f64],
    /// The variance in the class densities.
    variance: f64,
    /// Standard deviation of x over that variance: what multiplies (c_j - mu_i).g.
    scale: f64,
}

struct Scratch {
    offsets: Vec<f64>,
    loadings: Vec<f64>,
    result: SoftmaxAverages,
    width: usize,
}

impl Scratch {
    fn new(classes: usize, width: usize) -> Self {
        Self {
            offsets: vec![0.0; classes],
            loadings: vec![0.0; classes * width],
            result: SoftmaxAverages::default(),
            width,
        }
    }

    /// Fills `result` with the averages over N(mean, .); returns the mean of tr Cov c, or 0 where products are not averaged.
    fn average(&mut self, classes: &Classes<'_>, mean: &[f64], cubature: &Cubature) -> f64 {
        let n = classes.log_weights.len();
        for (j, point) in classes.points.chunks(self.width).enumerate() {
            let mut square = 0.0;
            for (axis, (c, m)) in point.iter().zip(mean).enumerate() {
                let gap = c - m;
                square += gap * gap;
                self.loadings[j * self.width + axis] = classes.scale * gap;
            }
            self.offsets[j] = classes.log_weights[j] - square / (2.0 * classes.variance);
        }
        match Logits::new(&self.offsets[..n], &self.loadings[..n * self.width], self.width) {
            Ok(logits) => cubature.softmax(&logits, &mut self.result),
            Err(_) => self.refuse(n),
        }
        if self.result.second.is_empty() {
            return 0.0;
        }
        // tr Cov = sum_{j<l} r_j r_l |c_j - c_l|^2: a sum of positive terms.
        let point = |j: usize| &classes.points[j * self.width..(j + 1) * self.width];
        let mut spread = 0.0;
        for j in 0..n {
            for l in 0..j {
                let square: f64 = point(j).iter().zip(point(l)).map(|(a, b)| (a - b) * (a - b)).sum();
                spread += self.result.second[j * n + l] * square;
            }
        }
        spread
    }

    /// The averages at a state that is not finite, so that an integrator sees it.
    fn refuse(&mut self, n: usize) {
        self.result = SoftmaxAverages { mean: vec![f64::NAN; n], log_sum: f64::NAN, ..SoftmaxAverages::default() };
    }
}
