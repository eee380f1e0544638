//! The boundary of two components with trained weights at a horizon, beside that with fixed ones.

use collapsar_theory::{Family, InvalidParameter, MeanSpace, Problem, Rules, Schedule, Start, Target, WeightRule};

use crate::config::BoundaryRun;
use crate::results::{BoundaryCurve, BoundaryRecord, PROGRAM, VERSION};
use crate::studies::boundary::{schedules, varied};
use crate::studies::{StudyError, Watch};
use crate::trajectory::HorizonBoundary;

/// Brackets need not be narrower: a run that is judged at a horizon is no limit.
const NARROWEST: f64 = 1e-6;

/// Most time over which runs are followed for all points together: some minutes of two cores.
const MOST_TIME: f64 = 1e7;

/// Every curve that is asked for, with trained and with fixed weights.
pub(super) fn boundary(config: BoundaryRun, watch: &dyn Watch) -> Result<BoundaryRecord, StudyError> {
    let Some(horizon) = config.stop.horizon else {
        let rule = "be given: with trained weights a mode that is lost may come back, say when to judge";
        return Err(StudyError::refused("stop.horizon", "missing", rule));
    };
    let (target, family, _) = config.parts()?;
    let schedules = schedules(&config)?;
    let points = 2 * (schedules.len() * config.boundary.transverse.len()) as u64 * config.boundary.points;
    let halvings = (1.0 / tolerance(&config)).log2();
    if points as f64 * halvings * horizon > MOST_TIME {
        let most = crate::studies::number(MOST_TIME / (points as f64 * halvings));
        let rule =
            format!("be at most {most} for {points} points of {halvings:.0} bisections: fewer or wider ones may go on");
        return Err(StudyError::refused("stop.horizon", horizon, rule));
    }
    watch.begin(points, 0, "points");
    let mut curves = Vec::new();
    for schedule in &schedules {
        for &transverse in &config.boundary.transverse {
            let trained = family.rules().weights;
            for (weights, name) in [(trained, "trained"), (WeightRule::Fixed, "fixed")] {
                if watch.cancelled() {
                    return Err(StudyError::Cancelled);
                }
                let problem = problem(&target, &family, schedule, weights)?;
                let boundary = HorizonBoundary::new(&problem, horizon)?;
                curves.push(curve(&config, &boundary, (schedule, name), transverse, watch));
            }
        }
    }
    Ok(BoundaryRecord {
        program: PROGRAM,
        version: VERSION,
        varied: varied(&config).into_iter().chain(["family.train_weights"]).collect(),
        config,
        pair: "free",
        critical_temperature: None,
        axes: ["x", "Y_b", "z"],
        curves,
        connection_constant: None,
        connection_error: None,
        exponent: None,
        horizon: Some(horizon),
        portrait: None,
    })
}

/// The problem under this schedule and this rule for the weights, from any start: the boundary is about all of them.
fn problem(
    target: &Target,
    family: &Family,
    schedule: &Schedule,
    weights: WeightRule,
) -> Result<Problem, InvalidParameter> {
    let rules = Rules { weights, ..family.rules() };
    let family = Family::new(family.weights().to_vec(), rules)?;
    let dimension = target.dimension().max(2);
    let start =
        if rules.means == MeanSpace::Sphere { Start::sphere(dimension) } else { Start::gaussian(dimension, 1.0) };
    Problem::new(target.clone(), family, schedule.clone(), start?)
}

fn tolerance(config: &BoundaryRun) -> f64 {
    config.boundary.tolerance.max(NARROWEST)
}

fn curve(
    config: &BoundaryRun,
    boundary: &HorizonBoundary<'_>,
    (schedule, weights): (&Schedule, &'static str),
    z: f64,
    watch: &dyn Watch,
) -> BoundaryCurve {
    let n = config.boundary.points;
    let reach = config.boundary.reach.unwrap_or(config.target.separation.unwrap_or(1.0) + 1.0);
    let tolerance = tolerance(config);
    // Squares from the first point beyond the origin, where nothing moves.
    let places: Vec<f64> = (1..=n).map(|i| reach * (i as f64 / n as f64).powi(2)).collect();
    let found = crate::parallel::map(&places, |&x| {
        let bracket = boundary.locate(x, z, tolerance);
        watch.advance(1);
        (x, bracket)
    });
    let located = || found.iter().filter_map(|(x, bracket)| bracket.map(|bracket| (*x, bracket)));
    BoundaryCurve {
        initial_temperature: schedule.initial_temperature(),
        rate: schedule.rate(),
        duration: schedule.duration(),
        transverse: z,
        weights: Some(weights),
        abscissae: located().map(|(x, _)| x).collect(),
        ordinates: located().map(|(_, bracket)| 0.5 * (bracket.low + bracket.high)).collect(),
        widths: located().map(|(_, bracket)| bracket.high - bracket.low).collect(),
        undecided: found.len() - located().count(),
    }
}
