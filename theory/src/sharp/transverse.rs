//! The sphere pair linearised about equal alignments, m_1 = m_2: theory 16.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::flow::{SpherePair, SphereVariance};
use crate::kernel::{logistic_normal_jet, repulsion};
use crate::numerics::bisect;
use crate::numerics::inverse_erf;
use crate::numerics::minimum;
use crate::parameter::InvalidParameter;
use crate::schedule::Schedule;
use crate::sharp::along::{Rates, along};
use crate::sharp::antipodal_threshold;
use crate::sharp::equator::decision_plane;

/// The formula (34) for the collapse probability of the sphere pair, to first order in D = m_1 - m_2 alone:
/// P_c = E_u erf(|m + eps| sqrt(d) e^(-Lambda)), where (m, s, Lambda) follow theory (32)-(33) from (u/sqrt(2), 0, 0),
/// u ~ N(0, 1/d), to the time at which |m + eps| e^(-Lambda) is least since the heat ended.
///
/// Under a good schedule the starts that collapse are those with the smallest gaps; nothing else of them is small, so m may
/// be far from the decision plane, where (18) is at a loss. Any schedule, clock, metric and rule of the variance (lagging
/// to leading order in 1/d); starts close to the equator, that is large d. See [`TransverseFormula::holds_for`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransverseFormula {
    pair: SpherePair,
    epsilon: f64,
    /// 1/T_c.
    critical_beta: f64,
}

/// A jump that ends the heat starts at T_c times this or above, goes to T_c over this or below, and takes at most this time.
const HOT: f64 = 0.9;
const COLD: f64 = 2.0;
const QUICK: f64 = 0.3;

/// Step and nodes on either side of 0 of u sqrt(d): for the normal law the trapezoidal rule errs by 2 e^(-2 pi^2/h^2).
const STEP: f64 = 1.0;
const NODES: i32 = 4;
/// Steps are longer by one over this.
const COARSER: f64 = 0.4;
/// Lambda from which on nothing is left of P_c.
const FOR_EVER: f64 = 35.0;
/// What |m + eps| e^(-Lambda) has risen above its least, logarithmically, where no later time is asked; and where m is at a mode.
const RISEN: f64 = 1.0;
const THERE: f64 = 0.98;

/// m, 1 + s, Lambda, log var.
type TransverseState = [f64; 4];

impl TransverseFormula {
    /// The formula for `pair`.
    ///
    /// Errors: the decision plane misses the sphere, |h| >= R^2.
    pub fn new(pair: SpherePair) -> Result<Self, InvalidParameter> {
        let (options, epsilon) = (pair.options(), decision_plane(&pair)?);
        let alpha = antipodal_threshold(options.radius, options.target_weight)?;
        Ok(Self { pair, epsilon, critical_beta: alpha / (options.radius * options.radius) })
    }

    /// Whether a schedule ends its heat as (34) takes for granted: from 0.9 T_c or above to T_c/2 and below, for good, in at most
    /// 0.3 units of time. From 1.15 T_c on it was measured within a seventh of the exact P_c; next to T_c, where both means begin
    /// to fall while they part, it is too large, 1.4 to 2.2 times. A slow passage through T_c it makes too large by as much,
    /// and (18) is better there.
    pub fn holds_for(&self, schedule: &Schedule) -> bool {
        self.jump(schedule).is_some()
    }

    /// The time at which that heat ends.
    fn jump(&self, schedule: &Schedule) -> Option<f64> {
        let hot = last_below(schedule, self.critical_beta / HOT)?;
        let warm = last_below(schedule, self.critical_beta * COLD)?;
        (hot > 0.0 && warm - hot <= QUICK).then_some(hot)
    }

