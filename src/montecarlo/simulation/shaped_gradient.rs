//! The gradient of F_beta of a mixture of any shapes from one batch of reparametrised samples, theory (45).

use rand::Rng;

use crate::montecarlo::simulation::mixture_sums::MixtureBatch;
use crate::montecarlo::simulation::shapes::{ClassesAt, Factor, Precision, ShapedClasses, ShapedFit, fill_normal};

/// The gradient of F_beta = sum_i w_i E_i[log q - beta log p].
#[derive(Debug, Clone)]
pub(crate) struct ShapedGradient {
    /// dF/dmu_i, K x d.
    pub(crate) means: Vec<f64>,
    /// dF/dA_i: of one that is a multiple of I in that multiple, the square root of its variance.
    pub(crate) factors: Vec<Factor>,
    /// dF/dl_i of softmax weights.
    pub(crate) logits: Vec<f64>,
}

/// The gradient of a batch, stratified: as many samples of every component, weighted by w_i. With b = grad log q - beta grad log p
/// at x = mu_i + A_i g the path adds w_i b to dmu_i and w_i b g^T to dA_i; the score, of mean 0, adds w_i times
/// d log q in q's own parameters: with u_c = Sigma_c^-1 (mu_c - x), -r_c u_c and r_c (u_c u_c^T - Sigma_c^-1) A_c.
/// `None` where q is none any more.
pub(crate) fn shaped_gradient(
    (q, p, beta): (&ShapedFit, &ShapedClasses, f64),
    batch: MixtureBatch,
    rng: &mut impl Rng,
) -> Option<ShapedGradient> {
    let (k, d, own) = (q.weights.len(), q.dimension(), q.classes()?);
    let mut found = ShapedGradient {
        means: vec![0.0; k * d],
        factors: q.factors.iter().map(Factor::zero).collect(),
        logits: vec![0.0; k],
    };
    let mut score = batch.score.then(|| Score::new(q));
    let (mut of_q, mut of_p) = (ClassesAt::default(), ClassesAt::default());
    let [mut noise, mut x, mut b] = [vec![0.0; d], vec![0.0; d], vec![0.0; d]];
    let mut values = vec![0.0; k];
    for (i, value) in values.iter_mut().enumerate() {
        let weight = q.weights[i] / batch.each as f64;
        for n in 0..batch.each {
            if batch.antithetic && n % 2 == 1 {
                noise.iter_mut().for_each(|g| *g = -*g);
            } else {
                fill_normal(&mut noise, rng);
            }
            q.factors[i].place(&q.means[i * d..][..d], &noise, &mut x);
            let (log_q, log_p) = (own.at(&x, &mut of_q), p.at(&x, &mut of_p));
            *value += (log_q - beta * log_p) / batch.each as f64;
            b.fill(0.0);
            of_q.add_gradient(1.0, &mut b);
            of_p.add_gradient(-beta, &mut b);
            found.means[i * d..][..d].iter_mut().zip(&b).for_each(|(g, b)| *g += weight * b);
            add_outer(&mut found.factors[i], weight, &b, &noise);
            if let Some(score) = &mut score {
                score.add(weight, &of_q);
            }
        }
    }
    let mean: f64 = q.weights.iter().zip(&values).map(|(w, f)| w * f).sum();
    found.logits.iter_mut().zip(&q.weights).zip(&values).for_each(|((g, w), f)| *g += w * (f - mean));
    if let Some(score) = score {
        score.finish(q, &own, &mut found);
    }
    Some(found)
}

/// Adds `weight` b g^T, of a multiple of I its trace.
fn add_outer(to: &mut Factor, weight: f64, b: &[f64], g: &[f64]) {
    match to {
        Factor::Isotropic(sum) => *sum += weight * b.iter().zip(g).map(|(b, g)| b * g).sum::<f64>(),
        Factor::Full(sum) => {
            for (mut column, g) in sum.column_iter_mut().zip(g) {
                column.iter_mut().zip(b).for_each(|(s, b)| *s += weight * b * g);
            }
        }
    }
}

/// Sums of r_c, r_c u_c and r_c u_c u_c^T over a batch.
struct Score {
    shares: Vec<f64>,
    pulls: Vec<f64>,
    squares: Vec<Factor>,
}

impl Score {
    fn new(q: &ShapedFit) -> Self {
        let (k, d) = (q.weights.len(), q.dimension());
        Self { shares: vec![0.0; k], pulls: vec![0.0; k * d], squares: q.factors.iter().map(Factor::zero).collect() }
    }

    fn add(&mut self, weight: f64, at: &ClassesAt) {
        let d = self.pulls.len() / self.shares.len();
        for (c, (&share, pull)) in at.shares.iter().zip(at.pulls.chunks_exact(d)).enumerate() {
            self.shares[c] += weight * share;
            self.pulls[c * d..][..d].iter_mut().zip(pull).for_each(|(s, u)| *s += weight * share * u);
            add_outer(&mut self.squares[c], weight * share, pull, pull);
        }
    }

