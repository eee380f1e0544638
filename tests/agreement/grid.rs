//! The grid of problems on which the exact route and the ensembles are compared.

use collapsar::montecarlo::{EnsembleOptions, Estimate, FreeEnsemble, FreeStart, SphereEnsemble, SphereStart};
use collapsar::probability::{FreeBoundary, Integral, Limits, SphereBoundary, free_probability, sphere_probability};
use collapsar_theory::{
    Clock, FreePair, FreePairOptions, InvalidParameter, Metric, Schedule, SpherePair, SpherePairOptions, SphereVariance,
};

/// A pair with what belongs to its start beside the dimension.
#[derive(Debug, Clone, Copy)]
pub enum Pair {
    /// Gaussian starts of this scale.
    Free(FreePairOptions, f64),
    /// Uniform starts.
    Sphere(SpherePairOptions),
}

/// One problem.
#[derive(Debug, Clone)]
pub struct Case {
    pub pair: Pair,
    pub dimension: usize,
    pub schedule: Schedule,
}

impl Case {
    /// P_c by the exact route.
    pub fn exact(&self, tolerance: f64) -> Result<Integral, InvalidParameter> {
        Ok(match self.pair {
            Pair::Free(options, scale) => {
                let boundary = FreeBoundary::new(FreePair::new(options)?, &self.schedule, Limits::default())?;
                free_probability(&boundary, self.dimension, scale, tolerance)
            }
            Pair::Sphere(options) => {
                let boundary = SphereBoundary::new(SpherePair::new(options)?, &self.schedule, Limits::default())?;
                sphere_probability(&boundary, self.dimension, tolerance)
            }
        })
    }

    /// P_c by counting draws 0 to `n` - 1.
    pub fn count(&self, seed: u64, n: u64) -> Result<Estimate, InvalidParameter> {
        let options = EnsembleOptions::default();
        Ok(match self.pair {
            Pair::Free(pair, scale) => {
                let start = FreeStart::new(self.dimension, scale)?;
                FreeEnsemble::new(FreePair::new(pair)?, &self.schedule, start, &options)?.estimate(seed, n)
            }
            Pair::Sphere(pair) => {
                let start = SphereStart::new(self.dimension)?;
                SphereEnsemble::new(SpherePair::new(pair)?, &self.schedule, start, &options)?.estimate(seed, n)
            }
        })
    }

    /// The problem in words: pair, target, start, schedule.
    pub fn describe(&self) -> [String; 4] {
        let schedule = match (self.schedule.duration(), self.schedule.rate()) {
            (Some(duration), _) => format!(" over {duration}"),
            (None, Some(rate)) => format!(" at rate {rate}"),
            (None, None) => String::new(),
        };
        let schedule =
            format!("{}, T0 = {}{schedule}", self.schedule.kind().name(), self.schedule.initial_temperature());
        let (pair, target, scale) = match self.pair {
            Pair::Free(p, scale) => {
                let pair = format!("free{}", flavour(p.clock == Clock::Kl, p.metric));
                (pair, format!("rho = {}, v = {}", p.separation, p.target_weight), format!(", sigma = {scale}"))
            }
            Pair::Sphere(p) => {
                let variance = match p.variance {
                    SphereVariance::Unit => "unit",
                    SphereVariance::Slaved => "slaved",
                    SphereVariance::Lagging { .. } => "lagging",
                };
                let pair = format!("sphere, {variance}{}", flavour(p.clock == Clock::FreeEnergy, p.metric));
                (pair, format!("R = {}, w* = {}", p.radius, p.target_weight), String::new())
            }
        };
        [pair, target, format!("d = {}{scale}", self.dimension), schedule]
    }
}

fn flavour(own_clock: bool, metric: Metric) -> &'static str {
    match (own_clock, metric) {
        (true, Metric::Euclidean) => "",
        (false, Metric::Euclidean) => ", other clock",
        (true, Metric::Natural) => ", natural metric",
        (false, Metric::Natural) => ", other clock, natural metric",
    }
}

/// Means drawn in R^d with this scale, for modes at +-rho.
fn free(rho: f64, dimension: usize, scale: f64, schedule: Schedule) -> Case {
    let pair = FreePairOptions { separation: rho, ..FreePairOptions::default() };
    Case { pair: Pair::Free(pair, scale), dimension, schedule }
}

fn free_with(change: impl Fn(&mut FreePairOptions), case: Case) -> Case {
    let Pair::Free(mut pair, scale) = case.pair else { return case };
    change(&mut pair);
    Case { pair: Pair::Free(pair, scale), ..case }
}

fn sphere(radius: f64, weight: f64, variance: SphereVariance, dimension: usize, schedule: Schedule) -> Case {
    let pair = SpherePairOptions { radius, target_weight: weight, variance, ..SpherePairOptions::default() };
    Case { pair: Pair::Sphere(pair), dimension, schedule }
}

