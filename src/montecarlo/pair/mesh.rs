//! The time mesh of an ensemble: one for all its draws, found by pilots.

use collapsar_theory::Schedule;

use crate::integrate::control::Controller;
use crate::montecarlo::lanes::common_steps::{Attempted, CommonSteps, StepTolerances};
use crate::montecarlo::lanes::set::Lanes;
use crate::montecarlo::lanes::step::{LaneSystem, NODES};

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
    pub(crate) tolerances: StepTolerances,
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
    let mut common = CommonSteps::new(Controller::INTEGRAL, limits.tolerances);
    let mut steps = Vec::new();
    for (piece, &edge) in edges.iter().enumerate() {
        common.restart(system, &mut lanes, piece, edge);
        let mut restart = true;
        while common.t < edge && !lanes.is_empty() && steps.len() < limits.max_steps {
            let (h, stages) = match common.attempt(system, &lanes, piece, edge) {
                Attempted::Fine { h, stages, .. } => (h, stages),
                Attempted::Long => continue,
                // The scalar integrator then says what is wrong.
                Attempted::Stuck => return steps,
            };
            common.take(&mut lanes);
            let end = common.t;
            let (mut asked, mut answered) = (0.0, 0.0);
            for entry in (0..lanes.len()).rev() {
                match state_of(end, &lanes.state(entry)) {
                    Pilot::Done { by_asking } => {
                        lanes.remove(entry);
                        answered += f64::from(u8::from(by_asking));
                        asked += f64::from(u8::from(by_asking));
                    }
                    Pilot::Open { asked: this } => asked += f64::from(u8::from(this)),
                }
            }
            let ask = (answered > 0.0 && answered >= WORTH * asked) || steps.len() % ASK_ANYWAY == ASK_ANYWAY - 1;
            steps.push(MeshStep { end, h, restart, ask, stages });
            restart = false;
        }
    }
    steps
}
