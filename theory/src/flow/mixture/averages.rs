//! The Gaussian averages that the mixture flow is made of.

use crate::cubature::{Cubature, Logits, PlaneAverages, PointClasses, SoftmaxAverages};
use crate::family::{Metric, VarianceRule, WeightRule};
use crate::flow::mixture::{MixtureFlow, MixtureState};

/// Counts of components whose averages are by rules of their own, good to the tolerance: there the balance of the pulls costs no
/// digits.
const BALANCED: std::ops::RangeInclusive<usize> = 2..=4;

/// The Gaussian averages of theory (2)-(5), one row per component i.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClassAverages {
    /// `<r_j>_i` (K x K).
    pub own: Vec<f64>,
    /// `<s_k>_i` (K x P).
    pub target: Vec<f64>,
    /// `<sum_j r_j (mu_j - mu_i)>_i` (K x D).
    pub own_pull: Vec<f64>,
    /// `<sum_k s_k (nu_k - mu_i)>_i` (K x D).
    pub target_pull: Vec<f64>,
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
        self.averages_inlined(state)
    }

    /// [`MixtureFlow::averages`] compiled into its caller, where the caller's vector instructions matter.
    #[inline(always)]
    pub fn averages_inlined(&self, state: &MixtureState) -> ClassAverages {
        self.averages_with(state, true)
    }

    /// The same, without the responsibilities themselves where they are not wanted and cost more.
    #[inline(always)]
    pub(super) fn averages_with(&self, state: &MixtureState, wants_means: bool) -> ClassAverages {
        let log_shares = if wants_means { &[] } else { self.log_shares(state) };
        self.averages_over(state, [(&state.means, log_shares), (&state.means, log_shares)], wants_means)
    }

    /// What the field is made of. Where the means alone move, of few components, the heaviest one's own pull follows from the
    /// others': `w_i <r_j>_i = w_j <r_i>_j` for components of one variance, so that `sum_i w_i <sum_j r_j (mu_j - mu_i)>_i = 0`.
    #[inline(always)]
    pub(super) fn field_averages(&self, state: &MixtureState) -> ClassAverages {
        let (k, width, log_shares) = (self.components(), self.width, self.log_shares(state));
        let moves_means_alone = self.rules.weights == WeightRule::Fixed && self.rules.variance != VarianceRule::Trained;
        let heaviest = (0..k).max_by(|&i, &j| state.log_weights[i].total_cmp(&state.log_weights[j]));
        let Some(heaviest) = heaviest.filter(|_| moves_means_alone && BALANCED.contains(&k)) else {
            return self.averages_with(state, false);
        };
        let without = |all: &[f64], size: usize| {
            let rows = all.chunks(size).enumerate().filter(|(i, _)| *i != heaviest);
            rows.flat_map(|(_, row)| row.iter().copied()).collect::<Vec<f64>>()
        };
        let (centres, shares) = (without(&state.means, width), without(log_shares, 1));
        let mut found = self.averages_over(state, [(&centres, &shares), (&state.means, log_shares)], false);
        let mut balance = vec![0.0; width];
        let others = (0..k).filter(|&i| i != heaviest);
        for (i, pull) in others.zip(found.own_pull.chunks(width)) {
            let ratio = libm::exp(state.log_weights[i] - state.log_weights[heaviest]);
            balance.iter_mut().zip(pull).for_each(|(sum, pull)| *sum -= ratio * pull);
        }
        found.own_pull.splice(heaviest * width..heaviest * width, balance);
        found
    }

    /// Logarithms of the factors with which the averages over the components enter field and objective; empty where those are 1.
    pub(super) fn log_shares<'a>(&self, state: &'a MixtureState) -> &'a [f64] {
        let is_weighted = self.rules.metric == Metric::Euclidean && self.rules.weights != WeightRule::FisherRao;
        if is_weighted { &state.log_weights } else { &[] }
    }

    /// The same over components at these centres alone, with their shares, those of q's softmax and those of p's.
    #[inline(always)]
    pub(super) fn averages_over(
        &self,
        state: &MixtureState,
        centres: [(&[f64], &[f64]); 2],
        wants_means: bool,
    ) -> ClassAverages {
        let (k, p) = (self.components(), self.mode_count());
        let log_targets: Vec<f64> = self.log_targets.iter().map(|l| state.power * l).collect();
        let own = PointClasses {
            points: &state.means,
            width: self.width,
            log_weights: &state.log_weights,
            variance: state.variance,
        };
        let target = self.target_classes(&log_targets);
        let mut scratch = Scratch::new(k.max(p), self.width);
        let root = state.variance.sqrt();
        let none = PlaneAverages::default;
        let (mut own, mut target) = ((own, 1.0 / root, none()), (target, root, none()));
        // A loop, so that all that is inlined here is compiled once.
        let tabulated = if wants_means { None } else { self.tabulated(centres[1].0) };
        let wanted = if tabulated.is_some() { 1 } else { 2 };
        for ((classes, scale, found), centres) in [&mut own, &mut target].into_iter().zip(centres).take(wanted) {
            *found = self.rows(classes, *scale, (centres, state.variance), wants_means, &mut scratch);
        }
        let (own, target) = (own.2, tabulated.unwrap_or(target.2));
        ClassAverages {
            own: own.rows.mean,
            target: target.rows.mean,
            own_pull: own.pulls,
            target_pull: target.pulls,
            log_own: own.rows.log_sum,
            log_target: target.rows.log_sum,
            own_spread: own.rows.trace,
            target_spread: target.rows.trace,
            error: own.rows.error.max(target.rows.error),
        }
    }

    /// Those of the modes' softmax but for the responsibilities, from the table; `None` where there is none.
    #[inline(always)]
    fn tabulated(&self, centres: &[f64]) -> Option<PlaneAverages> {
        let table = self.potential.as_ref()?;
        let mut found = PlaneAverages::default();
        for m in centres.chunks_exact(2) {
            let (value, [x, y]) = table.at(m)?;
            found.rows.log_sum.push(value - 0.5 * (m[0] * m[0] + m[1] * m[1]));
            found.pulls.extend([x - m[0], y - m[1]]);
        }
        // Traces are asked for where the variance is trained, and there is no table there.
        found.rows.trace.resize(found.rows.log_sum.len(), 0.0);
        Some(found)
    }

    /// The averages of one softmax, a row for each component: on one grid in the plane, else all rows at once where the
    /// classes' span has a rule, one by one where it has none. `scale` is the standard deviation of x over the classes'
    /// variance.
    #[inline(always)]
    fn rows(
        &self,
        classes: &PointClasses<'_>,
        scale: f64,
        ((centres, log_shares), variance): ((&[f64], &[f64]), f64),
        wants_means: bool,
        scratch: &mut Scratch,
    ) -> PlaneAverages {
        if centres.is_empty() {
            return PlaneAverages::default();
        }
        if let Some(found) = self.cubature.plane(classes, (centres, log_shares), variance, wants_means) {
            return found;
        }
        let mut all = PlaneAverages::default();
        // A match and no closure, which would not be compiled for the caller's vectors.
        let found = match self.cubature.rows(classes, centres, variance) {
            None => self.cubature.common_lattice(classes, centres, variance),
            found => found,
        };
        match found {
            Some(found) => all.rows = found,
            None => {
                for mean in centres.chunks(self.width) {
                    all.rows.trace.push(scratch.average(classes, scale, mean, &self.cubature));
                    all.rows.mean.extend_from_slice(&scratch.result.mean);
                    all.rows.log_sum.push(scratch.result.log_sum);
                    all.rows.error = all.rows.error.max(scratch.result.error);
                }
            }
        }
        let shares = all.rows.mean.chunks(classes.log_weights.len());
        for (mean, shares) in centres.chunks(self.width).zip(shares) {
            let first = all.pulls.len();
            all.pulls.resize(first + self.width, 0.0);
            for (share, point) in shares.iter().zip(classes.points.chunks(self.width)) {
                let pull = &mut all.pulls[first..];
                pull.iter_mut().zip(point.iter().zip(mean)).for_each(|(out, (c, m))| *out += share * (c - m));
            }
        }
        all
    }
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

    /// Fills `result` with the averages over N(mean, .), (c_j - mean).g coming times `scale`; returns the mean of tr Cov c,
    /// or 0 where products are not averaged.
    fn average(&mut self, classes: &PointClasses<'_>, scale: f64, mean: &[f64], cubature: &Cubature) -> f64 {
        let n = classes.log_weights.len();
        for (j, point) in classes.points.chunks(self.width).enumerate() {
            let mut square = 0.0;
            for (axis, (c, m)) in point.iter().zip(mean).enumerate() {
                let gap = c - m;
                square += gap * gap;
                self.loadings[j * self.width + axis] = scale * gap;
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
