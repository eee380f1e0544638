//! `collapsar probability`: the probability of collapse by every route that exists for the problem.

use std::time::Instant;

use anyhow::anyhow;
use collapsar_theory::{
    Clock, FreePair, Metric, Pair, Problem, SharpFormula, SmallStart, SpherePair, SphereVariance, Start, StartLaw,
};

use crate::cli::{ProbabilityArgs, Route};
use crate::commands::Failure;
use crate::commands::output::{Products, deliver};
use crate::commands::solve::read_config;
use crate::commands::summary::number;
use crate::config::RunConfig;
use crate::montecarlo::{EnsembleOptions, FreeEnsemble, FreeStart, SphereEnsemble, SphereStart};
use crate::probability::{
    FreeBoundary, Limits, SphereBoundary, connection, free_probability, small_start_probability, sphere_probability,
};
use crate::results::{ExactRecord, FormulaRecord, MonteCarloRecord, PROGRAM, ProbabilityRecord, VERSION};

/// Largest s = scale/sqrt(2) at which (15) was measured within 1% of the exact route.
const SMALL_START: f64 = 0.1;
/// Largest s sqrt(d): distant means leave the regime of (15).
const CLOSE_MEANS: f64 = 0.3;

/// Reads, computes, writes and says.
pub fn run(args: &ProbabilityArgs) -> Result<(), Failure> {
    let config = read_config(&args.run.config, &args.run.overrides)?;
    let problem = config.problem().map_err(Failure::usage)?;
    let pair = Pair::of(&problem).map_err(Failure::usage)?;
    let Start::Law(law) = *problem.start() else {
        let text = "`start.means` is an explicit start: a probability needs a law, by `start.dimension`";
        return Err(Failure::usage(anyhow!(text)));
    };
    let started = Instant::now();
    let asked = |route: Route| args.route.is_none_or(|only| only == route);
    let question = Question { config: &config, problem: &problem, law };
    let mut notes = Vec::new();
    let exact = if asked(Route::Exact) { Some(question.exact(pair, &mut notes)?) } else { None };
    let formula = if asked(Route::Formula) { question.formula(pair, &mut notes)? } else { None };
    let montecarlo = if asked(Route::Montecarlo) { Some(question.count(pair)?) } else { None };
    let name = if matches!(pair, Pair::Free(_)) { "free" } else { "sphere" };
    let record = ProbabilityRecord {
        program: PROGRAM,
        version: VERSION,
        config: config.clone(),
        pair: name,
        exact,
        formula,
        montecarlo,
        notes,
    };
    let text = summary(&record, started.elapsed().as_secs_f64());
    deliver(&args.run, &Products { record: &record, text, files: Vec::new() })
}

/// A problem whose start is a law.
struct Question<'a> {
    config: &'a RunConfig,
    problem: &'a Problem,
    law: StartLaw,
}

