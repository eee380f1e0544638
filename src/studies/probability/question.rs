//! A problem with a law of starts.

use collapsar_theory::{
    AdaptiveRule, Clock, InvalidParameter, Metric, Pair, Part, Problem, Schedule, ShapedProblem, SpherePair,
    SphereVariance, Start, StartLaw, Target,
};

use crate::config::keys::OptimiserConfig;
use crate::config::{ProbabilityRun, ProblemConfig};
use crate::results::Answer;
use crate::studies::{StudyError, number};

/// A problem whose start is a law, with the settings of the routes.
pub(crate) struct CollapseProbability<'a> {
    /// The settings.
    pub(super) config: &'a ProbabilityRun,
    /// The problem.
    pub(super) problem: &'a Problem,
    /// The problem with its shapes, if it has any.
    pub(super) shaped: Option<ShapedProblem>,
    /// The rule by which the temperature watches the fit, if it does; `problem` then stays at its first temperature.
    pub(super) rule: Option<AdaptiveRule>,
    /// The seed of all draws.
    pub(super) seed: u64,
    /// The pair that it is, or why it is none.
    pair: Result<Pair, InvalidParameter>,
    /// The law.
    pub(super) law: StartLaw,
}

/// What a route makes of a question.
pub(super) enum Said {
    /// Its answer.
    Answer(Box<Answer>),
    /// Why the question is not one for it.
    Nothing(StudyError),
    /// It is for pairs, and why this is none.
    NoPair(InvalidParameter),
}

