//! How a trajectory ends, decided by trapping regions.

use collapsar_theory::{Schedule, Verdict};

use crate::integrate::{EighthOrderStepper, StepResult, Tolerances};
use crate::probability::budget::Spent;

/// The end of a trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Certain: the components end on different modes.
    Recovered,
    /// Certain: they end on the same mode.
    Collapsed,
    /// Not decided within the limits; never guessed.
    Undecided,
}

/// How long and how precisely a trajectory is followed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Local error control.
    pub tolerances: Tolerances,
    /// Time after which a run is left undecided, counted from where the temperature has settled.
    pub patience: f64,
    /// Steps after which it is left undecided.
    pub max_steps: usize,
}

impl Default for Limits {
    /// Tolerances that move a boundary point by less than 1e-9, and time enough for instabilities as slow as 1e-4.
    fn default() -> Self {
        Self { tolerances: Tolerances { relative: 1e-9, absolute: 1e-13 }, patience: 1e6, max_steps: 400_000 }
    }
}

impl Limits {
    /// Limits for a probability wanted to the absolute `tolerance`: the boundary errs by about as much as a step does,
    /// so a hundredth of the tolerance, between the default and 1e-6, costs fewer steps and nothing that is asked for.
    pub fn for_tolerance(tolerance: f64) -> Self {
        let default = Self::default();
        let relative = (SHARE * tolerance).clamp(default.tolerances.relative, LOOSEST);
        let absolute = default.tolerances.absolute * relative / default.tolerances.relative;
        Self { tolerances: Tolerances { relative, absolute }, ..default }
    }
}

/// Local tolerance in units of the one on the result.
const SHARE: f64 = 1e-2;
/// Loosest local tolerance: beyond it the error is not small against the scale of a start any more.
const LOOSEST: f64 = 1e-6;

/// A trajectory followed to its end.
pub(crate) struct FollowedRun<const N: usize> {
    pub(crate) ending: Ending,
    /// When that was certain or, if the run leant to it before, since when it did; to a small part of a step.
    pub(crate) time: f64,
    /// The state at the end of that step.
    pub(crate) state: [f64; N],
}

impl<const N: usize> FollowedRun<N> {
    /// The end and its time.
    pub(crate) fn decision(&self) -> (Ending, f64) {
        (self.ending, self.time)
    }
}

/// Halvings of the step in which an end becomes certain.
const HALVINGS: usize = 6;

/// Steps between two looks at what is spent.
const COUNTED: usize = 1000;

/// Follows y' = `rates`(beta(t), y) from `start` until `verdict`(t, beta, y) is certain. The verdict is asked for after
/// every step, and whether the run `leans`(y) to the collapse that can not be certain yet.
pub(crate) fn ending<const N: usize>(
    schedule: &Schedule,
    limits: &Limits,
    start: [f64; N],
    rates: &impl Fn(f64, &[f64; N]) -> [f64; N],
    verdict: &impl Fn(f64, f64, &[f64; N]) -> Verdict,
    leans: &impl Fn(&[f64; N]) -> bool,
    spent: &Spent,
) -> FollowedRun<N> {
    let certain = |t: f64, y: &[f64; N]| match verdict(t, schedule.beta(t), y) {
        Verdict::Recovered => Some(Ending::Recovered),
        Verdict::Collapsed => Some(Ending::Collapsed),
        Verdict::Open => None,
    };
    // A verdict counts as a step.
    spent.spend(1);
    if let Some(ending) = certain(0.0, &start) {
        return FollowedRun { ending, time: 0.0, state: start };
    }
    let mut edges = schedule.breakpoints();
    edges.push(schedule.settling_time(1e-12) + limits.patience);
    let mut stepper: Option<EighthOrderStepper<N>> = None;
    let mut counted = 0;
    let mut leant = leans(&start).then_some(0.0);
    for (piece, &to) in edges.iter().enumerate() {
        let mut f = |t: f64, y: &[f64; N], rate: &mut [f64; N]| *rate = rates(schedule.beta_in_piece(piece, t), y);
        match &mut stepper {
            None => stepper = Some(EighthOrderStepper::of_order_eight(&mut f, 0.0, start, limits.tolerances, to)),
            Some(stepper) => stepper.restart(&mut f, to),
        }
        let Some(stepper) = &mut stepper else { continue };
        while stepper.time() < to {
            let taken = stepper.statistics().accepted;
            if taken - counted >= COUNTED {
                spent.spend(taken - counted);
                counted = taken;
                if spent.is_over() {
                    return undecided(stepper);
                }
            }
            let started = stepper.time();
            if stepper.step(&mut f, to) != StepResult::Accepted || stepper.statistics().accepted > limits.max_steps {
                return undecided(stepper);
            }
            // The time within this step from which on something holds.
            let since = |holds: &dyn Fn(f64, &[f64; N]) -> bool| {
                let (mut before, mut time) = (started, stepper.time());
                for _ in 0..HALVINGS {
                    let middle = before + (time - before) / 2.0;
                    if holds(middle, &stepper.interpolate(middle)) { time = middle } else { before = middle }
                }
                time
            };
            leant = match leant {
                _ if !leans(stepper.state()) => None,
                None => Some(since(&|_, y| leans(y))),
                known => known,
            };
            if let Some(ending) = certain(stepper.time(), stepper.state()) {
                spent.spend(stepper.statistics().accepted - counted);
                let time = leant.filter(|_| ending == Ending::Collapsed);
                let time = time.unwrap_or_else(|| since(&|t, y| certain(t, y).is_some()));
                return FollowedRun { ending, time, state: *stepper.state() };
            }
        }
    }
    stepper.map_or(FollowedRun { ending: Ending::Undecided, time: 0.0, state: start }, |stepper| undecided(&stepper))
}

fn undecided<const N: usize>(stepper: &EighthOrderStepper<N>) -> FollowedRun<N> {
    FollowedRun { ending: Ending::Undecided, time: stepper.time(), state: *stepper.state() }
}
