//! The time mesh of an ensemble: one for all its draws, found by pilots.

use collapsar_theory::Schedule;
use pulp::Arch;

use crate::integrate::control::Controller;
use crate::montecarlo::lanes::set::Lanes;
use crate::montecarlo::lanes::step::{Lane, LaneSystem, NODES, Step, Stepped, scale};

/// Steps below this fraction of the time end the mesh: the scalar integrator then says what is wrong.
const SMALLEST: f64 = 1e-12;

/// One step of the mesh.
pub(crate) struct MeshStep<S> {
    /// The time at its end.
    pub(crate) end: f64,
    pub(crate) h: f64,
    /// Whether the field may have jumped at its start, so that the last stage before it does not serve as its first.
    pub(crate) restart: bool,
    /// Whether it is worth asking after it which runs are trapped.
    pub(crate) ask: bool,
    /// The constants of the field at the nodes.
    pub(crate) stages: [S; NODES.len()],
}

/// What is known of a pilot after a step.
pub(crate) enum Pilot {
    /// Its end is certain, found by the question whether it is trapped or without.
    Done { by_asking: bool },
    /// Still open; whether that question was asked.
    Open { asked: bool },
}

/// The question is asked after steps at which it was answered for at least this share of the pilots for whom it was
/// asked, and after every `ASK_ANYWAY`-th.
const WORTH: f64 = 0.6;
const ASK_ANYWAY: usize = 16;

/// How the mesh is chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MeshLimits {
    pub(crate) relative: f64,
    pub(crate) absolute: f64,
    /// The last time of interest.
    pub(crate) end: f64,
    pub(crate) max_steps: usize,
}

/// Steps from time 0 on which every pilot keeps its local error within the tolerances, until the `state_of` every
/// pilot (a function of time and state) is done or the limits are reached.
///
/// The mesh depends on the pilots alone. Draws that follow it are checked one by one against the tolerances; the few
/// that do not keep them are followed with steps of their own.
pub(crate) fn mesh<const N: usize, S: LaneSystem<N>>(
    system: &S,
    schedule: &Schedule,
    pilots: &[[f64; N]],
    limits: &MeshLimits,
    state_of: impl Fn(f64, &[f64; N]) -> Pilot,
) -> Vec<MeshStep<S::Stage>> {
    let mut lanes = Lanes::with_capacity(pilots.len());
    pilots.iter().enumerate().for_each(|(pilot, state)| lanes.push(pilot, state));
    let mut edges: Vec<f64> = schedule.breakpoints().into_iter().filter(|&b| b < limits.end).collect();
    edges.push(limits.end);
    let (arch, mut steps) = (Arch::new(), Vec::new());
    let mut t = 0.0;
    let mut control = Controller::INTEGRAL;
    for (piece, &edge) in edges.iter().enumerate() {
        let first_stage = system.stage(piece, t);
        lanes.chunks_mut().for_each(|(y, rate)| *rate = system.rates(&first_stage, y));
        let mut restart = true;
        if control.next() == 0.0 {
            control.propose(lanes.first_step(edge));
        }
        while t < edge && !lanes.is_empty() && steps.len() < limits.max_steps {
            let (h, onto_edge) = control.attempt(edge - t);
            let stages = NODES.map(|c| system.stage(piece, t + c * h));
            let mut worst: f64 = 0.0;
            let mut next = Vec::with_capacity(lanes.chunks());
            for chunk in 0..lanes.chunks() {
                let (state, first) = lanes.chunk(chunk);
                let stepped = arch.dispatch(Step { system, h, stages: &stages, state, first });
                worst = worst.max(largest_error(limits, state, &stepped, lanes.filled(chunk)));
                next.push(stepped);
            }
            if worst > 1.0 {
                control.reject(h, worst);
                if control.next() <= SMALLEST * t {
                    return steps;
                }
                continue;
            }
            control.accept(h, worst);
            t = if onto_edge { edge } else { t + h };
            for ((state, rate), stepped) in lanes.chunks_mut().zip(next) {
                (*state, *rate) = (stepped.state, stepped.rate);
            }
            let (mut asked, mut answered) = (0.0, 0.0);
            for entry in (0..lanes.len()).rev() {
                match state_of(t, &lanes.state(entry)) {
                    Pilot::Done { by_asking } => {
                        lanes.remove(entry);
                        answered += f64::from(u8::from(by_asking));
                        asked += f64::from(u8::from(by_asking));
                    }
                    Pilot::Open { asked: this } => asked += f64::from(u8::from(this)),
                }
            }
            let ask = (answered > 0.0 && answered >= WORTH * asked) || steps.len() % ASK_ANYWAY == ASK_ANYWAY - 1;
            steps.push(MeshStep { end: t, h, restart, ask, stages });
            restart = false;
        }
    }
    steps
}

/// The largest scaled error (root mean square over entries) in the filled lanes of a chunk; infinite if one is not a number.
fn largest_error<const N: usize>(limits: &MeshLimits, before: &[Lane; N], stepped: &Stepped<N>, filled: usize) -> f64 {
    let mut worst: f64 = 0.0;
    for l in 0..filled {
        let mut sum = 0.0;
        for n in 0..N {
            let scale = scale(limits.relative, limits.absolute, before[n][l], stepped.state[n][l]);
            let ratio = stepped.error[n][l] / scale;
            sum += ratio * ratio;
        }
        let size = (sum / N as f64).sqrt();
        worst = if size.is_finite() { worst.max(size) } else { f64::INFINITY };
    }
    worst
}
