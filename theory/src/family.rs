//! What the variational family is: which parameters exist, how they are constrained, which are trained.

use crate::mixture::check_weights;
use crate::parameter::{InvalidParameter, Part};

/// Where the means live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeanSpace {
    /// All of R^d.
    Free,
    /// The sphere whose radius is the common norm of the modes; the flow is projected on its tangent space.
    Sphere,
}

/// How the variance of the components moves: one for all, their own, or the covariance of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarianceRule {
    /// var = 1.
    Unit,
    /// var = 1/beta(t).
    Slaved,
    /// Gradient flow, theory (5), from var = T0.
    Trained,
    /// Each component's own, theory (29), from T0: for [`crate::ShapedFlow`] alone.
    Own,
    /// Each component's own covariance matrix, theory (45), from T0 I: for [`crate::ShapedFlow`] alone.
    Full,
}

impl VarianceRule {
    /// Whether each component has a variance or a covariance of its own.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Own | Self::Full)
    }
}

/// How the component weights move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightRule {
    /// They do not.
    Fixed,
    /// Fisher-Rao (replicator) flow, theory (4).
    FisherRao,
    /// Euclidean flow of the softmax logits, theory (4).
    Softmax,
}

/// The unit of time: flow of F_beta, or of the free energy F_beta/beta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Factor c = 1 in theory (2), (4), (5).
    Kl,
    /// Factor c = 1/beta.
    FreeEnergy,
}

impl Clock {
    /// The factor c(beta) of theory (2).
    pub fn factor(self, beta: f64) -> f64 {
        match self {
            Self::Kl => 1.0,
            Self::FreeEnergy => 1.0 / beta,
        }
    }
}

/// The metric in which the means descend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Factor g_i = w_i in theory (2).
    Euclidean,
    /// Factor g_i = 1.
    Natural,
}

/// What the temperature acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tempering {
    /// The whole density: p^beta, whose separate modes weigh v_k^beta, renormalised.
    Density,
    /// Each mode for itself: (sum_k v_k^T N_k)^beta, whose separate modes weigh v_k at every temperature.
    Modes,
}

impl Tempering {
    /// The power of v_k in the mixture that is raised to beta.
    pub fn power(self, beta: f64) -> f64 {
        match self {
            Self::Density => 1.0,
            Self::Modes => 1.0 / beta,
        }
    }
}

/// The six choices that a problem makes (theory section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Where the means live.
    pub means: MeanSpace,
    /// How the variance moves.
    pub variance: VarianceRule,
    /// How the weights move.
    pub weights: WeightRule,
    /// The unit of time.
    pub clock: Clock,
    /// The metric of the means.
    pub metric: Metric,
    /// What the temperature acts on.
    pub tempering: Tempering,
}

impl Rules {
    /// The preset **paper**: means on the sphere, trained variance, fixed weights, free-energy clock.
    pub const PAPER: Self = Self {
        means: MeanSpace::Sphere,
        variance: VarianceRule::Trained,
        weights: WeightRule::Fixed,
        clock: Clock::FreeEnergy,
        metric: Metric::Euclidean,
        tempering: Tempering::Density,
    };

    /// The preset **free**: free means, unit variance, fixed weights, kl clock.
    pub const FREE: Self = Self {
        means: MeanSpace::Free,
        variance: VarianceRule::Unit,
        weights: WeightRule::Fixed,
        clock: Clock::Kl,
        metric: Metric::Euclidean,
        tempering: Tempering::Density,
    };
}

/// A variational family: K components with their (initial) weights, and the rules of their motion.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    weights: Vec<f64>,
    rules: Rules,
}

impl Family {
    /// A family with the given weights (not negative, summing to 1 within 1e-6; normalised exactly) and rules.
    pub fn new(weights: Vec<f64>, rules: Rules) -> Result<Self, InvalidParameter> {
        Ok(Self { weights: check_weights(Part::Family, weights)?, rules })
    }

    /// The weights at t = 0.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The rules.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// K.
    pub fn components(&self) -> usize {
        self.weights.len()
    }
}