fn sphere_with(change: impl Fn(&mut SpherePairOptions), case: Case) -> Case {
    let Pair::Sphere(mut pair) = case.pair else { return case };
    change(&mut pair);
    Case { pair: Pair::Sphere(pair), ..case }
}

/// The free pairs: separation, T0 and rate, scale, d, kind of schedule, target weights, clock, metric.
fn free_cases() -> Result<Vec<Case>, InvalidParameter> {
    let exponential = Schedule::exponential;
    let reheated = || Schedule::table(vec![0.0, 2.0, 4.0, 9.0], vec![1.5, 6.0, 3.0, 1.0]);
    Ok(vec![
        free(2.5, 1, 1.0, Schedule::constant(1.0)?),
        free(3.0, 1, 1.0, Schedule::constant(1.0)?),
        free(4.0, 1, 1.0, Schedule::constant(2.0)?),
        free(3.0, 1, 1.0, exponential(5.0, 0.3)?),
        free(4.0, 1, 1.0, exponential(10.0, 0.3)?),
        free(5.0, 1, 1.0, exponential(20.0, 0.3)?),
        free(5.0, 1, 1.0, exponential(100.0, 1.0)?),
        free(3.0, 1, 1.0, exponential(3.0, 0.1)?),
        free(3.0, 1, 0.1, exponential(1.5, 1.0)?),
        free(4.0, 1, 0.03, exponential(3.0, 1.0)?),
        free(4.0, 1, 0.3, exponential(50.0, 3.0)?),
        free(3.0, 1, 3.0, exponential(5.0, 0.3)?),
        free(3.0, 1, 1.0, Schedule::quench(4.0, 2.0)?),
        free(3.0, 1, 1.0, Schedule::geometric(10.0, 5.0)?),
        free(4.0, 1, 0.5, Schedule::linear_temperature(8.0, 6.0)?),
        free(4.0, 1, 0.5, Schedule::linear_beta(8.0, 3.0)?),
        free(3.0, 1, 0.5, Schedule::power(6.0, 4.0, 2.0)?),
        free(4.0, 1, 1.0, reheated()?),
        free(3.0, 1, 0.5, Schedule::cosine(6.0, 4.0)?),
        free(3.0, 2, 0.5, Schedule::sigmoid(6.0, 4.0, 12.0)?),
        free(4.0, 1, 0.5, Schedule::steps(10.0, 5.0, 4)?),
        free(4.0, 1, 0.5, Schedule::cyclical(10.0, 6.0, 3, 0.5)?),
        free(4.0, 3, 0.3, Schedule::table(vec![0.0, 1.0, 1.0, 2.0, 2.0, 4.0], vec![2.0, 2.0, 9.0, 5.0, 3.0, 1.0])?),
        free(3.0, 2, 1.0, exponential(5.0, 0.3)?),
        free(3.0, 3, 0.5, exponential(3.0, 0.5)?),
        free(4.0, 3, 0.1, exponential(2.0, 1.0)?),
        free(4.0, 10, 0.3, exponential(10.0, 1.0)?),
        free(3.0, 10, 1.0, Schedule::quench(4.0, 2.0)?),
        free(5.0, 100, 0.1, exponential(10.0, 0.5)?),
        free(3.0, 100, 1.0, Schedule::geometric(10.0, 5.0)?),
        free(3.0, 1000, 0.05, exponential(1.5, 2.0)?),
        free_with(|p| p.target_weight = 0.6, free(3.0, 1, 1.0, exponential(5.0, 0.3)?)),
        free_with(|p| p.target_weight = 0.3, free(4.0, 1, 0.5, Schedule::geometric(10.0, 5.0)?)),
        free_with(|p| p.target_weight = 0.9, free(4.0, 3, 0.3, exponential(5.0, 1.0)?)),
        free_with(|p| p.clock = Clock::FreeEnergy, free(4.0, 1, 1.0, exponential(10.0, 1.0)?)),
        free_with(|p| p.clock = Clock::FreeEnergy, free(3.0, 5, 0.5, Schedule::geometric(5.0, 3.0)?)),
        free_with(|p| p.metric = Metric::Natural, free(3.0, 1, 1.0, exponential(5.0, 0.6)?)),
        free_with(|p| p.metric = Metric::Natural, free(4.0, 4, 0.3, Schedule::linear_temperature(6.0, 2.0)?)),
    ])
}

