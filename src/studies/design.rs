//! Which schedule: the cheapest that collapses seldom enough, or the safest of a given cost.

mod choice;
mod frontier;
mod hand_over;
mod judge;
mod recognise;
mod restarts;
mod search;
mod shape;
mod summary;

use collapsar_theory::{Pair, Schedule};

use crate::config::{ConfigError, DesignRun, Document, Route, ScheduleConfig, ScheduleShape, VarianceStart};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{
    Counted, DesignPoint, DesignRecord, FamilyDesign, Given, PROGRAM, Steps, TurnpikeRecord, VERSION,
};
use crate::studies::heat::HeatUse;
use crate::studies::probability::CollapseProbability;
use crate::studies::{Study, StudyError, Watch, number};
use choice::{Choice, cheapest, confirmed, safest};
use frontier::{Best, Frontier};
use judge::Judge;
use recognise::recognition;
use restarts::with_restarts;
use shape::Member;

/// Values of P_c that a family takes, about: what progress is told by.
const VALUES: u64 = 300;

/// The schedule that was looked for.
#[derive(Debug)]
pub struct Design(DesignRecord);

impl Design {
    /// The schedule step by step as CSV, JSON and TOML, by the endings of their names, and the lines with which a training loop
    /// uses the first of them, in the file `csv`.
    pub fn export(&self, csv: &str) -> (Vec<(&'static str, Vec<u8>)>, String) {
        (hand_over::files(&self.0), hand_over::lines(&self.0, csv))
    }
}

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

    /// The schedule as sections of a configuration, and step by step.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let table = hand_over::files(&self.0).into_iter().filter(|(ending, _)| *ending == ".csv");
        let table = table.map(|(_, bytes)| ("-schedule.csv".to_owned(), bytes));
        std::iter::once(("-schedule.toml".to_owned(), hand_over::sections(&self.0).into_bytes())).chain(table).collect()
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
    let question = CollapseProbability::new(&config.run, &problem, 0)?;
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
    let problem = config.run.problem.problem()?;
    let question = CollapseProbability::new(&config.run, &problem, judge.seed())?;
    let heat = HeatUse::of(&question, problem.schedule(), design.wanted)?;
    if let (Some(heat), Some(_)) = (&heat, given) {
        notes.extend(heat.remarks().iter().map(|remark| format!("the given schedule: {remark}")));
    }
    let needless = design.wanted.is_some_and(|wanted| without.powf(fewest as f64) <= wanted);
    // Formulas (18) and (34) show the exact route where to look.
    let sphere = matches!(question.pair(), Some(Pair::Sphere(_)));
    let guide = design.wanted.filter(|_| sphere && judge.route() == Route::Exact && !needless);
    let best_hold = heat.map(|heat| heat.best.temperature);
    let (mut choices, mut curve) = (Vec::new(), Vec::new());
    for &shape in &design.schedules {
        watch.say(&shape.name());
        let route = match judge.route() {
            Route::Exact | Route::Formula | Route::Refined if shape.watches_the_fit() => Route::MonteCarlo,
            route => route,
        };
        let mut frontier = Frontier::new(shape, design, judge, route).near(best_hold).beginning_at(shortest(&choices));
        if let Some(wanted) = guide.filter(|_| !shape.watches_the_fit()) {
            frontier = frontier.guided(Route::Refined, wanted.powf(1.0 / fewest as f64));
        }
        let choice = match design.wanted {
            Some(_) if needless => {
                let best = Best::without(shape, cold.clone(), without);
                Choice { best, restarts: fewest, attainable: true, relaxation: design.relaxation }
            }
            Some(wanted) => cheapest(&mut frontier, wanted, fewest..=most, design.budget)?,
            None => safest(&mut frontier, fewest..=most, design.budget.unwrap_or(f64::INFINITY))?,
        };
        curve.extend(frontier.known.iter().map(|best| DesignPoint {
            kind: shape,
            restarts: 1,
            cost: best.cost,
            total: best.cost,
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
    let arcs = design.schedules.contains(&ScheduleShape::ThreeArcs);
    if let Some(jump) = judge.largest_jump().filter(|_| arcs) {
        notes.push(format!(
            "a flash is at most {} times as hot as the hold before it, so that a trained variance follows with a step of {}",
            number(jump),
            number(1.0 / jump)
        ));
    }
    let families = choices.iter().map(|(choice, _)| FamilyDesign {
        kind: choice.best.shape,
        schedule: choice.best.member.schedule.clone(),
        start: start(&choice.best.member),
        cost: choice.best.cost,
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
        cost: choice.best.cost,
        steps: Steps::of(config, choice.best.cost),
        restarts: choice.restarts,
        total: choice.total(),
        recognition,
        without,
        given,
        turnpike: heat.map(|heat| TurnpikeRecord {
            temperature: heat.best.temperature,
            rate: heat.best.rate,
            critical_temperature: heat.critical,
        }),
        families,
        restarted: with_restarts(&curve, without, fewest..=most, design.relaxation),
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
    Ok(Some(Given { cost: schedule.settling_time(Schedule::SETTLED), probability: judge.plain(&member)? }))
}

/// The least duration that was enough.
fn shortest(choices: &[(Choice, Frontier<'_>)]) -> Option<f64> {
    let enough = choices.iter().map(|(choice, _)| choice).filter(|choice| choice.attainable);
    enough.map(|choice| choice.best.cost).filter(|t| *t > 0.0).min_by(f64::total_cmp)
}

fn start(member: &Member) -> Option<VarianceStart> {
    member.variance.map(|variance| VarianceStart { variance })
}

/// That all of several independent fits collapse.
fn all(fit: Counted, restarts: u64) -> Counted {
    let power = |p: f64| p.powf(restarts as f64);
    Counted { value: power(fit.value), low: power(fit.low), high: power(fit.high), n: fit.n }
}
