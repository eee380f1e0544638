//! The flow of mixtures with shapes: modes of any covariance, components of their own variance; theory 15.

mod averages;
mod classes;
mod field;

use std::borrow::Cow;
use std::sync::atomic::AtomicU32;

use crate::cubature::{Cubature, CubatureOptions, MOST_DIRECTIONS};
use crate::family::{Rules, VarianceRule, WeightRule};
use crate::parameter::{InvalidParameter, Part, positive};
use crate::shape::ShapedProblem;

pub use averages::LogAverages;
use averages::Method;
use classes::Classes;

/// Tempered gradient flow of a K-component mixture against P modes of covariances Sigma_k, theory (28), (29), in coordinates of
/// a frame of D dimensions: that of modes and means where every Sigma_k is a multiple of I, else R^d.
///
/// State, in this order: the K means (K x D, row by row); if the weights are trained, K logits; log var if it is trained, one
/// for each component if it is their own. Weights of 0 as in [`MixtureFlow`](crate::MixtureFlow).
///
/// Averages: the kernels where all classes have one covariance, with the errors of [`Cubature`]; else a trapezoidal rule in
/// the directions in which classes differ and the radius across, theory (30), whose steps are halved until two agree
/// and remembered, so that values depend on what was evaluated before within the tolerance.
#[derive(Debug, Clone)]
pub struct ShapedFlow {
    rules: Rules,
    target: Classes<'static>,
    log_weights: Vec<f64>,
    method: Method,
}

/// The parameters of q at a state, in plain form.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapedState {
    /// mu_i in frame coordinates (K x D, row by row).
    pub means: Vec<f64>,
    /// log w_i, minus infinity for a weight of 0.
    pub log_weights: Vec<f64>,
    /// var_i.
    pub variances: Vec<f64>,
    /// The power of v_k that [`crate::Tempering`] asks for; 1 for p itself.
    pub power: f64,
}

impl ShapedState {
    /// w_i.
    pub fn weights(&self) -> Vec<f64> {
        self.log_weights.iter().map(|l| l.exp()).collect()
    }
}

/// The averages over each component of log q and of log p.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapedAverages {
    /// Of log q.
    pub own: LogAverages,
    /// Of log p.
    pub target: LogAverages,
}

impl ShapedAverages {
    /// The largest error estimate.
    pub fn error(&self) -> f64 {
        self.own.error.max(self.target.error)
    }
}

impl ShapedFlow {
    /// The flow of `problem` in a frame where the modes have coordinates `modes` (P x `width`, row by row).
    ///
    /// Errors: `modes` is not P x `width`; classes that differ in more than three directions; `options` are refused by
    /// [`Cubature::new`].
    pub fn new(
        problem: &ShapedProblem,
        modes: Vec<f64>,
        width: usize,
        options: &CubatureOptions,
    ) -> Result<Self, InvalidParameter> {
        let (plain, family) = (problem.problem(), problem.problem().family());
        let weights = plain.target().weights();
        if width == 0 || modes.len() != weights.len() * width {
            let rule = format!("hold {} rows of the frame's {width} coordinates", weights.len());
            return Err(InvalidParameter::new("modes", format!("{} numbers", modes.len()), rule));
        }
        let rules = family.rules();
        let second = matches!(rules.variance, VarianceRule::Trained | VarianceRule::Own);
        let log_targets = weights.iter().map(|v| v.ln()).collect();
        let target = Classes::shaped(modes, width, plain.dimension(), log_targets, problem.covariances());
        let components = family.components();
        let needed = if target.is_common() { 0 } else { target.most_directions() };
        if needed > MOST_DIRECTIONS {
            let rule = format!("differ in at most {MOST_DIRECTIONS} directions: quadrature has no more dimensions");
            return Err(InvalidParameter::new("covariances", format!("of up to {needed}"), rule).of(Part::Target));
        }
        let needed = (components - 1).min(width);
        if rules.variance == VarianceRule::Own && needed > MOST_DIRECTIONS {
            let rule = format!("be common, or the components span at most {MOST_DIRECTIONS} directions, not {needed}");
            return Err(InvalidParameter::new("variance", "own", rule).of(Part::Family));
        }
        Ok(Self {
            rules,
            target,
            log_weights: family.weights().iter().map(|w| w.ln()).collect(),
            method: Method {
                cubature: Cubature::new(&CubatureOptions { second, ..options.clone() })?,
                tolerance: options.tolerance,
                steps: (0..2 * components).map(|_| AtomicU32::new(0)).collect(),
            },
        })
    }

    /// K.
    pub fn components(&self) -> usize {
        self.log_weights.len()
    }

    /// P.
    pub fn mode_count(&self) -> usize {
        self.target.log_weights.len()
    }

    /// D, the coordinates of each mean.
    pub fn width(&self) -> usize {
        self.target.width
    }

    /// The modes in frame coordinates (P x D, row by row).
    pub fn modes(&self) -> &[f64] {
        &self.target.points
    }

