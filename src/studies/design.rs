//! Which schedule: the cheapest that collapses seldom enough, or the safest of a given cost.

mod choice;
mod frontier;
mod judge;
mod recognise;
mod search;
mod shape;
mod summary;

use collapsar_theory::{Pair, Schedule};

use crate::config::{ConfigError, DesignRun, Document, Route, ScheduleConfig, VarianceStart};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{Counted, DesignPoint, DesignRecord, FamilyDesign, Given, PROGRAM, VERSION};
use crate::studies::probability::{Question, SETTLED};
use crate::studies::{Study, StudyError, Watch, number};
use choice::{Choice, cheapest, confirmed, safest};
use frontier::{Best, Frontier};
use judge::Judge;
use recognise::recognition;
use shape::Member;

/// Values of P_c that a family takes, about: what progress is told by.
const VALUES: u64 = 300;

/// The schedule that was looked for.
#[derive(Debug)]
pub struct Design(DesignRecord);

impl Study for Design {
    const NAME: &'static str = "design";
    const QUESTION: &'static str =
        "Find the schedule that keeps the probability of collapse as low as wanted, or a budget allows";
    type Config = DesignRun;
    type Record = DesignRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        DesignRun::resolve(document)
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let route = route(&config)?;
        let header = serde_json::to_string(&Header { program: PROGRAM, version: VERSION, config: &config });
        let judge = Judge::new(&config, route, watch, &header.map_err(StudyError::computation)?)?;
        watch.begin(VALUES * config.design.schedules.len() as u64, 0, "values of P_c, about");
        compute(&config, &judge, watch).map(Self)
    }

    fn record(&self) -> &DesignRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        self.0.csv().map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        vec![(String::new(), plots::design(&self.0))]
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        summary::hand_over(&self.0)
    }

    fn summary(&self) -> String {
        summary::summary(&self.0)
    }
}

/// What values are kept under.
#[derive(serde::Serialize)]
struct Header<'a> {
    program: &'a str,
    version: &'a str,
    config: &'a DesignRun,
}

/// What P_c is judged by.
fn route(config: &DesignRun) -> Result<Route, StudyError> {
    let problem = config.run.problem.problem()?;
    let question = Question::new(&config.run, &problem, 0)?;
    let limit = config.run.stop.horizon.is_none();
    let adam = question.adam().is_some();
    // Elsewhere a value of the exact route takes seconds to minutes, a count a fraction of one.
    let quick = match question.pair() {
        Some(Pair::Free(_)) => question.dimension() == 1,
        Some(Pair::Sphere(_)) => question.dimension() > 3,
        None => false,
    };
    Ok(match config.design.route {
        Some(Route::Formula) if matches!(question.pair(), Some(Pair::Sphere(_))) => Route::Refined,
        Some(route) => route,
        None if config.run.flow.is_some() => Route::RealNvp,
        None if quick && limit && !adam => Route::Exact,
        None => Route::MonteCarlo,
    })
}

/// A formula that shows the exact route where to look.
fn guide(config: &DesignRun) -> Result<Option<Route>, StudyError> {
    let problem = config.run.problem.problem()?;
    let sphere = matches!(Question::new(&config.run, &problem, 0)?.pair(), Some(Pair::Sphere(_)));
    Ok(sphere.then_some(Route::Refined))
}

