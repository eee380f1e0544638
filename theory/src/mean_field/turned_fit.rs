//! Mean-field inference with a free rotation in many dimensions, cold and hot: mean field 8.

use super::gaussian_mixture::GaussianMixture;
use super::orthogonal::{Matrix, stepped};
use super::plane_turn::RotationStatus;
use super::rotated_fit::RotationHeat;
use super::sampled::{SampledMeanField, SampledOptions};
use super::sampled_observe::SampledObservables;
use super::sampled_points::Words;
use super::sampled_solve::{SampledSolution, SampledStart};
use super::sampled_turn::{SampledVisit, TurnStep};
use super::status::MeanFieldStatus;
use super::turn_start::TurnStart;
use crate::parameter::InvalidParameter;

/// How a fit in a free frame is sought.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnOptions {
    /// The frames at the start, at least one. The best end is kept.
    pub starts: Vec<TurnStart>,
    /// The fit at the start.
    pub fit: SampledStart,
    /// The temperatures.
    pub heat: RotationHeat,
    /// The points.
    pub sampled: SampledOptions,
}

impl Default for TurnOptions {
    fn default() -> Self {
        let starts = vec![TurnStart::Modes, TurnStart::Covariance];
        Self { starts, fit: SampledStart::Broad, heat: RotationHeat::Cold, sampled: SampledOptions::default() }
    }
}

/// The best product measure in the best frame that was found.
#[derive(Debug, Clone)]
pub struct TurnedFit {
    /// R by rows: x = c + R y. Its columns may be permuted and reflected: the same family.
    pub rotation: Vec<Vec<f64>>,
    /// The fit in that frame, at T = 1.
    pub solution: SampledSolution,
    /// What fits at T = 1 from each component are in that frame. Where they differ there are several local optima, and what was
    /// kept is the best of them.
    pub limits: Vec<SampledObservables>,
    /// F at the end of every start, in the order of the options.
    pub objectives: Vec<f64>,
    /// What the frame is. `Minimum` and `Stationary` do not ask for a gradient of 0: over points that are too few for it F stops falling
    /// before, which [`SampledObservables::steepness`] tells.
    pub status: RotationStatus,
    /// The way of the descent that ended here.
    pub path: Vec<TurnStep>,
}

/// Ratio of the temperatures tried on the way up, and on the way down; the highest tried, and the highest given.
const WARMER: f64 = 1.5;
const COOLER: f64 = 1.5;
const HOTTEST: f64 = 64.0;
const HEATED: f64 = 1000.0;
/// Fits whose masses differ by less coincide; and gains in F that count, beyond the errors of sampling.
const SAME: f64 = 1e-5;
const GAIN: f64 = 1e-9;
const SURE: f64 = 2.0;
/// Steepness at which turning ends, and on the way down.
const FLAT: f64 = 1e-8;
const ROUGH: f64 = 1e-2;
/// Steps of one descent, and on the way down.
const STEPS: usize = 100;
const FEW: usize = 15;
/// Residuals of fits at the start of a descent and of those from components.
const SETTLED: f64 = 1e-6;
const SWEEPS: usize = 100;
/// How often a better fit from a component, or beside the end, may start the last descent anew.
const ANEW: usize = 4;
/// Angles, in radians, by which an end is tried: about a degree in every plane.
const ASIDE: f64 = 0.02;

impl TurnedFit {
    /// Whether the fits from all components coincide, so that nothing says collapse.
    pub fn is_single(&self) -> bool {
        self.limits.iter().all(|limit| coincide(limit, &self.solution.observables))
    }
}

fn coincide(a: &SampledObservables, b: &SampledObservables) -> bool {
    a.masses.iter().zip(&b.masses).all(|(a, b)| (a - b).abs() <= SAME)
}

/// Whether `a` lies lower than `b`, and not by the `error` of sampling.
fn below(a: &SampledVisit, b: &SampledVisit, error: impl Fn(&SampledObservables) -> f64) -> bool {
    a.objective() < b.objective() - GAIN - error(&a.observables) - error(&b.observables)
}

/// The law of c + R Y, Y a product measure, R orthogonal, nearest to `target` in KL: sampled fits alternate with steps
/// R cay(X) along the gradient (M21). The last descent at T = 1 compares the fits from every component and follows the best.
///
/// A local search: F* has several minima in R, and far modes plateaus, which only heat or other starts leave. Source: mean field 8.
///
/// Errors: as [`SampledMeanField::new`] and [`SampledMeanField::frame`]; no start; a temperature of `At` outside 1 to 1000; with
/// `Merging`, no merging up to T = 64.
pub fn turned_fit(target: &GaussianMixture, options: &TurnOptions) -> Result<TurnedFit, InvalidParameter> {
    let fit = SampledMeanField::new(target.clone(), options.sampled)?;
    let rotations = options.starts.iter().map(|start| start.rotation(target)).collect::<Result<Vec<_>, _>>()?;
    if let RotationHeat::At(temperature) = options.heat
        && !(1.0..=HEATED).contains(&temperature)
    {
        return Err(InvalidParameter::new("heat", temperature, "be a temperature from 1 to 1000"));
    }
    let mut best: Option<TurnedFit> = None;
    let mut objectives = Vec::with_capacity(rotations.len());
    for rotation in &rotations {
        let hottest = match options.heat {
            RotationHeat::Cold => 1.0,
            RotationHeat::At(temperature) => temperature,
            RotationHeat::Merging => fit
                .merging_temperature(rotation)?
                .ok_or_else(|| InvalidParameter::new("heat", "Merging", "name a temperature: fits differ up to 64"))?,
        };
        let found = fit.turned(rotation, options.fit, hottest)?;
        objectives.push(found.solution.observables.objective);
        if best.as_ref().is_none_or(|best| found.solution.observables.objective < best.solution.observables.objective) {
            best = Some(found);
        }
    }
    match best {
        Some(best) => Ok(TurnedFit { objectives, ..best }),
        None => Err(InvalidParameter::new("starts", "[]", "hold at least one frame")),
    }
}

