//! The record of a probability of collapse by several routes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::{CollapseRun, ProductCriterion, Route};
use crate::montecarlo::{
    Comparison, Cooling, Estimate, HorizonEstimate, MechanismShare, MixtureEstimate, PairEstimate, ProductEstimate,
};
use crate::results::formula::FormulaDetail;

/// The record of `collapsar probability`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbabilityRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: CollapseRun,
    /// "free", "sphere", "mixture" for a problem that is no pair, or "product" for product measures.
    pub pair: &'static str,
    /// What each route says.
    #[serde(flatten)]
    pub routes: Answers,
}

/// The probability of collapse by several routes: under the name of each, its answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// The answers.
    #[serde(flatten)]
    pub by_route: BTreeMap<Route, Answer>,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

/// What a route says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// P_c; of a mixture, the probability of losing at least one mode. Of a count with open runs the middle of what they
    /// allow: the interval says more.
    pub value: f64,
    /// The estimated absolute error of a computed value.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<f64>,
    /// What a counted value was counted from, with the Clopper-Pearson interval.
    #[serde(flatten)]
    pub estimate: Option<Estimate>,
    /// Whether the value is what the route promises: an exact one within ten tolerances, a formula where it was measured
    /// to hold, a count without open runs.
    pub valid: bool,
    /// When T = 1 was reached under a schedule that watches the fit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cooling: Option<Cooling>,
    /// What else the route has to say.
    #[serde(flatten)]
    pub detail: Detail,
}

/// What a route says beside its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Detail {
    /// Theory (14).
    Quadrature {
        /// Boundary points that were located.
        evaluations: usize,
    },
    /// A formula.
    Formula(FormulaDetail),
    /// The ensemble of the closed flow; the tallies are those of mixtures.
    Count(CountDetail),
    /// Stochastic descent.
    Descent {
        /// Samples of q per step.
        batch: u64,
        /// Time per step.
        step: f64,
        /// Steps of a run.
        steps: u64,
    },
    /// Trained normalizing flows; runs that diverged are `failures`, run i has seed `seed` + i.
    Training {
        /// What a collapsed flow is.
        definition: String,
        /// Runs that lost 0, 1, .., P modes by their coverage, C_k/v_k < 1/2, whatever the definition; those that diverged
        /// are not among them.
        modes_lost: Vec<u64>,
        /// Median of KL(q||p) over the runs that did not diverge; null without any.
        median_divergence: Option<f64>,
        /// Lower and upper quartile of the same.
        divergence_quartiles: Option<[f64; 2]>,
        /// Trained parameters of a flow.
        parameters: usize,
        /// Base points of a step.
        batch: u64,
        /// Steps of a run.
        steps: u64,
    },
}

/// How modes were lost in a count; nothing of pairs, which lose one by mean alignment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CountDetail {
    /// Runs that lost 0, 1, .., P modes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub modes_lost: Option<Vec<u64>>,
    /// Runs that lost mode k.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lost_by_mode: Option<Vec<u64>>,
    /// Runs by mechanism, with intervals.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mechanisms: Option<Vec<MechanismShare>>,
    /// What a lost mode is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub definition: Option<String>,
    /// Runs of product measures that were followed; the others were decided by the order of the flow.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub followed: Option<u64>,
    /// The same count at a finite time, 30 units after cooling, where the value is that of the limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_horizon: Option<HorizonEstimate>,
}

impl Answer {
    /// A counted value.
    pub fn counted(estimate: Estimate, detail: Detail) -> Self {
        Self {
            value: estimate.probability.unwrap_or(f64::NAN),
            error: None,
            estimate: Some(estimate),
            valid: estimate.undecided + estimate.failures == 0,
            cooling: None,
            detail,
        }
    }

    /// The same with the times at which T = 1 was reached, if the schedule watched the fit.
    pub fn cooled(self, cooling: Option<Cooling>) -> Self {
        Self { cooling, ..self }
    }

    /// A formula's value.
    pub fn formula(value: f64, valid: bool, detail: FormulaDetail) -> Self {
        Self { value, error: None, estimate: None, valid, cooling: None, detail: Detail::Formula(detail) }
    }

