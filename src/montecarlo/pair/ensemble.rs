//! Ensembles of the closed flow: level (a).

use std::ops::{Add, Range};

use collapsar_theory::{FreePair, InvalidParameter, Schedule, SpherePair};

use crate::integrate::Tolerances;
use crate::montecarlo::ensemble::Ensemble;
use crate::montecarlo::lanes::common_steps::StepTolerances;
use crate::montecarlo::pair::block::{BLOCK, SharedMesh, certain, run};
use crate::montecarlo::pair::follow::Follow;
use crate::montecarlo::pair::free::FreeLanes;
use crate::montecarlo::pair::mesh::{MeshLimits, Pilot, mesh};
use crate::montecarlo::pair::model::Model;
use crate::montecarlo::pair::sphere::SphereLanes;
use crate::montecarlo::pair::start::{FreeStart, SphereStart};
use crate::montecarlo::statistics::estimate::{DEFAULT_LEVEL, Estimate, GoOn, HorizonEstimate, PairEstimate};
use crate::montecarlo::statistics::tally::{JudgedEnd, RunEnd, Tally};

/// How an ensemble is followed and reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnsembleOptions {
    /// Relative tolerance of a step. What matters is how far it moves the boundary between the ends, about as much in
    /// units of the start: 10^-6 misplaces one run in 10^6, far below the counting error of any n <= 10^9.
    pub relative: f64,
    /// Classify at this time instead of in the limit.
    pub horizon: Option<f64>,
    /// Whether a run ends once its end is certain, or goes on to the horizon for comparisons of cost. Without horizon it
    /// always does.
    pub early: bool,
    /// Time after which a run is left undecided, counted from where the temperature has settled.
    pub patience: f64,
    /// Steps after which it is left undecided.
    pub max_steps: usize,
    /// Confidence level of the interval.
    pub level: f64,
}

impl Default for EnsembleOptions {
    /// One run in a million misplaced; time enough for instabilities as slow as 1e-4.
    fn default() -> Self {
        Self { relative: 1e-6, horizon: None, early: true, patience: 1e6, max_steps: 400_000, level: DEFAULT_LEVEL }
    }
}

/// Absolute tolerance in units of the relative one times the size of a start.
pub(crate) const ABSOLUTE: f64 = 1e-2;
/// Error of the kernels in units of the relative tolerance.
const KERNELS: f64 = 0.1;
/// Pilots that choose the mesh: their own stream, whatever the seed, so that the mesh is a function of the problem.
const PILOTS: u64 = 256;
const PILOT_SEED: u64 = 0x70_69_6c_6f_74;
/// Distance of the temperature from its limit at which patience starts to count.
const SETTLED: f64 = 1e-12;
/// Loosest tolerance: beyond it the order of the method means nothing.
const LOOSEST: f64 = 1e-2;
/// Longest mesh; what is open after it is followed run by run.
const MESH_STEPS: usize = 1000;

/// An ensemble of the free pair, theory (11), ready to be counted.
pub struct FreeEnsemble<'a>(PairEnsemble<FreeLanes<'a>>);

/// An ensemble of the sphere pair, theory (8), ready to be counted.
pub struct SphereEnsemble<'a>(PairEnsemble<SphereLanes<'a>>);

/// A pair with its mesh and limits.
struct PairEnsemble<M: Model<3>> {
    model: M,
    mesh: SharedMesh<M::Stage>,
    level: f64,
}

impl<M: Model<3>> PairEnsemble<M> {
    fn new(model: M, schedule: &Schedule, options: &EnsembleOptions, shared: bool) -> Self {
        let end = options.horizon.unwrap_or(schedule.settling_time(SETTLED) + options.patience);
        let absolute = options.relative * ABSOLUTE * model.size();
        let alone = Follow {
            tolerances: Tolerances { relative: options.relative, absolute },
            end,
            at_end: options.horizon.is_some(),
            early: options.horizon.is_none() || (options.early && model.certain_before_horizon()),
            max_steps: options.max_steps,
        };
        let tolerances = StepTolerances { relative: options.relative, absolute, moving: 3 };
        let limits = MeshLimits { tolerances, end, max_steps: MESH_STEPS.min(options.max_steps) };
        let pilots: Vec<[f64; 3]> = (0..PILOTS).map(|i| model.draw(PILOT_SEED, i)).collect();
        let open: Vec<[f64; 3]> = pilots.into_iter().filter(|y| certain(&model, &alone, 0.0, y).is_none()).collect();
        let steps = if shared && !open.is_empty() {
            mesh(&model, schedule, &open, &limits, |t, y| match certain(&model, &alone, t, y) {
                Some(end) => Pilot::Done { by_asking: end == RunEnd::Collapsed },
                None => Pilot::Open { asked: alone.early && model.worth_asking(t, y) },
            })
        } else {
            Vec::new()
        };
        // A run that ends within the horizon is judged at its end alone.
        let horizon = options.horizon.is_none().then(|| schedule.end_of_run()).filter(|&t| t < end);
        Self { model, mesh: SharedMesh { steps, alone, horizon }, level: options.level }
    }