    fn finish(self, q: &ShapedFit, own: &ShapedClasses, found: &mut ShapedGradient) {
        let d = q.dimension() as f64;
        found.means.iter_mut().zip(&self.pulls).for_each(|(g, u)| *g -= u);
        for (c, (out, square)) in found.factors.iter_mut().zip(self.squares).enumerate() {
            let share = self.shares[c];
            match (out, square, &own.precisions[c], &q.factors[c]) {
                (Factor::Full(out), Factor::Full(square), Precision::Full(precision), Factor::Full(factor)) => {
                    *out += (square - precision * share) * factor;
                }
                (
                    Factor::Isotropic(out),
                    Factor::Isotropic(square),
                    Precision::Isotropic(precision),
                    Factor::Isotropic(deviation),
                ) => *out += (square - share * d * precision) * deviation,
                // A component has one shape.
                _ => {}
            }
        }
        // In the softmax weights: sum of w_i E_i[r_c] - w_c.
        found.logits.iter_mut().zip(&self.shares).zip(&q.weights).for_each(|((g, share), w)| *g += share - w);
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::*;
    use crate::random::stream;

    const EACH: usize = 11;

    /// The average of log q - beta log p over the batch that `stream` draws, with densities by determinants and inverses.
    fn objective(q: &ShapedFit, p: &[(f64, Vec<f64>, DMatrix<f64>)], beta: f64) -> f64 {
        let d = q.dimension();
        let covariance = |factor: &Factor| match factor {
            Factor::Isotropic(deviation) => DMatrix::identity(d, d) * deviation.powi(2),
            Factor::Full(matrix) => matrix * matrix.transpose(),
        };
        let own: Vec<(f64, Vec<f64>, DMatrix<f64>)> = (0..q.weights.len())
            .map(|i| (q.weights[i], q.means[i * d..][..d].to_vec(), covariance(&q.factors[i])))
            .collect();
        let log = |x: &[f64], of: &[(f64, Vec<f64>, DMatrix<f64>)]| {
            let one = |(w, mean, covariance): &(f64, Vec<f64>, DMatrix<f64>)| {
                let gap = DMatrix::from_fn(d, 1, |i, _| x[i] - mean[i]);
                let square = (gap.transpose() * covariance.clone().try_inverse().unwrap() * &gap)[(0, 0)];
                w * (-0.5 * square).exp() / covariance.determinant().sqrt()
            };
            of.iter().map(one).sum::<f64>().ln()
        };
        let (mut rng, mut total) = (stream(7, 1), 0.0);
        let [mut noise, mut x] = [vec![0.0; d], vec![0.0; d]];
        for (i, w) in q.weights.iter().enumerate() {
            for _ in 0..EACH {
                fill_normal(&mut noise, &mut rng);
                q.factors[i].place(&q.means[i * d..][..d], &noise, &mut x);
                total += w * (log(&x, &own) - beta * log(&x, p)) / EACH as f64;
            }
        }
        total
    }

    /// With its score, the gradient is the derivative of the batch's own objective in every parameter.
    #[test]
    fn derivative_of_the_objective_of_the_batch() {
        let (d, beta, h) = (3, 0.6, 1e-5);
        let mut rng = stream(3, 0);
        let mut normals = |n: usize| {
            let mut all = vec![0.0; n];
            fill_normal(&mut all, &mut rng);
            all
        };
        let square = |of: Vec<f64>| DMatrix::from_vec(d, d, of) * 0.4 + DMatrix::identity(d, d);
        let [a, b] = [square(normals(d * d)), square(normals(d * d))];
        let p = [(0.7, normals(d), &a * a.transpose()), (0.3, normals(d), DMatrix::identity(d, d) * 1.7)];
        let classes = |(w, _, covariance): &(f64, Vec<f64>, DMatrix<f64>)| {
            let (precision, half) = Precision::inverse(covariance.clone()).unwrap();
            (precision, w.ln() - half)
        };
        let (precisions, levels) = p.iter().map(classes).unzip();
        let target = ShapedClasses { points: p.iter().flat_map(|(_, m, _)| m.clone()).collect(), levels, precisions };
        // Two components of matrices and one of a variance, by one list of parameters.
        let q_of = |theta: &[f64]| {
            let (means, rest) = theta.split_at(3 * d);
            let (factors, logits) = rest.split_at(2 * d * d + 1);
            let total: f64 = logits.iter().map(|l| l.exp()).sum();
            ShapedFit {
                means: means.to_vec(),
                factors: vec![
                    Factor::Full(DMatrix::from_column_slice(d, d, &factors[..d * d])),
                    Factor::Full(DMatrix::from_column_slice(d, d, &factors[d * d..2 * d * d])),
                    Factor::Isotropic(factors[2 * d * d]),
                ],
                weights: logits.iter().map(|l| l.exp() / total).collect(),
            }
        };
        let theta =
            [normals(3 * d), b.as_slice().to_vec(), a.as_slice().to_vec(), vec![1.3], vec![0.1, -0.4, 0.2]].concat();
        let batch = MixtureBatch { each: EACH, score: true, antithetic: false, weights: true };
        let found = shaped_gradient((&q_of(&theta), &target, beta), batch, &mut stream(7, 1)).unwrap();
        let of_factor = |factor: &Factor| match factor {
            Factor::Isotropic(slope) => vec![*slope],
            Factor::Full(slopes) => slopes.as_slice().to_vec(),
        };
        let all = [found.means.clone(), found.factors.iter().flat_map(of_factor).collect(), found.logits.clone()];
        for (n, slope) in all.concat().iter().enumerate() {
            let at = |by: f64| {
                let mut moved = theta.clone();
                moved[n] += by;
                objective(&q_of(&moved), &p, beta)
            };
            let difference = (at(h) - at(-h)) / (2.0 * h);
            assert!((slope - difference).abs() < 1e-7 * (1.0 + difference.abs()), "{n}: {slope} {difference}");
        }
        let flat = Factor::Full(DMatrix::zeros(d, d));
        let none = ShapedFit { factors: vec![flat; 3], ..q_of(&theta) };
        assert!(shaped_gradient((&none, &target, beta), batch, &mut stream(7, 1)).is_none());
    }
}
