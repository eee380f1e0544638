//! Logarithms of mixtures and their averages written out.

use collapsar_theory::Covariance;

/// log of sum_c weight_c N(x; m_c, Sigma_c) written out.
pub fn log_mixture(x: &[f64], log_weights: &[f64], means: &[Vec<f64>], covariances: &[Covariance]) -> f64 {
    let d = x.len();
    let terms = (0..means.len()).map(|c| {
        let gap: Vec<f64> = x.iter().enumerate().map(|(i, x)| x - means[c].get(i).copied().unwrap_or(0.0)).collect();
        let (square, det) = match &covariances[c] {
            Covariance::Isotropic(v) => (gap.iter().map(|g| g * g).sum::<f64>() / v, v.powi(d as i32)),
            Covariance::Full(rows) => solve(rows.clone(), gap),
        };
        log_weights[c] - 0.5 * (square + det.ln() + d as f64 * std::f64::consts::TAU.ln())
    });
    let terms: Vec<f64> = terms.collect();
    let top = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + terms.iter().map(|t| (t - top).exp()).sum::<f64>().ln()
}

/// g^T A^-1 g and det A by elimination.
fn solve(mut a: Vec<Vec<f64>>, mut g: Vec<f64>) -> (f64, f64) {
    let (n, mut det, mut square) = (a.len(), 1.0, 0.0);
    for i in 0..n {
        det *= a[i][i];
        square += g[i] * g[i] / a[i][i];
        for j in i + 1..n {
            let factor = a[j][i] / a[i][i];
            g[j] -= factor * g[i];
            for l in i..n {
                a[j][l] -= factor * a[i][l];
            }
        }
    }
    (square, det)
}

/// Sum over a grid about the component, in user coordinates.
pub fn brute(mean: &[f64], variance: f64, step: f64, f: &dyn Fn(&[f64]) -> f64) -> f64 {
    let (d, n) = (mean.len(), (8.0 / step) as i64);
    let side = (2 * n + 1) as usize;
    let (mut sum, mut mass) = (0.0, 0.0);
    let mut x = vec![0.0; d];
    for index in 0..side.pow(d as u32) {
        let (mut rest, mut square) = (index, 0.0);
        for (x, m) in x.iter_mut().zip(mean) {
            let g = step * ((rest % side) as i64 - n) as f64;
            rest /= side;
            square += g * g;
            *x = m + variance.sqrt() * g;
        }
        if square > 64.0 {
            continue;
        }
        let w = (-0.5 * square).exp();
        mass += w;
        sum += w * f(&x);
    }
    sum / mass
}