    fn estimate(&self, seed: u64, n: u64, go_on: GoOn<'_>) -> PairEstimate {
        let tally = self.tally_while(seed, 0..n, go_on);
        let estimate = |tally: Tally| Estimate::new(tally, self.level, seed);
        let at = |time: f64| HorizonEstimate { time, estimate: estimate(tally.at_horizon) };
        PairEstimate { estimate: estimate(tally.ends), at_horizon: self.mesh.horizon.map(at) }
    }
}

/// Counts in the limit and at the horizon.
#[derive(Debug, Clone, Copy, Default)]
struct JudgedTally {
    ends: Tally,
    at_horizon: Tally,
}

impl Add for JudgedTally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { ends: self.ends + other.ends, at_horizon: self.at_horizon + other.at_horizon }
    }
}

impl<M: Model<3>> Ensemble for PairEnsemble<M> {
    type Run = JudgedEnd;
    type Tally = JudgedTally;

    fn block(&self) -> u64 {
        BLOCK
    }

    fn follow(&self, seed: u64, draws: Range<u64>) -> Vec<JudgedEnd> {
        run(&self.model, &self.mesh, seed, draws)
    }

    fn nothing(&self) -> JudgedTally {
        JudgedTally::default()
    }

    fn count(&self, tally: &mut JudgedTally, run: &JudgedEnd) {
        tally.ends.count(run.end);
        tally.at_horizon.count(run.at_horizon);
    }
}

/// Checks the options.
pub(crate) fn check(options: &EnsembleOptions) -> Result<(), InvalidParameter> {
    if !(options.relative > 0.0 && options.relative <= LOOSEST) {
        return Err(InvalidParameter::new("relative", options.relative, "be positive and at most 0.01"));
    }
    if let Some(horizon) = options.horizon
        && !(horizon > 0.0 && horizon.is_finite())
    {
        return Err(InvalidParameter::new("horizon", horizon, "be positive and finite"));
    }
    if !(options.patience >= 0.0 && options.patience.is_finite()) {
        return Err(InvalidParameter::new("patience", options.patience, "be finite and not negative"));
    }
    Ok(())
}

macro_rules! delegate {
    ($name:ident, $lanes:ident, $pair:ident, $start:ident, $shared:expr) => {
        impl<'a> $name<'a> {
            /// Prepares kernels, trapping regions and mesh (some milliseconds).
            ///
            /// Errors: options out of their range; a pair whose ends are not told apart by basins.
            pub fn new(
                pair: $pair,
                schedule: &'a Schedule,
                start: $start,
                options: &EnsembleOptions,
            ) -> Result<Self, InvalidParameter> {
                check(options)?;
                let model = $lanes::new(pair, schedule, start, options.relative * KERNELS)?;
                let shared = $shared(&model);
                Ok(Self(PairEnsemble::new(model, schedule, options, shared)))
            }

            /// The ends of a range of draws, in order. Draw i is a function of (problem, options, seed, i) alone.
            pub fn ends(&self, seed: u64, draws: Range<u64>) -> Vec<RunEnd> {
                self.0.runs_of(seed, draws).iter().map(|run| run.end).collect()
            }

            /// Counts of the ends of a range of draws; tallies of neighbouring ranges add up.
            pub fn tally(&self, seed: u64, draws: Range<u64>) -> Tally {
                self.0.tally_while(seed, draws, &|_| true).ends
            }

            /// The probability of collapse from draws 0 to `n` - 1.
            pub fn estimate(&self, seed: u64, n: u64) -> Estimate {
                self.0.estimate(seed, n, &|_| true).estimate
            }

            /// The same, and at the end of the run, as long as `go_on`, told of the draws that are done, says so; else
            /// nothing.
            pub fn estimate_while(&self, seed: u64, n: u64, go_on: GoOn<'_>) -> Option<PairEstimate> {
                let estimate = self.0.estimate(seed, n, go_on);
                go_on(0).then_some(estimate)
            }

            /// Steps of the mesh that the draws share.
            pub fn mesh_steps(&self) -> usize {
                self.0.mesh.steps.len()
            }
        }
    };
}

delegate!(FreeEnsemble, FreeLanes, FreePair, FreeStart, |_: &FreeLanes<'_>| true);
delegate!(SphereEnsemble, SphereLanes, SpherePair, SphereStart, |model: &SphereLanes<'_>| model.shares_variance());
