//! The probability of collapse by every route that exists for the problem.

mod advice;
mod exact;
mod formula;
mod montecarlo;
mod portion;
mod product;
mod question;
mod realnvp;
mod refined;
mod routes;
mod simulation;
mod summary;
mod trained;

use collapsar_theory::Problem;

use crate::config::{CollapseRun, ConfigError, Document, ProbabilityRun, ProblemConfig, Route};
#[cfg(feature = "figures")]
use crate::figures::Figure;
use crate::results::{PROGRAM, ProbabilityRecord, VERSION};
use crate::studies::heat::{HeatUse, drift};
use crate::studies::trainable::Trainings;
use crate::studies::{Study, StudyError, Watch};
use portion::ROUTE;
pub(crate) use product::ProductQuestion;
pub(crate) use question::CollapseProbability;
pub(crate) use trained::FlowQuestion;

/// The `pair` of product measures, and of flows on a named density.
pub(crate) const PRODUCT: &str = "product";
pub(crate) const FLOW: &str = "flow";

/// How often a random start collapses.
#[derive(Debug)]
pub struct Probability(ProbabilityRecord);

/// A problem with a law of starts, and the routes to be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbabilityConfig {
    /// The problem and the settings of the routes.
    pub run: CollapseRun,
    /// The routes; all that say something about the problem if empty.
    pub routes: Vec<Route>,
}

impl From<&Problem> for ProbabilityConfig {
    /// Every route that says something about the problem, each with its defaults; a law has seed 1.
    fn from(problem: &Problem) -> Self {
        Self { run: ProbabilityRun::from(ProblemConfig::from(problem)).into(), routes: Vec::new() }
    }
}

impl Study for Probability {
    const NAME: &'static str = "probability";
    const QUESTION: &'static str = "Compute the probability of collapse of a random start by several routes";
    type Config = ProbabilityConfig;
    type Record = ProbabilityRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        Ok(ProbabilityConfig { run: CollapseRun::resolve(document)?, routes: Vec::new() })
    }

    fn compute(ProbabilityConfig { run, routes }: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let seed = run.seed();
        let begin = |routes: &[Route]| watch.begin(routes.len() as u64 * ROUTE, 0, "parts of the routes");
        let or = |asked: Vec<Route>, usual: Vec<Route>| if asked.is_empty() { usual } else { asked };
        let (pair, answers) = match &run {
            CollapseRun::Product(product) => {
                let question = ProductQuestion::new(product)?;
                let routes = or(routes, question.default_routes());
                begin(&routes);
                (PRODUCT, question.answer(&routes, seed, watch)?)
            }
            CollapseRun::Flow(count) => {
                let question = FlowQuestion::new(count)?;
                let routes = or(routes, question.default_routes());
                begin(&routes);
                (FLOW, question.answer(&routes, seed, &Trainings::default())?)
            }
            CollapseRun::Mixture(mixture) => {
                let (problem, rule) = mixture.problem.watched()?;
                let question = CollapseProbability::new(mixture, &problem, seed)?;
                let routes = or(routes, question.default_routes());
                begin(&routes);
                let mut answers = question.answer(&routes, &Trainings::default(), watch)?;
                // What is said of a schedule is about a function of time.
                if rule.is_none() {
                    let heat = HeatUse::of(&question, problem.schedule(), mixture.formula.wanted)?;
                    answers.notes.extend(heat.iter().flat_map(HeatUse::remarks));
                    answers.notes.extend(drift(&mixture.problem)?);
                }
                (question.pair_name(), answers)
            }
        };
        Ok(Self(ProbabilityRecord { program: PROGRAM, version: VERSION, config: run, pair, routes: answers }))
    }

    fn record(&self) -> &ProbabilityRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        Ok(None)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        Vec::new()
    }

    fn summary(&self) -> String {
        summary::summary(&self.0)
    }
}
