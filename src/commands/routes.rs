//! The routes to the probability of collapse of one problem.

mod descent;

use anyhow::anyhow;
use collapsar_theory::{
    Clock, EquatorFormula, FreePair, InvalidParameter, Metric, Pair, Problem, Rules, SharpFormula, SmallStart,
    SpherePair, SphereVariance, Start, StartLaw, Starvation, WeightRule,
};

use crate::commands::Failure;
use crate::commands::advice::advice;
use crate::commands::summary::number;
use crate::commands::training::{Notebook, Trainable};
use crate::config::{Route, RunConfig};
use crate::montecarlo::{
    EnsembleOptions, FreeEnsemble, FreeStart, MixtureEnsemble, MixtureOptions, SphereEnsemble, SphereStart,
};
use crate::probability::{
    FreeBoundary, Limits, SphereBoundary, connection, free_probability, small_start_probability, sphere_probability,
};
use crate::results::{ExactRecord, FormulaRecord, MonteCarloRecord, RealNvpRecord, RoutesRecord};

/// A problem whose start is a law.
pub(crate) struct Question<'a> {
    config: &'a RunConfig,
    problem: &'a Problem,
    /// The pair that it is, or why it is none.
    pair: Result<Pair, InvalidParameter>,
    law: StartLaw,
}

impl<'a> Question<'a> {
    /// The question that a run poses; refused unless its start is a law.
    pub(crate) fn new(config: &'a RunConfig, problem: &'a Problem) -> Result<Self, Failure> {
        let Start::Law(law) = *problem.start() else {
            let text = "`start.means` is an explicit start: a probability needs a law, by `start.dimension`";
            return Err(Failure::usage(anyhow!(text)));
        };
        Ok(Self { config, problem, pair: Pair::of(problem), law })
    }

