//! A problem of shaped mixtures with the fit of full covariances at a state.

use collapsar_theory::{
    Covariance, CubatureOptions, Family, Flow, Metric, Problem, Rules, Schedule, ShapedFlow, ShapedProblem, Start,
    Target, VarianceRule, WeightRule,
};

pub struct Case {
    pub modes: Vec<Vec<f64>>,
    pub targets: Vec<f64>,
    pub covariances: Vec<Covariance>,
    pub means: Vec<Vec<f64>>,
    pub weights: Vec<f64>,
    pub rules: Rules,
}

impl Case {
    pub fn shaped(&self) -> ShapedProblem {
        let target = Target::new(self.modes.clone(), self.targets.clone()).unwrap();
        let family = Family::new(self.weights.clone(), self.rules).unwrap();
        let start = Start::means(self.means.clone()).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
        ShapedProblem::new(problem, self.covariances.clone()).unwrap()
    }

    pub fn flow(&self) -> ShapedFlow {
        let shaped = self.shaped();
        let (_, at) = shaped.reduce();
        ShapedFlow::new(&shaped, at.modes, at.dimension, &CubatureOptions::default()).unwrap()
    }

    /// The state with these covariances.
    pub fn state(&self, flow: &ShapedFlow, covariances: &[Covariance]) -> Vec<f64> {
        let (k, d) = (self.means.len(), self.means[0].len());
        let mut state = flow.initial_state(&self.means.concat(), &vec![1.0; k]).unwrap();
        let triangle = d * (d + 1) / 2;
        let at = state.len() - k * triangle;
        for (slots, covariance) in state[at..].chunks_mut(triangle).zip(covariances) {
            let all = (0..d).flat_map(|a| (0..=a).map(move |b| (a, b)));
            slots.iter_mut().zip(all).for_each(|(slot, (a, b))| *slot = entry(covariance, a, b));
        }
        state
    }
}

pub fn entry(covariance: &Covariance, a: usize, b: usize) -> f64 {
    match covariance {
        Covariance::Isotropic(variance) => {
            if a == b {
                *variance
            } else {
                0.0
            }
        }
        Covariance::Full(rows) => rows[a][b],
    }
}

pub fn full(rows: &[&[f64]]) -> Covariance {
    Covariance::Full(rows.iter().map(|row| row.to_vec()).collect())
}

pub fn rules(variance: VarianceRule, weights: WeightRule, metric: Metric) -> Rules {
    Rules { variance, weights, metric, ..Rules::FREE }
}

pub fn field(flow: &impl Flow, beta: f64, state: &[f64]) -> Vec<f64> {
    let mut rate = vec![0.0; state.len()];
    flow.field(beta, state, &mut rate);
    rate
}
