//! The time mesh of an ensemble: one for all its draws, found by pilots.

use collapsar_theory::Schedule;
use pulp::Arch;

use crate::montecarlo::lanes::{LANES, Lane, LaneSystem, NODES, Step, scale};

/// Safety factor on the predicted step, and bounds on its change.
const SAFETY: f64 = 0.9;
const SHRINK: f64 = 0.2;
const GROW: f64 = 5.0;
/// First step in units of the fastest pilot's |y|/|y'|.
const FIRST: f64 = 1e-2;
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
pub(crate) struct MeshControl {
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
    control: &MeshControl,
    state_of: impl Fn(f64, &[f64; N]) -> Pilot,
) -> Vec<MeshStep<S::Stage>> {
    let mut states: Vec<[Lane; N]> = pilots.chunks(LANES).map(gather).collect();
    let mut active: Vec<bool> = (0..states.len() * LANES).map(|i| i < pilots.len()).collect();
    let mut edges: Vec<f64> = schedule.breakpoints().into_iter().filter(|&b| b < control.end).collect();
    edges.push(control.end);
    let (arch, mut steps) = (Arch::new(), Vec::new());
    let mut t = 0.0;
    let mut proposed = 0.0;
    for (piece, &edge) in edges.iter().enumerate() {
        let first_stage = system.stage(piece, t);
        let mut rates: Vec<[Lane; N]> = states.iter().map(|y| system.rates(&first_stage, y)).collect();
        let mut restart = true;
        if proposed == 0.0 {
            proposed = first_step(&states, &rates, &active, edge);
        }
        while t < edge && active.contains(&true) && steps.len() < control.max_steps {
            let rest = edge - t;
            let onto_edge = proposed >= rest * (1.0 - 1e-3);
            let h = if onto_edge { rest } else { proposed };
            let stages = NODES.map(|c| system.stage(piece, t + c * h));
            let mut worst: f64 = 0.0;
            let mut next = Vec::with_capacity(states.len());
            for (chunk, (y, k)) in states.iter().zip(&rates).enumerate() {
                let stepped = arch.dispatch(Step { system, h, stages: &stages, state: y, first: k });
                worst = worst.max(largest_error(control, y, &stepped.state, &stepped.error, &active[chunk * LANES..]));
                next.push((stepped.state, stepped.rate));
            }
            let factor = SAFETY * worst.max(1e-10).powf(-0.2);
            proposed = h * if worst.is_finite() { factor.clamp(SHRINK, GROW) } else { SHRINK / 2.0 };
            if worst > 1.0 {
                if proposed <= SMALLEST * t {
                    return steps;
                }
                continue;
            }
            t = if onto_edge { edge } else { t + h };
            (states, rates) = next.into_iter().unzip();
            let (mut asked, mut answered) = (0.0, 0.0);
            for (i, active) in active.iter_mut().enumerate().filter(|(_, active)| **active) {
                match state_of(t, &lane(&states[i / LANES], i % LANES)) {
                    Pilot::Done { by_asking } => {
                        *active = false;
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

/// States as lanes; missing ones repeat the last.
fn gather<const N: usize>(states: &[[f64; N]]) -> [Lane; N] {
    std::array::from_fn(|n| std::array::from_fn(|l| states[l.min(states.len() - 1)][n]))
}

/// One lane.
pub(crate) fn lane<const N: usize>(lanes: &[Lane; N], l: usize) -> [f64; N] {
    std::array::from_fn(|n| lanes[n][l])
}

/// The largest scaled error (root mean square over entries) among the active lanes; infinite if one is not a number.
fn largest_error<const N: usize>(
    control: &MeshControl,
    before: &[Lane; N],
    after: &[Lane; N],
    error: &[Lane; N],
    active: &[bool],
) -> f64 {
    let mut worst: f64 = 0.0;
    for l in (0..LANES).filter(|&l| active[l]) {
        let mut sum = 0.0;
        for n in 0..N {
            let ratio = error[n][l] / scale(control.relative, control.absolute, before[n][l], after[n][l]);
            sum += ratio * ratio;
        }
        let size = (sum / N as f64).sqrt();
        worst = if size.is_finite() { worst.max(size) } else { f64::INFINITY };
    }
    worst
}

/// A first step that no pilot finds long.
fn first_step<const N: usize>(states: &[[Lane; N]], rates: &[[Lane; N]], active: &[bool], edge: f64) -> f64 {
    let size = |v: &[Lane; N], l: usize| (0..N).map(|n| v[n][l] * v[n][l]).sum::<f64>().sqrt();
    let mut shortest = edge;
    for i in (0..active.len()).filter(|&i| active[i]) {
        let (c, l) = (i / LANES, i % LANES);
        let time = FIRST * size(&states[c], l) / size(&rates[c], l);
        if time > 0.0 && time < shortest {
            shortest = time;
        }
    }
    shortest
}
