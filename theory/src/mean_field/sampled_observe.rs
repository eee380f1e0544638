//! Averages under a sampled product measure, and the derivative of the objective in the frame: mean field (M21).

use super::orthogonal::{Matrix, turned_back};
use super::sampled::{SampledFrame, SampledState};
use super::sampled_field::Terms;

/// Averages under a product measure in the frame x = c + R y, over the points.
#[derive(Debug, Clone, PartialEq)]
pub struct SampledObservables {
    /// F = mean_n\[sum_j log q_j(Y_nj) - beta log pi(c + R Y_n)\]; KL(q||pi) at T = 1. Where q is pi^beta the terms are all equal: no
    /// error of sampling.
    pub objective: f64,
    /// Half the difference of F between the even and the odd points: more than its error of sampling, as a rule.
    pub objective_error: f64,
    /// The deviation of the terms of F over N^(1/2): what independent points would err by.
    pub objective_deviation: f64,
    /// C_k = E_q r_k, the mass of each component by responsibilities; coverage is C_k/v_k.
    pub masses: Vec<f64>,
    /// The same half differences of the masses.
    pub mass_errors: Vec<f64>,
    /// E\[R^T x\], about the origin of x.
    pub means: Vec<f64>,
    /// Var Y_j.
    pub variances: Vec<f64>,
    /// M_ij = E\[g_i(Y) Y_j\], g = grad of -log pi(c + R y), by rows, with g_i + (log q_i)'(Y_i)/beta in place of g_i off the diagonal:
    /// the same mean, and at q = pi^beta every term 0. Mean field (M21).
    pub cross_moments: Matrix,
    /// beta (M_ij - M_ji), by rows: the derivative of F along R exp(eps Omega) is the sum over i < j of Omega_ij times this. With the
    /// state at its optimum it is that of F*, up to the error of sampling.
    pub gradient: Matrix,
}

impl SampledObservables {
    /// The largest |beta (M_ij - M_ji)|.
    pub fn steepness(&self) -> f64 {
        self.gradient.iter().flatten().fold(0.0, |m: f64, g| m.max(g.abs()))
    }
}

/// The mean, and half the difference between the means over even and odd points.
fn halves(values: &[f64]) -> (f64, f64) {
    let (mut even, mut odd) = (0.0, 0.0);
    for pair in values.chunks_exact(2) {
        even += pair[0];
        odd += pair[1];
    }
    let n = values.len() as f64;
    ((even + odd) / n, (even - odd).abs() / n)
}

/// What the objective and the cross moments are made of.
struct Sums {
    /// log q(Y_n) - beta log pi(Y_n).
    excesses: Vec<f64>,
    /// r_k(Y_n), component by component.
    shares: Terms,
    cross_moments: Matrix,
}

impl SampledFrame<'_> {
    /// F = E_q\[log q - beta log pi\] over the points.
    pub fn objective(&self, state: &SampledState) -> f64 {
        halves(&self.sums(state).excesses).0
    }

    /// Averages under `state`.
    pub fn observe(&self, state: &SampledState) -> SampledObservables {
        let Sums { excesses, shares, cross_moments } = self.sums(state);
        let (objective, objective_error) = halves(&excesses);
        let count = excesses.len() as f64;
        let objective_deviation =
            excesses.iter().map(|e| (e - objective) * (e - objective)).sum::<f64>().sqrt() / count;
        let (masses, mass_errors) = shares.iter().map(|r| halves(r)).unzip();
        let d = cross_moments.len();
        let twist = |i: usize, j: usize| self.beta * (cross_moments[i][j] - cross_moments[j][i]);
        let gradient = (0..d).map(|i| (0..d).map(|j| twist(i, j)).collect()).collect();
        let (about, variances): (Vec<f64>, Vec<f64>) = state.marginals.iter().map(|m| m.moments()).unzip();
        let shift = turned_back(&self.rotation, &self.fit.target.centre());
        let means = about.iter().zip(&shift).map(|(y, c)| y + c).collect();
        SampledObservables {
            objective,
            objective_error,
            objective_deviation,
            masses,
            mass_errors,
            means,
            variances,
            cross_moments,
            gradient,
        }
    }

    /// With e(y) = log q - beta log pi and Z = Y - E Y: c_ij = E\[(d_i e) Z_j\]/Var Y_j, made symmetric, are the coefficients of Z_i Z_j in
    /// e. Their products have mean 0, and are taken out of e and, by their derivative, of every M_ij.
    fn sums(&self, state: &SampledState) -> Sums {
        let terms = self.terms(&state.samples);
        let logs = self.log_densities(&terms);
        let mut excesses: Vec<f64> = logs.iter().map(|l| -self.beta * l).collect();
        for (marginal, column) in state.marginals.iter().zip(&state.samples) {
            excesses.iter_mut().zip(column).for_each(|(e, y)| *e += marginal.log_density(*y));
        }
        let shares: Terms =
            terms.iter().map(|t| t.iter().zip(&logs).map(|(t, log)| libm::exp(t - log)).collect()).collect();
        let d = state.samples.len();
        let (means, variances): (Vec<f64>, Vec<f64>) = state.marginals.iter().map(|m| m.moments()).unzip();
        let centred: Vec<Vec<f64>> =
            state.samples.iter().zip(&means).map(|(column, mean)| column.iter().map(|y| y - mean).collect()).collect();
        let mut cross_moments = Vec::with_capacity(d);
        let mut averages = Vec::with_capacity(d);
        for i in 0..d {
            let mut forces = self.forces(&state.samples, &shares, i);
            let own = average(&forces, &state.samples[i]);
            let slopes = state.samples[i].iter().map(|y| state.marginals[i].slope(*y) / self.beta);
            forces.iter_mut().zip(slopes).for_each(|(g, slope)| *g += slope);
            cross_moments
                .push((0..d).map(|j| if i == j { own } else { average(&forces, &centred[j]) }).collect::<Vec<_>>());
            averages.push(forces.iter().sum::<f64>() / forces.len() as f64);
        }
        let bilinear = |i: usize, j: usize| {
            if i == j { 0.0 } else { 0.5 * (cross_moments[i][j] / variances[j] + cross_moments[j][i] / variances[i]) }
        };
        let bilinear: Matrix = (0..d).map(|i| (0..d).map(|j| bilinear(i, j)).collect()).collect();
        for i in 0..d {
            for j in 0..i {
                let c = self.beta * bilinear[i][j];
                for (e, (a, b)) in excesses.iter_mut().zip(centred[i].iter().zip(&centred[j])) {
                    *e -= c * a * b;
                }
            }
        }
        let correlated: Matrix = (0..d).map(|i| (0..d).map(|j| average(&centred[i], &centred[j])).collect()).collect();
        for i in 0..d {
            for j in (0..d).filter(|j| *j != i) {
                let others = (0..d).filter(|k| *k != j);
                let chance: f64 = others.map(|k| bilinear[i][k] * correlated[k][j]).sum();
                cross_moments[i][j] += averages[i] * means[j] - chance;
            }
        }
        Sums { excesses, shares, cross_moments }
    }

    /// g_i(Y_n).
    fn forces(&self, samples: &[Vec<f64>], shares: &Terms, i: usize) -> Vec<f64> {
        let mut forces = vec![0.0; samples[i].len()];
        for (shape, share) in self.shapes.iter().zip(shares) {
            let pulls = shape.pulls(samples, i);
            forces.iter_mut().zip(share.iter().zip(pulls)).for_each(|(g, (r, p))| *g += r * p);
        }
        forces
    }
}

fn average(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64
}
