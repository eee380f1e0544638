//! A slice of the free pair's phase space at one temperature.

use collapsar_theory::{Flow, FreePair, Schedule};

use crate::bifurcation::{Equilibrium, SearchOptions, free_equilibria};
use crate::config::PortraitRun;
use crate::integrate::{Crossing, Event, Integrator, Request, System, Tsit5};
use crate::probability::{FreeBoundary, Limits};
use crate::results::{EquilibriumRecord, PhasePortrait, PortraitState};
use crate::studies::StudyError;
use crate::trajectory::field_lines;

/// Distance of the field lines in units of the frame.
const SPACING: f64 = 0.055;
/// Width of the brackets of the boundary: far below what can be seen.
const BRACKET: f64 = 1e-8;
/// Distance from an axis of symmetry at which a rate is divided by the coordinate: the limit to 1e-8.
const NEAR_AXIS: f64 = 1e-4;
/// Distance in z within which an equilibrium lies in the slice.
const IN_SLICE: f64 = 1e-9;
/// Window in units of the separation unless given.
const WINDOW: f64 = 1.2;
/// Distance from a saddle at which its manifold is left for the flow: the error is its square.
const LEAVING: f64 = 1e-6;
/// Manifolds end this near to the wall: beyond, the tolerance of the integrator shows,
const ORIGIN: f64 = 1e-6;
/// this many windows out,
const OUTSIDE: f64 = 1.5;
/// or after this time over T.
const BACKWARDS: f64 = 100.0;

fn window(config: &PortraitRun, flow: &FreePair) -> ([f64; 2], [f64; 2]) {
    let reach = WINDOW * flow.options().separation.max(1.0);
    let low = if flow.bias() == 0.0 { 0.0 } else { -reach };
    (config.portrait.x.unwrap_or([low, reach]), config.portrait.y.unwrap_or([0.0, reach]))
}

fn nodes([first, last]: [f64; 2], count: u64) -> Vec<f64> {
    (0..count).map(|i| first + (last - first) * i as f64 / (count - 1) as f64).collect()
}

/// The slice at one temperature.
pub(super) fn portrait(config: &PortraitRun, flow: &FreePair, temperature: f64) -> Result<PhasePortrait, StudyError> {
    let (beta, z) = (1.0 / temperature, config.portrait.transverse);
    let (x_ends, y_ends) = window(config, flow);
    let rates = |x: f64, y: f64| {
        let mut rate = [0.0; 3];
        flow.field(beta, &[x, y, z], &mut rate);
        [rate[0], rate[1]]
    };
    let (x, y) = (nodes(x_ends, config.portrait.points), nodes(y_ends, config.portrait.points));
    let symmetric = flow.bias() == 0.0;
    let off = |v: f64| if v.abs() < NEAR_AXIS { NEAR_AXIS } else { v };
    let places = || y.iter().flat_map(|&y| x.iter().map(move |&x| (x, y)));
    let over_x = |(x, y): (f64, f64)| if symmetric { rates(off(x), y)[0] / off(x) } else { rates(x, y)[0] };
    let found = free_equilibria(flow, temperature, &SearchOptions::default()).map_err(StudyError::computation)?;
    let boundary = boundary(config, flow, temperature, &found.states, x_ends)?;
    Ok(PhasePortrait {
        temperature,
        nullcline_x: places().map(over_x).collect(),
        nullcline_y: places().map(|(x, y)| rates(x, off(y))[1] / off(y)).collect(),
        lines: field_lines(&rates, x_ends, y_ends, SPACING),
        equilibria: found.states.iter().map(|state| portrait_state(state, z)).collect(),
        established: found.established.clone(),
        boundary,
        x,
        y,
    })
}

fn portrait_state(state: &Equilibrium, z: f64) -> PortraitState {
    // On z = 0 the Jacobian has no entries between the plane and z: an eigenvector lies in the one or along the other.
    let within = |direction: &[f64]| direction.get(2).is_none_or(|component| component.abs() < 0.5);
    let growing = state.modes.iter().filter(|mode| mode.rate > 0.0 && within(&mode.direction)).count();
    PortraitState {
        in_slice: (state.coordinates[2] - z).abs() < IN_SLICE,
        unstable_in_slice: growing,
        state: EquilibriumRecord::new(state),
    }
}

