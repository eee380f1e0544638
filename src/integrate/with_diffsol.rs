//! diffsol behind the common trait: the general engine and the reference.

use std::cell::RefCell;

use diffsol::error::DiffsolError;
use diffsol::{
    NalgebraLU, NalgebraMat, NalgebraVec, OdeBuilder, OdeEquations, OdeSolverMethod, OdeSolverStopReason, VectorCommon,
};

use crate::integrate::engine::{Integrator, Outcome, Recorder, Solution};
use crate::integrate::general::{BDF, DiffsolBdf, DiffsolTsit5, TSIT5};
use crate::integrate::misuse::RequestMisuse;
use crate::integrate::options::{Request, Tolerances};
use crate::integrate::system::System;

type M = NalgebraMat<f64>;
type Lu = NalgebraLU<f64>;

impl Integrator for DiffsolTsit5 {
    fn name(&self) -> &'static str {
        TSIT5
    }

    fn integrate(&self, system: &dyn System, request: &Request<'_>) -> Result<Solution, RequestMisuse> {
        run(system, request, |piece, from, state, recorder, to| {
            let Tolerances { relative, absolute } = self.tolerances;
            let problem = OdeBuilder::<M>::new()
                .t0(from)
                .rtol(relative)
                .atol([absolute])
                .rhs(|y: &[f64], _p: &[f64], t: f64, rate: &mut [f64]| system.rate(piece, t, y, rate))
                .init(|_p: &[f64], _t: f64, y: &mut [f64]| y.copy_from_slice(state), state.len())
                .build()?;
            drive(problem.tsit45()?, recorder, to, request.max_steps)
        })
    }
}

impl Integrator for DiffsolBdf<'_> {
    fn name(&self) -> &'static str {
        BDF
    }

    fn integrate(&self, system: &dyn System, request: &Request<'_>) -> Result<Solution, RequestMisuse> {
        let n = system.dimension();
        run(system, request, |piece, from, state, recorder, to| {
            let Tolerances { relative, absolute } = self.tolerances;
            // diffsol asks for one column after the other, all at one place.
            let known = RefCell::new((f64::NAN, vec![0.0; n], vec![0.0; n * n]));
            let apply = |y: &[f64], _p: &[f64], t: f64, v: &[f64], out: &mut [f64]| {
                let (time, place, matrix) = &mut *known.borrow_mut();
                if *time != t || place != y {
                    (self.jacobian)(piece, t, y, matrix);
                    *time = t;
                    place.copy_from_slice(y);
                }
                for (entry, row) in out.iter_mut().zip(matrix.chunks(n)) {
                    *entry = row.iter().zip(v).map(|(a, b)| a * b).sum();
                }
            };
            let problem = OdeBuilder::<M>::new()
                .t0(from)
                .rtol(relative)
                .atol([absolute])
                .rhs_implicit(|y: &[f64], _p: &[f64], t: f64, rate: &mut [f64]| system.rate(piece, t, y, rate), apply)
                .init(|_p: &[f64], _t: f64, y: &mut [f64]| y.copy_from_slice(state), n)
                .build()?;
            drive(problem.bdf::<Lu>()?, recorder, to, request.max_steps)
        })
    }
}

/// Pieces of at most so many spacings of their end are stepped over at once.
const FEW_TIMES: f64 = 16.0;

/// Integrates piece by piece; `one` builds diffsol's problem for one piece and drives it.
fn run(
    system: &dyn System,
    request: &Request<'_>,
    one: impl Fn(usize, f64, &[f64], &mut Recorder<'_>, f64) -> Result<Option<Outcome>, DiffsolError>,
) -> Result<Solution, RequestMisuse> {
    request.check(system)?;
    let mut recorder = Recorder::new(request);
    if !recorder.start_is_finite() {
        return Ok(recorder.solution);
    }
    for (piece, from, to) in request.pieces(system.breakpoints()) {
        let state = recorder.solution.state.clone();
        // A piece of a few floating-point times is one step for Euler: its error is the square of what rounding leaves.
        if to - from <= FEW_TIMES * f64::EPSILON * to {
            let mut rate = vec![0.0; state.len()];
            system.rate(piece, from, &state, &mut rate);
            let along = |at: f64, out: &mut Vec<f64>| {
                out.clear();
                out.extend(state.iter().zip(&rate).map(|(y, r)| y + (at - from) * r));
            };
            let mut end = Vec::new();
            along(to, &mut end);
            if recorder.step(to, &end, &mut { along }) {
                break;
            }
            continue;
        }
        let stop = match one(piece, from, &state, &mut recorder, to) {
            Ok(stop) => stop,
            // diffsol reports a failed step (error control or Newton iteration) as an error: here it is an outcome.
            Err(_) => {
                Some(if rate_is_finite(system, piece, &recorder) { Outcome::StepTooSmall } else { Outcome::NonFinite })
            }
        };
        if let Some(outcome) = stop {
            recorder.solution.outcome = outcome;
            break;
        }
    }
    Ok(recorder.solution)
}

fn rate_is_finite(system: &dyn System, piece: usize, recorder: &Recorder<'_>) -> bool {
    let mut rate = vec![0.0; recorder.solution.state.len()];
    system.rate(piece, recorder.solution.time, &recorder.solution.state, &mut rate);
    rate.iter().all(|x| x.is_finite())
}

/// Steps a diffsol solver to `to`; the outcome if the integration ends before.
fn drive<'a, Eqn, S>(
    mut solver: S,
    recorder: &mut Recorder<'_>,
    to: f64,
    max_steps: usize,
) -> Result<Option<Outcome>, DiffsolError>
where
    Eqn: OdeEquations<T = f64, V = NalgebraVec<f64>> + 'a,
    S: OdeSolverMethod<'a, Eqn>,
{
    solver.set_stop_time(to)?;
    loop {
        if recorder.solution.statistics.accepted >= max_steps {
            return Ok(Some(Outcome::StepLimit));
        }
        let reason = solver.step()?;
        recorder.solution.statistics.accepted += 1;
        let (t, y) = (solver.state().t, solver.state().y.inner().as_slice().to_vec());
        // diffsol accepts a step whose error estimate is NaN (observed with 0.18.0).
        if y.iter().any(|x| !x.is_finite()) {
            return Ok(Some(Outcome::NonFinite));
        }
        let mut failed = None;
        let mut interpolate = |at: f64, out: &mut Vec<f64>| {
            out.clear();
            match solver.interpolate(at) {
                Ok(state) => out.extend_from_slice(state.inner().as_slice()),
                Err(error) => {
                    failed = Some(error);
                    out.extend_from_slice(&y);
                }
            }
        };
        let stopped = recorder.step(t, &y, &mut interpolate);
        if let Some(error) = failed {
            return Err(error);
        }
        if stopped {
            return Ok(Some(recorder.solution.outcome));
        }
        if reason == OdeSolverStopReason::TstopReached {
            return Ok(None);
        }
    }
}
