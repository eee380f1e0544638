//! The probability of collapse by every route that exists for the problem.

mod advice;
mod exact;
mod formula;
mod montecarlo;
mod portion;
mod question;
mod realnvp;
mod refined;
mod routes;
mod simulation;
mod summary;

use collapsar_theory::Problem;

use crate::config::{ConfigError, Document, ProbabilityRun, ProblemConfig, Route};
#[cfg(feature = "figures")]
use crate::figures::Figure;
use crate::results::{PROGRAM, ProbabilityRecord, VERSION};
use crate::studies::heat::Heat;
use crate::studies::trainable::Trainings;
use crate::studies::{Study, StudyError, Watch};
use portion::ROUTE;
pub(crate) use question::{Question, SETTLED};

/// How often a random start collapses.
#[derive(Debug)]
pub struct Probability(ProbabilityRecord);

/// A problem with a law of starts, and the routes to be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbabilityConfig {
    /// The problem and the settings of the routes.
    pub run: ProbabilityRun,
    /// The routes; all that say something about the problem if empty.
    pub routes: Vec<Route>,
}

impl From<&Problem> for ProbabilityConfig {
    /// Every route that says something about the problem, each with its defaults; a law has seed 1.
    fn from(problem: &Problem) -> Self {
        Self { run: ProblemConfig::from(problem).into(), routes: Vec::new() }
    }
}

impl Study for Probability {
    const NAME: &'static str = "probability";
    const QUESTION: &'static str = "Compute the probability of collapse of a random start by several routes";
    type Config = ProbabilityConfig;
    type Record = ProbabilityRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        Ok(ProbabilityConfig { run: ProbabilityRun::resolve(document)?, routes: Vec::new() })
    }

    fn compute(ProbabilityConfig { run, routes }: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let (problem, rule) = run.problem.watched()?;
        let question = Question::new(&run, &problem, run.problem.start.seed.unwrap_or(0))?;
        let routes = if routes.is_empty() { question.default_routes() } else { routes };
        watch.begin(routes.len() as u64 * ROUTE, 0, "parts of the routes");
        let mut answers = question.answer(&routes, &Trainings::default(), watch)?;
        let heat = match rule {
            None => Heat::of(&question, problem.schedule(), run.formula.wanted)?,
            // What is said of a schedule is about a function of time.
            Some(_) => None,
        };
        answers.notes.extend(heat.iter().flat_map(Heat::remarks));
        let pair = question.pair_name();
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
