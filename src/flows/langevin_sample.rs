//! What a flow is compared with: Langevin Monte Carlo on the same target, with as many gradients as a training takes.

use collapsar_theory::InvalidParameter;

use crate::flows::evaluation::{Modes, check_samples};
use crate::flows::flow_problem::FlowProblem;
use crate::flows::langevin::Langevin;
use crate::flows::moments::SampleMean;
use crate::flows::transport::BLOCK;
use crate::parallel;
use crate::random::{Purpose, normal, stream_for};

/// Ends of chains.
#[derive(Debug, Clone, PartialEq)]
pub struct LangevinSample {
    /// Row by row.
    pub points: Vec<f64>,
    /// Steps of each chain.
    pub steps: usize,
    /// C_k of the ends, as of a flow.
    pub coverage: Vec<SampleMean>,
    /// The modes with C_k/v_k < 1/2.
    pub lost: Vec<usize>,
}

impl Langevin {
    /// Chains on the target of `problem` with as many gradients in all as its training takes, batch times steps, each chain at
    /// the temperatures that the schedule has at that share of the training. Draws are those of `seed`, independent of the training's.
    ///
    /// Errors: what [`Langevin::check`] refuses; fewer gradients than chains; a rule in place of a schedule.
    pub fn sample(&self, problem: &FlowProblem, seed: u64) -> Result<LangevinSample, InvalidParameter> {
        self.check()?;
        check_samples(self.chains)?;
        if problem.rule().is_some() {
            return Err(InvalidParameter::new("schedule", "a rule", "be a function of time for Langevin Monte Carlo"));
        }
        let training = problem.training();
        let gradients = training.steps.saturating_mul(training.batch);
        let steps = gradients / self.chains;
        if steps == 0 {
            let rule = format!("be at most the gradients of the training, {gradients}");
            return Err(InvalidParameter::new("chains", self.chains, rule));
        }
        let d = problem.kind().dimension();
        // A step of the training for each step of a chain.
        let share = training.steps as f64 / steps as f64;
        let end = training.step_size;
        let beta = |step: usize| problem.schedule().beta(step as f64 * share * end);
        let blocks: Vec<u64> = (0..self.chains.div_ceil(BLOCK) as u64).collect();
        let of_block = |block: &u64| -> Result<Vec<f64>, InvalidParameter> {
            let rows = BLOCK.min(self.chains - *block as usize * BLOCK);
            let mut target = problem.target().scored::<f64>(d)?;
            let mut rng = stream_for(seed, Purpose::Langevin, *block);
            let mut x: Vec<f64> = (0..rows * d).map(|_| normal(&mut rng)).collect();
            let (mut score, mut log_p) = (vec![0.0; rows * d], vec![0.0; rows]);
            let noise = (2.0 * self.step).sqrt();
            for step in 0..steps {
                target.scores([&x, &[]], [d, 0], self.step * beta(step), [&mut score, &mut []], &mut log_p);
                x.iter_mut().zip(&score).for_each(|(x, drift)| *x += drift + noise * normal(&mut rng));
            }
            Ok(x)
        };
        let points = parallel::try_map(&blocks, of_block)?.concat();
        let mut modes = Modes::new(problem.target(), d)?;
        points.chunks_exact(d).for_each(|x| {
            modes.take(x);
        });
        let (coverage, lost) = modes.found();
        Ok(LangevinSample { points, steps, coverage, lost })
    }
}

/// Wasserstein-1 distances of the marginals of two samples of equal size, coordinate by coordinate: mean |x_(i) - y_(i)| of the
/// sorted values. Between two samples of one law of deviation s it is about s/sqrt(n).
///
/// Errors: samples that are not of one size, or not of `dimension`.
pub fn marginal_distances(x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>, InvalidParameter> {
    if x.len() != y.len() || dimension == 0 || !x.len().is_multiple_of(dimension) {
        let value = format!("{} and {} numbers", x.len(), y.len());
        return Err(InvalidParameter::new("points", value, format!("be as many, {dimension} for each point")));
    }
    let sorted = |points: &[f64], j: usize| {
        let mut values: Vec<f64> = points.iter().skip(j).step_by(dimension).copied().collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let count = (x.len() / dimension).max(1) as f64;
    let distance = |j: usize| sorted(x, j).iter().zip(sorted(y, j)).map(|(x, y)| (x - y).abs()).sum::<f64>() / count;
    Ok((0..dimension).map(distance).collect())
}
