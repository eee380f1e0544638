//! Where collapse becomes possible for the sphere pair: theory (9), and the stable collapsed states behind it.

use std::f64::consts::PI;

use collapsar_theory::numerics::bisect;
use collapsar_theory::{
    InvalidParameter, SpherePair, SpherePairOptions, SphereVariance, antipodal_threshold, logistic_normal_jet,
    repulsion,
};

use super::forces::{Forces, SphereForces};

/// Logarithms of the temperatures between which stable collapsed states are looked for.
const LOG_TEMPERATURES: [f64; 2] = [-40.0, 40.0];

/// Separations between which the critical one is looked for.
const RADII: [f64; 2] = [1e-2, 1e4];

/// The temperature at which the antipodal state loses its stability in the direction of `m_1 + m_2`: above it no start
/// about the decision plane is drawn to one side while it is hot.
///
/// Slaved variance: `R^2/alpha`, theory (9). Unit variance: the same condition `4 f(s = -1) = -g'(0)` is explicit,
/// `T = 2 R^2 L_a(2h, 2R)/r(4 R^2)`. For unequal target weights the condition is that of theory (9), in which the state is
/// put at `m_1 = m_2 = 0`; the state itself has moved (see [`stable_collapse_temperature`]). `None` where the
/// temperature is below 1, or no instability exists: the antipodal phase never ends.
pub fn antipodal_temperature(pair: &SpherePair) -> Option<f64> {
    antipodal_temperature_at(pair).filter(|temperature| *temperature >= 1.0)
}

/// [`antipodal_temperature`] where it is below 1 too.
pub fn antipodal_temperature_at(pair: &SpherePair) -> Option<f64> {
    let SpherePairOptions { radius, target_weight, variance, .. } = pair.options();
    let square = radius * radius;
    if variance == SphereVariance::Unit {
        let pull = 2.0 * square * logistic_normal_jet(2.0 * pair.bias(), 2.0 * radius).d1;
        return Some(pull / repulsion(4.0 * square)).filter(|value| value.is_finite());
    }
    antipodal_threshold(radius, target_weight).ok().map(|alpha| square / alpha)
}

/// The smallest R at which [`antipodal_temperature`] reaches `temperature`, at the target weight of `pair`.
///
/// Method: bisection in `log R`; the temperature rises with R. `None` where it stays below up to R = 1e4.
///
/// # Errors
/// [`InvalidParameter`] if a trial radius is refused; it is not, between 0.01 and 1e4.
pub fn antipodal_separation(pair: &SpherePair, temperature: f64) -> Result<Option<f64>, InvalidParameter> {
    let mut refused = None;
    let mut excess = |log: f64| match SpherePair::new(SpherePairOptions { radius: log.exp(), ..pair.options() }) {
        Ok(trial) => match antipodal_temperature_at(&trial) {
            Some(critical) => (critical / temperature).ln(),
            // No instability on a sphere so small; beyond the largest radius the repulsion underflows instead.
            None if log < 0.0 => -1.0,
            None => 1.0,
        },
        Err(error) => {
            refused.get_or_insert(error);
            0.0
        }
    };
    let (mut low, mut high) = (RADII[0].ln(), RADII[1].ln());
    if excess(high) < 0.0 {
        return Ok(None);
    }
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            break;
        }
        if excess(middle) < 0.0 { low = middle } else { high = middle }
    }
    match refused {
        Some(error) => Err(error),
        None => Ok(Some(high.exp())),
    }
}

/// The temperature below which the state symmetric under exchange is stable on the side of the mode `+R e1` or `-R e1`
/// (`upper`), and its `m`: below it runs at constant temperature can end collapsed there.
///
/// The state is `m_1 = m_2 = cos theta`, `s = cos 2 theta` with `K(2 theta) = A(theta)`; it is stable exactly while `A`
/// rises there, so it becomes so where the balance sits at the maximum of `A`: one equation in the temperature.
/// `None` if there is none.
pub fn stable_collapse_temperature(pair: &SpherePair, upper: bool) -> Option<(f64, f64)> {
    let options = pair.options();
    let pair = if upper {
        *pair
    } else {
        SpherePair::new(SpherePairOptions { target_weight: 1.0 - options.target_weight, ..options }).ok()?
    };
    let balance = |log: f64| {
        let forces = SphereForces { pair: &pair, temperature: log.exp() };
        let angle = steepest(&forces)?;
        Some((forces.push_at(2.0 * angle).middle() - forces.pull_at(angle).middle(), angle))
    };
    let value = |log: f64| balance(log).map_or(1.0, |(value, _)| value);
    let log = bisect(LOG_TEMPERATURES[0], LOG_TEMPERATURES[1], value)?;
    let (_, angle) = balance(log)?;
    Some((log.exp(), if upper { angle.cos() } else { -angle.cos() }))
}

/// The angle in (0, pi) of the first maximum of `A(theta) = tau(cos theta) sin theta`.
fn steepest(forces: &SphereForces<'_>) -> Option<f64> {
    let slope = |angle: f64| {
        let (sine, cosine) = angle.sin_cos();
        let (tau, rise) = forces.tau(cosine);
        tau * cosine - rise * sine * sine
    };
    bisect(0.0, PI / 2.0, |angle| -slope(angle))
}