impl SampledMeanField {
    /// A temperature T >= 1 at which sampled fits in this frame from all components coincide, the first on the ladder
    /// 1, 1.5, 1.5^2, ..; `None` above 64.
    ///
    /// Errors: as [`SampledMeanField::frame`].
    pub fn merging_temperature(&self, rotation: &[Vec<f64>]) -> Result<Option<f64>, InvalidParameter> {
        let mut temperature = 1.0;
        while temperature <= HOTTEST {
            let fits = self.component_fits(rotation, temperature)?;
            let same = |fit: &SampledVisit| fit.residual <= SETTLED && coincide(&fit.observables, &fits[0].observables);
            if fits.iter().all(same) {
                return Ok(Some(temperature));
            }
            temperature *= WARMER;
        }
        Ok(None)
    }

    fn component_fits(&self, rotation: &[Vec<f64>], temperature: f64) -> Result<Vec<SampledVisit>, InvalidParameter> {
        let frame = self.frame(rotation, temperature)?;
        let from =
            |k: usize| self.visit(rotation, temperature, &frame.start(SampledStart::Component(k))?, SETTLED, SWEEPS);
        (0..self.target().weights().len()).map(from).collect()
    }

    fn turned(&self, rotation: &Matrix, fit: SampledStart, hottest: f64) -> Result<TurnedFit, InvalidParameter> {
        let mut path = Vec::new();
        let start = self.frame(rotation, hottest)?.start(fit)?;
        let mut now = self.visit(rotation, hottest, &start, SETTLED, SWEEPS)?;
        let mut temperature = hottest;
        while temperature > 1.0 {
            now = self.descend(now, temperature, ROUGH, FEW, &mut path)?;
            temperature = (temperature / COOLER).max(1.0);
            now = self.visit(&now.rotation, temperature, &now.state, SETTLED, SWEEPS)?;
        }
        now = self.descend(now, 1.0, FLAT, STEPS, &mut path)?;
        let mut limits = Vec::new();
        let mut minimum = false;
        for _ in 0..ANEW {
            let fits = self.component_fits(&now.rotation, 1.0)?;
            limits = fits.iter().map(|fit| fit.observables.clone()).collect();
            let better = fits.into_iter().min_by(|a, b| a.objective().total_cmp(&b.objective()));
            let lower = match better {
                Some(better) if below(&better, &now, |seen| SURE * seen.objective_error) => Some(better),
                _ => {
                    let beside = self.beside(&now)?;
                    minimum = beside.is_some();
                    beside.filter(|beside| below(beside, &now, |seen| seen.objective_deviation))
                }
            };
            let Some(lower) = lower else { break };
            minimum = false;
            now = self.descend(lower, 1.0, FLAT, STEPS, &mut path)?;
        }
        let solution = self.frame(&now.rotation, 1.0)?.solve_from(&now.state);
        let status = if solution.status != MeanFieldStatus::Stable {
            RotationStatus::NotConverged
        } else if minimum {
            RotationStatus::Minimum
        } else {
            RotationStatus::Stationary
        };
        let objectives = vec![solution.observables.objective];
        Ok(TurnedFit { rotation: now.rotation, solution, limits, objectives, status, path })
    }

    /// The end of a descent from a frame a degree aside in every plane; `None` where F* does not rise to either side, as on a plateau.
    fn beside(&self, now: &SampledVisit) -> Result<Option<SampledVisit>, InvalidParameter> {
        let d = now.rotation.len();
        let mut words = Words::new(d as u64);
        let mut way = vec![vec![0.0; d]; d];
        for i in 0..d {
            for j in 0..i {
                let angle = ASIDE * (0.5 + 0.5 * words.unit()) * if words.unit() < 0.5 { 1.0 } else { -1.0 };
                (way[i][j], way[j][i]) = (angle, -angle);
            }
        }
        let mut aside = None;
        for side in [-1.0, 1.0] {
            let turn: Matrix = way.iter().map(|row| row.iter().map(|x| side * x).collect()).collect();
            let visit = self.visit(&stepped(&now.rotation, &turn), 1.0, &now.state, SETTLED, SWEEPS)?;
            if side * visit.slope_along(&way) <= FLAT {
                return Ok(None);
            }
            aside = Some(visit);
        }
        aside.map(|aside| self.descend(aside, 1.0, FLAT, STEPS, &mut Vec::new())).transpose()
    }
}
