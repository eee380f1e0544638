//! Which schedule: the cheapest that collapses seldom enough, or the safest of a given cost.

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
use crate::results::{Answer, Counted, DesignPoint, DesignRecord, FamilyDesign, PROGRAM, VERSION};
use crate::studies::probability::Question;
use crate::studies::{Study, StudyError, Watch, number};
use frontier::{Best, Frontier};
use judge::Judge;
use recognise::recognition;
use shape::Member;

/// Values of P_c that a family takes, about: what progress is told by.
const VALUES: u64 = 300;
/// Fresh counts of what is found, at most: each that says no makes the fit longer.
const ROUNDS: u64 = 5;

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

/// A family's best, with how many fits of it are made.
struct Choice {
    best: Best,
    restarts: u64,
    attainable: bool,
}

impl Choice {
    fn total(&self) -> f64 {
        self.best.duration * self.restarts as f64
    }

    /// P_c of all fits.
    fn probability(&self) -> f64 {
        self.best.probability.powf(self.restarts as f64)
    }

    /// Whether this one is to be preferred: what is wanted at the least cost, else the least P_c.
    fn is_better_than(&self, other: &Self, wanted: bool) -> bool {
        match (self.attainable, other.attainable) {
            (true, false) => true,
            (false, true) => false,
            (true, true) if wanted => self.total() < other.total(),
            _ => self.probability() < other.probability(),
        }
    }
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
    let needless = design.wanted.is_some_and(|wanted| without.powf(fewest as f64) <= wanted);
    let (mut choices, mut curve) = (Vec::new(), Vec::new());
    for &shape in &design.schedules {
        watch.say(&shape.name());
        let mut frontier = Frontier::new(shape, design, judge, judge.route());
        let guide = guide(config)?.filter(|_| judge.route() == Route::Exact && !needless);
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
        families,
        curve,
        notes,
    })
}

fn start(member: &Member) -> Option<VarianceStart> {
    member.variance.map(|variance| VarianceStart { variance })
}

/// That all of several independent fits collapse.
fn all(fit: Counted, restarts: u64) -> Counted {
    let power = |p: f64| p.powf(restarts as f64);
    Counted { value: power(fit.value), low: power(fit.low), high: power(fit.high), n: fit.n }
}

/// The number of fits and the member that reach `wanted` in the least time of all.
fn cheapest(
    frontier: &mut Frontier<'_>,
    wanted: f64,
    restarts: std::ops::RangeInclusive<u64>,
    budget: Option<f64>,
) -> Result<Choice, StudyError> {
    let within = |total: f64| budget.is_none_or(|budget| total <= budget * (1.0 + 1e-9));
    let mut found: Option<Choice> = None;
    // The cost of n fits falls and then rises with n.
    let mut worse = 0;
    for n in restarts.clone() {
        let Some(best) = frontier.reach(wanted.powf(1.0 / n as f64))? else { continue };
        let choice = Choice { best, restarts: n, attainable: true };
        if found.as_ref().is_none_or(|f| choice.total() < f.total()) {
            (found, worse) = (Some(choice), 0);
        } else {
            worse += 1;
        }
        if worse >= 2 {
            break;
        }
    }
    match found {
        Some(choice) if within(choice.total()) => Ok(choice),
        _ => {
            let most = frontier.longest() * *restarts.end() as f64;
            let choice = safest(frontier, restarts, budget.unwrap_or(most))?;
            let attainable = choice.probability() <= wanted;
            Ok(Choice { attainable, ..choice })
        }
    }
}

/// The number of fits and the member of the least P_c within this time of all.
fn safest(
    frontier: &mut Frontier<'_>,
    restarts: std::ops::RangeInclusive<u64>,
    total: f64,
) -> Result<Choice, StudyError> {
    let mut found: Option<Choice> = None;
    let mut worse = 0;
    for n in restarts.clone() {
        let duration = total / n as f64;
        let best = match frontier.longest() {
            // Beyond the longest, and where longer was no help, what is known is the best that can be said.
            longest if duration >= longest && !frontier.known.is_empty() => frontier.safest(),
            longest => Some(frontier.best(duration.min(longest))?),
        };
        let Some(best) = best else { continue };
        let choice = Choice { best, restarts: n, attainable: true };
        if found.as_ref().is_none_or(|f| choice.probability() < f.probability()) {
            (found, worse) = (Some(choice), 0);
        } else {
            worse += 1;
        }
        if worse >= 2 {
            break;
        }
    }
    found.ok_or_else(|| StudyError::refused("design.restarts", restarts.start(), "leave each fit some time"))
}

/// The best choice that a fresh count confirms, its count, and what a reader should know if there is none. A family that
/// the count puts back gives way to the next.
fn confirmed(
    choices: &mut [(Choice, Frontier<'_>)],
    wanted: Option<f64>,
    judge: &Judge<'_>,
    watch: &dyn Watch,
) -> Result<(usize, Counted, Option<String>), StudyError> {
    watch.say(&"counting it afresh");
    let mut counts: Vec<Option<Counted>> = vec![None; choices.len()];
    let mut unconfirmed = None;
    loop {
        let better =
            |a: usize, b: usize| if choices[b].0.is_better_than(&choices[a].0, wanted.is_some()) { b } else { a };
        let found = (1..choices.len()).fold(0, better);
        if let Some(fit) = counts[found] {
            return Ok((found, fit, unconfirmed.filter(|_| !choices[found].0.attainable)));
        }
        let (choice, frontier) = &mut choices[found];
        let asked = choice.attainable;
        let fit = confirm(choice, frontier, wanted, judge)?;
        if asked && !choice.attainable {
            unconfirmed = Some(format!("fresh counts stay above what is wanted: {} of a fit", number(fit.value)));
        }
        if [Route::Formula, Route::Refined].contains(&judge.route()) {
            // A formula is no judge of its own.
            choice.best.probability = fit.value;
        }
        counts[found] = Some(fit);
    }
}

/// A fresh count of a choice; where it says that P_c is above what is wanted, the fit is made longer and counted again.
fn confirm(
    choice: &mut Choice,
    frontier: &mut Frontier<'_>,
    wanted: Option<f64>,
    judge: &Judge<'_>,
) -> Result<Counted, StudyError> {
    let mut fit = counted(&judge.verify(&choice.best.member, 0)?);
    let Some(wanted) = wanted.filter(|_| choice.attainable) else { return Ok(fit) };
    let wanted = wanted.powf(1.0 / choice.restarts as f64);
    let mut asked = wanted;
    for round in 1..ROUNDS {
        if fit.low <= wanted {
            return Ok(fit);
        }
        // The search is off by this factor here.
        asked *= (wanted / fit.value).min(0.98);
        let Some(best) = frontier.reach(asked)? else { break };
        choice.best = best;
        fit = counted(&judge.verify(&choice.best.member, round)?);
    }
    choice.attainable = fit.low <= wanted;
    Ok(fit)
}

fn counted(answer: &Answer) -> Counted {
    let [value, low, high] = answer.interval();
    Counted { value, low, high, n: answer.estimate.map_or(0, |e| e.n) }
}
