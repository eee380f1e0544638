//! The general mixture flow, theory (2)-(5): any K, P and d.

mod averages;
mod displaced;
mod field;

use std::sync::Arc;

use crate::cubature::{Cubature, CubatureOptions, PointClasses, PotentialTable};
use crate::family::{Rules, Tempering, VarianceRule, WeightRule};
use crate::frame::norm;
use crate::parameter::{InvalidParameter, Part, positive};
use crate::problem::Problem;

pub use averages::ClassAverages;
pub use displaced::Displaced;

/// Tempered gradient flow of a K-component mixture against P modes, theory (2)-(5), in coordinates of a frame of
/// D dimensions that spans modes and means.
///
/// State, in this order: the K means (K x D, row by row); if the weights are trained, K logits theta_i with
/// w = softmax(theta); if the variance is trained, log var. A component whose initial weight is 0 keeps it for
/// ever (theory (4) is multiplicative); its logit is 0 in the state and means nothing.
///
/// Means on the sphere are read through mu_i R/|mu_i|, so that an integrator's drift off the sphere does not feed
/// back. Errors of the Gaussian averages are those of [`Cubature`].
#[derive(Debug, Clone)]
pub struct MixtureFlow {
    rules: Rules,
    modes: Vec<f64>,
    log_targets: Vec<f64>,
    log_weights: Vec<f64>,
    width: usize,
    ambient: f64,
    radius: Option<f64>,
    cubature: Cubature,
    potential: Option<Arc<PotentialTable>>,
}

/// The parameters of q at a state, in plain form.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureState {
    /// mu_i in frame coordinates (K x D, row by row).
    pub means: Vec<f64>,
    /// log w_i, minus infinity for a weight of 0.
    pub log_weights: Vec<f64>,
    /// var.
    pub variance: f64,
    /// The power of v_k that [`crate::Tempering`] asks for; 1 for p itself.
    pub power: f64,
}

impl MixtureState {
    /// w_i.
    pub fn weights(&self) -> Vec<f64> {
        self.log_weights.iter().map(|l| l.exp()).collect()
    }
}

impl MixtureFlow {
    /// The flow of `problem` in a frame where the modes have coordinates `modes` (P x `width`, row by row).
    ///
    /// `options.second` is chosen here: products of responsibilities are averaged where the variance is trained.
    ///
    /// Errors: `modes` is not P x `width`; components with variances of their own, which have [`crate::ShapedFlow`]; `options`
    /// are refused by [`Cubature::new`].
    pub fn new(
        problem: &Problem,
        modes: Vec<f64>,
        width: usize,
        options: &CubatureOptions,
    ) -> Result<Self, InvalidParameter> {
        let target = problem.target();
        if width == 0 || modes.len() != target.weights().len() * width {
            let rule = format!("hold {} rows of the frame's {width} coordinates", target.weights().len());
            return Err(InvalidParameter::new("modes", format!("{} numbers", modes.len()), rule));
        }
        let rules = problem.family().rules();
        if rules.variance.is_own() {
            let rule = "be one for all components here: variances of their own have the flow of shaped mixtures";
            return Err(InvalidParameter::new("variance", "own", rule).of(Part::Family));
        }
        let second = rules.variance == VarianceRule::Trained;
        Ok(Self {
            rules,
            modes,
            log_targets: target.weights().iter().map(|v| v.ln()).collect(),
            log_weights: problem.family().weights().iter().map(|w| w.ln()).collect(),
            width,
            ambient: problem.dimension() as f64,
            radius: problem.radius(),
            cubature: Cubature::new(&CubatureOptions { second, ..options.clone() })?,
            potential: None,
        })
    }

    /// The average of the target's logarithm over a component as a function of its mean, theory section 3.8: the same for every state where
    /// variances are 1 and the modes are tempered as they are. `None` where they are not, for other modes than three and more in the
    /// plane, and where the table would be too large. Worth it from some ten states on.
    ///
    /// Compiled into its caller, whose vector instructions matter.
    #[inline(always)]
    pub fn potential_inlined(&self) -> Option<PotentialTable> {
        let is_one = self.rules.variance == VarianceRule::Unit && self.rules.tempering == Tempering::Density;
        if is_one { PotentialTable::new(&self.target_classes(&self.log_targets)) } else { None }
    }

    /// The same flow whose field and objective take the averages over the modes from the [`MixtureFlow::potential_inlined`] of this or
    /// of another flow of the same problem, wherever all means lie in it.
    pub fn with_potential(self, potential: Option<Arc<PotentialTable>>) -> Self {
        Self { potential, ..self }
    }

