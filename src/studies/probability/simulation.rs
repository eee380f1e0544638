//! Stochastic descent in R^d.

use collapsar_theory::{Pair, VarianceRule};

use crate::adam::Adam;
use crate::config::{OptimiserName, SimulationConfig, VarianceName};
use crate::montecarlo::{
    Descent, DescentOptions, FreeStart, MixtureDescent, MixtureDescentOptions, Optimiser, ShapedDescent, SphereStart,
    VarianceCoordinate, Watching,
};
use crate::results::{Answer, Detail};
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::portion::Portion;
use crate::studies::probability::question::{RELAXATION, Said};
use crate::studies::{StudyError, number};

/// Most dimensions: vectors of as many numbers for each thread.
const MOST_COORDINATES: usize = 1 << 24;
/// Most steps of a run.
const MOST_STEPS: f64 = 1e6;

/// Times what one Gaussian would take, and time beside it, after which a run that is not at T = 1 is left undecided.
const PATIENCE: f64 = 10.0;
const LEAST_PATIENCE: f64 = 100.0;

/// Most that one run may cost, in samples times coordinates: some minutes.
const MOST_WORK: f64 = 3e10;
/// The momentum unless given: what people use.
const MOMENTUM: f64 = 0.9;

/// For every problem: pairs as they are usually run in O(batch + d) a step, all else in O(batch d).
pub(super) fn ask(
    question: &CollapseProbability<'_>,
    portion: &Portion<'_>,
    notes: &mut Vec<String>,
) -> Result<Said, StudyError> {
    let (schedule, config) = (question.problem.schedule(), question.config);
    let asked = config.simulation.clone().unwrap_or_else(|| SimulationConfig::of(config.optimiser.as_ref()));
    check_variance(question, &asked)?;
    let options = options(question, &asked)?;
    if asked.optimiser == OptimiserName::Adam && question.adam().is_none() {
        notes.push(
            "Adam follows a normalised gradient with memory, not the gradient: its clock and its P_c are its own, and the \
             other routes are for plain descent"
                .to_owned(),
        );
    }
    let go_on = |runs: u64| portion.go_on(runs, asked.runs);
    let usual = asked.optimiser != OptimiserName::Momentum
        && asked.variance == VarianceName::BuresWasserstein
        && !asked.common
        && !asked.antithetic;
    let (seed, runs, steps) = (question.seed, asked.runs, options.steps as u64);
    // A count, with the times of cooling where the fit decides them.
    macro_rules! counted {
        ($descent:expr) => {{
            let descent = $descent;
            match question.rule {
                None => descent.estimate_while(seed, runs, &go_on).map(|estimate| (estimate, None)),
                Some(_) => descent.cooled_while(seed, runs, &go_on).map(|(estimate, times)| (estimate, Some(times))),
            }
        }};
    }
    let found = match question.pair().filter(|_| usual) {
        Some(Pair::Free(flow)) => {
            let start = FreeStart::new(question.dimension(), question.scale())?;
            counted!(Descent::free(flow, schedule, start, options)?)
        }
        Some(Pair::Sphere(flow)) => {
            let start = SphereStart::new(question.dimension())?;
            counted!(Descent::sphere(flow, schedule, start, options)?)
        }
        None => match &question.shaped {
            Some(shaped) => {
                let own = work(question, &asked, options)?;
                counted!(ShapedDescent::new(shaped, options, own)?)
            }
            None => {
                let own = work(question, &asked, options)?;
                counted!(MixtureDescent::new(question.problem, options, own)?)
            }
        },
    };
    let (estimate, cooling) = found.ok_or(StudyError::Cancelled)?;
    let detail = Detail::Descent { batch: asked.batch, step: asked.step, steps };
    Ok(Said::from(Answer::counted(estimate, detail).cooled(cooling)))
}