impl Question<'_> {
    fn dimension(&self) -> usize {
        self.law.dimension()
    }

    fn scale(&self) -> f64 {
        match self.law {
            StartLaw::Gaussian { scale, .. } => scale,
            StartLaw::Sphere { .. } => 1.0,
        }
    }

    fn exact(&self, pair: Pair, notes: &mut Vec<String>) -> Result<ExactRecord, Failure> {
        let (schedule, tolerance) = (self.problem.schedule(), self.config.exact.tolerance);
        let found = match pair {
            Pair::Free(flow) => {
                let boundary = FreeBoundary::new(flow, schedule, Limits::default()).map_err(Failure::usage)?;
                free_probability(&boundary, self.dimension(), self.scale(), tolerance)
            }
            Pair::Sphere(_) if self.dimension() < 2 => {
                return Err(Failure::usage(anyhow!("`start.dimension` is 1: on the sphere it must be at least 2")));
            }
            Pair::Sphere(flow) => {
                if matches!(flow.options().variance, SphereVariance::Lagging { .. }) {
                    notes.push("the variance lags as in infinite dimension: an error of order 1/d".to_owned());
                }
                let boundary = SphereBoundary::new(flow, schedule, Limits::default()).map_err(Failure::usage)?;
                sphere_probability(&boundary, self.dimension(), tolerance)
            }
        };
        if found.error > 10.0 * tolerance {
            notes.push(format!("the exact route did not reach its tolerance: error {}", number(found.error)));
        }
        // A value below its own error may come out negative.
        Ok(ExactRecord { value: found.value.clamp(0.0, 1.0), error: found.error, evaluations: found.evaluations })
    }

    fn formula(&self, pair: Pair, notes: &mut Vec<String>) -> Result<Option<FormulaRecord>, Failure> {
        let found = match pair {
            Pair::Free(flow) => self.small_start(flow, notes)?,
            Pair::Sphere(flow) => self.sharp(flow, notes)?,
        };
        if let Some(formula) = found.filter(|f| !f.valid) {
            notes.push(format!("formula {} is used outside the regime where it holds", formula.equation));
        }
        Ok(found)
    }

    fn sharp(&self, flow: SpherePair, notes: &mut Vec<String>) -> Result<Option<FormulaRecord>, Failure> {
        let (options, schedule) = (flow.options(), self.problem.schedule());
        if options.clock != Clock::FreeEnergy || options.metric != Metric::Euclidean {
            notes.push("formula (10) is for the free-energy clock and the Euclidean metric".to_owned());
            return Ok(None);
        }
        let formula = SharpFormula::new(options.radius, options.target_weight, self.config.formula.alpha);
        let formula = formula.map_err(Failure::usage)?;
        let d = self.dimension() as f64;
        Ok(Some(FormulaRecord {
            value: formula.probability(d, schedule),
            valid: formula.holds_for(schedule) && options.variance != SphereVariance::Unit,
            equation: "(10)",
            relaxed: Some(formula.relaxed_probability(d, schedule)),
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
            valid: s <= SMALL_START && s * (d as f64).sqrt() <= CLOSE_MEANS && schedule.final_temperature() == 1.0,
            equation: "(15)",
            relaxed: None,
            alpha: None,
            connection_constant: Some(found.constant),
        }))
    }

    fn count(&self, pair: Pair) -> Result<MonteCarloRecord, Failure> {
        let (schedule, options) = (self.problem.schedule(), EnsembleOptions::default());
        let (seed, n) = (self.config.start.seed.unwrap_or(0), self.config.montecarlo.samples);
        let estimate = match pair {
            Pair::Free(flow) => {
                let start = FreeStart::new(self.dimension(), self.scale()).map_err(Failure::usage)?;
                FreeEnsemble::new(flow, schedule, start, &options).map_err(Failure::usage)?.estimate(seed, n)
            }
            Pair::Sphere(flow) => {
                let start = SphereStart::new(self.dimension()).map_err(Failure::usage)?;
                SphereEnsemble::new(flow, schedule, start, &options).map_err(Failure::usage)?.estimate(seed, n)
            }
        };
        Ok(MonteCarloRecord { value: estimate.probability.unwrap_or(f64::NAN), estimate })
    }
}

fn summary(record: &ProbabilityRecord, seconds: f64) -> String {
    let mut lines = vec![format!("probability of collapse, {} pair", record.pair)];
    if let Some(exact) = &record.exact {
        lines.push(format!("exact       {:.9} +- {:.1e}", exact.value, exact.error));
    }
    if let Some(formula) = &record.formula {
        let doubt = if formula.valid { "" } else { "  (outside its regime)" };
        lines.push(format!("formula     {:.9} by {}{doubt}", formula.value, formula.equation));
        if let Some(relaxed) = formula.relaxed {
            lines.push(format!("            {relaxed:.9} with the gain by relaxation"));
        }
    }
    if let Some(MonteCarloRecord { value, estimate }) = &record.montecarlo {
        lines.push(format!(
            "monte carlo {value:.9} of {} draws, {}% interval [{:.6}, {:.6}], undecided {}",
            estimate.n,
            number(100.0 * estimate.level),
            estimate.low,
            estimate.high,
            estimate.undecided + estimate.failures
        ));
    }
    lines.extend(record.notes.iter().map(|note| format!("note        {note}")));
    lines.push(format!("cost        {seconds:.2} s"));
    lines.join("\n") + "\n"
}
