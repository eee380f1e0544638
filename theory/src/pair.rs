//! Which problems are pairs with a closed form.

use crate::family::{Family, MeanSpace, Tempering, VarianceRule, WeightRule};
use crate::flow::{FreePair, FreePairOptions, SpherePair, SpherePairOptions, SphereVariance};
use crate::mixture::Target;
use crate::parameter::{InvalidParameter, NOT_TRAINED, Part};
use crate::problem::Problem;

/// A problem as one of the two pairs: two components of equal fixed weights, two opposite modes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pair {
    /// Free means of unit variance, theory (11).
    Free(FreePair),
    /// Means on the sphere, theory (8).
    Sphere(SpherePair),
}

/// How far from 1/2 the weights of a pair may be.
const EQUAL_WEIGHTS: f64 = 1e-12;

impl Pair {
    /// The pair that `problem` is, its trained variance (if it has one) lagging in the leading order of large d from
    /// where the problem starts it.
    ///
    /// Errors, each with the rule that is broken: not two opposite modes of positive weights, not two components of weight
    /// 1/2, trained weights, modes tempered one by one, temperatures below 1, free means with a variance other than 1.
    pub fn of(problem: &Problem) -> Result<Self, InvalidParameter> {
        problem.schedule().check_hot()?;
        let pair = Self::new(problem.target(), problem.family())?;
        match problem.given_variance() {
            Some(variance) => pair.with_initial_variance(variance),
            None => Ok(pair),
        }
    }

    /// The same pair whose trained variance starts at `variance`.
    ///
    /// Errors: a variance outside 1e-12 to 1e12, or that is not trained.
    pub fn with_initial_variance(self, variance: f64) -> Result<Self, InvalidParameter> {
        match self {
            Self::Sphere(flow) => flow.with_initial_variance(variance).map(Self::Sphere).map_err(|e| e.of(Part::Start)),
            Self::Free(_) => Err(InvalidParameter::new("variance", variance, NOT_TRAINED).of(Part::Start)),
        }
    }

    /// The pair of these two, a trained variance starting at T0. Errors as above.
    pub fn new(target: &Target, family: &Family) -> Result<Self, InvalidParameter> {
        let rules = family.rules();
        let weights = family.weights();
        let refuse =
            |name: &str, value: &str, rule: &str| Err(InvalidParameter::new(name, value, rule).of(Part::Family));
        let Some((separation, target_weight)) = target.as_pair() else {
            let rule = "be two opposite modes with positive weights, as a separation gives";
            let value = format!("a list of {}", target.modes().len());
            return Err(InvalidParameter::new("means", value, rule).of(Part::Target));
        };
        if weights.len() != 2 || weights.iter().any(|w| (w - 0.5).abs() > EQUAL_WEIGHTS) {
            let rule = "be [0.5, 0.5]: only two equal components have the pairs' closed form";
            return refuse("weights", &format!("{weights:?}"), rule);
        }
        if rules.weights != WeightRule::Fixed {
            let rule = "be no: only fixed weights have the pairs' closed form";
            return refuse("train_weights", "trained", rule);
        }
        if rules.tempering != Tempering::Density {
            let rule = "be density: the pairs' closed form tempers the whole density";
            return refuse("tempering", "modes", rule);
        }
        if rules.variance.is_own() {
            return refuse("variance", "own", "be one for all components: the pairs' closed form has no other");
        }
        let (clock, metric) = (rules.clock, rules.metric);
        match (rules.means, rules.variance) {
            (MeanSpace::Free, VarianceRule::Unit) => {
                FreePair::new(FreePairOptions { separation, target_weight, clock, metric }).map(Self::Free)
            }
            (MeanSpace::Free, other) => {
                let value = if other == VarianceRule::Slaved { "slaved" } else { "trained" };
                let rule = "be unit: free means with another variance have no closed form in three statistics";
                refuse("variance", value, rule)
            }
            (MeanSpace::Sphere, variance) => {
                let variance = match variance {
                    VarianceRule::Unit => SphereVariance::Unit,
                    VarianceRule::Slaved => SphereVariance::Slaved,
                    VarianceRule::Trained | VarianceRule::Own | VarianceRule::Full => {
                        SphereVariance::Lagging { dimension: f64::INFINITY }
                    }
                };
                let options = SpherePairOptions { radius: separation, target_weight, variance, clock, metric };
                SpherePair::new(options).map(Self::Sphere)
            }
        }
    }
}
