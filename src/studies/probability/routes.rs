//! The routes put to a question.

use collapsar_theory::{Clock, Metric, Pair};

use crate::config::Route;
use crate::results::Answers;
use crate::studies::StudyError;
use crate::studies::probability::question::{Question, Said};
use crate::studies::probability::{exact, formula, montecarlo, realnvp, refined, simulation};
use crate::studies::trainable::Trainings;

impl Question<'_> {
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
            Route::Refined => self.pair().as_ref().is_some_and(beside),
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
