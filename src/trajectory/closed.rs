//! What a run asks of its flow, whatever the mixtures are like.

use collapsar_theory::{Flow, MixtureFlow, ShapedFlow};

use crate::integrate::vectors;
use crate::parallel;

/// A closed flow of a mixture of K components against P modes; its state begins with the K means, then K logits where the
/// weights are trained, then what the variances are trained in.
pub trait Closed: Flow + Sync {
    /// K.
    fn components(&self) -> usize;

    /// D, the coordinates of each mean.
    fn width(&self) -> usize;

    /// The modes in frame coordinates (P x D, row by row).
    fn modes(&self) -> &[f64];

    /// Whether components have variances or covariances of their own.
    fn has_own_variances(&self) -> bool;

    /// Whether the weights are trained.
    fn trains_weights(&self) -> bool;

    /// The field where one coordinate of `state` is larger by a little: coordinate and difference for each.
    fn beside(&self, beta: f64, state: &[f64], moves: &[(usize, f64)]) -> Vec<Vec<f64>>;

    /// w_i at a state.
    fn weights(&self, beta: f64, state: &[f64]) -> Vec<f64>;

    /// mu_i (K x D, row by row) and var_i, tr Sigma_i/d of covariances, one for each component, at a state.
    fn laws(&self, beta: f64, state: &[f64]) -> (Vec<f64>, Vec<f64>);

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
    /// The common variance, or one for each component; tr Sigma_i/d of covariances.
    pub variances: Vec<f64>,
    /// Sigma_i of components that have covariances (K x D x D, row by row); else empty.
    pub covariances: Vec<f64>,
    /// Mean responsibilities of the modes under each component (K x P).
    pub shares: Vec<f64>,
    /// C_k.
    pub coverage: Vec<f64>,
    /// F_beta.
    pub objective: f64,
    /// The largest error estimate of the averages.
    pub error: f64,
}

/// Coordinates of a state whose Jacobian is worth more than one thread.
const MANY: usize = 12;
/// Components from which on averages that hardly change are not found anew.
const FEW: usize = 8;

/// The field where a coordinate is larger.
fn moved_field(flow: &impl Flow, beta: f64, state: &[f64], (j, h): (usize, f64)) -> Vec<f64> {
    let (mut moved, mut rate) = (state.to_vec(), vec![0.0; state.len()]);
    moved[j] += h;
    vectors::field(flow, beta, &moved, &mut rate);
    rate
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

    fn trains_weights(&self) -> bool {
        self.trains_weights()
    }

    /// Side by side where that is worth more than one thread; of many components to the tolerance of the averages.
    fn beside(&self, beta: f64, state: &[f64], moves: &[(usize, f64)]) -> Vec<Vec<f64>> {
        if self.components() >= FEW {
            let about = vectors::displaced(self, beta, state);
            return parallel::map(moves, |&step| vectors::displaced_field(&about, step));
        }
        let field = |&step: &(usize, f64)| moved_field(self, beta, state, step);
        if state.len() < MANY { moves.iter().map(field).collect() } else { parallel::map(moves, field) }
    }

    fn weights(&self, beta: f64, state: &[f64]) -> Vec<f64> {
        self.unpack(beta, state).weights()
    }

    fn laws(&self, beta: f64, state: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let plain = self.unpack(beta, state);
        (plain.means, vec![plain.variance; self.components()])
    }

    fn observe(&self, beta: f64, state: &[f64]) -> Observation {
        let plain = self.unpack(beta, state);
        let averages = vectors::averages(self, &plain);
        Observation {
            weights: plain.weights(),
            variances: vec![plain.variance],
            covariances: Vec::new(),
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

    fn trains_weights(&self) -> bool {
        self.trains_weights()
    }

    /// One after the other: its rule remembers the steps that it took.
    fn beside(&self, beta: f64, state: &[f64], moves: &[(usize, f64)]) -> Vec<Vec<f64>> {
        moves.iter().map(|&step| moved_field(self, beta, state, step)).collect()
    }

    fn weights(&self, beta: f64, state: &[f64]) -> Vec<f64> {
        self.unpack(beta, state).weights()
    }

    fn laws(&self, beta: f64, state: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let plain = self.unpack(beta, state);
        (plain.means, plain.variances)
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
            covariances: plain.covariances,
            shares: averages.target.shares,
            coverage,
            objective,
            error,
        }
    }
}