/// The sphere pairs: R, w*, variance, d, T0 and duration, kind of schedule, clock, metric.
fn sphere_cases() -> Result<Vec<Case>, InvalidParameter> {
    let (unit, slaved) = (SphereVariance::Unit, SphereVariance::Slaved);
    let lagging = SphereVariance::Lagging { dimension: f64::INFINITY };
    let geometric = Schedule::geometric;
    Ok(vec![
        sphere(3.0, 0.8, slaved, 512, geometric(90.0, 15.0)?),
        sphere(3.0, 0.8, slaved, 512, geometric(90.0, 35.0)?),
        sphere(3.0, 0.8, slaved, 512, geometric(9000.0, 40.0)?),
        sphere(3.0, 0.8, slaved, 512, geometric(9.0, 15.0)?),
        sphere(3.0, 0.8, slaved, 64, geometric(90.0, 15.0)?),
        sphere(3.0, 0.8, slaved, 8, geometric(30.0, 10.0)?),
        sphere(3.0, 0.8, slaved, 4, geometric(30.0, 5.0)?),
        sphere(3.0, 0.8, slaved, 2, geometric(30.0, 5.0)?),
        sphere(3.0, 0.8, slaved, 10_000, geometric(300.0, 40.0)?),
        sphere(3.0, 0.6, slaved, 512, geometric(90.0, 15.0)?),
        sphere(3.0, 0.2, slaved, 512, geometric(90.0, 20.0)?),
        sphere(3.0, 0.95, slaved, 128, geometric(90.0, 20.0)?),
        sphere(2.0, 0.7, slaved, 100, geometric(20.0, 10.0)?),
        sphere(4.0, 0.8, slaved, 512, geometric(200.0, 20.0)?),
        sphere(6.0, 0.9, slaved, 1000, geometric(300.0, 20.0)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::quench(40.0, 10.0)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::constant(1.0)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::exponential(90.0, 0.3)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::linear_temperature(60.0, 20.0)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::power(90.0, 20.0, 2.0)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::table(vec![0.0, 4.0, 8.0, 20.0], vec![10.0, 40.0, 30.0, 1.0])?),
        sphere(3.0, 0.8, slaved, 64, Schedule::cosine(60.0, 20.0)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::steps(90.0, 20.0, 6)?),
        sphere(3.0, 0.8, unit, 64, Schedule::cyclical(20.0, 9.0, 3, 0.7)?),
        sphere(3.0, 0.8, lagging, 512, Schedule::table(vec![0.0, 9.0, 9.0], vec![40.0, 20.0, 1.0])?),
        sphere(3.0, 0.8, unit, 64, Schedule::constant(1.0)?),
        sphere(3.0, 0.8, unit, 16, geometric(10.0, 5.0)?),
        sphere(2.0, 0.6, unit, 8, Schedule::exponential(5.0, 1.0)?),
        sphere(4.0, 0.8, unit, 256, geometric(20.0, 4.0)?),
        sphere(3.0, 0.8, lagging, 512, geometric(90.0, 15.0)?),
        sphere(3.0, 0.8, lagging, 512, geometric(90.0, 35.0)?),
        sphere(3.0, 0.8, lagging, 512, geometric(9000.0, 25.0)?),
        sphere(4.0, 0.9, lagging, 512, Schedule::linear_temperature(100.0, 20.0)?),
        sphere_with(|p| p.metric = Metric::Natural, sphere(3.0, 0.8, slaved, 64, geometric(90.0, 8.0)?)),
        sphere_with(|p| p.clock = Clock::Kl, sphere(3.0, 0.8, unit, 16, geometric(10.0, 5.0)?)),
    ])
}

/// Sphere pairs whose boundary has kinks, along which the exact route takes some seconds.
fn slow_cases() -> Result<Vec<Case>, InvalidParameter> {
    let slaved = SphereVariance::Slaved;
    let lagging = SphereVariance::Lagging { dimension: f64::INFINITY };
    let geometric = Schedule::geometric;
    Ok(vec![
        sphere(3.0, 0.8, lagging, 512, geometric(2.85, 20.0)?),
        sphere(3.0, 0.8, lagging, 16, Schedule::quench(40.0, 5.0)?),
        sphere(2.0, 0.7, lagging, 100, Schedule::exponential(30.0, 0.5)?),
        sphere(3.0, 0.55, lagging, 512, geometric(90.0, 10.0)?),
        sphere(3.0, 0.8, slaved, 64, Schedule::linear_beta(100.0, 30.0)?),
        sphere_with(|p| p.clock = Clock::Kl, sphere(3.0, 0.8, slaved, 64, geometric(20.0, 60.0)?)),
    ])
}

/// The problems that take less than some seconds each.
pub fn quick_cases() -> Result<Vec<Case>, InvalidParameter> {
    Ok(free_cases()?.into_iter().chain(sphere_cases()?).collect())
}

/// Every problem of the grid, the quick ones first.
#[allow(dead_code, reason = "the test runs the quick ones")]
pub fn cases() -> Result<Vec<Case>, InvalidParameter> {
    Ok(quick_cases()?.into_iter().chain(slow_cases()?).collect())
}
