//! Mean-field inference with a free rotation in the plane, cold and hot: mean field 8.

use std::f64::consts::FRAC_PI_2;

use super::gaussian_mixture::GaussianMixture;
use super::plane::{PlaneMeanField, PlaneOptions};
use super::plane_observe::PlaneObservables;
use super::plane_solve::{PlaneSolution, PlaneStart};
use super::plane_turn::{FLAT, RotationStatus, RotationStep, Visit};
use super::status::MeanFieldStatus;
use crate::parameter::InvalidParameter;

/// The frames at which descents in the angle start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RotationStart {
    /// alpha = 0. A warning: for equal coordinates, means at +-(m, m) among them, this is a stationary point of F* and no minimum, and
    /// nothing moves; the end is then [`RotationStatus::Stationary`].
    Identity,
    /// alpha in radians.
    Angle(f64),
    /// So many angles, (n + 1/pi)/count of a right angle: none on an axis or a diagonal of the given frame. The best end is kept.
    Restarts(usize),
}

/// At which temperatures the frame turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RotationHeat {
    /// At T = 1 alone.
    Cold,
    /// First at this T, to be chosen where the fits from all components coincide, then cooled to T = 1 with the frame free.
    At(f64),
    /// The same from the temperature of [`merging_temperature`] at the starting angles, the highest of them; in many dimensions from
    /// that of each starting frame.
    Merging,
}

/// How a rotated fit is sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RotationOptions {
    /// The frames at the start.
    pub start: RotationStart,
    /// The fit at the start.
    pub fit: PlaneStart,
    /// The temperatures.
    pub heat: RotationHeat,
    /// As [`PlaneOptions::fineness`].
    pub fineness: f64,
}

impl Default for RotationOptions {
    fn default() -> Self {
        let (start, fit) = (RotationStart::Restarts(3), PlaneStart::Component(0));
        Self { start, fit, heat: RotationHeat::Cold, fineness: 1.0 }
    }
}

/// The best product measure in the best frame that was found.
#[derive(Debug, Clone)]
pub struct RotatedFit {
    /// alpha in \[0, pi/2): signed permutations of the coordinates are the same family.
    pub angle: f64,
    /// The fit in that frame, at T = 1.
    pub solution: PlaneSolution,
    /// What fits at T = 1 from each component are in that frame. Where they differ there are several local optima, and what was
    /// kept is the best of them.
    pub limits: Vec<PlaneObservables>,
    /// What the angle is.
    pub status: RotationStatus,
    /// The way of the descent that ended here.
    pub path: Vec<RotationStep>,
}

/// Ratio of the temperatures tried on the way up, and on the way down; and the highest.
const WARMER: f64 = 1.25;
const COOLER: f64 = 1.5;
const HOTTEST: f64 = 64.0;
/// Fits whose masses differ by less coincide; and gains in F that count.
const SAME: f64 = 1e-7;
const GAIN: f64 = 1e-9;
/// Slopes at which turning stops on the way down.
const ROUGH: f64 = 1e-5;
/// How often a better fit from a component may start the last descent anew.
const ANEW: usize = 4;

impl RotatedFit {
    /// Whether the fits from all components coincide, so that nothing says collapse.
    pub fn is_single(&self) -> bool {
        self.limits.iter().all(|limit| coincide(limit, &self.solution.observables))
    }
}

fn coincide(a: &PlaneObservables, b: &PlaneObservables) -> bool {
    a.masses.iter().zip(&b.masses).all(|(a, b)| (a - b).abs() <= SAME)
}

/// A temperature T >= 1 at which mean-field fits at `angle` (radians) from all components coincide in a minimum, the first on the ladder
/// 1, 1.25, 1.25^2, ..; `None` above 64.
///
/// Errors: as [`PlaneMeanField::new`] and [`PlaneMeanField::frame`].
pub fn merging_temperature(target: &GaussianMixture, angle: f64) -> Result<Option<f64>, InvalidParameter> {
    let mut temperature = 1.0;
    while temperature <= HOTTEST {
        let options = PlaneOptions { coldest: temperature, hottest: temperature, ..PlaneOptions::default() };
        let plane = PlaneMeanField::new(target.clone(), options)?;
        let frame = plane.frame(angle, temperature)?;
        let starts = (0..target.weights().len()).map(PlaneStart::Component);
        let fits = starts.map(|start| frame.solve(start)).collect::<Result<Vec<_>, _>>()?;
        let first = &fits[0].observables;
        let same = |fit: &PlaneSolution| fit.status == MeanFieldStatus::Stable && coincide(&fit.observables, first);
        if fits.iter().all(same) {
            return Ok(Some(temperature));
        }
        temperature *= WARMER;
    }
    Ok(None)
}

