//! One trajectory followed by itself to a certain end, or to a given time.

use collapsar_theory::{Schedule, Verdict};

use crate::integrate::{StepResult, Stepper, Tolerances};
use crate::montecarlo::statistics::tally::RunEnd;

/// How long and how precisely a trajectory is followed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Follow {
    pub(crate) tolerances: Tolerances,
    /// The last time: a horizon, or where patience ends.
    pub(crate) end: f64,
    /// Whether the run is classified at `end`; else it is undecided there.
    pub(crate) at_end: bool,
    /// Whether certain verdicts count before `end`.
    pub(crate) early: bool,
    pub(crate) max_steps: usize,
}

/// Follows y' = `rates`(beta(t), y) from (`from`, `start`) until `verdict`(t, y) is certain or the limits end it;
/// `at_end` classifies a state at the horizon.
pub(crate) fn follow<const N: usize>(
    schedule: &Schedule,
    limits: &Follow,
    from: f64,
    start: [f64; N],
    rates: &impl Fn(f64, &[f64; N]) -> [f64; N],
    verdict: &impl Fn(f64, &[f64; N]) -> Verdict,
    at_end: &impl Fn(&[f64; N]) -> RunEnd,
) -> RunEnd {
    let certain = |t: f64, y: &[f64; N]| RunEnd::certain(verdict(t, y)).filter(|_| limits.early);
    if start.iter().any(|x| !x.is_finite()) {
        return RunEnd::Failed;
    }
    if let Some(end) = certain(from, &start) {
        return end;
    }
    let mut edges: Vec<f64> = schedule.breakpoints().into_iter().filter(|&b| b < limits.end).collect();
    edges.push(limits.end);
    let first = edges.partition_point(|&edge| edge <= from);
    let mut stepper: Option<Stepper<N>> = None;
    for (piece, &to) in edges.iter().enumerate().skip(first) {
        let mut f = |t: f64, y: &[f64; N], rate: &mut [f64; N]| *rate = rates(schedule.beta_in_piece(piece, t), y);
        match &mut stepper {
            None => stepper = Some(Stepper::new(&mut f, from, start, limits.tolerances, to)),
            Some(stepper) => stepper.restart(&mut f, to),
        }
        let Some(stepper) = &mut stepper else { continue };
        while stepper.time() < to {
            if stepper.statistics().accepted >= limits.max_steps {
                return RunEnd::Undecided;
            }
            if stepper.step(&mut f, to) != StepResult::Accepted {
                return RunEnd::Failed;
            }
            if let Some(end) = certain(stepper.time(), stepper.state()) {
                return end;
            }
        }
    }
    if limits.at_end { at_end(&stepper.map_or(start, |s| *s.state())) } else { RunEnd::Undecided }
}
