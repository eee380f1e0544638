//! Two modes of unequal widths, each a product of normal laws: the scalar sum of their log ratio, mean field 2.

use std::f64::consts::TAU;

use super::ascent::Ascent;
use super::lattice::Term;
use super::observables::log_cosh;
use super::scalar_sum::{MeanFieldState, ScalarSum};
use super::solve::MeanFieldStatus;
use super::spectrum::Couplings;
use super::waves::Waves;
use crate::parameter::{InvalidParameter, positive};

/// `count` coordinates with means +-a_j and precisions 1 + tau_j at the plus mode, 1 - tau_j at the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnequalGroup {
    /// a_j >= 0.
    pub half_separation: f64,
    /// tau_j, the difference of the two precisions over their sum; in (-1, 1).
    pub contrast: f64,
    /// How many coordinates have them.
    pub count: usize,
}

impl UnequalGroup {
    /// A coordinate with means `half` and -`half` and `variances` of the plus mode and the other, and its unit of length:
    /// the mean of the two precisions is 1 there.
    pub fn of(half: f64, variances: [f64; 2]) -> (Self, f64) {
        let [plus, minus] = variances.map(f64::recip);
        let scale = (0.5 * (plus + minus)).sqrt().recip();
        let contrast = (plus - minus) / (plus + minus);
        (Self { half_separation: half.abs() / scale, contrast, count: 1 }, scale)
    }

    /// s(y) but for its constant, y = x - tau a.
    fn term(&self) -> Term {
        let slope = self.half_separation * self.own_precision();
        Term { count: self.count, slope, bend: -0.5 * self.contrast }
    }

    /// 1 - tau^2.
    fn own_precision(&self) -> f64 {
        (1.0 - self.contrast) * (1.0 + self.contrast)
    }

    /// s(0).
    fn offset(&self) -> f64 {
        let square = self.half_separation * self.half_separation;
        0.5 * self.contrast * square * self.own_precision() + 0.5 * libm::atanh(self.contrast)
    }

    /// -(log P_+ + log P_-)/2 + log phi at y = 0, phi = N(0, 1).
    fn deficit(&self) -> f64 {
        let square = self.half_separation * self.half_separation;
        0.5 * square * self.own_precision() - 0.25 * libm::log(self.own_precision())
    }
}

/// pi = w N(a, D_+) + (1-w) N(-a, D_-) at temperature T = 1/beta, D_+ and D_- diagonal: `Group` by group.
///
/// With P_+ and P_- its components, log pi = (log P_+ + log P_-)/2 + f(S + h) - log cosh h, f = log cosh,
/// h = log(w/(1-w))/2 and S = log(P_+/P_-)/2 = sum_j s_j. In units where the mean precision of a coordinate is 1, and with
/// y = x - tau a, the first part is log phi(y) + const and
///
/// s(y) = a (1-tau^2) y - tau y^2/2 + tau a^2 (1-tau^2)/2 + log((1+tau)/(1-tau))/4.
///
/// Coordinates in which the modes agree, a = tau = 0, decouple and are left out. Source: mean field 2; theory 14.1.
#[derive(Debug, Clone, PartialEq)]
pub struct UnequalPair {
    groups: Vec<UnequalGroup>,
    weight: f64,
    temperature: f64,
}

/// Largest |tau|: variances within a factor of a hundred.
const MOST_CONTRAST: f64 = 99.0 / 101.0;
/// Longest period of the waves; their number and the work grow with it.
const MOST_PERIOD: f64 = 4000.0;
/// Lowest temperature, as of equal widths.
const COLDEST: f64 = 0.05;
/// Largest beta (s(P_+) - s(P_-))/2 summed up: beyond, log q loses the digits that are claimed.
const MOST_SHARP: f64 = 1000.0;