fn compute(config: &DesignRun, judge: &Judge<'_>, watch: &dyn Watch) -> Result<DesignRecord, StudyError> {
    let design = &config.design;
    let mut notes = Vec::new();
    let recognition = (design.most_restarts() > 1 && config.run.flow.is_none()).then(|| recognition(config));
    let recognition = recognition.transpose()?;
    let most = match recognition {
        Some(found) if !found.by_objective => {
            notes.push(format!(
                "restarts buy nothing here: a fit that has lost a mode has the objective {} and one that has all {}, so the \
                 best of several is not told by it",
                number(found.collapsed),
                number(found.recovered)
            ));
            1
        }
        _ => design.most_restarts(),
    };
    let fewest = design.fewest_restarts().min(most);
    let cold = Member { schedule: ScheduleConfig::from(&Schedule::constant(1.0)?), variance: None };
    let without = judge.plain(&cold)?;
    let given = given(config, judge)?;
    let needless = design.wanted.is_some_and(|wanted| without.powf(fewest as f64) <= wanted);
    let (mut choices, mut curve) = (Vec::new(), Vec::new());
    for &shape in &design.schedules {
        watch.say(&shape.name());
        let mut frontier = Frontier::new(shape, design, judge, judge.route()).beginning_at(shortest(&choices));
        // Its optimum is far off where several coordinates are chosen.
        let guide = guide(config)?.filter(|_| judge.route() == Route::Exact && shape.coordinates() == 1 && !needless);
        if let (Some(route), Some(wanted)) = (guide, design.wanted) {
            frontier = frontier.guided(route, wanted.powf(1.0 / fewest as f64));
        }
        let choice = match design.wanted {
            Some(_) if needless => {
                let best = Best::without(shape, cold.clone(), without);
                Choice { best, restarts: fewest, attainable: true }
            }
            Some(wanted) => cheapest(&mut frontier, wanted, fewest..=most, design.budget)?,
            None => safest(&mut frontier, fewest..=most, design.budget.unwrap_or(f64::INFINITY))?,
        };
        curve.extend(frontier.known.iter().map(|best| DesignPoint {
            kind: shape,
            cost: best.duration,
            probability: best.probability,
        }));
        choices.push((choice, frontier));
    }
    let (found, fit, unconfirmed) = confirmed(&mut choices, design.wanted, judge, watch)?;
    notes.extend(unconfirmed);
    if needless {
        notes.push(format!("no annealing is needed: without it P_c of a fit is {}", number(without)));
    }
    if !needless && without > 0.0 && choices.iter().all(|(choice, _)| choice.best.probability > 0.8 * without) {
        notes.push(
            "no schedule that was tried helps much: look at the start (`start.variance`, `start.scale`), the variance or the \
             weights of the family, or more components"
                .to_owned(),
        );
    }
    let families = choices.iter().map(|(choice, _)| FamilyDesign {
        kind: choice.best.shape,
        schedule: choice.best.member.schedule.clone(),
        start: start(&choice.best.member),
        cost: choice.best.duration,
        restarts: choice.restarts,
        total: choice.total(),
        probability: choice.probability(),
        attainable: choice.attainable,
    });
    let families = families.collect();
    let choice = &choices[found].0;
    Ok(DesignRecord {
        program: PROGRAM,
        version: VERSION,
        config: config.clone(),
        route: judge.route().name(),
        attainable: choice.attainable,
        kind: choice.best.shape,
        schedule: choice.best.member.schedule.clone(),
        start: start(&choice.best.member),
        probability: all(fit, choice.restarts),
        fit,
        cost: choice.best.duration,
        restarts: choice.restarts,
        total: choice.total(),
        recognition,
        without,
        given,
        families,
        curve,
        notes,
    })
}

/// The schedule of the configuration; nothing for T = 1, which is judged anyway.
fn given(config: &DesignRun, judge: &Judge<'_>) -> Result<Option<Given>, StudyError> {
    let member = Member { schedule: config.run.problem.schedule.clone(), variance: None };
    let schedule = member.schedule.schedule()?;
    if schedule == Schedule::constant(1.0)? {
        return Ok(None);
    }
    Ok(Some(Given { cost: schedule.settling_time(SETTLED), probability: judge.plain(&member)? }))
}

/// The least duration that was enough.
fn shortest(choices: &[(Choice, Frontier<'_>)]) -> Option<f64> {
    let enough = choices.iter().map(|(choice, _)| choice).filter(|choice| choice.attainable);
    enough.map(|choice| choice.best.duration).filter(|t| *t > 0.0).min_by(f64::total_cmp)
}

fn start(member: &Member) -> Option<VarianceStart> {
    member.variance.map(|variance| VarianceStart { variance })
}

/// That all of several independent fits collapse.
fn all(fit: Counted, restarts: u64) -> Counted {
    let power = |p: f64| p.powf(restarts as f64);
    Counted { value: power(fit.value), low: power(fit.low), high: power(fit.high), n: fit.n }
}
