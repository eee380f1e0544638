//! Two modes of unequal widths, each a product of normal laws.

use super::lattice::Term;
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
    pub(super) fn term(&self) -> Term {
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
    pub(super) fn deficit(&self) -> f64 {
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

    pub(super) fn half_log_odds(&self) -> f64 {
        0.5 * libm::log(self.weight / (1.0 - self.weight))
    }

    /// h with the constants of S.
    pub(super) fn bias(&self) -> f64 {
        self.half_log_odds() + self.groups.iter().map(|g| g.count as f64 * g.offset()).sum::<f64>()
    }

    /// (E_+ S - E_- S)/2, A^2 where widths are equal.
    pub(super) fn spread(&self) -> f64 {
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
    pub(super) fn period(&self) -> f64 {
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
