//! The temperatures at which two components with trained weights can rest together on one mode.

use super::continuation::{Continuation, Orientation};
use super::continuation_options::ContinuationOptions;
use super::curve::{Curve, CurveOptions, CurvePoint};
use super::curve_continuation::fold_curve;
use super::differences::DifferenceLadder;
use super::kind::PointKind;
use super::locate::{Located, locate_fold};
use super::misuse::ContinuationMisuse;
use super::newton::{NewtonOptions, NewtonStatus, newton};
use super::pair_family::{PairParameter, PairPoint, pair_continuation};
use super::problem::OneParameter;
use super::weighted_pair::WeightedFamily;

/// A saddle-node of collapsed states of trained weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightFold {
    /// rho.
    pub separation: f64,
    /// T.
    pub temperature: f64,
    /// m_1, m_2 and log(w_1/w_2).
    pub state: [f64; 3],
    /// Maximum norm of the equations of the fold.
    pub residual: f64,
}

/// Where the stable collapsed state of trained weights begins and ends, for equal target weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightWindow {
    /// The smallest separation with such a state, where both ends meet.
    pub least: WeightFold,
    /// The highest temperatures with such a state, by rising separation.
    pub upper: Vec<WeightFold>,
    /// The lowest ones, by rising separation.
    pub lower: Vec<WeightFold>,
}

/// A collapsed state of equal target weights and trained component weights, to start from: rho, T, and the state.
const SEED_SEPARATION: f64 = 4.0;
const SEED_TEMPERATURE: f64 = 3.0;
const SEED: [f64; 3] = [5.164_9, 2.751_9, 0.045];
/// Temperatures within which the fold that the curve starts from is looked for.
const HOTTEST: f64 = 1e3;
/// Width in log T to which the smallest separation is closed in: a minimum is flat, and half of its digits give all of
/// its value.
const CLOSED: f64 = 1e-7;

/// The fold curve of the collapsed state of trained weights, up to the separation `farthest` > 4.
///
/// With fixed weights the state exists below T_c, down to T = 1. With trained ones the inner component gains at low
/// temperature whatever there is to gain, and the state has a lowest temperature too. States
/// `(m_1, m_2, log(w_1/w_2))` on the line through the modes, parameters `(log T, rho)`. Source: theory section 13; method:
/// [`fold_curve`] of [`WeightedFamily`]. `None` if the continuation loses the curve.
///
/// # Errors
/// [`ContinuationMisuse`] if `farthest` is not above 4.
pub fn weight_window(farthest: f64) -> Result<Option<WeightWindow>, ContinuationMisuse> {
    if !(farthest > SEED_SEPARATION && farthest.is_finite()) {
        return Err(ContinuationMisuse::Option { name: "farthest", value: farthest, rule: "4 < farthest < inf" });
    }
    let point = PairPoint { temperature: SEED_TEMPERATURE, separation: SEED_SEPARATION, bias: 0.0 };
    let family = WeightedFamily::new(point, [PairParameter::LogTemperature, PairParameter::Separation])?;
    let section = OneParameter::along_first(&family, SEED_SEPARATION);
    let (first, range) = (SEED_TEMPERATURE.ln(), [0.0, HOTTEST.ln()]);
    let start = newton(&section, &SEED, first, &NewtonOptions::default())?;
    let rise =
        Continuation::new(&section, &start.state, first, Orientation::Increasing, &pair_continuation(range))?.run();
    let Some(fold) = rise.special.iter().find(|point| point.kind == PointKind::Fold) else { return Ok(None) };
    let continuation = ContinuationOptions { parameter: [0.0, f64::INFINITY], ..pair_continuation(range) };
    let options = CurveOptions { continuation, second_parameter: [0.0, farthest] };
    let follow = |direction| fold_curve(&family, &fold.state, [fold.parameter, SEED_SEPARATION], direction, &options);
    let (out, back) = (follow(Orientation::Increasing)?, follow(Orientation::Decreasing)?);
    let turn = (0..back.points.len())
        .min_by(|&i, &j| back.points[i].parameters[1].total_cmp(&back.points[j].parameters[1]))
        .unwrap_or(0);
    if turn == 0 || turn + 1 >= back.points.len() {
        return Ok(None);
    }
    let Some(least) = least(&family, &back, turn)? else { return Ok(None) };
    let upper = folds(&back)[..turn].iter().rev().chain(&folds(&out)[1..]).cloned().collect();
    Ok(Some(WeightWindow { least, upper, lower: folds(&back)[turn + 1..].to_vec() }))
}

fn folds(curve: &Curve) -> Vec<WeightFold> {
    let fold = |point: &CurvePoint| WeightFold {
        separation: point.parameters[1],
        temperature: point.parameters[0].exp(),
        state: [point.state[0], point.state[1], point.state[2]],
        residual: point.residual,
    };
    curve.points.iter().map(fold).collect()
}

/// The smallest separation of the curve, near its point `turn`: golden sections on log T of the fold in rho.
fn least(family: &WeightedFamily, curve: &Curve, turn: usize) -> Result<Option<WeightFold>, ContinuationMisuse> {
    let [before, here, after] = [turn - 1, turn, turn + 1].map(|i| &curve.points[i]);
    let at = |log_t: f64| -> Result<Located, ContinuationMisuse> {
        let section = OneParameter::along_second(family, log_t);
        let newton = NewtonOptions::default();
        locate_fold(&section, &here.state, here.parameters[1], &newton, DifferenceLadder::default())
    };
    let (mut low, mut high) = (before.parameters[0], after.parameters[0]);
    if low > high {
        (low, high) = (high, low);
    }
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    while high - low > CLOSED {
        let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
        if at(a)?.parameter < at(b)?.parameter { high = b } else { low = a }
    }
    let found = at(0.5 * (low + high))?;
    let converged = found.status == NewtonStatus::Converged;
    Ok(converged.then(|| WeightFold {
        separation: found.parameter,
        temperature: (0.5 * (low + high)).exp(),
        state: [found.state[0], found.state[1], found.state[2]],
        residual: found.residual,
    }))
}