    /// Whether the numbers can be what they say: probabilities in [0, 1], an interval around the value, counts that add up.
    ///
    /// # Errors
    /// The rule that a number breaks.
    pub fn check(&self) -> Result<(), String> {
        let share = |name: &str, x: f64| {
            if (0.0..=1.0).contains(&x) { Ok(()) } else { Err(format!("`{name}` is {x}: it must be from 0 to 1")) }
        };
        share("value", self.value)?;
        if let Some(error) = self.error.filter(|error| !(error.is_finite() && *error >= 0.0)) {
            return Err(format!("`error` is {error}: it must be finite and not negative"));
        }
        let Some(e) = self.estimate else { return Ok(()) };
        share("low", e.low)?;
        share("high", e.high)?;
        if !(e.low <= self.value && self.value <= e.high) {
            return Err(format!("`value` is {}: it must lie from {} to {}", self.value, e.low, e.high));
        }
        let sum = e.collapsed.checked_add(e.recovered).and_then(|n| n.checked_add(e.undecided));
        if sum.and_then(|n| n.checked_add(e.failures)) != Some(e.n) {
            return Err(format!("`n` is {}: it must be the sum of its ends", e.n));
        }
        Ok(())
    }

    /// Whether the open runs of a count, not its size, make most of its interval: then no value in it is better than another.
    pub fn is_open(&self) -> bool {
        self.estimate.is_some_and(|e| {
            let (least, most) = e.extremes();
            most - least > 0.5 * (e.high - e.low)
        })
    }

    /// Value, lower and upper end; the ends are the value itself where no interval is known.
    pub fn interval(&self) -> [f64; 3] {
        let error = self.error.unwrap_or(0.0);
        let computed = [self.value, self.value - error, self.value + error];
        self.estimate.map_or(computed, |e| [self.value, e.low, e.high])
    }

    /// What a formula says beside its value.
    pub fn formula_detail(&self) -> Option<&FormulaDetail> {
        match &self.detail {
            Detail::Formula(detail) => Some(detail),
            _ => None,
        }
    }

    /// How modes were lost in a count.
    pub fn count_detail(&self) -> Option<&CountDetail> {
        match &self.detail {
            Detail::Count(detail) => Some(detail),
            _ => None,
        }
    }
}

impl Answers {
    /// The answer of a route.
    pub fn get(&self, route: Route) -> Option<&Answer> {
        self.by_route.get(&route)
    }

    /// The value that a route gives.
    pub fn value(&self, route: Route) -> Option<f64> {
        self.get(route).map(|answer| answer.value)
    }

    /// The count of the ensemble against the exact value.
    pub fn comparison(&self) -> Option<Comparison> {
        let (exact, counted) = (self.get(Route::Exact)?, self.get(Route::MonteCarlo)?.estimate?);
        let error = exact.error.unwrap_or(0.0);
        Some(Comparison { probability: exact.value, error, count: counted.collapsed, n: counted.n })
    }
}

impl From<Estimate> for Answer {
    fn from(estimate: Estimate) -> Self {
        Self::counted(estimate, Detail::Count(CountDetail::default()))
    }
}

impl From<PairEstimate> for Answer {
    fn from(found: PairEstimate) -> Self {
        let detail = CountDetail { at_horizon: found.at_horizon, ..CountDetail::default() };
        Self::counted(found.estimate, Detail::Count(detail))
    }
}

impl From<MixtureEstimate> for Answer {
    fn from(found: MixtureEstimate) -> Self {
        let detail = CountDetail {
            modes_lost: Some(found.modes_lost),
            lost_by_mode: Some(found.lost_by_mode),
            mechanisms: Some(found.mechanisms),
            definition: Some(found.definition),
            at_horizon: found.at_horizon,
            followed: None,
        };
        Self::counted(found.any, Detail::Count(detail))
    }
}

impl Answer {
    /// A count of product measures by this criterion: losing the heaviest mode where there is one, or any.
    pub fn of_products(found: ProductEstimate, criterion: ProductCriterion) -> Self {
        let minority = found.minority.filter(|_| criterion == ProductCriterion::Minority);
        let detail = CountDetail {
            modes_lost: Some(found.modes_lost),
            lost_by_mode: Some(found.lost_by_mode),
            definition: Some(found.definition),
            followed: Some(found.followed),
            ..CountDetail::default()
        };
        Self::counted(minority.unwrap_or(found.any), Detail::Count(detail))
    }
}