/// Refuses what is about a trained variance where there is none.
fn check_variance(question: &CollapseProbability<'_>, asked: &SimulationConfig) -> Result<(), StudyError> {
    let rule = "be absent: only a trained variance descends";
    match question.problem.family().rules().variance {
        VarianceRule::Trained => Ok(()),
        VarianceRule::Own if !asked.common => Ok(()),
        _ if asked.variance == VarianceName::Log => Err(StudyError::refused("simulation.variance", "\"log\"", rule)),
        _ if asked.common => Err(StudyError::refused("simulation.common", true, rule)),
        _ => Ok(()),
    }
}

/// How a run descends, and for how long.
fn options(question: &CollapseProbability<'_>, asked: &SimulationConfig) -> Result<DescentOptions, StudyError> {
    let rest = (RELAXATION / asked.step).round() as usize;
    let watching =
        question.rule.map(|rule| Watching { rule, rest: question.config.stop.horizon.is_none().then_some(rest) });
    let horizon = match (question.rule, question.config.stop.horizon) {
        // Each run ends by itself, or waits for ever: that is told apart at many times what one Gaussian would take.
        (Some(rule), None) => {
            let longest = PATIENCE * rule.gaussian_duration(question.dimension()) + LEAST_PATIENCE;
            longest.min(asked.step * MOST_STEPS)
        }
        _ => question.descent_horizon(),
    };
    if question.dimension() > MOST_COORDINATES {
        let rule = format!("be at most {MOST_COORDINATES} for the simulation route, which keeps every coordinate");
        return Err(StudyError::refused("start.dimension", question.dimension(), rule));
    }
    let steps = (horizon / asked.step).round();
    if steps > MOST_STEPS {
        let rule = format!("reach time {horizon} in at most 1e6 steps");
        return Err(StudyError::refused("simulation.step", asked.step, rule));
    }
    Ok(DescentOptions {
        batch: usize::try_from(asked.batch).unwrap_or(usize::MAX),
        step: asked.step,
        steps: steps as usize,
        score: asked.score,
        optimiser: match asked.optimiser {
            OptimiserName::Plain => Optimiser::Plain,
            OptimiserName::Momentum => Optimiser::Momentum { decay: asked.momentum.unwrap_or(MOMENTUM) },
            OptimiserName::Adam => Optimiser::Adam(Adam::default()),
        },
        watching,
        ..DescentOptions::default()
    })
}

/// How any mixture descends; refused where that would take too long.
fn work(
    question: &CollapseProbability<'_>,
    asked: &SimulationConfig,
    options: DescentOptions,
) -> Result<MixtureDescentOptions, StudyError> {
    let centres = question.problem.family().components() + question.problem.target().modes().len();
    // Of runs that end by themselves, what one Gaussian would take.
    let usual = |watching: Watching| watching.rule.gaussian_duration(question.dimension()) / asked.step;
    let rest = |watching: Watching| watching.rest.map(|rest| usual(watching) as usize + rest);
    let steps = options.watching.and_then(rest).unwrap_or(options.steps);
    let batch = options.batch as f64;
    // A matrix takes d^2 numbers of a sample.
    let matrices = question.shaped.as_ref().is_some_and(|shaped| !shaped.is_isotropic());
    let each = question.dimension() as f64 * if matrices { question.dimension() as f64 } else { 1.0 };
    let work = batch * steps as f64 * centres as f64 * each;
    if work > MOST_WORK {
        let rule = format!(
            "be at most {} here: {steps} steps with {centres} centres in {} dimensions would take many minutes a run",
            number((batch * MOST_WORK / work).floor()),
            question.dimension()
        );
        return Err(StudyError::refused("simulation.batch", asked.batch, rule));
    }
    Ok(MixtureDescentOptions {
        coordinate: match asked.variance {
            VarianceName::BuresWasserstein => VarianceCoordinate::BuresWasserstein,
            VarianceName::Log => VarianceCoordinate::Log,
        },
        common: asked.common,
        antithetic: asked.antithetic,
    })
}