impl UnequalPair {
    /// The pair with these groups, weight w of the plus mode and temperature T.
    ///
    /// Errors: no group; a half separation that is negative or not finite; |tau| > 99/101 (variances that differ by more
    /// than a factor of 100); a coordinate in which the modes agree; w outside (0,1); T < 0.05; modes so far apart that S
    /// spreads over more than 4000.
    pub fn new(groups: Vec<UnequalGroup>, weight: f64, temperature: f64) -> Result<Self, InvalidParameter> {
        if groups.is_empty() {
            return Err(InvalidParameter::new("groups", "[]", "hold at least one group"));
        }
        for group in &groups {
            if group.contrast == 0.0 {
                positive("half_separation", group.half_separation)?;
            } else if !(group.half_separation >= 0.0 && group.half_separation.is_finite()) {
                return Err(InvalidParameter::new(
                    "half_separation",
                    group.half_separation,
                    "be finite and at least 0",
                ));
            }
            if group.contrast.is_nan() || group.contrast.abs() > MOST_CONTRAST {
                let rule = "lie within -99/101 and 99/101: variances within a factor of 100";
                return Err(InvalidParameter::new("contrast", group.contrast, rule));
            }
            if group.count == 0 {
                return Err(InvalidParameter::new("count", group.count, "be at least 1"));
            }
        }
        if !(weight > 0.0 && weight < 1.0) {
            return Err(InvalidParameter::new("weight", weight, "lie strictly between 0 and 1"));
        }
        if !(temperature.is_finite() && temperature >= COLDEST) {
            return Err(InvalidParameter::new("temperature", temperature, "be finite and at least 0.05"));
        }
        let pair = Self { groups, weight, temperature };
        let (period, spread) = (pair.period(), pair.spread());
        if !(period <= MOST_PERIOD && spread / temperature <= MOST_SHARP) {
            let rule = "keep the log ratio of the modes within 4000, and half its mean difference over T within 1000";
            return Err(InvalidParameter::new("separation", period.max(spread / temperature), rule));
        }
        Ok(pair)
    }

    /// The groups.
    pub fn groups(&self) -> &[UnequalGroup] {
        &self.groups
    }

    /// w.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// T.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// d, the number of coordinates in which the modes differ.
    pub fn dimension(&self) -> usize {
        self.groups.iter().map(|g| g.count).sum()
    }

    fn half_log_odds(&self) -> f64 {
        0.5 * libm::log(self.weight / (1.0 - self.weight))
    }

    /// h with the constants of S.
    fn bias(&self) -> f64 {
        self.half_log_odds() + self.groups.iter().map(|g| g.count as f64 * g.offset()).sum::<f64>()
    }

    /// (E_+ S - E_- S)/2, A^2 where widths are equal.
    fn spread(&self) -> f64 {
        let mean = |term: &Term, u: f64| {
            let (mean, variance) = term.tilted(u, 1.0);
            term.at(mean) + term.bend * variance
        };
        let of = |g: &UnequalGroup| {
            let term = g.term();
            0.5 * g.count as f64 * (mean(&term, 1.0) - mean(&term, -1.0))
        };
        self.groups.iter().map(of).sum()
    }

    /// A period of the waves that holds all of S + h.
    ///
    /// Every law of S lies between those under the two components at T, theorem 1: what is left out on either side has
    /// probability e^-K(theta) of Chernoff's bound there.
    fn period(&self) -> f64 {
        let edge = |side: f64| {
            let terms: Vec<Term> = self.groups.iter().map(UnequalGroup::term).collect();
            let bound = |theta: f64| {
                let of = |term: &Term| term.count as f64 * term.cumulants(side * theta, side, self.temperature);
                (terms.iter().map(of).sum::<f64>() + NEGLIGIBLE) / theta
            };
            let all = (0..CHERNOFF).map(|n| bound(SMALLEST * GROWTH.powi(n)));
            all.fold(f64::INFINITY, f64::min)
        };
        let (up, down, bias) = (edge(1.0), edge(-1.0), self.bias());
        (up + bias).max(down - bias).max(0.0) + SATURATED
    }
}

