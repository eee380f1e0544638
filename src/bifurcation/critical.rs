//! Where collapse becomes possible for the free pair: theory (12) and beyond.

use collapsar_theory::numerics::bisect;
use collapsar_theory::{FreePair, FreePairOptions, InvalidParameter, repulsion_jet};

use super::profile::Profile;

/// Places of m_2 scanned for maxima of the temperature, of which there is one for equal target weights.
const SCAN: usize = 192;

/// Roundings of the separation at which its bracket is closed.
const CLOSED: f64 = 4.0;

/// Largest separation looked at: at 25 the critical temperature passes 1e120.
const FAR: f64 = 25.0;

/// Half the distance of a mode below which a lone mean is not held there by either.
const NEAR: f64 = 0.05;

/// A saddle-node of collapsed states with its evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CollapseFold {
    /// rho.
    pub separation: f64,
    /// The highest temperature with a collapsed state.
    pub temperature: f64,
    /// x there.
    pub x: f64,
    /// y > 0 there.
    pub y: f64,
    /// Temperatures between which it lies: those of the rounding of m_2 and of the kernels.
    pub interval: [f64; 2],
    /// Largest of the two equations of rest, over the force of the target, and of `d log T/d m_2`.
    pub residual: f64,
}

/// The highest temperature at which a stable collapsed state exists on the mode at `+rho` or `-rho` (`upper`), and that
/// state: the saddle-node of theory (12), for any target weights.
///
/// Collapsed states on `z = 0` with `m_1 > m_2` solve `phi(m_1) = K`, `phi(m_2) = -K` with `K = T delta r(delta^2)`,
/// `phi(m) = m - rho tau(m)`. Each `m_2` between the plane of the basins and the mode fixes `K = -phi(m_2) > 0`, the
/// one root `m_1` of `phi(m_1) = K` beyond the mode, and so **the temperature**, `T = K/(delta r(delta^2))`. Its maxima
/// over `m_2` are the folds: `d log T = dK/K - d delta (1/delta + 2 delta r'/r) = 0`. The first states lost on heating
/// are the highest maximum. `None` where no fold exists; the temperature may be below 1.
///
/// Accuracy: `T` is stationary in the only unknown, so its relative error is that of `K`, a few units in 1e-15 over
/// `K/rho`.
pub fn collapse_fold(pair: &FreePair, upper: bool) -> Option<CollapseFold> {
    let pair = if upper { *pair } else { mirrored(pair)? };
    let fold = Heights::new(&pair)?.highest()?;
    Some(if upper { fold } else { CollapseFold { x: -fold.x, ..fold } })
}

/// The pair seen from the other mode.
fn mirrored(pair: &FreePair) -> Option<FreePair> {
    let options = pair.options();
    FreePair::new(FreePairOptions { target_weight: 1.0 - options.target_weight, ..options }).ok()
}

/// T as a function of m_2.
struct Heights {
    profile: Profile,
    separation: f64,
    /// The plane and the mode.
    ends: [f64; 2],
}

impl Heights {
    fn new(pair: &FreePair) -> Option<Self> {
        let profile = Profile::new(pair);
        let separation = pair.options().separation;
        let ends = match profile.roots.as_slice() {
            [_, _, outer] => [profile.wall(), *outer],
            // Only this mode attracts a lone mean: the other is a shoulder, on which the second mean may still rest.
            [only] if *only > 0.0 && profile.turns.is_some() => [profile.wall(), *only],
            _ => return None,
        };
        Some(Self { profile, separation, ends })
    }

    /// `(m_1, log T, d log T/d m_2)`.
    fn at(&self, m2: f64) -> (f64, f64, f64) {
        let (value, slope) = self.profile.phi(m2);
        let force = -value;
        let m1 = self.profile.outer(force);
        let delta = m1 - m2;
        let jet = repulsion_jet(delta * delta);
        let turn = -slope / self.profile.phi(m1).1 - 1.0;
        let log = force.ln() - delta.ln() - jet.value.ln();
        (m1, log, -slope / force - turn * (1.0 / delta + 2.0 * delta * jet.d1 / jet.value))
    }

    fn highest(&self) -> Option<CollapseFold> {
        let [low, high] = self.ends;
        let at = |i: usize| low + (high - low) * i as f64 / SCAN as f64;
        let slopes: Vec<f64> = (1..SCAN).map(|i| self.at(at(i)).2).collect();
        let turning = slopes.windows(2).enumerate().filter(|(_, pair)| pair[0] > 0.0 && pair[1] <= 0.0);
        let maxima = turning.filter_map(|(i, _)| {
            let m2 = bisect(at(i + 1), at(i + 2), |m| -self.at(m).2)?;
            Some((m2, self.at(m2).1))
        });
        let (m2, log) = maxima.max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(self.record(m2, log))
    }

    fn record(&self, m2: f64, log: f64) -> CollapseFold {
        let (m1, _, slope) = self.at(m2);
        let temperature = log.exp();
        let delta = m1 - m2;
        let push = temperature * delta * repulsion_jet(delta * delta).value;
        let force = self.profile.phi(m2).0.abs();
        let rest = [self.profile.phi(m1).0 - push, self.profile.phi(m2).0 + push];
        // Kernel errors of 1e-14 in tau, twice, and in r.
        let error = 4e-14 * self.separation / force + 1e-13;
        CollapseFold {
            separation: self.separation,
            temperature,
            x: 0.5 * (m1 + m2),
            y: 0.5 * delta,
            interval: [temperature * (1.0 - error), temperature * (1.0 + error)],
            residual: rest.iter().fold(0.0, |most: f64, r| most.max(r.abs())).max(slope.abs() * f64::EPSILON.sqrt()),
        }
    }
}

