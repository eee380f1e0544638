//! A problem with a law of starts, put to the routes.

use collapsar_theory::{Clock, InvalidParameter, Metric, Pair, Problem, Start, StartLaw};

use crate::config::{ProbabilityRun, Route};
use crate::results::{Answer, Answers};
use crate::studies::StudyError;
use crate::studies::probability::{Trainings, exact, formula, montecarlo, realnvp, refined, simulation};

/// A problem whose start is a law, with the settings of the routes.
pub(crate) struct Question<'a> {
    /// The settings.
    pub(super) config: &'a ProbabilityRun,
    /// The problem.
    pub(super) problem: &'a Problem,
    /// The seed of all draws.
    pub(super) seed: u64,
    /// The pair that it is, or why it is none.
    pair: Result<Pair, InvalidParameter>,
    /// The law.
    pub(super) law: StartLaw,
}

/// What a route makes of a question.
pub(super) enum Said {
    /// Its answer.
    Answer(Box<Answer>),
    /// Why the question is not one for it.
    Nothing(StudyError),
}

impl From<Answer> for Said {
    fn from(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

impl<'a> Question<'a> {
    /// The question that a run poses; refused unless its start is a law.
    pub(crate) fn new(config: &'a ProbabilityRun, problem: &'a Problem, seed: u64) -> Result<Self, StudyError> {
        let Start::Law(law) = *problem.start() else {
            let rule = "be absent: a probability needs a law, by `start.dimension`";
            return Err(StudyError::refused("start.means", "an explicit start", rule));
        };
        Ok(Self { config, problem, seed, pair: Pair::of(problem), law })
    }

    /// "free", "sphere" or "mixture".
    pub(crate) fn pair_name(&self) -> &'static str {
        match self.pair {
            Ok(Pair::Free(_)) => "free",
            Ok(Pair::Sphere(_)) => "sphere",
            Err(_) => "mixture",
        }
    }

    /// The pair that the problem is.
    pub(super) fn pair(&self) -> Option<Pair> {
        self.pair.as_ref().ok().copied()
    }

    /// The pair for a route that is for pairs, or the reason why there is none.
    pub(super) fn pair_for(&self, route: Route) -> Result<Pair, StudyError> {
        let reason = |why| StudyError::from(why).within(format!("the {} route is for pairs", route.name()));
        self.pair.clone().map_err(reason)
    }

    /// d.
    pub(super) fn dimension(&self) -> usize {
        self.law.dimension()
    }

    /// sigma of a Gaussian law; 1 on the sphere.
    pub(super) fn scale(&self) -> f64 {
        match self.law {
            StartLaw::Gaussian { scale, .. } => scale,
            StartLaw::Sphere { .. } => 1.0,
        }
    }

    /// The routes that are taken unless some are asked for: descent and flows only if they are configured, formula (18)
    /// where (10) is the formula.
    pub(crate) fn default_routes(&self) -> Vec<Route> {
        let beside = |pair: &Pair| match pair {
            Pair::Sphere(flow) => {
                flow.options().clock == Clock::FreeEnergy && flow.options().metric == Metric::Euclidean
            }
            Pair::Free(_) => false,
        };
        let wanted = |route: &Route| match route {
            Route::Simulation => self.config.simulation.is_some(),
            Route::RealNvp => self.config.flow.is_some(),
            Route::Refined => self.pair.as_ref().is_ok_and(beside),
            _ => true,
        };
        Route::ALL.into_iter().filter(wanted).collect()
    }

    /// What the given routes say; `done` is called after each. A route that has nothing to say leaves a note with the
    /// reason, or an error if it was asked for alone.
    pub(crate) fn answer(
        &self,
        routes: &[Route],
        trainings: &Trainings<'_>,
        done: &dyn Fn(),
    ) -> Result<Answers, StudyError> {
        let mut answers = Answers::default();
        for &route in routes {
            match self.ask(route, trainings, &mut answers.notes)? {
                Said::Answer(answer) => drop(answers.by_route.insert(route, *answer)),
                Said::Nothing(why) if routes.len() == 1 => return Err(why),
                Said::Nothing(why) => answers.notes.push(format!("left out: {why}")),
            }
            done();
        }
        Ok(answers)
    }

    fn ask(&self, route: Route, trainings: &Trainings<'_>, notes: &mut Vec<String>) -> Result<Said, StudyError> {
        match route {
            Route::Exact => exact::ask(self, notes),
            Route::Formula => formula::ask(self, notes),
            Route::Refined => refined::ask(self),
            Route::MonteCarlo => montecarlo::ask(self),
            Route::Simulation => simulation::ask(self),
            Route::RealNvp => realnvp::ask(self, trainings),
        }
    }
}
