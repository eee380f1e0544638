//! The own adaptive method behind the common trait.

use crate::integrate::engine::{Integrator, Outcome, Recorder, Solution};
use crate::integrate::misuse::RequestMisuse;
use crate::integrate::options::{Request, Tolerances};
use crate::integrate::stepper::{StepResult, Stepper};
use crate::integrate::system::System;

/// Tsitouras' 5(4) pair on fixed-size arrays, with dense output, events and exact stops at breakpoints.
///
/// A system of n unknowns runs in the smallest built size that holds it; the padding has rate 0 and does not count
/// in the error norm.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tsit5 {
    /// Local error control.
    pub tolerances: Tolerances,
}

impl Tsit5 {
    /// Largest system this engine is built for.
    pub const LARGEST: usize = 256;

    fn run<const N: usize>(&self, system: &dyn System, request: &Request<'_>) -> Solution {
        let n = system.dimension();
        let mut recorder = Recorder::new(request);
        if !recorder.start_is_finite() {
            return recorder.solution;
        }
        let mut state = [0.0; N];
        state[..n].copy_from_slice(request.state);
        let mut stepper: Option<Stepper<N>> = None;
        for (piece, from, to) in request.pieces(system.breakpoints()) {
            let mut f = |t: f64, y: &[f64; N], rate: &mut [f64; N]| system.rate(piece, t, &y[..n], &mut rate[..n]);
            match &mut stepper {
                None => stepper = Some(Stepper::with_padding(&mut f, from, state, self.tolerances, to, n)),
                Some(stepper) => stepper.restart(&mut f, to),
            }
            let Some(stepper) = &mut stepper else { continue };
            let outcome = advance(stepper, &mut f, to, n, &mut recorder, request.max_steps);
            recorder.solution.statistics = stepper.statistics();
            if let Some(outcome) = outcome {
                recorder.solution.outcome = outcome;
                break;
            }
        }
        recorder.solution
    }
}

/// Steps to `to`; the outcome if the integration ends before.
fn advance<const N: usize>(
    stepper: &mut Stepper<N>,
    f: &mut impl FnMut(f64, &[f64; N], &mut [f64; N]),
    to: f64,
    n: usize,
    recorder: &mut Recorder<'_>,
    max_steps: usize,
) -> Option<Outcome> {
    while stepper.time() < to {
        let spent = stepper.statistics();
        if spent.accepted + spent.rejected >= max_steps {
            return Some(Outcome::StepLimit);
        }
        match stepper.step(f, to) {
            StepResult::Accepted => {}
            StepResult::TooSmall => return Some(Outcome::StepTooSmall),
            StepResult::NonFinite => return Some(Outcome::NonFinite),
        }
        let mut interpolate = |t: f64, out: &mut Vec<f64>| {
            out.clear();
            out.extend_from_slice(&stepper.interpolate(t)[..n]);
        };
        if recorder.step(stepper.time(), &stepper.state()[..n], &mut interpolate) {
            return Some(recorder.solution.outcome);
        }
    }
    None
}

/// Whether steps are compiled for few sizes of the state, where a program has to be small: a longer state is padded, and the bits
/// are the same.
pub(crate) const FEW_SIZES: bool = cfg!(target_arch = "wasm32");

impl Integrator for Tsit5 {
    fn name(&self) -> &'static str {
        "tsit5"
    }

    fn integrate(&self, system: &dyn System, request: &Request<'_>) -> Result<Solution, RequestMisuse> {
        request.check(system)?;
        Ok(match system.dimension() {
            0..=16 if FEW_SIZES => self.run::<16>(system, request),
            0..=256 if FEW_SIZES => self.run::<256>(system, request),
            0..=2 => self.run::<2>(system, request),
            3 => self.run::<3>(system, request),
            4 => self.run::<4>(system, request),
            5..=8 => self.run::<8>(system, request),
            9..=16 => self.run::<16>(system, request),
            17..=32 => self.run::<32>(system, request),
            33..=64 => self.run::<64>(system, request),
            65..=128 => self.run::<128>(system, request),
            129..=256 => self.run::<256>(system, request),
            got => return Err(RequestMisuse::TooLarge { limit: Self::LARGEST, got }),
        })
    }
}
