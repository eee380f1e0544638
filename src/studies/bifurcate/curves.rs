//! Critical curves over the separation.

use collapsar_theory::{FreePair, FreePairOptions, SpherePair, SpherePairOptions};

use crate::bifurcation::{
    WeightFold, antipodal_temperature_at, collapse_fold, critical_separation, critical_temperature_asymptotic,
    stable_collapse_temperature, weight_window,
};
use crate::config::{BifurcationRun, Drawing};
use crate::results::{AlphaCurve, CollapsedState, CriticalCurve, TrainedWindow};
use crate::studies::StudyError;

/// End of the critical curve unless given; further if the separation itself is.
const FARTHEST: f64 = 6.0;
/// Start of the sphere pair's curve unless given.
const NEAREST_RADIUS: f64 = 1.0;
/// End of the curve for trained weights at least.
const LEAST_END: f64 = 4.2;
/// Target weights of the curves of alpha, beside that of the configuration.
const WEIGHTS: [f64; 3] = [0.5, 0.8, 0.95];

/// A curve without points.
pub(super) fn empty() -> CriticalCurve {
    CriticalCurve {
        separations: Vec::new(),
        temperatures: Vec::new(),
        heavier: Vec::new(),
        lighter: Vec::new(),
        asymptotic: Vec::new(),
    }
}

fn grid(config: &BifurcationRun, [first, last]: [f64; 2]) -> Vec<f64> {
    let [first, last] = config.bifurcation.separations.unwrap_or([first, last]);
    let n = config.bifurcation.points;
    (0..n).map(|i| first + (last - first) * i as f64 / (n - 1) as f64).collect()
}

fn larger(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        _ => a.or(b),
    }
}

/// The weights of both modes, the heavier first, each with whether it is the one at `+`.
fn sides(target_weight: f64) -> [(f64, bool); 2] {
    let both = [(target_weight, true), (1.0 - target_weight, false)];
    if target_weight >= 0.5 { both } else { [both[1], both[0]] }
}

/// The highest collapsed states of the free pair.
pub(super) fn free_states(flow: &FreePair) -> Vec<CollapsedState> {
    let states = sides(flow.options().target_weight).map(|(target_weight, upper)| {
        let fold = collapse_fold(flow, upper);
        CollapsedState {
            target_weight,
            temperature: fold.map(|f| f.temperature),
            coordinates: fold.map(|f| [f.x, f.y, 0.0]),
            interval: fold.map(|f| f.interval),
        }
    });
    states.to_vec()
}

/// The critical curve of the free pair: from the critical separation at T = 1 on.
pub(super) fn free_curve(config: &BifurcationRun, flow: &FreePair) -> Result<CriticalCurve, StudyError> {
    let options = flow.options();
    let first = critical_separation(flow, 1.0).map_err(StudyError::computation)?.map_or(2.0, |fold| fold.separation);
    let mut curve = empty();
    for separation in grid(config, [first, FARTHEST.max(1.2 * options.separation)]) {
        let flow = FreePair::new(FreePairOptions { separation, ..options }).map_err(StudyError::computation)?;
        let [heavier, lighter] =
            sides(options.target_weight).map(|(_, upper)| collapse_fold(&flow, upper).map(|fold| fold.temperature));
        curve.separations.push(separation);
        curve.temperatures.push(larger(heavier, lighter));
        curve.heavier.push(heavier);
        curve.lighter.push(lighter);
        curve.asymptotic.push((flow.bias() == 0.0).then(|| critical_temperature_asymptotic(separation)));
    }
    Ok(curve)
}

/// Where trained weights leave a stable collapsed state, for a phase diagram of equal target weights.
pub(super) fn trained_window(config: &BifurcationRun, flow: &FreePair) -> Result<Option<TrainedWindow>, StudyError> {
    if config.bifurcation.draw != Drawing::PhaseDiagram || flow.bias() != 0.0 {
        return Ok(None);
    }
    let [_, farthest] = config.bifurcation.separations.unwrap_or([NEAREST_RADIUS, FARTHEST]);
    // The curve is followed from separation 4 both ways.
    let window = weight_window(farthest.max(LEAST_END)).map_err(StudyError::computation)?;
    let pairs = |folds: &[WeightFold]| folds.iter().map(|fold| [fold.separation, fold.temperature]).collect();
    Ok(window.map(|window| TrainedWindow {
        least_separation: window.least.separation,
        least_temperature: window.least.temperature,
        least_state: window.least.state,
        residual: window.upper.iter().chain(&window.lower).map(|fold| fold.residual).fold(0.0, f64::max),
        upper: pairs(&window.upper),
        lower: pairs(&window.lower),
    }))
}

/// The highest stable collapsed states of the sphere pair.
pub(super) fn sphere_states(flow: &SpherePair) -> Vec<CollapsedState> {
    let states = sides(flow.options().target_weight).map(|(target_weight, upper)| {
        let found = stable_collapse_temperature(flow, upper);
        CollapsedState {
            target_weight,
            temperature: found.map(|(temperature, _)| temperature),
            coordinates: found.map(|(_, m)| [m, m, 2.0 * m * m - 1.0]),
            interval: None,
        }
    });
    states.to_vec()
}

/// The critical curve of the sphere pair.
pub(super) fn sphere_curve(config: &BifurcationRun, flow: &SpherePair) -> Result<CriticalCurve, StudyError> {
    let options = flow.options();
    let mut curve = empty();
    for radius in grid(config, [NEAREST_RADIUS, FARTHEST.max(1.2 * options.radius)]) {
        let flow = SpherePair::new(SpherePairOptions { radius, ..options }).map_err(StudyError::computation)?;
        let [heavier, lighter] = sides(options.target_weight)
            .map(|(_, upper)| stable_collapse_temperature(&flow, upper).map(|(temperature, _)| temperature));
        curve.separations.push(radius);
        curve.temperatures.push(antipodal_temperature_at(&flow));
        curve.heavier.push(heavier);
        curve.lighter.push(lighter);
        curve.asymptotic.push(None);
    }
    Ok(curve)
}

/// R^2/T where the antipodal state loses its stability: alpha of theory (9) for a slaved variance.
pub(super) fn alpha(flow: &SpherePair) -> Option<f64> {
    let radius = flow.options().radius;
    antipodal_temperature_at(flow).map(|temperature| radius * radius / temperature)
}

/// alpha over R at some target weights and that of the configuration.
pub(super) fn alpha_curves(config: &BifurcationRun, flow: &SpherePair) -> Result<Vec<AlphaCurve>, StudyError> {
    let options = flow.options();
    let own = options.target_weight.max(1.0 - options.target_weight);
    let mut weights = WEIGHTS.to_vec();
    if !weights.iter().any(|w| (w - own).abs() < 1e-12) {
        weights.push(own);
        weights.sort_by(f64::total_cmp);
    }
    let radii = grid(config, [NEAREST_RADIUS, FARTHEST.max(1.2 * options.radius)]);
    let curve = |target_weight: f64| {
        let alpha = radii.iter().map(|&radius| {
            let flow = SpherePair::new(SpherePairOptions { radius, target_weight, ..options });
            flow.map(|flow| alpha(&flow)).map_err(StudyError::computation)
        });
        Ok(AlphaCurve { target_weight, radii: radii.clone(), alpha: alpha.collect::<Result<_, StudyError>>()? })
    };
    weights.into_iter().map(curve).collect()
}