    fn target_classes<'a>(&'a self, log_weights: &'a [f64]) -> PointClasses<'a> {
        PointClasses { points: &self.modes, width: self.width, log_weights, variance: 1.0 }
    }

    /// K.
    pub fn components(&self) -> usize {
        self.log_weights.len()
    }

    /// Whether the weights are trained.
    pub fn trains_weights(&self) -> bool {
        self.rules.weights != WeightRule::Fixed
    }

    pub(crate) fn rules(&self) -> Rules {
        self.rules
    }

    /// d.
    pub(crate) fn ambient(&self) -> f64 {
        self.ambient
    }

    /// P.
    pub fn mode_count(&self) -> usize {
        self.log_targets.len()
    }

    /// D, the coordinates of each mean.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The modes in frame coordinates (P x D, row by row).
    pub fn modes(&self) -> &[f64] {
        &self.modes
    }

    /// The state at t = 0 with these means (K x D); `variance` counts only where it is trained.
    ///
    /// Errors: the means are not K x D, the variance is not positive.
    pub fn initial_state(&self, means: &[f64], variance: f64) -> Result<Vec<f64>, InvalidParameter> {
        if means.len() != self.components() * self.width {
            let rule = format!("hold {} rows of {} coordinates", self.components(), self.width);
            return Err(InvalidParameter::new("means", format!("{} numbers", means.len()), rule));
        }
        let mut state = means.to_vec();
        if self.rules.weights != WeightRule::Fixed {
            state.extend(self.log_weights.iter().map(|&l| if l == f64::NEG_INFINITY { 0.0 } else { l }));
        }
        if self.rules.variance == VarianceRule::Trained {
            state.push(positive("variance", variance).map_err(|e| e.of(Part::Start))?.ln());
        }
        Ok(state)
    }

    /// Means, weights and variance at a state.
    pub fn unpack(&self, beta: f64, state: &[f64]) -> MixtureState {
        let mut means = state[..self.components() * self.width].to_vec();
        if let Some(radius) = self.radius {
            for mean in means.chunks_mut(self.width) {
                let size = norm(mean);
                mean.iter_mut().for_each(|x| *x *= radius / size);
            }
        }
        let variance = match self.rules.variance {
            VarianceRule::Unit => 1.0,
            VarianceRule::Slaved => 1.0 / beta,
            VarianceRule::Trained | VarianceRule::Own | VarianceRule::Full => state[state.len() - 1].exp(),
        };
        let power = self.rules.tempering.power(beta);
        MixtureState { means, log_weights: self.current_log_weights(state), variance, power }
    }

    fn current_log_weights(&self, state: &[f64]) -> Vec<f64> {
        if self.rules.weights == WeightRule::Fixed {
            return self.log_weights.clone();
        }
        let offset = self.components() * self.width;
        let logits = &state[offset..offset + self.components()];
        let alive = |i: usize| self.log_weights[i] > f64::NEG_INFINITY;
        let top = (0..logits.len()).filter(|&i| alive(i)).map(|i| logits[i]).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = (0..logits.len()).filter(|&i| alive(i)).map(|i| (logits[i] - top).exp()).sum();
        let norm = top + total.ln();
        (0..logits.len()).map(|i| if alive(i) { logits[i] - norm } else { f64::NEG_INFINITY }).collect()
    }

    /// Coverage C_k = E_q\[s_k(x)\] of each mode, theory section 9; s_k of the mixture that is tempered.
    pub fn coverage(&self, beta: f64, state: &[f64]) -> Vec<f64> {
        let plain = self.unpack(beta, state);
        self.coverage_of(&plain, &self.averages(&plain))
    }

    /// The same from the averages at the state.
    pub fn coverage_of(&self, state: &MixtureState, averages: &ClassAverages) -> Vec<f64> {
        let weights = state.weights();
        (0..self.mode_count())
            .map(|m| averages.target.chunks(self.mode_count()).zip(&weights).map(|(row, w)| w * row[m]).sum())
            .collect()
    }

    /// [`Flow::objective`](crate::Flow::objective) from the averages at the state.
    pub fn objective_of(&self, beta: f64, state: &MixtureState, averages: &ClassAverages) -> f64 {
        let half_d = self.ambient / 2.0;
        let log_tau = std::f64::consts::TAU.ln();
        let own_constant = -half_d * (log_tau + state.variance.ln() + 1.0);
        let target_constant = -half_d * (log_tau + state.variance);
        let terms = state.weights().into_iter().enumerate().filter(|(_, w)| *w > 0.0);
        terms
            .map(|(i, w)| {
                let own = averages.log_own[i] + own_constant;
                let target = averages.log_target[i] + target_constant;
                w * (own - beta * target)
            })
            .sum()
    }
}
