//! What is worked on: the pair at rest, a point in its parameters, and the range of the branches.

use collapsar_theory::{FreePair, FreePairOptions, Pair, SpherePair, SpherePairOptions, SphereVariance};

use crate::bifurcation::{
    PairParameter, PairPoint, antipodal_separation, antipodal_temperature, critical_separation, critical_temperature,
};
use crate::config::{BifurcationRun, Parameter};
use crate::studies::StudyError;

/// Branches run from this temperature, or half the smallest of interest, ...
const COLDEST: f64 = 0.7;
/// ... to this many times the largest of interest.
const HOTTER: f64 = 3.0;

/// Rounding of a state on the edge of those that exist: the tolerance of the corrector and a condition number.
const EDGE: f64 = 1e-8;

/// The pair and its parameters.
pub(super) struct Settings {
    /// The pair, its variance unit or slaved: a trained one comes to rest at 1/beta, at leading order in 1/d.
    pub(super) pair: Pair,
    pub(super) slaved: bool,
    pub(super) target_weight: f64,
    pub(super) point: PairPoint,
    pub(super) temperature_source: &'static str,
    pub(super) parameter: Parameter,
    /// Ends of the continued parameter: of log T, or of the separation.
    pub(super) range: [f64; 2],
}

impl Settings {
    pub(super) fn new(config: &BifurcationRun, pair: &Pair, initial_temperature: f64) -> Result<Self, StudyError> {
        let given = config.bifurcation.temperature;
        let temperature = given.unwrap_or(initial_temperature);
        let pair = at_rest(pair)?;
        let (separation, bias, target_weight, slaved) = match &pair {
            Pair::Free(flow) => (flow.options().separation, flow.bias(), flow.options().target_weight, false),
            Pair::Sphere(flow) => {
                let options = flow.options();
                (options.radius, flow.bias(), options.target_weight, options.variance == SphereVariance::Slaved)
            }
        };
        let source = if given.is_some() { "bifurcation.temperature" } else { "schedule.initial_temperature" };
        let mut settings = Self {
            pair,
            slaved,
            target_weight,
            point: PairPoint { temperature, separation, bias },
            temperature_source: source,
            parameter: config.bifurcation.parameter,
            range: [0.0, 1.0],
        };
        let shown = match config.bifurcation.range {
            Some(range) => range,
            None => settings.natural_range()?,
        };
        settings.range = match settings.parameter {
            Parameter::Temperature => shown.map(f64::ln),
            Parameter::Separation => shown,
        };
        Ok(settings)
    }

    /// From the coldest of interest to well above the critical temperature; or around the critical separation.
    fn natural_range(&self) -> Result<[f64; 2], StudyError> {
        let temperature = self.point.temperature;
        match self.parameter {
            Parameter::Temperature => {
                let critical = match &self.pair {
                    Pair::Free(flow) => critical_temperature(flow).map(|fold| fold.temperature),
                    Pair::Sphere(flow) => antipodal_temperature(flow),
                };
                let hottest = critical.unwrap_or(1.0).max(temperature);
                Ok([COLDEST.min(0.5 * temperature), HOTTER * hottest])
            }
            Parameter::Separation => {
                let critical = match &self.pair {
                    Pair::Free(flow) => critical_separation(flow, temperature).map(|fold| fold.map(|f| f.separation)),
                    Pair::Sphere(flow) => antipodal_separation(flow, temperature),
                };
                let critical = critical.map_err(StudyError::computation)?.unwrap_or(self.point.separation);
                let far = critical.max(self.point.separation);
                Ok([0.5 * critical.min(self.point.separation), 1.6 * far])
            }
        }
    }

    fn varied(&self) -> PairParameter {
        match self.parameter {
            Parameter::Temperature => PairParameter::LogTemperature,
            Parameter::Separation => PairParameter::Separation,
        }
    }

    /// The point at a value of the continued parameter.
    pub(super) fn at(&self, value: f64) -> PairPoint {
        self.point.with(self.varied(), value)
    }

    /// The continued parameter of the point itself.
    pub(super) fn own_value(&self) -> f64 {
        self.point.value(self.varied())
    }

    /// The recorded value of the continued parameter.
    pub(super) fn shown(&self, value: f64) -> f64 {
        if self.parameter == Parameter::Temperature { value.exp() } else { value }
    }

    /// Whether a state of a branch is one of means: the fields of the sphere pair are smooth beyond.
    pub(super) fn exists(&self, state: &[f64]) -> bool {
        match (&self.pair, state) {
            (Pair::Sphere(_), [m1, m2, s]) => {
                let gram = 1.0 + 2.0 * m1 * m2 * s - m1 * m1 - m2 * m2 - s * s;
                state.iter().all(|value| value.abs() <= 1.0 + EDGE) && gram >= -EDGE
            }
            _ => true,
        }
    }

    /// g c beta, by which the continued field was divided.
    pub(super) fn speed(&self, value: f64) -> f64 {
        let beta = 1.0 / self.at(value).temperature;
        match &self.pair {
            Pair::Free(flow) => flow.speed(beta) * beta,
            Pair::Sphere(flow) => flow.speed(beta) * beta,
        }
    }

    pub(super) fn free_at(&self, point: &PairPoint) -> Result<FreePair, StudyError> {
        let options = match &self.pair {
            Pair::Free(flow) => flow.options(),
            Pair::Sphere(_) => FreePairOptions::default(),
        };
        FreePair::new(FreePairOptions { separation: point.separation, ..options }).map_err(StudyError::computation)
    }

    pub(super) fn sphere_at(&self, point: &PairPoint) -> Result<SpherePair, StudyError> {
        let options = match &self.pair {
            Pair::Sphere(flow) => flow.options(),
            Pair::Free(_) => SpherePairOptions::default(),
        };
        SpherePair::new(SpherePairOptions { radius: point.separation, ..options }).map_err(StudyError::computation)
    }
}

fn at_rest(pair: &Pair) -> Result<Pair, StudyError> {
    match pair {
        Pair::Sphere(flow) if matches!(flow.options().variance, SphereVariance::Lagging { .. }) => {
            let options = SpherePairOptions { variance: SphereVariance::Slaved, ..flow.options() };
            SpherePair::new(options).map(Pair::Sphere).map_err(StudyError::computation)
        }
        other => Ok(*other),
    }
}
