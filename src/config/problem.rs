//! A problem as its four sections.

use collapsar_theory::{
    AdaptiveRule, Covariance, CubatureOptions, InvalidParameter, Problem, Rules, Schedule, ShapedFlow, ShapedProblem,
    Start, StartLaw,
};
use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::family::FamilyConfig;
use crate::config::mixture::CovarianceConfig;
use crate::config::resolve;
use crate::config::run::{InitialVariance, StartConfig, TargetConfig};
use crate::config::schedule::ScheduleConfig;

/// Target, family, schedule and start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProblemConfig {
    /// The target.
    pub target: TargetConfig,
    /// The variational family.
    pub family: FamilyConfig,
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// The initial means.
    pub start: StartConfig,
}

impl ProblemConfig {
    /// Reads the four sections and checks them against each other.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        resolve::schedule(document)?;
        Self::of(document, resolve::target(document)?, resolve::rules(document)?)
    }

    /// The same where modes may have any covariance and components variances of their own, also under a schedule that watches
    /// the fit.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve_shaped(document: &Document) -> Result<Self, ConfigError> {
        let found = Self::of(document, resolve::shaped_target(document)?, resolve::shaped_rules(document)?)?;
        found.shaped().map_err(|error| Self::shape_error(document, &error))?;
        Ok(found)
    }

    /// The same where the closed flow is followed, whose averages need directions that quadrature has.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve_averaged(document: &Document) -> Result<Self, ConfigError> {
        let found = Self::resolve_shaped(document)?;
        found.check_averages().map_err(|error| Self::shape_error(document, &error))?;
        Ok(found)
    }

    fn shape_error(document: &Document, error: &InvalidParameter) -> ConfigError {
        if error.name() == "covariances" {
            document.section("target").breaks("components", error.rule())
        } else {
            document.section("family").parameter(error)
        }
    }

    fn of(document: &Document, target: TargetConfig, rules: Rules) -> Result<Self, ConfigError> {
        let (schedule, _) = resolve::any_schedule(document)?;
        let flows = ["flow", "training"].iter().any(|name| !document.section(name).is_empty());
        let start = resolve::start(document, rules, flows)?;
        let family = resolve::family(document, rules, start.means.as_ref().map(Vec::len))?;
        let found = Self { target, family, schedule, start };
        found.before_changes().map_err(|error| document.section("family").parameter(&error))?;
        Ok(found)
    }

    /// The problem, in coordinates whose origin is the centre of the start.
    ///
    /// # Errors
    /// None for a resolved configuration.
    pub fn problem(&self) -> Result<Problem, InvalidParameter> {
        self.under(self.schedule.schedule()?)
    }

    /// The same as far as it is known before a run, at constant temperature T0 where the fit decides what follows, and by which
    /// rule it does.
    pub fn watched(&self) -> Result<(Problem, Option<AdaptiveRule>), InvalidParameter> {
        Ok((self.before_changes()?, self.schedule.rule()?))
    }

    fn before_changes(&self) -> Result<Problem, InvalidParameter> {
        self.under(self.schedule.first()?)
    }

    /// The problem under a schedule of its own.
    pub(crate) fn under(&self, schedule: Schedule) -> Result<Problem, InvalidParameter> {
        let start = self.start.start(self.family.rules().means)?;
        let target = self.target.target()?;
        // The flow moves with its frame: means about a centre are means about the origin of another target.
        let target = self.start.centre.as_ref().map_or(Ok(target.clone()), |centre| target.about(centre))?;
        let problem = Problem::new(target, self.family.family()?, schedule, start)?;
        match self.start.variance {
            Some(InitialVariance::Common(variance)) if !self.family.has_own_variances() => {
                problem.with_initial_variance(variance)
            }
            _ => Ok(problem),
        }
    }

    /// The problem with its shapes, if it has any.
    ///
    /// # Errors
    /// None for a resolved configuration.
    pub fn shaped(&self) -> Result<Option<ShapedProblem>, InvalidParameter> {
        let own = self.family.has_own_variances();
        if self.target.covariances.is_none() && !own {
            return Ok(None);
        }
        let problem = self.before_changes()?;
        let shape = |covariance: &CovarianceConfig| match covariance {
            CovarianceConfig::Variance(variance) => Covariance::Isotropic(*variance),
            CovarianceConfig::Variances(variances) => Covariance::Full(covariance.matrix(variances.len())),
            CovarianceConfig::Covariance(rows) => Covariance::Full(rows.clone()),
        };
        let covariances = match &self.target.covariances {
            Some(covariances) => covariances.iter().map(shape).collect(),
            None => vec![Covariance::Isotropic(1.0); problem.target().modes().len()],
        };
        let components = self.family.weights.len();
        let shaped = ShapedProblem::new(problem, covariances)?;
        Ok(Some(match &self.start.variance {
            Some(InitialVariance::Common(variance)) if own => {
                shaped.with_initial_variances(vec![*variance; components])?
            }
            Some(InitialVariance::Each(variances)) => shaped.with_initial_variances(variances.clone())?,
            _ => shaped,
        }))
    }

    /// Whether quadrature has the dimensions that the shapes need.
    ///
    /// # Errors
    /// What is in its way.
    pub(crate) fn check_averages(&self) -> Result<(), InvalidParameter> {
        let Some(shaped) = self.shaped()? else { return Ok(()) };
        let (_, at) = shaped.reduce();
        // A law adds as many directions as there are components.
        let drawn = matches!(shaped.problem().start(), Start::Law(_)) && shaped.is_reduced();
        let width = if drawn {
            (at.dimension + self.family.weights.len()).min(shaped.problem().dimension())
        } else {
            at.dimension
        };
        let modes = at
            .modes
            .chunks(at.dimension)
            .flat_map(|mode| mode.iter().copied().chain(std::iter::repeat(0.0)).take(width).collect::<Vec<f64>>());
        ShapedFlow::new(&shaped, modes.collect(), width, &CubatureOptions::default()).map(|_| ())
    }
}

impl From<&Problem> for ProblemConfig {
    /// The sections of a problem; a law has seed 1.
    fn from(problem: &Problem) -> Self {
        let (dimension, scale) = match problem.start() {
            Start::Means(_) => (None, None),
            Start::Law(StartLaw::Sphere { dimension }) => (Some(*dimension), None),
            Start::Law(StartLaw::Gaussian { dimension, scale }) => (Some(*dimension), Some(*scale)),
        };
        let means = match problem.start() {
            Start::Means(means) => Some(means.clone()),
            Start::Law(_) => None,
        };
        Self {
            target: TargetConfig::from(problem.target()),
            family: FamilyConfig::new(problem.family().weights().to_vec(), problem.family().rules()),
            schedule: ScheduleConfig::from(problem.schedule()),
            start: StartConfig {
                means,
                dimension,
                scale,
                centre: None,
                seed: dimension.map(|_| resolve::DEFAULT_SEED),
                variance: problem.given_variance().map(InitialVariance::Common),
            },
        }
    }
}
