//! The tables of `benches/weights.md`: the probability of losing a mode with trained weights, beside fixed ones.
//!
//!     cargo run --release --example weights [DRAWS] > benches/weights.md

use std::fmt::Write;
use std::time::Instant;

use collapsar::montecarlo::{Estimate, MixtureEnsemble, MixtureEstimate, MixtureOptions};
use collapsar::probability::{FreeBoundary, Limits, SphereBoundary, free_probability, sphere_probability};
use collapsar_theory::{
    Family, InvalidParameter, Pair, Problem, Rules, Schedule, Start, Target, VarianceRule, WeightRule,
};

const DRAWS: u64 = 100_000;
const SEED: u64 = 1;
/// The time at which a mode is lost or not.
const HORIZON: f64 = 100.0;
/// Tolerance of the exact route: far below the intervals' half widths, since its estimate of a coarse error is optimistic.
const TOLERANCE: f64 = 1e-5;
const SLAVED: Rules = Rules { variance: VarianceRule::Slaved, ..Rules::PAPER };

/// One cell of a table.
struct Cell {
    name: String,
    rules: Rules,
    target: Target,
    schedule: Schedule,
    start: Start,
}

/// How the exact route compares with the cells so far.
#[derive(Default)]
struct Check {
    inside: usize,
    outside: usize,
}

impl Cell {
    fn problem(&self, weights: WeightRule) -> Result<Problem, InvalidParameter> {
        let family = Family::new(vec![0.5, 0.5], Rules { weights, ..self.rules })?;
        Problem::new(self.target.clone(), family, self.schedule.clone(), self.start.clone())
    }

    fn count(&self, weights: WeightRule, draws: u64) -> Result<MixtureEstimate, InvalidParameter> {
        let options = MixtureOptions { horizon: Some(HORIZON), ..MixtureOptions::default() };
        let problem = self.problem(weights)?;
        let hot = problem.schedule().initial_temperature();
        Ok(MixtureEnsemble::new(&problem, hot, &options)?.estimate(SEED, draws))
    }

    /// The exact probability in the limit, for fixed weights.
    fn exact(&self) -> Result<f64, InvalidParameter> {
        let (limits, d) = (Limits::for_tolerance(TOLERANCE), self.start.dimension());
        Ok(match Pair::of(&self.problem(WeightRule::Fixed)?)? {
            Pair::Free(pair) => {
                free_probability(&FreeBoundary::new(pair, &self.schedule, limits)?, d, 1.0, TOLERANCE).value
            }
            Pair::Sphere(pair) => {
                sphere_probability(&SphereBoundary::new(pair, &self.schedule, limits)?, d, TOLERANCE).value
            }
        })
    }

    fn row(&self, draws: u64, check: &mut Check) -> Result<String, InvalidParameter> {
        let (fixed, trained) = (self.count(WeightRule::Fixed, draws)?, self.count(WeightRule::FisherRao, draws)?);
        // The integral's error may carry it out of [0, 1].
        let exact = self.exact()?.clamp(0.0, 1.0);
        // Its own error counts too: a value at the end of an interval is not outside.
        let inside = exact >= fixed.any.low - TOLERANCE && exact <= fixed.any.high + TOLERANCE;
        check.inside += usize::from(inside);
        check.outside += usize::from(!inside);
        Ok(format!(
            "| {} | {} | {exact:.4}{} | {} | {} | {} | {} |",
            self.name,
            with_interval(&fixed.any),
            if inside { "" } else { " *" },
            with_interval(&trained.any),
            share(&trained, "mean-alignment"),
            share(&trained, "vanishing-weight"),
            share(&trained, "both"),
        ))
    }
}

/// The share of one mechanism.
fn share(estimate: &MixtureEstimate, mechanism: &str) -> String {
    let count = estimate.mechanisms.iter().find(|m| m.mechanism == mechanism).map_or(0, |m| m.count);
    format!("{:.4}", count as f64 / estimate.any.n.max(1) as f64)
}