    /// "free", "sphere" or "mixture".
    pub(crate) fn pair(&self) -> &'static str {
        match self.pair {
            Ok(Pair::Free(_)) => "free",
            Ok(Pair::Sphere(_)) => "sphere",
            Err(_) => "mixture",
        }
    }

    /// The pair of a route that is for pairs; for other problems a note, or an error if nothing else was asked for.
    fn pair_for(&self, route: &str, alone: bool, notes: &mut Vec<String>) -> Result<Option<Pair>, Failure> {
        match &self.pair {
            Ok(pair) => Ok(Some(*pair)),
            Err(why) if alone => Err(Failure::usage(anyhow!("the {route} route is for pairs: {why}"))),
            Err(why) => {
                notes.push(format!("the {route} route is for pairs and left out: {why}"));
                Ok(None)
            }
        }
    }

    /// The routes that are run unless some are asked for: descent and flows only if they are configured.
    pub(crate) fn default_routes(&self) -> Vec<Route> {
        let wanted = |route: &Route| match route {
            Route::Simulation => self.config.simulation.is_some(),
            Route::RealNvp => self.config.flow.is_some(),
            _ => true,
        };
        Route::ALL.into_iter().filter(wanted).collect()
    }

    /// What trained flows say, if they are among the given routes.
    pub(crate) fn trained(&self, routes: &[Route], notebook: &Notebook<'_>) -> Result<Option<RealNvpRecord>, Failure> {
        if !routes.contains(&Route::RealNvp) {
            return Ok(None);
        }
        Trainable::new(self.config)?.count(notebook).map(Some)
    }

    /// What the given routes say, `trained` flows among them.
    pub(crate) fn answer(&self, routes: &[Route], trained: Option<RealNvpRecord>) -> Result<RoutesRecord, Failure> {
        let mut record = RoutesRecord { realnvp: trained, ..RoutesRecord::default() };
        let mut notes = Vec::new();
        for route in routes {
            if *route == Route::MonteCarlo {
                record.montecarlo = Some(self.count()?);
            } else if let Some(law) = self.starvation_law().filter(|_| *route == Route::Formula) {
                record.formula = Some(self.starvation(&law, &mut notes));
            } else if *route == Route::RealNvp {
                continue;
            } else if let Some(pair) = self.pair_for(route.name(), routes.len() == 1, &mut notes)? {
                match route {
                    Route::Exact => record.exact = self.exact(pair, &mut notes)?,
                    Route::Formula => record.formula = self.formula(pair, &mut notes)?,
                    _ => record.simulation = Some(descent::simulate(self, pair)?),
                }
            }
        }
        Ok(RoutesRecord { notes, ..record })
    }

    fn dimension(&self) -> usize {
        self.law.dimension()
    }

    fn scale(&self) -> f64 {
        match self.law {
            StartLaw::Gaussian { scale, .. } => scale,
            StartLaw::Sphere { .. } => 1.0,
        }
    }

    fn exact(&self, pair: Pair, notes: &mut Vec<String>) -> Result<Option<ExactRecord>, Failure> {
        if self.config.stop.horizon.is_some() {
            notes.push("the exact route classifies in the limit, not at `stop.horizon`: left out".to_owned());
            return Ok(None);
        }
        let (schedule, tolerance) = (self.problem.schedule(), self.config.exact.tolerance);
        let found = match pair {
            Pair::Free(flow) => {
                let boundary =
                    FreeBoundary::new(flow, schedule, Limits::for_tolerance(tolerance)).map_err(Failure::usage)?;
                free_probability(&boundary, self.dimension(), self.scale(), tolerance)
            }
            Pair::Sphere(_) if self.dimension() < 2 => {
                return Err(Failure::usage(anyhow!("`start.dimension` is 1: on the sphere it must be at least 2")));
            }
            Pair::Sphere(flow) => {
                if matches!(flow.options().variance, SphereVariance::Lagging { .. }) {
                    notes.push("the variance lags as in infinite dimension: an error of order 1/d".to_owned());
                }
                let boundary =
                    SphereBoundary::new(flow, schedule, Limits::for_tolerance(tolerance)).map_err(Failure::usage)?;
                sphere_probability(&boundary, self.dimension(), tolerance)
            }
        };
        if found.error > 10.0 * tolerance {
            notes.push(format!("the exact route did not reach its tolerance: error {}", number(found.error)));
        }
        // A value below its own error may come out negative.
        let value = found.value.clamp(0.0, 1.0);
        Ok(Some(ExactRecord { value, error: found.error, evaluations: found.evaluations }))
    }

    fn formula(&self, pair: Pair, notes: &mut Vec<String>) -> Result<Option<FormulaRecord>, Failure> {
        let found = match pair {
            Pair::Free(flow) => self.small_start(flow, notes)?,
            Pair::Sphere(flow) => self.sharp(flow, notes)?,
        };
        if let Some(formula) = found.as_ref().filter(|f| !f.valid) {
            notes.push(format!("formula {} is used outside the regime where it holds", formula.equation));
        }
        Ok(found)
    }

    fn sharp(&self, flow: SpherePair, notes: &mut Vec<String>) -> Result<Option<FormulaRecord>, Failure> {
        let (options, schedule) = (flow.options(), self.problem.schedule());
        let d = self.dimension() as f64;
        let refined = EquatorFormula::new(flow).map_err(Failure::usage)?.probability(d, schedule);
        if options.clock != Clock::FreeEnergy || options.metric != Metric::Euclidean {
            notes.push(
                "formula (10) is for the free-energy clock and the Euclidean metric: (18) in its place".to_owned(),
            );
            let equation = "(18)".to_owned();
            return Ok(Some(FormulaRecord { value: refined, valid: true, equation, ..FormulaRecord::default() }));
        }
        let formula = SharpFormula::new(options.radius, options.target_weight, self.config.formula.alpha);
        let formula = formula.map_err(Failure::usage)?;
        Ok(Some(FormulaRecord {
            value: formula.probability(d, schedule),
            valid: formula.holds_for(schedule) && options.variance != SphereVariance::Unit,
            equation: "(10)".to_owned(),
            relaxed: Some(formula.relaxed_probability(d, schedule)),
            refined: Some(refined),
            advice: advice(&formula, flow, d, schedule, self.config.formula.wanted)?,
            alpha: Some(formula.alpha()),
            connection_constant: None,
        }))
    }

    fn small_start(&self, flow: FreePair, notes: &mut Vec<String>) -> Result<Option<FormulaRecord>, Failure> {
        let options = flow.options();
        if options.clock != Clock::Kl || options.metric != Metric::Euclidean || flow.bias() != 0.0 {
            notes.push("formula (15) is for the kl clock, the Euclidean metric and equal target weights".to_owned());
            return Ok(None);
        }
        let Some(found) = connection(flow, 1.0).map_err(Failure::computation)? else {
            notes.push("formula (15) needs a collapse boundary at T = 1, and there is none".to_owned());
            return Ok(None);
        };
        let formula = SmallStart::new(options.separation, found.constant).map_err(Failure::computation)?;
        let (d, scale) = (self.dimension(), self.scale());
        let schedule = self.problem.schedule();
        let value = small_start_probability(&formula, schedule, d, scale, self.config.exact.tolerance).value;
        let s = scale * std::f64::consts::FRAC_1_SQRT_2;
        Ok(Some(FormulaRecord {
            value,
            valid: formula.holds_for(s, d as f64, schedule) && schedule.final_temperature() == 1.0,
            equation: "(15)".to_owned(),
            connection_constant: Some(found.constant),
            ..FormulaRecord::default()
        }))
    }

    /// The law behind formula (22), if it is about this problem and the modes are near enough to be neglected.
    fn starvation_law(&self) -> Option<Starvation> {
        let family = self.problem.family();
        let rules = Rules { weights: WeightRule::FisherRao, ..Rules::FREE };
        let equal = matches!(family.weights(), [a, b] if a == b);
        if !equal || family.rules() != rules || !matches!(self.law, StartLaw::Gaussian { .. }) {
            return None;
        }
        let law = Starvation::new(self.scale(), self.dimension()).ok()?;
        let square = |mode: &Vec<f64>| mode.iter().map(|x| x * x).sum::<f64>();
        let farthest = self.problem.target().modes().iter().map(square).fold(0.0, f64::max);
        (law.threshold() > farthest).then_some(law)
    }

    /// Formula (22), the probability of one mechanism.
    fn starvation(&self, law: &Starvation, notes: &mut Vec<String>) -> FormulaRecord {
        notes.push("formula (22) is the probability that a weight vanishes, not that of losing a mode".to_owned());
        let value = law.probability(self.problem.schedule());
        FormulaRecord { value, valid: true, equation: "(22)".to_owned(), ..FormulaRecord::default() }
    }

    fn count(&self) -> Result<MonteCarloRecord, Failure> {
        let schedule = self.problem.schedule();
        let options = EnsembleOptions { horizon: self.config.stop.horizon, ..EnsembleOptions::default() };
        let (seed, n) = (self.config.start.seed.unwrap_or(0), self.config.montecarlo.samples);
        let estimate = match self.pair {
            Ok(Pair::Free(flow)) => {
                let start = FreeStart::new(self.dimension(), self.scale()).map_err(Failure::usage)?;
                FreeEnsemble::new(flow, schedule, start, &options).map_err(Failure::usage)?.estimate(seed, n)
            }
            Ok(Pair::Sphere(flow)) => {
                let start = SphereStart::new(self.dimension()).map_err(Failure::usage)?;
                SphereEnsemble::new(flow, schedule, start, &options).map_err(Failure::usage)?.estimate(seed, n)
            }
            Err(_) => {
                let options = MixtureOptions { horizon: options.horizon, ..MixtureOptions::default() };
                let variance = self.config.initial_variance(schedule);
                let ensemble = MixtureEnsemble::new(self.problem, variance, &options).map_err(Failure::usage)?;
                return Ok(ensemble.estimate(seed, n).into());
            }
        };
        Ok(estimate.into())
    }
}
