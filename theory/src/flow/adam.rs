//! Adam's flow: the limit of Adam for exact gradients and small steps.

use crate::family::{MeanSpace, Metric, VarianceRule, WeightRule};
use crate::flow::Flow;
use crate::flow::mixture::MixtureFlow;
use crate::parameter::{InvalidParameter, Part, positive};

/// How long Adam remembers, in units of its time: t = learning rate times steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamMemory {
    /// tau_1 of the first moment, tau_2 of the second.
    pub times: [f64; 2],
    /// What of both moments is there before the first step: 1 - decay, so that the quotient of the first step is g/|g|.
    pub fresh: [f64; 2],
    /// What keeps the quotient finite.
    pub epsilon: f64,
}

impl AdamMemory {
    /// Of steps of learning rate `step` that keep the shares `decays` of both moments: tau_i = -step/log decay_i.
    ///
    /// Errors: a step or epsilon that is not positive, a decay outside (0, 1).
    pub fn new(step: f64, decays: [f64; 2], epsilon: f64) -> Result<Self, InvalidParameter> {
        positive("step", step)?;
        positive("epsilon", epsilon)?;
        if let Some(decay) = decays.into_iter().find(|decay| !(*decay > 0.0 && *decay < 1.0)) {
            return Err(InvalidParameter::new("decay", decay, "lie between 0 and 1"));
        }
        Ok(Self { times: decays.map(|decay| -step / decay.ln()), fresh: decays.map(|decay| 1.0 - decay), epsilon })
    }
}

/// Theory (27): every coordinate of the means in R^d, the logits and log var follows its gradient over its own recent size.
///
/// State: the N numbers of a [`MixtureFlow`] whose frame is R^d itself, then N first moments, N second moments, and what is
/// left of the zeros that both began with. The flow is not equivariant under rotations: coordinates are part of the problem.
#[derive(Debug, Clone)]
pub struct AdamFlow {
    flow: MixtureFlow,
    memory: AdamMemory,
}

impl AdamFlow {
    /// Adam on the parameters of `flow`.
    ///
    /// Errors: means on a sphere, where Adam's steps leave the tangent space and the limit is another.
    pub fn new(flow: MixtureFlow, memory: AdamMemory) -> Result<Self, InvalidParameter> {
        if flow.rules().means == MeanSpace::Sphere {
            let rule = "be free: on the sphere Adam's flow is not derived";
            return Err(InvalidParameter::new("means", "sphere", rule).of(Part::Family));
        }
        Ok(Self { flow, memory })
    }

    /// The flow whose gradient it follows.
    pub fn flow(&self) -> &MixtureFlow {
        &self.flow
    }

    /// The state before the first step, from parameters that are a state of the flow.
    pub fn initial_state(&self, beta: f64, parameters: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; parameters.len()];
        self.gradient(beta, parameters, &mut gradient);
        let [first, second] = self.memory.fresh;
        let mut state = parameters.to_vec();
        state.extend(gradient.iter().map(|g| first * g));
        state.extend(gradient.iter().map(|g| second * g * g));
        state.extend(self.memory.fresh);
        state
    }

    /// The parameters of a state.
    pub fn parameters<'s>(&self, state: &'s [f64]) -> &'s [f64] {
        &state[..self.flow.dimension()]
    }

    /// c times the gradient of F in the parameters themselves, whatever the metric of the flow.
    pub fn gradient(&self, beta: f64, parameters: &[f64], gradient: &mut [f64]) {
        self.flow.field(beta, parameters, gradient);
        let (rules, k, width) = (self.flow.rules(), self.flow.components(), self.flow.width());
        let weights = self.flow.unpack(beta, parameters).weights();
        gradient.iter_mut().for_each(|g| *g = -*g);
        if rules.metric == Metric::Natural {
            gradient[..k * width]
                .chunks_mut(width)
                .zip(&weights)
                .for_each(|(row, w)| row.iter_mut().for_each(|g| *g *= w));
        }
        if rules.weights == WeightRule::FisherRao {
            gradient[k * width..][..k].iter_mut().zip(&weights).for_each(|(g, w)| *g *= w);
        }
        if rules.variance == VarianceRule::Trained {
            // (log var)' = -(4/(K d)) c dF/dvar in the flow; here the derivative in log var.
            let last = gradient.len() - 1;
            gradient[last] *= parameters[last].exp() * k as f64 * self.flow.ambient() / 4.0;
        }
    }
}

impl Flow for AdamFlow {
    fn dimension(&self) -> usize {
        3 * self.flow.dimension() + 2
    }

    fn field(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        let n = self.flow.dimension();
        let (parameters, moments) = state.split_at(n);
        let (firsts, seconds, left) = (&moments[..n], &moments[n..2 * n], &moments[2 * n..]);
        let ([tau_1, tau_2], epsilon) = (self.memory.times, self.memory.epsilon);
        let (moves, rest) = rate.split_at_mut(n);
        let (first_rates, rest) = rest.split_at_mut(n);
        let (second_rates, left_rates) = rest.split_at_mut(n);
        self.gradient(beta, parameters, first_rates);
        for i in 0..n {
            let g = first_rates[i];
            // An integrator's stage may lie a rounding below 0.
            let size = (seconds[i].max(0.0) / left[1]).sqrt();
            moves[i] = -(firsts[i] / left[0]) / (size + epsilon);
            first_rates[i] = (g - firsts[i]) / tau_1;
            second_rates[i] = (g * g - seconds[i]) / tau_2;
        }
        left_rates[0] = (1.0 - left[0]) / tau_1;
        left_rates[1] = (1.0 - left[1]) / tau_2;
    }

    fn objective(&self, beta: f64, state: &[f64]) -> f64 {
        self.flow.objective(beta, self.parameters(state))
    }
}