    /// P_c in dimension `dimension` (>= 2) under `schedule`.
    pub fn probability(&self, dimension: f64, schedule: &Schedule) -> f64 {
        let (root, jump) = (dimension.sqrt(), self.jump(schedule).unwrap_or(0.0));
        let (mut total, mut mass) = (0.0, 0.0);
        for node in -NODES..=NODES {
            let u = STEP * f64::from(node);
            let density = (-u * u / 2.0).exp();
            total += density * libm::erf(root * self.least(u / root, schedule, jump));
            mass += density;
        }
        total / mass
    }

    /// |m + eps| e^(-Lambda) at its least since a time, and since the antipodal states were last stable.
    fn least(&self, u: f64, schedule: &Schedule, since: f64) -> f64 {
        let variance = self.pair.initial_variance(schedule.initial_temperature());
        let state = [u * FRAC_1_SQRT_2, 1.0, 0.0, variance.ln()];
        let mut least = f64::INFINITY;
        let end = schedule.end_of_run();
        let at = |m: f64, log_gap: f64| (m + self.epsilon).abs().ln() - log_gap;
        let last = along(self, schedule, state, |t, beta, state| {
            let &[m, _, log_gap, _] = state;
            let now = at(m, log_gap);
            let hot = t < since || self.keeps_antipodal(beta, state);
            least = if hot { f64::INFINITY } else { least.min(now) };
            log_gap > FOR_EVER || (t >= end && !hot && (now > least + RISEN || m.abs() > THERE))
        });
        least.min(at(last[0], last[2])).exp()
    }

    /// Whether the antipodal states near the equator are stable, theory 4.2: 2r/var > beta tau'(0).
    fn keeps_antipodal(&self, beta: f64, state: &TransverseState) -> bool {
        let variance = self.pair.variance(beta, state);
        let local = Symmetric::new(&self.pair, 0.0, 0.0, variance);
        2.0 * local.repulsion / variance > beta * local.slope
    }
}

/// The last time at which beta(t) <= `beta`, 0 if there is none; nothing if it stays there.
fn last_below(schedule: &Schedule, beta: f64) -> Option<f64> {
    let mut edges = vec![0.0];
    edges.extend(schedule.breakpoints());
    edges.push(schedule.end_of_run().max(edges[edges.len() - 1]));
    if 1.0 / schedule.final_temperature() <= beta {
        return None;
    }
    // beta is monotonic within a piece.
    let pieces = edges.windows(2).enumerate().rev();
    let last = pieces.map(|(piece, ends)| {
        let below = |t: f64| schedule.beta_in_piece(piece, t) <= beta;
        match (below(ends[0]), below(ends[1])) {
            (_, true) => Some(ends[1]),
            (true, false) => bisect(ends[0], ends[1], |t| schedule.beta_in_piece(piece, t) - beta).or(Some(ends[0])),
            (false, false) => None,
        }
    });
    Some(last.flatten().next().unwrap_or(0.0))
}

/// What the flow needs where both alignments are m and the overlap is s.
struct Symmetric {
    /// r(q).
    repulsion: f64,
    /// tau_R(m) and tau_R'(m), the heavy mode at m = 1.
    pull: f64,
    slope: f64,
}

impl Symmetric {
    fn new(pair: &SpherePair, m: f64, above: f64, variance: f64) -> Self {
        let radius = pair.options().radius;
        let square = radius * radius;
        let jet = logistic_normal_jet(2.0 * (square * m + pair.bias().abs()), 2.0 * radius * variance.sqrt());
        Self {
            repulsion: repulsion(2.0 * square * (2.0 - above) / variance),
            pull: 2.0 * jet.value - 1.0,
            slope: 4.0 * square * jet.d1,
        }
    }
}

