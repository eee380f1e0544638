//! The flow of mixtures with shapes: modes of any covariance, components of their own variance or covariance; theory 15.

mod averages;
mod classes;
mod differences;
mod factors;
mod field;
mod full;
mod state;

use std::borrow::Cow;
use std::sync::atomic::AtomicU32;

use crate::cubature::{Cubature, CubatureOptions, MOST_DIRECTIONS};
use crate::family::{Rules, VarianceRule, WeightRule};
use crate::parameter::{InvalidParameter, Part};
use crate::shape::ShapedProblem;

pub use averages::LogAverages;
use averages::Method;
use classes::Classes;
use factors::Factors;
pub use state::ShapedState;

/// Tempered gradient flow of a K-component mixture against P modes of covariances Sigma_k, theory (28), (29), (45), in
/// coordinates of a frame of D dimensions, that of [`ShapedProblem::reduce`].
///
/// State, in this order: the K means (K x D, row by row); if the weights are trained, K logits; log var if it is trained, one
/// for each component if it is their own, or for each the lower triangle of its covariance in the frame row by row and, if D < d,
/// its variance across (K x (D(D+1)/2 + 1)). Weights of 0 as in [`MixtureFlow`](crate::MixtureFlow).
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
    /// Errors: `modes` is not P x `width`; fewer coordinates than R^d has, and a mode's covariance is a matrix; classes that differ in
    /// more than three directions; `options` are refused by [`Cubature::new`].
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
        if width != plain.dimension() && !problem.has_isotropic_modes() {
            let rule = format!("be {}, as the matrices of the covariances have", plain.dimension());
            return Err(InvalidParameter::new("width", width, rule));
        }
        let rules = family.rules();
        let second = rules.variance == VarianceRule::Trained || rules.variance.is_own();
        let log_targets = weights.iter().map(|v| v.ln()).collect();
        let target = Classes::shaped(modes, width, plain.dimension(), log_targets, (problem.covariances(), &[]));
        let components = family.components();
        let needed = if target.is_common() { 0 } else { target.most_directions() };
        if needed > MOST_DIRECTIONS {
            let rule = format!("differ in at most {MOST_DIRECTIONS} directions: quadrature has no more dimensions");
            return Err(InvalidParameter::new("covariances", format!("of up to {needed}"), rule).of(Part::Target));
        }
        if rules.variance == VarianceRule::Full && width > MOST_DIRECTIONS {
            let rule = format!(
                "be isotropic, or d at most {MOST_DIRECTIONS}, or that of the span of means and modes of variances, not {width}: \
                 quadrature has no more dimensions"
            );
            return Err(InvalidParameter::new("covariance", "full", rule).of(Part::Family));
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

    /// Whether components have variances or covariances of their own.
    pub fn has_own_variances(&self) -> bool {
        self.rules.variance.is_own()
    }

    /// Whether the weights are trained.
    pub fn trains_weights(&self) -> bool {
        self.rules.weights != WeightRule::Fixed
    }

    /// The averages of theory (28), (29), (45) at a state; one that is not finite gives averages that are not numbers.
    pub fn averages(&self, state: &ShapedState) -> ShapedAverages {
        self.averages_inlined(state)
    }

    /// [`ShapedFlow::averages`] compiled into its caller, where the caller's vector instructions matter.
    #[inline(always)]
    pub fn averages_inlined(&self, state: &ShapedState) -> ShapedAverages {
        let (width, ambient) = (self.width(), self.target.ambient);
        let factors = match self.rules.variance {
            VarianceRule::Full => match Factors::new(&state.covariances, &state.across, width) {
                None => return ShapedAverages::refused(self.components(), self.mode_count(), width),
                factors => factors,
            },
            _ => None,
        };
        let own = match &factors {
            Some(factors) => factors.classes(state, ambient),
            None => Classes::isotropic(&state.means, width, ambient, &state.log_weights, &state.variances),
        };
        let mut target = Cow::Borrowed(&self.target);
        if state.power != 1.0 {
            target.to_mut().log_weights.iter_mut().for_each(|l| *l *= state.power);
        }
        let mut found = ShapedAverages { own: LogAverages::default(), target: LogAverages::default() };
        // A loop, so that all that is inlined here is compiled once.
        for (of, slot, out) in [(&own, 0, &mut found.own), (&*target, self.components(), &mut found.target)] {
            *out = match &factors {
                Some(factors) => self.method.full_averages(of, &state.means, factors, slot),
                None => self.method.averages(of, &state.means, &state.variances, slot),
            };
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
