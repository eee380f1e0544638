//! Product measures: where the fit ends from a random start, by the flow on two numbers and by counting.

use collapsar_theory::{Clock, InvalidParameter, Schedule, SpreadFlow, mixed_seed};

use crate::config::{ProductCriterion, ProductRun, Route};
use crate::montecarlo::{ProductEnsemble, ProductOptions};
use crate::results::{Answer, Answers, Equation, FormulaDetail};
use crate::studies::mean_field::{DiagonalPair, flat};
use crate::studies::probability::portion::Portion;
use crate::studies::{StudyError, Watch, number};

/// A question about product measures.
pub(crate) struct ProductQuestion<'a> {
    run: &'a ProductRun,
    schedule: Schedule,
    pair: Option<DiagonalPair>,
}

/// Variances that a coordinate gains by its neighbours, a_j^2 kappa_2, up to which many coordinates are many.
const SPREAD: f64 = 0.1;
/// Variances and centres that differ by less are equal.
const EQUAL: f64 = 1e-12;

impl<'a> ProductQuestion<'a> {
    pub(crate) fn new(run: &'a ProductRun) -> Result<Self, StudyError> {
        Ok(Self { run, schedule: run.schedule.schedule()?, pair: DiagonalPair::of(&run.target) })
    }

    /// The seed of the draws: the given one mixed with what the problem is.
    pub(crate) fn seed(&self) -> u64 {
        let ProductRun { target, schedule, start, .. } = self.run;
        let law = (start.dimension, start.scale, &start.centre, start.variance);
        mixed_seed(start.seed, &format!("product|{target:?}|{schedule:?}|{law:?}"))
    }

    /// The routes that are taken unless some are asked for: the formulas are of pairs, and of the minority.
    pub(crate) fn default_routes(&self) -> Vec<Route> {
        let formulas = self.pair.is_some() && self.run.family.criterion == ProductCriterion::Minority;
        let mut routes = if formulas { vec![Route::Formula, Route::Refined] } else { Vec::new() };
        routes.push(Route::MonteCarlo);
        routes
    }

    /// What the given routes say; as for mixtures, a route without an answer leaves a note, or an error if asked for alone.
    pub(crate) fn answer(&self, routes: &[Route], seed: u64, watch: &dyn Watch) -> Result<Answers, StudyError> {
        let mut answers = Answers::default();
        let last = self.schedule.final_temperature();
        if last != 1.0 {
            answers.notes.push(format!("the schedule ends at T = {}: what is judged is the fit there", number(last)));
        }
        for &route in routes {
            let portion = Portion::new(watch);
            let said = match route {
                Route::Formula | Route::Refined => self.formula(route == Route::Formula, &mut answers.notes),
                Route::MonteCarlo => self.count(seed, &portion),
                Route::Exact | Route::Simulation | Route::RealNvp => Err(StudyError::refused(
                    "family.preset",
                    "\"mean-field\"",
                    format!("be a mixture for the {} route", route.name()),
                )),
            };
            match said {
                Ok(answer) => match answer.check() {
                    Ok(()) => drop(answers.by_route.insert(route, answer)),
                    Err(why) => return Err(StudyError::computation(format!("the {} route: {why}", route.name()))),
                },
                Err(StudyError::Parameter(why)) if routes.len() > 1 => {
                    answers.notes.push(format!("left out: {}", StudyError::from(why)));
                }
                Err(why) => return Err(why),
            }
            portion.finish();
        }
        Ok(answers)
    }

    /// (M18), linear in theta, or the separatrix of (M15).
    fn formula(&self, linear: bool, notes: &mut Vec<String>) -> Result<Answer, StudyError> {
        let name = if linear { "(M18)" } else { "(M15)" };
        if self.run.family.criterion != ProductCriterion::Minority {
            let rule = format!("be \"minority\" for formula {name}");
            return Err(StudyError::refused("family.criterion", "\"coverage\"", rule));
        }
        if let Some(horizon) = self.run.stop.horizon {
            let rule = format!("be absent for formula {name}, which is for the limit of time");
            return Err(StudyError::refused("stop.horizon", horizon, rule));
        }
        let components = self.run.target.components.len();
        let of_pairs =
            |value: String, rule: &str| StudyError::refused("target", value, format!("{rule} for formula {name}"));
        let Some(pair) = &self.pair else {
            let value = format!("{components} components");
            return Err(of_pairs(value, "be two components of one diagonal covariance"));
        };
        let deviations = pair.deviations();
        let deviation = deviations[0];
        if deviations.iter().any(|s| (s - deviation).abs() > EQUAL * deviation) {
            return Err(of_pairs(format!("deviations {deviations:?}"), "have one variance in all coordinates"));
        }
        let middle = self.run.start.middle(deviations.len());
        let away = middle.iter().zip(pair.centre()).map(|(m, c)| (m - c) * (m - c)).sum::<f64>().sqrt();
        if away > EQUAL * deviation {
            let rule = format!("be half way between the modes for formula {name}");
            return Err(StudyError::refused("start.centre", format!("{middle:?}"), rule));
        }
        let flow = SpreadFlow::new(pair.norm(), pair.weight(), Clock::Kl)?;
        let (variance, sigma) = (self.run.start.variance / (deviation * deviation), self.run.start.scale / deviation);
        let found = if linear {
            flow.linear_minority_probability(&self.schedule, variance, sigma)
        } else {
            flow.minority_probability(&self.schedule, variance, sigma)
        }?;
        if found.is_none() {
            notes.push(format!(
                "formula {name}: in many dimensions the lighter mode holds no fit at the last temperature"
            ));
        }
        let largest = pair.half().iter().fold(0.0f64, |m, a| m.max(a.abs()));
        let valid = largest * largest <= SPREAD;
        let equation = if linear { Equation::Minority } else { Equation::Spread };
        if !valid {
            notes.push(format!(
                "formula {name} is for many coordinates: here one has a half separation of {}",
                number(largest)
            ));
        }
        Ok(Answer::formula(found.unwrap_or(0.0), valid, FormulaDetail::new(equation)))
    }

    /// Random starts of the flow (M9) in the plane.
    fn count(&self, seed: u64, portion: &Portion<'_>) -> Result<Answer, StudyError> {
        let dimension = self.run.target.dimension();
        if dimension > 2 {
            let rule = "have one or two coordinates for the montecarlo route: the flow of product measures is followed on a \
                        grid in the plane";
            return Err(StudyError::refused("target", format!("in {dimension} dimensions"), rule));
        }
        let middle = self.run.start.middle(2);
        let options = ProductOptions {
            centre: [middle[0], middle[1]],
            scale: self.run.start.scale,
            variance: self.run.start.variance,
            horizon: self.run.stop.horizon,
            ..ProductOptions::default()
        };
        let target = flat(&self.run.target.mixture()?)?;
        let ensemble = ProductEnsemble::new(target, self.schedule.clone(), options).map_err(placed)?;
        let n = self.run.montecarlo.samples;
        let found = ensemble.estimate_while(seed, n, &|draws| portion.go_on(draws, n))?;
        found.map(|found| Answer::of_products(found, self.run.family.criterion)).ok_or(StudyError::Cancelled)
    }
}

/// A refusal of the grid or the law at the key that says it.
fn placed(error: InvalidParameter) -> StudyError {
    let key = match error.name() {
        "temperature" | "coldest" | "hottest" => "schedule.initial_temperature",
        "scale" => "start.scale",
        "variance" => "start.variance",
        "horizon" => "stop.horizon",
        _ => "target",
    };
    StudyError::refused(key, error.value(), error.rule())
}
