//! The boundary of a pair with fixed weights, in the limit of time.

use collapsar_theory::{Flow, FreePair, Pair, Schedule, SpherePair};

use crate::bifurcation::{SearchOptions, antipodal_temperature, critical_temperature, free_equilibria};
use crate::config::BoundaryRun;
use crate::integrate::{Integrator, Request, Tempered, Tsit5};
use crate::probability::{Bracket, FreeBoundary, Limits, SphereBoundary, connection};
use crate::results::{ArrowField, BoundaryCurve, BoundaryRecord, PROGRAM, PortraitPoint, VERSION};
use crate::studies::boundary::{schedules, varied};
use crate::studies::near::near_enough;
use crate::studies::{StudyError, Watch};

/// Nodes of the phase portrait along each axis.
const PORTRAIT: usize = 61;
/// Time to which example trajectories are drawn.
const EXAMPLE_TIME: f64 = 60.0;

/// Every curve that is asked for, and what is known beside them.
pub(super) fn boundary(config: BoundaryRun, watch: &dyn Watch) -> Result<BoundaryRecord, StudyError> {
    if let Some(horizon) = config.stop.horizon {
        let rule = "be absent: the boundary of a pair with fixed weights is that in the limit";
        return Err(StudyError::refused("stop.horizon", horizon, rule));
    }
    let (pair, schedule) = (config.pair()?, config.schedule.schedule()?);
    near_enough(&pair)?;
    let schedules = schedules(&config)?;
    let curves = (schedules.len() * config.boundary.transverse.len()) as u64;
    watch.begin(curves.saturating_mul(config.boundary.points), 0, "points");
    let mut curves = Vec::new();
    for schedule in &schedules {
        for &transverse in &config.boundary.transverse {
            curves.push(match pair {
                Pair::Free(flow) => free_curve(&config, flow, schedule, transverse, watch)?,
                Pair::Sphere(flow) => sphere_curve(&config, flow, schedule, transverse, watch)?,
            });
        }
    }
    record(config, pair, &schedule, curves)
}

fn curve(schedule: &Schedule, transverse: f64, points: Vec<(f64, Bracket)>) -> BoundaryCurve {
    BoundaryCurve {
        initial_temperature: schedule.initial_temperature(),
        rate: schedule.rate(),
        duration: schedule.duration(),
        transverse,
        weights: None,
        undecided: points.iter().filter(|(_, b)| b.undecided).count(),
        abscissae: points.iter().map(|p| p.0).collect(),
        ordinates: points.iter().map(|p| p.1.middle()).collect(),
        widths: points.iter().map(|p| p.1.width()).collect(),
    }
}

/// The points of a curve, with progress.
fn located(
    abscissae: &[f64],
    watch: &dyn Watch,
    locate: impl Fn(f64) -> Bracket + Sync,
) -> Result<Vec<(f64, Bracket)>, StudyError> {
    crate::parallel::try_map(abscissae, |&x| {
        if watch.cancelled() {
            return Err(StudyError::Cancelled);
        }
        let point = (x, locate(x));
        watch.advance(1);
        Ok(point)
    })
}

fn free_curve(
    config: &BoundaryRun,
    flow: FreePair,
    schedule: &Schedule,
    z: f64,
    watch: &dyn Watch,
) -> Result<BoundaryCurve, StudyError> {
    let boundary = FreeBoundary::new(flow, schedule, Limits::default())?;
    let n = config.boundary.points;
    let reach = config.boundary.reach.unwrap_or(flow.options().separation + 1.0);
    // Squares: the curve bends at the wall, where it leaves with a power.
    let low = if flow.bias() == 0.0 { 0.0 } else { -1.0 };
    let at = |i: u64| low + (1.0 - low) * i as f64 / (n - 1) as f64;
    let xs: Vec<f64> = (0..n).map(|i| boundary.wall() + reach * at(i) * at(i).abs()).collect();
    let points = located(&xs, watch, |x| boundary.locate(x, z, config.boundary.tolerance))?;
    Ok(curve(schedule, z, points))
}