/// The law of c + R Y, Y a product measure, R a rotation of the plane, nearest to `target` in KL: fits alternate with line searches
/// along the angle by dF*/d alpha (M22). The last step at T = 1 compares the fits from every component and follows the best.
///
/// A local search: with three or more components F* has several minima, and restarts are in place. Source: mean field 8.
///
/// Errors: as [`PlaneMeanField::new`] and the start of the fit; no restart at all; a temperature of `At` below 1; with `Merging`, no
/// merging up to T = 64.
pub fn rotated_fit(target: &GaussianMixture, options: RotationOptions) -> Result<RotatedFit, InvalidParameter> {
    let angles = match options.start {
        RotationStart::Identity => vec![0.0],
        RotationStart::Angle(angle) => vec![angle],
        RotationStart::Restarts(count) => {
            let share = |n: usize| (n as f64 + std::f64::consts::FRAC_1_PI) / count as f64;
            (0..count).map(|n| FRAC_PI_2 * share(n)).collect()
        }
    };
    if angles.is_empty() {
        return Err(InvalidParameter::new("restarts", 0, "be at least 1"));
    }
    let hottest = match options.heat {
        RotationHeat::Cold => 1.0,
        RotationHeat::At(temperature) if temperature >= 1.0 && temperature.is_finite() => temperature,
        RotationHeat::At(temperature) => {
            return Err(InvalidParameter::new("heat", temperature, "be a temperature of at least 1"));
        }
        RotationHeat::Merging => {
            let mut highest: f64 = 1.0;
            for angle in &angles {
                let Some(temperature) = merging_temperature(target, *angle)? else {
                    return Err(InvalidParameter::new("heat", "Merging", "name a temperature: fits differ up to 64"));
                };
                highest = highest.max(temperature);
            }
            highest
        }
    };
    let plane =
        PlaneMeanField::new(target.clone(), PlaneOptions { fineness: options.fineness, coldest: 1.0, hottest })?;
    let mut best: Option<RotatedFit> = None;
    for angle in angles {
        let found = plane.rotated(angle, options.fit, hottest)?;
        if best.as_ref().is_none_or(|best| found.solution.observables.objective < best.solution.observables.objective) {
            best = Some(found);
        }
    }
    best.ok_or_else(|| InvalidParameter::new("restarts", 0, "be at least 1"))
}

impl PlaneMeanField {
    fn rotated(&self, angle: f64, fit: PlaneStart, hottest: f64) -> Result<RotatedFit, InvalidParameter> {
        let mut path = Vec::new();
        let frame = self.frame(angle, hottest)?;
        let mut now = Visit { angle, solution: frame.minimise(fit)? };
        let mut temperature = hottest;
        while temperature > 1.0 {
            now = self.descend(now, temperature, ROUGH, &mut path)?;
            temperature = (temperature / COOLER).max(1.0);
            now = self.visit(now.angle, temperature, &now.solution.state)?;
        }
        now = self.descend(now, 1.0, FLAT, &mut path)?;
        let mut limits = Vec::new();
        for _ in 0..ANEW {
            now = now.reduced(self, 1.0)?;
            let frame = self.frame(now.angle, 1.0)?;
            let starts = (0..self.target.weights().len()).map(PlaneStart::Component);
            let fits = starts.map(|start| frame.minimise(start)).collect::<Result<Vec<_>, _>>()?;
            limits = fits.iter().map(|fit| fit.observables.clone()).collect();
            let better = fits.into_iter().min_by(|a, b| a.observables.objective.total_cmp(&b.observables.objective));
            match better {
                Some(solution) if solution.observables.objective < now.objective() - GAIN => {
                    now = self.descend(Visit { angle: now.angle, solution }, 1.0, FLAT, &mut path)?;
                }
                _ => break,
            }
        }
        let status = self.judge(&now, 1.0)?;
        Ok(RotatedFit { angle: now.angle, solution: now.solution, limits, status, path })
    }
}
