//! The routes put to a question.

use collapsar_theory::Pair;

use crate::config::Route;
use crate::results::Answers;
use crate::studies::probability::portion::Portion;
use crate::studies::probability::question::{CollapseProbability, Said};
use crate::studies::probability::{exact, formula, montecarlo, realnvp, refined, simulation};
use crate::studies::trainable::Trainings;
use crate::studies::{StudyError, Watch, number};

impl CollapseProbability<'_> {
    /// The routes that are taken unless some are asked for: descent and flows only if they are configured, formula (18)
    /// where (10) is the formula.
    pub(crate) fn default_routes(&self) -> Vec<Route> {
        let beside = |pair: &Pair| match pair {
            Pair::Sphere(flow) => self.has_sharp_formula(flow),
            Pair::Free(_) => false,
        };
        let adam = self.adam().is_some();
        let wanted = |route: &Route| match route {
            Route::Exact | Route::Formula | Route::Refined if adam || self.rule.is_some() => false,
            Route::Simulation => self.config.simulation.is_some() || self.averages_missing().is_some(),
            Route::RealNvp => self.config.flow.is_some(),
            Route::Refined => self.pair().as_ref().is_some_and(beside),
            _ => true,
        };
        Route::ALL.into_iter().filter(wanted).collect()
    }

    /// What the given routes say. A route that has nothing to say leaves a note with the
    /// reason, or an error if it was asked for alone.
    pub(crate) fn answer(
        &self,
        routes: &[Route],
        trainings: &Trainings<'_>,
        watch: &dyn Watch,
    ) -> Result<Answers, StudyError> {
        let mut answers = Answers::default();
        let last = self.problem.schedule().final_temperature();
        if last != 1.0 && self.rule.is_none() {
            answers.notes.push(format!("the schedule ends at T = {}: what is judged is the fit there", number(last)));
        }
        answers.notes.extend(self.off_centre());
        // Said once, whichever routes are for pairs.
        let mut pairs_only = Vec::new();
        for &route in routes {
            let portion = Portion::new(watch);
            let alone = routes.len() == 1;
            let said = match self.ask((route, alone), trainings, (&portion, &mut answers.notes))? {
                Said::Answer(answer) => match answer.check() {
                    Ok(()) => Said::Answer(answer),
                    Err(why) => Said::Nothing(StudyError::computation(format!("the {} route: {why}", route.name()))),
                },
                nothing => nothing,
            };
            match said {
                Said::Answer(answer) => drop(answers.by_route.insert(route, *answer)),
                Said::NoPair(why) if routes.len() == 1 => {
                    let context = format!("the {} route is for pairs", route.name());
                    return Err(StudyError::from(why).within(context));
                }
                Said::NoPair(why) => pairs_only.push((route, why)),
                Said::Nothing(why) if routes.len() == 1 => return Err(why),
                Said::Nothing(why) => answers.notes.push(format!("left out: {why}")),
            }
            portion.finish();
        }
        if let Some((_, why)) = pairs_only.first() {
            let names: Vec<&str> = pairs_only.iter().map(|(route, _)| route.name()).collect();
            let are = if names.len() == 1 { "route is" } else { "routes are" };
            answers
                .notes
                .push(format!("left out: the {} {are} for pairs, and this is none: {why}", names.join(" and ")));
        }
        Ok(answers)
    }

    /// `alone`: no other route is asked beside it.
    fn ask(
        &self,
        (route, alone): (Route, bool),
        trainings: &Trainings<'_>,
        (portion, notes): (&Portion<'_>, &mut Vec<String>),
    ) -> Result<Said, StudyError> {
        let theory = [Route::Exact, Route::Formula, Route::Refined].contains(&route);
        if theory && self.adam().is_some() {
            let rule =
                format!("be \"plain\" for the {} route: Adam follows another flow, and is counted", route.name());
            return Ok(Said::Nothing(StudyError::refused("optimiser.kind", "\"adam\"", rule)));
        }
        if let Some(rule) = self.rule.filter(|_| theory) {
            let rule = (
                format!("\"{}\"", rule.kind().name()),
                format!("be a function of time for the {} route: each run has its own temperatures then", route.name()),
            );
            return Ok(Said::Nothing(StudyError::refused("schedule.kind", rule.0, rule.1)));
        }
        match route {
            Route::Exact => exact::ask(self, notes),
            Route::Formula => formula::ask(self, notes),
            Route::Refined => refined::ask(self, notes),
            Route::MonteCarlo => montecarlo::ask(self, portion, notes),
            Route::Simulation => simulation::ask(self, portion, notes),
            Route::RealNvp => realnvp::ask(self, alone, trainings, notes),
        }
    }
}