/// The curves between starts that collapse and starts that recover at constant temperature, each from the wall outwards;
/// none where no start collapses. On z = 0 they are the stable manifolds of the saddles.
fn boundary(
    config: &PortraitRun,
    flow: &FreePair,
    temperature: f64,
    states: &[Equilibrium],
    window: [f64; 2],
) -> Result<Vec<Vec<[f64; 2]>>, StudyError> {
    let schedule = Schedule::constant(temperature)?;
    let bisected = FreeBoundary::new(*flow, &schedule, Limits::default())?;
    if config.portrait.transverse > 0.0 {
        return Ok(located(config, &bisected, window));
    }
    let planar = states.iter().filter(|state| state.coordinates[2] == 0.0 && state.coordinates[1] > 0.0);
    let saddles = planar.filter(|state| portrait_state(state, 0.0).unstable_in_slice == 1);
    saddles.map(|saddle| manifold(flow, 1.0 / temperature, saddle, (bisected.wall(), window))).collect()
}

/// Y_b at the z of the slice, on both sides of the wall.
fn located(config: &PortraitRun, boundary: &FreeBoundary<'_>, window: [f64; 2]) -> Vec<Vec<[f64; 2]>> {
    let wall = boundary.wall();
    let mut curves = Vec::new();
    for end in window.into_iter().filter(|end| (end - wall).abs() > NEAR_AXIS) {
        // Squares: at the wall the curve leaves with a power.
        let shares = nodes([0.0, 1.0], config.portrait.points);
        let xs: Vec<f64> = shares.iter().map(|share| wall + (end - wall) * share * share).collect();
        let brackets = crate::parallel::map(&xs, |&x| (x, boundary.locate(x, config.portrait.transverse, BRACKET)));
        if brackets.iter().any(|(_, bracket)| bracket.low > 0.0) {
            curves.push(brackets.iter().map(|(x, bracket)| [*x, bracket.middle()]).collect());
        }
    }
    curves
}

/// The flow on z = 0 backwards in time.
struct Backwards<'a>(&'a FreePair, f64);

impl System for Backwards<'_> {
    fn dimension(&self) -> usize {
        2
    }
    fn breakpoints(&self) -> &[f64] {
        &[]
    }
    fn rate(&self, _: usize, _: f64, state: &[f64], rate: &mut [f64]) {
        let mut forward = [0.0; 3];
        self.0.field(self.1, &[state[0], state[1], 0.0], &mut forward);
        (rate[0], rate[1]) = (-forward[0], -forward[1]);
    }
}

/// The stable manifold of a saddle: both ways along its shrinking direction, backwards in time, where errors shrink.
fn manifold(
    flow: &FreePair,
    beta: f64,
    saddle: &Equilibrium,
    (wall, window): (f64, [f64; 2]),
) -> Result<Vec<[f64; 2]>, StudyError> {
    let [x, y, _] = saddle.coordinates;
    let within = saddle.modes.iter().filter(|mode| mode.rate < 0.0 && mode.direction[2].abs() < 0.5);
    let Some(stable) = within.min_by(|a, b| a.rate.total_cmp(&b.rate)) else { return Ok(Vec::new()) };
    let far = OUTSIDE * window[0].abs().max(window[1].abs());
    let left = |_: f64, state: &[f64]| state[0].abs().max(state[1].abs()) - far;
    let events = [Event { function: &left, direction: Crossing::Rising }];
    let mut halves = Vec::new();
    for sign in [-1.0, 1.0] {
        let start = [0, 1].map(|i| [x, y][i] + sign * LEAVING * stable.direction[i]);
        let mut request = Request::new(&start, 0.0, BACKWARDS / beta);
        request.events = &events;
        request.keep_steps = true;
        let solution = Tsit5::default().integrate(&Backwards(flow, beta), &request).map_err(StudyError::computation)?;
        let path = solution.steps.iter().map(|(_, state)| [state[0], state[1]]);
        halves.push(path.take_while(|point| (point[0] - wall).abs() > ORIGIN).collect::<Vec<_>>());
    }
    let distance = |path: &Vec<[f64; 2]>| path.last().map_or(0.0, |point| (point[0] - wall).abs());
    halves.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    let mut inner = halves.remove(0);
    inner.reverse();
    inner.push([x, y]);
    inner.extend(halves.remove(0));
    Ok(inner)
}