/// The largest temperature with a stable collapsed state on either mode; `None` if collapse is impossible even at T = 1
/// (separation below the critical one).
pub fn critical_temperature(pair: &FreePair) -> Option<CollapseFold> {
    let folds = [false, true].into_iter().filter_map(|upper| collapse_fold(pair, upper));
    folds.max_by(|a, b| a.temperature.total_cmp(&b.temperature)).filter(|fold| fold.temperature >= 1.0)
}

/// The smallest separation at which a collapsed state exists at `temperature`, at the target weights of `pair`: where the
/// critical temperature, which rises with the separation, reaches it. rho_c(1) = 2.25960757 for equal weights.
///
/// Method: false position (Illinois) on `log T_c(rho) - log T`. `None` beyond separation 25.
///
/// # Errors
/// [`InvalidParameter`] if the separation of a trial is refused; it is not, between 0.05 and 25.
pub fn critical_separation(pair: &FreePair, temperature: f64) -> Result<Option<CollapseFold>, InvalidParameter> {
    let highest = |separation: f64| -> Result<Option<CollapseFold>, InvalidParameter> {
        let pair = FreePair::new(FreePairOptions { separation, ..pair.options() })?;
        let folds = [false, true].into_iter().filter_map(|upper| collapse_fold(&pair, upper));
        Ok(folds.max_by(|a, b| a.temperature.total_cmp(&b.temperature)))
    };
    let excess =
        |fold: &Option<CollapseFold>| fold.map_or(f64::NEG_INFINITY, |fold| (fold.temperature / temperature).ln());
    let (mut low, mut high) = ((NEAR, f64::NEG_INFINITY), (1.0, f64::NEG_INFINITY));
    while high.1 < 0.0 {
        low = high;
        high.0 *= 1.25;
        if high.0 > FAR {
            return Ok(None);
        }
        high.1 = excess(&highest(high.0)?);
    }
    let mut weights = [1.0, 1.0];
    while high.0 - low.0 > CLOSED * f64::EPSILON * high.0 && high.1 > 0.0 {
        // Where there is no fold at all the low end has no height: halve.
        let share =
            if low.1.is_finite() { -low.1 * weights[0] / (high.1 * weights[1] - low.1 * weights[0]) } else { 0.5 };
        let middle = low.0 + share * (high.0 - low.0);
        if middle <= low.0 || middle >= high.0 {
            break;
        }
        let value = excess(&highest(middle)?);
        if value < 0.0 {
            weights = [1.0, if weights[0] == 1.0 && weights[1] <= 1.0 { 0.5 * weights[1] } else { 1.0 }];
            low = (middle, value);
        } else {
            weights = [if weights[1] == 1.0 && weights[0] <= 1.0 { 0.5 * weights[0] } else { 1.0 }, 1.0];
            high = (middle, value);
        }
        if value.abs() < f64::EPSILON {
            break;
        }
    }
    highest(high.0)
}

/// The critical temperature at large separation and equal target weights.
///
/// There `tau(m) = erf(m/(s sqrt 2))`, `s^2 = 1 + pi^2/(12 rho^2)` (the logistic law replaced by a normal one of its
/// variance), `m_1 = rho + K` and `r(q) = sqrt(pi/(2 q)) e^(-q/8)`, so `T = sqrt(2/pi) K e^(delta^2/8)` with
/// `K = rho tau(m_2) - m_2`, `delta = rho (1 + tau(m_2)) - 2 m_2`. The largest value is near `rho tau' = 2`,
/// `m_2 = sqrt(2 log(rho/sqrt(2 pi)))`: `log T_c = (rho - m_2 - 1/m_2)^2/2 + log(sqrt(2/pi) rho) + o(1)`, a slow approach
/// to `rho^2/2`. Returned is the largest value itself. Validity: `rho` beyond 4; measured,
/// `T_c` is larger by 18 % at 4, 6.7 % at 6, 3.3 % at 8 and 1.3 % at 12: a little slower than `rho^-2`.
pub fn critical_temperature_asymptotic(separation: f64) -> f64 {
    let rho = separation;
    let width = (1.0 + std::f64::consts::PI.powi(2) / (12.0 * rho * rho)).sqrt();
    let log = |m: f64| {
        let tau = libm::erf(m / (width * std::f64::consts::SQRT_2));
        let delta = rho * (1.0 + tau) - 2.0 * m;
        (rho * tau - m).ln() + delta * delta / 8.0
    };
    // Golden sections: the maximum is simple, and half of the digits of its place give all of its value.
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut low, mut high) = (1e-3, rho - 1e-3);
    while high - low > 1e-9 * rho {
        let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
        if log(a) < log(b) { low = a } else { high = b }
    }
    log(0.5 * (low + high)).exp() * std::f64::consts::FRAC_2_PI.sqrt()
}