impl Rates<4> for TransverseFormula {
    /// Theory (32)-(33).
    fn rates(&self, beta: f64, state: &TransverseState) -> (TransverseState, f64) {
        let (&[m, above, ..], variance) = (state, self.pair.variance(beta, state));
        let local = Symmetric::new(&self.pair, m, above, variance);
        let (below, speed) = (2.0 - above, self.pair.speed(beta));
        let push = speed * local.repulsion / variance;
        let (pull, slope) = (speed * beta * local.pull, speed * beta * local.slope);
        let across = 1.0 - m * m;
        let lag = self.pair.lag(beta, 1.0 / variance);
        let rates = [
            pull * across - push * m * below,
            2.0 * below * (pull * m - push * above),
            push * above + slope * across - 2.0 * m * pull,
            lag,
        ];
        // Nothing here needs the digits that (17) is followed to.
        (rates, COARSER * (2.0 * push + slope + lag.abs()))
    }
}

/// The best constant temperature of the sphere pair, theory (35): where gaps grow fastest while both means rest at equal
/// alignments. Every long schedule that is the best of its duration spends nearly all of it there, and P_c falls as
/// e^(-rate t).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turnpike {
    /// T*.
    pub temperature: f64,
    /// lambda* > 0, in units of one over time.
    pub rate: f64,
    /// m at rest.
    pub mean: f64,
    /// s = 2 m^2 - 1 there.
    pub overlap: f64,
    /// eps.
    pub offset: f64,
}

/// Temperatures looked over, in units of T_c.
const COOLEST: f64 = 0.5;
const HOTTEST: f64 = 50.0;
/// Alignments among which the first root is looked for.
const ROOTS: u32 = 64;

impl Turnpike {
    /// The turnpike of a pair; a lagging variance is at rest at var = T.
    ///
    /// Errors: the decision plane misses the sphere; a variance that does not follow the temperature; antipodal states that
    /// are stable at every temperature above 1e-6.
    pub fn new(pair: &SpherePair) -> Result<Self, InvalidParameter> {
        let options = pair.options();
        decision_plane(pair)?;
        if options.variance == SphereVariance::Unit {
            let rule = "follow the temperature for a best temperature";
            return Err(InvalidParameter::new("variance", "unit", rule));
        }
        let critical = options.radius * options.radius / antipodal_threshold(options.radius, options.target_weight)?;
        let (low, high) = ((COOLEST * critical).ln(), (HOTTEST * critical).ln());
        let (log_t, _) = minimum(low, high, |log_t| -Self::at(pair, log_t.exp()).rate);
        Ok(Self::at(pair, log_t.exp()))
    }

    /// The state of rest at equal alignments at a temperature, and the rate at which a gap grows there.
    pub fn at(pair: &SpherePair, temperature: f64) -> Self {
        let excess = |m: f64| {
            let local = Symmetric::new(pair, m, 2.0 * m * m, temperature);
            (2.0 * m * local.repulsion - local.pull, local)
        };
        // m = 0 is pulled to the heavy mode. Where it is cold there are more roots: the first continues that of heat.
        let at = |i: u32| f64::from(i) / f64::from(ROOTS);
        let first = (1..=ROOTS).find(|&i| excess(at(i)).0 > 0.0);
        let root = first.and_then(|i| bisect(at(i - 1), at(i), |m| excess(m).0));
        // Equal weights rest at 0.
        let mean = root.unwrap_or(0.0);
        let local = excess(mean).1;
        let gain = local.slope * (1.0 - mean * mean) - mean * local.pull;
        let rate = pair.speed(1.0 / temperature) / temperature * gain;
        let square = pair.options().radius * pair.options().radius;
        Self { temperature, rate, mean, overlap: 2.0 * mean * mean - 1.0, offset: pair.bias().abs() / square }
    }

    /// The growth lambda t that a hold of duration t in dimension `dimension` needs for P_c = `probability`, in (0, 1):
    /// erf((m + eps) sqrt(d/2) e^(-lambda t)) = P_c, theory 16.2; 0 where none is needed. Too large by .1 to .4.
    pub fn growth(&self, dimension: f64, probability: f64) -> f64 {
        ((self.mean + self.offset) * (dimension / 2.0).sqrt() / inverse_erf(probability)).ln().max(0.0)
    }
}