/// p [low, high], and the runs without a verdict if there are any.
fn with_interval(estimate: &Estimate) -> String {
    let open = estimate.undecided + estimate.failures;
    let left = if open == 0 { String::new() } else { format!(", {open} open") };
    format!("{:.4} [{:.4}, {:.4}]{left}", estimate.probability.unwrap_or(f64::NAN), estimate.low, estimate.high)
}

fn free_cells() -> Result<Vec<Cell>, InvalidParameter> {
    let mut cells = Vec::new();
    for (separation, dimension) in [(3.0, 1), (4.0, 1), (3.0, 100), (4.0, 100)] {
        for hot in [1.0, 3.0, 10.0, 100.0] {
            // At T0 = 1 there is nothing to cool.
            for rate in if hot == 1.0 { vec![1.0] } else { vec![0.1, 0.3, 1.0] } {
                let speed = if hot == 1.0 { "-".to_owned() } else { format!("{rate}") };
                cells.push(Cell {
                    name: format!("{separation} | {dimension} | {hot} | {speed}"),
                    rules: Rules::FREE,
                    target: Target::pair(separation, [0.5, 0.5])?,
                    schedule: Schedule::exponential(hot, rate)?,
                    start: Start::gaussian(dimension, 1.0)?,
                });
            }
        }
    }
    Ok(cells)
}

fn sphere_cells() -> Result<Vec<Cell>, InvalidParameter> {
    let mut cells = Vec::new();
    for (radius, weight) in [(3.0, 0.5), (3.0, 0.8), (4.0, 0.5), (4.0, 0.8)] {
        for hot in [1.0, 10.0, 100.0] {
            for duration in if hot == 1.0 { vec![5.0] } else { vec![5.0, 20.0, 60.0] } {
                let length = if hot == 1.0 { "-".to_owned() } else { format!("{duration}") };
                cells.push(Cell {
                    name: format!("{radius} | {weight} | {hot} | {length}"),
                    rules: SLAVED,
                    target: Target::pair(radius, [weight, 1.0 - weight])?,
                    schedule: if hot == 1.0 { Schedule::constant(1.0) } else { Schedule::geometric(hot, duration) }?,
                    start: Start::sphere(512)?,
                });
            }
        }
    }
    Ok(cells)
}

/// A table as text, and how the exact route compares with it.
fn table(head: &str, names: &str, cells: &[Cell], draws: u64) -> Result<(String, Check), Box<dyn std::error::Error>> {
    let (mut text, mut check) = (String::new(), Check::default());
    writeln!(text, "## {head}\n\n| {names} | fixed | exact, limit | trained | alignment | vanishing | both |")?;
    writeln!(text, "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for cell in cells {
        writeln!(text, "{}", cell.row(draws, &mut check)?)?;
    }
    Ok((text, check))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let draws = std::env::args().nth(1).map_or(Ok(DRAWS), |n| n.parse())?;
    let started = Instant::now();
    let (free, by_free) = table(
        "Free pair, unit variance, exponential cooling, start N(0, I)",
        "separation | d | T0 | rate",
        &free_cells()?,
        draws,
    )?;
    let (sphere, by_sphere) = table(
        "Sphere pair, slaved variance, free-energy clock, geometric cooling, d = 512",
        "R | w* | T0 | t0",
        &sphere_cells()?,
        draws,
    )?;
    println!(
        "# Trained weights\n
`cargo run --release --example weights {draws}` ({:.0} s on {} threads, shared with other work): the probability of
losing at least one mode at t = {HORIZON}, K = P = 2, {draws} draws in every cell (the same starts in all cells of one
start law), 95% intervals of Clopper and Pearson.\n
*Fixed*: component weights 1/2. *Exact*: the exact route for them, in the limit; a star where it lies outside the
interval at t = {HORIZON}. *Trained*: from 1/2 by the Fisher-Rao flow, then the shares of its mechanisms.\n
{free}\n{sphere}
The exact value lies inside the interval in {} of {} cells of the free pair and in {} of {} of the sphere pair.",
        started.elapsed().as_secs_f64(),
        std::thread::available_parallelism()?,
        by_free.inside,
        by_free.inside + by_free.outside,
        by_sphere.inside,
        by_sphere.inside + by_sphere.outside
    );
    Ok(())
}