/// -log of a probability that rounding hides; where 1 - tanh rounds to nothing.
const NEGLIGIBLE: f64 = 37.0;
const SATURATED: f64 = 18.5;
/// The theta at which Chernoff's bound is taken: its least value is flat.
const SMALLEST: f64 = 1e-3;
const GROWTH: f64 = 1.25;
const CHERNOFF: i32 = 60;

/// Mean-field variational inference on an [`UnequalPair`], with the errors of [`MeanField`](crate::MeanField) relative to
/// the spread of S.
///
/// The order theorem holds as for equal widths, for the laws of the s_j(X_j): q_j has a density relative to P_-^beta that
/// rises with s_j and with the laws of the others. So ascents from the two components bound every stationary point, and
/// there is a single one iff they coincide.
#[derive(Debug, Clone)]
pub struct UnequalMeanField {
    pair: UnequalPair,
    sum: ScalarSum,
}

/// A stationary point with its evidence; vectors have an entry a group.
#[derive(Debug, Clone)]
pub struct UnequalSolution {
    /// The marginals.
    pub state: MeanFieldState,
    /// F_beta = E_q\[log q - beta log pi\] in the units of the pair, with all constants.
    pub objective: f64,
    /// E tanh(S+h): the mode at +a has the mass (1 + theta)/2 by responsibilities.
    pub theta: f64,
    /// E X_j.
    pub means: Vec<f64>,
    /// Var X_j.
    pub variances: Vec<f64>,
    /// Eigenvalues of T there.
    pub couplings: Couplings,
    /// (sum_j E_q\[r_j^2\])^(1/2), r_j the centred change of log q_j by one sweep.
    pub residual: f64,
    /// Whether it is a stationary point, and of which kind.
    pub status: MeanFieldStatus,
}

impl UnequalMeanField {
    /// The fit of `pair`.
    pub fn new(pair: UnequalPair) -> Self {
        let waves = Waves::new(pair.period(), pair.bias());
        let terms: Vec<Term> = pair.groups.iter().map(UnequalGroup::term).collect();
        let scale = 1.0 + pair.spread() / pair.temperature;
        let sum = ScalarSum::new(&terms, pair.temperature, scale, waves, 1.0);
        Self { pair, sum }
    }

    /// The target.
    pub fn pair(&self) -> &UnequalPair {
        &self.pair
    }

    /// The largest stationary point in the order of S, reached from the plus mode.
    pub fn from_plus(&self) -> UnequalSolution {
        self.solution(self.sum.ascend_from_component(1.0))
    }

    /// The smallest, reached from the other mode.
    pub fn from_minus(&self) -> UnequalSolution {
        self.solution(self.sum.ascend_from_component(-1.0))
    }

    fn solution(&self, found: Ascent) -> UnequalSolution {
        let Ascent { state, residual, .. } = found;
        let couplings = self.sum.couplings(&state);
        let status = self.sum.status(residual, &couplings);
        let beta = self.sum.beta();
        let (f, theta, _) = self.sum.waves.averages(&state.law.total);
        let constant = 0.5 * (beta - 1.0) * libm::log(TAU) + 0.5 * libm::log(beta);
        let mut objective = beta * (log_cosh(self.pair.half_log_odds()) - f);
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for ((group, axis), marginal) in self.pair.groups.iter().zip(&self.sum.axes).zip(&state.marginals) {
            let relative = marginal.mean_of(&marginal.tilt);
            objective += group.count as f64 * (relative + beta * group.deficit() + constant);
            let (mean, variance) = marginal.moments(axis);
            means.push(mean + group.contrast * group.half_separation);
            variances.push(variance);
        }
        UnequalSolution { state, objective, theta, means, variances, couplings, residual, status }
    }

    /// (x, q_j(x)) on the grid of a coordinate of group `group`, x ascending and equidistant.
    pub fn density(&self, state: &MeanFieldState, group: usize) -> Vec<(f64, f64)> {
        let Some(of) = self.pair.groups.get(group) else { return Vec::new() };
        let shift = of.contrast * of.half_separation;
        state.marginals[group].density(&self.sum.axes[group]).into_iter().map(|(y, p)| (y + shift, p)).collect()
    }
}
