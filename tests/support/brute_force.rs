//! The gradient flow with no reduction: densities evaluated on a tensor grid in R^d, no kernel, no frame, no closure.

use collapsar_theory::Schedule;

/// Two or more components against any modes, in d = 2 or 3.
#[derive(Debug, Clone)]
pub struct BruteForce {
    pub modes: Vec<Vec<f64>>,
    pub target_weights: Vec<f64>,
    pub weights: Vec<f64>,
    /// The radius if the means live on a sphere.
    pub sphere: Option<f64>,
    pub trained_variance: bool,
    pub free_energy_clock: bool,
    /// Nodes of the trapezoidal rule in each dimension, on +-`reach` standard deviations.
    pub nodes: usize,
    pub reach: f64,
    /// Runge-Kutta steps in a unit of time.
    pub steps: usize,
}

/// Nodes lighter than this change no sum at 1e-12.
const LIGHTEST: f64 = 1e-17;

impl BruteForce {
    fn dimension(&self) -> usize {
        self.modes[0].len()
    }

    /// Standard normal nodes in R^d with their weights.
    fn grid(&self) -> Vec<(Vec<f64>, f64)> {
        let step = 2.0 * self.reach / (self.nodes - 1) as f64;
        let line: Vec<(f64, f64)> = (0..self.nodes)
            .map(|i| {
                let g = -self.reach + step * i as f64;
                (g, (-g * g / 2.0).exp())
            })
            .collect();
        let total: f64 = line.iter().map(|n| n.1).sum();
        let mut grid = vec![(Vec::new(), 1.0)];
        for _ in 0..self.dimension() {
            grid = grid
                .into_iter()
                .flat_map(|(point, weight)| {
                    line.iter().map(move |&(g, w)| ([point.clone(), vec![g]].concat(), weight * w / total))
                })
                .filter(|(_, weight)| *weight > LIGHTEST)
                .collect();
        }
        grid
    }

    /// d(means, variance)/dt by theory (2) and (5), every average a sum over the grid.
    fn rate(&self, grid: &[(Vec<f64>, f64)], beta: f64, state: &[f64]) -> Vec<f64> {
        let (d, k) = (self.dimension(), self.weights.len());
        let clock = if self.free_energy_clock { 1.0 / beta } else { 1.0 };
        let means: Vec<&[f64]> = state[..k * d].chunks(d).collect();
        let var = if self.trained_variance { state[k * d] } else { 1.0 };
        let mut own = Classes::new(means.clone(), &self.weights, var);
        let mut target = Classes::new(self.modes.iter().map(Vec::as_slice).collect(), &self.target_weights, 1.0);
        let mut x = vec![0.0; d];
        let mut rate = vec![0.0; state.len()];
        let (mut own_spread, mut target_spread) = (0.0, 0.0);
        for i in 0..k {
            let mut force: Vec<f64> = means[i].iter().map(|m| (beta - 1.0 / var) * m).collect();
            for (g, weight) in grid {
                for axis in 0..d {
                    x[axis] = means[i][axis] + var.sqrt() * g[axis];
                }
                own_spread += self.weights[i] * weight * own.posterior(&x);
                target_spread += self.weights[i] * weight * target.posterior(&x);
                for axis in 0..d {
                    force[axis] += weight * (own.mean[axis] / var - beta * target.mean[axis]);
                }
            }
            let factor = -self.weights[i] * clock;
            let radial = match self.sphere {
                Some(radius) => dot(&force, means[i]) / (radius * radius),
                None => 0.0,
            };
            for axis in 0..d {
                rate[i * d + axis] = factor * (force[axis] - radial * means[i][axis]);
            }
        }
        if self.trained_variance {
            let dim = d as f64;
            let double = dim * (beta - 1.0 / var) + own_spread / (var * var) - beta * target_spread;
            rate[k * d] = -4.0 * var / (k as f64 * dim) * clock * double / 2.0;
        }
        rate
    }

    /// The state at `end` by the classical fourth-order Runge-Kutta method.
    pub fn run(&self, schedule: &Schedule, start: &[f64], end: f64) -> Vec<f64> {
        let grid = self.grid();
        let steps = (self.steps as f64 * end).ceil() as usize;
        let h = end / steps as f64;
        let mut y = start[..start.len() - usize::from(!self.trained_variance)].to_vec();
        let shifted = |y: &[f64], k: &[f64], h: f64| -> Vec<f64> { y.iter().zip(k).map(|(a, b)| a + h * b).collect() };
        for n in 0..steps {
            let t = h * n as f64;
            let k1 = self.rate(&grid, schedule.beta(t), &y);
            let k2 = self.rate(&grid, schedule.beta(t + h / 2.0), &shifted(&y, &k1, h / 2.0));
            let k3 = self.rate(&grid, schedule.beta(t + h / 2.0), &shifted(&y, &k2, h / 2.0));
            let k4 = self.rate(&grid, schedule.beta(t + h), &shifted(&y, &k3, h));
            for i in 0..y.len() {
                y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
            }
        }
        y
    }
}

/// The classes of one mixture of common variance, with room for their shares at a point.
struct Classes<'a> {
    centres: Vec<&'a [f64]>,
    log_weights: Vec<f64>,
    var: f64,
    shares: Vec<f64>,
    /// sum_j r_j c_j.
    mean: Vec<f64>,
}

impl<'a> Classes<'a> {
    fn new(centres: Vec<&'a [f64]>, weights: &[f64], var: f64) -> Self {
        let log_weights = weights.iter().map(|w| w.ln()).collect();
        let (shares, mean) = (vec![0.0; weights.len()], vec![0.0; centres[0].len()]);
        Self { centres, log_weights, var, shares, mean }
    }

    /// Sets the posterior mean of the class centre at x; returns the trace of its covariance.
    fn posterior(&mut self, x: &[f64]) -> f64 {
        let mut top = f64::NEG_INFINITY;
        for ((share, c), log_w) in self.shares.iter_mut().zip(&self.centres).zip(&self.log_weights) {
            let square: f64 = x.iter().zip(*c).map(|(a, b)| (a - b) * (a - b)).sum();
            *share = log_w - square / (2.0 * self.var);
            top = top.max(*share);
        }
        self.shares.iter_mut().for_each(|share| *share = (*share - top).exp());
        let total: f64 = self.shares.iter().sum();
        self.mean.fill(0.0);
        let mut square = 0.0;
        for (c, share) in self.centres.iter().zip(&self.shares) {
            for (m, a) in self.mean.iter_mut().zip(*c) {
                *m += share / total * a;
            }
            square += share / total * dot(c, c);
        }
        square - dot(&self.mean, &self.mean)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
