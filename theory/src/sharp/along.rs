//! Small systems followed under a schedule by the classical Runge-Kutta method.

use crate::schedule::Schedule;

/// Step in units of the fastest rate, and of the time that the schedule takes.
const STEP: f64 = 0.1;
const STEPS_PER_SCHEDULE: f64 = 200.0;
const MOST_STEPS: usize = 200_000;
/// T this close to its limit counts as settled where the steps are chosen.
const SETTLED: f64 = 1e-3;

/// A system: at (beta, state) its rates, and the fastest at which anything in it moves, for the length of a step.
pub(super) trait Rates<const N: usize> {
    fn rates(&self, beta: f64, state: &[f64; N]) -> ([f64; N], f64);
}

/// Follows `state` from t = 0, each stretch between breakpoints by itself, until `done` says so at (t, beta, state), before
/// each step; or for the most steps.
pub(super) fn along<const N: usize>(
    system: &impl Rates<N>,
    schedule: &Schedule,
    mut state: [f64; N],
    mut done: impl FnMut(f64, f64, &[f64; N]) -> bool,
) -> [f64; N] {
    let mut edges = schedule.breakpoints();
    edges.push(f64::INFINITY);
    let settled = schedule.settling_time(SETTLED);
    let (mut t, mut piece) = (0.0, 0);
    for _ in 0..MOST_STEPS {
        if done(t, schedule.beta_in_piece(piece, t), &state) {
            break;
        }
        let at = |t: f64, y: &[f64; N]| system.rates(schedule.beta_in_piece(piece, t), y);
        let (k1, fastest) = at(t, &state);
        let mut h = STEP / fastest;
        if t < settled {
            h = h.min(settled / STEPS_PER_SCHEDULE);
        }
        let onto_edge = t + h >= edges[piece];
        h = h.min(edges[piece] - t);
        let moved = |by: f64, k: &[f64; N]| -> [f64; N] { std::array::from_fn(|n| state[n] + by * k[n]) };
        let k2 = at(t + h / 2.0, &moved(h / 2.0, &k1)).0;
        let k3 = at(t + h / 2.0, &moved(h / 2.0, &k2)).0;
        let k4 = at(t + h, &moved(h, &k3)).0;
        state = std::array::from_fn(|n| state[n] + h / 6.0 * (k1[n] + 2.0 * k2[n] + 2.0 * k3[n] + k4[n]));
        t = if onto_edge { edges[piece] } else { t + h };
        piece += usize::from(onto_edge);
    }
    state
}
