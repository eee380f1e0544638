//! A problem with a law of starts.

use collapsar_theory::{InvalidParameter, Pair, Problem, Start, StartLaw};

use crate::config::{ProbabilityRun, Route};
use crate::results::Answer;
use crate::studies::StudyError;

/// A problem whose start is a law, with the settings of the routes.
pub(crate) struct Question<'a> {
    /// The settings.
    pub(super) config: &'a ProbabilityRun,
    /// The problem.
    pub(super) problem: &'a Problem,
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
}

impl From<Answer> for Said {
    fn from(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

impl<'a> Question<'a> {
    /// The question that a run poses; refused unless its start is a law.
    pub(crate) fn new(config: &'a ProbabilityRun, problem: &'a Problem, seed: u64) -> Result<Self, StudyError> {
        let Start::Law(law) = *problem.start() else {
            let rule = "be absent: a probability needs a law, by `start.dimension`";
            return Err(StudyError::refused("start.means", "an explicit start", rule));
        };
        Ok(Self { config, problem, seed, pair: Pair::of(problem), law })
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
    pub(super) fn pair(&self) -> Option<Pair> {
        self.pair.as_ref().ok().copied()
    }

    /// The pair for a route that is for pairs, or the reason why there is none.
    pub(super) fn pair_for(&self, route: Route) -> Result<Pair, StudyError> {
        let reason = |why| StudyError::from(why).within(format!("the {} route is for pairs", route.name()));
        self.pair.clone().map_err(reason)
    }

    /// d.
    pub(super) fn dimension(&self) -> usize {
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