    /// Whether components have variances of their own.
    pub fn has_own_variances(&self) -> bool {
        self.rules.variance == VarianceRule::Own
    }

    /// The state at t = 0 with these means (K x D) and variances (K); of the latter the first where one is trained for all.
    ///
    /// Errors: the means are not K x D, the variances not K and positive.
    pub fn initial_state(&self, means: &[f64], variances: &[f64]) -> Result<Vec<f64>, InvalidParameter> {
        let (k, width) = (self.components(), self.width());
        if means.len() != k * width {
            let rule = format!("hold {k} rows of {width} coordinates");
            return Err(InvalidParameter::new("means", format!("{} numbers", means.len()), rule));
        }
        if variances.len() != k {
            let rule = format!("hold one for each of the {k} components");
            return Err(InvalidParameter::new("variance", format!("{variances:?}"), rule).of(Part::Start));
        }
        let mut state = means.to_vec();
        if self.rules.weights != WeightRule::Fixed {
            state.extend(self.log_weights.iter().map(|&l| if l == f64::NEG_INFINITY { 0.0 } else { l }));
        }
        for &variance in &variances[..self.trained_variances()] {
            state.push(positive("variance", variance).map_err(|e| e.of(Part::Start))?.ln());
        }
        Ok(state)
    }

    fn trained_variances(&self) -> usize {
        match self.rules.variance {
            VarianceRule::Unit | VarianceRule::Slaved => 0,
            VarianceRule::Trained => 1,
            VarianceRule::Own => self.components(),
        }
    }

    /// Means, weights and variances at a state.
    pub fn unpack(&self, beta: f64, state: &[f64]) -> ShapedState {
        let (k, offset) = (self.components(), self.components() * self.width());
        let variances = match self.rules.variance {
            VarianceRule::Unit => vec![1.0; k],
            VarianceRule::Slaved => vec![1.0 / beta; k],
            VarianceRule::Trained => vec![state[state.len() - 1].exp(); k],
            VarianceRule::Own => state[state.len() - k..].iter().map(|x| x.exp()).collect(),
        };
        let log_weights = match self.rules.weights {
            WeightRule::Fixed => self.log_weights.clone(),
            _ => self.normalised(&state[offset..offset + k]),
        };
        ShapedState { means: state[..offset].to_vec(), log_weights, variances, power: self.rules.tempering.power(beta) }
    }

    fn alive(&self, i: usize) -> bool {
        self.log_weights[i] > f64::NEG_INFINITY
    }

    fn normalised(&self, logits: &[f64]) -> Vec<f64> {
        let alive = || (0..logits.len()).filter(|&i| self.alive(i)).map(|i| logits[i]);
        let top = alive().fold(f64::NEG_INFINITY, f64::max);
        let norm = top + alive().map(|x| (x - top).exp()).sum::<f64>().ln();
        (0..logits.len()).map(|i| if self.alive(i) { logits[i] - norm } else { f64::NEG_INFINITY }).collect()
    }

    /// The averages of theory (28), (29) at a state; one that is not finite gives averages that are not numbers.
    pub fn averages(&self, state: &ShapedState) -> ShapedAverages {
        self.averages_inlined(state)
    }

    /// [`ShapedFlow::averages`] compiled into its caller, where the caller's vector instructions matter.
    #[inline(always)]
    pub fn averages_inlined(&self, state: &ShapedState) -> ShapedAverages {
        let own =
            Classes::isotropic(&state.means, self.width(), self.target.ambient, &state.log_weights, &state.variances);
        let mut target = Cow::Borrowed(&self.target);
        if state.power != 1.0 {
            target.to_mut().log_weights.iter_mut().for_each(|l| *l *= state.power);
        }
        let mut found = ShapedAverages { own: LogAverages::default(), target: LogAverages::default() };
        // A loop, so that all that is inlined here is compiled once.
        for (of, slot, out) in [(&own, 0, &mut found.own), (&*target, self.components(), &mut found.target)] {
            *out = self.method.averages(of, &state.means, &state.variances, slot);
        }
        found
    }

    /// Coverage C_k = E_q\[s_k(x)\] of each mode, from the averages at the state.
    pub fn coverage_of(&self, state: &ShapedState, averages: &ShapedAverages) -> Vec<f64> {
        let (weights, p) = (state.weights(), self.mode_count());
        let share = |m: usize| averages.target.shares.chunks(p).zip(&weights).map(|(row, w)| w * row[m]).sum();
        (0..p).map(share).collect()
    }

    /// [`Flow::objective`](crate::Flow::objective) from the averages at the state.
    pub fn objective_of(&self, beta: f64, state: &ShapedState, averages: &ShapedAverages) -> f64 {
        let terms = state.weights().into_iter().zip(averages.own.log.iter().zip(&averages.target.log));
        terms.filter(|(w, _)| *w > 0.0).map(|(w, (q, p))| w * (q - beta * p)).sum()
    }
}
