//! `collapsar probability`: the probability of collapse by every route that exists for the problem.

use std::path::PathBuf;
use std::time::Instant;

use crate::cli::{self, ProbabilityArgs};
use crate::commands::Failure;
use crate::commands::output::{Products, deliver};
use crate::commands::routes::Question;
use crate::commands::solve::read_config;
use crate::commands::summary::number;
use crate::commands::training::Notebook;
use crate::config::Route;
use crate::montecarlo::MechanismShare;
use crate::results::{
    MonteCarloRecord, PROGRAM, ProbabilityRecord, RealNvpRecord, ScheduleAdvice, SimulationRecord, VERSION,
};

/// Reads, computes, writes and says.
pub fn run(args: &ProbabilityArgs) -> Result<Vec<PathBuf>, Failure> {
    let config = read_config(&args.run.config, &args.run.overrides)?;
    let problem = config.problem().map_err(Failure::usage)?;
    let started = Instant::now();
    let question = Question::new(&config, &problem)?;
    let routes = args.route.map_or_else(|| question.default_routes(), |route| vec![named(route)]);
    let trained = question.trained(&routes, &Notebook::NONE)?;
    let record = ProbabilityRecord {
        program: PROGRAM,
        version: VERSION,
        config: config.clone(),
        pair: question.pair(),
        routes: question.answer(&routes, trained)?,
    };
    let text = summary(&record, started.elapsed().as_secs_f64());
    deliver(&args.run, &Products { record: &record, text, files: Vec::new() })
}

fn heading(pair: &str) -> String {
    match pair {
        "mixture" => "probability of losing a mode, mixture".to_owned(),
        pair => format!("probability of collapse, {pair} pair"),
    }
}

fn named(route: cli::Route) -> Route {
    match route {
        cli::Route::Exact => Route::Exact,
        cli::Route::Formula => Route::Formula,
        cli::Route::Montecarlo => Route::MonteCarlo,
        cli::Route::Simulation => Route::Simulation,
        cli::Route::Realnvp => Route::RealNvp,
    }
}

fn trained(RealNvpRecord { value, estimate, lost_a_mode, steps, .. }: &RealNvpRecord) -> String {
    format!(
        "realnvp     {value:.6} of {} runs of {steps} steps, {}% interval [{:.4}, {:.4}], diverged {}, lost a mode {lost_a_mode}",
        estimate.n,
        number(100.0 * estimate.level),
        estimate.low,
        estimate.high,
        estimate.failures
    )
}

fn summary(record: &ProbabilityRecord, seconds: f64) -> String {
    let mut lines = vec![heading(record.pair)];
    if let Some(exact) = &record.routes.exact {
        lines.push(format!("exact       {:.9} +- {:.1e}", exact.value, exact.error));
    }
    if let Some(formula) = &record.routes.formula {
        let doubt = if formula.valid { "" } else { "  (outside its regime)" };
        lines.push(format!("formula     {:.9} by {}{doubt}", formula.value, formula.equation));
        if let Some(relaxed) = formula.relaxed {
            lines.push(format!("            {relaxed:.9} with the gain by relaxation"));
        }
    }
    if let Some(refined) = record.routes.formula.as_ref().and_then(|f| f.refined) {
        lines.push(format!("            {refined:.9} by (18)"));
    }
    if let Some(advice) = record.routes.formula.as_ref().and_then(|f| f.advice) {
        let time = |t: Option<f64>| t.map_or("no duration".to_owned(), |t| format!("t0 = {}", number(t)));
        let words = |name: &str, s: ScheduleAdvice| {
            let hot = number(s.initial_temperature);
            format!("{name} T0 = {hot}: {} by (10), {} by (18)", time(s.duration), time(s.refined_duration))
        };
        lines.push(format!("for P_c     {} geometrically", number(advice.wanted)));
        lines.push(words("            from", advice.here));
        lines.extend(advice.cheapest.map(|s| words("            cheapest from", s)));
    }
    if let Some(MonteCarloRecord { value, estimate, mechanisms, .. }) = &record.routes.montecarlo {
        lines.push(format!(
            "monte carlo {value:.9} of {} draws, {}% interval [{:.6}, {:.6}], undecided {}",
            estimate.n,
            number(100.0 * estimate.level),
            estimate.low,
            estimate.high,
            estimate.undecided + estimate.failures
        ));
        for share in mechanisms.iter().flatten().filter(|share| share.count > 0) {
            let MechanismShare { mechanism, count, low, high } = share;
            lines.push(format!("            {mechanism}: {count} runs, [{low:.6}, {high:.6}]"));
        }
    }
    if let Some(simulation) = &record.routes.simulation {
        let SimulationRecord { value, estimate, batch, step, steps } = simulation;
        lines.push(format!(
            "simulation  {value:.6} of {} runs, {}% interval [{:.4}, {:.4}], batch {batch}, {steps} steps of {step}",
            estimate.n,
            number(100.0 * estimate.level),
            estimate.low,
            estimate.high
        ));
    }
    lines.extend(record.routes.realnvp.as_ref().map(trained));
    lines.extend(record.routes.notes.iter().map(|note| format!("note        {note}")));
    lines.push(format!("cost        {seconds:.2} s"));
    lines.join("\n") + "\n"
}