impl From<Answer> for Said {
    fn from(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

/// Descent without a horizon runs until it is cold, and on for as long as slow directions need.
pub(super) const RELAXATION: f64 = 10.0;
/// What modes and components of shapes of their own break.
const COMMON_SHAPES: &str = "be one for all components, and every mode's covariance I";
/// Largest d of a law that is integrated: the logarithm of Gamma(d/2) errs by 1e-16 d log d.
const MOST_DIMENSIONS: usize = 100_000_000;

/// Which shape makes a problem no pair.
fn no_pair(problem: &ProblemConfig) -> InvalidParameter {
    let refuse = |name: &str, value: &str, part| InvalidParameter::new(name, value, COMMON_SHAPES).of(part);
    match &problem.family {
        family if family.has_covariances() => refuse("covariance", "full", Part::Family),
        family if family.has_own_variances() => refuse("variance", "own", Part::Family),
        _ => refuse("components", "covariances of their own", Part::Target),
    }
}

/// A hint where the modes lie on one side of the origin, at which free means start: all of them then meet the nearest
/// modes first, whatever the temperature.
pub(crate) fn off_centre(target: &Target) -> Option<String> {
    let (modes, weights) = (target.modes(), target.weights());
    let centre: Vec<f64> =
        (0..target.dimension()).map(|i| modes.iter().map(|m| m[i]).sum::<f64>() / modes.len() as f64).collect();
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    let away = norm(&mut centre.iter().copied());
    let spread = modes.iter().map(|m| norm(&mut m.iter().zip(&centre).map(|(x, c)| x - c))).fold(0.0, f64::max);
    (weights.len() > 1 && away > 0.5 * spread.max(1.0)).then(|| {
        format!(
            "the middle of the modes lies {} from the origin, where the means start, and no mode more than {} from it: \
             all of them arrive at the nearest mode together unless they start between the modes, by {}",
            number(away),
            number(spread),
            centred(&centre)
        )
    })
}

/// The key that moves the start to `centre`, written out where it is short.
fn centred(centre: &[f64]) -> String {
    const SHOWN: usize = 4;
    let list: Vec<String> = centre.iter().take(SHOWN).map(|&x| number(x)).collect();
    let more = if centre.len() > SHOWN { ", .." } else { "" };
    format!("`start.centre = [{}{more}]`", list.join(", "))
}

impl<'a> CollapseProbability<'a> {
    /// The question that a run poses; refused unless its start is a law.
    pub(crate) fn new(config: &'a ProbabilityRun, problem: &'a Problem, seed: u64) -> Result<Self, StudyError> {
        let Start::Law(law) = *problem.start() else {
            let rule = "be absent: a probability needs a law, by `start.dimension`";
            return Err(StudyError::refused("start.means", "an explicit start", rule));
        };
        let shaped = config.problem.shaped()?;
        let pair = match &shaped {
            None => Pair::of(problem),
            Some(_) => Err(no_pair(&config.problem)),
        };
        if matches!(pair, Ok(Pair::Sphere(_))) && law.dimension() < 2 {
            return Err(StudyError::refused("start.dimension", law.dimension(), "be at least 2 on the sphere"));
        }
        let rule = config.problem.schedule.rule()?;
        Ok(Self { config, problem, shaped, rule, seed, pair, law })
    }

    /// "free", "sphere" or "mixture".
    pub(crate) fn pair_name(&self) -> &'static str {
        match self.pair {
            Ok(Pair::Free(_)) => "free",
            Ok(Pair::Sphere(_)) => "sphere",
            Err(_) => "mixture",
        }
    }

    /// The pair that the problem is.
    pub(crate) fn pair(&self) -> Option<Pair> {
        self.pair.as_ref().ok().copied()
    }

    /// Why the closed flow of shapes has no averages, if it has none.
    pub(super) fn averages_missing(&self) -> Option<StudyError> {
        self.shaped.as_ref()?;
        let descends = "the simulation route descends in R^d";
        if self.rule.is_some() && self.config.problem.family.has_covariances() {
            let rule = format!("be isotropic under a schedule that watches the fit; {descends}");
            return Some(StudyError::refused("family.covariance", "full", rule));
        }
        let why = self.config.problem.check_averages().err()?;
        let rule = format!("{}; {descends}", why.rule());
        let key =
            if why.name() == "covariances" { "target.components".into() } else { format!("family.{}", why.name()) };
        Some(StudyError::refused(key, why.value(), rule))
    }

    /// The pair for a route that is for pairs, or that there is none.
    pub(super) fn pair_or_said(&self) -> Result<Pair, Said> {
        self.pair.clone().map_err(Said::NoPair)
    }

    /// Whether formula (10) is derived for the pair.
    pub(super) fn has_sharp_formula(&self, flow: &SpherePair) -> bool {
        let (options, hot) = (flow.options(), self.problem.schedule().initial_temperature());
        options.clock == Clock::FreeEnergy
            && options.metric == Metric::Euclidean
            && options.variance != SphereVariance::Unit
            && flow.initial_variance(hot) == hot
    }

    /// Why a formula for the limit of time does not answer: a horizon before it is cold. A later one is beside the
    /// point, which is noted.
    pub(super) fn not_yet_cold(&self, notes: &mut Vec<String>) -> Option<StudyError> {
        let horizon = self.config.stop.horizon?;
        let cold = self.problem.schedule().settling_time(Schedule::SETTLED);
        if horizon < cold {
            let rule = format!("be at least {}, when it is cold, for a formula for the limit of time", number(cold));
            return Some(StudyError::refused("stop.horizon", horizon, rule));
        }
        let note = "the formulas are for the limit of time, not for `stop.horizon`";
        if !notes.iter().any(|said| said == note) {
            notes.push(note.to_owned());
        }
        None
    }

    /// Why the law of the start cannot be integrated, where d is too large for its digits.
    pub(super) fn law_has_lost_its_digits(&self) -> Option<StudyError> {
        let rule = format!("be at most {MOST_DIMENSIONS}: beyond, the density of the start has lost its digits");
        let lost = self.dimension() > MOST_DIMENSIONS;
        lost.then(|| StudyError::refused("start.dimension", self.dimension(), rule))
    }

    /// Whether it is asked of trained flows too.
    pub(crate) fn is_of_flows(&self) -> bool {
        self.config.flow.is_some()
    }

    /// Adam's learning rate, if it is Adam that descends.
    pub(crate) fn adam(&self) -> Option<f64> {
        self.config.optimiser.as_ref().and_then(OptimiserConfig::adam)
    }

    /// When runs are judged whose limit is not searched: cold, and some time later.
    pub(super) fn descent_horizon(&self) -> f64 {
        let settled = || self.problem.schedule().settling_time(Schedule::SETTLED) + RELAXATION;
        self.config.stop.horizon.unwrap_or_else(settled)
    }

    /// What a reader should know of free means that start far from the middle of the modes.
    pub(super) fn off_centre(&self) -> Option<String> {
        let StartLaw::Gaussian { .. } = self.law else { return None };
        off_centre(self.problem.target())
    }

    /// d.
    pub(crate) fn dimension(&self) -> usize {
        self.law.dimension()
    }

    /// sigma of a Gaussian law; 1 on the sphere.
    pub(super) fn scale(&self) -> f64 {
        match self.law {
            StartLaw::Gaussian { scale, .. } => scale,
            StartLaw::Sphere { .. } => 1.0,
        }
    }
}
