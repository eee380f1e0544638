//! What a run asks of its flow, whatever the mixtures are like.

use collapsar_theory::{Flow, MixtureFlow, ShapedFlow};

use crate::integrate::vectors;

/// A closed flow of a mixture of K components against P modes; its state begins with the K means, then K logits where the
/// weights are trained, then logarithms of variances.
pub trait Closed: Flow + Sync {
    /// K.
    fn components(&self) -> usize;

    /// D, the coordinates of each mean.
    fn width(&self) -> usize;

    /// The modes in frame coordinates (P x D, row by row).
    fn modes(&self) -> &[f64];

    /// Whether components have variances of their own.
    fn has_own_variances(&self) -> bool;

    /// Whether a value depends on its arguments alone, not on what was asked before.
    fn is_pure(&self) -> bool;

    /// w_i at a state.
    fn weights(&self, beta: f64, state: &[f64]) -> Vec<f64>;

    /// Everything that a run reports of a state.
    fn observe(&self, beta: f64, state: &[f64]) -> Observation;
}

/// The parameters of a mixture at a state, and what is averaged over it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// mu_i (K x D, row by row).
    pub means: Vec<f64>,
    /// w_i.
    pub weights: Vec<f64>,
    /// The common variance, or one for each component.
    pub variances: Vec<f64>,
    /// Mean responsibilities of the modes under each component (K x P).
    pub shares: Vec<f64>,
    /// C_k.
    pub coverage: Vec<f64>,
    /// F_beta.
    pub objective: f64,
    /// The largest error estimate of the averages.
    pub error: f64,
}

impl Closed for MixtureFlow {
    fn components(&self) -> usize {
        self.components()
    }

    fn width(&self) -> usize {
        self.width()
    }

    fn modes(&self) -> &[f64] {
        self.modes()
    }

    fn has_own_variances(&self) -> bool {
        false
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn weights(&self, beta: f64, state: &[f64]) -> Vec<f64> {
        self.unpack(beta, state).weights()
    }

    fn observe(&self, beta: f64, state: &[f64]) -> Observation {
        let plain = self.unpack(beta, state);
        let averages = vectors::averages(self, &plain);
        Observation {
            weights: plain.weights(),
            variances: vec![plain.variance],
            coverage: self.coverage_of(&plain, &averages),
            objective: self.objective_of(beta, &plain, &averages),
            error: averages.error,
            shares: averages.target,
            means: plain.means,
        }
    }
}

impl Closed for ShapedFlow {
    fn components(&self) -> usize {
        self.components()
    }

    fn width(&self) -> usize {
        self.width()
    }

    fn modes(&self) -> &[f64] {
        self.modes()
    }

    fn has_own_variances(&self) -> bool {
        self.has_own_variances()
    }

    /// Its rule remembers the steps that it took.
    fn is_pure(&self) -> bool {
        false
    }

    fn weights(&self, beta: f64, state: &[f64]) -> Vec<f64> {
        self.unpack(beta, state).weights()
    }

    fn observe(&self, beta: f64, state: &[f64]) -> Observation {
        let mut plain = self.unpack(beta, state);
        let averages = vectors::shaped_averages(self, &plain);
        let (coverage, error) = (self.coverage_of(&plain, &averages), averages.error());
        let objective = self.objective_of(beta, &plain, &averages);
        if !self.has_own_variances() {
            plain.variances.truncate(1);
        }
        Observation {
            weights: plain.weights(),
            means: plain.means,
            variances: plain.variances,
            shares: averages.target.shares,
            coverage,
            objective,
            error,
        }
    }
}