fn sphere_curve(
    config: &BoundaryRun,
    flow: SpherePair,
    schedule: &Schedule,
    s: f64,
    watch: &dyn Watch,
) -> Result<BoundaryCurve, StudyError> {
    let boundary = SphereBoundary::new(flow, schedule, Limits::default())?;
    let n = config.boundary.points;
    let largest = (2.0 * (1.0 + s)).max(0.0).sqrt();
    let reach = config.boundary.reach.unwrap_or(largest / 2.0).min(largest);
    let at = |i: u64| reach * (2.0 * i as f64 / (n - 1) as f64 - 1.0);
    let sums: Vec<f64> = (0..n).map(at).collect();
    let points = located(&sums, watch, |sum| boundary.locate(sum, s, config.boundary.tolerance))?;
    Ok(curve(schedule, s, points))
}

fn record(
    config: BoundaryRun,
    pair: Pair,
    schedule: &Schedule,
    curves: Vec<BoundaryCurve>,
) -> Result<BoundaryRecord, StudyError> {
    let (name, axes, critical) = match &pair {
        Pair::Free(flow) => ("free", ["x", "Y_b", "z"], critical_temperature(flow).map(|fold| fold.temperature)),
        Pair::Sphere(flow) => ("sphere", ["m_1+m_2", "D_b", "s"], antipodal_temperature(flow)),
    };
    let (mut found, mut portrait) = (None, None);
    if let Pair::Free(flow) = pair {
        if flow.bias() == 0.0 {
            found = connection(flow, schedule.final_temperature()).map_err(StudyError::computation)?;
        }
        portrait = Some(phase_portrait(flow, schedule, &curves)?);
    }
    Ok(BoundaryRecord {
        program: PROGRAM,
        version: VERSION,
        varied: varied(&config),
        config,
        pair: name,
        critical_temperature: critical,
        axes,
        curves,
        connection_constant: found.map(|c| c.constant),
        connection_error: found.map(|c| c.error),
        exponent: found.map(|c| c.exponent),
        horizon: None,
        portrait,
    })
}

/// The field at z = 0 and the final temperature, and runs from both sides of the first curve.
fn phase_portrait(flow: FreePair, schedule: &Schedule, curves: &[BoundaryCurve]) -> Result<ArrowField, StudyError> {
    let temperature = schedule.final_temperature();
    let reach = flow.options().separation + 1.0;
    // Half a cell off the axes, on which one rate vanishes by symmetry.
    let x: Vec<f64> = (0..PORTRAIT).map(|i| reach * (i as f64 + 0.5) / (PORTRAIT - 1) as f64).collect();
    let (mut rate_x, mut rate_y) = (Vec::new(), Vec::new());
    for &y in &x {
        for &x in &x {
            let mut rate = [0.0; 3];
            flow.field(1.0 / temperature, &[x, y, 0.0], &mut rate);
            rate_x.push(rate[0]);
            rate_y.push(rate[1]);
        }
    }
    let mut trajectories = Vec::new();
    if let Some(curve) = curves.first() {
        // An abscissa near the origin and one half way out, each from both sides.
        for share in [0.3, 0.6] {
            let i = (share * curve.abscissae.len() as f64) as usize;
            for side in [0.8, 1.2] {
                let start = [curve.abscissae[i], side * curve.ordinates[i], curve.transverse];
                trajectories.push(example(flow, schedule, &start)?);
            }
        }
    }
    let found = free_equilibria(&flow, temperature, &SearchOptions::default()).map_err(StudyError::computation)?;
    let states = found.states.iter().filter(|state| state.coordinates[2] == 0.0);
    let equilibria = states.map(|state| PortraitPoint {
        x: state.coordinates[0],
        y: state.coordinates[1],
        kind: state.kind.name(),
        unstable: state.unstable,
    });
    Ok(ArrowField { temperature, y: x.clone(), x, rate_x, rate_y, equilibria: equilibria.collect(), trajectories })
}

fn example(flow: FreePair, schedule: &Schedule, start: &[f64; 3]) -> Result<Vec<[f64; 2]>, StudyError> {
    let system = Tempered::new(&flow, schedule);
    let mut request = Request::new(start, 0.0, EXAMPLE_TIME);
    request.keep_steps = true;
    let solution = Tsit5::default().integrate(&system, &request).map_err(StudyError::computation)?;
    Ok(solution.steps.iter().map(|(_, y)| [y[0], y[1]]).collect())
}
